"""The random numbers of the months, drawn before the first one."""

from __future__ import annotations

import numpy as np
from conftest import SEED

from sim.region import Region
from sim.shocks import SHOCKS, at_month, draw_shocks, no_shocks


def test_a_longer_run_leaves_earlier_months_as_they_were(region: Region) -> None:
    short, long = (draw_shocks(region, SEED, 0, 5, months) for months in (12, 60))
    for name in SHOCKS:
        assert np.array_equal(short[name], long[name][:12])


def test_a_larger_ensemble_leaves_each_member_as_it_was(region: Region) -> None:
    many, few = draw_shocks(region, SEED, 0, 40, 24), draw_shocks(region, SEED, 17, 3, 24)
    for name in SHOCKS:
        assert np.array_equal(many[name][:, 17:20], few[name])


def test_members_and_months_have_shocks_of_their_own(region: Region) -> None:
    shocks = draw_shocks(region, SEED, 0, 2, 2).insecurity
    assert np.unique(shocks).size == shocks.size


def test_shocks_are_standard_normal_and_unrelated(region: Region) -> None:
    shocks = draw_shocks(region, SEED, 0, 50, 60).insecurity.reshape(3000, -1)
    assert np.abs(shocks.mean(axis=0)).max() < 0.1
    assert np.abs(shocks.std(axis=0) - 1).max() < 0.1
    related = np.corrcoef(shocks.T) - np.eye(shocks.shape[1])
    assert np.abs(related).max() < 0.1


def test_no_shocks_are_none_at_all(region: Region) -> None:
    still = no_shocks(region, 3)
    assert not any(still[name].any() for name in SHOCKS)
    assert at_month(still, 2).insecurity.shape == (1, len(region.states), 3)
