"""How time grows with months, states, routes and powers, against the work that the rules need."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from unittest.mock import patch

import numpy as np

from benchmarks.ensemble import US
from benchmarks.findings import Finding, Size
from benchmarks.floor import floor
from benchmarks.regions import SCENARIO, made_region
from benchmarks.timing import Pairs, paired, seconds
from benchmarks.work import SOLVED_FOR, Work, work_of
from sim import ensemble, on_tape, shelf
from sim.reading.scenarios import read_scenario
from sim.results import first_difference
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels
from sim.tape import Tape
from sim.timeline import drivers as drivers_of

MONTHS = 36
"""How long a region is run."""

MEMBERS, TIMES = 512, 3
"""Members that are played together, and how often: each time beside the floor."""

GROWN: dict[str, tuple[int, ...]] = {
    "months": (12, 36, 120),
    "states": (5, 10, 20, 50),
    "routes": (21, 150, 500),
    "powers": (3, 6),
}
"""What is made larger, one at a time. States bring their routes with them: 50 of them 465."""

QUICK: dict[str, tuple[int, ...]] = {"routes": (21, 36)}
QUICK_MEMBERS = 64


@dataclass(frozen=True)
class Point:
    """A region of some size: what it takes, and what the rules need for it."""

    what: str
    months_played: int
    work: Work
    taken: Pairs  # a run and month beside the floor, microseconds
    ready: float  # until its months are machine code, in seconds

    @property
    def run(self) -> tuple[float, float]:
        """The least time a run and the time that it takes, in microseconds."""
        least = median(self.taken.other) * self.months_played
        return least, least * self.taken.times()

    @property
    def findings(self) -> list[Finding]:
        return [
            Finding(
                "scaling", f"{self.what}: {self.work.count:,.0f} steps", median(self.taken.one),
                "us a run and month", self.taken.times(), "the floor",
            ),
            Finding("scaling", f"{self.what}: made ready", self.ready, "s, once"),
        ]  # fmt: skip


def slope(points: Sequence[Point]) -> float:
    """Return by how many percent time grows with a percent of work (log on log, least squares)."""
    work, time = np.log([point.run for point in points]).T
    return float(np.polyfit(work, time, 1)[0])


def timed(what: str, times: int, members: int, solved_for: int, **sizes: int) -> Point:
    """Return what a run takes in a made-up region, and what the rules need for it."""
    months = sizes.pop("months", MONTHS)
    with tempfile.TemporaryDirectory() as folder:
        region = made_region(Path(folder), **sizes)
        scenario = read_scenario(Path(folder) / SCENARIO, region).resized(None, months, None)
    names = [f"{state}.breadth@end" for state in region.states]
    study = Study(region, scenario, (), outcomes_of(region, scenario, names))
    before, after = (
        drivers_of(one, region, None) for one in (scenario.baseline or scenario, scenario)
    )
    played = 2 * months - first_difference(before, after)
    work = work_of(study, solved_for)

    def a_run_and_month() -> float:
        taken = seconds(lambda: levels(study, np.empty((1, 0)), 0, members))
        return taken * US / (members * played)

    with nothing_ready():
        first = a_run_and_month()
        taken = paired(a_run_and_month, lambda: floor(work), times)
    ready = (first - min(taken.one)) * members * played / US
    return Point(what, played, work, taken, ready)


@contextmanager
def nothing_ready() -> Iterator[None]:
    """Let months be made into machine code anew, for however few members, and let go of after."""
    nothing: OrderedDict[str, list[Tape]] = OrderedDict()
    with (
        patch.object(ensemble, "RECORDING_PAYS", 0),
        patch.object(on_tape, "_waiting", nothing),
        patch.object(on_tape, "_coded", {}),
        patch.multiple(shelf, get=lambda key: None, put=lambda key, content: None),
    ):
        yield


def measure(size: Size) -> list[Finding]:
    """Return what a run and month takes in regions of many sizes, and how it grows with work."""
    found: list[Finding] = []
    regions: list[Point] = []
    how = (1, QUICK_MEMBERS, QUICK_MEMBERS) if size.quick else (TIMES, MEMBERS, SOLVED_FOR)
    for name, sizes in (QUICK if size.quick else GROWN).items():
        points = [timed(f"{name} {count}", *how, **{name: count}) for count in sizes]
        found += [one for point in points for one in point.findings]
        found.append(_slope(f"{name} {sizes[0]} to {sizes[-1]}", points))
        regions += [] if name == "months" else points
    return found if size.quick else [*found, _slope("all regions", regions)]


def _slope(what: str, points: Sequence[Point]) -> Finding:
    found = slope(points)
    return Finding(
        "scaling", f"slope, {what}", found, "% of time for 1% of work", found, "the work's"
    )
