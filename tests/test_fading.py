"""What fades with a half-life."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules import fading


def test_half_is_left_after_a_half_life() -> None:
    assert fading.kept_after_month(np.array([12.0])) ** 12 == pytest.approx([0.5])


def test_a_debt_fades_by_half_in_its_half_life_and_then_to_nothing() -> None:
    def left(months: int) -> float:
        debt = np.array([0.8])
        for _ in range(months):
            debt = fading.faded(debt, np.zeros(1), np.array([4.0]))
        return float(debt[0])

    assert left(4) == pytest.approx(0.4)
    assert left(400) == pytest.approx(0.0, abs=1e-12)


def test_what_is_at_its_base_stays_there() -> None:
    assert fading.faded(np.array([0.3]), np.array([0.3]), np.array([7.0])) == [0.3]
