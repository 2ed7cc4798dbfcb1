"""A small closure of the pipeline and a question without events, run once for several tests."""

from __future__ import annotations

import functools

from sim.asking import run, scenario_of
from sim.question import Answered
from sim.results import Results, compare


@functools.cache
def closure() -> Answered:
    """Return the shipped closure over a few members, answered."""
    return run("cpc_closure", members=24, months=36).only


@functools.cache
def nothing_supposed() -> Results:
    """Return a question in which nothing is supposed beyond the baseline."""
    region, scenario = scenario_of("quiet")
    return compare(region, scenario.resized(members=6, months=12))
