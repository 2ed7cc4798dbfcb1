"""The runs of a game: all members at once, up to the end of a turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.ensemble import Kept, block, course, drivers_at
from sim.insurance import insurance
from sim.measures import MEASURES, measured
from sim.month import at_rest
from sim.region import Region
from sim.scenario import Scenario
from sim.situation import RECORDED
from sim.timeline import drivers as drivers_of

MOST_MEMBERS = 200
"""Members of a game at most: they are run as one block."""


@dataclass(frozen=True)
class Worlds:
    """Every member's course through a game, month by month."""

    world: World
    months: Arrays  # (month, member, *axes)
    drivers: Arrays  # of the last month

    @cached_property
    def base(self) -> Arrays:
        """The base year of every member, (member, *axes)."""
        return at_rest(self.world)

    @cached_property
    def measures(self) -> Arrays:
        """Every measure of hedging, (month, member, *axes)."""
        return measured(self.world, self.months)

    def of(self, name: str) -> np.ndarray:
        """Return a quantity or measure, (month, member, *axes)."""
        return (self.measures if name in MEASURES else self.months)[name]

    def at(self, name: str, place: int) -> np.ndarray:
        """Return a quantity at a month, (member, *axes); before the first, of the base year."""
        return self.base[name] if place < 0 else self.of(name)[place]

    @cached_property
    def insured(self) -> np.ndarray:
        """What its spread of ties saves each state at the end, (member, state), % of GDP."""
        last = Arrays({name: self.months[name][-1] for name in RECORDED}, self.months.axes)
        return insurance(self.world, last, self.drivers).saved


def played(region: Region, scenario: Scenario) -> Worlds:
    """Return the runs of a scenario, every quantity of every month."""
    some = block(region, scenario.seed, 0, scenario.members, scenario.months)
    in_force = drivers_of(scenario, region, some.draws)
    run = course(some, in_force, Kept(RECORDED))
    return Worlds(some.world, run.months, drivers_at(in_force, scenario.months - 1))
