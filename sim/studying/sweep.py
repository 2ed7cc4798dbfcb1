"""python run.py sweep: many runs, streamed to disk, that can be stopped and gone on with."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.solving import NotConverged
from sim.study.designs import COUNTED, DESIGNS, design, named_values
from sim.study.outcomes import Outcome, outcomes_of
from sim.study.parts import ASKED, SAID, Journal, opened
from sim.study.play import Study
from sim.study.settings import settings_of
from sim.study.sweep import Sweep, asked_in_full, in_order, made, piece, refuse_too_many_parts
from sim.studying.common import one_arm, progress, sized, study_folder
from sim.studying.sweep_file import LARGEST_CHUNK, MOST_RUNS, Origin, taken_in

CHUNK = 4096
"""Runs in a part: enough for a second's work, few enough for a hundred MB of memory."""

POINTS, MEMBERS, ALONE = 256, 20, 1000
"""Points, members each, and members where nothing is varied, if nothing is said."""

TAG = (
    "A teaching model, not a forecast: these are runs over the ranges of its numbers, and say "
    "nothing of how often a thing happens in the world."
)

TRIES = 3
"""Times that a chunk is tried before it is given up."""

Parts = Mapping[str, bytes]
Made = Iterator[tuple[int, Parts | BaseException]]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", nargs="?",
        help="a scenario file, or a shipped one's name; a sweep file may name it, too",
    )  # fmt: skip
    parser.add_argument("--arm", metavar="ARM", help="which of a scenario's arms")
    parser.add_argument(
        "--vary", action="append", default=[], metavar="NAME=LOW:HIGH",
        help="what to vary: a number of the ledger, an event's field, a switch; also NAME alone "
        "(the range that it has), NAME=A,B,C and NAME=LOW:HIGH:STEPS (repeatable)",
    )  # fmt: skip
    parser.add_argument("--design", choices=DESIGNS, help="which points to look at (sobol)")
    parser.add_argument(
        "--runs", type=whole(1, MOST_RUNS), metavar="N",
        help=f"runs in all, points times members ({POINTS * MEMBERS}; without --vary {ALONE})",
    )  # fmt: skip
    sized(parser)
    parser.add_argument(
        "--outcome", action="append", metavar="NAME",
        help="what to read of a run, as KAZ.breadth@end (repeatable)",
    )  # fmt: skip
    parser.add_argument(
        "--paths", action="store_true", help="keep what is read of every month, too"
    )
    parser.add_argument(
        "--chunk", type=whole(1, LARGEST_CHUNK), metavar="N", help=f"runs in a part ({CHUNK})"
    )
    parser.add_argument("--no-shocks", action="store_true", help="switch random shocks off")
    parser.add_argument(
        "--sweep", metavar="FILE", help="a YAML file that says vary, design, runs and so on"
    )
    parser.add_argument(
        "--resume", action="store_true",
        help="go on with a sweep, and begin none; without it the same command does both",
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a dask scheduler, as tcp://host:8786"
    )


def run(asked: argparse.Namespace) -> int:
    """Make a sweep, or go on with it."""
    from sim.studying.sweep_told import summary, ways_to_read

    sweep, kind = sweep_of(asked)
    target = study_folder(asked, sweep.study.scenario, "sweep")
    if asked.resume and not (target / ASKED).exists():
        message = "there is no sweep here to go on with; leave --resume out to begin one"
        raise InputError(str(target), [Problem(message)])
    with opened(target, asked_in_full(sweep, kind), sweep.rooms) as journal:
        if journal.finished:
            found = _read(target / SAID)
        else:
            failed = _filled(journal, sweep, asked)
            if failed:
                return _told_failed(sweep, failed)
            found = summary(sweep, kind, target, bool(asked.outcome))
            journal.finish(found)
    if not asked.quiet:
        _say([*found["sentences"], TAG])
        print("\n".join(ways_to_read(target, sweep.paths)))
    return 0


def _filled(
    journal: Journal, sweep: Sweep, asked: argparse.Namespace
) -> list[tuple[int, BaseException]]:
    """Make and write what is left of a sweep; return what failed."""
    left = in_order(sweep, [chunk for chunk in range(sweep.chunks) if chunk not in journal.done])
    done = sum(map(sweep.runs_in, journal.done))
    failed = []
    with progress(sweep.runs, done, asked.quiet) as advance, _told_when_stopped(sweep, journal):
        for chunk, found in _made(sweep, left, asked):
            if isinstance(found, BaseException):
                failed.append((chunk, found))
            else:
                journal.write(chunk, found)
                advance(sweep.runs_in(chunk))
    return failed


# What is asked --------------------------------------------------------------------------------


def sweep_of(asked: argparse.Namespace) -> tuple[Sweep, str]:
    """Return the sweep that is asked for, and the kind of its design."""
    from sim.asking import scenario_of

    origin = taken_in(asked)
    if not asked.scenario:
        message = "name a scenario: python run.py sweep SCENARIO, or scenario: in a sweep file"
        raise InputError("The command line", [Problem(message)])
    region, read = scenario_of(asked.scenario)
    _refuse_to_choose(read, asked.arm)
    scenario = one_arm(read, asked.arm).resized(None, asked.months, asked.seed)
    settings = origin.placed(lambda texts: settings_of(region, scenario, texts), asked.vary)
    outcomes = _outcomes(region, scenario, asked, origin)
    study = Study(region, scenario, settings, outcomes, not asked.no_shocks)
    _refuse_idle_options(asked, bool(settings))
    kind, chunk = asked.design or DESIGNS[0], asked.chunk or CHUNK
    members = asked.members or MEMBERS
    if settings:
        wanted = -(-(asked.runs or POINTS * members) // members)
        points = design(kind, settings, named_values(settings), wanted, scenario.seed)
    else:
        points, members = np.empty((1, 0)), asked.runs or asked.members or ALONE
    runs = len(points) * members
    sweep = Sweep(replace(study, runs=runs), points, members, chunk, asked.paths)
    refuse_too_many_parts(sweep)
    return sweep, kind


def _outcomes(
    region: Region, scenario: Scenario, asked: argparse.Namespace, origin: Origin
) -> tuple[Outcome, ...]:
    if not asked.outcome:
        return outcomes_of(region, scenario)

    def both(texts: list[str]) -> tuple[Outcome, ...]:
        told = [
            Problem(f"'{text}': a sweep keeps level and difference; write {text.split(':')[0]}")
            for text in texts
            if ":" in text
        ]
        if told:
            raise InputError("The outcome", told)
        return outcomes_of(region, scenario, texts)

    found: tuple[Outcome, ...] = origin.placed(both, asked.outcome)
    return found


def _refuse_to_choose(scenario: Scenario, arm: str | None) -> None:
    """Refuse a scenario that is asked in several arms where none is named."""
    if scenario.arms and arm is None:
        arms = ", ".join(str(one.arm) for one in scenario.arms)
        message = f"it is asked in several arms ({arms}); give one with --arm"
        raise InputError(scenario.file or scenario.name, [Problem(message)])


def _refuse_idle_options(asked: argparse.Namespace, varied: bool) -> None:
    """Refuse options that would change nothing as the others are."""
    if not varied and asked.design:
        _refuse("--design says how to vary, and nothing is varied; add --vary, or leave it out")
    if asked.no_shocks and any(text.partition("=")[0] == "shocks" for text in asked.vary):
        _refuse("--vary shocks switches what --no-shocks leaves out; leave one of them out")
    if not varied and asked.runs and asked.members:
        _refuse("without --vary each run is a member; give --runs or --members, not both")
    if varied and asked.runs and asked.design not in (None, *COUNTED):
        _refuse(
            f"--design {asked.design} has as many points as its values make; leave --runs out, "
            "and say --members for how many runs each has"
        )


def _refuse(message: str) -> None:
    raise InputError("The command line", [Problem(message)])


def _read(file: Path) -> Any:
    import json

    return json.loads(file.read_text("utf-8"))


# Making ----------------------------------------------------------------------------------------


def part(sweep: Sweep, chunk: int) -> Parts:
    """Return the parts of a chunk, as their files hold them."""
    return made(piece(sweep, chunk))


def _made(sweep: Sweep, left: Sequence[int], asked: argparse.Namespace) -> Made:
    if asked.scheduler is None:
        return _in_place(sweep, left, asked.workers)
    from sim.studying.sweep_cluster import on_cluster

    return on_cluster(sweep, left, asked.scheduler, TRIES)


def _tried(sweep: Sweep, chunk: int) -> Parts:
    """Return the parts of a chunk; one that fails is tried again."""
    for _ in range(TRIES - 1):
        try:
            return part(sweep, chunk)
        except (InputError, MemoryError, NotConverged):
            raise
        except Exception as fault:
            print(f"Chunk {chunk} failed ({fault}); it is tried again.", file=sys.stderr)
    return part(sweep, chunk)


def _in_place(sweep: Sweep, left: Sequence[int], workers: int) -> Made:
    """Yield parts as they are made by the threads of this program, a few ahead at most."""
    with ThreadPoolExecutor(workers) as threads:
        yield from _a_few_ahead(lambda chunk: threads.submit(_tried, sweep, chunk), left,
                                workers + 1)  # fmt: skip


def _a_few_ahead(submit: Callable[[int], Future[Parts]], left: Sequence[int], ahead: int) -> Made:
    under_way: dict[Future[Parts], int] = {}
    try:
        for chunk in left:
            under_way[submit(chunk)] = chunk
            if len(under_way) >= ahead:
                yield from _ready(under_way)
        while under_way:
            yield from _ready(under_way)
    finally:
        for future in under_way:
            future.cancel()


def _ready(under_way: dict[Future[Parts], int]) -> Made:
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        chunk = under_way.pop(future)
        fault = future.exception()
        if isinstance(fault, MemoryError):
            message = "there is not enough memory for a chunk; ask for a smaller --chunk"
            raise InputError("The sweep", [Problem(f"{message}, or fewer --workers")])
        if isinstance(fault, InputError | NotConverged):
            raise fault
        yield chunk, fault or future.result()


# Telling ---------------------------------------------------------------------------------------


def _told_failed(sweep: Sweep, failed: Sequence[tuple[int, BaseException]]) -> int:
    print(f"{len(failed)} of {sweep.chunks} chunks failed; the rest is written:", file=sys.stderr)
    for chunk, fault in sorted(failed, key=lambda one: one[0]):
        print(f"  chunk {chunk}: {type(fault).__name__}: {fault}", file=sys.stderr)
    print("The same command tries them again.", file=sys.stderr)
    return 1


@contextmanager
def _told_when_stopped(sweep: Sweep, journal: Journal) -> Iterator[None]:
    """Say how to go on if the program is stopped meanwhile, before it ends as it always does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    again = shlex.join(["python", "run.py", *sys.argv[1:]])

    def stop(number: int, frame: Any) -> None:
        done = sum(map(sweep.runs_in, list(journal.done)))
        clear = "\r\x1b[K" if sys.stderr.isatty() else ""
        told = f"{clear}{done:,} of {sweep.runs:,} runs are kept. To go on:\n  {again}\n"
        with suppress(OSError):  # whoever read it may have gone
            os.write(2, told.encode(errors="replace"))
        before[number](number, frame)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    found = [signal.getsignal(getattr(signal, name)) for name in names if hasattr(signal, name)]
    numbers = [int(getattr(signal, name)) for name in names if hasattr(signal, name)]
    before: dict[int, Callable[[int, Any], Any]] = {
        number: one for number, one in zip(numbers, found, strict=True) if callable(one)
    }
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(sentences: Sequence[str]) -> None:
    """Print sentences, wrapped to the terminal."""
    from sim.report.console import readable_console
    from sim.report.study_page import WIDEST, bullets

    console = readable_console()
    console.print(bullets(sentences), width=min(console.width, WIDEST))
