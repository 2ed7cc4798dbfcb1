"""What flows, ties and fears mean in the world's units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules import consequences

part = st.floats(0.0, 1.0)


def one(*numbers: float) -> list[np.ndarray]:
    """Return numbers of one state as arrays of one."""
    return [np.array([number]) for number in numbers]


def test_netback_is_price_less_the_way_by_hand() -> None:
    """Ten million tonnes at half a billion each, price up a tenth, the way at 15 per cent."""
    earned = consequences.netback(*(np.array([[number]]) for number in (10.0, 0.5, 1.1, 0.15)))
    assert earned[0, 0] == pytest.approx(4.75)


def settled_reexports(
    capacity: float = 2.0, market: float = 1.0, sanctions: float = 1.0, stopped: float = 0.0
) -> float:
    """Return re-exports after many months."""
    goods = np.zeros(1)
    for _ in range(200):
        goods = consequences.reexports(goods, *one(capacity, market, sanctions, stopped, 0.2))
    return float(goods[0])


def test_firms_fill_the_gap_that_sanctions_leave() -> None:
    assert settled_reexports() == pytest.approx(2.0)
    assert settled_reexports(market=3.0) == pytest.approx(6.0)
    assert settled_reexports(sanctions=0.0) == 0.0
    assert settled_reexports(stopped=0.5) == pytest.approx(1.0)


def test_enforcement_and_a_governments_line_stop_only_a_part_by_hand() -> None:
    assert consequences.stopped_part(*one(1.0, 1.0, 0.6, 0.3)) == pytest.approx([1 - 0.4 * 0.7])
    assert consequences.stopped_part(*one(0.0, 0.0, 0.6, 0.3)) == pytest.approx([0.0])


@given(part, part, part, part)
def test_what_is_stopped_lies_between_none_and_all(
    enforcement: float, crackdown: float, stops: float, binds: float
) -> None:
    stopped = consequences.stopped_part(*one(enforcement, crackdown, stops, binds))
    assert 0.0 <= stopped[0] <= 1.0
    assert stopped[0] >= max(enforcement * stops, crackdown * binds) - 1e-15


def sent_home(pressure: float = 0.0, need: float = 0.5, factor: float = 1.0) -> float:
    """Return remittances that were 20 per cent of GDP."""
    table = [np.array([[number]]) for number in (20.0, factor, pressure, need)]
    return float(consequences.remittances(*table, np.array([0.4]))[0, 0])


def test_a_power_that_presses_sends_migrants_home_by_hand() -> None:
    assert sent_home() == 20.0
    assert sent_home(pressure=0.5) == pytest.approx(20.0 * (1 - 0.4 * 0.5 * 0.5))
    assert sent_home(factor=0.6) == pytest.approx(12.0)


def test_a_power_that_needs_the_migrants_keeps_them() -> None:
    assert sent_home(pressure=0.9, need=1.0) == 20.0
    assert sent_home(pressure=0.9, need=1.7) == 20.0
    assert sent_home(pressure=0.9, need=0.1) < sent_home(pressure=0.9, need=0.8)


def test_gdp_falls_with_exports_and_remittances_by_hand() -> None:
    gap = consequences.gdp_gap(*one(-10.0, -5.0, 1.0, 200.0, 0.35, 0.6))
    assert gap == pytest.approx([(-3.5 + 1.0) / 200.0 - 0.03])
    assert consequences.gdp_gap(*one(0.0, 0.0, 0.0, 200.0, 0.35, 0.6)) == [0.0]


def test_losses_are_felt_part_by_part() -> None:
    assert consequences.felt(*one(0.0, 0.1, 0.15)) == pytest.approx([0.015])


@given(st.floats(-700.0, 700.0))
def test_log_odds_give_probabilities_without_overflow(log_odds: float) -> None:
    found = consequences.logistic(np.array([log_odds]))[0]
    assert 0.0 <= found <= 1.0
    assert found + consequences.logistic(np.array([-log_odds]))[0] == pytest.approx(1.0)


def test_log_odds_of_three_to_one_are_three_quarters() -> None:
    assert consequences.logistic(np.array([np.log(3.0)])) == pytest.approx([0.75])


@given(st.floats(0.005, 0.45), st.floats(0.005, 0.45), st.floats(-8.0, 8.0))
def test_votes_lean_with_ties_and_never_exceed_one_in_all(
    base_yes: float, base_no: float, lean: float
) -> None:
    yes, no = consequences.votes(*one(base_yes, base_no, lean))
    more_yes, more_no = consequences.votes(*one(base_yes, base_no, lean + 0.5))
    assert yes[0] + no[0] <= 1.0 + 1e-12
    assert more_yes < yes
    assert more_no > no


def test_votes_at_rest_are_those_of_the_base_year() -> None:
    yes, no = consequences.votes(*one(0.03, 0.2, 0.0))
    assert yes == pytest.approx([0.03])
    assert no == pytest.approx([0.2])


def test_economic_ties_are_trade_and_other_money_by_hand() -> None:
    ties = consequences.economic_ties(np.array([[6.0, 2.0]]), np.array([[2.0, 0.0]]))
    assert np.allclose(ties, [[0.8, 0.2]])


def test_lost_exports_count_where_contracts_would_have_carried_them() -> None:
    sent, lost = np.array([[4.0, 4.0]]), np.array([[2.0, 0.0]])
    assert np.allclose(consequences.route_ties(sent, lost), [[0.6, 0.4]])


def test_a_state_that_sends_nothing_past_anyone_has_no_route_ties() -> None:
    none = np.zeros((1, 3))
    assert not consequences.route_ties(none, none).any()
