"""Schedules of other payers: flat amounts by code and date, and percentages of another schedule.

`schedule.yaml` names the payer and its `rates`; `amounts.csv` beside it holds flat amounts. A flat amount goes before
a percentage. What a source leaves unstated is written as `unstated` and prices nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy.fees import refusals as refuse
from ccm_policy.fees.fitting import read_fitting
from ccm_policy.fees.prices import EXACT, Axes, NoPrice, Price, Question, Source, to_cents
from ccm_policy.fees.tables import need_date, need_number, read_rows

AMOUNT_COLUMNS = ("code", "modifier", "setting", "from", "to", "amount", "source")

PriceOf = Callable[[str, Question, tuple[str, ...]], "Price | NoPrice"]


@dataclass(frozen=True, slots=True)
class Flat:
    """A listed amount for a code from a first to a last day; an empty setting is for every setting."""

    setting: str
    first: date
    last: date
    amount: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A percentage of another schedule. What it fixes (`setting`, `locality`, `factor`) goes before what is asked."""

    first: date
    last: date
    percent: Decimal
    of: str
    fixed: dict[str, str]
    codes: tuple[str, ...]
    unstated: str
    source: str

    def fix(self, asked: Question) -> Question:
        """The question as it is put to the other schedule."""
        where = {"locality": asked.locality, "setting": asked.setting, "factor": asked.factor} | self.fixed
        return replace(asked, locality=where["locality"], setting=where["setting"], factor=where["factor"])


@dataclass(slots=True)
class Contract:
    """One payer's schedule; `price_of` prices in the other schedules."""

    name: str
    folder: Path
    price_of: PriceOf
    _amounts: dict[tuple[str, str], list[Flat]] | None = None
    _shares: list[Share] | None = None
    _notes: tuple[str, ...] = field(default=())

    def file(self, name: str) -> str:
        """A path as people are told it."""
        return "/".join((*self.folder.parts[-3:], name))

    def axes(self, on: date, axes_of: Callable[[str, date], Axes]) -> Axes:
        """What the amount depends on: the settings of flat amounts, and what the shared schedule depends on."""
        listed = {f.setting for flats in self.amounts().values() for f in flats if f.setting}
        result = Axes(tuple(sorted(listed)))
        for share in self.shares():
            if share.first <= on <= share.last:
                of = axes_of(share.of, on)
                result = Axes(
                    () if "setting" in share.fixed else tuple(sorted({*of.settings, *listed})),
                    () if "factor" in share.fixed else of.factors,
                    of.by_locality and "locality" not in share.fixed,
                )
        return result

    def price(self, question: Question, asked: tuple[str, ...]) -> Price | NoPrice:
        """Price one unit; raises `BrokenFileError` only. `asked`: the schedules that this one was reached through."""
        code, on, modifier = question.code, question.on, question.modifier
        if self.name in asked:
            return refuse.in_a_circle(self.name, self.file("schedule.yaml"))
        flats = [f for f in self.amounts().get((code, modifier), []) if f.first <= on <= f.last]
        if flats:
            return self._flat(flats, question)
        for share in self.shares():
            if share.first <= on <= share.last and (not share.codes or code in share.codes):
                if share.unstated:
                    file = self.file("schedule.yaml")
                    return refuse.not_stated(self.name, on, share.unstated, file)
                base = self.price_of(share.of, share.fix(question), (*asked, self.name))
                return base if isinstance(base, NoPrice) else self._share(share, base)
        return refuse.no_code(self.name, code, modifier, on, self.file("schedule.yaml"))

    def _flat(self, flats: list[Flat], asked: Question) -> Price | NoPrice:
        file = self.file("amounts.csv")
        flat = next((f for f in flats if f.setting in ("", asked.setting)), None)
        if flat is None:
            return refuse.which_setting(self.name, asked.setting, [f.setting for f in flats], asked.on, file)
        self.shares()
        held = Source("amounts", "", flat.source, file)
        return Price(
            amount=to_cents(flat.amount),
            exact=flat.amount,
            schedule=self.name,
            code=asked.code,
            modifier=asked.modifier,
            on=asked.on,
            locality=None,
            setting=flat.setting or None,
            factor=None,
            release="",
            covers=(flat.first, flat.last),
            notes=self._notes,
            read_sources=lambda: (held,),
        )

    def _share(self, share: Share, base: Price) -> Price:
        exact = EXACT.divide(EXACT.multiply(share.percent, base.exact), Decimal(100))
        covers = (max(share.first, base.covers[0]), min(share.last, base.covers[1]))
        held = Source("rates", "", share.source, self.file("schedule.yaml"))
        return Price(
            amount=to_cents(exact),
            exact=exact,
            schedule=self.name,
            code=base.code,
            modifier=base.modifier,
            on=base.on,
            locality=base.locality,
            setting=base.setting,
            factor=base.factor,
            release=base.release,
            covers=covers,
            percent=share.percent,
            base=base,
            notes=(*base.notes, *self._notes),
            proposed=base.proposed,
            read_sources=lambda: (held, *base.sources),
        )

    def amounts(self) -> dict[tuple[str, str], list[Flat]]:
        """The listed amounts by code and modifier, read once; raises `BrokenFileError` with the line."""
        if self._amounts is None:
            path = self.folder / "amounts.csv"
            table: dict[tuple[str, str], list[Flat]] = {}
            for line, row in read_rows(path, AMOUNT_COLUMNS) if path.exists() else []:
                code, modifier, setting, first, last, amount, source = row
                flat = Flat(
                    setting, need_date(path, line, first),
                    need_date(path, line, last) if last else date.max,
                    need_number(path, line, amount, "an amount"), source,
                )  # fmt: skip
                table.setdefault((code, modifier), []).append(flat)
            self._amounts = table
        return self._amounts

    def shares(self) -> list[Share]:
        """The percentages of other schedules, read once; raises `BrokenFileError` with the line."""
        if self._shares is None:
            path = self.folder / "schedule.yaml"
            document = read_fitting(path, "contract")
            data: dict[str, Any] = document.data
            rates = data.get("rates") or []
            self._notes = tuple(data.get("notes") or ())
            self._shares = [self._rate(path, rate, document.lines.get(("rates", i))) for i, rate in enumerate(rates)]
        return self._shares

    def _rate(self, path: Path, rate: dict[str, Any], line: int | None) -> Share:
        return Share(
            first=need_date(path, line, rate.get("from", "")),
            last=need_date(path, line, rate["to"]) if rate.get("to") else date.max,
            percent=need_number(path, line, rate.get("percent", ""), "a percentage"),
            of=rate.get("of", ""),
            fixed={k: rate[k] for k in ("locality", "setting", "factor") if rate.get(k)},
            codes=tuple(rate.get("codes") or ()),
            unstated=rate.get("unstated", ""),
            source=rate.get("source", ""),
        )
