"""The Mesa driver, one model in this program: agents that act in turn, as in a class."""

from __future__ import annotations

from statistics import median

from benchmarks.ensemble import US
from benchmarks.findings import Finding, Size
from benchmarks.floor import floor, work_of_closure
from benchmarks.mesa_batch import asked
from benchmarks.timing import seconds
from sim.mesa_model import CentralAsia


def measure(size: Size) -> list[Finding]:
    """Return what a month of one model takes, with and without what its DataCollector keeps."""
    region, scenario, _ = asked()
    made, stepped = [], []
    for _ in range(1 if size.quick else size.repeats):
        started: list[CentralAsia] = []
        made.append(seconds(lambda s=started: s.append(CentralAsia(scenario, region))))  # type: ignore[misc]
        stepped.append(seconds(started[0].run) / scenario.months * US)
    month = median(stepped)
    return [
        Finding("mesa_one", "a model is made", median(made) * 1e3, "ms"),
        Finding(
            "mesa_one", "a month of one model, collected", month, "us a run and month",
            month / floor(work_of_closure()), "the floor",
        ),
    ]  # fmt: skip
