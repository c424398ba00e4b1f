"""Fee schedules: what a code is worth, on a date, in a place, with its arithmetic and its sources."""

from ccm_policy.fees.prices import NATIONAL, Axes, NoPrice, Price, Question, Source, to_cents
from ccm_policy.fees.schedules import FeeSchedules, load

__all__ = [
    "NATIONAL",
    "Axes",
    "FeeSchedules",
    "NoPrice",
    "Price",
    "Question",
    "Source",
    "load",
    "to_cents",
]
