"""One answer held to its question: what was meant, or what is wrong with it and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ccm_policy.author.localities import Locality, NotOne, locality
from ccm_policy.author.questions import ALWAYS, Question, Questions
from ccm_policy.language.nearest import nearest

LONGEST = 200
_ZIP = re.compile(r"\d{5}(-?\d{4})?", re.ASCII)
_MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII)
_NOT_IN_A_POLICY = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029]')


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `section`: where the procedures say so, of a yes; `people`: the fields of each."""

    value: str
    section: str = ""
    people: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why an answer cannot be taken, and what to do."""

    code: str
    says: str
    help: str


Answers = Mapping[str, Answer]
"""What was answered, by the name of its question; a question without an answer is not there."""


@dataclass(frozen=True, slots=True)
class Known:
    """What answers are held to besides their questions: the values of a field, the localities of a schedule on a day,
    and the number of the locality in which a ZIP code lies; None: it is not known."""

    values: Callable[[str, str], tuple[str, ...]]
    localities: Callable[[str, date], list[Locality]]
    zipped: Callable[[str, date], str | Misfit] | None = None


def fitting(question: Question, given: Answer, before: Answers, questions: Questions, known: Known) -> Answer | Misfit:
    """The answer as it is meant, by the answers before it. An empty value is none."""
    if question.kind == "locality":
        return _locality(question, given, before, questions, known)
    if question.kind == "people":
        return _people(question, given, known)
    if not given.value:
        return Misfit("E0753", f"`{question.name}` has no answer", question.ask) if question.required else given
    if wrong := _unwritable(question.name, given.value):
        return wrong
    match question.kind:
        case "day" | "month":
            return _dated(question, given, before, questions)
        case "value":
            return _value(question, given)
        case "always":
            return _always(question, given)
    return given


def _unwritable(name: str, text: str) -> Misfit | None:
    if _NOT_IN_A_POLICY.search(text):
        return _unfit(
            name, "has a character that a policy cannot hold", "write it without quotation marks, backslashes and tabs"
        )
    if len(text) > LONGEST:
        return _unfit(name, f"is longer than {LONGEST} characters", "shorten it")
    return None


def _unfit(name: str, says: str, help: str) -> Misfit:
    return Misfit("E0752", f"the answer to `{name}` {says}", help)


def _dated(question: Question, given: Answer, before: Answers, questions: Questions) -> Answer | Misfit:
    form = "a day like 2025-12-01" if question.kind == "day" else "a month like 2026-01"
    if not (_is_day(given.value) if question.kind == "day" else _MONTH.fullmatch(given.value)):
        return _unfit(question.name, f"is `{given.value}`, which is not {form}", f"write {form}")
    if question.use == "from":
        signed = before.get(questions.used_as("issued").name)
        if signed and signed.value > f"{given.value}-01":
            says = f"is {given.value}, and the document was signed on {signed.value}"
            return _unfit(question.name, says, "name the first whole month after it was signed")
    if question.use == "until":
        first = before.get(questions.used_as("from").name)
        if first and first.value > given.value:
            return _unfit(
                question.name, f"is {given.value}, before the first month, {first.value}", "name a later month"
            )
    return given


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _value(question: Question, given: Answer) -> Answer | Misfit:
    if question.choices and given.value not in question.choices:
        listed = "; ".join(f"{value}: {words}" for value, words in question.choices.items())
        near = nearest(given.value, question.choices)
        help = f"did you mean `{near}`?" if near else f"one of {listed}"
        return _unfit(question.name, f"is `{given.value}`, which is none of its choices", help)
    if question.pattern and not re.fullmatch(question.pattern, given.value, re.ASCII):
        return _unfit(question.name, f"is `{given.value}`", f"write {question.form}")
    return given


def _always(question: Question, given: Answer) -> Answer | Misfit:
    if given.value not in ALWAYS:
        return _unfit(question.name, f"is `{given.value}`", f"write one of {', '.join(ALWAYS)}")
    if given.value != ALWAYS[0]:
        return Answer(given.value)
    if not given.section:
        help = "write its number or its heading, or answer `not known`: nothing is vouched for without it"
        return _unfit(question.name, "is yes, and says not where your procedures say so", help)
    return _unwritable(question.name, given.section) or given


def _locality(
    question: Question, given: Answer, before: Answers, questions: Questions, known: Known
) -> Answer | Misfit:
    state = before.get(question.state, Answer("")).value
    first = before.get(questions.used_as("from").name)
    on = date.fromisoformat(f"{first.value}-01") if first else date.max
    meant = given.value
    if known.zipped is not None and _ZIP.fullmatch(meant):
        placed = known.zipped(meant, on)
        if isinstance(placed, Misfit):
            return placed
        meant = placed
    found = locality(meant, state, known.localities(question.schedule, on))
    if isinstance(found, NotOne):
        return Misfit("E0757", found.says, found.help)
    return Answer(found.key if found else "")


def _people(question: Question, given: Answer, known: Known) -> Answer | Misfit:
    for number, person in enumerate(given.people, 1):
        for field, value in zip(question.fields, person, strict=True):
            allowed = known.values(question.list, field)
            if not value:
                return _unfit(
                    question.name, f"has no `{field}` for person {number}", "write it, or leave the person out"
                )
            if allowed and value not in allowed:
                near = nearest(value, allowed)
                help = f"did you mean `{near}`?" if near else f"one of {', '.join(allowed)}"
                return _unfit(question.name, f"has the {field} `{value}` for person {number}", help)
            if wrong := _unwritable(question.name, value):
                return wrong
    first = [person[0] for person in given.people]
    twice = next((name for name in first if first.count(name) > 1), None)
    if twice is not None:
        return _unfit(question.name, f"names `{twice}` twice", "keep the right one")
    return given
