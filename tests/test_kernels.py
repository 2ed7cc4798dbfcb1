"""Compiled steps give what their NumPy twins give, to the bit, on whatever they are given."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.base_year import geography
from sim.region import Region
from sim.rules import assignment, contest, portfolio, solving

pytest.importorskip("numba")

ROWS = 1_000

Found = tuple[np.ndarray, ...] | np.ndarray


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Found]], None]:
    """Check that a rule answers alike, to the bit, with compiled steps and without."""
    from sim import kernels

    def alike(rule: Callable[[], Found]) -> None:
        answers = []
        for in_use in ([], [kernels]):
            monkeypatch.setattr(solving, "_in_use", in_use)
            answers.append(rule())
        plain, compiled = (a if isinstance(a, tuple) else (a,) for a in answers)
        assert all(map(np.array_equal, plain, compiled))

    return alike


@pytest.mark.parametrize("alike", [None, np.kron(np.eye(3), np.ones((2, 2)))])
def test_portfolios(both: Callable[..., None], alike: np.ndarray | None) -> None:
    chance = np.random.default_rng(1)
    held, start = (chance.dirichlet(np.full(6, 0.7), ROWS) + 1e-4 for _ in range(2))
    held, start = (share / share.sum(axis=1, keepdims=True) for share in (held, start))
    pull, risk = chance.normal(size=(ROWS, 6)), chance.random((ROWS, 6))
    correlation, aversion, precision = chance.random((3, ROWS)) * np.array([[1], [5], [3]])
    both(
        lambda: portfolio.target_portfolio(
            held, pull, risk, correlation, aversion, precision, start, alike
        )
    )


def test_contests_with_ties_and_with_prizes_that_are_left_alone(both: Callable[..., None]) -> None:
    chance = np.random.default_rng(2)
    worth = np.round(chance.random((ROWS, 15)), 1) + 0.1
    others = np.round(chance.random((ROWS, 15)), 1) + 0.1
    committed, budget = chance.random((ROWS, 15)) / 100, 0.2 + chance.random(ROWS)
    both(lambda: contest.best_response(worth, others, budget, committed))


@pytest.mark.parametrize("room", [0.5, 3.0])
def test_routes_with_tight_and_shut_links(
    both: Callable[..., None], region: Region, room: float
) -> None:
    chance = np.random.default_rng(3)
    for part in geography(region).parts:
        routes, links = part.network.uses.shape
        attraction = chance.random((ROWS, routes))
        stay, demand = chance.random((2, ROWS, part.network.streams))
        capacity = chance.random((ROWS, links)) * room * (chance.random((ROWS, links)) > 0.05)
        start = np.maximum(chance.normal(size=(ROWS, links)), 0.0)
        asked = (attraction, stay / 10, demand, capacity, start, part.network)
        both(lambda asked=asked: assignment.assigned_flow(*asked))


def test_nothing_is_compiled_where_the_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(solving.NUMPY_ONLY, "1")
    solving.compiled.cache_clear()
    assert solving.compiled() is None
    solving.compiled.cache_clear()
