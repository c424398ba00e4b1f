"""What is told where Spark does not start, breaks a run off, or is asked for what it cannot do."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ccm_policy.cli import on_spark
from ccm_policy.cli.main import main

CHART = str(Path(__file__).parents[1] / "golden" / "plain_chart.json")


class BrokenError(Exception):
    """What Spark raises."""


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A Spark of our own, which starts or does not."""
    does = [True]

    def session() -> Any:
        if not does[0]:
            raise BrokenError
        context = SimpleNamespace(master="spark://far:7077", defaultParallelism=2, broadcast=lambda sent: sent)
        return SimpleNamespace(sparkContext=context)

    package, errors, sql = ModuleType("pyspark"), ModuleType("pyspark.errors"), ModuleType("pyspark.sql")
    errors.PySparkException = BrokenError  # type: ignore[attr-defined]
    named = SimpleNamespace(getOrCreate=session)
    sql.SparkSession = SimpleNamespace(builder=SimpleNamespace(appName=lambda name: named))  # type: ignore[attr-defined]
    for module in (package, errors, sql):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    return does


def test_what_spark_does_wrong(
    starts: list[bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_off(*words: Any) -> None:
        raise BrokenError

    monkeypatch.setattr(on_spark, "run", broken_off)
    words = ["evaluate", CHART, "--engine", "spark", "--out", str(tmp_path / "answers")]
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("error CCM-E0563: Spark broke the run off\n")
    starts[0] = False
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("error CCM-E0562: Spark could not be started\n")


def test_without_a_folder_for_the_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", CHART, "--engine", "spark"]) == 2
    assert capsys.readouterr().err.startswith("error CCM-E0803: `--out` is missing\n")
