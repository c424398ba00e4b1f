"""A practice's own directory is laid on the shipped policies; no shipped file is touched."""

from __future__ import annotations

import json
from pathlib import Path

import ccm_policy

CHART = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))

LAKESIDE = """\
policy practice.lakeside
  title   "What Lakeside asks for before a claim is sent"
  edition 2015-01
  extends medicare.ccm.records
  applies when practice is lakeside

requirement lakeside_signed_plan
  title      "The practitioner signs the care plan"
  for        every ccm service
  require    care_plan.practitioner_signed
  otherwise  "The practitioner has not signed the care plan."
  remedy     "Sign it."
  basis      practice
  confidence primary
  cite       guide_internal_medicine
"""


def test_a_directory_without_a_library_is_laid_on_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "lakeside.policy").write_text(LAKESIDE, encoding="utf-8")
    library = ccm_policy.load(tmp_path)
    chart = CHART | {"practice": "lakeside", "care_plan": CHART["care_plan"] | {"practitioner_signed": False}}
    service = ccm_policy.opened(library.evaluate(chart).to_dict())["services"]["99490"]
    assert service["status"] == "supported"
    assert "lakeside_signed_plan" in json.dumps(service["held"])
    assert ccm_policy.opened(library.evaluate(CHART).to_dict())["services"]["99490"]["held"] is None
    assert library.policies.digest != ccm_policy.load().policies.digest
