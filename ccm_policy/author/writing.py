"""Answers to files: the policy of the practice, the mapping of what it does alike, the roster."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from ccm_policy.author.answers import Answers
from ccm_policy.author.questions import ALWAYS, Question, Questions
from ccm_policy.language.format import format_file
from ccm_policy.language.parser import parse
from ccm_policy.language.tree import Vocabulary


def files(name: str, questions: Questions, answers: Answers, vocabulary: Vocabulary) -> dict[str, str]:
    """The text of each file by its name; the roster only where there are people."""
    stem = f"{questions.level}_{name}"
    people = {q.name: q for q in questions.ask if q.kind == "people" and q.name in answers}
    rosters = {f"{stem}_{q.name}.csv": _roster(q, answers) for q in people.values()}
    policy = "\n".join(_policy(name, questions, answers, vocabulary)) + "\n"
    laid_out = format_file(parse(policy, f"{stem}.policy")[0])
    return {f"{stem}.policy": laid_out, f"{stem}.yaml": _mapping(name, stem, questions, answers)} | rosters


def _attested(questions: Questions, answers: Answers) -> Iterator[Question]:
    for question in questions.ask:
        if question.kind == "always" and question.name in answers and answers[question.name].value == ALWAYS[0]:
            yield question


def _policy(name: str, questions: Questions, answers: Answers, vocabulary: Vocabulary) -> Iterator[str]:
    said = {use: answers[questions.used_as(use).name].value for use in ("title", "issued", "from", "until")}
    yes = list(_attested(questions, answers))
    yield "# What the practice vouches for, as it was answered. What is recorded comes first, also as not known."
    yield f"\npolicy {questions.level}.{name}"
    yield f'  title "{questions.title.format(name=name)}"'
    yield f"  edition {said['from']}\n  extends {questions.extends}\n  applies when {questions.level} is {name}"
    yield f'\nsource {name}_procedures\n  title "{said["title"]}"\n  kind {questions.level}\n  issued {said["issued"]}'
    for question in yes:
        yield f'\nattest {question.name}\n  title "{question.title}"'
        if question.when:
            yield f"  when {question.when}"
        for path, values in question.attests.items():
            yield f"  fact {path} {', '.join(values)}"
        yield f'  because "{question.because}"'
        yield f'  cite {name}_procedures at "{answers[question.name].section}"\n  until {said["until"]}'
    yield f"\n# What exports say of a patient, and what is not vouched for above.\nfacts {name}_record"
    yield f"  given {questions.level} {name}"
    yield from (f"  given {each}" for each in _record(questions, yes, vocabulary))
    for example in questions.examples:
        yield f'\nexample "{example.name}"\n  month {said["from"]}\n  given {name}_record'
        yield f"  given {example.given}\n  expect {example.expect}"


def _record(questions: Questions, yes: list[Question], vocabulary: Vocabulary) -> Iterator[str]:
    """The facts of the examples: those of any export, and all that the practice does not vouch for, as if recorded."""
    facts: dict[str, str] = dict(questions.facts)
    lists: dict[str, list[dict[str, str]]] = {n: [dict(r) for r in rows] for n, rows in questions.lists.items()}
    for question in questions.ask:
        for path, values in question.attests.items() if question not in yes else ():
            list_of, _, field = path.rpartition(".")
            if list_of in vocabulary.lists:
                for record in lists.setdefault(list_of, [{}]):
                    record[field] = " ".join(values)
            else:
                facts[path] = " ".join(values)
    yield from (f"{path} {value}" for path, value in facts.items())
    for list_of, records in lists.items():
        for record in records:
            yield f"{list_of} {', '.join(f'{field} {value}' for field, value in record.items())}"


def _mapping(name: str, stem: str, questions: Questions, answers: Answers) -> str:
    constants = {questions.level: name}
    constants |= {q.constant: answers[q.name].value for q in questions.ask if q.constant and q.name in answers}
    lines = ["# What no export of the practice says, for each of its patient-months. Give it as one `--mapping` more."]
    lines += ["mapping: 1", "constants:", *(f"  {path}: {json.dumps(text)}" for path, text in constants.items())]
    people = [q for q in questions.ask if q.kind == "people" and q.name in answers]
    if people:
        lines.append("files:")
    for question in people:
        entry = f"{stem}_{question.name}"
        fields = ", ".join(f"{field}: {field}" for field in question.fields)
        lines += [f"  {entry}:", f'    file: "{entry}.csv"  # is given as one export more', "    gives:"]
        lines += [f"      - list: {question.list}", f"        fields: {{{fields}}}"]
    return "\n".join(lines) + "\n"


def _roster(question: Question, answers: Answers) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(question.fields)
    writer.writerows(answers[question.name].people)
    return text.getvalue()


def attested_paths(questions: Questions) -> Mapping[str, tuple[str, ...]]:
    """Every fact that a yes attests, with the values that it is given."""
    return {path: values for question in questions.ask for path, values in question.attests.items()}
