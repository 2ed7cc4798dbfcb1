"""The smallest set of events that takes an outcome across a line in enough runs, or back.

First each event alone; then all pairs and all triples while that is cheap, else those among the
events that go furthest alone. A set counts where the line is crossed in more than a stated share
of the members.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from math import comb

import numpy as np

from sim.scenario import Event, Scenario
from sim.timeline import begins_too_late, month_number, shifted


@dataclass(frozen=True)
class Runs:
    """What becomes of sets of events: whether runs cross, how far past the line, what is read."""

    crossed: np.ndarray  # (set, member)
    past: np.ndarray  # (set, member): how far past the line, below 0 where short of it
    read: np.ndarray  # (set, member): what is held against the line


Sets = Callable[[np.ndarray], Runs]
"""From sets (set, candidate), 1 for what is in, to their runs."""

ENOUGH = 0.5
"""Share of members that must cross: more runs than not."""

LARGEST = 3
"""Events in a set at most: more is no plausible coincidence, and no sentence."""

CHEAP = 300
"""Sets of one size that are tried at most."""


@dataclass(frozen=True)
class Tried:
    """A set of candidates, by place, and what it does."""

    chosen: tuple[int, ...]
    share: float  # of members past the line
    margin: float  # median, how far past the line
    read: float  # median of what is held against the line

    @property
    def rank(self) -> tuple[float, float]:
        """How far it goes: first in how many runs, then how far past the line."""
        return self.share, self.margin


@dataclass(frozen=True)
class Search:
    """What was tried, and the smallest set that suffices."""

    none: Tried  # without any of the candidates
    tried: tuple[Tried, ...]
    complete: tuple[int, ...]  # sizes of which every set was tried
    smallest: Tried | None

    @property
    def furthest(self) -> Tried:
        """The set that goes furthest, whether it suffices or not; of equals the smallest.

        Equal are those that cross in as many runs. Where none does, it is how near they come.
        """
        every = (self.none, *self.tried)
        if max(one.share for one in every) == 0.0:
            return max(every, key=lambda one: one.margin)
        return max(every, key=lambda one: (one.share, -len(one.chosen), one.margin))


def search(
    sets: Sets, candidates: int, enough: float = ENOUGH, largest: int = LARGEST, cheap: int = CHEAP
) -> Search:
    """Return the smallest set of candidates that crosses the line in enough of the members.

    Of the smallest sets that suffice, the one that does so in most runs. Nothing larger is tried
    once some set suffices.
    """
    none = judged(sets, [()], candidates)[0]
    tried: list[Tried] = []
    complete: list[int] = []
    if none.share > enough:
        return Search(none, (), (), none)
    order: Sequence[int] = range(candidates)
    for size in range(1, min(largest, candidates) + 1):
        some = affordable(order, size, cheap)
        found = judged(sets, list(combinations(some, size)), candidates)
        tried += found
        if len(some) == candidates:
            complete.append(size)
        best = max(found, key=lambda one: one.rank)
        if best.share > enough:
            return Search(none, tuple(tried), tuple(complete), best)
        order = by_promise(tried, candidates)
    return Search(none, tuple(tried), tuple(complete), None)


def affordable(order: Sequence[int], size: int, cheap: int) -> list[int]:
    """Return the most promising candidates of which all sets of a size can be tried."""
    count = len(order)
    while count > size and comb(count, size) > cheap and size > 1:
        count -= 1
    return sorted(order[:count])


def by_promise(tried: Sequence[Tried], candidates: int) -> list[int]:
    """Return the candidates by how far they go in the best set that has them, furthest first."""
    best = [
        max((one.rank for one in tried if k in one.chosen), default=(-1.0, -np.inf))
        for k in range(candidates)
    ]
    return sorted(range(candidates), key=lambda k: best[k], reverse=True)


def judged(sets: Sets, chosen: Sequence[tuple[int, ...]], candidates: int) -> list[Tried]:
    """Return what each of some sets does."""
    switches = np.zeros((len(chosen), candidates))
    for row, some in enumerate(chosen):
        switches[row, list(some)] = 1.0
    runs = sets(switches)
    return [
        Tried(some, float(crossed.mean()), float(np.median(past)), float(np.median(read)))
        for some, crossed, past, read in zip(
            chosen, runs.crossed, runs.past, runs.read, strict=True
        )
    ]


def best_of_each_size(found: Search, most: int) -> Iterator[Tried]:
    """Yield the sets that go furthest, the smaller sizes first, at most so many of each."""
    for size in sorted({len(one.chosen) for one in found.tried}):
        alike = [one for one in found.tried if len(one.chosen) == size]
        yield from islice(sorted(alike, key=lambda one: one.rank, reverse=True), most)


# What could happen ----------------------------------------------------------------------------

LEVERS = frozenset({
    "visit", "summit", "aid", "investment", "investment_trend", "engagement", "budget",
    "domain_budget", "attention", "restraint", "join", "leave", "link_opened", "link_enlarged",
    "defence_budget", "crackdown", "enforcement", "intervention", "realign",
})  # fmt: skip
"""Kinds of event that a state or a power could choose; the others befall."""


@dataclass(frozen=True)
class Candidate:
    """An event that could be added, and the scenario that supposes it."""

    event: Event
    scenario: str


def pool(scenario: Scenario, others: Sequence[Scenario]) -> tuple[Candidate, ...]:
    """Return what could happen: a scenario's own events, and those of others at the same time.

    The own events of each other scenario, or of each of its arms, are moved together, so that its
    first begins in the month of this scenario's first. What is in the baseline already, or has been
    named, is no candidate.
    """
    begins = first_month(scenario)
    found: list[Candidate] = []
    taken = [*(scenario.baseline.events if scenario.baseline else ())]
    for one in (scenario, *(arm for other in others for arm in other.arms or (other,))):
        for event in added(one):
            ready = shifted(event, begins - first_month(one))
            if any(alike(ready, other) for other in taken) or begins_too_late(ready, scenario):
                continue
            names = {other.id for other in taken}
            ready = replace(ready, id=free_name(ready.id, one.arm or one.name, names))
            taken.append(ready)
            found.append(Candidate(ready, one.name))
    return tuple(found)


def added(scenario: Scenario) -> tuple[Event, ...]:
    """Return the own events of a scenario that are in force in it."""
    return tuple(event for event in scenario.events if event.id in scenario.own_events)


def first_month(scenario: Scenario) -> int:
    """Return the month in which a scenario's own events begin, in months since the year 0."""
    begins = [int(month_number(event.start)) for event in added(scenario)]
    begins += [int(month_number(event.start)) for event in scenario.removed]
    return min(begins, default=int(month_number(scenario.start)))


def alike(one: Event, other: Event) -> bool:
    """Return whether two events suppose the same, whatever they are called."""
    return told_apart_by(one) == told_apart_by(other)


def told_apart_by(event: Event) -> tuple[object, ...]:
    """Return all that an event supposes."""
    what = tuple(sorted((key, str(field)) for key, field in event.what.items()))
    when = (event.start, event.end, event.shape, event.months)
    return event.kind, *when, event.size, what


def free_name(name: str, home: str, taken: Collection[str]) -> str:
    """Return an event's name, with its scenario's where another has the name already."""
    return name if name not in taken else f"{home}_{name}"


def with_all(scenario: Scenario, candidates: Sequence[Candidate]) -> Scenario:
    """Return the baseline of a scenario with all candidates as its own events."""
    base = scenario.baseline or scenario
    events = tuple(candidate.event for candidate in candidates)
    return replace(
        scenario,
        events=(*base.events, *events),
        baseline=base,
        own_events=tuple(event.id for event in events),
        removed=(),
        arms=(),
    )


def levers(candidates: Sequence[Candidate], spent: Collection[str]) -> tuple[Candidate, ...]:
    """Return the candidates that could be chosen, less those that have happened."""
    return tuple(c for c in candidates if c.event.kind in LEVERS and c.event.id not in spent)
