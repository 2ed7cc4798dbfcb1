"""How exports spread over routes with capacities.

Capacity-constrained logit assignment: entropy added to the linear programme, whose multipliers
are the delays at tight links. Source: Bell (1995), Transportation Research B 29, 125-137.

Every sum runs in a fixed order, so that a member's flows do not depend on the members beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from sim.exponentials import exponential, logarithm
from sim.rules.sums import add_groups, add_up, groups_of
from sim.solving import State, repeated, where

STEPS = 200
"""Most Newton steps; three are usual, and fewer than 60 are needed far beyond any scenario."""

CHANGES = 8
"""Most times in a step that links change between priced and free; two are usual."""

LONGEST_STEP = 6.0
"""Most that a shadow price (in log odds) moves in one step."""

FEASIBLE = 1e-10
"""Load above capacity, as a share of capacity, that counts as none."""

SLACK_PRICE = 1e-12
"""Shadow price at which spare capacity counts as free."""

RIDGE, TINY, ROUNDING = 1e-12, 1e-300, 1e-12
"""Kept from dividing by nothing: a ridge on the curvature (share of capacity), the least divisor,
and the rise of the objective that counts as rounding."""

DAMPING = 0.02
"""Part of what a link has too much or too little that is added to the curvature: it keeps steps
short where the objective is flat, and vanishes at the solution (Levenberg and Marquardt)."""

HALVINGS = 40
"""Most halvings of a step; more would not change a price in its last digit."""


@dataclass(frozen=True)
class Network:
    """Which links the routes of one network use, and which stream they serve. Places, not names.

    Groups of things are tables of places, padded with -1.
    """

    uses: np.ndarray  # (route, link), 0 or 1
    stream_of_route: np.ndarray  # (route,)
    streams: int

    @cached_property
    def digest(self) -> str:
        """Return what tells this network from others."""
        held = self.uses.tobytes() + self.stream_of_route.tobytes()
        return hashlib.blake2b(held, digest_size=16).hexdigest()

    @cached_property
    def serves(self) -> np.ndarray:
        """Return which routes serve each stream, (stream, route)."""
        return self.stream_of_route == np.arange(self.streams)[:, None]

    @cached_property
    def links_of_route(self) -> np.ndarray:
        return groups_of(self.uses)

    @cached_property
    def routes_of_link(self) -> np.ndarray:
        return groups_of(self.uses.T)

    @cached_property
    def routes_of_stream(self) -> np.ndarray:
        return groups_of(self.serves)

    @cached_property
    def reached(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the streams and links that meet: some route of the stream uses the link."""
        return tuple(np.nonzero(self.serves.astype(float) @ self.uses))  # type: ignore[return-value]

    @cached_property
    def routes_of_reached(self) -> np.ndarray:
        streams, links = self.reached
        return groups_of(self.serves[streams] * self.uses.T[links])

    @cached_property
    def meetings(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs of places in `reached` that share a stream: links that interact."""
        streams, links = self.reached
        together = (streams[:, None] == streams) & (links[:, None] <= links)
        return tuple(np.nonzero(together))  # type: ignore[return-value]

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs of links that some stream uses both of."""
        links = self.reached[1]
        first, second = (links[side] for side in self.meetings)
        size = self.uses.shape[1]
        return tuple(np.divmod(np.unique(first * size + second), size))  # type: ignore[return-value]

    @cached_property
    def routes_of_pair(self) -> np.ndarray:
        first, second = self.pairs
        return groups_of((self.uses[:, first] * self.uses[:, second]).T)

    @cached_property
    def meetings_of_pair(self) -> np.ndarray:
        links = self.reached[1]
        one, other = (links[side] for side in self.meetings)
        first, second = self.pairs
        return groups_of((one == first[:, None]) & (other == second[:, None]))

    @cached_property
    def pair_of_entry(self) -> np.ndarray:
        """Return where each entry of a table (link, link) is found among the pairs, or behind."""
        size, (first, second) = self.uses.shape[1], self.pairs
        place = np.full((size, size), len(first))
        place[first, second] = place[second, first] = np.arange(len(first))
        return place.ravel()


def of_stream(
    amount: Float[np.ndarray, "member route"], network: Network
) -> Float[np.ndarray, "member stream"]:
    """Return route amounts summed over the routes of each stream."""
    return add_groups(amount, network.routes_of_stream)


def assigned_flow(
    attraction: Float[np.ndarray, "member route"],
    stay: Float[np.ndarray, "member stream"],
    demand: Float[np.ndarray, "member stream"],
    capacity: Float[np.ndarray, "member link"],
    start: Float[np.ndarray, "member link"],
    network: Network,
) -> tuple[
    Float[np.ndarray, "member route"],
    Float[np.ndarray, "member link"],
    Float[np.ndarray, "member stream"],
]:
    """Return the flow on each route, the shadow price of each link (in log odds), and totals.

    `stay` is the attraction of leaving the cargo where it is. The total of a stream is its sum of
    attractions at these prices: its log is what the way out is worth (the logsum).

    Minimises demand x log(total attraction) + capacity x price over prices not below 0, by
    Newton's method on the dual; each step solves the quadratic problem with its bounds. A route
    over a link with no capacity carries nothing. Members whose loads fit at the prices they start
    from are left alone.
    """
    is_open = capacity > 0.0
    passable = add_groups(np.where(is_open, 0.0, 1.0), network.links_of_route) == 0.0
    dual = Dual(
        np.where(passable, attraction, 0.0), stay, demand, np.where(is_open, capacity, 0.0),
        is_open, network,
    )  # fmt: skip

    def step(
        left: np.ndarray, price: np.ndarray, flow: np.ndarray, room: np.ndarray, total: np.ndarray,
        *arrays: np.ndarray,
    ) -> State:  # fmt: skip
        dual = Dual.of(arrays, network)
        there, sent, spare, summed = stepped(dual, left, price, flow, room, total)
        return (
            left & dual.unsettled(there, spare),
            where(left, there, price),
            where(left, sent, flow),
            where(left, spare, room),
            where(left, summed, total),
        )

    price = np.where(is_open, start, 0.0)
    flow, room, total = dual.loaded(price)
    state = (dual.unsettled(price, room), price, flow, room, total)
    _, price, flow, _, total = repeated(step, state, dual.arrays, STEPS, "networks of routes")
    return flow, price, total


@dataclass(frozen=True)
class Dual:
    """The dual of the assignment: prices of links against what they have too much or too little."""

    attraction: np.ndarray  # (member, route)
    stay: np.ndarray  # (member, stream)
    demand: np.ndarray  # (member, stream)
    capacity: np.ndarray  # (member, link)
    is_open: np.ndarray  # (member, link)
    network: Network

    @staticmethod
    def of(arrays: Sequence[np.ndarray], network: Network) -> Dual:
        """Return the dual that has these arrays."""
        attraction, stay, demand, capacity, is_open = arrays
        return Dual(attraction, stay, demand, capacity, is_open, network)

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        return self.attraction, self.stay, self.demand, self.capacity, self.is_open

    def loaded(self, price: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the flow on each route at some prices, the room on each link, and totals."""
        network = self.network
        pull = self.attraction * exponential(-add_groups(price, network.links_of_route))
        total = self.stay + of_stream(pull, network)
        flow = pull * (self.demand / total)[..., network.stream_of_route]
        return flow, self.capacity - add_groups(flow, network.routes_of_link), total

    def unsettled(self, price: np.ndarray, room: np.ndarray) -> np.ndarray:
        """Return who has an overloaded link, or a price on a link with room."""
        tolerated = FEASIBLE * self.capacity
        over = (room < -tolerated) & self.is_open
        dear = (room > tolerated) & (price > SLACK_PRICE)
        found: np.ndarray = (over | dear).any(axis=-1)
        return found

    def objective(self, price: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Return the dual objective, to be made smaller."""
        return add_up(self.demand * logarithm(total)) + add_up(self.capacity * price)


def stepped(
    dual: Dual,
    left: np.ndarray,
    price: np.ndarray,
    flow: np.ndarray,
    room: np.ndarray,
    total: np.ndarray,
) -> State:
    """Return prices after one Newton step, halved where it goes too far, and what follows."""
    full = newton_step(dual, price, flow, room)
    longest = np.abs(full).max(axis=-1)
    step = full * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, TINY))[..., None]
    before = dual.objective(price, total)
    most = before + ROUNDING * (1.0 + np.abs(before))

    def tried(
        worse: np.ndarray, length: np.ndarray, there: np.ndarray, flow: np.ndarray,
        room: np.ndarray, total: np.ndarray, price: np.ndarray, step: np.ndarray,
        most: np.ndarray, *arrays: np.ndarray,
    ) -> State:  # fmt: skip
        dual = Dual.of(arrays, network)
        there = np.maximum(price - length[..., None] * step, 0.0)
        flow, room, total = dual.loaded(there)
        worse = worse & (dual.objective(there, total) > most)
        return worse, np.where(worse, length / 2.0, length), there, flow, room, total

    network = dual.network
    state = (left, np.ones_like(most), price, flow, room, total)
    return repeated(tried, state, (price, step, most, *dual.arrays), HALVINGS)[2:]


def newton_step(dual: Dual, price: np.ndarray, flow: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return how far each price should fall: the quadratic problem solved within its bounds.

    Only links that have a price or are overloaded take part.
    """
    part = dual.is_open & ((price > 0.0) | (room < 0.0))
    matrix = curvature(flow, dual.demand, dual.network)
    ridge = RIDGE * dual.capacity + DAMPING * np.abs(room) + TINY
    falls = eliminated(part, matrix, room, ridge)
    below: np.ndarray = part & (falls > price)
    state = (below.any(axis=-1), part & (falls <= price), falls)
    return np.minimum(
        repeated(other_sides, state, (part, matrix, price, room, ridge), CHANGES)[2], price
    )


def other_sides(
    left: np.ndarray,
    free: np.ndarray,
    falls: np.ndarray,
    part: np.ndarray,
    matrix: np.ndarray,
    price: np.ndarray,
    room: np.ndarray,
    ridge: np.ndarray,
) -> State:
    """Return which prices are free, and how far all fall, where none may fall below 0.

    Links change sides (at price 0, or free) until they stay: a primal-dual active set
    (Hintermueller, Ito and Kunisch 2003).
    """
    dropped = np.where(free, 0.0, price)
    there = dropped + eliminated(free, matrix, room - product(matrix, dropped), ridge)
    over = room - product(matrix, there) < 0.0
    wanted = part & ((free & (there < price)) | (over & ~free))
    changes = left & (wanted != free).any(axis=-1)
    return changes, where(left, wanted, free), where(left, there, falls)


def curvature(flow: np.ndarray, demand: np.ndarray, network: Network) -> np.ndarray:
    """Return the Hessian of the objective, shape (member, link, link)."""
    one, other = network.meetings
    load = add_groups(flow, network.routes_of_reached)
    per_demand = (1.0 / demand)[..., network.reached[0][one]]
    shared = load[..., one] * load[..., other] * per_demand
    entry = add_groups(flow, network.routes_of_pair) - add_groups(shared, network.meetings_of_pair)
    padded = np.concatenate([entry, np.zeros_like(entry[..., :1])], axis=-1)
    size = network.uses.shape[1]
    return padded[..., network.pair_of_entry].reshape(-1, size, size)


def product(matrix: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return a table (member, row, column) times a column (member, column)."""
    return add_up(matrix * column[..., None, :])


def eliminated(
    free: np.ndarray, matrix: np.ndarray, side: np.ndarray, ridge: np.ndarray
) -> np.ndarray:
    """Return the solution of symmetric equations among the free, by elimination in a fixed order.

    Those that are not free get 0, and change nothing else, to the bit.
    """
    rest = np.where(free[..., None] & free[..., None, :], matrix, 0.0)
    right = np.where(free, side, 0.0)
    own = np.where(free, ridge, 1.0)
    heads, tops, inverses = [], [], []
    for place in range(free.shape[-1]):
        inverse = 1.0 / (own[..., place] + rest[..., 0, 0])
        head, top = right[..., 0], rest[..., 0, 1:]
        factor = rest[..., 1:, 0] * inverse[..., None]
        right = right[..., 1:] - factor * head[..., None]
        rest = rest[..., 1:, 1:] - factor[..., None] * top[..., None, :]
        heads.append(head)
        tops.append(top)
        inverses.append(inverse)
    found: list[np.ndarray] = []
    for head, top, inverse in zip(heads[::-1], tops[::-1], inverses[::-1], strict=True):
        known = add_up(top * np.stack(found, axis=-1)) if found else 0.0
        found.insert(0, (head - known) * inverse)
    return np.stack(found, axis=-1)


def usable_capacity(
    capacity: Float[np.ndarray, "*batch link"],
    ready: Float[np.ndarray, "*batch link"],
    takeup: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch link"]:
    """Return what of a link can be used this month: wagons and contracts take time to find."""
    return np.minimum(capacity, ready + takeup[..., None] * capacity)


def readied(
    ready: Float[np.ndarray, "*batch link"],
    load: Float[np.ndarray, "*batch link"],
    memory: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch link"]:
    """Return the readiness of a link: what it carried lately, so a reopened line is available."""
    return np.maximum(load, memory[..., None] * ready)


def followed_habit(
    habit: Float[np.ndarray, "*batch route"],
    served_share: Float[np.ndarray, "*batch route"],
    speed: Float[np.ndarray, "*#batch"],
    floor: Float[np.ndarray, "*#batch route"],
) -> Float[np.ndarray, "*batch route"]:
    """Return contracts after a month of following the flows that were served."""
    return np.maximum(habit + speed[..., None] * (served_share - habit), floor)


def invested(
    stages: Float[np.ndarray, "*batch link stage"],
    order: Float[np.ndarray, "*batch link"],
    delay: Float[np.ndarray, "*#batch"],
) -> tuple[Float[np.ndarray, "*batch link stage"], Float[np.ndarray, "*batch link"]]:
    """Return what is under construction, and what opens this month.

    A chain of stages with equal mean stays: the delay is Erlang distributed.
    """
    count = stages.shape[-1]
    leaving = stages * (count / delay)[..., None, None]
    entering = np.concatenate([order[..., None], leaving[..., :-1]], axis=-1)
    return stages + entering - leaving, leaving[..., -1]


def ordered_capacity(
    price: Float[np.ndarray, "*batch link"],
    capacity: Float[np.ndarray, "*#batch link"],
    added: Float[np.ndarray, "*batch link"],
    rate: Float[np.ndarray, "*#batch"],
    reference_price: Float[np.ndarray, "*#batch"],
    limit: Float[np.ndarray, "*#batch"],
) -> Float[np.ndarray, "*batch link"]:
    """Return the capacity ordered this month where a shadow price (share of worth) draws it."""
    drawn = (rate / reference_price)[..., None] * price * capacity
    room = np.maximum(limit[..., None] * capacity - added, 0.0)
    return np.minimum(drawn, room)
