"""People ask in their own words, and the page that answers stands among the first: the search as the site runs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ASKED = [
    ("AI call", "rules/core.care_management/define/care_work"),
    ("autodialer", "rules/core.care_management/define/care_work"),
    ("who can sign", "rules/medicare.ccm.records/consent_signed"),
    ("99439 3 units", "services/99439"),
    ("two practitioners", "rules/medicare.ccm/one_practitioner"),
    ("two doctors", "rules/medicare.ccm/one_practitioner"),
    ("duplicate CCM", "rules/medicare.ccm/one_practitioner"),
    ("who can bill", "rules/medicare.ccm/billing_practitioner"),
    ("verbal consent", "rules/medicare.ccm/consent_on_record"),
    ("what to tell the patient", "rules/medicare.ccm/consent_informed"),
    ("after hours", "rules/medicare.ccm/access_24_7_offered"),
    ("24/7 access", "rules/medicare.ccm/access_24_7_offered"),
    ("access 24 7", "rules/medicare.ccm/access_24_7_offered"),
    ("AWV first", "rules/medicare.ccm/initiating_visit"),
    ("not seen in a year", "rules/medicare.ccm/initiating_visit"),
    ("give the care plan to the patient", "rules/medicare.ccm/plan_copy"),
    ("share the care plan", "rules/medicare.ccm/plan_available"),
    ("multiple chronic conditions", "rules/core.ccm/two_conditions"),
    ("dialysis", "rules/medicare.ccm/esrd_in_the_month"),
    ("dementia program", "rules/medicare.ccm/guide_model"),
    ("voicemail", "rules/medicare.ccm.records/attempts_without_contact"),
    ("left message", "rules/medicare.ccm.records/attempts_without_contact"),
    ("two nurses on one call", "rules/medicare.ccm.records/meetings_timed"),
    ("prior auth time", "rules/medicare.ccm.records/prior_authorization_calls"),
    ("block time", "rules/medicare.ccm.records/entries_itemized"),
    ("problem list only", "rules/medicare.ccm.records/eligibility_assessed"),
    ("electronic signature", "rules/medicare.ccm.records/consent_signed"),
    ("patient signature", "rules/documentation.strict_records/plan_signed_by_patient"),
    ("MUE", "rules/medicare.claims/units_of_one_date"),
    ("NCCI", "rules/medicare.claims/pair_of_one_date"),
    ("modifier 25", "rules/medicare.claims/modifier_25_on_the_visit"),
    ("which date of service", "rules/medicare.claims/date_in_the_month"),
    ("add-on without base", "rules/medicare.claims/base_of_add_on"),
    ("billed twice", "rules/medicare.claims/billed_before"),
    ("telehealth POS", "rules/medicare.claims/place_of_the_line"),
    ("RPM same month", "rules/medicare.ccm/permission/rpm_beside_ccm"),
    ("CCM and TCM together", "rules/medicare.ccm/permission/tcm_beside_ccm"),
    ("CCM with behavioral health", "rules/medicare.ccm/permission/bhi_beside_ccm"),
    ("NP rate", "rules/medicare.payment/payment/professional"),
    ("copay", "rules/medicare"),
    ("TRICARE denial", "rules/payer.tricare/coverage/tricare_refuses"),
    ("complex CCM", "services/99487"),
    ("physician time", "services/99491"),
    ("APCM level 2", "services/G0557"),
    ("dual eligible", "rules/core.apcm/apcm_qmb"),
    ("time spent", "glossary/#time-log-minutes"),
    ("call length", "glossary/#time-log-minutes"),
    ("credential", "glossary/#time-log-performed-by"),
    ("CMA", "glossary/#role-ma"),
    ("LVN", "glossary/#role-lpn"),
    ("NPI", "glossary/#practitioner-id"),
    ("MRN", "glossary/#patient-id"),
    ("MAC", "glossary/#contractor"),
    ("POS code", "glossary/#place-of-service"),
    ("admission date", "glossary/#stays-from"),
    ("date of death", "glossary/#patient-died-on"),
    ("robocall", "glossary/#time-log-automated"),
    ("roster", "facts/#staff"),
    ("time log", "glossary/#time-log"),
]
FIRST = 5
"""How many pages somebody looks at."""


pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="the search is JavaScript, and there is no node to run it"
)


def found(site: Path, questions: list[str]) -> list[list[list[str]]]:
    """For each question the first pages, each with its places."""
    run = ["node", str(Path(__file__).with_name("asked.js")), str(site)]
    asked = json.dumps(questions)
    done = subprocess.run(run, input=asked, capture_output=True, encoding="utf-8", check=True, timeout=120)
    pages: list[list[list[str]]] = json.loads(done.stdout)
    return pages


def test_what_people_ask_is_answered_among_the_first(whole_site: Path) -> None:
    lost = {}
    for (words, answer), pages in zip(ASKED, found(whole_site, [words for words, _ in ASKED]), strict=True):
        first = [place for page in pages[:FIRST] for place in page]
        if not any(place.startswith(answer) for place in first):
            lost[words] = {answer: [page[0] for page in pages[:FIRST]]}
    assert lost == {}


def test_a_number_half_typed_is_found_by_how_it_begins(whole_site: Path) -> None:
    """The site has thousands of numbers; the search takes no two of them for one."""
    digits = [str(digit) for digit in range(1, 10)]
    assert [d for d, pages in zip(digits, found(whole_site, digits), strict=True) if not pages] == []
