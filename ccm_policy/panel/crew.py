"""A panel on all cores: chunks go to processes, and what comes of them comes back in order.

No more chunks are on their way than the processes can soon do, so that memory does not grow with the panel. Where a
process shares nothing with the first (`spawn`), it makes its work itself, once; where it is a copy of it (`fork`), the
work is there already.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ccm_policy.language.diagnostics import CcmPolicyError, error

if TYPE_CHECKING:
    from concurrent.futures import Future

FEW = 1_000
"""Records for which other processes are not worth their start."""
MANY = 256
"""Records from which on code is made for each program that they ask for, though it were only once."""
_AHEAD = 3
"""Chunks for each process that are handed out before their turn."""

A = TypeVar("A")
B = TypeVar("B")
_work: list[Callable[[Any], Any]] = []
"""The work of this process."""


def processes_for(records: int, asked: int | None = None) -> int:
    """How many processes decide so many records: those asked for, else one for each core, or one where few records are
    decided."""
    if asked is not None:
        return asked
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if records > FEW else 1


def in_turn(
    parts: Iterable[A], work: Callable[[A], B], make: Callable[[], Callable[[A], B]], processes: int, start: str = ""
) -> Iterator[B]:
    """What `work` makes of each part, in their order. `make` makes the same work anew; `start`: `fork` or `spawn`, else
    what is safe here.

    Raises `CcmPolicyError` when a process ends before its time.
    """
    if processes <= 1:
        yield from map(work, parts)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context, parts = multiprocessing.get_context(start or _safe_start()), iter(parts)
    if context.get_start_method() == "fork":
        yield from map(work, islice(parts, 1))  # the code that it made is in every copy
    _work[:] = [work] if context.get_start_method() == "fork" else []
    gc.freeze()
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, context, initializer=_begin, initargs=(make,))
    waiting: deque[Future[B]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(_do, part))
            if len(waiting) >= processes * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        says = "a process that was deciding patient-months ended before it was done"
        hint = "most often the memory did not suffice; `--processes 1` takes the least"
        raise CcmPolicyError([error("E0560", says, help=hint)]) from None
    finally:
        unfinished = bool(waiting)
        pool.shutdown(wait=not unfinished, cancel_futures=True)
        for child in multiprocessing.active_children() if unfinished else ():
            if child not in before:
                child.terminate()
                child.join()
        _work.clear()
        gc.unfreeze()


def _safe_start() -> str:
    """A copy of a process is safe while it has one thread; libraries in other languages may have begun some."""
    import threading

    alone = threading.active_count() == 1 and not {"pyarrow", "duckdb", "polars"} & set(sys.modules)
    return "fork" if sys.platform == "linux" and alone else "spawn"


def _begin(make: Callable[[], Callable[[Any], Any]]) -> None:
    """The start of a process: an interrupt is the first process's to deal with, and its end is the end of all."""
    import threading

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    if not _work:
        _work.append(make())
    gc.freeze()


def _do(part: Any) -> Any:
    return _work[0](part)


def _end_with_the_first() -> None:
    from multiprocessing import parent_process

    if (first := parent_process()) is not None:
        first.join()
        os._exit(1)
