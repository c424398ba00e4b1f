"""What a practice is asked, as data: read from the questions that stand beside the policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccm_policy.facts.yaml_lines import Document, NotYamlError, read_document
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error
from ccm_policy.shipped import POLICIES

SCHEMA = Path(__file__).parent / "questions.schema.json"
SHIPPED = POLICIES / "practice" / "questions.yaml"
ALWAYS = ("yes", "no", "not always", "not known")
"""What may be answered to whether something is true of every patient; only the first writes something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `kind` says which answers fit; `use`, `constant`, `list` and `attests` what becomes of them."""

    name: str
    kind: str
    ask: str
    why: str
    required: bool = False
    use: str = ""
    constant: str = ""
    choices: Mapping[str, str]
    pattern: str = ""
    form: str = ""
    schedule: str = ""
    state: str = ""
    list: str = ""
    fields: tuple[str, ...] = ()
    when: str = ""
    attests: Mapping[str, tuple[str, ...]]
    title: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """An example of the policy that is written: its work, and what is expected, as the language writes them."""

    name: str
    given: str
    expect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """All questions, the policy that they make, and the patient-month of its examples."""

    level: str
    extends: str
    title: str
    ask: tuple[Question, ...]
    facts: Mapping[str, str]
    lists: Mapping[str, tuple[Mapping[str, str], ...]]
    examples: tuple[Example, ...]

    def of(self, name: str) -> Question:
        """The question of a name."""
        return next(each for each in self.ask if each.name == name)

    def used_as(self, use: str) -> Question:
        """The question whose answer is this part of the policy."""
        return next(each for each in self.ask if each.use == use)


def read_questions(path: Path = SHIPPED) -> Questions:
    """The questions of a file; raises with everything that is wrong with its form."""
    try:
        document = read_document(path.read_bytes().decode("utf-8-sig"))
    except NotYamlError as fault:
        raise CcmPolicyError(
            [error("E0756", fault.says, place=Place(str(path), fault.line), help=fault.help)]
        ) from None
    except (OSError, UnicodeDecodeError):
        says, help = "the questions cannot be read", "check that the file is there, and is UTF-8 text"
        raise CcmPolicyError([error("E0756", says, place=Place(str(path)), help=help)]) from None
    _hold_to_schema(document, path)
    return _questions(document.data)


def _hold_to_schema(document: Document, path: Path) -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    wrong = [
        error(
            "E0756",
            f"a question does not fit its form: {fault.message}",
            place=Place(str(path), document.line_of(tuple(fault.absolute_path))),
            help="`ccm_policy/author/questions.schema.json` says what a question has",
        )
        for fault in validator.iter_errors(document.data)
    ]
    if wrong:
        raise CcmPolicyError(wrong)


def _questions(data: Mapping[str, Any]) -> Questions:
    lists = {name: tuple(records) for name, records in data["record"]["lists"].items()}
    return Questions(
        level=data["level"],
        extends=data["extends"],
        title=data["title"],
        ask=tuple(_question(each) for each in data["ask"]),
        facts=data["record"]["facts"],
        lists=lists,
        examples=tuple(Example(**each) for each in data["examples"]),
    )


def _question(data: Mapping[str, Any]) -> Question:
    attests = {p: (v,) if isinstance(v, str) else tuple(v) for p, v in data.get("attests", {}).items()}
    plain = {name: value for name, value in data.items() if name not in ("required", "choices", "fields", "attests")}
    return Question(
        **plain,
        required=data.get("required") == "yes",
        choices=data.get("choices", {}),
        fields=tuple(data.get("fields", ())),
        attests=attests,
    )
