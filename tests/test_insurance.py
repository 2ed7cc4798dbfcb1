"""What ties save if a power withdraws: nothing is counted twice, and nothing left out."""

from __future__ import annotations

import pytest
from conftest import supposed

from sim import members
from sim.base_year import World, world
from sim.ensemble import drivers_at
from sim.insurance import exports_lost, other_goods, trade_lost
from sim.month import at_rest
from sim.region import Region


@pytest.fixture(scope="module")
def central(region: Region) -> World:
    """The member that has the central figure of every number."""
    return world(region, members.central(region))


def places(region: Region, state: str, power: str) -> tuple[int, int, int]:
    """Return the places of the central member, a state and a power."""
    return 0, region.states.index(state), region.powers.index(power)


def sold(central: World, route: str) -> float:
    """Return what a route sells in the base year, bn USD."""
    place = central.region.axes["route"].index(route)
    return float((central.base.flow * central.base.worth)[0, place])


def test_trade_with_a_power_is_lost_but_for_the_gas_sold_to_it_by_hand(
    region: Region, central: World
) -> None:
    m, where = central.members, places(region, "TKM", "CHN")
    goods = m.trade_busd[where] - sold(central, "TKM_GAS_CHN")
    stops = m.withdrawal_trade_cut * (1 - m.withdrawal_redirected) * m.trade_gdp
    by_hand = 100 * float(stops[0]) * goods / m.gdp_busd[where[:2]]
    assert goods > 0
    assert trade_lost(central, at_rest(central))[where] == pytest.approx(by_hand)


def test_the_gas_sold_to_a_power_is_lost_with_the_exports_by_hand(
    region: Region, central: World
) -> None:
    """China's gate and no other stops the gas, and little else finds room, so a year is lost."""
    m, where = central.members, places(region, "TKM", "CHN")
    lost = exports_lost(central, at_rest(central), drivers_at(supposed(region, 1), 0))[where]
    whole = 100 * float(m.revenue_gdp[0]) * sold(central, "TKM_GAS_CHN") / m.gdp_busd[where[:2]]
    gate = float(m.gate[0, region.axes["link"].index("ca_china_gas")])
    assert 0.5 * gate * whole < lost < gate * whole


def test_what_no_power_keeps_a_gate_of_is_all_counted_with_trade(
    region: Region, central: World
) -> None:
    part = other_goods(central)
    assert part[places(region, "KGZ", "CHN")] == 1
    assert (part[..., region.powers.index("USA")] == 1).all()
    assert ((part >= 0) & (part <= 1)).all()
    assert part[places(region, "TKM", "RUS")] < 0.5
