"""The flat ruleset as hand-written Polars, for a whole table; a null is not known, and Polars reckons with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from flat.by_hand import COMMON, FLAGS, NAMES, NO, OPEN, SETTINGS, YES, Answer, Prices
from flat.rows import CODES, FACTS, LAST_DAY, Row

c = pl.col
RULES = {
    "conditions": c("chronic_conditions") >= 2,
    "lasting": c("expected_months") >= 12,
    "risk": c("significant_risk"),
    "consent": c("consent_verbal") | c("consent_written"),
    "consent_in_time": c("consent_on") <= LAST_DAY,
    "plan": c("plan_made"),
    "plan_given": c("plan_shared"),
    "plan_fresh": c("plan_age_months") <= 12,
    "visit": c("months_since_visit") <= 12,
    "access": c("access_at_all_hours"),
    "record": c("certified_record"),
    "one_practice": ~c("other_practice_bills"),
    "hospice_care": ~c("hospice") | c("attending_for_hospice"),
    "dialysis_care": ~c("dialysis"),
    "plan_oversight": ~c("oversight"),
    "after_surgery": ~c("surgical_period"),
    "whole_stay": ~c("inpatient_all_month"),
    "written": c("consent_written"),
    "licensed": c("staff_licensed"),
    "supervision": c("supervised"),
    "transition_care": ~c("transition"),
}


def table(rows: Sequence[Row]) -> pl.DataFrame:
    """Rows as a table."""
    return pl.DataFrame(rows, schema=list(FACTS), orient="row", infer_schema_length=None)


def price_table(prices: Prices) -> pl.DataFrame:
    """For each locality and setting what is known of it, a unit of each code in a facility and elsewhere."""
    found: list[dict[str, Any]] = []
    for locality in dict.fromkeys(locality for locality, _ in prices):
        for setting in (*SETTINGS, None):
            row: dict[str, Any] = {"locality": locality, "setting": setting}
            for way in SETTINGS:
                held = prices[locality, setting or way]
                row |= {f"{way} {code}": held and held[n] for n, code in enumerate(CODES)}
            found.append(row)
    return pl.DataFrame(found, infer_schema_length=None)


def decide(facts: pl.DataFrame, prices: pl.DataFrame) -> pl.DataFrame:
    """Every row: the truth of each rule, and for each code its status, units and cents."""
    frame = facts.lazy().join(
        prices.lazy(), on=["locality", "setting"], how="left", nulls_equal=True, maintain_order="left"
    )
    frame = frame.with_columns(**{f"rule {name}": truth for name, truth in RULES.items()})
    frame = frame.with_columns(
        **_tier("staff", "staff_minutes", 20, [n for n in NAMES if n not in FLAGS]),
        **_tier("own", "practitioner_minutes", 30, [n for n in COMMON if n not in FLAGS]),
    )
    frame = frame.with_columns(**{f"more {t}": _more(t) for t in ("staff", "own")})
    ways = [(_pay("own", way, "99491", "99437"), _pay("staff", way, "99490", "99439")) for way in SETTINGS]
    own_first = pl.all_horizontal([own[0] >= staff[1] for own, staff in ways])
    staff_first = pl.all_horizontal([staff[0] > own[1] for own, staff in ways])
    both = c("base staff").fill_null(True) & c("base own").fill_null(True)
    frame = frame.with_columns(
        first=pl.when(~both).then(pl.lit("alone")).when(own_first).then(pl.lit("own")).when(staff_first)
        .then(pl.lit("staff")).otherwise(pl.lit("open"))
    )  # fmt: skip
    codes = (("99490", "base", "staff", "own"), ("99439", "more", "staff", "own"),
             ("99491", "base", "own", "staff"), ("99437", "more", "own", "staff"))  # fmt: skip
    frame = frame.with_columns(**{f"status {code}": _status(part, tier, other) for code, part, tier, other in codes})
    units = {
        code: pl.when(c(f"status {code}") == YES).then(1 if part == "base" else c(f"low {tier}")).otherwise(0)
        for code, part, tier, _ in codes
    }
    frame = frame.with_columns(**{f"units {code}": count for code, count in units.items()})
    cents = {f"{way} cents {code}": c(f"units {code}") * c(f"{way} {code}") for code in CODES for way in SETTINGS}
    return frame.with_columns(**cents).collect()


def _tier(tier: str, minutes: str, step: int, rules: list[str]) -> dict[str, pl.Expr]:
    further = (c(minutes) // step - 1).clip(0, 2)
    return {
        f"base {tier}": pl.all_horizontal(*(c(f"rule {name}") for name in rules), c(minutes) >= step),
        f"low {tier}": further.fill_null(0),
        f"high {tier}": further.fill_null(2),
    }


def _more(tier: str) -> pl.Expr:
    earned = pl.when(c(f"low {tier}") >= 1).then(True).when(c(f"high {tier}") < 1).then(False)
    return c(f"base {tier}") & earned


def _pay(tier: str, way: str, base: str, more: str) -> tuple[pl.Expr, pl.Expr]:
    one, further = c(f"{way} {base}"), c(f"{way} {more}")
    least = one + further * pl.when(c(f"more {tier}")).then(c(f"low {tier}")).otherwise(0)
    most = one + further * pl.when(~c(f"more {tier}")).then(0).otherwise(c(f"high {tier}"))
    return least, most


def _status(part: str, tier: str, other: str) -> pl.Expr:
    own = c(f"{part} {tier}")
    yields = (c("first") == other) & c(f"base {other}").fill_null(False)
    return (
        pl.when(own.eq_missing(False) | yields)
        .then(pl.lit(NO))
        .when(own.is_null() | (c("first") == "open"))
        .then(pl.lit(OPEN))
        .otherwise(pl.lit(YES))
    )


def answers(decided: pl.DataFrame) -> Iterator[Answer]:
    """The rows as the program by hand says them."""
    for row in decided.iter_rows(named=True):
        cents = []
        for code in CODES:
            pair = tuple(row[f"{way} cents {code}"] or None for way in SETTINGS)
            cents.append(pair[0] if pair[0] == pair[1] else pair)
        fails, unknown = (
            tuple([name for name in names if row[f"rule {name}"] is truth] for names in (NAMES, COMMON))
            for truth in (False, None)
        )
        status, units = (tuple(row[f"{what} {code}"] for code in CODES) for what in ("status", "units"))
        yield status, units, tuple(cents), fails, unknown
