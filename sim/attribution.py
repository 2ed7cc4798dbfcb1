"""Why it moved: exact shares of a change by event, and by domain and partner.

By event: Shapley values (Shorrocks 2013) over every subset of the scenario's own events, each a
run of its own over the same members. Exact for each member and for means (medians do not add).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial

import numpy as np

from sim.arrays import Arrays
from sim.drivers import Drivers, side_by_side
from sim.ensemble import Block, Course, Kept, block, course, repeated, repeated_world
from sim.measures import breadth_change_parts, within
from sim.moments import Moment
from sim.on_tape import varying_in
from sim.region import Region
from sim.results import ENDS, Results, first_difference
from sim.scenario import Scenario
from sim.situation import SITUATION_AXES
from sim.timeline import drivers as drivers_of
from sim.timeline import month_number, with_events

EXACT = 4
"""Most events (or themes) for which every subset is run in the main job: 16 runs."""

PAIRS = 6
"""Antithetic pairs of orders in which events enter, where there are too many for every subset."""

MEMBERS = 64
"""Most members over which events are attributed; the error that this leaves is stated."""

ROWS = 512
"""Most runs of members in the main job: fewer members where there are more subsets."""

TOGETHER = 256
"""Members of subsets whose runs are computed side by side, to amortise numpy's calls."""

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


def sampled_orders(
    names: Sequence[str], pairs: int, generator: np.random.Generator
) -> list[list[str]]:
    """Return orders in which names enter, in antithetic pairs: an order and its reverse."""
    orders = []
    for _ in range(pairs):
        order = [names[place] for place in generator.permutation(len(names))]
        orders += [order, order[::-1]]
    return orders


def entered_along(order: Sequence[str]) -> list[frozenset[str]]:
    """Return who has entered before the first, after the first, and so on to the last."""
    return [frozenset(order[:count]) for count in range(len(order) + 1)]


def sampled_shapley(
    names: Sequence[str], outcome: Outcome, orders: Sequence[Sequence[str]]
) -> np.ndarray:
    """Return Shapley values averaged over orders of entry; each order sums exactly.

    Source: Castro, Gomez and Tejada (2009); an order and its reverse cancel most of the noise.
    """
    parts = {name: np.zeros_like(outcome(frozenset())) for name in names}
    for order in orders:
        stages = entered_along(order)
        for name, before, after in zip(order, stages, stages[1:], strict=False):
            parts[name] = parts[name] + (outcome(after) - outcome(before)) / len(orders)
    return np.stack([parts[name] for name in names])


def themes(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return the scenario's own events by theme (an event without one is its own theme)."""
    own = {e.id: e for e in (*scenario.events, *scenario.removed) if e.id in scenario.own_events}
    found: dict[str, tuple[str, ...]] = {}
    for name, event in own.items():
        key = event.theme or name
        found[key] = (*found.get(key, ()), name)
    return found


def attribute(
    region: Region, scenario: Scenario, at: Sequence[Moment], shocks: bool = True
) -> Attribution | None:
    """Return the parts of the scenario's own events in the change of breadth, GDP and threat.

    None where there is no own event. Events are grouped by theme where there are more than
    `EXACT`; where the themes are too many as well, orders of entry are sampled.
    """
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in scenario.own_events}
    by_theme = len(groups) > EXACT
    if by_theme:
        groups = themes(scenario)
    if not groups:
        return None
    names = tuple(groups)
    exact = len(names) <= EXACT
    fewest = max(ROWS // 2 ** len(names), 16) if exact else 16
    count = min(MEMBERS, fewest, scenario.members)
    some = block(region, scenario.seed, 0, count, scenario.months, shocks)
    outcomes = Outcomes(some, scenario, groups, at)
    if exact:
        subsets = chain.from_iterable(combinations(names, k) for k in range(len(names) + 1))
        outcomes.run([frozenset(subset) for subset in subsets])
        parts = shapley(names, outcomes)
    else:
        orders = sampled_orders(names, PAIRS, np.random.default_rng(scenario.seed))
        outcomes.run([some for order in orders for some in entered_along(order)])
        parts = sampled_shapley(names, outcomes, orders)
    total = outcomes(frozenset(names)) - outcomes(frozenset())
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


class Outcomes:
    """The outcome of any subset of events, each run once, several side by side."""

    def __init__(
        self,
        some: Block,
        scenario: Scenario,
        groups: Mapping[str, tuple[str, ...]],
        at: Sequence[Moment],
    ) -> None:
        self.block, self.scenario, self.groups = some, scenario, groups
        self.places = [moment.place for moment in at if moment.place >= 0]
        self.without = self._drivers(frozenset())
        eves = [place - 1 for place in first_months(scenario)]
        kept = Kept((), frozenset({*self.places, *eves}))
        self.varying = varying_in(self.without, self._drivers(frozenset(groups)))
        self.baseline = course(some, self.without, kept, varying=self.varying)
        self.known = {frozenset[str](): self._read(some, self.baseline)}

    def __call__(self, names: frozenset[str]) -> np.ndarray:
        """Return outcomes, shape (moment, member, state, outcome)."""
        if names not in self.known:
            self.run([names])
        return self.known[names]

    def run(self, subsets: Sequence[frozenset[str]]) -> None:
        """Run subsets of events that are not known yet, about `TOGETHER` members at a time."""
        missing = [names for names in dict.fromkeys(subsets) if names not in self.known]
        count = max(TOGETHER // self.block.count, 1)
        for start in range(0, len(missing), count):
            self._run_together(missing[start : start + count])

    def _run_together(self, subsets: Sequence[frozenset[str]]) -> None:
        drivers = [self._drivers(names) for names in subsets]
        start = self.baseline.start(min(first_difference(self.without, each) for each in drivers))
        count = len(subsets)
        wide = tiled(self.block, count)
        whole = {place: repeated(s, count) for place, s in self.baseline.whole.items()}
        before = Course(Arrays({}, SITUATION_AXES), whole)
        kept = Kept((), frozenset(self.places))
        all_of_them = side_by_side(drivers, self.block.count)
        run = course(wide, all_of_them, kept, before=before, start=start, varying=self.varying)
        found = self._read(wide, run)
        for names, part in zip(subsets, np.split(found, count, axis=1), strict=True):
            self.known[names] = part

    def _read(self, some: Block, run: Course) -> np.ndarray:
        return np.stack([read(some, run.whole[place]) for place in self.places])

    def _drivers(self, names: frozenset[str]) -> Drivers:
        events = [event for name in names for event in self.groups[name]]
        scenario = with_events(self.scenario, events)
        return drivers_of(scenario, self.block.world.region, self.block.draws)


def first_months(scenario: Scenario) -> set[int]:
    """Return the places of the months in which the scenario's own events begin."""
    both = (*scenario.events, *scenario.removed)
    begin = int(month_number(scenario.start))
    return {int(month_number(e.start)) - begin for e in both if e.id in scenario.own_events}


def tiled(some: Block, times: int) -> Block:
    """Return a block with its members repeated, each time with the same draws and shocks."""
    everywhere = some.shocks.insecurity.shape[1] == some.count
    shocks = repeated(some.shocks, times, axis=1) if everywhere else some.shocks
    return Block(some.first, repeated_world(some.world, times), shocks, some.seed)


def read(some: Block, s: Arrays) -> np.ndarray:
    """Return the attributed outcomes of a situation, shape (member, state, outcome)."""
    powers = some.world.geography.powers
    breadth = within(s.ties, some.world.base.domain_weight[:, None, :])
    return np.stack([breadth, s.gdp_gap, s.threat[..., :powers].max(axis=-1)], axis=-1)


def channels(results: Results, moment: Moment, change: str = "difference") -> np.ndarray:
    """Return the change of breadth by domain and partner: (member, state, domain, partner).

    In effective partners. The parts of the change of log breadth, which are exact, at what a log
    point is worth over the interval; they sum to the change of breadth, to 1e-9.
    """
    after, before = (results.at(run, "ties", moment) for run in ENDS[change])
    return channel_parts(before, after, results.world.base.domain_weight[:, None, :])


def channel_parts(before: np.ndarray, after: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the change of breadth by domain and partner, from ties before and after.

    Ties are (..., state, domain, partner); what leads is kept.
    """
    parts = breadth_change_parts(before, after, weight)
    wide, narrow = within(after, weight), within(before, weight)
    logs = np.log(wide / narrow)
    same = np.abs(logs) < 1e-12
    worth = np.where(same, narrow, (wide - narrow) / np.where(same, 1.0, logs))
    return np.asarray(parts * worth[..., None, None])
