"""Scenario discovery on functions whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sim.study.discovery import (
    Box,
    best_cut,
    discover,
    gini,
    in_leaves,
    inside,
    leaves,
    measure,
    narrowed,
    peeled,
    quasi_p,
    readable,
    steps_of,
    whole_space,
)

STEPS = np.full(6, 0.01)


def drawn(seed: int, count: int = 1000, settings: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).random((count, settings))


def planted(points: np.ndarray) -> np.ndarray:
    """Two of six settings matter."""
    return (points[:, 1] > 0.6) & (points[:, 4] < 0.5)


def test_a_planted_box_is_found_and_holds_on_fresh_runs():
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one), other, planted(other), STEPS)
    assert found.holds
    assert set(found.box.restricted) == {1, 4}
    assert found.box.low[1] == pytest.approx(0.6, abs=0.02)
    assert found.box.high[4] == pytest.approx(0.5, abs=0.02)
    assert found.fresh.density > 0.9
    assert found.fresh.coverage > 0.9


def test_a_planted_box_is_found_through_noise():
    one, other = drawn(1), drawn(2)
    noise = np.random.default_rng(3)
    blurred = [planted(x) & (noise.random(len(x)) < 0.8) for x in (one, other)]
    found = discover(one, blurred[0], other, blurred[1], STEPS)
    assert found.holds
    assert set(found.box.restricted) == {1, 4}
    assert found.fresh.density == pytest.approx(0.8, abs=0.08)


def test_both_ends_of_a_range_can_be_cut():
    one, other = drawn(1), drawn(2)
    middle = [(abs(x[:, 2] - 0.5) < 0.1) for x in (one, other)]
    found = discover(one, middle[0], other, middle[1], STEPS)
    assert list(found.box.restricted) == [2]
    assert (found.box.low[2], found.box.high[2]) == pytest.approx((0.4, 0.6), abs=0.02)


def test_a_switch_is_peeled_at_once():
    one, other = drawn(1), drawn(2)
    for points in (one, other):
        points[:, 0] = points[:, 0] > 0.5
    hit = [(x[:, 0] > 0.5) & (x[:, 3] > 0.7) for x in (one, other)]
    found = discover(
        one, hit[0], other, hit[1], steps_of(np.zeros(6), np.ones(6), np.arange(6) < 1)
    )
    assert set(found.box.restricted) == {0, 3}
    assert found.box.low[0] == 0.5


@pytest.mark.parametrize("seed", range(10))
def test_a_random_outcome_gives_no_combination(seed):
    chance = np.random.default_rng(100 + seed)
    one, other = drawn(seed), drawn(50 + seed)
    found = discover(one, chance.random(1000) < 0.3, other, chance.random(1000) < 0.3, STEPS)
    assert not found.holds


def test_the_tree_agrees_on_a_planted_box():
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one), other, planted(other), STEPS)
    assert found.leaf is not None
    assert set(found.leaf.restricted) == {1, 4}
    assert found.leaf_fresh is not None
    assert found.leaf_fresh.density > 0.9


def test_every_point_lies_in_one_leaf():
    points = drawn(1)
    some = leaves(points, planted(points))
    assert sum(inside(leaf, points).astype(int) for leaf in some).tolist() == [1] * len(points)
    assert in_leaves(some, points).all()


def test_a_cut_by_hand():
    points = np.array([[0.0], [1.0], [2.0], [3.0]])
    assert best_cut(points, np.array([0, 0, 1, 1], dtype=bool), 1.0) == (0, 1.5)
    assert best_cut(points, np.array([1, 1, 1, 1], dtype=bool), 1.0) is None
    assert gini(np.array(1.0), np.array(2.0)) == 0.5


def test_the_tree_is_that_of_a_known_library():
    tree = pytest.importorskip("sklearn.tree")
    points = drawn(7)
    crossed = planted(points) ^ (np.random.default_rng(8).random(1000) < 0.1)
    known = tree.DecisionTreeClassifier(max_depth=3, min_samples_leaf=50, random_state=0)
    known.fit(points, crossed)
    ours = [inside(leaf, points) for leaf in leaves(points, crossed)]
    theirs = known.apply(points)
    assert {frozenset(np.flatnonzero(leaf)) for leaf in ours} == {
        frozenset(np.flatnonzero(theirs == leaf)) for leaf in set(theirs)
    }


def test_coverage_and_density_by_hand():
    points = np.array([[0.1], [0.2], [0.3], [0.4]])
    found = measure(
        narrowed(whole_space(1), 0, low=0.25), points, np.array([0, 1, 1, 0], dtype=bool)
    )
    assert (found.coverage, found.density, found.share, found.runs) == (0.5, 0.5, 0.5, 2)
    assert found.balance == 0.5


def test_a_restriction_that_does_nothing_is_explained_by_chance():
    points = drawn(1)
    box = narrowed(narrowed(whole_space(6), 1, low=0.6), 5, low=0.3)
    by_chance = quasi_p(box, points, planted(points))
    assert by_chance[1] < 1e-6
    assert by_chance[5] > 0.05


def test_a_smaller_box_lies_within_the_one_before():
    points = drawn(1)
    boxes = peeled(points, planted(points))
    for before, after in pairwise(boxes):
        assert (after.low >= before.low).all()
        assert (after.high <= before.high).all()


def test_bounds_are_rounded_outwards_and_what_is_free_stays_free():
    box = Box(np.array([0.1234, -np.inf]), np.array([0.5678, np.inf]))
    rounded = readable(box, np.array([0.01, 0.01]))
    assert (rounded.low[0], rounded.high[0]) == (0.12, 0.57)
    assert list(rounded.restricted) == [0]


def test_the_same_runs_give_the_same_box():
    one, other = drawn(1), drawn(2)
    first, second = (discover(one, planted(one), other, planted(other), STEPS) for _ in range(2))
    assert first.path == second.path
    assert first.fresh == second.fresh
