"""Why it moved: exact shares of a change by event, and by domain and partner.

By event: Shapley values (Shorrocks 2013) over every subset of the scenario's own events, each a
run of its own over the same members. Exact for each member and for means (medians do not add).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from sim.arrays import Arrays
from sim.ensemble import Block, block, simulate
from sim.measures import breadth_change_parts, measured
from sim.moments import Moment
from sim.results import Results, first_difference
from sim.scenario import Scenario
from sim.situation import SITUATION_AXES
from sim.timeline import drivers as drivers_of
from sim.timeline import with_events

EXACT = 4
"""Most events (or themes) for which every subset is run in the main job: 16 runs."""

PAIRS = 6
"""Antithetic pairs of orders in which events enter, where there are too many for every subset."""

MEMBERS = 64
"""Members over which events are attributed; the error that this leaves is stated."""

Outcome = Callable[[frozenset[str]], np.ndarray]


@dataclass(frozen=True)
class Attribution:
    """The part of each event (or theme) in the change of an outcome."""

    names: tuple[str, ...]
    parts: dict[str, np.ndarray]  # outcome -> (event, moment, member, state)
    total: dict[str, np.ndarray]  # outcome -> (moment, member, state)
    members: int
    exact: bool
    by_theme: bool


def shapley(names: Sequence[str], outcome: Outcome) -> np.ndarray:
    """Return each name's Shapley value, shape (name, *outcome): the parts sum to the whole."""
    every = len(names)
    parts = []
    for name in names:
        others = [other for other in names if other != name]
        part = np.zeros_like(outcome(frozenset()))
        for count in range(every):
            weight = factorial(count) * factorial(every - count - 1) / factorial(every)
            for some in combinations(others, count):
                before = frozenset(some)
                part = part + weight * (outcome(before | {name}) - outcome(before))
        parts.append(part)
    return np.stack(parts)


def sampled_shapley(
    names: Sequence[str], outcome: Outcome, pairs: int, generator: np.random.Generator
) -> np.ndarray:
    """Return Shapley values from orders of entry in antithetic pairs; each order sums exactly.

    Source: Castro, Gomez and Tejada (2009); an order and its reverse cancel most of the noise.
    """
    parts = {name: np.zeros_like(outcome(frozenset())) for name in names}
    for _ in range(pairs):
        order = [names[place] for place in generator.permutation(len(names))]
        for sequence in (order, order[::-1]):
            entered: frozenset[str] = frozenset()
            for name in sequence:
                after = entered | {name}
                parts[name] = parts[name] + (outcome(after) - outcome(entered)) / (2 * pairs)
                entered = after
    return np.stack([parts[name] for name in names])


def themes(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return the scenario's own events by theme (an event without one is its own theme)."""
    own = {e.id: e for e in (*scenario.events, *scenario.removed) if e.id in scenario.own_events}
    found: dict[str, tuple[str, ...]] = {}
    for name, event in own.items():
        key = event.theme or name
        found[key] = (*found.get(key, ()), name)
    return found


def attribute(results: Results, members: int = MEMBERS) -> Attribution | None:
    """Return the parts of the scenario's own events in the change of breadth, GDP and threat.

    None where there are fewer than one own event. Events are grouped by theme where there are
    more than `EXACT`; where the themes are too many as well, orders of entry are sampled.
    """
    scenario = results.scenario
    groups = {name: (name,) for name in scenario.own_events}
    by_theme = len(groups) > EXACT
    if by_theme:
        groups = themes(scenario)
    if not groups:
        return None
    count = min(members, scenario.members)
    some = block(results.region, scenario.seed, 0, count, scenario.months, results.shocks)
    outcome = _remembered(results, some, groups)
    names = tuple(groups)
    exact = len(names) <= EXACT
    if exact:
        parts = shapley(names, outcome)
    else:
        generator = np.random.default_rng(scenario.seed)
        parts = sampled_shapley(names, outcome, PAIRS, generator)
    total = outcome(frozenset(names)) - outcome(frozenset())
    return Attribution(
        names=names,
        parts={name: parts[..., place] for place, name in enumerate(OUTCOMES)},
        total={name: total[..., place] for place, name in enumerate(OUTCOMES)},
        members=count,
        exact=exact,
        by_theme=by_theme,
    )


OUTCOMES = ("breadth", "gdp_gap", "threat")
"""What is attributed: breadth within domains, GDP, and the largest fear of a power."""


def _remembered(results: Results, some: Block, groups: dict[str, tuple[str, ...]]) -> Outcome:
    """Return the outcome of any subset of groups, each run once, from the first difference on."""
    scenario, region = results.scenario, results.region
    kept = tuple(SITUATION_AXES)
    without = drivers_of(with_events(scenario, ()), region, some.draws)
    baseline = simulate(some, without, kept)
    known: dict[frozenset[str], np.ndarray] = {}

    def outcome(names: frozenset[str]) -> np.ndarray:
        if names not in known:
            ids = [event for name in names for event in groups[name]]
            drivers = drivers_of(with_events(scenario, ids), region, some.draws)
            first = first_difference(without, drivers)
            run = simulate(some, drivers, kept, before=baseline, first=first)
            known[names] = _read(some, run, results.moments)
        return known[names]

    return outcome


def _read(some: Block, run: Arrays, at: Sequence[Moment]) -> np.ndarray:
    """Return the attributed outcomes at each date, shape (moment, member, state, outcome)."""
    places = [moment.place for moment in at if moment.place >= 0]
    few = Arrays({name: run[name][places] for name in run}, run.axes)
    powers = some.world.geography.powers
    found = [
        measured(some.world, few).breadth,
        few.gdp_gap,
        few.threat[..., :powers].max(axis=-1),
    ]
    return np.stack(found, axis=-1)


def channels(results: Results, moment: Moment, change: str = "difference") -> np.ndarray:
    """Return the change of breadth (log) by domain and partner: (member, state, domain, partner).

    The parts sum to the change of log breadth within domains, to 1e-9.
    """
    ends = {"difference": ("baseline", "scenario"), "imposed change": ("baseline", "imposed"),
            "chosen change": ("imposed", "scenario")}  # fmt: skip
    before, after = (results.at(run, "ties", moment) for run in ends[change])
    return breadth_change_parts(before, after, results.world.base.domain_weight[:, None, :])
