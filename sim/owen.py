"""Why it moved, event by event inside families: the Owen value, a longer job of its own.

Families (themes) of events are attributed exactly, as if each came whole; inside a family its
events enter in antithetic pairs of orders. Parts sum to the whole, and a family's parts to what
the family would have alone (its Shapley value). Source: Owen (1977).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

from sim.attribution import (
    OUTCOMES,
    Outcome,
    Outcomes,
    entered_along,
    sampled_orders,
    themes,
)
from sim.ensemble import block
from sim.moments import Moment
from sim.region import Region
from sim.scenario import Scenario

MEMBERS = 16
"""Members over which the parts are computed unless more are asked for."""

MOST_FAMILIES = 9
"""Most families, since every subset of them is run."""

TOGETHER = 64
"""Subsets that are run between two words of progress."""

Families = Mapping[str, Sequence[str]]
Orders = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True)
class Owen:
    """The part of each event in the change of every outcome, and the family it belongs to."""

    families: dict[str, tuple[str, ...]]
    parts: dict[str, dict[str, np.ndarray]]  # outcome -> event -> (moment, member, state)
    members: int


def entries(families: Families, orders: Orders) -> Iterator[tuple[str, float, frozenset[str]]]:
    """Yield every entry of an event: its name, the weight, and who was there before it."""
    every = len(families)
    for family in families:
        others = [other for other in families if other != family]
        for count in range(every):
            weight = factorial(count) * factorial(every - count - 1) / factorial(every)
            for some in combinations(others, count):
                there = frozenset(name for other in some for name in families[other])
                for order in orders[family]:
                    for name, before in zip(order, entered_along(order), strict=False):
                        yield name, weight / len(orders[family]), there | before


def orders_inside(families: Families, pairs: int, generator: np.random.Generator) -> Orders:
    """Return orders of entry inside each family, in antithetic pairs; one where one is all."""
    return {
        family: [list(events)]
        if len(events) == 1
        else sampled_orders(list(events), pairs, generator)
        for family, events in families.items()
    }


def owen(families: Families, orders: Orders, outcome: Outcome) -> dict[str, np.ndarray]:
    """Return each event's Owen value, an array like an outcome: the parts sum to the whole."""
    parts = {
        name: np.zeros_like(outcome(frozenset())) for some in families.values() for name in some
    }
    for name, weight, before in entries(families, orders):
        parts[name] = parts[name] + weight * (outcome(before | {name}) - outcome(before))
    return parts


@dataclass(frozen=True)
class Plan:
    """The families of a scenario's own events, the orders of entry, and the subsets to be run."""

    families: dict[str, tuple[str, ...]]
    orders: Orders
    subsets: tuple[frozenset[str], ...]


def plan(scenario: Scenario) -> Plan:
    """Return what is to be run for the parts of a scenario's own events."""
    families = themes(scenario)
    orders = orders_inside(families, 1, np.random.default_rng(scenario.seed))
    asked = entries(families, orders)
    needed = dict.fromkeys(each for name, _, had in asked for each in (had, had | {name}))
    return Plan(families, orders, tuple(needed))


def attribute_in_families(
    region: Region,
    scenario: Scenario,
    at: Sequence[Moment],
    planned: Plan,
    watch: Callable[[int], None] = lambda done: None,
) -> Owen:
    """Return the parts of the own events inside their families, over all members of a scenario.

    `watch` hears how many more subsets have been run.
    """
    some = block(region, scenario.seed, 0, scenario.members, scenario.months)
    groups = {name: (name,) for events in planned.families.values() for name in events}
    outcomes = Outcomes(some, scenario, groups, at)
    for start in range(0, len(planned.subsets), TOGETHER):
        batch = planned.subsets[start : start + TOGETHER]
        outcomes.run(batch)
        watch(len(batch))
    parts = owen(planned.families, planned.orders, outcomes)
    by_outcome = {
        outcome: {name: part[..., place] for name, part in parts.items()}
        for place, outcome in enumerate(OUTCOMES)
    }
    return Owen(planned.families, by_outcome, scenario.members)
