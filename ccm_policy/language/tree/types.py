"""The types of the typed tree, and the few that every reader knows by name."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `kind`: `yes/no`, `text`, `code`, `number`, `date`, `month`, `time`, `period`, `value`, `set`,
    `record`, `nothing`.

    - `number` has a `unit` (`minute`, `dollar`, `percent`, `day`, `month`, `year`, `unit`, or None) and may be `whole`.
    - `value` is one of `values`; `ordered` when they stand in order; `name` when they were declared by name.
    - `set` holds members that are one of `values`, or any text when `values` is empty.
    - `record` is a record of the list called `name`.
    - `low`, `high` are the declared range of a number, and `rarely_above` the most that is usual: it tells hours and
      minutes from minutes and seconds. `in_month`: a date that lies in the service month.
    - `may_be_none`: the absence of the fact may be none.
    """

    kind: str
    _: KW_ONLY
    unit: str | None = None
    whole: bool = False
    values: tuple[str, ...] = ()
    ordered: bool = False
    name: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    in_month: bool = False
    may_be_none: bool = False
    rarely_above: Decimal | None = None


END_OF_MONTH, END_OF_RECORD, CHOICE_OF_LAYERS = "end_of_month", "end_of_record", "choice_of_layers"
LOCALITY, SETTING, FACTOR = "locality", "setting", "factor"
CLAIM, BILLED = "claim", "billed"
APART = ANOTHERS_LINE, DENIED_LINE = "anothers_line", "denied_line"
"""What a declaration marks. The engine reads a vocabulary by these marks and knows none of its names.

- `end_of_month`: the date after which nothing is dated, where it lies in the month.
- `end_of_record`: the day up to which the facts are complete.
- `choice_of_layers`: the optional layers asked for.
- `locality`, `setting`, `factor`: what a schedule's amounts differ by. A line of the claim may have a setting of its
  own, in a field of the same name.
- `claim`: the list of the claim's lines. Only claim checks and modifiers read it: no rule of the month hangs on a claim
  that is not there.
- `billed`: the definition that tells which of the other services were billed (D36).
- `anothers_line`, `denied_line`: the definitions that tell which lines are none of the claim's: they take nothing and
  bear nothing.
"""

YES_NO = Type("yes/no")
DATE = Type("date")
TEXT = Type("text")
CODE = Type("code")
