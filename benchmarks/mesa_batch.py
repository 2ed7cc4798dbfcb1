"""The same model through Mesa's own batch_run on two processes, whole job against whole job."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.findings import Finding, Size
from benchmarks.timing import Failed, paired, python
from sim.arrays import Arrays
from sim.asking import scenario_of
from sim.measures import measured
from sim.mesa_model import CentralAsia, Reporter
from sim.region import Region
from sim.results import MEASURED_FROM
from sim.scenario import Scenario
from sim.situation import SITUATION_AXES
from sim.study.outcomes import Outcome, outcomes_of

SCENARIO, MONTHS = "cpc_closure", 36
"""What is timed throughout: the pipeline shut, and its baseline, for three years."""

WORKERS = 2
"""Processes of Mesa, and threads of the sweep."""

MODELS, RUNS = 48, 10_000
"""Members of Mesa's job and of the sweep's: each long enough that its start is a small part."""

QUICK_MODELS, QUICK_RUNS = 2, 100

MS = 1e3

SIDES = ("scenario", "baseline")


@cache
def asked(months: int = MONTHS) -> tuple[Region, Scenario, tuple[Outcome, ...]]:
    """Return what is run and what is read of it: what a sweep reads if nothing is said."""
    region, scenario = scenario_of(SCENARIO)
    scenario = scenario.resized(None, months, None)
    return region, scenario, outcomes_of(region, scenario)


class Collected(CentralAsia):
    """One member of the scenario or of its baseline, of which only the outcomes are collected.

    Mesa's least: no rows for agents, nothing collected before the end, files read once by each
    process. What is left is the model as its agents play it.
    """

    def __init__(self, member: int, side: str, months: int = MONTHS) -> None:
        region, scenario, self.outcomes = asked(months)
        before = scenario.baseline or scenario
        one = scenario if side == "scenario" else replace(before, seed=scenario.seed)
        super().__init__(one, region, member)

    def model_reporters(self) -> dict[str, Reporter | str]:
        return {"outcomes": read}

    def agent_reporters(self) -> dict[str, Reporter | str]:
        return {}


def read(model: Collected) -> tuple[float, ...] | None:
    """Return the outcomes of a run at its end; nothing before."""
    if model.running:
        return None
    months = sorted({month for one in model.outcomes for month in one.months})
    quantities = [one.quantity for one in model.outcomes if not one.measured]
    kept = {
        name: np.stack([model.history[month][name] for month in months])
        for name in (*MEASURED_FROM, *quantities)
    }
    path = Arrays(kept, SITUATION_AXES)
    every = {**path, **measured(model.world, path)}
    return tuple(
        float(every[one.quantity][(months.index(one.months[0]), 0, *one.place)])
        for one in model.outcomes
    )


def by_batch_run(members: int) -> np.ndarray:
    """Return the outcomes of so many members by Mesa's batch_run, (side, member, outcome)."""
    from mesa.batchrunner import batch_run

    rows: list[dict[str, Any]] = batch_run(
        Collected, {"member": range(members), "side": SIDES},
        number_processes=WORKERS, max_steps=MONTHS, display_progress=False,
    )  # fmt: skip
    in_order = sorted(rows, key=lambda row: (SIDES.index(row["side"]), row["member"]))
    return np.array([row["outcomes"] for row in in_order]).reshape(len(SIDES), members, -1)


def from_sweep(folder: Path, members: int) -> np.ndarray:
    """Return the outcomes of the first members of a sweep on disk, (side, member, outcome)."""
    import pyarrow.parquet as pq

    first, *_ = sorted(folder.rglob("*.parquet"))
    table = pq.read_table(first)
    names = [one.name for one in asked()[2]]
    level, apart = (
        np.stack([table[f"{name}{end}"].to_numpy()[:members] for name in names], axis=-1)
        for end in ("", ".difference")
    )
    return np.stack([level, apart])


def differences(found: np.ndarray) -> np.ndarray:
    """Return levels of both sides as a sweep writes them: the scenario's, and the differences."""
    level = found + 0.0  # no zero is negative
    return np.stack([level[0], level[0] - level[1]])


def same_numbers(by_mesa: np.ndarray, by_sweep: np.ndarray) -> bool:
    """Return whether Mesa and the sweep give the same numbers, bit for bit."""
    return bool(by_sweep.shape == by_mesa.shape and (differences(by_mesa) == by_sweep).all())


def measure(size: Size) -> list[Finding]:
    """Return how much longer a run takes through batch_run than in a sweep, start-up included."""
    models, runs = (QUICK_MODELS, QUICK_RUNS) if size.quick else (MODELS, RUNS)
    with tempfile.TemporaryDirectory() as folder:
        kept, home = Path(folder) / "mesa.npy", Path(folder)
        numbers = count()

        def mesa() -> float:
            return python("-m", "benchmarks.mesa_job", str(models), str(kept)).seconds

        def sweep() -> float:
            out = home / str(next(numbers))
            return python(
                "run.py", "sweep", SCENARIO, "--months", str(MONTHS), "--runs", str(runs),
                "--workers", str(WORKERS), "--quiet", "--out", str(out),
            ).seconds  # fmt: skip

        if not size.quick:
            sweep()  # what is compiled on a first start is not timed
        pairs = paired(mesa, sweep, 1 if size.quick else size.repeats)
        if not same_numbers(np.load(kept), from_sweep(home / "0", models)):
            raise Failed("Mesa's batch_run and the sweep do not give the same numbers")
    times = pairs.times(runs / models)
    return [
        Finding(
            "mesa_batch", f"batch_run, {models} runs, 2 processes",
            median(pairs.one) / models * MS, "ms a run",
        ),
        Finding(
            "mesa_batch", f"sweep, {runs:,} runs, 2 threads",
            median(pairs.other) / runs * MS, "ms a run",
        ),
        Finding(
            "mesa_batch", f"batch_run over sweep ({models} and {runs:,} runs)", times,
            "times as long", times, "the sweep", "higher",
            "The same numbers bit for bit; a run is a scenario and its baseline.",
        ),
    ]  # fmt: skip
