"""What each mechanism contributes: a scenario with all at work, less the same without one.

Every run has the same members, so that a contribution is told run by run: chance and what we are
unsure of are the same on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim import mechanisms
from sim.region import Region
from sim.scenario import Scenario
from sim.study.lines import can_be_told
from sim.study.outcomes import Outcome
from sim.study.play import ABREAST, Study, asked_for, levels


@dataclass(frozen=True)
class Contributions:
    """What a scenario does to some outcomes, and what of it each mechanism contributes."""

    region: Region
    scenario: Scenario
    outcomes: tuple[Outcome, ...]
    names: tuple[str, ...]  # of mechanisms
    whole: np.ndarray  # (member, outcome): with all that is not off anyway
    parts: np.ndarray  # (mechanism, member, outcome)

    def tells(self, mechanism: int, outcome: int) -> bool:
        """Return whether a contribution can be told from nothing."""
        return can_be_told(self.outcomes[outcome], self.parts[mechanism, :, outcome])

    def order(self, outcome: int) -> list[int]:
        """Return the mechanisms whose contribution can be told, the largest first."""
        some = [k for k in range(len(self.names)) if self.tells(k, outcome)]
        sizes = np.abs(np.median(self.parts[:, :, outcome], axis=1))
        return sorted(some, key=lambda k: -float(sizes[k]))

    def silent(self) -> list[str]:
        """Return the mechanisms that contribute to no outcome anything that can be told."""
        places = range(len(self.outcomes))
        return [
            name
            for k, name in enumerate(self.names)
            if not any(self.tells(k, place) for place in places)
        ]


def contributions(
    region: Region,
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    workers: int = 1,
    watch: Callable[[int], None] = lambda done: None,
) -> Contributions:
    """Return what each mechanism that is on contributes to some outcomes of a scenario."""
    names = tuple(one.name for one in region.mechanisms if one.name not in region.off)

    def run(some: Sequence[str]) -> np.ndarray:
        found = found_without(region, scenario, outcomes, some)
        watch(len(some) * scenario.members)
        return found

    groups = abreast(region, ("", *names), scenario.members)
    with ThreadPoolExecutor(workers) as threads:
        found = dict(
            pair
            for group, numbers in zip(groups, threads.map(run, groups), strict=True)
            for pair in zip(group, numbers, strict=True)
        )
    parts = np.array([found[""] - found[name] for name in names])
    return Contributions(region, scenario, tuple(outcomes), names, found[""], parts)


def abreast(
    region: Region, names: Sequence[str], members: int, columns: int = ABREAST
) -> list[list[str]]:
    """Return mechanisms in groups that are run together; those that leave out events alone."""
    alone = {one.name for one in region.mechanisms if one.events}
    some = [name for name in names if name not in alone]
    size = max(1, columns // members)
    groups = [some[first : first + size] for first in range(0, len(some), size)]
    return groups + [[name] for name in names if name in alone]


def found_without(
    region: Region, scenario: Scenario, outcomes: Sequence[Outcome], names: Sequence[str]
) -> np.ndarray:
    """Return outcomes without each of some mechanisms, as asked for, (name, member, outcome).

    "" stands for all at work. The members draw the numbers of the region without a mechanism and
    live in the region with it: nothing else differs, and months noted for one serve all.
    """
    others = tuple(mechanisms.without(region, [name] if name else []) for name in names)
    supposed = mechanisms.without_events(scenario, others[0])
    study = Study(region, supposed, (), tuple(outcomes), drawn_in=others)
    return asked_for(study, levels(study, np.empty((len(names), 0)), 0, scenario.members))
