"""How exports spread over routes with capacities."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from sim.rules import assignment
from sim.rules.assignment import Network, assigned_flow

seeds = st.integers(0, 2**32 - 1)

AKTAU = Network(
    uses=np.array(
        [
            [1, 0, 0, 0, 0],  # the large pipeline
            [0, 1, 0, 0, 0],  # the small pipeline
            [0, 0, 1, 1, 0],  # Aktau and on by pipeline: a link nested in another's
            [0, 0, 1, 0, 1],  # Aktau and on by rail
        ],
        dtype=float,
    ),
    stream_of_route=np.array([0, 0, 0, 0]),
    streams=1,
)
"""Oil with nested links: Aktau carries what BTC and the railway of Baku take together."""


def load_on_link(flow: np.ndarray, network: Network) -> np.ndarray:
    """Return what passes each link, (member, link)."""
    return flow @ network.uses


KINDS_OF_ROOM = (0.0, 1e-4, 0.2, 0.8, 3.0)
"""Capacities of the tangled network, over what would pass with room everywhere."""


def tangle(
    seed: int, members: int = 1, kinds: tuple[float, ...] = KINDS_OF_ROOM
) -> tuple[Network, dict[str, np.ndarray]]:
    """Return a network of 3 streams, 9 routes and 6 links, with some links tight or shut."""
    random = np.random.default_rng(seed)
    uses = (random.random((9, 6)) < 0.35).astype(float)
    uses[np.arange(9), random.integers(0, 6, 9)] = 1.0
    network = Network(uses, np.repeat([0, 1, 2], 3), 3)
    demand = random.lognormal(1.0, 0.8, (members, 3))
    attraction = random.lognormal(0.0, 1.0, (members, 9))
    load = load_on_link(attraction / 3 * demand[:, network.stream_of_route], network)
    kind = random.choice(kinds, size=(members, 6))
    return network, {
        "attraction": attraction,
        "stay": 10.0 ** random.uniform(-6, -1, (members, 3)),
        "demand": demand,
        "capacity": kind * load,
        "start": np.zeros((members, 6)),
    }


def serves(network: Network) -> np.ndarray:
    """Return which routes serve each stream, (stream, route), 0 or 1."""
    return (network.stream_of_route == np.arange(network.streams)[:, None]).astype(float)


def assigned(
    network: Network, given_: dict[str, np.ndarray], **changed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return flows and shadow prices."""
    flow, price, _ = assigned_flow(**{**given_, **changed}, network=network)
    return flow, price


def oil(capacity: list[float], stay: float = 1e-4, pull: float = 1.0) -> dict[str, np.ndarray]:
    """Return 65 Mt of oil whose owners would send most by the large pipeline."""
    return {
        "attraction": np.array([[0.8, 0.12, 0.05, 0.03]]) ** pull,
        "stay": np.array([[stay]]),
        "demand": np.array([[65.0]]),
        "capacity": np.array([capacity]),
        "start": np.zeros((1, len(capacity))),
    }


def test_with_room_everywhere_flows_follow_attraction_by_hand() -> None:
    flow, price = assigned(AKTAU, oil([99.0] * 5, stay=0.25))
    assert np.allclose(flow, [[41.6, 6.24, 2.6, 1.56]])
    assert not price.any()


def test_one_tight_link_turns_the_rest_away_by_hand() -> None:
    """Two alike routes and 10 to send, no staying: 2 pass the tight one, 8 the other."""
    network = Network(np.eye(2), np.array([0, 0]), 1)
    flow, price, _ = assigned_flow(
        np.array([[1.0, 1.0]]), np.array([[1e-12]]), np.array([[10.0]]),
        np.array([[2.0, 50.0]]), np.zeros((1, 2)), network,
    )  # fmt: skip
    assert np.allclose(flow, [[2.0, 8.0]], atol=1e-8)
    assert price[0, 0] == pytest.approx(np.log(4.0), abs=1e-8)


def test_a_route_over_a_link_without_capacity_carries_nothing() -> None:
    flow, _ = assigned(AKTAU, oil([0.0, 17.5, 5.2, 4.0, 3.0]))
    assert flow[0, 0] == 0.0
    assert flow.sum() == pytest.approx(17.5 + 5.2, rel=1e-9)


TRAPS = {
    "nothing tight": [99.0, 99.0, 99.0, 99.0, 99.0],
    "the large pipeline half shut": [26.0, 17.5, 5.2, 4.0, 3.0],
    "the large pipeline shut": [0.0, 17.5, 5.2, 4.0, 3.0],
    "all tight": [10.0, 2.0, 2.0, 1.2, 0.5],
    "Aktau just what its two ways out can take": [0.0, 17.5, 5.0, 3.0, 2.0],
    "capacities of a ten-thousandth": [1e-4] * 5,
    "one capacity of a ten-thousandth": [53.7, 17.5, 1e-4, 4.0, 3.0],
    "everything shut": [0.0] * 5,
    "only Aktau shut": [53.7, 17.5, 0.0, 4.0, 3.0],
}


@pytest.mark.parametrize("capacity", TRAPS.values(), ids=TRAPS.keys())
@pytest.mark.parametrize("stay", [1e-1, 1e-4, 1e-7])
def test_known_traps_conserve_respect_capacity_and_leave_no_price_on_a_link_with_room(
    capacity: list[float], stay: float
) -> None:
    given_ = oil(capacity, stay)
    flow, price = assigned(AKTAU, given_)
    load = load_on_link(flow, AKTAU)
    room = given_["capacity"] - load
    assert (flow >= 0).all()
    assert flow.sum() <= 65.0 * (1 + 1e-12)
    assert (room >= -1e-9 * given_["capacity"]).all()
    assert (price >= 0).all()
    assert np.abs(price * room).max() < 1e-8


@given(seed=seeds)
def test_worlds_far_beyond_any_scenario_are_solved(seed: int) -> None:
    """Attractions apart by thousands, capacities by millions, and prices of anything to start."""
    network, given_ = tangle(seed, members=5, kinds=(0.0, 1e-6, 1e-3, 0.05, 0.2, 1.0, 3.0))
    random = np.random.default_rng(seed)
    flow, _ = assigned(
        network,
        given_,
        attraction=given_["attraction"] ** 3,
        stay=10.0 ** random.uniform(-9, 0, (5, 3)),
        start=random.exponential(2.0, (5, 6)),
    )
    assert (load_on_link(flow, network) <= given_["capacity"] * (1 + 1e-9)).all()


@given(seed=seeds)
def test_any_network_conserves_and_respects_capacity(seed: int) -> None:
    network, given_ = tangle(seed)
    flow, price, total = assigned_flow(**given_, network=network)
    room = given_["capacity"] - load_on_link(flow, network)
    sent = assignment.of_stream(flow, network)
    stayed = given_["demand"] * given_["stay"] / total
    assert (room >= -1e-9 * given_["capacity"]).all()
    assert np.allclose(sent + stayed, given_["demand"], rtol=1e-12)
    assert np.abs(price * room).max() < 1e-7


def solved_elsewhere(network: Network, given_: dict[str, np.ndarray]) -> np.ndarray:
    """Return the flows that maximise entropy plus worth by a solver of scipy's, route by route."""
    capacity, demand, stay = (given_[name][0] for name in ("capacity", "demand", "stay"))
    open_route = network.uses @ (capacity <= 0) == 0
    count = int(open_route.sum())
    uses, of_stream = network.uses[open_route], serves(network)[:, open_route]
    weight = np.concatenate([given_["attraction"][0, open_route], stay])
    room = np.hstack([uses.T, np.zeros((len(capacity), network.streams))])[capacity > 0]
    whole = np.hstack([of_stream, np.eye(network.streams)])
    tightest = np.where(uses > 0, capacity, np.inf).min(axis=1)
    little = np.minimum(tightest, of_stream.T @ demand) / 20.0
    found = minimize(
        lambda amount: (amount * (np.log(amount / weight) - 1)).sum(),
        np.concatenate([little, demand - of_stream @ little]),
        jac=lambda amount: np.log(amount / weight),
        bounds=[(1e-12, None)] * len(weight),
        constraints=[
            {"type": "eq", "fun": lambda x: whole @ x - demand, "jac": lambda x: whole},
            {
                "type": "ineq",
                "fun": lambda x: capacity[capacity > 0] - room @ x,
                "jac": lambda x: -room,
            },
        ],
        method="SLSQP",
        options={"ftol": 1e-16, "maxiter": 2000},
    )
    flow = np.zeros(len(open_route))
    flow[open_route] = found.x[:count]
    return flow


@pytest.mark.parametrize("seed", range(8))
def test_a_convex_solver_that_we_did_not_write_finds_the_same_flows(seed: int) -> None:
    network, given_ = tangle(seed, kinds=(0.0, 0.2, 0.5, 0.8, 3.0))
    given_ |= {"stay": np.maximum(given_["stay"], 1e-2)}
    flow, _ = assigned(network, given_)
    assert np.allclose(flow[0], solved_elsewhere(network, given_), atol=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_flows_approach_the_linear_programme_as_choice_sharpens(seed: int) -> None:
    """Worth of flows, each route's gain over staying, against the best that HiGHS can find."""
    network, given_ = tangle(seed)
    random = np.random.default_rng(100 + seed)
    gain = random.uniform(0.05, 0.7, 9)
    capacity, demand = given_["capacity"][0], given_["demand"][0]
    best = linprog(
        -gain,
        A_ub=np.vstack([network.uses.T, serves(network)]),
        b_ub=np.concatenate([capacity, demand]),
        method="highs",
    )
    price, gaps = np.zeros((1, 6)), []
    ladder = (10, 20, 40, 80, 160, 320, 640)
    for place, sharpness in enumerate(ladder):
        flow, price, _ = assigned_flow(
            np.exp(sharpness * (gain - gain.max()))[None],
            np.full((1, 3), np.exp(-sharpness * gain.max())),
            given_["demand"], given_["capacity"],
            price * (sharpness / ladder[max(place - 1, 0)]), network,
        )  # fmt: skip
        gaps.append(1 + float(gain @ flow[0]) / best.fun)
    assert gaps[-1] < 1e-3
    assert gaps[-1] <= gaps[0] + 1e-9
    assert min(gaps) > -1e-9


@given(seed=seeds)
def test_more_room_on_a_tight_link_never_lessens_what_is_sent_by_one_stream(seed: int) -> None:
    random = np.random.default_rng(seed)
    given_ = oil(list(random.uniform(0.5, 30.0, 5)))
    more = given_["capacity"] * np.where(np.arange(5) == seed % 5, 1.5, 1.0)
    before, _ = assigned(AKTAU, given_)
    after, _ = assigned(AKTAU, given_, capacity=more)
    assert after.sum() >= before.sum() - 1e-8


def test_a_dearer_route_loses_to_all_others() -> None:
    given_ = oil([99.0] * 5)
    dearer = given_["attraction"] * [0.5, 1.0, 1.0, 1.0]
    before, _ = assigned(AKTAU, given_)
    after, _ = assigned(AKTAU, given_, attraction=dearer)
    assert after[0, 0] < before[0, 0]
    assert (after[0, 1:] > before[0, 1:]).all()


@given(seed=seeds)
def test_the_price_from_which_the_search_starts_does_not_matter(seed: int) -> None:
    network, given_ = tangle(seed)
    flow, _ = assigned(network, given_)
    start = np.random.default_rng(seed).exponential(1.0, (1, 6))
    again, _ = assigned(network, given_, start=start)
    assert np.allclose(flow, again, atol=1e-7 * given_["demand"].max())


@given(seed=seeds)
def test_flows_of_a_member_do_not_depend_on_company(seed: int) -> None:
    network, given_ = tangle(seed, members=6)
    together = assigned_flow(**given_, network=network)
    for k in (5, 0, 3):
        alone = assigned_flow(**{n: a[k : k + 1] for n, a in given_.items()}, network=network)
        assert all(
            np.array_equal(one[k : k + 1], other)
            for one, other in zip(together, alone, strict=True)
        )


@given(seed=seeds)
def test_a_route_in_two_alike_halves_carries_as_the_whole(seed: int) -> None:
    network, given_ = tangle(seed)
    place = [0, 0, *range(1, 9)]
    split = Network(network.uses[place], network.stream_of_route[place], 3)
    half = given_["attraction"][:, place] * np.array([0.5, 0.5, *[1.0] * 8])
    whole, _ = assigned(network, given_)
    halves, _ = assigned(split, given_, attraction=half)
    assert halves[0, :2].sum() == pytest.approx(whole[0, 0], abs=1e-8)
    assert np.allclose(halves[0, 2:], whole[0, 1:], atol=1e-8)


def test_spare_capacity_is_taken_up_a_part_a_month_by_hand() -> None:
    usable = assignment.usable_capacity(
        np.array([[20.0, 20.0]]), np.array([[4.0, 19.0]]), np.array([0.15])
    )
    assert np.allclose(usable, [[7.0, 20.0]])


def test_a_line_that_carried_much_lately_is_ready() -> None:
    ready = assignment.readied(np.array([[50.0, 5.0]]), np.array([[0.0, 8.0]]), np.array([0.96]))
    assert np.allclose(ready, [[48.0, 8.0]])


def test_contracts_follow_what_was_served_and_never_forget_all() -> None:
    habit = assignment.followed_habit(
        np.array([[0.8, 0.02]]), np.array([[0.3, 0.0]]), np.array([0.1]), np.array([[0.0, 0.019]])
    )
    assert np.allclose(habit, [[0.75, 0.019]])


def test_what_is_ordered_opens_after_its_delay_on_average_and_nothing_is_lost() -> None:
    stages, months, opened = np.zeros((1, 1, 3)), 600, []
    for month in range(months):
        order = np.array([[1.0 if month == 0 else 0.0]])
        stages, out = assignment.invested(stages, order, np.array([30.0]))
        opened.append(float(out[0, 0]))
    assert sum(opened) == pytest.approx(1.0)
    assert np.dot(opened, np.arange(months)) == pytest.approx(30.0)


def test_a_price_draws_orders_up_to_a_limit() -> None:
    def ordered(price: float, added: float) -> float:
        found = assignment.ordered_capacity(
            np.array([[price]]), np.array([[20.0]]), np.array([[added]]), np.array([0.006]),
            np.array([0.2]), np.array([0.6]),
        )  # fmt: skip
        return float(found[0, 0])

    assert ordered(0.2, 0.0) == pytest.approx(0.12)
    assert ordered(0.4, 0.0) > ordered(0.2, 0.0)
    assert ordered(0.0, 0.0) == 0.0
    assert ordered(0.4, 12.0) == 0.0
    assert ordered(0.4, 13.0) == 0.0
