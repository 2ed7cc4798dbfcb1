"""What the commands of studies share: arguments, what they study, and how far they are."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from os import cpu_count
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import LIMITS, Scenario

if TYPE_CHECKING:
    import numpy as np

MOST_WORKERS = 64

LONGEST_NAME = 80
"""Letters of a folder's name; of longer ones the rest is told by a hash."""

LEAST_TOGETHER = 128
"""Columns below which runs are not dealt out to more threads: small blocks are slow."""


def about_the_runs(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that varies something in one scenario."""
    one_scenario(parser)
    parser.add_argument(
        "--vary", action="append", default=[], metavar="NAME=LOW:HIGH",
        help="what to vary: a number of the ledger, an event's field, a switch (repeatable)",
    )  # fmt: skip
    sized(parser)


def one_scenario(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name one scenario."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", help="a scenario file, or a shipped one's name"
    )
    parser.add_argument("--arm", metavar="ARM", help="which of a scenario's arms (the first)")


def sized(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every study has."""
    parser.add_argument("--members", type=whole(1, 10_000_000), metavar="M", help="members a point")
    parser.add_argument(
        "--months", type=whole(*LIMITS["months"]), metavar="N", help="length of the run in months"
    )
    seeded(parser)
    threaded(parser)
    told_where(parser)


def seeded(parser: argparse.ArgumentParser) -> None:
    """Add the argument of every study that draws members."""
    parser.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N", help="where random numbers begin"
    )


def threaded(parser: argparse.ArgumentParser) -> None:
    """Add the argument of every study that runs in threads."""
    parser.add_argument(
        "--workers", type=whole(1, MOST_WORKERS), default=min(cpu_count() or 1, MOST_WORKERS),
        metavar="N", help="threads that run at once; the numbers are the same",
    )  # fmt: skip


def told_where(parser: argparse.ArgumentParser) -> None:
    """Add the arguments on where the findings of a study go."""
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def studied(asked: argparse.Namespace) -> tuple[Region, Scenario]:
    """Return the region and the scenario (or arm) that are asked for, in the size asked for."""
    from sim.asking import scenario_of

    region, scenario = scenario_of(asked.scenario)
    arm = one_arm(scenario, asked.arm, having(getattr(asked, "vary", None) or ()))
    return region, arm.resized(None, asked.months, asked.seed)


def having(vary: Sequence[str]) -> Callable[[Scenario], bool]:
    """Return whether an arm has all events of which something is varied."""
    named = [text.partition("=")[0] for text in vary]
    events = {name.partition(".")[0].strip() for name in named if "." in name}
    return lambda arm: events <= {event.id for event in arm.events}


def one_arm(
    scenario: Scenario, asked: str | None, suits: Callable[[Scenario], bool] = lambda arm: True
) -> Scenario:
    """Return a scenario, or that of its arms which was asked for; the first that suits if none."""
    arms = {str(arm.arm): arm for arm in scenario.arms}
    if asked is None:
        fit = [arm for arm in arms.values() if suits(arm)]
        return next(iter((*fit, *arms.values())), scenario)
    if asked not in arms:
        there = f"it has no arm '{asked}'; there are {', '.join(arms)}"
        message = there if arms else "it has no arms; leave --arm out"
        raise InputError(scenario.file or scenario.name, [Problem(message)])
    return arms[asked]


def study_folder(asked: argparse.Namespace, scenario: Scenario, command: str) -> Path:
    """Return where a study of a scenario, or of one of its arms, goes."""
    from sim.folders import results_folder

    return results_folder(asked.out, "_".join(filter(None, (scenario.name, scenario.arm, command))))


def folder_name(command: str, names: Sequence[str]) -> str:
    """Return the name of a folder for several scenarios: theirs, cut where it would be too long."""
    whole = "_".join([command, *names])
    if len(whole) <= LONGEST_NAME:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: LONGEST_NAME - 9]}_{digest}"


def band_heads(members: int) -> tuple[str, ...]:
    """Return the heads of a change in a table: one run has no median and no band."""
    return ("median", "5%", "95%") if members > 1 else ("change",)


def in_the_one_run(members: int) -> str:
    """Return what a sentence on one run begins with; nothing where there are more."""
    return "In the one run " if members == 1 else ""


def banded(cells: Sequence[Any], members: int) -> tuple[Any, ...]:
    """Return what stands below them, from a median, 5% and 95%."""
    return tuple(cells) if members > 1 else tuple(cells[:1])


def pieces(points: int, members: int, workers: int) -> list[slice]:
    """Return points in groups that are run together: as many as there are workers, or more."""
    from sim.study.play import ABREAST

    most = max(1, ABREAST // members)
    fair = -(-points // workers)
    size = max(1, min(most, max(fair, LEAST_TOGETHER // members)))
    return [slice(first, first + size) for first in range(0, points, size)]


def run_by(
    model: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    members: int,
    workers: int,
    advance: Callable[[int], None],
) -> np.ndarray:
    """Return what a model gives for points, along its first axis, run by several threads.

    Numbers depend neither on the threads nor on how points are grouped.
    """
    import numpy as np

    def of(some: slice) -> np.ndarray:
        found = model(points[some])
        advance(len(points[some]) * members)
        return found

    with ThreadPoolExecutor(workers) as threads:
        return np.concatenate(list(threads.map(of, pieces(len(points), members, workers))))


@contextmanager
def progress(
    total: int | None, done: int, hidden: bool, what: str = "runs"
) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how much is done, how fast, and the time left where that is known."""
    if hidden or not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        BarColumn(), MofNCompleteColumn(),
        TextColumn(f"{what}, {{task.fields[rate]}} a second, {{task.fields[left]}} left"),
    )  # fmt: skip
    began, here = monotonic(), 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("runs", total=total, completed=done, rate="-", left="-")

        def advance(more: int) -> None:
            """Count from the beginning: what comes in chunks has no speed from one to the next."""
            nonlocal here
            here += more
            rate = here / max(monotonic() - began, 1e-9)
            rest = None if total is None else round((total - done - here) / rate)
            left = "-" if rest is None else str(timedelta(seconds=rest))
            bar.update(task, advance=more, rate=f"{rate:,.{int(rate < 10)}f}", left=left)

        yield advance
