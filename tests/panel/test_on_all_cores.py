"""A panel on several processes: the bytes of one, in its order, and a plain word where one ends before its time."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from ccm_policy.cli.running import Task, over
from ccm_policy.evaluate import Options
from ccm_policy.facts.chunks import SIZE
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.reading import panel_of
from ccm_policy.facts.sources import opened
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.panel.crew import FEW, in_turn, processes_for
from tests.evaluate.small_world import POLICY, RECORD, UNITS, VOCABULARY
from tests.evaluate.test_panel_checks import CHECK, CLOCK

STARTS = [start for start in ("fork", "spawn") if start in multiprocessing.get_all_start_methods()]
pytestmark = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
OF_LOG = "  field shared_by integer, 1 to 20, presumed 1\n"


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "vocabulary.policy").write_text(VOCABULARY.replace(OF_LOG, OF_LOG + CLOCK), encoding="utf-8")
    (folder / "acme.policy").write_text(POLICY + CHECK + UNITS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Several chunks: a refused record in the middle, a month that is not known, one patient twice, and one nurse at
    the first and the last patient at one time."""
    entry = {"date": "2026-03-04", "start": "10:00", "minutes": 25, "who": "nurse", "staff_id": "shared"}
    records = [{**RECORD, "patient_id": f"p{n}", "log": [{**entry, "staff_id": f"n-{n}"}]} for n in range(3 * SIZE)]
    records[0]["log"] = records[-1]["log"] = [entry]
    records[SIZE + 3]["payer"] = "nobody"
    records[SIZE + 5] |= {"service_month": "2031-01", "log": []}
    records[2]["patient_id"] = records[-2]["patient_id"] = "twice"
    path = tmp_path_factory.mktemp("facts") / "panel.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def run(policies: Path, panel: Path, out: Path, **asked: Any) -> bytes:
    library = ccm_policy.load(policies)
    form = out.suffix.removeprefix(".")
    task = Task(policies=policies, fees=None, options=Options(), form=form, reasons="short", out=out, **asked)
    plan = compiled(library.policies.vocabulary)
    with opened(panel, plan) as source:
        result = over(panel_of(source, plan, None, panel), library, task)
    assert result.wrong == frozenset({"CCM-E0533", "CCM-E0440", "CCM-E0540"})
    assert result.decided == 3 * SIZE - 4
    return out.read_bytes()


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_one_process_and_two_write_the_same(
    ending: str, policies: Path, panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = run(policies, panel, tmp_path / f"alone.{ending}", processes=1)
    told = capsys.readouterr()
    for start in STARTS if ending == "jsonl" else STARTS[:1]:
        assert run(policies, panel, tmp_path / f"two.{ending}", processes=2, start=start) == alone
        assert capsys.readouterr() == told
    assert [line.split(":")[0] for line in told.err.splitlines() if line.startswith("error")] == [
        "error CCM-E0533",
        "error CCM-E0440",
        "error CCM-E0540",
    ]
    if ending == "jsonl":
        decisions = [json.loads(line) for line in alone.splitlines()]
        refused = {"twice", f"p{SIZE + 3}", f"p{SIZE + 5}"}
        assert [d["patient_id"] for d in decisions] == [
            name for n in range(3 * SIZE) if n not in (2, 3 * SIZE - 2) and (name := f"p{n}") not in refused
        ]
        assert "of patient p0, overlap by 25 minutes" in decisions[-1]["findings"][0]["message"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def ends(number: int) -> int:
    if number == 3:
        os._exit(1)
    return number


def ending() -> Callable[[int], int]:
    return ends


def test_a_process_that_ends_is_told_in_one_message() -> None:
    with pytest.raises(CcmPolicyError) as fault:
        list(in_turn(range(100), ends, ending, 2, STARTS[0]))
    assert [(d.code, d.message) for d in fault.value.diagnostics] == [
        ("CCM-E0560", "a process that was deciding patient-months ended before it was done")
    ]
    assert fault.value.__cause__ is None


def doubled(number: int) -> int:
    return 2 * number


def doubling() -> Callable[[int], int]:
    return doubled


def gone(processes: set[Any]) -> bool:
    """Whether they have ended; two threads wait for each, and the one that is told later knows a moment later."""
    until = time.monotonic() + 10
    while processes & set(multiprocessing.active_children()) and time.monotonic() < until:
        time.sleep(0.01)
    return not processes & set(multiprocessing.active_children())


def test_parts_are_asked_for_as_they_are_needed_and_come_back_in_order() -> None:
    asked: list[int] = []

    def parts() -> Any:
        for number in range(1000):
            asked.append(number)
            yield number

    others = set(multiprocessing.active_children())
    turn = in_turn(parts(), doubled, doubling, 2, STARTS[0])
    assert [next(turn) for _ in range(20)] == [2 * n for n in range(20)]
    assert len(asked) < 40
    started = set(multiprocessing.active_children()) - others
    turn.close()  # type: ignore[attr-defined]
    assert started and gone(started)


def test_few_records_have_one_process_and_many_all_cores() -> None:
    assert processes_for(FEW) == 1
    assert processes_for(FEW + 1) >= 1
    assert processes_for(10**6, 3) == 3
