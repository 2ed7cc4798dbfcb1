"""How exports spread over routes with capacities.

Capacity-constrained logit assignment: entropy added to the linear programme, whose multipliers
are the delays at tight links. Source: Bell (1995), Transportation Research B 29, 125-137.

Inside the search the members are the last axis: sums run over whole rows of members, in a fixed
order, so that a member's flows do not depend on the members beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import ModuleType

import numpy as np
from jaxtyping import Float

from sim.rules.solving import NotConverged, in_use
from sim.rules.sums import groups_of
from sim.rules.whole import whole

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


class Groups:
    """Groups of things, to sum rows of members over: the longest group first."""

    def __init__(self, table: np.ndarray) -> None:
        places = [np.flatnonzero(row) for row in table]
        order = np.argsort([-len(some) for some in places], kind="stable")
        longest = max(map(len, places), default=0)
        self.back = np.argsort(order)
        self.columns = [
            np.array([places[k][at] for k in order if len(places[k]) > at]) for at in range(longest)
        ]

    def sums(self, amounts: np.ndarray) -> np.ndarray:
        """Return amounts (thing, member) summed over each group, first to last."""
        total = np.zeros((len(self.back), amounts.shape[1]))
        for places in self.columns:
            total[: len(places)] += amounts.take(places, axis=0)
        return total.take(self.back, axis=0)


@dataclass(frozen=True)
class Network:
    """Which links the routes of one network use, and which stream they serve. Places, not names."""

    uses: np.ndarray  # (route, link), 0 or 1
    stream_of_route: np.ndarray  # (route,)
    streams: int

    @cached_property
    def serves(self) -> np.ndarray:
        """Return which routes serve each stream, (stream, route)."""
        return self.stream_of_route == np.arange(self.streams)[:, None]

    @cached_property
    def links_by_route(self) -> np.ndarray:
        """Return the links of each route, padded with -1: (route, longest)."""
        return groups_of(self.uses)

    @cached_property
    def routes_by_link(self) -> np.ndarray:
        """Return the routes over each link, padded with -1: (link, most)."""
        return groups_of(self.uses.T)

    @cached_property
    def links_of_route(self) -> Groups:
        return Groups(self.uses)

    @cached_property
    def routes_of_link(self) -> Groups:
        return Groups(self.uses.T)

    @cached_property
    def routes_of_stream(self) -> Groups:
        return Groups(self.serves)

    @cached_property
    def reached(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the streams and links that meet: some route of the stream uses the link."""
        return tuple(np.nonzero(self.serves.astype(float) @ self.uses))  # type: ignore[return-value]

    @cached_property
    def routes_of_reached(self) -> Groups:
        streams, links = self.reached
        return Groups(self.serves[streams] * self.uses.T[links])

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
    def routes_of_pair(self) -> Groups:
        first, second = self.pairs
        return Groups((self.uses[:, first] * self.uses[:, second]).T)

    @cached_property
    def meetings_of_pair(self) -> Groups:
        links = self.reached[1]
        one, other = (links[side] for side in self.meetings)
        first, second = self.pairs
        return Groups((one == first[:, None]) & (other == second[:, None]))

    @cached_property
    def _known(self) -> dict[bytes, Network]:
        return {}

    def over(self, links: np.ndarray) -> Network:
        """Return the same routes as far as they use some of the links (True), kept for later."""
        key = links.tobytes()
        if key not in self._known:
            self._known[key] = Network(self.uses[:, links], self.stream_of_route, self.streams)
        return self._known[key]


def of_stream(
    amount: Float[np.ndarray, "member route"], network: Network
) -> Float[np.ndarray, "member stream"]:
    """Return route amounts summed over the routes of each stream."""
    return network.routes_of_stream.sums(amount.T).T


@whole
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
    steps = in_use()
    if steps is not None:
        return _by_compiled_steps(steps, attraction, stay, demand, capacity, start, network)
    shut = capacity.T <= 0.0
    passable = network.links_of_route.sums(shut.astype(float)) == 0
    problem = _Dual(
        np.where(passable, attraction.T, 0.0), stay.T, demand.T,
        np.maximum(capacity.T, 0.0), ~shut, network,
    )  # fmt: skip
    solution = problem.solved(np.where(shut, 0.0, start.T))
    flow, price, total = (np.ascontiguousarray(rows.T) for rows in solution)
    return flow, price, total


def _by_compiled_steps(
    steps: ModuleType,
    attraction: np.ndarray,
    stay: np.ndarray,
    demand: np.ndarray,
    capacity: np.ndarray,
    start: np.ndarray,
    network: Network,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what `_Dual.solved` does, with its steps in compiled code, the same to the bit."""
    shut = capacity <= 0.0
    along, crossing = network.links_by_route, network.routes_by_link
    tables = (network.stream_of_route, crossing)
    passable = steps.along.ufunc(shut.astype(float), along) == 0
    fixed = [
        np.where(passable, attraction, 0.0), np.ascontiguousarray(stay),
        np.ascontiguousarray(demand), np.maximum(capacity, 0.0), (~shut).astype(float),
    ]  # fmt: skip

    def tried(price: np.ndarray) -> tuple[np.ndarray, ...]:
        pull = fixed[0] * np.exp(-steps.along.ufunc(price, along))
        found: tuple[np.ndarray, ...] = steps.flows.ufunc(
            pull, *fixed[1:4], price, fixed[4], *tables, FEASIBLE, SLACK_PRICE
        )
        return found

    def objective(price: np.ndarray, total: np.ndarray) -> np.ndarray:
        found: np.ndarray = steps.objective.ufunc(fixed[2], np.log(total), fixed[3], price)
        return found

    price = np.where(shut, 0.0, start)
    total, flow, room, unsettled = tried(price)
    solution, left = (flow, price, total), np.arange(len(price))
    for _ in range(STEPS):
        over = unsettled > 0.0
        if not over.all():
            for kept, rows in zip(solution, (flow, price, total), strict=True):
                kept[left[~over]] = rows[~over]
            left = left[over]
            fixed = [rows[over] for rows in fixed]
            price, flow, room, total = (rows[over] for rows in (price, flow, room, total))
        if not len(left):
            return solution
        falls = steps.fall.ufunc(
            price, flow, room, fixed[3], fixed[4], fixed[2], *tables,
            np.array([RIDGE, DAMPING, TINY, float(CHANGES)]),
        )  # fmt: skip
        longest = np.abs(falls).max(axis=1)
        step = falls * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, TINY))[:, None]
        before = objective(price, total)
        most = before + ROUNDING * (1.0 + np.abs(before))
        length = np.ones((len(price), 1))
        for _ in range(HALVINGS):
            there = np.maximum(price - length * step, 0.0)
            total, flow, room, unsettled = tried(there)
            worse = objective(there, total) > most
            if not worse.any():
                break
            length = np.where(worse[:, None], length / 2.0, length)
        price = there
    raise NotConverged(f"{len(left)} members did not settle in {STEPS} steps")


@dataclass(frozen=True)
class _Dual:
    """The dual of the assignment: prices against spare capacity; arrays (..., member)."""

    attraction: np.ndarray  # (route, member)
    stay: np.ndarray  # (stream, member)
    demand: np.ndarray  # (stream, member)
    capacity: np.ndarray  # (link, member)
    open_link: np.ndarray  # (link, member)
    network: Network

    def some(self, members: np.ndarray) -> _Dual:
        """Return the problems of some of the members."""
        return _Dual(
            self.attraction[:, members],
            self.stay[:, members],
            self.demand[:, members],
            self.capacity[:, members],
            self.open_link[:, members],
            self.network,
        )

    def solved(self, price: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return flows, prices and totals of all members, from prices to start with."""
        found = (np.empty_like(self.attraction), price.copy(), np.empty_like(self.stay))
        left, problem, pull = np.arange(price.shape[1]), self, self.pull(price)
        total = problem.total(pull)
        for _ in range(STEPS):
            flow, gradient = problem.flow_and_room(pull, total)
            unsettled = problem.unsettled(price, gradient)
            if not unsettled.all():
                for kept, rows in zip(found, (flow, price, total), strict=True):
                    kept[:, left[~unsettled]] = rows[:, ~unsettled]
                left, problem = left[unsettled], problem.some(unsettled)
                price, flow, gradient, total = (
                    rows[:, unsettled] for rows in (price, flow, gradient, total)
                )
            if not len(left):
                return found
            price, pull, total = problem.stepped(price, flow, gradient, total)
        raise NotConverged(f"{len(left)} members did not settle in {STEPS} steps")

    def pull(self, price: np.ndarray) -> np.ndarray:
        """Return the attraction of each route at these prices."""
        return self.attraction * np.exp(-self.network.links_of_route.sums(price))

    def total(self, pull: np.ndarray) -> np.ndarray:
        """Return the sum of attractions of each stream."""
        return self.stay + self.network.routes_of_stream.sums(pull)

    def flow_and_room(self, pull: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the flow on each route and the spare capacity that it leaves on each link."""
        flow = pull * (self.demand / total).take(self.network.stream_of_route, axis=0)
        return flow, self.capacity - self.network.routes_of_link.sums(flow)

    def unsettled(self, price: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return which members have an overloaded link, or a price on a link with room."""
        tolerated = FEASIBLE * self.capacity
        over = (gradient < -tolerated) & self.open_link
        dear = (gradient > tolerated) & (price > SLACK_PRICE)
        return (over | dear).any(axis=0)

    def objective(self, price: np.ndarray, total: np.ndarray) -> np.ndarray:
        """Return the dual objective, to be made smaller."""
        return _added(self.demand * np.log(total)) + _added(self.capacity * price)

    def stepped(
        self, price: np.ndarray, flow: np.ndarray, gradient: np.ndarray, total: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return prices after one Newton step with backtracking, attractions and totals there."""
        full = self.newton_step(price, flow, gradient)
        longest = np.abs(full).max(axis=0)
        step = full * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, TINY))
        before = self.objective(price, total)
        slack = ROUNDING * (1.0 + np.abs(before))
        length = np.ones(price.shape[1])
        for _ in range(HALVINGS):
            tried = np.maximum(price - length * step, 0.0)
            pull = self.pull(tried)
            there = self.total(pull)
            worse = self.objective(tried, there) > before + slack
            if not worse.any():
                break
            length = np.where(worse, length / 2.0, length)
        return tried, pull, there

    def newton_step(self, price: np.ndarray, flow: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return how far each price should fall: the quadratic problem solved within its bounds.

        Only links that have a price or are overloaded take part.
        """
        part = self.open_link & ((price > 0.0) | (gradient < 0.0))
        links = np.asarray(part.any(axis=1))
        free, now, room = part[links], price[links], gradient[links]
        matrix = self.curvature(flow, links)
        ridge = RIDGE * self.capacity[links] + DAMPING * np.abs(room) + TINY
        step = _eliminated(free, matrix, room, ridge)
        below = free & (step > now)
        turned = below.any(axis=0)
        if turned.any():
            sides = (free & ~below)[:, turned]
            some = (rows[..., turned] for rows in (free, matrix, now, room, ridge))
            step[:, turned] = _at_bounds(sides, *some)
        whole = np.zeros_like(price)
        whole[links] = np.minimum(step, now)
        return whole

    def curvature(self, flow: np.ndarray, links: np.ndarray) -> np.ndarray:
        """Return the Hessian of the objective over some links, shape (link, link, member)."""
        network = self.network.over(links)
        first, second = network.pairs
        one, other = network.meetings
        load = network.routes_of_reached.sums(flow)
        demand = self.demand.take(network.reached[0][one], axis=0)
        shared = load.take(one, axis=0) * load.take(other, axis=0) / demand
        entry = network.routes_of_pair.sums(flow) - network.meetings_of_pair.sums(shared)
        size = network.uses.shape[1]
        matrix = np.zeros((size, size, flow.shape[1]))
        matrix[first, second] = entry
        matrix[second, first] = entry
        return matrix


def _at_bounds(
    free: np.ndarray,
    part: np.ndarray,
    matrix: np.ndarray,
    now: np.ndarray,
    room: np.ndarray,
    ridge: np.ndarray,
) -> np.ndarray:
    """Return how far the prices that take part fall where none may fall below 0.

    Links change sides (at price 0, or `free`) until they stay: a primal-dual active set
    (Hintermueller, Ito and Kunisch 2003).
    """
    for _ in range(CHANGES):
        dropped = np.where(free, 0.0, now)
        left = room - _product(matrix, dropped)
        step = dropped + _eliminated(free, matrix, left, ridge)
        over = room - _product(matrix, step) < 0.0
        wanted = part & np.where(free, step < now, over)
        if (wanted == free).all():
            break
        free = wanted
    return step


def _eliminated(
    free: np.ndarray, matrix: np.ndarray, side: np.ndarray, ridge: np.ndarray
) -> np.ndarray:
    """Return the solution of symmetric equations among the free, by elimination in a fixed order.

    Those that are not free get 0, and change nothing else, to the bit.
    """
    among = np.where(free[:, None] & free, matrix, 0.0)
    rows = np.concatenate([among, np.where(free, side, 0.0)[:, None]], axis=1)
    pivots = np.where(free, ridge, 1.0)
    for place in range(len(side)):
        pivots[place] += rows[place, place]
        factor = rows[place + 1 :, place] / pivots[place]
        rows[place + 1 :, place + 1 :] -= factor[:, None] * rows[place, place + 1 :]
    found = rows[:, -1]
    for place in reversed(range(len(side))):
        found[place] /= pivots[place]
        found[:place] -= rows[:place, place] * found[place]
    return found


def _product(matrix: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return a matrix (row, column, member) times a column (column, member), in a fixed order."""
    return _added(np.moveaxis(matrix, 1, 0) * column[:, None])


def _added(terms: np.ndarray) -> np.ndarray:
    """Return the sum over the first axis, added from first to last."""
    total = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


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
