"""Docking: what bargaining over oil and gas pipelines would give to whom, by the Shapley value.

After Hubert and Ikonnikova (2011, Journal of Industrial Economics 59, 85-116) and Cobanli (2014,
Energy Policy 68, 348-370): a coalition is worth what its members can earn by the lines that they
hold among them; a player's power is what it adds, on average over all orders in which players
may join. What could be built counts as well as what is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, kron

from sim.arrays import Arrays
from sim.attribution import shapley
from sim.base_year import World
from sim.region import Region

Coalition = frozenset[str]


@dataclass(frozen=True)
class Lines:
    """The oil and gas network of a region: who has to agree to what. No judgement."""

    routes: np.ndarray  # places of the routes among the region's
    players: tuple[str, ...]  # states that send, then partners that keep a gate on the way
    consent: tuple[Coalition, ...]  # by route: who has to agree to its use

    @cached_property
    def coalitions(self) -> list[Coalition]:
        """Every set of players, the empty one first."""
        return [
            frozenset(some)
            for count in range(len(self.players) + 1)
            for some in combinations(self.players, count)
        ]

    def of(self, state: str) -> Lines:
        """Return the lines of one state alone, with those who keep a gate on them."""
        own = [k for k, who in enumerate(self.consent) if state in who]
        consent = tuple(self.consent[k] for k in own)
        met = frozenset().union(*consent)
        return Lines(self.routes[own], tuple(one for one in self.players if one in met), consent)

    @cached_property
    def open_to(self) -> np.ndarray:
        """Which routes each coalition can use: (coalition, route)."""
        return np.array([[who <= some for who in self.consent] for some in self.coalitions])


def lines_of(region: Region, energy: np.ndarray) -> Lines:
    """Return the network that carries energy, a mark (commodity,) of what counts as such.

    Transit is left out: nobody in the region sends it.
    """
    commodities, streams = region.axes["commodity"], {one.code: one for one in region.streams}
    keeper = {link.code: link.gatekeeper for link in region.links}
    places, consent = [], []
    for place, route in enumerate(region.routes):
        stream = streams[route.stream]
        if stream.state and energy[commodities.index(stream.commodity)] > 0.0:
            places.append(place)
            keepers = {keeper[link] for link in route.links} - {None}
            consent.append(frozenset({stream.state, *(str(one) for one in keepers)}))
    met = frozenset().union(*consent)
    players = tuple(one for one in (*region.states, *region.partners) if one in met)
    return Lines(np.array(places, dtype=int), players, tuple(consent))


@dataclass(frozen=True)
class Game:
    """What every coalition can earn, for each member: bn USD a year."""

    players: tuple[str, ...]
    coalitions: tuple[Coalition, ...]
    worth: np.ndarray  # (member, coalition)

    @cached_property
    def power(self) -> np.ndarray:
        """The Shapley value of each player: (member, player), the parts sum to the whole."""
        place = {some: k for k, some in enumerate(self.coalitions)}
        return shapley(self.players, lambda some: self.worth[:, place[some]]).T

    @property
    def shares(self) -> np.ndarray:
        """The same as parts of what all earn together; 0 where that is nothing."""
        whole = self.worth[:, -1:]
        return np.asarray(self.power / np.where(whole > 0.0, whole, 1.0))


def best(gain: np.ndarray, open_to: np.ndarray, uses: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return the most that each coalition can earn: (coalition,).

    `gain` (route,) for a unit, `open_to` (coalition, route), `uses` (limit, route) 0 or 1, `room`
    (limit,): links and what there is to send. One linear programme with a block a coalition.
    """
    count = len(open_to)
    allowed = np.where(open_to & (gain > 0.0), np.inf, 0.0).ravel()
    found = linprog(
        -np.tile(gain, count),
        A_ub=kron(np.eye(count), csr_array(uses)),
        b_ub=np.tile(room, count),
        bounds=np.stack([np.zeros_like(allowed), allowed], axis=-1),
        method="highs",
    )
    if not found.success:
        raise RuntimeError(f"the lines cannot be solved: {found.message}")
    return np.asarray((found.x.reshape(count, -1) * gain).sum(axis=1))


def game(
    world: World,
    lines: Lines,
    capacity: np.ndarray,
    advance: Callable[[int], None] = lambda n: None,
) -> Game:
    """Return the game over links with a capacity (member, link), all else as in the base year.

    A unit earns its worth at the border less what the way costs, over what it is worth in the
    ground (`netback`); a stream sends at most what it sent in the base year.
    """
    m, base, place = world.members, world.base, world.geography
    routes = lines.routes
    streams = np.unique(place.stream_of_route[routes])
    sent = (place.stream_of_route[routes] == streams[:, None]).astype(float)
    used = np.flatnonzero(place.uses[routes].any(axis=0))
    uses = np.concatenate([place.uses[routes][:, used].T, sent])
    gain = base.worth[:, routes] * (m.netback[:, None] - base.cost[:, routes])
    room = np.concatenate([capacity[:, used], base.served[:, streams]], axis=1)
    worth = []
    for one in range(len(gain)):
        worth.append(best(gain[one], lines.open_to, uses, room[one]))
        advance(1)
    return Game(lines.players, tuple(lines.coalitions), np.stack(worth))


def gates_of(world: World, s: Arrays, lines: Lines) -> np.ndarray:
    """Return the part of what the lines carry, by worth, to which each player has to agree.

    Present flows alone: (member, player). Of what a route carries its sender and its keepers have
    an equal part each.
    """
    carried = s.flow[:, lines.routes] * world.base.worth[:, lines.routes]
    parts = np.array([[(one in who) / len(who) for who in lines.consent] for one in lines.players])
    return np.asarray((carried @ parts.T) / carried.sum(axis=1, keepdims=True))


def could_be(world: World, capacity: np.ndarray) -> np.ndarray:
    """Return the capacity of links with all that investment could add to them: (member, link)."""
    return np.asarray(capacity + world.base.capacity * world.members.investment_limit[:, None])
