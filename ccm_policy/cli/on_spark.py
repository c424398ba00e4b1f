"""`ccm-policy evaluate --engine spark`: a panel decided on a cluster, into a folder."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import Any

from ccm_policy.api import PolicyLibrary
from ccm_policy.evaluate import Options
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error
from ccm_policy.panel import shipping
from ccm_policy.panel.cluster import Counts, run
from ccm_policy.panel.spark import Task

PARTS_FOR_EACH_CORE = 8
"""Parts are short, so that little is lost with one, and all cores end together."""


def decide(args: argparse.Namespace, library: PolicyLibrary, options: Options) -> Counts:
    """Decide what was asked for, and say how much it was."""
    wrong = list(_wrong_words(args))
    if wrong:
        raise CcmPolicyError(wrong)
    from pyspark.errors import PySparkException

    session = _session()
    shipped = shipping.packed(*library.directories, (library.policies.digest, library.fees.digest))
    sent = session.sparkContext.broadcast(shipped)
    task = Task(sent, options, args.reasons != "none", args.month)
    partitions = args.parts or PARTS_FOR_EACH_CORE * session.sparkContext.defaultParallelism
    try:
        counts = run(session, args.path, args.out, library.policies, task, partitions)
    except PySparkException:
        says, hint = "Spark broke the run off", "its own messages say why; the same words go on where it ended"
        raise CcmPolicyError([error("E0563", says, place=Place(str(args.out)), help=hint)]) from None
    sys.stdout.write(f"{counts.rows} rows in {args.out}, {counts.refused} records refused\n")
    return counts


def _wrong_words(args: argparse.Namespace) -> Iterator[Diagnostic]:
    if args.out is None:
        yield error("E0803", "`--out` is missing", help="name a folder for the answers that all machines see")
    for name in ("format", "processes"):
        if getattr(args, name) is not None:
            says = f"`--engine spark` and `--{name}` exclude each other"
            yield error("E0801", says, help="a cluster writes Parquet, and Spark says how many tasks run at once")


def _session() -> Any:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    try:
        session = SparkSession.builder.appName("ccm-policy").getOrCreate()
    except PySparkException:
        says, hint = "Spark could not be started", "it needs Java 17 or later; `java -version` says what there is"
        raise CcmPolicyError([error("E0562", says, help=hint)]) from None
    context = session.sparkContext
    if (context.master or "").startswith("local") and "PYSPARK_PYTHON" not in os.environ:
        context.pythonExec = sys.executable  # else the first `python3` of the path, without this package
    return session
