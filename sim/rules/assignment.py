"""How exports spread over routes with capacities.

Capacity-constrained logit assignment: entropy added to the linear programme, whose multipliers
are the delays at tight links. Source: Bell (1995), Transportation Research B 29, 125-137.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from sim.rules.solving import NotConverged
from sim.rules.sums import add_groups, add_up, groups_of

STEPS = 200
"""Most Newton steps; fewer than 30 are needed over the tested ranges."""

LONGEST_STEP = 6.0
"""Most that a shadow price (in log odds) moves in one step."""

EXACT, FEASIBLE = 1e-13, 1e-10
"""Load above capacity, as a share of capacity, that counts as none: at first, and after `PATIENCE`
steps, where rounding may leave no more to gain."""

PATIENCE = 20
"""Steps in which the exact solution is tried for; most members have it in five."""

SLACK_PRICE = 1e-12
"""Shadow price at which spare capacity counts as free."""

RIDGE, TINY, ROUNDING = 1e-12, 1e-300, 1e-12
"""Kept from dividing by nothing: a ridge on the curvature (share of capacity), the least divisor,
and the rise of the objective that counts as rounding."""

HALVINGS = 40
"""Most halvings of a step; more would not change a price in its last digit."""

NEAR_ZERO = 1e-3
"""A price below this on a link with room is set to 0 outright (Bertsekas 1982, two-metric)."""


@dataclass(frozen=True)
class Network:
    """Which links the routes of one network use, and which stream they serve. Places, not names."""

    uses: np.ndarray  # (route, link), 0 or 1
    stream_of_route: np.ndarray  # (route,)
    streams: int

    @cached_property
    def links_of_route(self) -> np.ndarray:
        return groups_of(self.uses)

    @cached_property
    def routes_of_link(self) -> np.ndarray:
        return groups_of(self.uses.T)

    @cached_property
    def routes_of_stream(self) -> np.ndarray:
        return groups_of(self.stream_of_route == np.arange(self.streams)[:, None])

    @cached_property
    def reached(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the streams and links that meet: some route of the stream uses the link."""
        serves = (self.stream_of_route == np.arange(self.streams)[:, None]).astype(float)
        return tuple(np.nonzero(serves @ self.uses))  # type: ignore[return-value]

    @cached_property
    def routes_of_reached(self) -> np.ndarray:
        streams, links = self.reached
        serves = self.stream_of_route == np.arange(self.streams)[:, None]
        return groups_of(serves[streams] * self.uses.T[links])

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


def price_of_route(
    price: Float[np.ndarray, "*batch link"], network: Network
) -> Float[np.ndarray, "*batch route"]:
    """Return the sum of the shadow prices along each route."""
    return add_groups(price, network.links_of_route)


def load_on_link(
    flow: Float[np.ndarray, "*batch route"], network: Network
) -> Float[np.ndarray, "*batch link"]:
    """Return what passes each link."""
    return add_groups(flow, network.routes_of_link)


def of_stream(
    amount: Float[np.ndarray, "*batch route"], network: Network
) -> Float[np.ndarray, "*batch stream"]:
    """Return route amounts summed over the routes of each stream."""
    return add_groups(amount, network.routes_of_stream)


def chosen_flow(
    attraction: Float[np.ndarray, "*batch route"],
    stay: Float[np.ndarray, "*batch stream"],
    demand: Float[np.ndarray, "*batch stream"],
    price: Float[np.ndarray, "*batch link"],
    network: Network,
) -> tuple[Float[np.ndarray, "*batch route"], Float[np.ndarray, "*batch stream"]]:
    """Return the flow on each route at given prices, and the sum of attractions of each stream.

    `stay` is the attraction of leaving the cargo where it is.
    """
    pull = attraction * np.exp(-price_of_route(price, network))
    total = stay + of_stream(pull, network)
    return pull * (demand / total)[..., network.stream_of_route], total


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

    The total of a stream is its sum of attractions at these prices: its log is what the way out
    is worth (the logsum).

    Minimises demand x log(total attraction) + capacity x price over prices not below 0, by
    projected Newton on the dual (Bertsekas 1982). A route over a link with no capacity carries
    nothing. Members whose loads fit at the prices they start from are left alone.
    """
    shut = capacity <= 0.0
    open_route = add_groups(shut.astype(float), network.links_of_route) == 0
    usable = np.where(open_route, attraction, 0.0)
    problem = _Dual(usable, stay, demand, np.maximum(capacity, 0.0), ~shut, network)
    price = np.where(shut, 0.0, start)
    active = np.arange(len(price))
    for step in range(STEPS):
        gradient, flow, total = problem.gradient(price, active)
        tolerance = EXACT if step < PATIENCE else FEASIBLE
        unsettled = problem.unsettled(price, gradient, active, tolerance)
        active = active[unsettled]
        if not len(active):
            final, totals = chosen_flow(usable, stay, demand, price, network)
            return final, price, totals
        chosen = gradient[unsettled], flow[unsettled], total[unsettled]
        price[active] = problem.stepped(price, active, *chosen)
    raise NotConverged(f"{len(active)} members did not settle in {STEPS} steps")


class _Dual:
    """The dual of the assignment, member by member: prices against spare capacity."""

    def __init__(
        self,
        attraction: np.ndarray,
        stay: np.ndarray,
        demand: np.ndarray,
        capacity: np.ndarray,
        open_link: np.ndarray,
        network: Network,
    ) -> None:
        self.attraction, self.stay, self.demand = attraction, stay, demand
        self.capacity, self.open_link, self.network = capacity, open_link, network

    def gradient(
        self, price: np.ndarray, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return spare capacity at these prices, with the flows and totals that leave it."""
        flow, total = chosen_flow(
            self.attraction[rows], self.stay[rows], self.demand[rows], price[rows], self.network
        )
        return self.capacity[rows] - load_on_link(flow, self.network), flow, total

    def unsettled(
        self, price: np.ndarray, gradient: np.ndarray, rows: np.ndarray, tolerance: float
    ) -> np.ndarray:
        """Return which members have an overloaded link, or a price on a link with room."""
        tolerated = tolerance * self.capacity[rows]
        over = (gradient < -tolerated) & self.open_link[rows]
        dear = (gradient > tolerated) & (price[rows] > SLACK_PRICE)
        return (over | dear).any(axis=-1)

    def objective(self, price: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the dual objective, to be made smaller."""
        pull = self.attraction[rows] * np.exp(-price_of_route(price, self.network))
        return self.objective_at(price, self.stay[rows] + of_stream(pull, self.network), rows)

    def objective_at(self, price: np.ndarray, total: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the dual objective where the totals at these prices are known."""
        return add_up(self.demand[rows] * np.log(total)) + add_up(self.capacity[rows] * price)

    def curvature(self, flow: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return the Hessian of the objective, shape (member, link, link)."""
        network = self.network
        first, second = network.pairs
        one, other = network.meetings
        load = add_groups(flow, network.routes_of_reached)
        demand = self.demand[rows][:, network.reached[0][one]]
        shared = add_groups(load[:, one] * load[:, other] / demand, network.meetings_of_pair)
        entry = add_groups(flow, network.routes_of_pair) - shared
        size = network.uses.shape[1]
        matrix = np.zeros((len(rows), size, size))
        matrix[:, first, second] = entry
        matrix[:, second, first] = entry
        return matrix

    def stepped(
        self,
        price: np.ndarray,
        rows: np.ndarray,
        gradient: np.ndarray,
        flow: np.ndarray,
        total: np.ndarray,
    ) -> np.ndarray:
        """Return prices after one projected Newton step with backtracking."""
        now = price[rows]
        drop = (now <= NEAR_ZERO) & (gradient > 0)
        free = self.open_link[rows] & ~drop
        both = free[:, :, None] & free[:, None, :]
        identity = np.eye(price.shape[-1])
        ridge = RIDGE * self.capacity[rows] + TINY
        matrix = np.where(both, self.curvature(flow, rows), 0.0)
        matrix = matrix + identity * np.where(free, ridge, 1.0)[:, :, None]
        side = np.where(free, gradient, 0.0)
        newton = np.linalg.solve(matrix, side[:, :, None])[:, :, 0]
        longest = np.abs(newton).max(axis=-1, keepdims=True)
        newton = newton * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, TINY))
        direction = np.where(drop, now, newton)
        return self._backtracked(now, direction, rows, self.objective_at(now, total, rows))

    def _backtracked(
        self, now: np.ndarray, direction: np.ndarray, rows: np.ndarray, before: np.ndarray
    ) -> np.ndarray:
        """Return prices moved as far along a direction as does not raise the objective."""
        slack = ROUNDING * (1.0 + np.abs(before))
        length = np.ones(len(now))
        tried = np.maximum(now - direction, 0.0)
        for _ in range(HALVINGS):
            worse = self.objective(tried, rows) > before + slack
            if not worse.any():
                break
            length = np.where(worse, length / 2.0, length)
            tried = np.where(
                worse[:, None], np.maximum(now - length[:, None] * direction, 0.0), tried
            )
        return tried


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
