"""Powers spread one budget over many contests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.rules import contest

seeds = st.integers(0, 2**32 - 1)


def best_response(
    worth: np.ndarray, others: np.ndarray, budget: np.ndarray, committed: float | np.ndarray = 0.0
) -> np.ndarray:
    """Return the best response of one power: a batch of one."""
    standing = np.broadcast_to(committed, worth.shape)
    return contest.best_response(worth[None], others[None], budget[None], standing[None])[0]


def implied_worth(effort: np.ndarray, others: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Return the worth that the efforts of one power imply: a batch of one."""
    return contest.implied_worth(effort[None], others[None], threshold[None])[0]


def contests(seed: int, prizes: int = 15) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return worth, the efforts of others and a budget, over orders of magnitude."""
    random = np.random.default_rng(seed)
    worth = random.lognormal(0.0, 1.0, prizes)
    others = random.lognormal(-1.0, 1.0, prizes)
    return worth, others, np.array(random.lognormal(0.0, 1.0))


def won(worth: np.ndarray, others: np.ndarray, effort: np.ndarray) -> np.ndarray:
    """Return what efforts win in lottery contests."""
    return np.asarray((worth * effort / (effort + others)).sum(axis=-1))


def test_a_budget_over_two_prizes_by_hand() -> None:
    """Root of the margin: (2 + 1) / (1 + 2) = 1; so efforts are 2/1 - 1 and 1/1 - 1."""
    effort = best_response(np.array([4.0, 1.0]), np.array([1.0, 1.0]), np.array(1.0))
    assert np.allclose(effort, [1.0, 0.0], atol=1e-15)


def test_two_alike_prizes_share_the_budget() -> None:
    effort = best_response(np.array([4.0, 4.0]), np.array([1.0, 1.0]), np.array(2.0))
    assert np.allclose(effort, [1.0, 1.0], rtol=1e-15)


@given(seed=seeds)
def test_a_power_spends_its_budget_and_no_effort_is_negative(seed: int) -> None:
    worth, others, budget = contests(seed)
    effort = best_response(worth, others, budget)
    assert (effort >= 0).all()
    assert effort.sum() == pytest.approx(float(budget), rel=1e-12)


@given(seed=seeds)
def test_no_other_way_to_spend_the_budget_wins_more(seed: int) -> None:
    worth, others, budget = contests(seed)
    effort = best_response(worth, others, budget)
    random = np.random.default_rng(seed + 1)
    near = np.maximum(effort + random.normal(0.0, 0.05, (300, len(worth))) * budget, 0.0)
    far = random.dirichlet(np.ones(len(worth)), 300)
    tried = np.concatenate([near / near.sum(axis=-1, keepdims=True), far]) * budget
    assert (won(worth, others, tried) <= won(worth, others, effort) + 1e-12).all()


def test_what_is_committed_stays_where_others_crowd_in() -> None:
    """Without it the second prize is left; with 0.2 kept there the first takes the rest."""
    effort = best_response(np.array([4.0, 1.0]), np.array([1.0, 1.0]), np.array(1.0), 0.2)
    assert np.allclose(effort, [0.8, 0.2], atol=1e-15)


@given(seed=seeds)
def test_commitments_are_kept_and_the_budget_spent(seed: int) -> None:
    worth, others, budget = contests(seed)
    committed = 0.9 * budget * np.random.default_rng(seed + 2).dirichlet(np.ones(len(worth)))
    effort = best_response(worth, others, budget, committed)
    assert (effort >= committed).all()
    assert effort.sum() == pytest.approx(float(budget), rel=1e-12)


@pytest.mark.parametrize("kept", [0.0, 0.05])
@pytest.mark.parametrize("seed", range(8))
def test_an_optimiser_that_we_did_not_write_finds_the_same_efforts(seed: int, kept: float) -> None:
    worth, others, budget = contests(seed, prizes=6)
    committed = kept * float(budget)
    effort = best_response(worth, others, budget, committed)
    found = minimize(
        lambda e: -won(worth, others, e),
        np.full(6, float(budget) / 6),
        jac=lambda e: -worth * others / (e + others) ** 2,
        bounds=[(committed, None)] * 6,
        constraints={"type": "eq", "fun": lambda e: e.sum() - budget, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    assert np.allclose(found.x, effort, atol=1e-5 * float(budget))
    assert -found.fun <= won(worth, others, effort) + 1e-12


@given(seed=seeds)
def test_the_base_year_reproduces_itself_also_where_a_power_stays_away(seed: int) -> None:
    random = np.random.default_rng(seed)
    others = random.lognormal(-1.0, 1.0, 15)
    effort = random.lognormal(-1.0, 1.0, 15) * (random.random(15) < 0.6)
    effort[0] = 1.0
    worth = implied_worth(effort, others, np.array(0.9))
    again = best_response(worth, others, np.array(effort.sum()))
    assert np.allclose(again, effort, atol=1e-12)


def test_a_prize_left_alone_is_entered_once_its_worth_rises_enough() -> None:
    effort, others = np.array([1.0, 0.0]), np.array([1.0, 1.0])
    worth = implied_worth(effort, others, np.array(0.9))
    below = best_response(worth * [1.0, 1.10], others, np.array(1.0))
    above = best_response(worth * [1.0, 1.12], others, np.array(1.0))
    assert below[1] == 0.0
    assert above[1] > 0.0


@given(seed=seeds)
def test_a_prize_worth_more_draws_effort_from_all_others(seed: int) -> None:
    worth, others, budget = contests(seed)
    before = best_response(worth, others, budget)
    after = best_response(worth * np.where(np.arange(15) == 3, 1.3, 1.0), others, budget)
    assert after[3] >= before[3]
    assert (np.delete(after, 3) <= np.delete(before, 3) + 1e-12).all()


@given(seed=seeds)
def test_a_larger_budget_means_no_less_effort_anywhere(seed: int) -> None:
    worth, others, budget = contests(seed)
    more = best_response(worth, others, budget * 1.5)
    assert (more >= best_response(worth, others, budget) - 1e-12).all()


def test_a_power_that_values_all_prizes_twice_as_much_spends_as_before() -> None:
    worth, others, budget = contests(5)
    assert np.allclose(
        best_response(2.0 * worth, others, budget),
        best_response(worth, others, budget),
        atol=1e-12,
    )


def test_a_small_budget_goes_where_it_wins_most() -> None:
    effort = best_response(np.array([1.0, 3.0, 2.0]), np.array([1.0, 1.0, 4.0]), np.array(1e-6))
    assert np.allclose(effort, [0.0, 1e-6, 0.0], atol=1e-15)


def test_a_large_budget_is_spent_by_the_root_of_worth_and_opposition() -> None:
    worth, others = np.array([1.0, 4.0]), np.array([1.0, 1.0])
    effort = best_response(worth, others, np.array(1e9))
    assert effort[1] / effort[0] == pytest.approx(2.0, rel=1e-8)


def salience(stake: float, loss: float, interest: float = 0.0) -> float:
    """Return the worth of a prize worth 2 at rest."""
    worth = contest.prize_worth(
        np.array([2.0]), np.array([stake]), np.array([loss]), np.array([interest]),
        np.array(1.0), np.array([4.0]),
    )  # fmt: skip
    return float(worth[0])


def test_worth_rises_with_stake_loss_and_interest_by_hand() -> None:
    assert salience(0.0, 0.0) == 2.0
    assert salience(0.1, 0.0) == pytest.approx(2.0 * np.exp(0.1))
    assert salience(0.0, 0.1) == pytest.approx(2.0 * np.exp(0.4))
    assert salience(0.0, 0.0, 0.5) == pytest.approx(2.0 * np.exp(0.5))


def test_losing_a_tie_weighs_more_than_holding_it() -> None:
    assert salience(0.0, 0.05) > salience(0.05, 0.0)


def test_efforts_move_part_of_the_way() -> None:
    effort = contest.adjusted(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), np.array([0.25]))
    assert np.allclose(effort, [[0.75, 0.25]])


def eroded(exposure: float, erosion: float = 1.0, months: int = 1) -> float:
    """Return restraint that was 0.7 after some months of exposure, with a half-life of 60."""
    restraint = np.array([0.7])
    for _ in range(months):
        restraint = contest.eroded_restraint(
            restraint, np.array([0.7]), np.array([exposure]), np.array([erosion]), np.array([60.0])
        )
    return float(restraint[0])


def test_restraint_is_half_way_to_where_it_settles_after_its_half_life() -> None:
    """What is not held back, three tenths, grows by exp(0.5)."""
    settled = 1.0 - 0.3 * np.exp(0.5)
    assert eroded(0.5, months=60) == pytest.approx((0.7 + settled) / 2)


def test_restraint_stays_without_exposure_and_where_it_does_not_erode() -> None:
    assert eroded(0.0, months=12) == pytest.approx(0.7, abs=1e-15)
    assert eroded(3.0, erosion=0.0, months=12) == pytest.approx(0.7, abs=1e-15)


def test_more_at_stake_in_insecure_places_erodes_more() -> None:
    assert 0.0 < eroded(2.0, months=12) < eroded(1.0, months=12) < 0.7


def test_a_place_calmer_than_in_the_base_year_restores_restraint() -> None:
    assert 0.7 < eroded(-1.0, months=12) < 1.0


def test_restraint_can_be_given_up_altogether_and_no_more() -> None:
    assert eroded(50.0, months=1200) == pytest.approx(0.0, abs=1e-5)
    assert eroded(50.0, months=1200) >= 0.0
