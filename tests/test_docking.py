"""Docking: two published models on the same members, against games and landscapes known by hand."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.results import Results, compare
from sim.study.docking import Docked, capacity_then, docked, solved
from sim.study.landscape import Landscape, frustration, landscape, minima, shared_bodies, ways
from sim.study.pipelines import Game, Lines, best, could_be, game
from sim.studying.dock import NEEDED

HERE = Path(__file__).resolve().parent.parent / "scenarios"
MEMBERS = 6


@pytest.fixture(scope="module")
def closure(region: Region) -> Results:
    scenario = read_scenario(HERE / "cpc_closure.yaml", region).resized(members=MEMBERS, months=20)
    return compare(region, scenario, keep=NEEDED)


@pytest.fixture(scope="module")
def found(closure: Results) -> Docked:
    return docked(closure)


def of(propensity: np.ndarray, size: np.ndarray | None = None) -> Landscape:
    """Return a landscape of one member from what each would have with each."""
    names = tuple(f"actor {k}" for k in range(len(propensity)))
    sizes = np.ones(len(propensity)) if size is None else size
    return Landscape(names, sizes[None], propensity[None])


# Landscape theory -------------------------------------------------------------------------------


def test_two_friends_stand_together_against_the_enemy_of_both() -> None:
    one = of(np.array([[0.0, 1.0, -1.0], [1.0, 0.0, -1.0], [-1.0, -1.0, 0.0]]))
    assert one.sides[one.lowest[0]].tolist() == [1, 1, 0]
    # Friends together cost nothing; each friend is glad of the distance to the enemy, and he too.
    assert one.energies[0, one.lowest[0]] == pytest.approx(-4.0)


def test_an_enemy_of_one_friend_alone_goes_where_the_larger_pull_is() -> None:
    views = np.array([[0.0, 1.0, 0.4], [1.0, 0.0, -0.5], [0.4, -0.5, 0.0]])
    assert of(views).sides[of(views).lowest[0]].tolist() == [1, 1, 0]
    large = np.array([3.0, 1.0, 1.0])  # the friend of both weighs more now: all are together
    assert of(views, large).sides[of(views, large).lowest[0]].tolist() == [0, 0, 0]


numbers = st.floats(-1.0, 1.0, allow_nan=False)


@given(st.lists(numbers, min_size=10, max_size=10), st.lists(numbers, min_size=5, max_size=5))
def test_energy_moves_by_twice_the_weighted_frustration_of_whoever_changes_sides(
    pairs: list[float], large: list[float]
) -> None:
    view, size = np.zeros((5, 5)), np.abs(large) + 0.1
    for (one, other), number in zip(combinations(range(5), 2), pairs, strict=True):
        view[one, other] = view[other, one] = number
    sides = ways(5)
    placed = frustration(size, view, sides)
    energies = placed @ size
    for actor in range(4):  # the last one's side is 0 by name
        moved = sides.copy()
        moved[:, actor] ^= 1
        after = frustration(size, view, moved)
        gained = 2.0 * size[actor] * (after - placed)[:, actor]
        assert np.allclose(after @ size - energies, gained)
    stable = [
        all(energies[k] <= energies[_way(sides, one, actor)] for actor in range(5))
        for k, one in enumerate(sides)
    ]
    assert minima(energies, sides).tolist() == stable


def _way(sides: np.ndarray, one: np.ndarray, actor: int) -> int:
    """Return where the way stands in which one actor has changed sides, by looking for it."""
    moved = one.copy()
    moved[actor] = 1 - moved[actor]
    other = 1 - moved
    return next(k for k, way in enumerate(sides) if (way == moved).all() or (way == other).all())


def test_every_parting_stands_there_once() -> None:
    sides = ways(8)
    assert len({tuple(row) for row in sides.tolist()}) == len(sides) == 128
    assert not sides[:, -1].any()


def test_whoever_is_in_the_same_bodies_shares_them_all() -> None:
    belongs = np.array([[[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]])
    assert shared_bodies(belongs)[0].tolist() == [
        [0.5, 0.5, 0.25], [0.5, 0.5, 0.25], [0.25, 0.25, 0.5],
    ]  # fmt: skip


def test_the_models_propensities_are_symmetrised_and_nobody_gains_by_leaving(
    found: Docked,
) -> None:
    one = found.base
    assert np.allclose(one.propensity, np.swapaxes(one.propensity, -1, -2))
    assert not np.allclose(one.one_sided, np.swapaxes(one.one_sided, -1, -2))
    assert (one.held >= 0.0).all()
    assert one.stable[np.arange(MEMBERS), one.lowest].all()


def test_a_state_that_fears_a_power_more_is_held_less_beside_it(closure: Results) -> None:
    usual = landscape(closure.world, closure.base)
    threat = closure.base.threat.copy()
    kazakhstan, russia = (
        closure.region.states.index("KAZ"), closure.region.partners.index("RUS"),
    )  # fmt: skip
    threat[:, kazakhstan, russia] += 0.2
    afraid = landscape(closure.world, closure.base.replaced(threat=threat))
    together = usual.sides[usual.lowest]
    beside = together[:, kazakhstan] == together[:, usual.actors.index("RUS")]
    assert beside.all()
    assert (afraid.held[:, kazakhstan] < usual.held[:, kazakhstan]).all()


def test_without_common_bodies_states_hold_nothing_of_each_other(closure: Results) -> None:
    states = len(closure.region.states)
    bare = landscape(closure.world, closure.base, bodies=False)
    assert not bare.one_sided[:, :states, :states].any()


# Power by pipelines -----------------------------------------------------------------------------


def of_worth(players: tuple[str, ...], worth: dict[str, float]) -> Game:
    """Return a game by what each coalition, as "AB", is worth; others are worth nothing."""
    some = [frozenset(c) for n in range(len(players) + 1) for c in combinations(players, n)]
    return Game(
        players, tuple(some), np.array([[worth.get("".join(sorted(c)), 0.0) for c in some]])
    )


def test_the_glove_game() -> None:
    found = of_worth(("A", "B", "C"), {"AC": 1.0, "BC": 1.0, "ABC": 1.0})
    assert found.power[0] == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_the_airport_game_shares_the_cost_of_each_stretch_among_those_who_need_it() -> None:
    need = {"A": 1.0, "B": 2.0, "C": 3.0}
    costs = {
        "".join(c): max(need[one] for one in c) for n in range(1, 4) for c in combinations("ABC", n)
    }
    found = of_worth(("A", "B", "C"), costs)
    assert found.power[0] == pytest.approx([1 / 3, 1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1.0])


def lines(*consent: str) -> Lines:
    players = tuple(sorted(set("".join(consent))))
    return Lines(np.arange(len(consent)), players, tuple(frozenset(who) for who in consent))


def solo(made: Lines, gain: list[float], room: list[float]) -> Game:
    """Return the game in which each route is a link of its own."""
    worth = best(np.array(gain), made.open_to, np.eye(len(gain)), np.array(room))
    return Game(made.players, tuple(made.coalitions), worth[None])


def test_a_sender_and_the_only_way_out_share_evenly() -> None:
    found = solo(lines("ST"), [2.0], [3.0])
    assert found.power[0] == pytest.approx([3.0, 3.0])


def test_a_second_way_out_weakens_whoever_keeps_the_first_even_if_unused() -> None:
    alone = solo(lines("ST"), [2.0], [3.0])
    made = lines("ST", "SU")
    limits = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])  # either way carries all there is
    worth = best(np.array([2.0, 1.9]), made.open_to, limits, np.array([3.0, 3.0, 3.0]))
    rival = Game(made.players, tuple(made.coalitions), worth[None])
    keeper = {name: rival.power[0][k] for k, name in enumerate(made.players)}
    assert keeper["T"] < alone.power[0][1] / 2.0
    assert keeper["U"] > 0.0  # it carries nothing in the best plan, and is paid for all that
    assert rival.power[0].sum() == pytest.approx(6.0)


def test_what_all_can_send_is_the_largest_flow_that_scipy_finds() -> None:
    """Routes are all paths of a network with shared links: the LP is then a largest flow."""
    room = {("s", "a"): 4, ("s", "b"): 3, ("a", "b"): 2, ("a", "t"): 2, ("b", "t"): 6}
    paths = [
        [("s", "a"), ("a", "t")], [("s", "b"), ("b", "t")], [("s", "a"), ("a", "b"), ("b", "t")],
    ]  # fmt: skip
    uses = np.array([[float(link in path) for path in paths] for link in room])
    found = best(
        np.ones(3), np.ones((1, 3), dtype=bool), uses, np.array([*room.values()], dtype=float)
    )
    names = "sabt"
    dense = np.zeros((4, 4), dtype=np.int32)
    for (one, other), most in room.items():
        dense[names.index(one), names.index(other)] = most
    assert found[0] == pytest.approx(maximum_flow(csr_array(dense), 0, 3).flow_value)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.1, 5.0), min_size=3, max_size=3), st.integers(0, 2))
def test_parts_sum_to_the_whole_and_who_adds_nothing_has_none(room: list[float], idle: int) -> None:
    gain = [1.0, 2.0, 3.0]
    gain[idle] = -1.0  # a way that costs more than it earns
    found = solo(lines("SA", "SB", "SC"), gain, room)
    assert found.power.sum() == pytest.approx(found.worth[0, -1])
    assert found.power[0][found.players.index("ABC"[idle])] == pytest.approx(0.0, abs=1e-9)


def test_a_larger_coalition_earns_no_less_and_room_takes_nothing_away(
    closure: Results, found: Docked
) -> None:
    earns = dict(zip(found.now.coalitions, found.now.worth.T, strict=True))
    for one, other in product(earns, earns):
        if one <= other:
            assert (earns[one] <= earns[other] + 1e-9).all()
    wider = could_be(closure.world, closure.world.base.capacity)
    assert (wider >= closure.world.base.capacity).all()
    assert (found.options.worth[:, -1] >= found.now.worth[:, -1] - 1e-9).all()


def test_nobody_earns_by_lines_that_are_all_shut(closure: Results, found: Docked) -> None:
    shut = np.zeros_like(closure.world.base.capacity)
    assert not game(closure.world, found.lines, shut).worth.any()


def test_who_keeps_no_gate_and_sends_nothing_is_no_player(found: Docked) -> None:
    assert "USA" not in found.lines.players
    assert {"KAZ", "TKM", "UZB", "RUS", "CHN"} <= set(found.lines.players)
    assert {"KGZ", "TJK"}.isdisjoint(found.lines.players)


# Together ---------------------------------------------------------------------------------------


def test_the_pipelines_closure_is_in_the_game_and_a_visit_is_not(
    region: Region, closure: Results, found: Docked
) -> None:
    assert found.then is not None
    assert (found.then.worth[:, -1] < found.now.worth[:, -1]).all()
    assert solved(closure) == MEMBERS * (3 + len(found.own))
    quiet = read_scenario(HERE / "china_security_turn.yaml", region)
    quiet = (quiet.arms or (quiet,))[0].resized(members=2, months=14)
    other = compare(region, quiet, keep=NEEDED)
    assert capacity_then(other, other.moments[-1], found.lines) is None


def test_agreement_counts_states_whose_ties_change(found: Docked) -> None:
    alike, told = found.agreement
    assert 0 <= alike <= told <= MEMBERS * 5
    assert told >= MEMBERS  # Kazakhstan's ties change in every run of a closed pipeline
    middle, low, high = found.rank_agreement
    assert -1.0 <= low <= middle <= high <= 1.0


def test_the_command_tells_both_and_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    read = []
    for folder in ("one", "two"):
        out = tmp_path / folder
        asked = ["dock", "cpc_closure", "--members", "3", "--months", "14", "--quiet"]
        assert main([*asked, "--out", str(out)]) == 0
        made = out / "cpc_closure_dock"
        read.append({file.name: file.read_bytes() for file in (made / "tables").glob("*.csv")})
    assert read[0] == read[1]
    assert {"blocs.csv", "lines.csv", "own.csv"} <= set(read[0])
