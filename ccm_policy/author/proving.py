"""A policy that was just written, tried before anybody keeps it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ccm_policy import library
from ccm_policy.author.questions import Questions
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.examples import examples_of, run_all
from ccm_policy.fees import FeeSchedules
from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Diagnostic, error, has_errors
from ccm_policy.language.parser import parse
from ccm_policy.language.tree import Vocabulary


def can_be_named(name: str, questions: Questions, vocabulary: Vocabulary) -> bool:
    """Whether a policy that applies when the practice has this name says that, and nothing else: a name that is a word
    of the language, or that of a fact, would be read as such, and the policy might hold for everybody."""
    head = (
        f'policy {questions.level}.{name}\n  title "x"\n  edition 2000-01\n  applies when {questions.level} is {name}\n'
    )
    file, wrong = parse(head, "")
    said = [clause.body for clause in file.header.all("applies")] if file.header and not has_errors(wrong) else []
    plain = bool(said) and isinstance(said[0], s.Compare) and said[0].right == s.Name(name)
    return plain and name not in vocabulary.facts and name not in vocabulary.lists


def proved(name: str, text: str, fees: FeeSchedules, beside: Path | None = None) -> list[Diagnostic]:
    """What is wrong with a policy beside the shipped ones, or those of a directory; empty where all of its examples
    pass."""
    with tempfile.TemporaryDirectory(prefix="ccm-policy-") as folder:
        if beside is not None:
            shutil.copytree(beside, folder, dirs_exist_ok=True)
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8", newline="\n")
        made, wrong = library.load_checked(Path(folder))
        found = [each.message for each in wrong if each.is_error]
        if made is not None and not found:
            own = [each for each in examples_of(made) if Path(each.span.file).name == name]
            for result in run_all(own, made, fees, Options()):
                found += [each.message for each in result.refused]
                found += [f"{c.actual}, not {c.expected}" for c in result.comparisons if not c.passed]
    help = "the months and the name are what it most often hangs on; take others, or report it"
    return [error("E0758", f"the policy of these answers does not hold: {each}", help=help) for each in found[:1]]
