"""Every example that stands in the shipped policies, as a test of its own."""

from __future__ import annotations

import pytest

from ccm_policy import fees, library
from ccm_policy.cli.test import told
from ccm_policy.evaluate.examples import examples_of, run
from ccm_policy.language.syntax import Statement

POLICIES = library.load()
SCHEDULES = fees.load()


@pytest.mark.parametrize("example", examples_of(POLICIES), ids=lambda example: example.name)
def test_example(example: Statement) -> None:
    result = run(example, POLICIES, SCHEDULES)
    assert result.passed, "\n" + told(result)
