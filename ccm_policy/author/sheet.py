"""Answers in a file: the sheet to fill in, its JSON Schema, and what was filled in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ccm_policy.author.answers import Answer, Answers, Known, Misfit, fitting
from ccm_policy.author.questions import ALWAYS, Question, Questions
from ccm_policy.facts.yaml_lines import Document, NotYamlError, read_document
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error
from ccm_policy.language.nearest import nearest

_WIDTH = 110
_ANSWER, _SECTION = "answer", "section"


def sheet(questions: Questions) -> str:
    """A file of all questions, to be filled in. What stays empty is not known."""
    lines = ["# Answer right of the colons. What stays empty is not known, and writes nothing."]
    for question in questions.ask:
        lines += ["", *_comments(question)]
        if question.kind == "always":
            lines += [f"{question.name}:", f"  {_ANSWER}:", f"  {_SECTION}:"]
        elif question.kind == "people":
            lines.append(f"{question.name}: []  # for example: [{{{', '.join(f'{f}: …' for f in question.fields)}}}]")
        else:
            lines.append(f"{question.name}:")
    return "\n".join(lines) + "\n"


def _comments(question: Question) -> Iterator[str]:
    for text in (question.ask, question.why, *_how(question)):
        yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _how(question: Question) -> Iterator[str]:
    if question.kind == "always":
        yield f"Answer: {', '.join(ALWAYS)}; with yes, the section of your procedures that says so."
    elif question.kind == "day":
        yield "Answer: a day like 2025-12-01."
    elif question.kind == "month":
        yield "Answer: a month like 2026-01."
    for value, words in question.choices.items():
        yield f"Answer {value}: {words}."


def answers_schema(questions: Questions) -> dict[str, Any]:
    """The JSON Schema of a filled sheet; scalars are text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of a practice",
        "type": "object",
        "additionalProperties": False,
        "properties": {question.name: _schema(question) for question in questions.ask},
        "required": [question.name for question in questions.ask if question.required],
    }


def _schema(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = {"description": f"{question.ask} {question.why}"}
    if question.kind == "always":
        parts = {_ANSWER: {"enum": [*ALWAYS, ""]}, _SECTION: {"type": "string"}}
        return said | {"type": "object", "additionalProperties": False, "properties": parts}
    if question.kind == "people":
        person = {"type": "object", "additionalProperties": False, "required": list(question.fields)}
        person["properties"] = {field: {"type": "string"} for field in question.fields}
        return said | {"type": "array", "items": person}
    if question.choices:
        return said | {"enum": [*question.choices, ""]}
    form = {"day": r"^(\d{4}-\d{2}-\d{2})?$", "month": r"^(\d{4}-\d{2})?$"}.get(question.kind)
    pattern = form or (f"^({question.pattern})?$" if question.pattern else None)
    return said | {"type": "string"} | ({"pattern": pattern} if pattern else {})


def read_answers(path: Path, questions: Questions, known: Known) -> Answers:
    """The answers of a filled sheet; raises with everything that is wrong in it."""
    document = _document(path)
    wrong = list(_strangers(document, path, questions))
    found: dict[str, Answer] = {}
    for question in questions.ask:
        given = _given(question, document.data.get(question.name) or "")
        fit = given if isinstance(given, Misfit) else fitting(question, given, found, questions, known)
        if isinstance(fit, Misfit):
            line = document.line_of((question.name,))
            wrong.append(error(fit.code, fit.says, place=Place(str(path), line), help=fit.help))
        elif fit.value or fit.people:
            found[question.name] = fit
    if wrong:
        raise CcmPolicyError(wrong)
    return found


def _document(path: Path) -> Document:
    place = Place(str(path))
    try:
        document = read_document(path.read_bytes().decode("utf-8-sig"))
    except OSError:
        help = "check the path; `ccm-policy new practice --questions` prints a file to fill in"
        raise CcmPolicyError([error("E0751", "the answers cannot be read", place=place, help=help)]) from None
    except UnicodeDecodeError:
        said = error("E0751", "the answers are not UTF-8 text", place=place, help="save the file as UTF-8")
        raise CcmPolicyError([said]) from None
    except NotYamlError as fault:
        raise CcmPolicyError(
            [error("E0751", fault.says, place=Place(str(path), fault.line), help=fault.help)]
        ) from None
    if not isinstance(document.data, dict):
        help = "`ccm-policy new practice --questions` prints a file to fill in"
        raise CcmPolicyError([error("E0751", "this is no file of answers", place=place, help=help)])
    return document


def _strangers(document: Document, path: Path, questions: Questions) -> Iterator[Diagnostic]:
    names = [question.name for question in questions.ask]
    for name in document.data:
        if name not in names:
            near = nearest(name, names)
            help = f"did you mean `{near}`?" if near else "`ccm-policy schema answers` says what may be answered"
            yield error(
                "E0752", f"`{name}` is no question", place=Place(str(path), document.line_of((name,))), help=help
            )


def _given(question: Question, data: Any) -> Answer | Misfit:
    """What stands beside a question; wrongly shaped, why."""
    if question.kind == "people":
        people = data or []
        if isinstance(people, list) and all(_is_person(each, question.fields) for each in people):
            return Answer("", people=tuple(tuple(each[f].strip() for f in question.fields) for each in people))
        parts = ", ".join(f"{field}: …" for field in question.fields)
        return Misfit("E0752", f"the answer to `{question.name}` is no list of people", f"write [{{{parts}}}]")
    if question.kind == "always" and isinstance(data, Mapping):
        parts_of = {_ANSWER: "", _SECTION: "", **data}
        if set(parts_of) == {_ANSWER, _SECTION} and all(isinstance(each, str) for each in parts_of.values()):
            return Answer(parts_of[_ANSWER].strip(), parts_of[_SECTION].strip())
        help = f"write `{_ANSWER}:` and `{_SECTION}:` below it, and nothing else"
        return Misfit("E0752", f"the answer to `{question.name}` has another form", help)
    if isinstance(data, str):
        return Answer(data.strip())
    return Misfit("E0752", f"the answer to `{question.name}` must be one value", "write it right of the colon")


def _is_person(data: Any, fields: tuple[str, ...]) -> bool:
    return isinstance(data, dict) and set(data) == set(fields) and all(isinstance(each, str) for each in data.values())
