"""The ensemble from one run to a hundred thousand, on one thread and two, against the floor."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.findings import Finding, Size
from benchmarks.floor import THREADS, floor, told, work_of_closure
from benchmarks.mesa_batch import asked
from benchmarks.timing import Pairs, in_turn, seconds, shortest
from sim import members as members_of
from sim.base_year import world
from sim.results import first_difference
from sim.shocks import draw_shocks
from sim.study.parts import as_parquet
from sim.study.play import Study, levels
from sim.timeline import drivers as drivers_of

RUNS, QUICK_RUNS = (1, 100, 1_000, 10_000, 100_000), (1, 1_000)

CHUNK = 4096
"""Runs to a file, as in a sweep."""

WARM_UP = 1024
"""Runs played first, so that nothing is compiled or noted down while time is taken."""

MANY = 50_000
"""Runs from which on one turn is enough: it lasts long enough to be steady."""

QUICK_REPEATS = 3
"""Turns of a few runs, which take no time."""

US = 1e6

PERCENT = 100.0


@cache
def study() -> Study:
    """Return what is timed throughout: members of the closure and of its baseline."""
    region, scenario, outcomes = asked()
    return Study(region, scenario, (), outcomes)


@cache
def months_played() -> int:
    """Return the months that a run takes: its baseline's, and its own from the first that differs.

    A Mesa model plays all months of both.
    """
    region, scenario, _ = asked()
    before, after = (
        drivers_of(one, region, None) for one in (scenario.baseline or scenario, scenario)
    )
    return 2 * scenario.months - first_difference(before, after)


def outcomes_in_a_file(first: int, count: int) -> bytes:
    """Return the outcomes of some members as a file."""
    return as_file(levels(study(), np.empty((1, 0)), first, count))


def as_file(found: np.ndarray) -> bytes:
    """Return outcomes (side, point, member, outcome) as a sweep writes them."""
    scenario, baseline = found[:, 0]
    columns = {}
    for k, one in enumerate(study().outcomes):
        columns[one.name] = scenario[:, k]
        columns[f"{one.name}.difference"] = scenario[:, k] - baseline[:, k]
    return as_parquet(columns)


def played(runs: int, threads: int, folder: Path) -> int:
    """Play so many runs in chunks, each written to a file; return how many bytes."""

    def written(first: int) -> int:
        content = outcomes_in_a_file(first, min(CHUNK, runs - first))
        return (folder / f"{first}.parquet").write_bytes(content)

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(written, range(0, runs, CHUNK)))


def microseconds(taken: float, runs: int) -> float:
    """Return seconds as microseconds a run and month."""
    return taken * US / (runs * months_played())


def measure(size: Size) -> list[Finding]:
    """Return what a run and month takes by number of runs and threads, and where time goes."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        played(WARM_UP, max(THREADS), folder)
        for runs in QUICK_RUNS if size.quick else RUNS:
            repeats = QUICK_REPEATS if size.quick else 1 if runs >= MANY else size.repeats
            found += _by_threads(runs, repeats, folder)
    return found if size.quick else [*found, *where_time_goes()]


def _by_threads(runs: int, repeats: int, folder: Path) -> list[Finding]:
    """Return what a run and month takes by threads, and the floor in the same seconds."""
    work, written = work_of_closure(), played(runs, 1, folder) / (runs * months_played())
    busy = THREADS if runs > CHUNK else THREADS[:1]
    jobs = [
        job
        for threads in busy
        for job in (partial(_taken, runs, folder, threads), partial(floor, work, written, threads))
    ]
    taken = in_turn(jobs, repeats)
    runs_told = f"{runs:,} run{'s' * (runs > 1)}"
    lines = [
        Finding(
            "ensemble", f"{runs_told}, {told(threads)}", median(one), "us a run and month",
            Pairs(one, least).times(), "the floor",
        )
        for threads, one, least in zip(busy, taken[::2], taken[1::2], strict=True)
    ]  # fmt: skip
    if busy != THREADS:
        return lines
    times = Pairs(taken[0], taken[2]).times()
    gain = Finding(
        "ensemble", f"{runs_told}, 2 threads over 1", times, "times as fast", times,
        "one thread", "higher",
    )  # fmt: skip
    return [*lines, gain]


def _taken(runs: int, folder: Path, threads: int) -> float:
    return microseconds(seconds(lambda: played(runs, threads, folder)), runs)


def where_time_goes() -> list[Finding]:
    """Return the parts of the time of some members on one thread: what limits the rest."""
    region, scenario, _ = asked()
    count, times = WARM_UP, 3
    members = members_of.draw(region, scenario.seed, 0, count)

    def drawn() -> None:
        members_of.draw(region, scenario.seed, 0, count)
        draw_shocks(region, scenario.seed, 0, count, scenario.months)

    found = levels(study(), np.empty((1, 0)), 0, count)
    whole = shortest(lambda: outcomes_in_a_file(0, count), times)
    parts = {
        "drawing members and shocks": shortest(drawn, times),
        "the base year that they imply": shortest(lambda: world(region, members), times),
        "a table and its compression": shortest(lambda: as_file(found), times),
    }
    parts["months, events and reading"] = whole - sum(parts.values())
    return [
        Finding("ensemble", f"of it {what}", taken / whole * PERCENT, "% of the time")
        for what, taken in parts.items()
    ]
