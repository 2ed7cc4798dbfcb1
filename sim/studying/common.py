"""What the commands of studies share: arguments, what they study, and how far they are."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import cpu_count

from sim.region import Region
from sim.scenario import LIMITS, Scenario

MOST_WORKERS = 64


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between two bounds."""

    def read(text: str) -> int:
        if not re.fullmatch("[-+]?[0-9]{1,30}", text):
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number")
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{number} is not between {least} and {most}")
        return number

    return read


def about_the_runs(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that studies one scenario."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", help="a scenario file, or a shipped one's name"
    )
    parser.add_argument(
        "--vary", action="append", default=[], metavar="NAME=LOW:HIGH",
        help="what to vary: a number of the ledger, an event's field, a switch (repeatable)",
    )  # fmt: skip
    sized(parser)


def sized(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that every study has."""
    parser.add_argument("--members", type=whole(1, 10_000_000), metavar="M", help="members a point")
    parser.add_argument(
        "--months", type=whole(*LIMITS["months"]), metavar="N", help="length of the run in months"
    )
    parser.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N", help="where random numbers begin"
    )
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument(
        "--workers", type=whole(1, MOST_WORKERS), default=min(cpu_count() or 1, MOST_WORKERS),
        metavar="N", help="threads that run at once; the numbers are the same",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def studied(asked: argparse.Namespace) -> tuple[Region, Scenario]:
    """Return the region and the scenario that are asked for, in the size asked for."""
    from sim.asking import scenario_of

    region, scenario = scenario_of(asked.scenario)
    scenario = scenario.arms[0] if scenario.arms else scenario
    return region, scenario.resized(None, asked.months, asked.seed)


@contextmanager
def progress(total: int, done: int, hidden: bool) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how many runs are done, how fast, and the time left."""
    if hidden or not sys.stderr.isatty():
        yield lambda more: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(), MofNCompleteColumn(), TextColumn("runs, {task.fields[rate]} a second,"),
        TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("runs", total=total, completed=done, rate="-")

        def advance(more: int) -> None:
            bar.advance(task, more)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f}" if speed else "-")

        yield advance
