"""Insurance value and premium at the few dates at which an answer gives them."""

from __future__ import annotations

from typing import Any

from sim.answer.cells import summed
from sim.arrays import Arrays
from sim.drivers import DRIVER_AXES
from sim.insurance import Insurance, insurance
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]

INSURED_MEMBERS = 64
"""Members over which insurance is computed: it solves a year of exports for each withdrawal."""


INSURED_AT = ("before", "during", "after_24")
"""Dates at which insurance is computed; the end of the run where it comes before the last."""


def insured_at(results: Results) -> dict[str, Record]:
    """Return insurance value and premium at a few dates, in both runs, state by state."""
    keys = {moment.key for moment in results.moments}
    last = "after_24" if "after_24" in keys else "end"
    found = {}
    for moment in results.moments:
        if moment.key in (*INSURED_AT, last):
            both = {"baseline": insured(results, "baseline", moment)}
            same = moment.key == "before" or not results.differs.any()
            both["scenario"] = both["baseline"] if same else insured(results, "scenario", moment)
            found[moment.key] = {
                code: insured_state(results, both, place)
                for place, code in enumerate(results.region.states)
            }
    return found


def insured(results: Results, run: str, moment: Moment) -> Insurance:
    """Return the insurance of the first members at one date of a run."""
    some = min(INSURED_MEMBERS, results.blocks[0].count)
    drivers = results.drivers[run][0].at(max(moment.place, 0))
    then = Arrays({n: a if len(a) == 1 else a[:some] for n, a in drivers.items()}, DRIVER_AXES)
    levels = results.situation(run, moment)
    situation = Arrays({name: array[:some] for name, array in levels.items()}, levels.axes)
    return insurance(results.world.some(slice(some)), situation, then)


def insured_state(results: Results, both: dict[str, Insurance], place: int) -> Record:
    """Return what one state's ties insure against in both runs, and the difference."""
    after, before = both["scenario"], both["baseline"]
    change = {
        name: summed((getattr(after, name) - getattr(before, name))[:, place])
        for name in ("saved", "premium")
    }
    loss = {
        p: summed((after.loss - before.loss)[:, place, k])
        for k, p in enumerate(results.region.powers)
    }
    return {run: levels(results, kept, place) for run, kept in both.items()} | {
        "difference": {**change, "loss": loss}
    }


def levels(results: Results, kept: Insurance, place: int) -> Record:
    """Return the losses that one state's ties leave it, what they save, and the premium."""
    return {
        "loss": {p: summed(kept.loss[:, place, k]) for k, p in enumerate(results.region.powers)},
        "worst": summed(kept.loss[:, place].max(axis=-1)),
        "saved": summed(kept.saved[:, place]),
        "saved_without_security": summed(kept.saved_without_security[:, place]),
        "premium": summed(kept.premium[:, place]),
    }
