"""The grammar's tables: built by Lark from `grammar.lark`, and kept as JSON, since building takes longer than reading.

They come with the package (`make tables` writes them), for the version of Lark that they were made with; with another
one they are built, and kept in the user's cache. What is kept is keyed by the grammar's text and Lark's version.
Anything odd about it, and the tables are built again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import lark
from lark import Lark
from lark.grammar import Rule
from lark.lexer import ContextualLexer, TerminalDef

from ccm_policy.language import clauses, stored

HEAD_RULES = tuple(sorted({f.head for f in clauses.FORMS.values() if f.head} | {"head_raise"}))
SHIPPED = Path(__file__).with_name("grammar.tables.json.gz")
STARTS = (*HEAD_RULES, *(r for r in clauses.RULES if r != "nothing"), "given_row", "nobody_calls")
SHIFT = 0
"""How Lark's tables mark an action that goes on to a state; the other kind names a rule."""


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """The parser of heads and clause bodies; made once in a process."""
    text = grammar_text()
    key = key_of(text)
    shipped = _load(_shipped(), key)
    if shipped is not None:
        return shipped
    home = stored.home()
    if home is None:
        return build(text)
    path = home / f"grammar-{key}" / "tables.json"
    kept = _load(stored.read(path, path.parent.name), key)
    if kept is not None:
        return kept
    built = build(text)
    stored.write(path, path.parent.name, _text_of(built, key))
    return built


def key_of(text: str, version: str = lark.__version__) -> str:
    """What tables are made from: the grammar's text, its start rules, and Lark's version."""
    return hashlib.sha256("\n".join([version, *STARTS, text]).encode()).hexdigest()[:24]


def ship() -> None:
    """Write the tables that come with the package anew."""
    text = _text_of(build(grammar_text()), key_of(grammar_text()))
    SHIPPED.write_bytes(gzip.compress(text.encode(), mtime=0))


def _text_of(built: Lark, key: str) -> str:
    data, memo = built.memo_serialize([TerminalDef, Rule])
    data["options"]["_plugins"] = {}
    data, memo = _in_one_order(json.loads(json.dumps(data)), json.loads(json.dumps(memo)))
    return json.dumps({"key": key, "lark": lark.__version__, "data": data, "memo": memo})


def _in_one_order(data: dict[str, Any], memo: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same tables with everything that Lark numbers by chance numbered in one order: two builds are equal bytes."""
    kept = sorted(memo, key=lambda number: json.dumps(memo[number], sort_keys=True))
    places = {int(number): place for place, number in enumerate(kept)}
    memo = {str(place): memo[number] for place, number in enumerate(kept)}
    data = _pointing(data, places)
    table = data["parser"]["parser"]
    names = sorted(table["tokens"].values())
    by_name = {
        state: dict(sorted((table["tokens"][token], action) for token, action in actions.items()))
        for state, actions in table["states"].items()
    }
    number = {state: at for at, state in enumerate(_reached(by_name, table["start_states"]))}
    table["tokens"] = dict(enumerate(names))
    token = {name: at for at, name in enumerate(names)}
    table["states"] = {
        at: {token[name]: _moved(action, number) for name, action in by_name[state].items()}
        for state, at in number.items()
    }
    for ends in ("start_states", "end_states"):
        table[ends] = {start: number[str(table[ends][start])] for start in sorted(table[ends])}
    return data, memo


def _reached(states: dict[str, dict[str, Any]], starts: dict[str, int]) -> list[str]:
    """The states in the order in which they are met from the starts, by the names of what leads to them."""
    found = dict.fromkeys(str(starts[name]) for name in sorted(starts))
    waiting = list(found)
    for state in waiting:
        for kind, target in states[state].values():
            if kind == SHIFT and str(target) not in found:
                found[str(target)] = None
                waiting.append(str(target))
    return waiting


def _moved(action: list[Any], number: dict[str, int]) -> list[Any]:
    kind, target = action
    return [kind, number[str(target)] if kind == SHIFT else target]


def _pointing(value: Any, places: dict[int, int]) -> Any:
    """The value with what it says of things that are kept apart (`{"@": 12}`) pointing at their new places."""
    if isinstance(value, list):
        return [_pointing(part, places) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"@"}:
        return {"@": places[value["@"]]}
    return {key: _pointing(part, places) for key, part in value.items()}


def grammar_text() -> str:
    """The grammar as it is written."""
    return Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")


def build(text: str, strict: bool = False) -> Lark:
    """Build the tables; `strict` refuses every conflict and every clash of two words, and is for tests."""
    return Lark(
        text,
        parser="lalr",
        lexer="contextual",
        start=list(STARTS),
        propagate_positions=True,
        maybe_placeholders=False,
        strict=strict,
        _plugins={} if strict else {"ContextualLexer": _Unchecked},
    )


class _Unchecked(ContextualLexer):  # type: ignore[misc]
    """The lexer without Lark's comparison of every two words, which takes seconds where `interegular` is installed."""

    def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
        conf.skip_validation = True
        super().__init__(conf, states, always_accept)


def _shipped() -> str | None:
    """The text of the tables that come with the package, or None where they are not there."""
    try:
        return gzip.decompress(SHIPPED.read_bytes()).decode()
    except (OSError, EOFError, ValueError, zlib.error):
        return None


def _load(content: str | None, key: str) -> Lark | None:
    """The tables that were kept, or None where there are none, or others, or they are damaged."""
    if content is None or not content.startswith(f'{{"key": "{key}"'):
        return None
    try:
        found = json.loads(content, object_pairs_hook=_with_numbers)
        kept: Lark = Lark._load_from_dict(found["data"], found["memo"])
        kept.parse("a", start="condition")
    except Exception:  # whatever is wrong with a cache, it is never the author's concern
        return None
    return kept


def _with_numbers(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """Lark numbers its states and terminals; JSON has only texts for keys."""
    return {int(k) if k.isdigit() else k: v for k, v in pairs}
