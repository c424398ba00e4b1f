"""Every shipped policy can be shown in each month in which an edition of it begins, and what is shown reads back."""

from __future__ import annotations

import pytest

from ccm_policy.cli.main import main
from ccm_policy.language.parser import parse
from ccm_policy.library import load

LIBRARY = load()


@pytest.mark.parametrize("policy", LIBRARY.policies)
def test_a_policy_is_shown_at_each_of_its_editions(
    policy: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccm_policy.library.load", lambda directory: LIBRARY)  # which each command would read anew
    for edition in LIBRARY.policies[policy].editions:
        assert main(["show", policy, "--on", edition.month]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert out.startswith(f"# {LIBRARY.consolidated(policy, edition.month)[0]}: `{policy}` as it stands in")
        file, wrong = parse(out, "shown")
        assert wrong == []
        assert len(file.statements) == len(LIBRARY.consolidated(policy, edition.month)[1])
