"""The Mesa driver, one model in this program: agents that act in turn, as in a class."""

from __future__ import annotations

from statistics import median

from benchmarks.ensemble import US
from benchmarks.findings import Finding, Size
from benchmarks.floor import floor, work_of_closure
from benchmarks.mesa_batch import MS, asked
from benchmarks.timing import paired, seconds
from sim.mesa_model import CentralAsia


def measure(size: Size) -> list[Finding]:
    """Return what a month of one model takes, with and without what its DataCollector keeps."""
    region, scenario, _ = asked()

    def months() -> float:
        model = CentralAsia(scenario, region)
        return seconds(model.run) / scenario.months * US

    repeats = 1 if size.quick else size.repeats
    made = median(seconds(lambda: CentralAsia(scenario, region)) for _ in range(repeats))
    pairs = paired(months, lambda: floor(work_of_closure()), repeats)
    return [
        Finding("mesa_one", "a model is made", made * MS, "ms"),
        Finding(
            "mesa_one", "a month of one model, collected", median(pairs.one), "us a run and month",
            pairs.times(), "the floor",
        ),
    ]  # fmt: skip
