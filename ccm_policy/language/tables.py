"""The grammar's tables: built by Lark from `grammar.lark`, then kept as JSON, since building takes longer than reading.

What is kept is keyed by the grammar's text and Lark's version. Anything odd about it, and the tables are built again.
"""

from __future__ import annotations

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
STARTS = (*HEAD_RULES, *(r for r in clauses.RULES if r != "nothing"), "given_row", "nobody_calls")


@lru_cache(maxsize=1)
def grammar() -> Lark:
    """The parser of heads and clause bodies; made once in a process."""
    text = grammar_text()
    home = stored.home()
    if home is None:
        return build(text)
    digest = hashlib.sha256("\n".join([lark.__version__, *STARTS, text]).encode()).hexdigest()[:24]
    path = home / f"grammar-{digest}.json"
    kept = _load(path)
    if kept is not None:
        return kept
    built = build(text)
    data, memo = built.memo_serialize([TerminalDef, Rule])
    data["options"]["_plugins"] = {}
    stored.write(path, json.dumps({"data": data, "memo": memo}))
    return built


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


def _load(path: Path) -> Lark | None:
    """The tables that were kept, or None where there are none or they are damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_with_numbers)
        kept: Lark = Lark._load_from_dict(found["data"], found["memo"])
        kept.parse("a", start="condition")
    except Exception:  # whatever is wrong with a cache, it is never the author's concern
        return None
    return kept


def _with_numbers(pairs: list[tuple[str, Any]]) -> dict[str | int, Any]:
    """Lark numbers its states and terminals; JSON has only texts for keys."""
    return {int(k) if k.isdigit() else k: v for k, v in pairs}
