"""The laws that any version of the model must keep, on the region that the project ships."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from conftest import SEED, START, Write, drawn, months_after, nothing, played, supposed

from sim import measures
from sim import members as members_of
from sim.arrays import Arrays
from sim.base_year import World, world
from sim.drivers import DRIVERS, Drivers, neutral
from sim.ensemble import Block, drivers_at, simulate
from sim.month import at_rest
from sim.region import LedgerRow, Region
from sim.shocks import draw_shocks, no_shocks
from sim.situation import SITUATION, SITUATION_AXES, decisions
from sim.stages.places import ECONOMIC, ROUTES, SECURITY
from sim.stages.powers import contested

AXIS_OF = {"rival": "power"}
"""Axes of the situation that go by another name in the region."""

Supposition = dict[str, np.ndarray]


# --- suppositions -------------------------------------------------------------------------------


def at(region: Region, *places: tuple[str, str]) -> tuple[object, ...]:
    """Return where labels stand, after the member axis: at(region, ("state", "KAZ"))."""
    return (slice(None), *(region.place(axis, label) for axis, label in places))


def during(first: int, last: int, place: tuple[object, ...]) -> tuple[object, ...]:
    return (slice(first, last), *place)


def pipeline_closed(drivers: Supposition, region: Region) -> None:
    """The Caspian pipeline is closed for six months, on purpose."""
    for name, at_work in (("capacity_factor", 0.0), ("cut_intent", 1.0)):
        drivers[name][during(2, 8, at(region, ("link", "cpc_pipeline")))] = at_work


def pipeline_hit_by_storm(drivers: Supposition, region: Region) -> None:
    """The Caspian pipeline is closed for six months by a storm."""
    drivers["capacity_factor"][during(2, 8, at(region, ("link", "cpc_pipeline")))] = 0.0


def neighbour_invaded(drivers: Supposition, region: Region) -> None:
    """Russia frightens everyone for a month."""
    russia = region.place("partner", "RUS")
    drivers["threat_signal"][2, :, :, russia] = 0.5


def troops_sent(drivers: Supposition, region: Region) -> None:
    """Russia sends 2,500 men to Kazakhstan for a month."""
    drivers["troops"][during(2, 3, at(region, ("state", "KAZ"), ("power", "RUS")))] = 2.5


def unrest(drivers: Supposition, region: Region) -> None:
    """Kyrgyzstan's ruler faces unrest."""
    drivers["insecurity"][during(2, 3, at(region, ("state", "KGZ"), ("need", "regime")))] = 1.0


def russia_looks_away(drivers: Supposition, region: Region) -> None:
    """Russia has half its budget for the region, for a year."""
    drivers["budget"][during(2, 14, at(region, ("power", "RUS")))] = 0.5


def sanctions(drivers: Supposition, region: Region) -> None:
    """The West sanctions Russia for a year."""
    drivers["sanctions"][2:14] = 1.0


def pressure(drivers: Supposition, region: Region) -> None:
    """Russia presses Kyrgyzstan for half a year."""
    drivers["pressure"][during(2, 8, at(region, ("state", "KGZ"), ("power", "RUS")))] = 0.7


def visits(drivers: Supposition, region: Region) -> None:
    """China's leader visits Kazakhstan."""
    drivers["visits"][during(2, 3, at(region, ("state", "KAZ"), ("power", "CHN")))] = 1.0


def deals(drivers: Supposition, region: Region) -> None:
    """The United States aid Kyrgyzstan for a year."""
    drivers["deals"][during(2, 14, at(region, ("state", "KGZ"), ("partner", "USA")))] = 0.05


def migrants_sent_home(drivers: Supposition, region: Region) -> None:
    """Two fifths less money comes from Russia for a year."""
    drivers["remittances"][2:14, ..., region.place("power", "RUS")] = 0.6


def railway_opened(drivers: Supposition, region: Region) -> None:
    """The railway from China over Kyrgyzstan opens for good."""
    drivers["capacity_added"][(slice(2, None), *at(region, ("link", "cku_rail")))] = 5.0


def backlash(drivers: Supposition, region: Region) -> None:
    """A Chinese project fails in Kyrgyzstan."""
    drivers["backlash"][during(2, 3, at(region, ("state", "KGZ"), ("partner", "CHN")))] = 0.3


SINGLE: tuple[Write, ...] = (
    pipeline_closed, pipeline_hit_by_storm, neighbour_invaded, troops_sent, unrest,
    russia_looks_away, sanctions, pressure, visits, deals, migrants_sent_home, railway_opened,
    backlash,
)  # fmt: skip


def all_at_once(drivers: Supposition, region: Region) -> None:
    """Everything of the above happens."""
    for write in SINGLE:
        write(drivers, region)


NAMES = [write.__name__ for write in SINGLE]


def one_event_each(block: Block, months: int) -> tuple[Block, Drivers]:
    """Return the members of a block once for every single event, and drivers with that event."""
    count, region = block.count, block.world.region
    arrays = neutral(region, START, months, count * len(SINGLE))
    for place, write in enumerate(SINGLE):
        own = slice(place * count, (place + 1) * count)
        write({name: array[:, own] for name, array in arrays.items()}, region)
    many = with_members(block, list(range(count)) * len(SINGLE))
    return many, Drivers(START, months, arrays)


def by_event(array: np.ndarray) -> np.ndarray:
    """Return an array (month, event and member, ...) as (event, month, member, ...)."""
    shape = (array.shape[0], len(SINGLE), -1, *array.shape[2:])
    return np.moveaxis(array.reshape(shape), 1, 0)


def with_members(block: Block, chosen: list[int]) -> Block:
    """Return some members of a block, in any order and any number of times."""
    picked = Arrays({n: a[chosen] for n, a in block.world.members.items()},
                    block.world.members.axes)  # fmt: skip
    shocks = {n: a if a.shape[1] == 1 else a[:, chosen] for n, a in block.shocks.items()}
    start = world(block.world.region, picked)
    return Block(0, start, Arrays(shocks, block.shocks.axes), block.seed)


# --- 1: rest, and its stability -----------------------------------------------------------------


def test_without_events_and_shocks_the_base_year_repeats_itself_at_every_draw(
    region: Region,
) -> None:
    block = drawn(region, 300, 1)
    rest = at_rest(block.world)
    later = months_after(block.world, rest, 60)
    for name in rest:
        scale = 1.0 + np.abs(rest[name])
        assert np.abs((later[name] - rest[name]) / scale).max() < 1e-12, name


DISTURBED = (
    "effort", "restraint", "reference", "threat", "insecurity", "debt", "distrust", "ready",
    "aligned", "trade_ties", "hardship", "burden", "reexports",
)  # fmt: skip
"""What the months remember, but for what stays by design: capacity built, contracts of a line
that was never open, the stock of investment."""


def growth_at_rest(start: World, count: int) -> np.ndarray:
    """Return by how much a small disturbance of the base year grows a month, in the long run."""
    rest, random, size = at_rest(start), np.random.default_rng(0), 1e-9
    never_below_zero = ("insecurity", "debt", "hardship")
    now = rest.replaced(
        **{
            name: rest[name] * (1.0 + size * random.uniform(-1, 1, rest[name].shape))
            + size * random.random(rest[name].shape) * (name in never_below_zero)
            for name in DISTURBED
        }
    )
    distance = []
    for _ in range(7):
        now = months_after(start, now, 24)
        apart = [np.abs(now[n] - rest[n]) / (np.abs(rest[n]).max() + 0.1) for n in DISTURBED]
        distance.append(np.max([a.reshape(count, -1).max(axis=-1) for a in apart], axis=0))
    return np.asarray((distance[-1] / distance[-4]) ** (1 / 72))


def test_a_small_disturbance_of_the_base_year_dies_out_at_every_draw(region: Region) -> None:
    assert growth_at_rest(drawn(region, 300, 1).world, 300).max() < 1.0


def test_a_small_disturbance_dies_out_at_every_draw_where_restraint_does_not_erode(
    region: Region,
) -> None:
    firm = drawn(region, 100, 1, restraint_erosion=0.0).world
    assert growth_at_rest(firm, 100).max() < 1.0


def test_with_shocks_alone_the_median_move_of_a_tie_stays_within_a_fifth_of_a_point(
    region: Region,
) -> None:
    some = drawn(region, 200, 120, shocks=True)
    quiet = Drivers(START, 120, neutral(region, START, 120))
    moved = simulate(some, quiet, ("ties",)).ties - some.world.base.ties
    assert 0.0 < np.abs(np.median(moved, axis=1)).max() <= 0.002


# --- 2, 3, 4: shares, flows, contests -----------------------------------------------------------


@pytest.fixture(scope="module")
def stormy(region: Region) -> tuple[Block, Arrays]:
    """Forty members in which everything happens at once, with shocks."""
    block = drawn(region, 40, 36, shocks=True)
    return block, played(block, 36, all_at_once)


@pytest.mark.parametrize("name", ["ties", "pooled", "aligned", "trade_ties", "engagement"])
def test_shares_sum_to_one_whatever_happens(stormy: tuple[Block, Arrays], name: str) -> None:
    shares = stormy[1][name]
    assert shares.min() >= 0.0
    assert np.abs(shares.sum(axis=-1) - 1.0).max() < 1e-12


def test_what_is_a_share_or_a_chance_stays_between_none_and_all(
    stormy: tuple[Block, Arrays],
) -> None:
    for name in ("threat", "pressure", "leverage", "distrust", "restraint", "vote_yes", "vote_no",
                 "agreement", "membership"):  # fmt: skip
        assert stormy[1][name].min() >= -1e-12, name
        assert stormy[1][name].max() <= 1.0 + 1e-12, name


def test_flows_use_no_more_room_than_there_is_and_no_more_cargo(
    stormy: tuple[Block, Arrays], region: Region
) -> None:
    block, run = stormy
    base = block.world.base
    in_force = supposed(region, 36, all_at_once).arrays
    load = (run.flow[..., None] * region.uses).sum(axis=-2)
    built = base.capacity + in_force["capacity_added"] + run.invested
    room = built * in_force["capacity_factor"]
    assert (load <= room * (1 + 1e-9) + 1e-12).all()
    assert (run.flow >= 0).all()
    assert (run.served <= base.demand * (1 + 1e-12)).all()
    of_stream = [run.flow[..., region.stream_of_route == s].sum(axis=-1)
                 for s in range(len(region.streams))]  # fmt: skip
    assert np.allclose(np.stack(of_stream, axis=-1), run.served, rtol=1e-12)


def test_powers_spend_their_budgets_whatever_they_answer(region: Region) -> None:
    block = drawn(region, 40, 24)
    run = played(block, 24, neighbour_invaded)
    spent = run.effort.sum(axis=(-1, -2))
    assert np.allclose(spent, block.world.base.budget, rtol=1e-12)
    assert (run.effort >= 0).all()


# --- 5: directions, on impact -------------------------------------------------------------------


def difference(block: Block, months: int, write: Write, name: str) -> np.ndarray:
    """Return what an event changes, (month, member, *axes)."""
    return np.asarray(played(block, months, write)[name] - played(block, months)[name])


def test_more_threat_from_a_partner_means_less_of_it_on_impact(region: Region) -> None:
    """Pressure is held at none; a weak tie of a state that hardly borders it is moved least."""
    block = drawn(region, 200, 3, coerciveness=0.0)
    russia = region.place("partner", "RUS")
    change = difference(block, 3, neighbour_invaded, "aligned")
    assert change[2, :, :, russia].max() < 0.0
    assert difference(block, 3, neighbour_invaded, "trade_ties")[2, :, :, russia].max() < 0.0


def test_a_visit_draws_effort_and_ties_to_the_state_that_is_visited(region: Region) -> None:
    block = drawn(region, 200, 3)
    state, china = region.place("state", "KAZ"), region.place("power", "CHN")
    effort = difference(block, 3, visits, "effort")[2, :, china].sum(axis=-1)
    assert (effort[:, state] > 0).all()
    assert (np.delete(effort, state, axis=-1) < 0).all()
    ties = difference(block, 3, visits, "aligned")[2]
    assert (ties[:, state, region.place("partner", "CHN")] > 0).all()


def test_troops_bring_ties_in_the_month_they_arrive_and_a_debt_that_halves(
    region: Region,
) -> None:
    block = drawn(region, 200, 5, debt_half_life=2.0)
    state, russia = region.place("state", "KAZ"), region.place("power", "RUS")
    ties = difference(block, 5, troops_sent, "ties")[:, :, state, SECURITY, russia]
    assert (ties[2] > 0).all()
    assert (ties[3] < ties[2]).all()
    debt = difference(block, 5, troops_sent, "debt")[:, :, state, russia]
    assert (debt[2] > 0).all()
    assert np.allclose(debt[4], debt[2] / 2.0)


def test_troops_against_unrest_lower_a_rulers_insecurity(region: Region) -> None:
    def answered(drivers: Supposition, region: Region) -> None:
        unrest(drivers, region)
        where = at(region, ("state", "KGZ"), ("power", "RUS"))
        drivers["troops"][during(2, 4, where)] = 2.5

    block = drawn(region, 200, 4)
    place = (2, slice(None), region.place("state", "KGZ"), region.place("need", "regime"))
    alone = difference(block, 4, unrest, "insecurity")[place]
    assert (difference(block, 4, answered, "insecurity")[place] < alone).all()


def test_closing_a_pipeline_loses_oil_and_revenue_and_raises_threat_only_if_it_is_meant(
    region: Region,
) -> None:
    """Pressure is held at none: a loss of ties may provoke it, whoever caused the loss."""
    block = drawn(region, 100, 8, coerciveness=0.0)
    state, russia = region.place("state", "KAZ"), region.place("partner", "RUS")
    for write in (pipeline_closed, pipeline_hit_by_storm):
        assert (difference(block, 8, write, "served")[2:8, :, 0] < 0).all()
        assert (difference(block, 8, write, "netback")[2:8, :, state] < 0).all()
        assert (difference(block, 8, write, "gdp")[2:8, :, state] < 0).all()
    meant = difference(block, 8, pipeline_closed, "threat")[..., russia]
    assert (meant[2:, :, state] > 0).all()
    assert not np.delete(meant, state, axis=-1).any()
    assert not difference(block, 8, pipeline_hit_by_storm, "threat").any()


def test_pressure_frightens_and_where_it_buys_ties_it_buys_them_now(region: Region) -> None:
    block = drawn(region, 100, 8)
    state, russia = region.place("state", "KGZ"), region.place("partner", "RUS")
    threat = difference(block, 8, pressure, "threat")[..., state, russia]
    assert (np.diff(threat[1:8], axis=0) > 0).all()
    pulled = drawn(region, 100, 8, pressure_threat=0.0)
    ties = difference(pulled, 8, pressure, "trade_ties")[2, :, state, russia]
    assert (ties > 0).all()


def test_remittances_cut_by_two_fifths_hit_those_who_live_on_them(region: Region) -> None:
    block = drawn(region, 100, 4)
    gap = difference(block, 4, migrants_sent_home, "gdp_gap")[3]
    exposed = [region.place("state", code) for code in ("KGZ", "TJK")]
    assert (gap[:, exposed] < -0.02).all()
    assert (gap[:, region.place("state", "KAZ")] > -0.01).all()


def test_sanctions_raise_reexports_and_make_the_way_through_russia_dearer(region: Region) -> None:
    block = drawn(region, 100, 6)
    m = block.world.members
    rise = difference(block, 6, sanctions, "reexports")
    market = m.membership[..., region.place("body", "EAEU")]
    meant = m.reexport_capacity_busd * (1.0 + (m.reexport_market[:, None] - 1.0) * market)
    assert np.allclose(rise[2], m.reexport_speed[:, None] * meant)
    assert (np.diff(rise[1:], axis=0) > 0).all()
    assert (difference(block, 6, sanctions, "dearer_routes")[3].sum(axis=-1) > 0).all()


def test_a_failed_project_costs_ties_with_the_partner_whose_it_was(region: Region) -> None:
    block = drawn(region, 100, 3)
    place = (2, slice(None), region.place("state", "KGZ"), region.place("partner", "CHN"))
    for name in ("aligned", "trade_ties"):
        assert (difference(block, 3, backlash, name)[place] < 0).all()


def test_aid_draws_trade_to_the_giver(region: Region) -> None:
    """Where no rival takes it amiss: its pressure is held at none."""
    block = drawn(region, 100, 3, coerciveness=0.0)
    place = (2, slice(None), region.place("state", "KGZ"), region.place("partner", "USA"))
    assert (difference(block, 3, deals, "trade_ties")[place] > 0).all()


def test_a_ruler_in_trouble_turns_to_who_can_keep_him_in_place(region: Region) -> None:
    block = drawn(region, 100, 3)
    place = (2, slice(None), region.place("state", "KGZ"), region.place("partner", "RUS"))
    assert (difference(block, 3, unrest, "aligned")[place] > 0).all()


def test_a_new_railway_carries_freight_and_draws_trade_to_where_it_leads(region: Region) -> None:
    block = drawn(region, 100, 6)
    assert (
        difference(block, 6, railway_opened, "flow")[
            5, :, [region.place("route", code) for code in ("KGZ_EAST_CKU", "UZB_EAST_CKU")]
        ]
        > 0
    ).all()
    place = (5, slice(None), region.place("state", "KGZ"), region.place("partner", "CHN"))
    assert (difference(block, 6, railway_opened, "trade_ties")[place] > 0).all()


def test_new_room_brings_contracts_with_it(region: Region) -> None:
    def enlarged(drivers: Supposition, region: Region) -> None:
        for link in ("caspian_ports", "caucasus_rail"):
            drivers["capacity_added"][(slice(2, None), *at(region, ("link", link)))] = 10.0

    route = region.place("route", "KAZ_MIDDLE")
    drawing = drawn(region, 100, 4, capacity_brings=0.5)
    assert (difference(drawing, 4, enlarged, "flow")[3, :, route] > 0).all()


def test_shippers_turn_from_a_gatekeeper_whom_the_state_fears(region: Region) -> None:
    block = drawn(region, 100, 3)
    route = region.place("route", "ATYRAU_SAMARA")
    assert (difference(block, 3, neighbour_invaded, "route_choice")[2, :, route] < 0).all()


def test_a_frightened_state_arms_and_stands_further_from_the_power_it_fears(
    region: Region,
) -> None:
    block = drawn(region, 100, 5, coerciveness=0.0)
    state, russia = region.place("state", "KAZ"), region.place("power", "RUS")
    last = {name: difference(block, 5, neighbour_invaded, name)[4, :, state]
            for name in ("burden", "vote_yes", "vote_no", "agreement")}  # fmt: skip
    assert (last["burden"] > 0).all()
    assert (last["vote_yes"] > 0).all()
    assert (last["vote_no"] < 0).all()
    assert (last["agreement"][:, russia] < 0).all()


def test_a_state_that_was_helped_votes_with_its_helper(region: Region) -> None:
    block = drawn(region, 100, 3)
    state = region.place("state", "KAZ")
    assert (difference(block, 3, troops_sent, "vote_no")[2, :, state] > 0).all()


def test_a_line_that_became_dearer_loses_to_others(region: Region) -> None:
    def dearer(drivers: Supposition, region: Region) -> None:
        drivers["link_cost"][(slice(2, None), *at(region, ("link", "atyrau_samara")))] = 0.05

    change = difference(drawn(region, 100, 3), 3, dearer, "flow")[2]
    assert (change[:, region.place("route", "ATYRAU_SAMARA")] < 0).all()
    assert (change[:, region.place("route", "KCP_WEST")] > 0).all()


def test_under_sanctions_russia_contests_the_economy_less_and_nobody_else_does(
    region: Region,
) -> None:
    start = drawn(region, 100, 1).world
    calm, tense = (
        contested(start, drivers_at(supposed(region, 3, write), 2))
        for write in (nothing, sanctions)
    )
    russia = region.place("power", "RUS")
    change = tense - calm
    assert (change[:, russia, ECONOMIC] < 0).all()
    change[:, russia, ECONOMIC] = 0.0
    assert not change.any()


# --- 6: pairing ---------------------------------------------------------------------------------


def same(one: Arrays, other: Arrays, until: int | None = None) -> bool:
    """Return whether two runs are equal to the bit, in all they hold."""
    return all(np.array_equal(one[name][:until], other[name][:until]) for name in one)


def test_scenario_and_baseline_are_one_before_the_first_event(region: Region) -> None:
    block = drawn(region, 6, 5, shocks=True)
    many, drivers = one_event_each(block, 5)
    scenario, baseline = simulate(many, drivers), played(many, 5)
    assert same(scenario, baseline, until=2)
    for name, moved in zip(NAMES, by_event(scenario.pooled != baseline.pooled), strict=True):
        assert moved.any(), name


def sanctions_and_pressure(drivers: Supposition, region: Region) -> None:
    """Russia is sanctioned and presses everyone: what is done against either has an object."""
    drivers["sanctions"][:] = 1.0
    drivers["pressure"][..., region.place("power", "RUS")] = 0.7


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_a_driver_leaves_the_world_alone_at_its_neutral_number_and_moves_it_off_that(
    region: Region, some: Block, name: str
) -> None:
    axes, at_rest, _ = DRIVERS[name]

    def for_each_member(move: float) -> Arrays:
        """Play four months with the driver moved from the third on."""
        arrays = dict(supposed(region, 4, sanctions_and_pressure).arrays)
        shape = (4, some.count, *(len(region.axes[axis]) for axis in axes))
        arrays[name] = np.broadcast_to(arrays[name], shape).copy()
        one = (..., 0) if name == "wish" else ()  # a wish for all partners alike is none
        arrays[name][2:][one] += move
        return simulate(some, Drivers(START, 4, arrays))

    alike, still = played(some, 4, sanctions_and_pressure), for_each_member(0.0)
    assert same(still, alike)
    moved = for_each_member(-0.5 if at_rest else 0.2)
    assert same(moved, alike, until=2)
    assert not same(moved, alike)


def test_closing_a_line_that_is_not_built_changes_nothing_at_all(region: Region) -> None:
    def closed(drivers: Supposition, region: Region) -> None:
        drivers["capacity_factor"][(slice(2, 9), *at(region, ("link", "cku_rail")))] = 0.0

    block = drawn(region, 20, 12, shocks=True)
    assert same(played(block, 12, closed), played(block, 12))


# --- 7: decompositions, imposed and chosen ------------------------------------------------------


def test_a_run_held_to_its_own_decisions_is_that_run(region: Region) -> None:
    block = drawn(region, 20, 24, shocks=True)
    run = played(block, 24, all_at_once)
    again = played(block, 24, all_at_once, held=decisions(run))
    for name in ("ties", "pooled", "flow", "threat", "gdp", "engagement"):
        assert np.array_equal(run[name], again[name]), name


def test_a_state_that_decides_nothing_has_chosen_nothing(region: Region) -> None:
    """Closing a pipeline spreads what is left over other routes; nobody hedges by that.

    Contracts follow what was carried, and are no decision either.
    """
    block = drawn(
        region, 10, 14,
        security_precision=0.0, economic_precision=0.0, gate_risk_cost=0.0, route_pull=0.0,
        capacity_brings=0.0,
    )  # fmt: skip
    many, drivers = one_event_each(block, 14)
    baseline = played(many, 14)
    imposed = simulate(many, drivers, held=decisions(baseline))
    scenario = simulate(many, drivers)
    for name in ("aligned", "trade_ties", "flow", "ties", "pooled"):
        assert np.array_equal(scenario[name], imposed[name]), name
    closed = NAMES.index("pipeline_closed")
    assert (by_event(scenario.ties)[closed] != by_event(baseline.ties)[closed]).any()


def test_what_breadth_changed_splits_over_domains_and_partners_for_members_and_means(
    region: Region,
) -> None:
    block = drawn(region, 30, 12, shocks=True)
    after, before = (played(block, 12, write).ties for write in (all_at_once, nothing))
    weight = block.world.base.domain_weight[:, None]
    parts = measures.breadth_change_parts(before, after, weight).sum(axis=(-1, -2))
    whole = np.log(measures.within(after, weight) / measures.within(before, weight))
    assert np.abs(parts - whole).max() < 1e-9
    assert np.abs(parts.mean(axis=1) - whole.mean(axis=1)).max() < 1e-9


# --- 8, 9, 10: names, units, company ------------------------------------------------------------


def renamed(region: Region) -> Region:
    """Return the region with everyone and everything in another order."""
    of_kind = {kind: [a for a in region.actors if a.kind == kind] for kind in
               ("state", "power", "partner")}  # fmt: skip
    return replace(
        region,
        actors=(*of_kind["partner"][::-1], *of_kind["power"][1:], of_kind["power"][0],
                *of_kind["state"][::-1]),
        bodies=region.bodies[::-1],
        commodities=region.commodities[::-1],
        streams=region.streams[::-1],
        links=region.links[::-1],
        routes=region.routes[::-1],
        ledger=region.ledger[::-1],
    )  # fmt: skip


def in_order_of(
    array: np.ndarray, axes: tuple[str, ...], given: Region, wanted: Region
) -> np.ndarray:
    """Return an array (month, member, *axes) with the labels of its axes in another order."""
    for place, axis in enumerate(axes, start=2):
        known = AXIS_OF.get(axis, axis)
        if known in given.axes:
            labels = given.axes[known]
            array = array.take([labels.index(label) for label in wanted.axes[known]], axis=place)
    return array


@pytest.mark.parametrize("write", [nothing, all_at_once], ids=lambda w: w.__name__)
def test_other_names_and_places_for_the_same_world_give_the_same_history(
    region: Region, write: Write
) -> None:
    other = renamed(region)
    run = played(drawn(region, 10, 24), 24, write)
    moved = played(drawn(other, 10, 24), 24, write)
    for name in run:
        back = in_order_of(moved[name], SITUATION_AXES[name], other, region)
        scale = 1.0 + np.abs(run[name])
        assert np.abs((back - run[name]) / scale).max() < 1e-12, name


MONEY = {
    "bn USD": 1e3, "bn USD/y": 1e3, "bn USD/unit": 1e3, "bn USD/Mt": 1e3,
    "bn USD/y per thousand": 1e3, "share of GDP per thousand per bn USD": 1e3,
}  # fmt: skip
MASS = {"Mt/y": 1e3, "bcm/y": 1e3, "bn USD/unit": 1e-3, "bn USD/Mt": 1e-3, "kTEU/Mt": 1e-3}
DIMENSIONLESS = {"share", "index", "log points", "log odds", "% of GDP", "% of base GDP",
                 "share of GDP", "share of worth"}  # fmt: skip


def in_units(region: Region, factors: dict[str, float]) -> Region:
    """Return the region with its ledger counted in other units."""

    def counted(row: LedgerRow) -> LedgerRow:
        by = factors.get(row.unit, 1.0)
        return replace(row, central=row.central * by, low=row.low * by, high=row.high * by)

    return replace(region, ledger=tuple(counted(row) for row in region.ledger))


@pytest.mark.parametrize(
    ("factors", "scaled"),
    [(MONEY, ("deals", "fdi_trend")), (MASS, ("capacity_added",))],
    ids=["millions of dollars", "thousand tonnes"],
)
def test_other_units_change_nothing_that_has_none(
    region: Region, factors: dict[str, float], scaled: tuple[str, ...]
) -> None:
    def rescaled(drivers: Supposition, region: Region) -> None:
        all_at_once(drivers, region)
        for name in scaled:
            drivers[name] *= 1e3

    run = played(drawn(region, 10, 24), 24, all_at_once)
    other = played(drawn(in_units(region, factors), 10, 24), 24, rescaled)
    for name, (_, unit, _) in SITUATION.items():
        if unit in DIMENSIONLESS:
            assert np.abs(other[name] - run[name]).max() < 1e-11, name


@pytest.mark.parametrize("chosen", [[17], [17, 3], list(range(39, -1, -1)), [5, 5, 17]], ids=str)
def test_a_members_history_depends_on_neither_company_nor_order(
    stormy: tuple[Block, Arrays], chosen: list[int]
) -> None:
    block, run = stormy
    again = played(with_members(block, chosen), 36, all_at_once)
    for name in run:
        assert np.array_equal(run[name][:, chosen], again[name]), name


def test_member_17_of_50_lives_as_member_17_of_500(region: Region) -> None:
    few, many = (
        played(drawn(region, count, 6, shocks=True), 6, all_at_once, keep=("ties", "gdp"))
        for count in (50, 500)
    )
    alone = played(drawn(region, 1, 6, shocks=True, first=17), 6, all_at_once, keep=("ties", "gdp"))
    for name in ("ties", "gdp"):
        assert np.array_equal(few[name][:, 17], many[name][:, 17])
        assert np.array_equal(few[name][:, 17], alone[name][:, 0])


def test_more_months_leave_earlier_months_as_they_were(region: Region) -> None:
    short, long = (
        played(drawn(region, 10, months, shocks=True), months, all_at_once) for months in (12, 30)
    )
    for name in short:
        assert np.array_equal(short[name], long[name][:12]), name


# --- 12: halves ---------------------------------------------------------------------------------

EXTENSIVE = {"trade_busd", "security_share", "effort", "base_flow", "latent_flow"}
"""What two halves of a partner or route have half of each."""


def halves(code: str) -> tuple[str, str]:
    return f"{code}_ONE", f"{code}_TWO"


def split(region: Region, codes: Collection[str]) -> Region:
    """Return the region with partners, streams or routes split into alike halves."""

    def rows_of(row: LedgerRow) -> list[LedgerRow]:
        keys = product(*(halves(key) if key in codes else (key,) for key in row.keys))
        by = 0.5 if row.attribute in EXTENSIVE and set(row.keys) & set(codes) else 1.0
        return [
            replace(row, keys=new, central=row.central * by, low=row.low * by, high=row.high * by)
            for new in keys
        ]

    routes = [
        replace(route, code=code, stream=part_of(route.stream, half, codes),
                market=part_of(route.market, half, codes))
        for route in region.routes
        for half, code in enumerate(halves(route.code) if route.code in codes else (route.code,))
    ]  # fmt: skip
    streams = [
        replace(stream, code=code, market=part_of(stream.market, half, codes))
        for stream in region.streams
        for half, code in enumerate(halves(stream.code) if stream.code in codes else (stream.code,))
    ]
    actors = [
        replace(actor, code=code)
        for actor in region.actors
        for code in (halves(actor.code) if actor.code in codes else (actor.code,))
    ]
    return replace(
        region, actors=tuple(actors), streams=tuple(streams), routes=tuple(routes),
        ledger=tuple(new for row in region.ledger for new in rows_of(row)),
    )  # fmt: skip


def part_of(code: str, half: int, codes: Collection[str]) -> str:
    return halves(code)[half] if code in codes else code


def central_block(region: Region, months: int, together: Collection[str] = ()) -> Block:
    """Return the central member, with partners that withhold together."""
    central = members_of.central(region)
    alike = central.withhold_together.copy()
    place = [region.place("partner", code) for code in together]
    alike[np.ix_([0], place, place)] = 1.0
    members = central.replaced(withhold_together=alike)
    return Block(0, world(region, members), no_shocks(region, months), SEED)


def rejoined(array: np.ndarray, axes: tuple[str, ...], whole: Region, parts: Region) -> np.ndarray:
    """Return an array of the split region with halves added up again."""
    for place, axis in enumerate(axes, start=2):
        known = AXIS_OF.get(axis, axis)
        if known in whole.axes:
            of = [[parts.axes[known].index(half) for half in (label, *halves(label))
                   if half in parts.axes[known]] for label in whole.axes[known]]  # fmt: skip
            array = np.stack([array.take(some, axis=place).sum(axis=place) for some in of], place)
    return array


def disturbed(drivers: Supposition, region: Region) -> None:
    """Much happens, but nothing to the partner or route that is split."""
    for write in (pipeline_closed, neighbour_invaded, troops_sent, russia_looks_away, sanctions,
                  pressure, migrants_sent_home):  # fmt: skip
        write(drivers, region)


ADDS_UP = ("ties", "pooled", "flow", "served", "engagement", "effort", "pressure", "insecurity",
           "gdp", "aligned", "trade_ties", "hardship", "vote_no", "netback")  # fmt: skip


def test_a_route_in_two_alike_halves_changes_nothing_else(region: Region) -> None:
    parts = split(region, {"ATYRAU_SAMARA", "UZB_MIDDLE"})
    run = played(central_block(region, 24), 24, disturbed)
    other = played(central_block(parts, 24), 24, disturbed)
    for name in ADDS_UP:
        back = rejoined(other[name], SITUATION_AXES[name], region, parts)
        assert np.allclose(back, run[name], rtol=1e-8, atol=1e-9), name


def test_a_partner_in_two_halves_that_withhold_together_changes_nothing_else(
    region: Region,
) -> None:
    to_europe = {s.code for s in region.streams if s.market == "EUR"}
    routes = {r.code for r in region.routes if r.stream in to_europe}
    parts = split(region, {"EUR"} | to_europe | routes)
    run = played(central_block(region, 24), 24, disturbed)
    other = played(central_block(parts, 24, halves("EUR")), 24, disturbed)
    for name in ADDS_UP:
        back = rejoined(other[name], SITUATION_AXES[name], region, parts)
        assert np.allclose(back, run[name], rtol=1e-8, atol=1e-9), name


def test_a_partner_in_halves_that_withhold_apart_would_look_safer(region: Region) -> None:
    """Why halves must be told apart from partners: two risks spread where one does not."""
    to_europe = {s.code for s in region.streams if s.market == "EUR"}
    routes = {r.code for r in region.routes if r.stream in to_europe}
    parts = split(region, {"EUR"} | to_europe | routes)
    apart, together = (
        played(central_block(parts, 12, who), 12, disturbed).trade_ties
        for who in ((), halves("EUR"))
    )
    assert not np.allclose(apart, together, atol=1e-7)


# --- 13: calm -----------------------------------------------------------------------------------


def swings(path: np.ndarray, least: float) -> np.ndarray:
    """Return how often a path (month, ...) turns and moves back by more than `least`."""
    turned = np.zeros(path.shape[1:], dtype=int)
    heading = np.zeros(path.shape[1:])
    extreme = path[0].copy()
    for now in path[1:]:
        back = np.where(heading == 0, np.abs(now - extreme), (extreme - now) * heading)
        turns = back > least
        turned += turns & (heading != 0)
        heading = np.where(turns, np.sign(now - extreme), heading)
        further = turns | ((now - extreme) * heading > 0)
        extreme = np.where(further, now, extreme)
    return turned


def test_a_swing_is_counted_each_time_a_path_turns_back() -> None:
    path = np.array([0.0, 1.0, 0.0, 1.0, 0.95, 1.0])[:, None]
    assert swings(path, 0.1) == [2]
    assert swings(path, 0.01) == [4]
    assert swings(np.linspace(0, 1, 9)[:, None], 0.01) == [0]


def test_after_a_single_event_nothing_goes_on_swinging_at_any_draw(region: Region) -> None:
    """From a year after the last event on, a tie turns twice at most by a twentieth of a point,
    and from then on it turns once at most."""
    many, drivers = one_event_each(drawn(region, 50, 96), 96)
    run = simulate(many, drivers, keep=("ties",))
    for name, ties in zip(NAMES, by_event(run.ties), strict=True):
        assert swings(ties[26:], 5e-4).max() <= 2, name
        assert swings(ties[50:], 5e-4).max() <= 1, name


# --- directions of single mechanisms ------------------------------------------------------------


def test_a_keeper_that_does_more_for_its_routes_carries_more(region: Region) -> None:
    def more(drivers: Supposition, region: Region) -> None:
        place = region.place("partner", "TUR"), slice(None), ROUTES
        drivers["priority"][2:, :, *place] = 2.0

    block = drawn(region, 20, 18)
    quiet, busy = played(block, 18, nothing), played(block, 18, more)
    route = region.axes["route"].index("KAZ_MIDDLE")
    assert (busy.flow[-1, :, route] > quiet.flow[-1, :, route]).all()
    assert np.abs(busy.flow[:2] - quiet.flow[:2]).max() == 0.0


def test_a_deliberate_cut_frightens_of_whoever_keeps_the_link(region: Region) -> None:
    def cut(drivers: Supposition, region: Region) -> None:
        drivers["cut_intent"][1:4, :, region.axes["link"].index("baku_btc")] = 1.0

    def own(drivers: Supposition, region: Region) -> None:
        drivers["cut_intent"][1:4, :, region.axes["link"].index("saryagash")] = 1.0

    block = drawn(region, 20, 5)
    quiet, feared, nobody = (played(block, 5, write) for write in (nothing, cut, own))
    rise = (feared.threat - quiet.threat)[-1].mean(axis=0)
    kaz = region.states.index("KAZ")
    assert rise[kaz, region.partners.index("TUR")] > 0
    assert rise[kaz, region.partners.index("RUS")] == pytest.approx(0.0, abs=1e-6)
    assert np.abs(nobody.threat - quiet.threat).max() == 0.0


def test_shocks_belong_to_states_and_not_to_their_places(region: Region) -> None:
    """Another order of the actors, with the same names, leaves every state its own shocks."""
    turned = replace(region, actors=tuple(reversed(region.actors)))
    here, there = draw_shocks(region, 5, 0, 3, 4), draw_shocks(turned, 5, 0, 3, 4)
    for state in region.states:
        one = here.insecurity[:, :, region.states.index(state)]
        assert (one == there.insecurity[:, :, turned.states.index(state)]).all()
