"""A page for each message: what it means, a text that brings it about, and the same text put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from ccm_policy.site.page import Page, code, fence, link, plain, table

CATALOGUE = "catalogue"
AREAS = {
    "1": "Text and layout",
    "2": "Names and structure",
    "3": "Types and units",
    "4": "Editions, layers and the library",
    "5": "Facts",
    "6": "Fee schedules",
    "7": "Evaluation and examples",
    "8": "Command line and files",
    "9": "The documentation site",
}
"""The areas of messages by the second digit of their number."""


@dataclass(frozen=True, slots=True)
class Message:
    """An entry of the catalogue. `code` is whole (`CCM-E0101`)."""

    code: str
    title: str
    explanation: str
    wrong: str
    right: str

    @property
    def area(self) -> str:
        """The part of the program that says it."""
        return AREAS.get(self.code[6:7], "Other")


def catalogue() -> list[Message]:
    """Every message of every area's catalogue, by code."""
    import yaml

    found = []
    for file in sorted(files("ccm_policy.language").joinpath(CATALOGUE).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            for entry in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
                text = {key: str(entry.get(key) or "").strip() for key in ("title", "explanation", "wrong", "right")}
                whole = str(entry["code"])
                found.append(Message(whole if whole.startswith("CCM-") else f"CCM-{whole}", **text))
    return sorted(found, key=lambda m: m.code)


def path(message: Message) -> str:
    """Where a message's page stands."""
    return f"messages/{message.code}.md"


def pages(messages: list[Message]) -> Iterator[Page]:
    """The list of messages and a page for each."""
    at = "messages/index.md"
    body = ["Every message has a code that does not change. Search for the code or for words of the message.\n"]
    for area in dict.fromkeys(m.area for m in messages):
        rows = [[link(m.code, path(m), at), plain(m.title)] for m in messages if m.area == area]
        body += [f"## {area}\n", table(["Code", "What is wrong"], rows)]
    yield Page(
        path=at, title="Messages", body="\n".join(body), summary="Every message of ccm-policy with its explanation"
    )
    for message in messages:
        yield _page(message)


def _page(message: Message) -> Page:
    language = "text" if message.code[6:7] in "5689" else "policy"
    body = [f"{code(message.code)} · {message.area}\n", message.explanation, ""]
    if message.wrong:
        body += ["## Wrong\n", fence(message.wrong, language)]
    if message.right:
        body += ["## Right\n", fence(message.right, language)]
    body.append(link("All messages", "messages/index.md", path(message)))
    return Page(
        path=path(message), title=f"{message.code}: {message.title}", body="\n".join(body), summary=message.title
    )
