"""How a power turns what a state depends on into coercion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import pressure

part = st.floats(0.0, 1.0)


def pressed(
    grievance: float = 0.3,
    leverage: float = 0.5,
    coerciveness: float = 2.0,
    own_stake: float = 0.2,
    cost: float = 2.0,
    ordered: float = 0.0,
) -> float:
    """Return the pressure of one power on one state."""
    numbers = (grievance, leverage, coerciveness, own_stake, cost, ordered)
    return float(pressure.pressure(*(np.array([number]) for number in numbers))[0])


def test_leverage_is_what_could_be_withheld_by_hand() -> None:
    shares, weights = np.array([[0.7, 0.3, 0.8]]), np.array([0.3, 0.3, 0.4])
    held = pressure.leverage(shares, weights, np.array([0.05]))
    assert held == pytest.approx([0.21 + 0.09 + 0.32 + 0.05])


def test_leverage_never_exceeds_the_whole() -> None:
    ones = np.ones((1, 3))
    assert pressure.leverage(ones, np.array([0.3, 0.3, 0.4]), np.array([0.5])) == [1.0]


def test_a_power_minds_only_what_falls_below_its_tolerance() -> None:
    def missing(share: float) -> float:
        numbers = (share, 0.5, 0.5, 0.9)
        return float(pressure.gap(*(np.array([number]) for number in numbers))[0])

    assert missing(0.45) == 0.0
    assert missing(0.48) == 0.0
    assert missing(0.40) == pytest.approx(0.05 / 0.5)


def test_a_power_grows_used_to_half_of_a_loss_in_the_half_life() -> None:
    reference = np.array([0.6])
    for _ in range(36):
        reference = pressure.habituated(reference, np.array([0.4]), np.array([36.0]))
    assert reference == pytest.approx([0.5])


def test_pressure_by_hand() -> None:
    assert pressed() == pytest.approx(1 - np.exp(-2.0 * 0.5 * 0.3 / 1.4))
    assert pressed(grievance=0.0, ordered=0.5) == pytest.approx(1 - np.exp(-0.5))


def test_no_grievance_no_pressure() -> None:
    assert pressed(grievance=0.0) == 0.0
    assert pressed(coerciveness=0.0) == 0.0


def test_pressure_is_likeliest_where_leverage_is_high_and_coercion_cheap() -> None:
    assert pressed(leverage=0.8) > pressed(leverage=0.4)
    assert pressed(own_stake=0.0) > pressed(own_stake=0.8)
    assert pressed(cost=0.0) > pressed(cost=5.0)


@given(part, part, st.floats(0.0, 20.0), part, st.floats(0.0, 50.0), st.floats(0.0, 3.0))
def test_pressure_lies_between_none_and_all(
    grievance: float, leverage: float, coerciveness: float, stake: float, cost: float, order: float
) -> None:
    found = pressed(grievance, leverage, coerciveness, stake, cost, order)
    assert 0.0 <= found <= 1.0
    assert pressed(grievance, leverage, coerciveness, stake, cost, order + 0.1) >= found
