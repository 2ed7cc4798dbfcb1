"""How a state spreads its ties among partners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from sim.rules import portfolio
from sim.rules.sums import add_up

seeds = st.integers(0, 2**32 - 1)
PARTNERS = 6


def rows(*numbers: float) -> np.ndarray:
    """Return a batch of one."""
    return np.array([numbers], dtype=float)


def variance_of(
    share: np.ndarray, risk: np.ndarray, correlation: np.ndarray, alike: portfolio.Alike = None
) -> np.ndarray:
    """Return the variance of what the whole portfolio might lose."""
    return np.asarray(
        (share * portfolio.marginal_risk(share, risk, correlation, alike)).sum(axis=-1)
    )


def chosen(base: np.ndarray, utility: np.ndarray, precision: float) -> np.ndarray:
    """Return a perturbed choice of one state."""
    return portfolio.perturbed_choice(base, utility, np.array([precision]))


def problem(seed: int, members: int = 1) -> dict[str, np.ndarray]:
    """Return programmes with threats, pulls and tastes over the whole range of the ledger."""
    random = np.random.default_rng(seed)
    base = random.dirichlet(np.full(PARTNERS, 0.7), members) + 1e-4
    floor = random.uniform(0.02, 0.15, members)
    return {
        "base_share": base / base.sum(axis=-1, keepdims=True),
        "pull": random.normal(0.0, 1.0, (members, PARTNERS)),
        "risk": np.sqrt(floor[:, None] + random.random((members, PARTNERS))),
        "correlation": random.uniform(0.0, 0.5, members),
        "aversion": random.uniform(0.0, 8.0, members),
        "precision": random.uniform(0.2, 3.0, members),
        "start": random.dirichlet(np.ones(PARTNERS), members) + 1e-9,
    }


def solved(problem: dict[str, np.ndarray], **changed: np.ndarray) -> np.ndarray:
    return portfolio.target_portfolio(**{**problem, **changed})


def test_a_partner_whose_utility_rose_by_log_two_gains_by_hand() -> None:
    assert np.allclose(chosen(rows(0.5, 0.5), rows(np.log(2), 0), 1.0), [[2 / 3, 1 / 3]])


def test_precision_zero_is_inertia() -> None:
    assert np.allclose(chosen(rows(0.7, 0.3), rows(-3, 5), 0.0), [[0.7, 0.3]], atol=1e-15)


def test_with_high_precision_the_most_improved_partner_takes_all() -> None:
    assert np.allclose(chosen(rows(0.7, 0.3), rows(0.0, 0.1), 5000.0), [[0.0, 1.0]], atol=1e-15)


def test_a_partner_without_ties_stays_without() -> None:
    assert chosen(rows(1.0, 0.0), rows(0.0, 9.0), 2.0)[0, 1] == 0.0


def test_two_alike_halves_of_a_partner_choose_as_the_whole() -> None:
    whole = chosen(rows(0.6, 0.4), rows(0.3, 0.0), 1.5)
    halves = chosen(rows(0.3, 0.3, 0.4), rows(0.3, 0.3, 0.0), 1.5)
    assert halves[0, :2].sum() == pytest.approx(whole[0, 0], abs=1e-15)


def test_risk_is_a_standard_deviation_that_grows_with_threat_by_hand() -> None:
    risk = portfolio.spread_risk(rows(0.0, 0.2, 0.6), np.array([0.04]))
    assert np.allclose(risk, [[0.2, np.sqrt(0.24), 0.8]])


def test_variance_of_two_partners_by_hand() -> None:
    """0.4^2 x 0.5^2 + 0.6^2 x 0.2^2, and twice the product times the correlation."""
    variance = variance_of(rows(0.4, 0.6), rows(0.5, 0.2), np.array([0.1]))
    assert variance == pytest.approx([0.04 + 0.0144 + 2 * 0.1 * 0.2 * 0.12])


def test_partners_that_withhold_together_are_one_risk() -> None:
    alike = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    none = np.array([0.1])
    whole = variance_of(rows(0.6, 0.4), rows(0.5, 0.2), none)
    halves = variance_of(rows(0.3, 0.3, 0.4), rows(0.5, 0.5, 0.2), none, alike)
    apart = variance_of(rows(0.3, 0.3, 0.4), rows(0.5, 0.5, 0.2), none)
    assert halves == pytest.approx(whole)
    assert apart < whole


@given(seed=seeds)
def test_a_state_that_minds_no_risk_chooses_by_pull_alone(seed: int) -> None:
    given_ = problem(seed)
    target = solved(given_, aversion=np.zeros(1))
    by_pull = portfolio.perturbed_choice(given_["base_share"], given_["pull"], given_["precision"])
    assert np.allclose(target, by_pull, atol=1e-12)


@given(seed=seeds)
def test_the_target_is_on_the_simplex_and_no_gain_is_left(seed: int) -> None:
    """At the best portfolio every partner's marginal worth is the same."""
    given_ = problem(seed, members=3)
    target = solved(given_)
    assert np.allclose(target.sum(axis=-1), 1.0, atol=1e-14)
    assert (target > 0).all()
    worth = (
        given_["pull"]
        - given_["aversion"][:, None]
        * portfolio.marginal_risk(target, given_["risk"], given_["correlation"])
        - np.log(target / given_["base_share"]) / given_["precision"][:, None]
    )
    assert np.ptp(worth, axis=-1).max() < 1e-9


@pytest.mark.parametrize("seed", range(10))
def test_an_optimiser_that_we_did_not_write_finds_the_same_portfolio(seed: int) -> None:
    given_ = problem(seed)
    base, pull, risk = (given_[name][0] for name in ("base_share", "pull", "risk"))
    correlation, aversion, precision = (
        float(given_[name][0]) for name in ("correlation", "aversion", "precision")
    )
    spread = risk[:, None] * risk * (correlation + (1 - correlation) * np.eye(PARTNERS))

    def loss(share: np.ndarray) -> float:
        entropy = (share * np.log(share / base)).sum() / precision
        return float(aversion / 2 * share @ spread @ share + entropy - pull @ share)

    def slope(share: np.ndarray) -> np.ndarray:
        return aversion * spread @ share + (np.log(share / base) + 1) / precision - pull

    found = minimize(
        loss,
        base,
        jac=slope,
        bounds=[(1e-12, 1.0)] * PARTNERS,
        constraints={"type": "eq", "fun": lambda s: s.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-16, "maxiter": 1000},
    )
    assert np.allclose(solved(given_)[0], found.x, atol=1e-6)
    assert loss(solved(given_)[0]) <= found.fun + 1e-12


@given(seed=seeds)
def test_the_base_is_the_target_where_its_own_risk_is_allowed_for(seed: int) -> None:
    given_ = problem(seed)
    worry = given_["aversion"][:, None] * portfolio.marginal_risk(
        given_["base_share"], given_["risk"], given_["correlation"]
    )
    assert np.allclose(solved(given_, pull=worry), given_["base_share"], atol=1e-12)


@given(seed=seeds, who=st.integers(0, PARTNERS - 1))
def test_a_more_threatening_partner_loses_share(seed: int, who: int) -> None:
    given_ = problem(seed)
    feared = given_["risk"].copy()
    feared[:, who] += 0.1
    before, after = solved(given_), solved(given_, risk=feared)
    assert after[0, who] <= before[0, who] + 1e-13
    if given_["aversion"][0] > 0.5:
        assert after[0, who] < before[0, who]


@given(seed=seeds, who=st.integers(0, PARTNERS - 1))
def test_a_more_threatening_partner_loses_share_to_all_others_if_risks_are_apart(
    seed: int, who: int
) -> None:
    given_ = problem(seed) | {"correlation": np.zeros(1)}
    feared = given_["risk"].copy()
    feared[:, who] += 0.1
    change = solved(given_, risk=feared) - solved(given_)
    assert (np.delete(change[0], who) >= -1e-13).all()


@given(seed=seeds)
def test_variance_never_rises_with_risk_aversion(seed: int) -> None:
    given_ = problem(seed)
    before, after = (
        variance_of(solved(given_, aversion=aversion), given_["risk"], given_["correlation"])
        for aversion in (given_["aversion"], given_["aversion"] + 1.0)
    )
    assert after <= before + 1e-13


def test_a_state_that_minds_nothing_but_risk_spreads_evenly_among_alike_partners() -> None:
    given_ = problem(1) | {
        "pull": np.zeros((1, PARTNERS)),
        "risk": np.full((1, PARTNERS), 0.5),
        "correlation": np.zeros(1),
        "precision": np.full(1, 20.0),
    }
    spread = [solved(given_, aversion=np.array([much])).max() for much in (0.0, 1.0, 10.0, 50.0)]
    assert spread == sorted(spread, reverse=True)
    assert spread[-1] < 0.25


@given(seed=seeds)
def test_two_alike_halves_of_a_partner_are_held_as_the_whole(seed: int) -> None:
    given_ = problem(seed)
    place = [0, 0, *range(1, PARTNERS)]
    split = {name: array[:, place] if array.ndim == 2 else array for name, array in given_.items()}
    for name in ("base_share", "start"):
        split[name] = split[name] * np.array([0.5, 0.5, *[1.0] * (PARTNERS - 1)])
    alike = np.eye(PARTNERS + 1)
    alike[0, 1] = alike[1, 0] = 1.0
    whole = solved(given_)[0]
    halves = portfolio.target_portfolio(**split, alike=alike)[0]
    assert halves[0] == pytest.approx(halves[1], abs=1e-13)
    assert halves[0] + halves[1] == pytest.approx(whole[0], abs=1e-12)
    assert np.allclose(halves[2:], whole[1:], atol=1e-12)


@given(seed=seeds)
def test_a_target_depends_neither_on_company_nor_much_on_where_it_is_sought_from(seed: int) -> None:
    given_ = problem(seed, members=5)
    together = solved(given_)
    alone = np.concatenate(
        [solved({name: array[k : k + 1] for name, array in given_.items()}) for k in range(5)]
    )
    assert np.array_equal(together, alone)
    assert np.allclose(together, solved(given_, start=given_["base_share"]), atol=1e-11)


def test_ties_move_part_of_the_way() -> None:
    after = portfolio.moved(rows(0.8, 0.2), rows(0.4, 0.6), np.array([0.25]))
    assert np.allclose(after, [[0.7, 0.3]])


def test_troops_weigh_beside_standing_ties_in_the_month_they_are_there() -> None:
    """A presence of a quarter of all standing ties: (0.6 + 0.25) / 1.25."""
    now = portfolio.with_troops(rows(0.6, 0.4), rows(0.25, 0.0))
    assert np.allclose(now, [[0.68, 0.32]])
    assert np.array_equal(portfolio.with_troops(rows(0.6, 0.4), rows(0, 0)), rows(0.6, 0.4))


@given(seed=seeds)
def test_ties_with_troops_still_sum_to_one(seed: int) -> None:
    given_ = problem(seed)
    presence = np.random.default_rng(seed).random((1, PARTNERS))
    assert add_up(portfolio.with_troops(given_["base_share"], presence)) == pytest.approx([1.0])
