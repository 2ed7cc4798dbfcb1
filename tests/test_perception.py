"""What a state fears, and what it needs security for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import perception

part = st.floats(0.0, 1.0)


def feared(threat: float, inflow: float, base: float = 0.2, half_life: float = 36.0) -> float:
    """Return threat after a month."""
    numbers = (threat, base, inflow, half_life)
    return float(perception.threat(*(np.array([number]) for number in numbers))[0])


def test_exposure_grows_with_border_and_kin_by_hand() -> None:
    def exposed(border: float, kin: float) -> float:
        numbers = (border, kin, 0.5, 1.0)
        return float(perception.exposure(*(np.array([number]) for number in numbers))[0])

    assert exposed(0.0, 0.0) == 0.5
    assert exposed(1.0, 0.2) == pytest.approx(1.2)
    assert exposed(1.0, 0.0) > exposed(0.5, 0.0)
    assert exposed(1.0, 0.3) > exposed(1.0, 0.1)


def test_threat_rises_by_what_happens_by_hand() -> None:
    assert feared(0.2, 0.1) == pytest.approx(0.2 + 0.8 * (1 - np.exp(-0.1)))


def test_threat_fades_by_half_in_its_half_life() -> None:
    threat = 0.6
    for _ in range(36):
        threat = feared(threat, 0.0)
    assert threat == pytest.approx(0.4)


def test_threat_at_rest_stays() -> None:
    assert feared(0.2, 0.0) == 0.2


@given(part, part, st.floats(0.0, 100.0), st.floats(0.5, 600.0))
def test_threat_stays_between_none_and_all(
    threat: float, base: float, inflow: float, half_life: float
) -> None:
    after = feared(threat, inflow, base, half_life)
    assert -1e-15 <= after <= 1.0 + 1e-15
    assert feared(threat, inflow + 0.1, base, half_life) >= after - 1e-15


def test_provision_is_own_means_and_ties_that_work_and_troops_by_hand() -> None:
    met = perception.provision(
        np.array([0.2]), np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]]), np.array([[0.1, 0.0]])
    )
    assert met == pytest.approx([0.2 + 0.9 * 0.6 + 0.1 * 0.5])


def insecure(
    now: float = 0.0, provision: float = 0.0, inflow: float = 0.0, reversion: float = 0.15
) -> float:
    """Return one need of security after a month, in logs."""
    found = perception.insecurity(
        np.array([now]), np.array([provision]), np.array([inflow]), np.array(reversion),
        np.array(0.1),
    )  # fmt: skip
    return float(found[0])


def test_insecurity_reverts_falls_with_provision_and_rises_by_events() -> None:
    assert insecure() == 0.0
    assert insecure(now=1.0) == pytest.approx(0.85)
    assert insecure(provision=0.5) == pytest.approx(-0.05)
    assert insecure(inflow=0.3) == pytest.approx(0.3)


def test_insecurity_without_memory_is_what_happens_this_month() -> None:
    assert insecure(now=2.0, inflow=0.3, reversion=1.0) == pytest.approx(0.3)
