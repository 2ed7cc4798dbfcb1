"""The table that a game is played at: its world, its seats, its turns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.game.ground import grounds
from sim.game.prices import TURN_MONTHS
from sim.moments import month_name
from sim.region import Link, Region, central
from sim.scenario import Scenario


@dataclass(frozen=True)
class Game:
    """A scenario that is played on: by whom, from when, for how many turns."""

    region: Region
    scenario: Scenario  # without the players' moves, as long as the game
    extends: str  # how a file beside the game's names the scenario
    seats: tuple[str, ...]  # held by people, in the order of the region
    turns: int
    first: int = 0  # months of the scenario before the first turn

    @cached_property
    def all_seats(self) -> tuple[str, ...]:
        """Every seat that there is: the states, then the powers."""
        return (*self.region.states, *self.region.powers)

    @property
    def run(self) -> dict[str, object]:
        """What a file says of the run, as the reading of events needs it."""
        one = self.scenario
        return {"start": one.start, "months": one.months, "members": one.members, "seed": one.seed}

    def is_state(self, seat: str) -> bool:
        return seat in self.region.states

    def starts(self, turn: int) -> str:
        """Return the first month of a turn, counted from 1."""
        return month_name(self.scenario.start, self.first + TURN_MONTHS * (turn - 1))

    def last_place(self, turn: int) -> int:
        """Return the place of a turn's last month in the run; of turn 0, the month before all."""
        return self.first + TURN_MONTHS * turn - 1

    def held_by(self, seat: str) -> tuple[Link, ...]:
        """Return the links that a seat can shut.

        A power: those that it keeps. A state: those on its ground that no partner keeps.
        """
        if not self.is_state(seat):
            return tuple(link for link in self.region.links if link.gatekeeper == seat)
        return tuple(
            link
            for link in self.region.links
            if link.gatekeeper is None and seat in self.grounds.get(link.code, ())
        )

    @cached_property
    def grounds(self) -> dict[str, tuple[str, ...]]:
        """The states over whose ground each link goes, as the map draws it."""
        return grounds(self.region)

    @cached_property
    def budget_shares(self) -> np.ndarray:
        """What part of its budget a power spends where in the base year: (power, state, domain)."""
        effort = central(self.region, "effort")[: len(self.region.powers)]
        return np.asarray(effort / effort.sum(axis=(1, 2), keepdims=True))


def begun(
    region: Region, scenario: Scenario, extends: str, seats: tuple[str, ...], turns: int, first: int
) -> Game:
    """Return a game on a scenario, whose own baseline is of no matter to it."""
    months = first + TURN_MONTHS * turns
    alone = replace(scenario, baseline=None, own_events=(), removed=(), text="", file="")
    order = (*region.states, *region.powers)
    seated = tuple(seat for seat in order if seat in seats)
    return Game(region, alone.resized(months=months), extends, seated, turns, first)
