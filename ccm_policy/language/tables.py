"""The grammar's tables: built by Lark from `grammar.lark`, and kept as JSON, since building takes longer than reading.

They come with the package (`make tables` writes them), for the version of Lark that they were made with; with another
one they are built, and kept in the user's cache. What is kept is keyed by the grammar's text and Lark's version.
Anything odd about it, and the tables are built again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
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


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """The parser of heads and clause bodies; made once in a process."""
    text = grammar_text()
    key = key_of(text)
    shipped = _load(SHIPPED, key)
    if shipped is not None:
        return shipped
    home = stored.home()
    if home is None:
        return build(text)
    path = home / f"grammar-{key}.json"
    kept = _load(path, key)
    if kept is not None:
        return kept
    built = build(text)
    stored.write(path, _text_of(built, key))
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
    return json.dumps({"key": key, "lark": lark.__version__, "data": data, "memo": memo})


def grammar_text() -> str:
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


def _load(path: Path, key: str) -> Lark | None:
    """The tables that were kept, or None where there are none, or others, or they are damaged."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        if not content.startswith(f'{{"key": "{key}"'.encode()):
            return None
        found = json.loads(content, object_pairs_hook=_with_numbers)
        kept: Lark = Lark._load_from_dict(found["data"], found["memo"])
        kept.parse("a", start="condition")
    except Exception:  # whatever is wrong with a cache, it is never the author's concern
        return None
    return kept


def _with_numbers(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """Lark numbers its states and terminals; JSON has only texts for keys."""
    return {int(k) if k.isdigit() else k: v for k, v in pairs}
