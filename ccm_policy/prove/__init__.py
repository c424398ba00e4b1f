"""What holds of every possible patient-month: the tree as terms of a solver, and questions about it.

`Worlds(programs, month)` has each program over every patient-month of a month; `Worlds.find` looks for one of which
something is true. An answer is `Proved` (of none, however many records it has), `Shown` (facts, on which the
interpreter comes to the same) or `NotDecided`. Needs the extra `prove`, so only what asks something imports `ask`.
"""
