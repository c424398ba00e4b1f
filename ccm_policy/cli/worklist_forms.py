"""A worklist as a table for people, as CSV, as JSON and as a workbook."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ccm_policy.cli.layout import page_width, table, wrapped
from ccm_policy.evaluate.reasons import number_text
from ccm_policy.facts import cells
from ccm_policy.language.diagnostics import printable
from ccm_policy.report.things import Item
from ccm_policy.report.words import Dollars
from ccm_policy.report.worklist import Ask, Group, Worklist, best, grouped

NOBODY = "nobody named"
BEFORE_BILLING = "the bill"
COLUMNS = (
    "who", "patient_id", "service_month", "practitioner_id", "kind", "what", "services", "by", "minutes", "worth",
    "worth_at_most", "dollars_per_minute", "patient_months",
)  # fmt: skip
ASK = "ask_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Headed:
    """What is said of the whole: the day, patient-months that were over on it, entries dated later; and what is not
    offered: services for which minutes would count on no day that is left, rules that ask for what had to be done in a
    month that is over."""

    day: date
    over: int
    left_out: int
    too_late: int
    month_over: int


def written(made: Worklist, headed: Headed, form: str, by: str, out: Path | None) -> None:
    """Write it, to a file or to standard output."""
    if form == "xlsx":
        assert out is not None, "only a file is a workbook"
        with out.open("wb") as stream:
            _workbook(made, headed, by).save(stream)
        return
    if form == "table":
        lines = list(shown(made, headed, by))
        text = "".join(f"{line}\n" for line in lines)
    elif form == "csv":
        text = "".join(map(cells.line, [COLUMNS, *_rows(made, by)]))
    else:
        text = json.dumps(plain(made, headed, by), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")


# --- for people ----------------------------------------------------------------------------------------------------


def shown(made: Worklist, headed: Headed, by: str, width: int | None = None) -> Iterator[str]:
    """The lines of the page."""
    size = width or page_width()
    yield f"Work planned from {headed.day.isoformat()}"
    if made.asks:
        yield ""
        yield "Ask once"
        for ask in made.asks:
            for line in asked(ask):
                yield from wrapped(f"  {line}", size)
    months = len({item.month for item in made.items}) > 1
    for group in grouped(made.items, by):
        yield ""
        yield _heading(group, by)
        yield from _table(group.items, by, months, size)
    yield ""
    yield from (line for each in _last(made, headed) for line in wrapped(each, size))


def _heading(group: Group, by: str) -> str:
    names = {"staff": group.name or NOBODY, "patient": f"patient {group.name}", "worth": "All"}
    things = "1 thing" if len(group.items) == 1 else f"{len(group.items)} things"
    worth = "no price" if all(item.worth is None for item in group.items) else best(group.items)
    if group.to_check:
        return f"To check, by whoever can look it up: {things}, {worth}"
    return f"{printable(names[by])}: {things} to do, {worth}"


def asked(ask: Ask) -> Iterator[str]:
    """One question: who waits, what the practice's own policy may attest, what only the record tells, and what
    is looked up."""
    wait = "1 patient-month waits" if ask.patient_months == 1 else f"{ask.patient_months} patient-months wait"
    yield f"{wait}{f', {ask.worth}' if ask.worth.high > 0 else ''}"
    if ask.attested:
        yield f"  the practice's own policy may attest: {', '.join(ask.attested)}"
    if ask.recorded:
        yield f"  to be recorded: {', '.join(ask.recorded)}"
    if ask.checked:
        yield f"  to be checked: {', '.join(ask.checked)}"


def _table(items: Sequence[Item], by: str, months: bool, width: int) -> Iterator[str]:
    with_who = by != "staff"
    header = ["patient", *(["who"] if with_who else []), "by", "what", "worth", "a minute"]
    rows = []
    for item in items:
        name = printable(f"{item.patient} {item.month}" if months else item.patient)
        who = [[printable(item.who or NOBODY)]] if with_who else []
        rate = "" if item.rate is None else f"${item.rate:,.2f}"
        until = BEFORE_BILLING if item.by is None else item.by.isoformat()
        worth = "no price" if item.worth is None else str(item.worth)
        rows.append([[name], *who, [until], [printable(item.what)], [worth], [rate]])
    for column in (-2, -1):
        size = max(len(header[column]), *(len(row[column][0]) for row in rows))
        header[column] = header[column].rjust(size)
        for row in rows:
            row[column] = [row[column][0].rjust(size)]
    yield from table(header, rows, (header.index("what"),), width, right=len(header) - 1)


def _last(made: Worklist, headed: Headed) -> Iterator[str]:
    if not made.items and not made.asks:
        yield "Nothing is left to do."
    elif made.worth.high or not made.unpriced:
        yield f"In all {made.worth}: the best thing of each patient-month, since two may bring the same dollars."
    if made.unpriced:
        yield f"Without price: {_counted(made.unpriced)}, in no total: what sets the price is not recorded."
    if made.at_stake.high:
        yield f"At stake: {made.at_stake} of what can be billed, under rules that auditors ask about."
    if headed.over:
        yield f"Over already: {_counted(headed.over)}; no minutes are offered for them."
    if headed.left_out:
        yield f"Not counted: {_entries(headed.left_out)} of the log dated after {headed.day.isoformat()}."
    if headed.too_late:
        yield f"Not offered: {headed.too_late} near a unit, for which minutes would count on no day that is left."
    if headed.month_over:
        rules = "1 rule" if headed.month_over == 1 else f"{headed.month_over} rules"
        yield f"Not offered: {rules} on what had to be done in the month, which is over. If it was done, record it."


def _counted(months: int) -> str:
    return "1 patient-month" if months == 1 else f"{months} patient-months"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


# --- for programs and spreadsheets ---------------------------------------------------------------------------------


def _rows(made: Worklist, by: str) -> Iterator[list[Any]]:
    for ask in made.asks:
        worth = _ends(ask.worth)
        said = "; ".join(line.strip() for line in asked(ask))
        yield ["", "", "", "", ASK, said, "", "", "", *worth, "", ask.patient_months]
    for group in grouped(made.items, by):
        for item in group.items:
            yield [
                item.who,
                item.patient,
                item.month,
                item.practitioner,
                item.kind,
                item.what,
                " ".join(item.services),
                item.by,
                None if item.minutes is None else number_text(item.minutes),
                *_ends(item.worth),
                item.rate,
                1,
            ]


def _ends(worth: Dollars | None) -> list[Any]:
    return [None, None] if worth is None else [worth.low, worth.high]


def plain(made: Worklist, headed: Headed, by: str) -> dict[str, Any]:
    """Plain data: amounts as texts of exact decimals."""
    return {
        "as_of": headed.day.isoformat(),
        "ask_once": [
            {
                "facts": list(ask.facts),
                "patient_months": ask.patient_months,
                "worth": _money(ask.worth),
                "attestable": list(ask.attested),
                "to_record": list(ask.recorded),
                "to_check": list(ask.checked),
            }
            for ask in made.asks
        ],
        "things": [_plain(item) for group in grouped(made.items, by) for item in group.items],
        "staff": [_plain_group(group) for group in grouped(made.items, "staff")],
        "worth": _money(made.worth),
        "at_stake": _money(made.at_stake),
        "without_price": made.unpriced,
        "over_already": headed.over,
        "entries_not_counted": headed.left_out,
        "too_late": headed.too_late,
        "month_over": headed.month_over,
    }


def _plain_group(group: Group) -> dict[str, Any]:
    worth = _money(best(group.items))
    return {"who": group.name, "to_check": group.to_check, "things": len(group.items), "worth": worth}


def _plain(item: Item) -> dict[str, Any]:
    return {
        "who": item.who,
        "patient_id": item.patient,
        "service_month": item.month,
        "practitioner_id": item.practitioner,
        "kind": item.kind,
        "what": item.what,
        "services": list(item.services),
        "by": None if item.by is None else item.by.isoformat(),
        "minutes": None if item.minutes is None else number_text(item.minutes),
        "facts": list(item.asks),
        "checks": list(item.checks),
        "worth": _money(item.worth),
        "dollars_per_minute": None if item.rate is None else str(item.rate),
    }


def _money(worth: Dollars | None) -> dict[str, str] | None:
    return None if worth is None else {"at_least": f"{worth.low:.2f}", "at_most": f"{worth.high:.2f}"}


def _workbook(made: Worklist, headed: Headed, by: str) -> Any:
    """A sheet to print, titles above it. Every text is text, whatever it begins with."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = f"From {headed.day.isoformat()}"
    for row, values in enumerate([COLUMNS, *_rows(made, by)], start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                cell.value = printable(value) or None
                if cell.value is not None:
                    cell.data_type = "s"
                    cell.quotePrefix = value[:1] in "=+-@"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            else:
                cell.value = value
                cell.alignment = Alignment(vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, size in zip("ABCDEFGHIJKLM", (14, 14, 10, 14, 10, 70, 14, 12, 9, 10, 10, 10, 9), strict=True):
        sheet.column_dimensions[letter].width = size
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    return book
