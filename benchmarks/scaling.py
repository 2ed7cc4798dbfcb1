"""How time grows with months, states, routes and powers, against the work that the rules need."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.ensemble import US
from benchmarks.findings import Finding, Size
from benchmarks.floor import SOLVED_FOR, Work, counted_in_a_program_of_its_own, floor
from benchmarks.regions import SCENARIO, made_region
from benchmarks.timing import shortest
from sim.reading.scenarios import read_scenario
from sim.results import first_difference
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels
from sim.timeline import drivers as drivers_of

STATES, POWERS, ROUTES, MONTHS = 5, 3, 51, 36
"""The region as it is shipped, and how long it is run."""

MEMBERS, TIMES = 1024, 2
"""Members that are played together, and how often: the shortest counts."""

GROWN: dict[str, tuple[int, ...]] = {
    "months": (12, 24, 36, 60, 120),
    "states": (5, 10, 20, 35, 50),
    "routes": (21, 51, 100, 200, 500),
    "powers": (3, 4, 5, 6),
}
"""What is made larger, one at a time. States bring their routes with them."""

QUICK: dict[str, tuple[int, ...]] = {"states": (5, 8)}
QUICK_MEMBERS = 64

LARGEST = {"states": 50, "routes": 500}
"""All at once."""


@dataclass(frozen=True)
class Point:
    """A region of some size: what it takes a run, and what the rules need for it."""

    what: str
    seconds_a_run: float
    months_played: int
    work: Work

    @property
    def floor_us(self) -> float:
        """The least time a run, in microseconds."""
        return floor(self.work) * self.months_played

    @property
    def finding(self) -> Finding:
        each = self.seconds_a_run * US / self.months_played
        return Finding(
            "scaling", f"{self.what}: {self.work.count:,.0f} operations", each,
            "us a run and month", each / floor(self.work), "the floor",
        )  # fmt: skip


def slope(points: Sequence[Point]) -> float:
    """Return by how many percent time grows with a percent of work (log on log, least squares)."""
    work, time = (
        np.log([getattr(point, name) for point in points]) for name in ("floor_us", "seconds_a_run")
    )
    return float(np.polyfit(work, time, 1)[0])


def timed(what: str, times: int, members: int, solved_for: int, **sizes: int) -> Point:
    """Return what a run takes in a made-up region, and what the rules need for it."""
    months = sizes.pop("months", MONTHS)
    with tempfile.TemporaryDirectory() as folder:
        region = made_region(Path(folder), **sizes)
        scenario = read_scenario(Path(folder) / SCENARIO, region).resized(None, months, None)
        names = [f"{state}.breadth@end" for state in region.states]
        study = Study(region, scenario, (), outcomes_of(region, scenario, names))
        work = counted_in_a_program_of_its_own(SCENARIO, months, folder, names, solved_for)
    before, after = (
        drivers_of(one, region, None) for one in (scenario.baseline or scenario, scenario)
    )
    nothing_varied = np.empty((1, 0))
    levels(study, nothing_varied, 0, members)
    taken = shortest(lambda: levels(study, nothing_varied, 0, members), times)
    played = 2 * months - first_difference(before, after)
    return Point(what, taken / members, played, work)


def measure(size: Size) -> list[Finding]:
    """Return what a run and month takes in regions of many sizes, and how it grows with work."""
    found: list[Finding] = []
    regions: list[Point] = []
    how = (1, QUICK_MEMBERS, 1) if size.quick else (TIMES, MEMBERS, SOLVED_FOR)
    for name, sizes in (QUICK if size.quick else GROWN).items():
        points = [timed(f"{name} {count}", *how, **{name: count}) for count in sizes]
        found += [*(point.finding for point in points), _slope(f"{name} {_from_to(sizes)}", points)]
        regions += [] if name == "months" else points
    if not size.quick:
        largest = timed("50 states and 500 routes", *how, **LARGEST)
        found += [largest.finding, _slope("all regions", [*regions, largest])]
    return found


def _slope(what: str, points: Sequence[Point]) -> Finding:
    found = slope(points)
    return Finding(
        "scaling", f"slope, {what}", found, "% of time for 1% of work", found, "the work's"
    )


def _from_to(sizes: Sequence[int]) -> str:
    return f"{sizes[0]} to {sizes[-1]}"
