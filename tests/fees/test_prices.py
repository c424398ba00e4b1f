"""Prices against published amounts, and against a calculation of their own for every code in every locality."""

from __future__ import annotations

import csv
import decimal
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypedDict

import pytest

from ccm_policy import fees
from ccm_policy.fees import NoPrice, Price, Question, to_cents
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.shipped import FEE_SCHEDULES

PFS = FEE_SCHEDULES / "medicare_pfs"
SCHEDULES = fees.load()


class Where(TypedDict):
    """The arguments of a price that say where and how."""

    locality: str | None
    setting: str | None
    factor: str | None


# National amounts as published or computed from published files: non-facility / facility for 2025, 2026 and 2026 QP.
NATIONAL = """
99490  60.49 / 47.87    66.13 / 43.76    66.46 / 43.97
99439  45.93 / 32.99    50.44 / 30.73    50.69 / 30.88
99487  131.65 / 87.01   144.29 / 79.16   145.01 / 79.55
99489  70.52 / 47.23    78.16 / 43.76    78.55 / 43.97
99491  82.16 / 72.46    89.18 / 65.47    89.63 / 65.79
99437  57.58 / 47.87    63.13 / 43.76    63.44 / 43.97
G0506  60.81 / 41.73    66.47 / 38.41    66.80 / 38.60
99424  80.87 / 72.13    87.51 / 64.80    87.95 / 65.12
99426  61.78 / 47.55    67.80 / 44.09    68.14 / 44.31
"""

# Non-facility, 2024 from 9 March.
NATIONAL_2024 = """
99490 62.58   99439 47.93   99487 134.15  99489 72.23  99491 84.55  99437 59.58
G0506 62.58   99424 82.55   99425 59.92   99426 61.91  99427 47.27
"""

# 2026, other than QP: non-facility / facility.
MORE_2026 = """
G0556 16.37   G0557 53.78   G0558 117.24   99425 61.46   99427 54.11   99484 57.45/38.75   99495 220.11/122.25
99496 298.60/166.34   99492 160.32/82.17   99493 144.96/89.51   99494 61.46/36.07   G2214 60.79/33.73
G0568 161.66   G0569 145.96   G0570 57.78   99483 292.93/169.68   G0402 174.69/114.23   G2211 17.37   G2212 34.07
99470 26.05/13.36   99457 51.77/26.39   99458 41.42/26.39   99091 55.45/47.43   G3002 86.17   G3003 31.73
"""


def amount(code: str, on: str, setting: str, factor: str | None = None, locality: str = "national") -> str:
    price = SCHEDULES.price(
        "medicare_pfs",
        Question(code=code, on=date.fromisoformat(on), locality=locality, setting=setting, factor=factor),
    )
    return str(price.amount) if isinstance(price, Price) else price.diagnostic.code


@pytest.mark.parametrize("row", NATIONAL.strip().splitlines(), ids=lambda row: row[:5])
def test_national_amounts(row: str) -> None:
    code, *expected = row.replace("/", " ").split()
    asked = [("2025-07-15", None), ("2026-07-15", "non_qp"), ("2026-07-15", "qp")]
    found = [amount(code, on, s, factor) for on, factor in asked for s in ("non_facility", "facility")]
    assert found == expected


def test_national_amounts_of_2024_after_the_change_of_the_factor() -> None:
    words = NATIONAL_2024.split()
    for code, expected in zip(words[::2], words[1::2], strict=True):
        assert (code, amount(code, "2024-03-09", "non_facility")) == (code, expected)


def test_more_amounts_of_2026() -> None:
    words = MORE_2026.split()
    for code, expected in zip(words[::2], words[1::2], strict=True):
        settings = ("non_facility", "facility")[: expected.count("/") + 1]
        found = "/".join(amount(code, "2026-11-30", s, "non_qp") for s in settings)
        assert (code, found) == (code, expected)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def wide(path: Path, keys: tuple[str, str]) -> dict[tuple[str, str], dict[str, str]]:
    table: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows(path):
        table.setdefault((row[keys[0]], row[keys[1]]), {})[row["item"]] = row["value"]
    return table


def by_hand(values: dict[str, str], indices: dict[str, str], factor: str, setting: str) -> str:
    """The formula in whole numbers: hundredths times thousandths times ten-thousandths, half a cent up."""

    def whole(text: str, places: int) -> int:
        left, _, right = text.partition(".")
        return int(left + right.ljust(places, "0"))

    parts = [("work", "work"), (f"pe.{setting}", "pe"), ("mp", "mp")]
    units = sum(whole(values[item], 2) * whole(indices[index], 3) for item, index in parts)
    cents = (2 * units * whole(factor, 4) + 10**7) // (2 * 10**7)
    return f"{cents // 100}.{cents % 100:02}"


def periods() -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """First day of each stretch on which neither tables nor factors change, with its tables and factors."""
    for folder in sorted(p for p in PFS.iterdir() if p.name.isdigit()):
        uses, factors = rows(folder / "releases.csv"), rows(folder / "conversion_factors.csv")
        for day in sorted({r["from"] for r in uses} | {f["from"] for f in factors}):
            on = {r["table"]: r["folder"] for r in uses if r["from"] <= day <= r["to"]}
            held = {f["factor"]: f["value"] for f in factors if f["from"] <= day <= f["to"] and f["status"] == "final"}
            if "gpci" in on and held:
                yield day, on["rvu"], on["gpci"], held


PERIODS = list(periods())


@pytest.mark.parametrize(("day", "rvu", "gpci", "factors"), PERIODS, ids=[p[0] for p in PERIODS])
def test_every_code_and_every_locality_is_the_formula_of_its_published_values(
    day: str, rvu: str, gpci: str, factors: dict[str, str]
) -> None:
    values = wide(PFS / rvu / "rvu.csv", ("code", "modifier"))
    places = wide(PFS / gpci / "gpci.csv", ("mac", "locality"))
    whole_year = day.endswith("10-01") or day.startswith("2019")
    every, some = list(places), list(places)[::9]
    ones = {"work": "1.000", "pe": "1.000", "mp": "1.000"}
    wrong = []
    for number, ((code, _), items) in enumerate(values.items()):
        # every code in some localities, and in one quarter of the year one code of five in every one
        localities = every if whole_year and number % 5 == 0 else some
        if all(Decimal(items[i]) == 0 for i in items if i != "status"):
            assert amount(code, day, "facility", next(iter(factors))) == "CCM-E0605"
            continue
        for setting in ("facility", "non_facility"):
            for factor, value in factors.items():
                expected = [by_hand(items, ones, value, setting)]
                expected += [by_hand(items, places[p], value, setting) for p in localities]
                named = ["national", *("-".join(p) for p in localities)]
                found = [amount(code, day, setting, factor or None, name) for name in named]
                wrong += [(code, n, f, e) for n, f, e in zip(named, found, expected, strict=True) if f != e]
    assert not wrong


def test_every_row_is_reachable_or_its_table_only_confirms() -> None:
    """Releases that no date uses: 2026 B (no status, ten codes short) and 2026 D (components of 36 codes only)."""
    used = {p for _, rvu, gpci, _ in PERIODS for p in (f"{rvu}/rvu.csv", f"{gpci}/gpci.csv")}
    used |= {f"{year}/D/rvu.csv" for year in (2015, 2016, 2017, 2018)}  # totals only: no indices, so no period above
    held = {p.relative_to(PFS).as_posix() for name in ("rvu.csv", "gpci.csv") for p in PFS.rglob(name)}
    assert held - used == {"2026/B/rvu.csv", "2026/D/rvu.csv"}
    assert sum(len(wide(PFS / p, ("code", "modifier"))) for p in held if p.endswith("rvu.csv")) == 2260
    assert sum(len(wide(PFS / p, ("mac", "locality"))) for p in held if p.endswith("gpci.csv")) == 2885
    factors = [f for path in PFS.rglob("conversion_factors.csv") for f in rows(path)]
    assert len(factors) == 15 + 2
    for factor in factors:
        price = SCHEDULES.price(
            "medicare_pfs",
            Question(
                code="99213",
                on=date.fromisoformat(factor["from"]),
                locality="national",
                setting="facility",
                factor=factor["factor"] or None,
                proposed=True,
            ),
        )
        assert isinstance(price, Price)
        assert str(price.conversion_factor) == factor["value"]


@pytest.mark.parametrize("year", [2015, 2016, 2017, 2018])
def test_totals_price_nationally_and_say_why_not_in_a_locality(year: int) -> None:
    (factor, *_) = rows(PFS / str(year) / "conversion_factors.csv")
    for (code, _), items in wide(PFS / str(year) / "D" / "rvu.csv", ("code", "modifier")).items():
        for setting in ("facility", "non_facility"):
            expected = Fraction(items[f"total.{setting}"]) * Fraction(factor["value"])
            price = SCHEDULES.price(
                "medicare_pfs",
                Question(code=code, on=date(year, 5, 1), locality="national", setting=setting, factor=None),
            )
            if expected == 0:
                assert isinstance(price, NoPrice)
                continue
            assert isinstance(price, Price)
            assert price.unrounded == expected
            assert any("stands for the whole year" in note for note in price.notes)
    assert amount("99490", f"{year}-05-01", "facility", None, "13202-01") == "CCM-E0608"


@pytest.mark.parametrize(
    ("code", "on", "locality", "expected"),
    [
        ("99490", "2015-06-30", "national", "42.91"),  # 1.20 x 35.7547
        ("99490", "2015-07-01", "national", "43.12"),  # 1.20 x 35.9335
        ("99490", "2024-03-08", "national", "61.56"),  # 1.88 x 32.7442
        ("99490", "2024-03-09", "national", "62.58"),  # 1.88 x 33.2875
        ("99417", "2021-03-31", "national", "CCM-E0605"),
        ("99417", "2021-04-01", "national", "33.50"),  # 0.96 x 34.8931
        ("G2211", "2021-03-31", "national", "CCM-E0604"),
        ("G2211", "2021-04-01", "national", "CCM-E0605"),
        ("99490", "2023-09-30", "09202-20", "62.69"),  # (1.00 + 0.78 + 0.07) x 33.8872
        ("99490", "2023-10-01", "09202-20", "62.86"),  # (1.00 + 0.78 x 1.008 + 0.07 x 0.984) x 33.8872
        ("99490", "2014-12-31", "national", "CCM-E0602"),
        ("99490", "2026-05-05", "99999-01", "CCM-E0607"),
        ("99490", "2026-05-05", "1320201", "CCM-E0607"),
    ],
)
def test_rates_go_by_the_day_of_service(code: str, on: str, locality: str, expected: str) -> None:
    assert amount(code, on, "non_facility", "non_qp", locality) == expected


def test_what_is_missing_is_said_and_never_filled_in() -> None:
    on = date(2026, 3, 31)

    def code(locality: str | None = "national", setting: str | None = "facility", factor: str | None = "qp") -> str:
        asked = Where(locality=locality, setting=setting, factor=factor)
        got = SCHEDULES.price("medicare_pfs", Question(code="99490", on=on, **asked))
        assert isinstance(got, NoPrice)
        assert got.would_hold.startswith("fee_schedules/medicare_pfs/2026")
        return got.diagnostic.code

    assert code(locality=None) == "CCM-E0606"
    assert code(setting=None) == "CCM-E0609"
    assert code(setting="office") == "CCM-E0609"
    assert code(factor=None) == "CCM-E0610"
    assert code(factor="all") == "CCM-E0610"
    gone = SCHEDULES.price("acme", Question(code="99490", on=on, locality=None, setting=None, factor=None))
    assert isinstance(gone, NoPrice)
    assert gone.diagnostic.code == "CCM-E0601"
    assert gone.would_hold == "fee_schedules/payers/acme/schedule.yaml"


def test_axes_say_what_an_amount_depends_on() -> None:
    assert SCHEDULES.axes("medicare_pfs", date(2026, 3, 31)).factors == ("non_qp", "qp")
    assert SCHEDULES.axes("medicare_pfs", date(2025, 12, 31)).factors == ()
    assert SCHEDULES.axes("medicare_pfs", date(2018, 3, 31)).by_locality is False
    assert SCHEDULES.axes("medicare_pfs", date(2019, 3, 31)).by_locality is True
    assert SCHEDULES.axes("medicare_pfs", date(2030, 1, 1)) == fees.Axes()
    assert SCHEDULES.axes("medicare_pfs", date(2022, 1, 1)).settings == ("facility", "non_facility")


def test_the_missing_january_release_of_2026_is_told_with_the_price() -> None:
    for on, told in ((date(2026, 1, 1), True), (date(2026, 3, 31), True), (date(2026, 7, 1), False)):
        price = SCHEDULES.price(
            "medicare_pfs", Question(code="99490", on=on, locality="13202-01", setting="facility", factor="qp")
        )
        assert isinstance(price, Price)
        assert any("RVU26A) is missing" in note for note in price.notes) is told
        assert any("RVU26A) is missing" in note for note in price.to_dict()["notes"]) is told


def test_proposed_rates_price_nothing_unless_asked_and_then_say_so() -> None:
    on = date(2027, 1, 31)
    asked = Where(locality="national", setting="non_facility", factor="qp")
    plain = SCHEDULES.price("medicare_pfs", Question(code="99490", on=on, **asked))
    assert isinstance(plain, NoPrice)
    assert plain.diagnostic.code == "CCM-E0603"
    price = SCHEDULES.price("medicare_pfs", Question(code="99490", on=on, **asked, proposed=True))
    assert isinstance(price, Price)
    assert (str(price.amount), price.proposed, price.notes[0][:8]) == ("65.68", True, "PROPOSED")
    assert price.to_dict()["proposed"] is True


def test_status_alone_does_not_block() -> None:
    assert amount("G0511", "2025-06-30", "non_facility") == "54.67"  # 1.69 x 32.3465, status X
    price = SCHEDULES.price(
        "medicare_pfs",
        Question(code="G0511", on=date(2025, 6, 30), locality="national", setting="non_facility", factor=None),
    )
    assert isinstance(price, Price)
    assert any("Status X" in note for note in price.notes)


def test_no_value_passes_through_a_binary_float(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("a float was made")

    monkeypatch.setattr("builtins.float", never)
    with decimal.localcontext() as context:
        context.prec = 3
        context.rounding = decimal.ROUND_DOWN
        context.traps[decimal.FloatOperation] = True
        price = fees.load().price(
            "medicare_pfs",
            Question(code="99490", on=date(2026, 8, 1), locality="13202-01", setting="non_facility", factor="non_qp"),
        )
    assert isinstance(price, Price)
    assert str(price.exact) == "74.565505196"
    assert str(price.amount) == "74.57"


@pytest.mark.parametrize(
    ("value", "cents"), [("1.005", "1.01"), ("1.0049999", "1.00"), ("2.675", "2.68"), ("0.004", "0.00"), ("3", "3.00")]
)
def test_half_a_cent_is_rounded_up(value: str, cents: str) -> None:
    assert str(to_cents(Decimal(value))) == cents
    assert str(to_cents(Fraction(value))) == cents


def test_a_price_shows_its_arithmetic_and_its_sources() -> None:
    price = SCHEDULES.price(
        "medicare_pfs",
        Question(code="99490", on=date(2026, 7, 31), locality="13202-01", setting="non_facility", factor="non_qp"),
    )
    assert isinstance(price, Price)
    assert price.arithmetic() == (
        "(work 1.00 x 1.064 + pe 0.91 x 1.162 + mp 0.07 x 1.586) x 33.4009 = 74.565505196, rounded half up to 74.57"
    )
    assert [s.table for s in price.sources] == ["rvu", "gpci", "conversion_factor"]
    assert all(s.text and s.file for s in price.sources)
    assert price.covers == (date(2026, 7, 1), date(2026, 9, 30))
    data = price.to_dict()
    assert (data["code"], data["amount"], data["release"]) == ("99490", "74.57", "RVU26C")


CONTRACT = """\
schedule: acme
title: Acme Health
rates:
  - from: 2026-01-01
    to: 2026-06-30
    percent: 120
    of: medicare_pfs
    source: contract of 2025-11-02
  - from: 2026-07-01
    percent: 97.5
    of: medicare_pfs
    setting: non_facility
    locality: national
    factor: non_qp
    codes: ['99490']
    source: amendment 1
"""
AMOUNTS = """\
code,modifier,setting,from,to,amount,source
99439,,,2026-02-01,2026-12-31,48.10,contract of 2025-11-02
"""


@pytest.fixture
def own(tmp_path: Path) -> fees.FeeSchedules:
    folder = tmp_path / "payers" / "acme"
    folder.mkdir(parents=True)
    (folder / "schedule.yaml").write_text(CONTRACT, encoding="utf-8")
    (folder / "amounts.csv").write_text(AMOUNTS, encoding="utf-8")
    return fees.load(tmp_path)


@pytest.mark.parametrize(
    ("code", "on", "expected"),
    [
        ("99490", "2026-05-31", "79.36"),  # 120 % of 66.133782 = 79.3605384
        ("99490", "2026-07-31", "64.48"),  # 97.5 % of 66.133782 = 64.48043745, the fixed place and factor
        ("99439", "2026-01-31", "60.52"),  # 120 % of 50.435359 = 60.5224308
        ("99439", "2026-02-28", "48.10"),  # listed
        ("99439", "2027-02-28", "CCM-E0604"),
        ("99491", "2026-07-31", "CCM-E0604"),
        ("99490", "2025-12-31", "CCM-E0604"),
    ],
)
def test_other_payers(own: fees.FeeSchedules, code: str, on: str, expected: str) -> None:
    price = own.price(
        "acme",
        Question(code=code, on=date.fromisoformat(on), locality="national", setting="non_facility", factor="non_qp"),
    )
    assert (str(price.amount) if isinstance(price, Price) else price.diagnostic.code) == expected
    if isinstance(price, Price):
        assert price.sources[0].text


def test_a_share_says_what_its_base_says(own: fees.FeeSchedules) -> None:
    asked = Where(locality="national", setting="non_facility", factor="qp")
    price = own.price("acme", Question(code="99490", on=date(2026, 2, 1), **asked))
    assert isinstance(price, Price)
    assert any("RVU26A) is missing" in note for note in price.notes)
    assert price.arithmetic() == (
        "120 % x [(work 1.00 + pe 0.91 + mp 0.07) x 33.5675] = 79.75638, rounded half up to 79.76"
    )
    assert price.covers == (date(2026, 1, 1), date(2026, 3, 31))


def test_axes_of_a_contract_are_those_of_what_it_shares(own: fees.FeeSchedules) -> None:
    assert own.axes("acme", date(2026, 3, 1)).factors == ("non_qp", "qp")
    assert own.axes("acme", date(2026, 8, 1)) == fees.Axes()


def test_a_percentage_of_itself_is_refused(tmp_path: Path) -> None:
    for name, of in (("a", "b"), ("b", "a")):
        folder = tmp_path / "payers" / name
        folder.mkdir(parents=True)
        rate = f"rates:\n  - from: 2026-01-01\n    percent: 50\n    of: {of}\n    source: x\n"
        (folder / "schedule.yaml").write_text(f"schedule: {name}\ntitle: {name}\n{rate}", encoding="utf-8")
    got = fees.load(tmp_path).price(
        "a", Question(code="99490", on=date(2026, 2, 1), locality=None, setting=None, factor=None)
    )
    assert isinstance(got, NoPrice)
    assert got.diagnostic.code == "CCM-E0612"


def test_shipped_payers() -> None:
    asked = Where(locality="national", setting="non_facility", factor=None)
    listed = SCHEDULES.price("sc_medicaid", Question(code="99490", on=date(2025, 1, 1), **asked))
    assert isinstance(listed, Price)
    assert (str(listed.amount), listed.notes != ()) == ("45.90", True)
    unstated = SCHEDULES.price("ny_medicaid", Question(code="99490", on=date(2025, 1, 1), **asked))
    assert isinstance(unstated, NoPrice)
    assert unstated.diagnostic.code == "CCM-E0611"


def test_the_digest_names_the_whole(tmp_path: Path) -> None:
    assert fees.load().digest == fees.load().digest
    assert fees.load().digest.startswith("sha256:")
    folder = tmp_path / "payers" / "acme"
    folder.mkdir(parents=True)
    (folder / "schedule.yaml").write_text(CONTRACT, encoding="utf-8")
    first = fees.load(tmp_path).digest
    (folder / "schedule.yaml").write_text(CONTRACT.replace("120", "121"), encoding="utf-8")
    assert len({first, fees.load(tmp_path).digest, fees.load().digest}) == 3


def test_a_directory_that_is_none_is_refused_at_the_edge(tmp_path: Path) -> None:
    for directory in (tmp_path / "gone", tmp_path):
        with pytest.raises(CcmPolicyError) as caught:
            fees.load(directory)
        assert [d.code for d in caught.value.diagnostics] == ["CCM-E0621"]


@pytest.mark.parametrize(
    "text",
    ["", "99490\n", "code,modifier,item,value\n99490,,work\n", 'code,modifier,item,value\n"99490,,work,1\n',
     "code,modifier,item,value\n99490,,work,1.0O\n99490,,pe.facility,1\n99490,,mp,1\n", "\x00\xff"],
)  # fmt: skip
def test_a_broken_table_is_told_and_prices_nothing(tmp_path: Path, text: str) -> None:
    year = tmp_path / "mine" / "2026"
    (year / "C").mkdir(parents=True)
    (tmp_path / "mine" / "schedule.yaml").write_text("schedule: mine\n", encoding="utf-8")
    for name in ("conversion_factors.csv", "releases.csv"):
        (year / name).write_bytes((PFS / "2026" / name).read_bytes())
    (year / "C" / "rvu.csv").write_text(text, encoding="latin-1")
    got = fees.load(tmp_path).price(
        "mine", Question(code="99490", on=date(2026, 8, 1), locality="national", setting="facility", factor="qp")
    )
    assert isinstance(got, NoPrice)
    assert got.diagnostic.code == "CCM-E0620"


@pytest.mark.parametrize(
    "text",
    ["", "rates", "rates: [x]\n", "schedule: mine\ntitle: x\nrates: 5\n", "- a\n- b\n", "a: [b\n", "a: &x\n  b: *x\n",
     "[" * 2000 + "]" * 2000,
     "schedule: mine\ntitle: x\nrates:\n  - from: 2026-01-01\n    percent: [1]\n    of: b\n    source: c\n",
     "schedule: mine\ntitle: x\nrates:\n  - from: soon\n    percent: 1\n    of: b\n    source: c\n",
     "schedule: mine\ntitle: x\nrates:\n  - from: 2026-02-31\n    percent: 1\n    of: b\n    source: c\n"],
)  # fmt: skip
def test_a_broken_contract_is_told_and_prices_nothing(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "payers" / "mine"
    folder.mkdir(parents=True)
    (folder / "schedule.yaml").write_text(text, encoding="utf-8")
    asked = Where(locality="national", setting="facility", factor="qp")
    got = fees.load(tmp_path).price("mine", Question(code="99490", on=date(2026, 8, 1), **asked))
    assert isinstance(got, NoPrice)
    assert got.diagnostic.code == "CCM-E0620"
    assert got.diagnostic.help
    assert fees.load(tmp_path).axes("mine", date(2026, 8, 1)) == fees.Axes()
