"""What patterns rest on: every one of them under every rule of choice, and without each mechanism.

A pattern that is shown under every rule says nothing for any of them; one that is lost without a
mechanism needs it, or something that goes by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, zip_longest

import numpy as np

from sim import mechanisms
from sim.region import Region
from sim.scenario import Scenario
from sim.study.contributions import abreast
from sim.study.pattern_table import as_in
from sim.study.patterns import NOT_SCORED, Judged, judged_apart, play
from sim.vocabulary import RULES

HAIR = 0.05
"""A judgement that turns while the share of runs moves by less than this turns by a hair."""

TOGETHER = 600
"""Columns (members times mechanisms) that are played together: so many runs fit the memory."""

Found = dict[str, tuple[Judged, ...]]


@dataclass(frozen=True)
class Rests:
    """Every pattern as the runs show it, under other rules, and without each mechanism."""

    rule: str  # by which states choose in the runs
    shown: tuple[Judged, ...]
    persisting: tuple[Judged, ...]  # in a base year that never ends
    under: Mapping[str, tuple[Judged, ...]]  # by rule, that of the runs among them
    without: Mapping[str, tuple[Judged, ...]]  # by mechanism

    @property
    def scored(self) -> list[int]:
        """Places of the patterns that the rules have to bring about."""
        return [k for k, one in enumerate(self.shown) if one.pattern.half != NOT_SCORED]

    @property
    def missed(self) -> list[int]:
        """Places of those that the runs miss, the farthest first."""
        missed = (k for k in self.scored if not self.shown[k].held)
        return sorted(missed, key=lambda k: self.shown[k].lacking, reverse=True)

    def lost(self, other: Sequence[Judged]) -> list[int]:
        """Return the places of patterns that the runs show and other runs do not."""
        return [k for k in self.scored if self.shown[k].held and not other[k].held]

    def gained(self, other: Sequence[Judged]) -> list[int]:
        """Return the places of patterns that the runs miss and other runs show."""
        return [k for k in self.missed if other[k].held]

    def by_a_hair(self, other: Sequence[Judged]) -> list[int]:
        """Return the places of patterns whose judgement turned while few runs changed theirs."""
        turned = (*self.lost(other), *self.gained(other))
        return [k for k in turned if abs(other[k].within - self.shown[k].within) < HAIR]

    def untouched(self, other: Sequence[Judged]) -> bool:
        """Return whether no pattern reads anything else in other runs."""
        pairs = ((self.shown[k].values, other[k].values) for k in self.scored)
        return all(np.array_equal(*pair, equal_nan=True) for pair in pairs)

    def shown_under(self, place: int) -> list[str]:
        """Return the rules under which a pattern is shown."""
        return [rule for rule, found in self.under.items() if found[place].held]

    def shown_without(self, place: int) -> list[str]:
        """Return the mechanisms without which a pattern is shown."""
        return [name for name, found in self.without.items() if found[place].held]


def worlds(region: Region) -> int:
    """Return in how many worlds patterns are judged: as they are, by other rules, without each."""
    return len(RULES) + len(region.mechanisms) - len(region.off)


def rests(
    region: Region,
    arms: Sequence[Scenario],
    shown: Sequence[Judged],
    persisting: Sequence[Judged],
    workers: int = 1,
    advance: Callable[[int], None] = lambda done: None,
) -> Rests:
    """Return what patterns rest on that were judged in a region, by as many members.

    `arms` are the variants beside their history, as patterns were judged by them.
    """
    names = [one.name for one in region.mechanisms if one.name not in region.off]
    rules = [rule for rule in RULES if rule != region.rule]
    members = arms[0].members
    patterns = [one.pattern for one in shown]

    def played(some: Sequence[Region]) -> list[tuple[Judged, ...]]:
        lived = [as_in(some[0], arm) for arm in arms]
        history = lived[0].baseline
        assert history is not None, "the variants stand beside the history"
        here = some[0] if len(some) == 1 else region
        runs = play(here, history, lived, patterns, members, drawn_in=some)
        found = [tuple(one) for one in judged_apart(patterns, runs, len(some))]
        advance(members * len(some))
        return found

    def under(rule: str) -> Found:
        return {rule: played([replace(region, rule=rule)])[0]}

    def without(group: Sequence[str]) -> Found:
        others = [mechanisms.without(region, [name]) for name in group]
        return dict(zip(group, played(others), strict=True))

    tasks = alternating(
        [partial(under, rule) for rule in rules],
        [partial(without, group) for group in abreast(region, names, members, TOGETHER)],
    )
    with ThreadPoolExecutor(workers) as threads:
        found: Found = {region.rule: tuple(shown)}
        for part in threads.map(lambda task: task(), tasks):
            found |= part
    return Rests(
        region.rule, tuple(shown), tuple(persisting),
        {rule: found[rule] for rule in RULES}, {name: found[name] for name in names},
    )  # fmt: skip


def alternating(
    some: Sequence[Callable[[], Found]], others: Sequence[Callable[[], Found]]
) -> Iterator[Callable[[], Found]]:
    """Yield tasks of two kinds in turn.

    Months under another rule are compiled anew, one thread at a time; meanwhile the other plays.
    """
    pairs = zip_longest(some, others)
    return (task for task in chain.from_iterable(pairs) if task is not None)
