"""The shipped vocabulary, read once."""

from __future__ import annotations

import pytest

from ccm_policy import library
from ccm_policy.language.tree import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return library.load().vocabulary
