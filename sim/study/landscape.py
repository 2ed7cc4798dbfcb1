"""Docking: the states and powers as landscape theory sees them, two blocs at a time.

Axelrod and Bennett (1993, British Journal of Political Science 23, 211-233): each actor would
rather be with those whom it has a propensity to work with, the more the larger they are; blocs are
those from which no single actor gains by changing sides. Propensities have to be symmetric. Those
of this model are not, so each pair's two views are averaged, and how far apart they were is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.rules.sums import shares_of


@dataclass(frozen=True)
class Landscape:
    """Every way to part the actors into two blocs, and what each costs: for each member."""

    actors: tuple[str, ...]  # states first, then powers
    size: np.ndarray  # (member, actor)
    one_sided: np.ndarray  # (member, actor, actor): what the first would have with the second

    @cached_property
    def propensity(self) -> np.ndarray:
        """Both views of a pair averaged: (member, actor, actor), symmetric."""
        return np.asarray((self.one_sided + np.swapaxes(self.one_sided, -1, -2)) / 2.0)

    @cached_property
    def sides(self) -> np.ndarray:
        """Every way to part the actors: (way, actor), 0 or 1; the last actor's side is 0."""
        return ways(len(self.actors))

    @cached_property
    def frustrations(self) -> np.ndarray:
        """How ill each actor is placed in each way: (member, way, actor)."""
        return frustration(self.size, self.propensity, self.sides)

    @cached_property
    def energies(self) -> np.ndarray:
        """What each way costs all actors, weighted by size: (member, way)."""
        return np.asarray((self.size[:, None] * self.frustrations).sum(axis=-1))

    @property
    def lowest(self) -> np.ndarray:
        """The way of the lowest energy: (member,)."""
        return np.asarray(self.energies.argmin(axis=1))

    @property
    def held(self) -> np.ndarray:
        """By how much all would be worse off if one actor changed sides: (member, actor).

        At the way of the lowest energy, so that it is never below 0.
        """
        every = np.arange(len(self.energies))
        lowest = self.energies[every, self.lowest]
        moved = [self.energies[every, way[self.lowest]] for way in moves(self.sides)]
        return np.stack([one - lowest for one in moved], axis=-1)

    @property
    def stable(self) -> np.ndarray:
        """From which ways no single actor gains by changing sides: (member, way)."""
        return minima(self.energies, self.sides)

    def of_one_size(self) -> Landscape:
        """Return the same with all actors as large as each other."""
        return replace(self, size=np.full_like(self.size, 1.0 / len(self.actors)))


def ways(actors: int) -> np.ndarray:
    """Return every way to part so many actors into two blocs, one of them perhaps empty."""
    count = 2 ** (actors - 1)
    return (np.arange(count)[:, None] >> np.arange(actors)[None, :]) & 1


def frustration(size: np.ndarray, propensity: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return how ill each actor is placed: its propensity for those on the other side, by size.

    `size` (..., actor), `propensity` (..., actor, actor), `sides` (way, actor): (..., way, actor).
    """
    apart = (sides[:, :, None] != sides[:, None, :]).astype(float)
    return np.einsum("...j,...ij,wij->...wi", size, propensity, apart)


def moves(sides: np.ndarray) -> np.ndarray:
    """Return which way each becomes if one actor changes sides: (actor, way)."""
    actors = sides.shape[1]
    found = []
    for actor in range(actors):
        moved = sides.copy()
        moved[:, actor] ^= 1
        named = np.where(moved[:, -1:] == 1, 1 - moved, moved)  # the last actor's side is 0
        found.append(named @ (1 << np.arange(actors)))
    return np.stack(found)


def minima(energies: np.ndarray, sides: np.ndarray) -> np.ndarray:
    """Return which ways are local minima: no way with one actor moved costs less: (..., way)."""
    return np.asarray(np.all([energies <= energies[..., way] for way in moves(sides)], axis=0))


# From the model --------------------------------------------------------------------------------


def landscape(world: World, s: Arrays, bodies: bool = True) -> Landscape:
    """Return the landscape of a situation of the model.

    What one actor would have with another, all in shares of one: what it holds of the other (the
    share of a power in a state's ties; a power's share in all that is engaged for a state), and
    the bodies that both belong to (as a part of all), less what it fears or minds (a
    state's fear of a power, a power's pressure, a power's displeasure at a rival). The weights of
    one are ours, as Axelrod and Bennett's were theirs. States hold nothing of each other here, and
    powers nothing but what they mind: the region's tables know no more.
    """
    region, m = world.region, world.members
    states, powers = len(region.states), len(region.powers)
    count = len(m.share_floor)
    view = np.zeros((count, states + powers, states + powers))
    weight = world.base.domain_weight
    engaged = np.einsum("mskp,mk->msp", s.engagement[..., :powers], weight)
    view[:, :states, states:] = s.pooled[..., :powers] - s.threat[..., :powers]
    view[:, states:, :states] = np.swapaxes(engaged - s.pressure, -1, -2)
    view[:, states:, states:] = -s.friction
    if bodies:
        view += shared_bodies(np.concatenate([s.membership, leaders(m.body_leader)], axis=1))
    view[:, np.arange(states + powers), np.arange(states + powers)] = 0.0
    return Landscape((*region.states, *region.powers), sizes(m, s), view)


def leaders(body_leader: np.ndarray) -> np.ndarray:
    """Return which bodies each power leads or founded: (member, power, body)."""
    return np.swapaxes((body_leader > 0.0).astype(float), -1, -2)


def shared_bodies(belongs: np.ndarray) -> np.ndarray:
    """Return the part of all the region's bodies that both belong to: (member, actor, actor)."""
    both = np.minimum(belongs[:, :, None, :], belongs[:, None, :, :])
    return np.asarray(both.mean(axis=-1))


def sizes(m: Arrays, s: Arrays) -> np.ndarray:
    """Return how much each actor weighs: (member, actor).

    A state by its part of the five's income, a power by its part of what all powers spend here.
    That the states together weigh what the powers do is ours.
    """
    spent = s.effort.sum(axis=(-2, -1))
    return np.concatenate([shares_of(m.gdp_busd), shares_of(spent)], axis=-1)
