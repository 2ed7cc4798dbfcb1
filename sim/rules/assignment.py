"""How exports spread over routes with capacities.

Capacity-constrained logit assignment: entropy added to the linear programme, whose multipliers
are the delays at tight links. Source: Bell (1995), Transportation Research B 29, 125-137.

Every sum runs in a fixed order, so that a member's flows do not depend on the members beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial

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

SOLVED, SPARE = 1e-26, 5
"""Part of the squared residual at which equations count as solved; and steps beyond twice as many
as there are links, in which rounding may be made good."""

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

    price = np.where(is_open, start, 0.0)
    flow, room, total = dual.loaded(price)
    state = (dual.unsettled(price, room), price, flow, room, total)
    settling = partial(closer, network)
    _, price, flow, _, total = repeated(settling, state, dual.arrays, STEPS, "networks of routes")
    return flow, price, total


def closer(
    network: Network,
    left: np.ndarray,
    price: np.ndarray,
    flow: np.ndarray,
    room: np.ndarray,
    total: np.ndarray,
    *arrays: np.ndarray,
) -> State:
    """Return who has not settled, and prices, flows, room and totals after a Newton step."""
    dual = Dual.of(arrays, network)
    there, sent, spare, summed = stepped(dual, left, price, flow, room, total)
    return (
        left & dual.unsettled(there, spare),
        where(left, there, price),
        where(left, sent, flow),
        where(left, spare, room),
        where(left, summed, total),
    )


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
    full = newton_step(dual, left, price, flow, room)
    longest = np.abs(full).max(axis=-1)
    step = full * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, TINY))[..., None]
    before = dual.objective(price, total)
    most = before + ROUNDING * (1.0 + np.abs(before))

    state = (left, np.ones_like(most), price, flow, room, total)
    halving = partial(tried, dual.network)
    return repeated(halving, state, (price, step, most, *dual.arrays), HALVINGS)[2:]


def tried(
    network: Network,
    worse: np.ndarray,
    length: np.ndarray,
    there: np.ndarray,
    flow: np.ndarray,
    room: np.ndarray,
    total: np.ndarray,
    price: np.ndarray,
    step: np.ndarray,
    most: np.ndarray,
    *arrays: np.ndarray,
) -> State:
    """Return who is worse off after a part of a step, the next part to try, and what follows."""
    dual = Dual.of(arrays, network)
    there = np.maximum(price - length[..., None] * step, 0.0)
    flow, room, total = dual.loaded(there)
    worse = worse & (dual.objective(there, total) > most)
    return worse, np.where(worse, length / 2.0, length), there, flow, room, total


def newton_step(
    dual: Dual, left: np.ndarray, price: np.ndarray, flow: np.ndarray, room: np.ndarray
) -> np.ndarray:
    """Return how far each price should fall: the quadratic problem solved within its bounds.

    Only links that have a price or are overloaded take part, and none where nothing is left to do.
    """
    part = left[..., None] & dual.is_open & ((price > 0.0) | (room < 0.0))
    ridge = RIDGE * dual.capacity + DAMPING * np.abs(room) + TINY
    curve = (flow, 1.0 / dual.demand, ridge)
    falls = solved(part, room, *curve, dual.network)
    below: np.ndarray = part & (falls > price)

    state = (below.any(axis=-1), part & (falls <= price), falls)
    turning = partial(turned, dual.network)
    return np.minimum(repeated(turning, state, (part, price, room, *curve), CHANGES)[2], price)


def turned(
    network: Network,
    left: np.ndarray,
    free: np.ndarray,
    falls: np.ndarray,
    part: np.ndarray,
    price: np.ndarray,
    room: np.ndarray,
    flow: np.ndarray,
    per_demand: np.ndarray,
    ridge: np.ndarray,
) -> State:
    """Return where links still change sides, which are free, and how far prices fall."""
    among = left[..., None] & free
    there, wanted = other_sides(among, part, price, room, (flow, per_demand, ridge), network)
    changes = left & (wanted != free).any(axis=-1)
    return changes, where(left, wanted, free), where(left, there, falls)


Curve = tuple[np.ndarray, np.ndarray, np.ndarray]
"""What the curvature of the objective is made of: flows, 1 over demand, and the ridge."""


def other_sides(
    free: np.ndarray,
    part: np.ndarray,
    price: np.ndarray,
    room: np.ndarray,
    curve: Curve,
    network: Network,
) -> tuple[np.ndarray, np.ndarray]:
    """Return how far prices fall where none may fall below 0, and which should be free.

    Links change sides (at price 0, or free) until they stay: a primal-dual active set
    (Hintermueller, Ito and Kunisch 2003).
    """
    flow, per_demand, _ = curve
    dropped = np.where(free, 0.0, price)
    left = room - curved(dropped, flow, per_demand, network)
    there = dropped + solved(free, left, *curve, network)
    over = room - curved(there, flow, per_demand, network) < 0.0
    return there, part & ((free & (there < price)) | (over & ~free))


def curved(
    change: np.ndarray, flow: np.ndarray, per_demand: np.ndarray, network: Network
) -> np.ndarray:
    """Return the Hessian of the objective times a change of prices, (member, link).

    By way of the routes: a price keeps cargo off its routes, and sends some of it to the others
    of the same stream.
    """
    kept_off = flow * add_groups(change, network.links_of_route)
    of_all = of_stream(kept_off, network) * per_demand
    moved = kept_off - flow * of_all[..., network.stream_of_route]
    return add_groups(moved, network.routes_of_link)


def solved(
    free: np.ndarray,
    side: np.ndarray,
    flow: np.ndarray,
    per_demand: np.ndarray,
    ridge: np.ndarray,
    network: Network,
) -> np.ndarray:
    """Return the solution of the curvature's equations among the free links, 0 elsewhere.

    By conjugate gradients (Hestenes and Stiefel 1952), scaled by each link's load: exact after as
    many steps as there are free links, and no step costs more than the network has places.
    """
    scale = 1.0 / (add_groups(flow, network.routes_of_link) + ridge)
    rest = np.where(free, side, 0.0)
    way = scale * rest
    size = add_up(rest * way)
    enough = SOLVED * size
    state = (size > enough, np.zeros_like(rest), rest, way, size)
    fixed = (free, flow, per_demand, ridge, scale, enough)
    return repeated(partial(conjugate, network), state, fixed, 2 * free.shape[-1] + SPARE)[1]


def conjugate(
    network: Network,
    left: np.ndarray,
    found: np.ndarray,
    rest: np.ndarray,
    way: np.ndarray,
    size: np.ndarray,
    free: np.ndarray,
    flow: np.ndarray,
    per_demand: np.ndarray,
    ridge: np.ndarray,
    scale: np.ndarray,
    enough: np.ndarray,
) -> State:
    """Return what is left to solve, the solution, what it leaves, and the next way to go."""
    bent = np.where(free, curved(way, flow, per_demand, network) + ridge * way, 0.0)
    length = np.where(left, size / np.maximum(add_up(way * bent), TINY), 0.0)[..., None]
    rest_there = rest - length * bent
    scaled = scale * rest_there
    size_there = add_up(rest_there * scaled)
    more = np.where(left, size_there / np.maximum(size, TINY), 0.0)[..., None]
    return (
        left & (size_there > enough),
        found + length * way,
        rest_there,
        where(left, scaled + more * way, way),
        np.where(left, size_there, size),
    )


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
