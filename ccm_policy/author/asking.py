"""Questions on a terminal: one after another, asked again where an answer does not fit."""

from __future__ import annotations

from typing import TextIO

from ccm_policy.author.answers import Answer, Answers, Known, Misfit, fitting
from ccm_policy.author.questions import ALWAYS, Question, Questions
from ccm_policy.language.diagnostics import CcmPolicyError, error


def asked(questions: Questions, known: Known, read: TextIO, write: TextIO) -> Answers:
    """What was answered; raises where the input ends before the last question."""
    found: dict[str, Answer] = {}
    conversation = _Conversation(read, write)
    conversation.say("Empty: not known. Ctrl-C ends it, and nothing is written.\n")
    for number, question in enumerate(questions.ask, 1):
        conversation.say(f"\n{number} of {len(questions.ask)}. {question.ask}\n   {question.why}\n")
        while True:
            fit = fitting(question, _given(question, conversation), found, questions, known)
            if not isinstance(fit, Misfit):
                break
            conversation.say(f"   {fit.says}: {fit.help}\n")
        if fit.value or fit.people:
            found[question.name] = fit
    return found


class _Conversation:
    def __init__(self, read: TextIO, write: TextIO) -> None:
        self._read, self._write = read, write

    def say(self, text: str) -> None:
        self._write.write(text)
        self._write.flush()

    def hear(self, prompt: str) -> str:
        self.say(f"   {prompt}> ")
        line = self._read.readline()
        if not line:
            self.say("\n")
            help = "answer every question, an empty line where it is not known; or use `--answers FILE`"
            raise CcmPolicyError([error("E0755", "the answers ended before the last question", help=help)])
        return line.strip()


def _given(question: Question, conversation: _Conversation) -> Answer:
    if question.kind == "people":
        return Answer("", people=tuple(_people(question, conversation)))
    if question.kind == "always":
        value = conversation.hear(f"{', '.join(ALWAYS)} ")
        return Answer(
            value, conversation.hear("in which section do your procedures say so ") if value == ALWAYS[0] else ""
        )
    for value, words in question.choices.items():
        conversation.say(f"   {value}: {words}\n")
    return Answer(conversation.hear(""))


def _people(question: Question, conversation: _Conversation) -> list[tuple[str, ...]]:
    people: list[tuple[str, ...]] = []
    while True:
        line = conversation.hear(f"{', '.join(question.fields)} of one, an empty line after the last ")
        if not line:
            return people
        parts = tuple(part.strip() for part in line.split(","))
        if len(parts) == len(question.fields):
            people.append(parts)
        else:
            conversation.say(f"   write {len(question.fields)} parts with commas between them\n")
