"""The floor: the operations that the rules need per run and month, times what each costs here.

`operations` counts them from the rules as they are written; it does not ask how the ensemble goes
about it. To count from a tape instead, hand `floor` another `Work`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.counting import (
    ADD,
    COMPARE,
    DIVIDE,
    EXP,
    KINDS,
    LOG,
    MEMBER,
    MONTH,
    MULTIPLY,
    SQRT,
    Counted,
    Ledger,
    Watched,
)
from benchmarks.findings import Finding, Size
from benchmarks.timing import PROJECT, seconds, shortest
from sim.arrays import Arrays
from sim.base_year import World
from sim.drivers import DRIVER_AXES, Drivers
from sim.ensemble import Block, block
from sim.moments import disturbance
from sim.month import at_rest, month
from sim.region import Region
from sim.results import first_difference
from sim.rules.solving import NUMPY_ONLY
from sim.scenario import Scenario
from sim.shocks import at_month
from sim.situation import RECORDED
from sim.study.outcomes import outcomes_of
from sim.study.play import Study
from sim.timeline import drivers as drivers_of

ALIKE = 8
"""Members by which it is told which numbers are the same for all."""

SOLVED_FOR = 3
"""Members over whose months the work of the rules that solve is averaged."""

LENGTHS = (1100, 4500)
"""Lengths of the arrays on which operations are timed: three fit the nearest cache, then the next.
The difference of the two leaves out what a call costs."""

LINE, DOUBLES_A_LINE, LINES_APART = 64, 8, 21
"""Bytes and numbers in a line of the cache, and lines left free between two arrays, so that they do
not push each other out."""

SHARED = 20_000
"""Length of arrays by which threads are compared: long calls, which do not wait for Python."""

CALLS, TRIES = 100, 40

THREADS = (1, 2)

WRITTEN = 64 * 2**20
"""Bytes written to measure how fast the disk takes them."""

NS, NS_A_US = 1e9, 1e3

Timed = Callable[..., object]


@dataclass(frozen=True)
class Work:
    """Operations by kind, for a run and month on average."""

    steps: Mapping[str, float]  # outside the rules that solve
    solving: Mapping[str, float]

    @property
    def together(self) -> dict[str, float]:
        """All operations by kind."""
        return {k: self.steps.get(k, 0.0) + self.solving.get(k, 0.0) for k in KINDS}

    @property
    def count(self) -> float:
        return sum(self.together.values())

    def cost(self, each: Mapping[str, float]) -> float:
        """Return what the work costs at so much for each kind."""
        return sum(count * each[kind] for kind, count in self.together.items())


# Counting --------------------------------------------------------------------------------------


def operations(region: Region, scenario: Scenario, study: Study, solved_for: int) -> Work:
    """Return what the rules need for a run and month of a study, on average over its months.

    The scenario's months count from the first that differs, as its baseline gives the rest.
    """
    some = block(region, scenario.seed, 0, max(ALIKE, solved_for), scenario.months)
    before, after = (
        drivers_of(one, region, some.draws) for one in (scenario.baseline or scenario, scenario)
    )
    start = first_difference(before, after)
    paths, played = [], 0
    Watched.tally.clear()
    for member in range(solved_for):
        alone = one_member(some, member)
        rest = at_rest(alone.world)
        shared = list(watched_months(alone, before, member, 0, rest))
        last = shared[start - 1] if start else rest
        own = list(watched_months(alone, after, member, start, last))
        paths.append([*shared[:start], *own])
        played += len(shared) + len(own)
    solving = {kind: Watched.tally[kind] / played for kind in KINDS}
    fullest = max(int(disturbance(before, after).argmax()), 1)
    return Work(steps_of_month(some, after, paths[0][fullest - 1], fullest, study), solving)


def one_member(some: Block, place: int) -> Block:
    """Return one of the members alone."""
    alone = slice(place, place + 1)
    return Block(some.first + place, some.world.some(alone), some.shocks.some(alone, 1), some.seed)


def watched_months(
    alone: Block, drivers: Drivers, member: int, start: int, now: Arrays
) -> Iterator[Arrays]:
    """Yield the months of a member, while what the rules do that solve is counted."""
    own = drivers.some(slice(member, member + 1))
    for place in range(start, drivers.months):
        watched = Arrays({name: a.view(Watched) for name, a in now.items()}, now.axes)
        forces = Arrays(own.at(place), DRIVER_AXES)
        found = month(alone.world, watched, forces, at_month(alone.shocks, place))
        now = Arrays({name: np.asarray(a).view(np.ndarray) for name, a in found.items()}, now.axes)
        yield now


def steps_of_month(
    some: Block, drivers: Drivers, before: Arrays, place: int, study: Study
) -> dict[str, float]:
    """Return the operations of a month outside the rules that solve, by kind.

    Months that are read ask for more than those that only lead to them.
    """
    ledger = Ledger()
    world = some.world
    noted = World(
        world.region, world.geography, members_in(ledger, world.members),
        members_in(ledger, world.base),
    )  # fmt: skip
    forces = {
        name: ledger.put_in(array[place, :1], varies(array))
        for name, array in drivers.arrays.items()
    }
    noise = {
        name: ledger.put_in(array[place, :1], np.array(MEMBER | MONTH))
        for name, array in some.shocks.items()
    }
    was = {name: ledger.put_in(before[name], np.array(MEMBER | MONTH)) for name in RECORDED}
    found = month(
        noted, before.replaced(**was), Arrays(forces, DRIVER_AXES),  # type: ignore[arg-type]
        Arrays(noise, some.shocks.axes),  # type: ignore[arg-type]
    )  # fmt: skip
    becomes = {
        int(one): int(next_one)
        for name in RECORDED
        for one, next_one in zip(
            was[name].places.ravel(), places_of(ledger, found[name]).ravel(), strict=True
        )
    }
    read = {
        int(p) for name in study.kept.quantities for p in places_of(ledger, found[name]).ravel()
    }
    handed = handed_on(ledger, read, becomes)
    full, short = (
        ledger.operations(ledger.leading_to(sorted(wanted))) for wanted in (read | handed, handed)
    )
    often = len(study.kept.months or ()) / study.scenario.months
    return {kind: often * full[kind] + (1.0 - often) * short[kind] for kind in KINDS}


def handed_on(ledger: Ledger, wanted: set[int], becomes: Mapping[int, int]) -> set[int]:
    """Return the numbers of a month that the next months need to make what is wanted."""
    handed: set[int] = set()
    new = wanted
    while new:
        new = {becomes[one] for one in ledger.leading_to(sorted(new)) if one in becomes} - handed
        handed |= new
    return handed


def places_of(ledger: Ledger, array: np.ndarray | Counted) -> np.ndarray:
    """Return where the numbers of an array stand in a ledger."""
    return array.places if type(array) is Counted else ledger.constants_of(np.asarray(array))


def members_in(ledger: Ledger, arrays: Arrays) -> Arrays:
    """Return what stays the same in all months, of the first member, noted."""
    put_in = {
        name: ledger.put_in(array[:1], MEMBER * (array != array[:1]).any(axis=0))
        for name, array in arrays.items()
    }
    return Arrays(put_in, arrays.axes)  # type: ignore[arg-type]


def varies(array: np.ndarray) -> np.ndarray:
    """Return what each number of a driver (month, member, ...) depends on."""
    by_month = (array != array[:1]).any(axis=(0, 1))
    by_member = (array != array[:, :1]).any(axis=(0, 1))
    found: np.ndarray = MONTH * by_month + MEMBER * by_member
    return found


def counted_in_a_program_of_its_own(
    scenario: str,
    months: int,
    folder: str = "",
    outcomes: Sequence[str] = (),
    members: int = SOLVED_FOR,
) -> Work:
    """Return the operations of a scenario, counted where no compiled code is in use."""
    asked = json.dumps([scenario, months, folder, list(outcomes), members])
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.floor", asked], cwd=PROJECT, capture_output=True,
        text=True, env={**os.environ, NUMPY_ONLY: "1"}, check=False,
    )  # fmt: skip
    if made.returncode:
        sys.exit(made.stderr)
    return Work(*json.loads(made.stdout))


def counted(scenario: str, months: int, folder: str, outcomes: Sequence[str], members: int) -> Work:
    """Return the operations of a scenario, shipped or of a region in a folder."""
    from sim.asking import scenario_of
    from sim.reading.scenarios import read_scenario
    from sim.reading.tables import read_region

    if folder:
        region = read_region(folder)
        asked = read_scenario(Path(folder) / scenario, region)
    else:
        region, asked = scenario_of(scenario)
    asked = asked.resized(None, months, None)
    study = Study(region, asked, (), outcomes_of(region, asked, outcomes))
    return operations(region, asked, study, members)


# What each operation costs here ----------------------------------------------------------------

TIMED: dict[str, Timed] = {
    ADD: lambda a, b, out: np.add(a, b, out=out),
    MULTIPLY: lambda a, b, out: np.multiply(a, b, out=out),
    DIVIDE: lambda a, b, out: np.divide(a, b, out=out),
    COMPARE: lambda a, b, out: np.maximum(a, b, out=out),
    SQRT: lambda a, _, out: np.sqrt(a, out=out),
    EXP: lambda a, _, out: np.exp(a, out=out),
    LOG: lambda a, _, out: np.log(a, out=out),
}
"""How each kind is timed: NumPy's own loop over arrays that fit the cache."""


@cache
def costs() -> dict[str, float]:
    """Return what one operation of each kind takes a thread, ns."""
    return {kind: _cost(job) for kind, job in TIMED.items()}


def _cost(job: Timed) -> float:
    """Return what one operation takes, ns: the slope between two lengths of arrays."""
    some, more = (_arrays(length) for length in LENGTHS)
    taken = [_a_call(job, arrays) for arrays in (some, more)]
    return (taken[1] - taken[0]) / (LENGTHS[1] - LENGTHS[0]) * NS


def _arrays(length: int) -> list[np.ndarray]:
    """Return two arrays and room for a third, each from the beginning of a line on."""
    apart = (-(-length // DOUBLES_A_LINE) + LINES_APART) * DOUBLES_A_LINE
    room = np.random.default_rng(1).uniform(0.5, 1.5, 3 * apart + DOUBLES_A_LINE)
    first = -room.ctypes.data % LINE // room.itemsize
    return [room[first + k * apart : first + k * apart + length] for k in range(3)]


def _a_call(job: Timed, arrays: Sequence[np.ndarray]) -> float:
    """Return how long a call takes where nothing disturbs it, in seconds."""
    a, b, out = arrays

    def calls() -> None:
        for _ in range(CALLS):
            job(a, b, out)

    return shortest(calls, TRIES) / CALLS


@cache
def gain(threads: int) -> float:
    """Return how much more a number of threads get done here than one does."""
    each = [_arrays(SHARED) for _ in range(threads)]

    def work(arrays: Sequence[np.ndarray]) -> None:
        for _ in range(CALLS):
            np.exp(arrays[0], out=arrays[2])

    with ThreadPoolExecutor(threads) as pool:
        alone, together = (
            shortest(job, TRIES)
            for job in (lambda: work(each[0]), lambda: list(pool.map(work, each)))
        )
    return min(threads * alone / together, float(threads))


@cache
def bytes_a_second() -> float:
    """Return how many bytes a second the disk takes and keeps, where sweeps are written here."""
    content = np.random.default_rng(1).bytes(WRITTEN)
    with tempfile.TemporaryFile() as file:

        def write() -> None:
            file.seek(0)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

        return WRITTEN / min(seconds(write) for _ in range(3))


def floor(work: Work, written: float = 0.0, threads: int = 1) -> float:
    """Return the least time for a run and month, in microseconds: operations, and bytes written."""
    operations_ns = work.cost(costs()) / gain(threads)
    return (operations_ns + written / bytes_a_second() * NS) / NS_A_US


# The part --------------------------------------------------------------------------------------


@cache
def work_of_closure() -> Work:
    """Return the operations of what is timed throughout."""
    from benchmarks.mesa_batch import MONTHS, SCENARIO

    return counted_in_a_program_of_its_own(SCENARIO, MONTHS)


def measure(size: Size) -> list[Finding]:
    """Return the operations by kind, what each costs here, and what they come to."""
    work = work_of_closure()
    each = [
        Finding(
            "floor", f"{kind}: {work.steps[kind]:,.0f}, and {work.solving[kind]:,.0f} in solving",
            costs()[kind], "ns each",
        )
        for kind in KINDS
    ]  # fmt: skip
    total = Finding("floor", "all operations of a run and month", work.count, "operations")
    sums = [
        Finding("floor", f"their time, {told(n)}", floor(work, threads=n), "us a run and month")
        for n in THREADS
    ]
    return [*each, total, *sums]


def told(threads: int) -> str:
    """Return a number of threads in words."""
    return f"{threads} thread{'s' * (threads > 1)}"


if __name__ == "__main__":
    made = counted(*json.loads(sys.argv[1]))
    print(json.dumps([made.steps, made.solving]))
