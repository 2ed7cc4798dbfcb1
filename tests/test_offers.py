"""What powers offer and earn, and what states and shippers make of it."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Write, drawn, played

from sim.drivers import DRIVERS
from sim.month import at_rest
from sim.region import Region
from sim.rules import consequences, contest
from sim.situation import decisions
from sim.stages.places import SECURITY

Supposition = dict[str, np.ndarray]

MEMBERS, MONTHS = 10, 6


def suppose(driver: str, at_work: float, *labels: str) -> Write:
    """Return what sets a driver for labels of its axes in every month."""

    def write(drivers: Supposition, region: Region) -> None:
        where = (
            region.place(a, label) for a, label in zip(DRIVERS[driver][0], labels, strict=True)
        )
        drivers[driver][(slice(None), slice(None), *where)] = at_work

    return write


def at_last(region: Region, name: str, write: Write, **fixed: float) -> np.ndarray:
    """Return how far a quantity is from the base year after some months, (member, *axes)."""
    block = drawn(region, MEMBERS, MONTHS, **fixed)
    after = played(block, MONTHS, write, keep=(name,))[name][-1]
    return np.asarray(after - at_rest(block.world)[name])


# --- attention over the base year's -------------------------------------------------------------


def over_base(now: list[float], then: list[float]) -> np.ndarray:
    floor, newcomer = np.array([0.05]), np.array([0.005])
    return contest.over_base(np.array([now]), np.array([then]), floor, newcomer)[0]


def test_attention_over_the_base_years_by_hand() -> None:
    assert over_base([0.4], [0.2]) == pytest.approx([0.41 / 0.21])


def test_who_looks_away_is_not_forgotten_at_once() -> None:
    assert over_base([0.0], [0.2]) == pytest.approx([0.01 / 0.21])


def test_a_newcomer_counts_from_a_small_share_on() -> None:
    assert over_base([0.02], [0.0]) == pytest.approx([5.0])


def test_two_halves_of_a_partner_are_seen_as_the_whole() -> None:
    assert over_base([0.1, 0.1], [0.15, 0.15]) == pytest.approx([over_base([0.2], [0.3])[0]] * 2)


# --- what a power earns, and loses by pressing --------------------------------------------------


def test_what_migrants_work_is_worth_by_hand() -> None:
    sent, need, output = np.array([[2.0, 1.0]]), np.array([[0.5, 1.7]]), np.array([3.0])
    assert consequences.labour(sent, need, output) == pytest.approx(np.array([[3.0, 3.0]]))


def test_a_power_that_shuts_a_pipeline_loses_what_it_earns_on_it(region: Region) -> None:
    kaz, rus, chn = (
        region.place("state", "KAZ"),
        *(region.place("power", p) for p in ("RUS", "CHN")),
    )
    shut = suppose("capacity_factor", 0.0, "cpc_pipeline")
    change = at_last(region, "passage", shut)[:, kaz]
    assert (change[:, rus] < -0.1).all()
    assert (change[:, chn] >= -1e-12).all()


def test_a_power_earns_nothing_on_links_that_it_does_not_keep(region: Region) -> None:
    block = drawn(region, MEMBERS, 1)
    usa = region.place("power", "USA")
    assert (at_rest(block.world).passage[..., usa] == 0.0).all()
    assert (at_rest(block.world).transit_passage[:, region.place("power", "RUS")] > 0.0).all()


def test_sending_migrants_home_costs_the_power_that_needs_them(region: Region) -> None:
    home = suppose("remittances", 0.8, "TJK", "RUS")
    tjk, rus = region.place("state", "TJK"), region.place("power", "RUS")
    assert (at_last(region, "labour", home)[:, tjk, rus] < -0.1).all()
    assert (at_last(region, "labour", home, migrant_need=0.0)[:, tjk, rus] == 0.0).all()


# --- money that comes in ------------------------------------------------------------------------


def test_a_part_of_new_aid_is_income_of_the_year(region: Region) -> None:
    block = drawn(region, MEMBERS, 1, provocation=0.0)
    kgz = region.place("state", "KGZ")
    aid = suppose("deals", 0.2, "KGZ", "USA")
    gap = played(block, 1, aid, keep=("gdp_gap",)).gdp_gap[0, :, kgz]
    m = block.world.members
    assert gap == pytest.approx(m.deal_income * 0.2 / m.gdp_busd[:, kgz], abs=2e-4)


def test_trade_with_those_who_buy_oil_follows_its_price(region: Region) -> None:
    kaz, eur, usa = (
        region.place("state", "KAZ"),
        *(region.place("partner", q) for q in ("EUR", "USA")),
    )
    cheap = at_last(region, "turnover", suppose("price", 0.5, "oil"))[:, kaz]
    block = drawn(region, MEMBERS, 1)
    oil = region.place("commodity", "oil")
    place = block.world.geography
    to_europe = (place.commodity_of_route == oil) * place.sells_to[:, eur] * place.owned[kaz]
    sold = (block.world.base.flow * block.world.base.worth * to_europe).sum(axis=-1)
    assert cheap[:, eur] == pytest.approx(-0.5 * sold, rel=0.1)
    assert np.abs(cheap[:, usa]).max() < 0.05 * np.abs(cheap[:, eur]).min()


def test_oil_that_goes_another_way_is_trade_with_who_buys_it(region: Region) -> None:
    kaz, eur, chn = (
        region.place("state", "KAZ"),
        *(region.place("partner", q) for q in ("EUR", "CHN")),
    )
    change = at_last(region, "turnover", suppose("capacity_factor", 0.0, "cpc_pipeline"))[:, kaz]
    assert (change[:, eur] < -1.0).all()
    assert np.median(change[:, chn]) > 0.2


# --- what is offered, and taken up by choice ----------------------------------------------------


def more_room(drivers: Supposition, region: Region) -> None:
    """The Middle Corridor gets room."""
    for link in ("caspian_ports", "caucasus_rail"):
        suppose("capacity_added", 5.0, link)(drivers, region)


def cheaper(drivers: Supposition, region: Region) -> None:
    """The way over the Caspian becomes cheaper."""
    suppose("link_cost", -0.03, "caspian_ports")(drivers, region)


def better_served(drivers: Supposition, region: Region) -> None:
    """Türkiye and the Caucasus do twice as much for the routes of the five."""
    place = region.place("partner", "TUR"), slice(None), region.place("domain", "routes")
    drivers["priority"][(slice(None), slice(None), *place)] = 2.0


@pytest.mark.parametrize("offered", [more_room, cheaper, better_served])
def test_an_offer_moves_only_those_who_take_it_up(region: Region, offered: Write) -> None:
    block = drawn(region, MEMBERS, MONTHS)
    baseline = played(block, MONTHS)
    freely = played(block, MONTHS, offered)
    held = played(block, MONTHS, offered, held=decisions(baseline))
    route = region.place("route", "KAZ_MIDDLE")
    assert (freely.flow[-1, :, route] > 1.01 * baseline.flow[-1, :, route]).all()
    assert np.allclose(held.flow[-1, :, route], baseline.flow[-1, :, route], rtol=1e-6)


def test_a_dearer_way_happens_to_shippers(region: Region) -> None:
    block = drawn(region, MEMBERS, MONTHS)
    baseline = played(block, MONTHS)
    dearer = suppose("link_cost", 0.05, "north_rail")
    held = played(block, MONTHS, dearer, held=decisions(baseline))
    route = region.place("route", "KAZ_MIDDLE")
    assert (held.flow[-1, :, route] > 1.01 * baseline.flow[-1, :, route]).all()


def test_joining_a_body_draws_ties_to_its_leader_only_as_far_as_is_supposed(region: Region) -> None:
    uzb, rus = region.place("state", "UZB"), region.place("partner", "RUS")
    joined = suppose("membership", 1.0, "UZB", "CSTO")

    def drawn_closer(drivers: Supposition, region: Region) -> None:
        joined(drivers, region)
        suppose("body_pull", 0.5, "UZB", "CSTO")(drivers, region)

    only_joined = at_last(region, "target", joined)[:, uzb, SECURITY, rus]
    with_pull = at_last(region, "target", drawn_closer)[:, uzb, SECURITY, rus]
    assert np.abs(only_joined).max() < 5e-3
    assert (with_pull > only_joined + 0.01).all()


# --- buyers and fears ---------------------------------------------------------------------------


def test_gas_that_one_buyer_does_not_take_hardly_finds_another(region: Region) -> None:
    block = drawn(region, MEMBERS, 24)
    shut = suppose("capacity_factor", 0.0, "ca_china_gas")
    routes = [region.place("route", f"TKM_GAS_{to}") for to in ("CHN", "RUS", "SOUTH")]
    after = played(block, 24, shut, keep=("flow",)).flow[-1][:, routes]
    before = at_rest(block.world).flow[:, routes]
    lost, found = before[:, 0] - after[:, 0], (after - before)[:, 1:].sum(axis=-1)
    assert np.allclose(after[:, 0], 0.0)
    assert (found > 0.0).all()
    assert (found < 0.75 * lost).all()


def invaded(drivers: Supposition, region: Region) -> None:
    """A neighbour is invaded in the first month."""
    kaz, rus = region.place("state", "KAZ"), region.place("partner", "RUS")
    drivers["threat_signal"][0, :, kaz, rus] = 1.0


@pytest.mark.parametrize("off", ["risk_aversion", "provision_pull"])
def test_fear_spreads_ties_and_seeks_protection_each_by_itself(region: Region, off: str) -> None:
    kaz, rus = region.place("state", "KAZ"), region.place("partner", "RUS")
    both = at_last(region, "target", invaded)[:, kaz, SECURITY, rus]
    alone = at_last(region, "target", invaded, **{off: 0.0})[:, kaz, SECURITY, rus]
    assert (alone < -1e-4).all()
    assert np.median(both) < np.median(alone)


# --- troops, commitments ------------------------------------------------------------------------


def test_a_force_quells_a_good_part_of_the_unrest_that_it_was_called_against(
    region: Region,
) -> None:
    kaz, regime = region.place("state", "KAZ"), region.place("need", "regime")

    def unrest(drivers: Supposition, region: Region) -> None:
        drivers["insecurity"][0, :, kaz, regime] = 1.5

    def answered(drivers: Supposition, region: Region) -> None:
        unrest(drivers, region)
        suppose("troops", 2.5, "KAZ", "RUS")(drivers, region)

    block = drawn(region, 50, 1)
    alone, quelled = (
        played(block, 1, write, keep=("insecurity",)).insecurity[0, :, kaz, regime]
        for write in (unrest, answered)
    )
    assert (quelled < alone).all()
    assert 0.2 < np.median(quelled / alone) < 0.8


def test_troops_in_a_calm_place_make_it_no_calmer_by_force(region: Region) -> None:
    sent = suppose("troops", 2.5, "UZB", "RUS")
    uzb = region.place("state", "UZB")
    harder = at_last(region, "insecurity", sent, quelling=10.0)[:, uzb]
    softer = at_last(region, "insecurity", sent, quelling=0.0)[:, uzb]
    assert np.array_equal(harder, softer)


def test_a_power_keeps_up_its_commitments_where_a_rival_spends_more(region: Region) -> None:
    def china_turns(drivers: Supposition, region: Region) -> None:
        chn, security = region.place("partner", "CHN"), region.place("domain", "security")
        drivers["priority"][:, :, chn, :, security] = 4.0

    usa = region.place("power", "USA")
    block = drawn(region, MEMBERS, 24)
    after = played(block, 24, china_turns, keep=("effort",)).effort[-1, :, usa]
    least = block.world.members.commitment[:, None, None] * block.world.base.effort[:, usa]
    assert (after >= 0.999 * least).all()
