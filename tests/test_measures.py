"""Hedging in three named lenses."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import drawn, played
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import measures
from sim.region import Region
from sim.stages.places import ECONOMIC, SECURITY

seeds = st.integers(0, 2**32 - 1)


def portfolios(seed: int, zeros: bool = True) -> np.ndarray:
    """Return shares (member, state, domain, partner), some of them none at all."""
    random = np.random.default_rng(seed)
    shares = random.dirichlet(np.full(6, 0.4), (4, 5, 3))
    if zeros:
        shares = np.where(shares < 0.01, 0.0, shares)
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))


@given(seed=seeds)
def test_entropy_is_that_of_a_library_that_we_did_not_write(seed: int) -> None:
    shares = portfolios(seed)
    assert np.allclose(measures.entropy(shares), stats.entropy(shares, axis=-1), atol=1e-14)


def test_effective_partners_by_hand() -> None:
    assert measures.effective(np.array([[1.0, 0.0]])) == pytest.approx([1.0])
    assert measures.effective(np.array([[0.25] * 4])) == pytest.approx([4.0])
    assert measures.effective(np.array([[0.5, 0.25, 0.25]])) == pytest.approx([2**1.5])


@given(seed=seeds)
def test_effective_partners_lie_between_one_and_all(seed: int) -> None:
    count = measures.effective(portfolios(seed))
    assert count.min() >= 1.0 - 1e-12
    assert count.max() <= 6.0 + 1e-12


@given(seed=seeds)
def test_pooled_breadth_is_within_times_between_and_between_is_at_least_one(seed: int) -> None:
    ties, weight = portfolios(seed), np.array([[0.5, 0.3, 0.2]])
    pooled = (ties * weight[..., None]).sum(axis=-2)
    between = measures.effective(pooled) / measures.within(ties, weight)
    assert between.min() >= 1.0 - 1e-12
    same = np.broadcast_to(ties[:, :, :1], ties.shape)
    assert np.allclose(measures.within(same, weight), measures.effective(same[:, :, 0]))


@given(seed=seeds, other=seeds)
def test_parts_of_a_change_of_breadth_sum_to_it(seed: int, other: int) -> None:
    before, after = portfolios(seed), portfolios(other)
    weight = np.array([0.5, 0.3, 0.2])
    parts = measures.breadth_change_parts(before, after, weight)
    whole = (measures.entropy(after) - measures.entropy(before)) @ weight
    assert np.allclose(parts.sum(axis=(-1, -2)), whole, atol=1e-9)
    assert np.allclose(parts.mean(axis=0).sum(axis=(-1, -2)), whole.mean(axis=0), atol=1e-9)


@given(seed=seeds)
def test_parts_sum_however_small_the_change(seed: int) -> None:
    before = portfolios(seed, zeros=False)
    towards = portfolios(seed + 1, zeros=False)
    for step in (0.0, 1e-12, 1e-9, 1e-6):
        after = before + step * (towards - before)
        parts = measures.breadth_change_parts(before, after, np.ones(3)).sum(axis=-1)
        whole = measures.entropy(after) - measures.entropy(before)
        assert np.allclose(parts, whole, atol=1e-14 + 1e-6 * step)


def test_a_partner_at_an_even_share_that_gains_a_little_adds_nothing_by_itself() -> None:
    before = np.full((1, 4), 0.25)
    after = before + np.array([[1e-9, -1e-9, 0.0, 0.0]])
    parts = measures.breadth_change_parts(before, after, np.ones(1))
    assert np.abs(parts).max() < 1e-17


def test_ties_that_gain_against_means_that_insure_by_hand() -> None:
    """Half the economy with a power, a quarter of security and routes: 2 x .5 x .75 / 1.25."""
    ties = np.array([[[0.25, 0.75], [0.5, 0.5], [0.25, 0.75]]])
    assert measures.two_sidedness(ties, 1) == pytest.approx(np.array([[0.6]]))


def test_a_state_wholly_tied_or_not_tied_at_all_is_not_two_sided() -> None:
    captive = np.array([[[1.0, 0.0]] * 3])
    assert np.allclose(measures.two_sidedness(captive, 2), 0.0)


@given(seed=seeds)
def test_two_sidedness_lies_between_none_and_one_towards_each_power(seed: int) -> None:
    towards = measures.two_sidedness(portfolios(seed), 3)
    assert towards.min() >= 0.0
    assert towards.max() <= 1.0


def unclear(security: list[float], allied: float = 0.0, based: float = 0.0) -> float:
    """Return security ambiguity where a treaty takes half of it away and bases a third."""
    found = measures.ambiguity(
        np.array([security]), np.array([allied]), np.array([based]),
        (np.array([0.5]), np.array([1 / 3])),
    )  # fmt: skip
    return float(found[0])


def test_treaties_and_bases_cap_security_ambiguity_by_hand() -> None:
    even = [0.25] * 4
    assert unclear(even) == pytest.approx(1.0)
    assert unclear([1.0, 0.0, 0.0, 0.0]) == pytest.approx(0.0)
    assert unclear(even, allied=1.0) == pytest.approx(0.5)
    assert unclear(even, allied=1.0, based=1.0) == pytest.approx(1 / 3)


def test_division_of_labour_is_russia_for_security_and_china_for_the_economy(
    region: Region,
) -> None:
    russia, china = (region.partners.index(code) for code in ("RUS", "CHN"))
    ties = np.zeros((1, 3, len(region.partners)))
    ties[0, SECURITY, russia] = ties[0, ECONOMIC, china] = 1.0
    assert measures.division_of_labour(ties, region) == pytest.approx([1.0])
    ties[0, [SECURITY, ECONOMIC]] = ties[0, [ECONOMIC, SECURITY]]
    assert measures.division_of_labour(ties, region) == pytest.approx([-1.0])


def test_the_middle_between_two_powers_is_fifty_by_hand() -> None:
    """Of the pairs first-second, first-third and second-third."""
    pooled = np.array([[0.3, 0.3, 0.1, 0.3], [0.6, 0.0, 0.2, 0.2], [0.0, 0.0, 0.0, 1.0]])
    expected = np.array([[50.0, 25.0, 25.0], [0.0, 25.0, 100.0], [50.0, 50.0, 50.0]])
    assert measures.lean(pooled, 3) == pytest.approx(expected)


def test_a_power_that_gains_draws_the_lean_to_itself_in_each_of_its_pairs() -> None:
    before, after = (measures.lean(np.array([0.3, gained, 0.1]), 3) for gained in (0.2, 0.3))
    assert (np.sign(after - before) == [1.0, 0.0, -1.0]).all()


def test_a_place_in_the_triangle_sums_to_one() -> None:
    place = measures.triangle(np.array([[0.3, 0.1, 0.2, 0.4]]), 3)
    assert place == pytest.approx(np.array([[0.5, 1 / 6, 1 / 3]]))


def test_every_measure_of_a_run_is_a_number_of_its_own_kind(region: Region) -> None:
    block = drawn(region, 20, 12, shocks=True)
    run = played(block, 12)
    found = measures.measured(block.world, run)
    assert set(found) == set(measures.MEASURES)
    named = {**region.axes, "pair": region.pairs}
    for name, (axes, _, _) in measures.MEASURES.items():
        expected = (12, 20, *(len(named[axis]) for axis in axes))
        assert found[name].shape == expected
        assert np.isfinite(found[name]).all()


def test_the_deliberate_hedge_is_nothing_where_no_risk_is_minded(region: Region) -> None:
    block = drawn(region, 10, 6, risk_aversion=0.0, gate_risk_cost=0.0)
    found = measures.measured(block.world, played(block, 6))
    assert np.abs(found.deliberate_domain).max() < 1e-12
