"""One direction for each mechanism of the table in docs/model.md, on the region that the project
ships: the same is supposed twice, with the mechanism at work and with its number at 0."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import Write, drawn, played

from sim.drivers import DRIVERS
from sim.month import at_rest
from sim.region import Region
from sim.stages.places import BORDER, ECONOMIC, REGIME, SECURITY, SOVEREIGNTY

Supposition = dict[str, np.ndarray]

MEMBERS = 10
ALL = ""
"""Stands for every label along an axis."""


# --- suppositions, and what they bring about ----------------------------------------------------


def suppose(driver: str, at_work: float, *labels: str, only_at_first: bool = False) -> Write:
    """Return what sets a driver for labels of its axes, in every month or in the first alone."""

    def write(drivers: Supposition, region: Region) -> None:
        months = slice(0, 1 if only_at_first else None)
        axes = DRIVERS[driver][0]
        where = (region.place(axis, label) if label else slice(None)
                 for axis, label in zip(axes, labels, strict=True))  # fmt: skip
        drivers[driver][(months, slice(None), *where)] = at_work

    return write


def together(*parts: Write) -> Write:
    """Return several suppositions as one."""

    def write(drivers: Supposition, region: Region) -> None:
        for part in parts:
            part(drivers, region)

    return write


Number = float | np.ndarray
"""What a number of the evidence is set to: the same along all its axes, or label by label."""


def change(region: Region, months: int, write: Write, name: str, **fixed: Number) -> np.ndarray:
    """Return how far the last month is from the base year, (member, *axes)."""
    block = drawn(region, MEMBERS, months, **fixed)
    after = played(block, months, write, keep=(name,))[name][-1]
    return np.asarray(after - at_rest(block.world)[name])


def owed_to(region: Region, months: int, write: Write, name: str, **fixed: Number) -> np.ndarray:
    """Return the part of a change that is there only where a mechanism is, (member, *axes)."""
    without = dict.fromkeys(fixed, 0.0)
    return change(region, months, write, name, **fixed) - change(
        region, months, write, name, **without
    )


def only(region: Region, name: str, at_work: float, *labels: str) -> np.ndarray:
    """Return an attribute that is nothing but for labels along its axes ("": all of an axis)."""
    axes = region.attributes[name].axes
    array = np.zeros([len(region.axes[axis]) for axis in axes])
    where = (region.place(axis, label) if label else slice(None)
             for axis, label in zip(axes, labels, strict=True))  # fmt: skip
    array[tuple(where)] = at_work
    return array


def places(region: Region, axis: str, *labels: str) -> list[int]:
    """Return where labels stand along an axis."""
    return [region.place(axis, label) for label in labels]


# --- pressure -----------------------------------------------------------------------------------


def test_rivals_who_sit_in_one_forum_mind_each_others_deals_less(region: Region) -> None:
    """China lends to all five; Turkmenistan alone is outside the forum that it shares with
    Russia."""
    lent = suppose("deals", 5.0, ALL, "CHN", only_at_first=True)
    russia, outside = region.powers.index("RUS"), region.states.index("TKM")
    calmer = owed_to(region, 1, lent, "pressure", sco_calm=0.8)[..., russia]
    assert (np.delete(calmer, outside, axis=-1) < 0).all()
    assert (calmer[:, outside] == 0).all()


def test_a_seller_of_energy_that_joins_the_common_market_gives_its_leader_a_say(
    region: Region,
) -> None:
    joined = suppose("membership", 1.0, "TKM", "EAEU")
    say = owed_to(region, 1, joined, "leverage", energy_leverage=0.4)
    joiner, russia = region.states.index("TKM"), region.powers.index("RUS")
    assert (say[:, joiner, russia] > 0).all()
    say[:, joiner, russia] = 0.0
    assert not say.any()


def test_russia_presses_less_for_a_western_deal_where_it_needs_the_migrants(
    region: Region,
) -> None:
    lent = suppose("deals", 0.3, ALL, "USA", only_at_first=True)
    needed = suppose("labour_need", 0.5, "RUS", only_at_first=True)
    russia = region.powers.index("RUS")
    senders = places(region, "state", "KGZ", "TJK", "UZB")
    pressed = change(region, 1, lent, "pressure")[:, senders, russia]
    held_back = change(region, 1, together(lent, needed), "pressure")[:, senders, russia]
    assert (pressed > 0).all()
    assert (held_back < pressed).all()


def test_under_sanctions_russia_minds_chinese_deals_less_and_american_ones_as_before(
    region: Region,
) -> None:
    sanctions = suppose("sanctions", 1.0)
    russia = region.powers.index("RUS")
    for lender, yields in (("CHN", True), ("USA", False)):
        lent = suppose("deals", 1.0, ALL, lender, only_at_first=True)
        calm = change(region, 1, lent, "pressure")[..., russia]
        tense = change(region, 1, together(lent, sanctions), "pressure")[..., russia]
        assert (calm > 0).all()
        assert ((tense < calm) if yields else (tense == calm)).all()


def test_a_rivals_deal_provokes_pressure(region: Region) -> None:
    lent = suppose("deals", 0.3, "KGZ", "USA", only_at_first=True)
    pressed = owed_to(region, 1, lent, "pressure", provocation=5.0)
    kyrgyzstan, russia = region.states.index("KGZ"), region.powers.index("RUS")
    assert (pressed[:, kyrgyzstan, russia] > 0).all()
    assert not np.delete(pressed, kyrgyzstan, axis=1).any()


def test_who_presses_sends_migrants_home_and_less_so_where_they_are_needed(
    region: Region,
) -> None:
    pressed = suppose("pressure", 0.7, "TJK", "RUS")
    needed = together(pressed, suppose("labour_need", 1.0, "RUS"))
    place = slice(None), region.states.index("TJK"), region.powers.index("RUS")
    assert (owed_to(region, 1, pressed, "remittances", pressure_remittances=0.3)[place] < 0).all()
    assert (change(region, 1, needed, "remittances", pressure_remittances=0.3)[place] == 0).all()


# --- what a power finds worth an effort ---------------------------------------------------------


def effort_owed(
    region: Region, write: Write, power: str, state: str, **fixed: Number
) -> np.ndarray:
    """Return the effort of a power in a state, by domain, that is owed to a mechanism."""
    owed = owed_to(region, 2, write, "effort", **fixed)
    return owed[:, region.powers.index(power), region.states.index(state)]


def test_a_power_turns_a_part_of_its_effort_in_a_month(region: Region) -> None:
    poorer = suppose("budget", 0.5, "RUS")
    spent = at_rest(drawn(region, MEMBERS, 1).world)["effort"].sum(axis=(-1, -2))
    lost = change(region, 1, poorer, "effort", effort_speed=0.1).sum(axis=(-1, -2))
    russia = region.powers.index("RUS")
    assert np.allclose(lost[:, russia], -0.1 * 0.5 * spent[:, russia])


def test_a_power_does_more_where_it_visits(region: Region) -> None:
    visited = suppose("visits", 1.0, "KAZ", "CHN")
    assert (effort_owed(region, visited, "CHN", "KAZ", visit_weight=0.2) > 0).all()
    for elsewhere in ("KGZ", "TJK", "TKM", "UZB"):
        assert (effort_owed(region, visited, "CHN", elsewhere, visit_weight=0.2) < 0).all()


def test_a_power_fights_for_what_it_loses(region: Region) -> None:
    lost = suppose("trade_trend", -0.5, "KAZ", "RUS")
    fought = effort_owed(region, lost, "RUS", "KAZ", loss_salience=4.0)
    assert (fought[:, ECONOMIC] > 0).all()


def test_a_power_fights_for_no_more_than_it_insists_on(region: Region) -> None:
    lost = suppose("trade_trend", -0.1, "KAZ", "RUS")
    content = only(region, "satiation", 0.5, "RUS", "")
    assert (effort_owed(region, lost, "RUS", "KAZ", satiation=1.0)[:, ECONOMIC] > 0).all()
    assert (effort_owed(region, lost, "RUS", "KAZ", satiation=content) == 0).all()


def test_a_power_does_more_where_it_has_come_to_hold_more(region: Region) -> None:
    gained = suppose("trade_trend", 0.5, "KAZ", "CHN")
    assert (effort_owed(region, gained, "CHN", "KAZ", stake_salience=1.0) > 0).all()


def test_a_power_grows_used_to_what_it_lost_and_then_presses_less(region: Region) -> None:
    lost = suppose("trade_trend", -0.5, ALL, "RUS")
    russia = region.powers.index("RUS")
    for name in ("reference", "pressure"):
        soon, late = (
            change(region, 9, lost, name, reference_half_life=half_life, tolerance=1.0)[..., russia]
            for half_life in (6.0, 60.0)
        )
        assert (soon < late).all(), name


def test_restraint_erodes_where_much_is_at_stake_in_insecure_places(region: Region) -> None:
    """Of the powers, China alone holds itself back."""
    unquiet = suppose("insecurity", 0.5, ALL, "regime")
    china = region.powers.index("CHN")
    eroded = owed_to(region, 3, unquiet, "restraint", restraint_erosion=1.0)
    assert (eroded[:, china] < 0).all()
    assert not np.delete(eroded, china, axis=-1).any()
    freed = owed_to(region, 3, unquiet, "effort", restraint_erosion=1.0)[:, china]
    assert (freed[..., SECURITY].sum(axis=-1) > 0).all()


def test_restraint_erodes_in_its_half_life(region: Region) -> None:
    """In the first month, before anything else has moved."""
    unquiet = suppose("insecurity", 0.5, ALL, "regime")
    china = region.powers.index("CHN")
    slow, fast = (
        change(region, 2, unquiet, "restraint", restraint_half_life=months)[:, china]
        for months in (60.0, 30.0)
    )
    part = (1.0 - 2.0 ** (-1 / 30)) / (1.0 - 2.0 ** (-1 / 60))
    assert (slow < 0).all()
    assert np.allclose(fast, slow * part)


# --- the common interest in quiet borders -------------------------------------------------------


@pytest.fixture(scope="module")
def unquiet() -> Write:
    """Tajikistan's border is insecure."""
    return suppose("insecurity", 0.5, "TJK", "border")


def test_an_insecure_border_draws_the_security_effort_of_every_power(
    region: Region, unquiet: Write
) -> None:
    drawn_in = owed_to(region, 3, unquiet, "effort", border_interest=1.0)[..., SECURITY]
    at_border = region.states.index("TJK")
    assert (drawn_in[..., at_border] > 0).all()


def test_rivals_mind_each_other_less_over_an_insecure_border(
    region: Region, unquiet: Write
) -> None:
    friction = owed_to(region, 3, unquiet, "friction", border_interest=1.0)
    rivals = [(region.powers.index(one), region.powers.index(other))
              for one, other in (("RUS", "USA"), ("CHN", "USA"), ("USA", "CHN"))]  # fmt: skip
    for one, other in rivals:
        assert (friction[:, one, other] < 0).all()


# --- what states fear and need ------------------------------------------------------------------


def test_those_without_a_common_border_are_less_frightened(region: Region) -> None:
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    russia, neighbour = region.partners.index("RUS"), region.states.index("KAZ")
    calmer = owed_to(region, 1, frightened, "threat", border_exposure=0.5)[..., russia]
    assert (np.delete(calmer, neighbour, axis=-1) < 0).all()
    assert (calmer[:, neighbour] == 0).all()


def test_kin_across_the_border_is_one_more_thing_to_fear_for(region: Region) -> None:
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    russia, most = region.partners.index("RUS"), region.states.index("KAZ")
    fear = owed_to(region, 1, frightened, "threat", kin_exposure=1.0)[..., russia]
    assert (fear > 0).all()
    assert (fear[:, [most]] > np.delete(fear, most, axis=-1)).all()


def test_a_link_shut_on_purpose_frightens_those_who_send_by_it_of_its_keeper(
    region: Region,
) -> None:
    shut = suppose("cut_intent", 1.0, "cpc_pipeline", only_at_first=True)
    fear = owed_to(region, 1, shut, "threat", cut_threat=0.1)
    sender, keeper = region.states.index("KAZ"), region.partners.index("RUS")
    assert (fear[:, sender, keeper] > 0).all()
    fear[:, sender, keeper] = 0.0
    assert not fear.any()


def test_hostile_words_frighten_less_than_pressure(region: Region) -> None:
    place = slice(None), region.states.index("KAZ"), region.partners.index("RUS")
    words, acts = (
        change(region, 2, suppose(driver, 0.7, "KAZ", "RUS"), "threat",
               rhetoric_threat=0.01, pressure_threat=0.05)[place]
        for driver in ("rhetoric", "pressure")
    )  # fmt: skip
    spoken = suppose("rhetoric", 0.7, "KAZ", "RUS")
    assert (owed_to(region, 1, spoken, "threat", rhetoric_threat=0.01)[place] > 0).all()
    assert (words < acts).all()


def test_fear_fades_by_half_in_its_half_life(region: Region) -> None:
    """Pressure, which frightens anew, is held at none."""
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    at_first, later = (
        change(region, months, frightened, "threat", threat_half_life=12.0, coerciveness=0.0)
        for months in (1, 13)
    )
    assert (at_first[..., region.partners.index("RUS")] > 0).all()
    assert np.allclose(later, at_first / 2.0)


def test_a_debt_fades_by_half_in_its_half_life(region: Region) -> None:
    helped = suppose("troops", 2.5, "KAZ", "RUS", only_at_first=True)
    at_first, later = (
        change(region, months, helped, "debt", debt_half_life=4.0) for months in (1, 5)
    )
    assert (at_first[:, region.states.index("KAZ"), region.powers.index("RUS")] > 0).all()
    assert np.allclose(later, at_first / 2.0)


def test_troops_relieve_a_ruler_and_count_as_ties_while_they_are_there(region: Region) -> None:
    sent = suppose("troops", 2.5, "KAZ", "RUS", only_at_first=True)
    host, russia = region.states.index("KAZ"), region.partners.index("RUS")
    relief = owed_to(region, 1, sent, "insecurity", deployment_weight=0.25)
    assert (relief[:, host, [[REGIME], [BORDER]]] < 0).all()
    there, gone = (
        owed_to(region, months, sent, "ties", deployment_weight=0.25)[:, host, SECURITY, russia]
        for months in (1, 2)
    )
    assert (there > 0).all()
    assert (np.abs(gone) < there / 10.0).all()


def test_hardship_makes_a_ruler_insecure_at_home(region: Region) -> None:
    poorer = suppose("hardship", 0.05, "KGZ")
    fear = owed_to(region, 4, poorer, "insecurity", hardship_insecurity=2.0)
    assert (fear[:, region.states.index("KGZ"), REGIME] > 0).all()


def test_hardship_is_felt_little_by_little(region: Region) -> None:
    poorer = suppose("hardship", 0.05, "KGZ")
    place = slice(None), region.states.index("KGZ")
    first, second = (
        change(region, months, poorer, "hardship", hardship_speed=0.2)[place] for months in (1, 2)
    )
    assert np.allclose(first, 0.2 * 0.05)
    assert np.allclose(second, 0.36 * 0.05, rtol=0.02)


def test_a_ruler_calms_down_month_by_month(region: Region) -> None:
    """Where nobody relieves him."""
    shaken = suppose("insecurity", 0.5, "KGZ", "regime", only_at_first=True)
    calmer = {"insecurity_reversion": 0.2, "provision_relief": 0.0}
    first, second = (
        change(region, months, shaken, "insecurity", **calmer)[
            :, region.states.index("KGZ"), REGIME
        ]
        for months in (1, 2)
    )
    assert np.allclose(first, 0.5)
    assert np.allclose(second, 0.4, rtol=0.01)


def test_a_frightening_neighbour_makes_a_state_fear_for_its_sovereignty(region: Region) -> None:
    frightened = suppose("threat_signal", 0.5, "KAZ", "RUS", only_at_first=True)
    fear = owed_to(region, 1, frightened, "insecurity", threat_insecurity=1.0)
    kazakhstan = region.states.index("KAZ")
    assert (fear[:, kazakhstan, SOVEREIGNTY] > 0).all()
    fear[:, kazakhstan, SOVEREIGNTY] = 0.0
    assert not fear.any()


def test_foreign_troops_relieve_a_state_less_where_it_can_look_after_itself(
    region: Region,
) -> None:
    sent = suppose("troops", 2.5, "KAZ", "RUS")
    less = owed_to(region, 1, sent, "insecurity", own_provision=0.4)
    assert (less[:, region.states.index("KAZ"), [[REGIME], [BORDER]]] > 0).all()


def test_a_state_that_arms_is_less_insecure(region: Region) -> None:
    arms = suppose("burden", 2.0, "KAZ")
    relief = owed_to(region, 4, arms, "insecurity", burden_provision=0.5)
    assert (relief[:, region.states.index("KAZ")] < 0).all()


def test_a_larger_military_burden_follows_fear(region: Region) -> None:
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    assert (owed_to(region, 2, frightened, "burden", threat_burden=1.0) > 0).all()


# --- what moves ties ----------------------------------------------------------------------------


def test_a_state_turns_from_a_partner_when_its_neighbours_do(region: Region) -> None:
    frightened = suppose("threat_signal", 0.8, "KAZ", "RUS", only_at_first=True)
    followed = owed_to(region, 6, frightened, "aligned", peer_weight=0.6)
    russia, first = region.partners.index("RUS"), region.states.index("KAZ")
    assert (np.delete(followed[..., russia], first, axis=-1) < 0).all()


def test_allies_and_hosts_of_bases_turn_away_more_slowly(region: Region) -> None:
    frightened = suppose("threat_signal", 0.8, ALL, "RUS", only_at_first=True)
    russia = region.partners.index("RUS")
    stayed = owed_to(region, 1, frightened, "aligned", alliance_slowing=1.0)[..., russia]
    assert (stayed[:, places(region, "state", "KAZ", "KGZ", "TJK")] > 0).all()
    assert (stayed[:, places(region, "state", "TKM", "UZB")] == 0).all()


def test_a_state_that_leaves_the_alliance_turns_away_faster(region: Region) -> None:
    frightened = suppose("threat_signal", 0.8, "KAZ", "RUS", only_at_first=True)
    left = together(frightened, suppose("membership", -1.0, "KAZ", "CSTO"))
    kazakhstan, russia = region.states.index("KAZ"), region.partners.index("RUS")
    member, outsider = (
        change(region, 1, write, "aligned")[:, kazakhstan, russia] for write in (frightened, left)
    )
    assert (outsider < member).all()
    assert (member < 0).all()


def test_the_publics_distrust_moves_ties_as_far_as_it_binds_the_ruler(region: Region) -> None:
    failed = suppose("backlash", 0.4, "KGZ", "CHN", only_at_first=True)
    kyrgyzstan, china = region.states.index("KGZ"), region.partners.index("CHN")
    for name in ("aligned", "trade_ties"):
        bound = owed_to(region, 3, failed, name, pass_through=0.5)
        assert (bound[:, kyrgyzstan, china] < 0).all()
        assert not change(region, 3, failed, name, pass_through=0.0).any()


def test_a_loss_of_standing_fades_by_half_in_its_half_life(region: Region) -> None:
    failed = suppose("backlash", 0.4, "KGZ", "CHN", only_at_first=True)
    at_first, later = (
        change(region, months, failed, "distrust", distrust_half_life=12.0) for months in (1, 13)
    )
    at_place = slice(None), region.states.index("KGZ"), region.partners.index("CHN")
    assert (at_first[at_place] > 0).all()
    assert np.allclose(later, at_first / 2.0)


def test_a_cheaper_way_to_a_market_draws_trade_there(region: Region) -> None:
    opened = suppose("capacity_added", 5.0, "cku_rail")
    eased = change(region, 4, opened, "access")
    more = owed_to(region, 4, opened, "trade_ties", access_pull=1.0)
    users, china = places(region, "state", "KGZ", "UZB"), region.partners.index("CHN")
    assert (eased[:, users, china] > 0).all()
    assert (more[:, users, china] > 0).all()


def test_who_does_more_draws_ties(region: Region) -> None:
    busy = together(*(suppose("priority", 3.0, "CHN", "KAZ", domain)
                      for domain in ("security", "economic")))  # fmt: skip
    for name in ("aligned", "trade_ties"):
        drawn_to = owed_to(region, 4, busy, name, engagement_pull=0.3)
        assert (drawn_to[:, region.states.index("KAZ"), region.partners.index("CHN")] > 0).all()


def test_new_money_draws_trade_to_whom_it_comes_from(region: Region) -> None:
    lent = suppose("deals", 0.3, "KGZ", "EUR")
    drawn_to = owed_to(region, 3, lent, "trade_ties", deal_pull=0.5)
    assert (drawn_to[:, region.states.index("KGZ"), region.partners.index("EUR")] > 0).all()


def test_a_state_that_is_pressed_gives_way(region: Region) -> None:
    pressed = suppose("pressure", 0.7, "KGZ", "RUS")
    gave_way = owed_to(region, 3, pressed, "aligned", compliance_pull=2.0)
    assert (gave_way[:, region.states.index("KGZ"), region.partners.index("RUS")] > 0).all()


def test_a_state_in_debt_leans_to_who_helped(region: Region) -> None:
    helped = suppose("troops", 2.5, "KAZ", "RUS", only_at_first=True)
    leaned = owed_to(region, 3, helped, "aligned", debt_size=0.3)
    assert (leaned[:, region.states.index("KAZ"), region.partners.index("RUS")] > 0).all()


def test_unrest_draws_a_ruler_to_who_can_keep_him_in_power(region: Region) -> None:
    shaken = suppose("insecurity", 0.5, "KGZ", "regime")
    drawn_to = owed_to(region, 3, shaken, "aligned", provision_pull=0.5)
    assert (drawn_to[:, region.states.index("KGZ"), region.partners.index("RUS")] > 0).all()


def test_fear_for_its_sovereignty_draws_a_state_from_the_power_it_fears_to_its_rival(
    region: Region,
) -> None:
    """Though all could protect it alike."""
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    drawn, undrawn = (
        change(region, 1, frightened, "aligned", provision_pull=pull, effectiveness=0.5)
        for pull in (0.5, 0.0)
    )
    drawn_to = drawn - undrawn
    assert (drawn_to[..., region.partners.index("RUS")] < 0).all()
    assert (drawn_to[..., region.partners.index("CHN")] > 0).all()


def test_unrest_draws_a_ruler_to_the_power_whose_elites_are_close_to_his_own(
    region: Region,
) -> None:
    shaken = suppose("insecurity", 0.5, "KGZ", "regime")
    for power in ("RUS", "CHN"):
        close = only(region, "elite_tie", 0.6, "", power)
        drawn_to = owed_to(region, 2, shaken, "aligned", elite_tie=close)
        assert (drawn_to[:, region.states.index("KGZ"), region.partners.index(power)] > 0).all()


# --- routes -------------------------------------------------------------------------------------


def test_a_closed_pipeline_has_others_built_larger(region: Region) -> None:
    closed = suppose("capacity_factor", 0.0, "cpc_pipeline")
    built = owed_to(region, 9, closed, "invested", investment_rate=0.02)
    assert (built >= 0).all()
    assert (built.max(axis=-1) > 0).all()


def test_transit_over_a_new_railway_earns_the_states_on_its_way(region: Region) -> None:
    opened = suppose("capacity_added", 10.0, "cku_rail")
    on_its_way = places(region, "state", "KGZ", "TKM", "UZB")
    for name in ("transit", "gdp_gap"):
        earned = owed_to(region, 4, opened, name, transit_income=0.06)
        assert (earned[:, on_its_way] > 0).all(), name


def test_sanctions_make_the_way_through_russia_dearer_and_less_used(region: Region) -> None:
    """In all: of one stream on one route, what others leave free can make up for it."""
    sanctions = suppose("sanctions", 1.0)
    by_rail = region.uses[:, region.place("link", "north_rail")]
    in_transit = by_rail * [route.market != "RUS" for route in region.routes]
    passing = owed_to(region, 3, sanctions, "flow", sanctions_friction=0.1)
    assert ((passing * in_transit).sum(axis=-1) < 0).all()
    dearer = owed_to(region, 3, sanctions, "dearer_routes", sanctions_friction=0.1)
    assert (dearer.sum(axis=-1) > 0).all()


def test_cargo_avoids_a_keeper_who_is_feared(region: Region) -> None:
    frightened = suppose("threat_signal", 0.8, "KAZ", "RUS", only_at_first=True)
    moved = owed_to(region, 1, frightened, "route_choice", gate_risk_cost=0.2)
    assert (moved[:, region.place("route", "ATYRAU_SAMARA")] < 0).all()
    assert (moved[:, region.place("route", "KAZ_MIDDLE")] == 0).all()


# --- accounts -----------------------------------------------------------------------------------


def test_arms_come_from_whom_security_ties_are_with(region: Region) -> None:
    frightened = suppose("threat_signal", 0.8, ALL, "RUS", only_at_first=True)
    buyers, russia = places(region, "state", "KAZ", "UZB"), region.powers.index("RUS")
    for name in ("aligned", "arms"):
        assert (change(region, 3, frightened, name)[:, buyers, russia] < 0).all(), name


def test_investment_follows_effort_in_the_economy(region: Region) -> None:
    at_work, china = region.states.index("KAZ"), region.powers.index("CHN")
    busy, idle = (
        change(region, 6, suppose("priority", by, "CHN", "KAZ", "economic"), "fdi_stock")
        for by in (2.0, 0.5)
    )
    assert (busy[:, at_work, china] > 0).all()
    assert (idle[:, at_work, china] < 0).all()


@pytest.mark.parametrize(
    ("stopping", "number", "stopped_in"),
    [
        (suppose("enforcement", 1.0), "reexport_enforcement", ("KAZ", "KGZ", "TJK", "TKM", "UZB")),
        (suppose("crackdown", 1.0, "KGZ"), "reexport_binding", ("KGZ",)),
    ],
    ids=["enforcement from outside", "a government's own line"],
)
def test_what_is_done_against_reexports_stops_a_part_of_them(
    region: Region, stopping: Write, number: str, stopped_in: tuple[str, ...]
) -> None:
    leaking = together(suppose("sanctions", 1.0), stopping)
    fewer = owed_to(region, 3, leaking, "reexports", **{number: 0.5})
    left = change(region, 3, leaking, "reexports", **{number: 0.5})
    here = places(region, "state", *stopped_in)
    assert (fewer[:, here] < 0).all()
    assert not np.delete(fewer, here, axis=-1).any()
    assert (left > 0).all()


def test_firms_inside_the_common_market_pass_on_more(region: Region) -> None:
    sanctions = suppose("sanctions", 1.0)
    inside, outside = (
        change(region, 3, sanctions, "reexports", reexport_market=by) for by in (4.0, 1.0)
    )
    members = places(region, "state", "KAZ", "KGZ")
    assert (inside[:, members] > outside[:, members]).all()
    assert not np.delete(inside - outside, members, axis=-1).any()


def test_arrivals_bring_hardship_to_the_many_and_money_from_home(region: Region) -> None:
    came = suppose("arrivals", 100.0, "KAZ")
    kazakhstan, russia = region.states.index("KAZ"), region.partners.index("RUS")
    crowded = owed_to(region, 3, came, "hardship", arrivals_hardship=0.005)
    assert (crowded[:, kazakhstan] > 0).all()
    richer = owed_to(region, 3, came, "gdp_gap", arrivals_tie=0.005)
    assert (richer[:, kazakhstan] > 0).all()
    tied = owed_to(region, 3, came, "ties", arrivals_tie=0.005)
    assert (tied[:, kazakhstan, ECONOMIC, russia] > 0).all()


@pytest.mark.parametrize(
    ("write", "number", "losers"),
    [
        (suppose("price", 0.7, "oil"), "revenue_gdp", ("KAZ",)),
        (suppose("remittances", 0.5, ALL, "RUS"), "remittance_gdp", ("KGZ", "TJK", "UZB")),
    ],
    ids=["sells its oil for less", "has less from its migrants"],
)
def test_a_state_is_poorer_when_it(
    region: Region, write: Write, number: str, losers: tuple[str, ...]
) -> None:
    loss = owed_to(region, 1, write, "gdp_gap", **{number: 0.5})
    assert (loss[:, places(region, "state", *losers)] < 0).all()


# --- votes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("write", "number", "voter"),
    [
        (suppose("pressure", 0.7, "KGZ", "RUS"), "vote_pressure", "KGZ"),
        (suppose("troops", 2.5, "KAZ", "RUS", only_at_first=True), "vote_debt", "KAZ"),
    ],
    ids=["pressed", "in debt"],
)
def test_a_state_votes_for_russia_when_it_is(
    region: Region, write: Write, number: str, voter: str
) -> None:
    state = region.states.index(voter)
    assert (owed_to(region, 2, write, "vote_no", **{number: 1.0})[:, state] > 0).all()
    assert (owed_to(region, 2, write, "vote_yes", **{number: 1.0})[:, state] < 0).all()


def test_a_state_that_fears_russia_votes_against_it(region: Region) -> None:
    frightened = suppose("threat_signal", 0.5, ALL, "RUS", only_at_first=True)
    assert (owed_to(region, 1, frightened, "vote_no", vote_threat=3.0) < 0).all()
    assert (owed_to(region, 1, frightened, "vote_yes", vote_threat=3.0) > 0).all()


def test_a_state_votes_with_whom_its_ties_moved_to(region: Region) -> None:
    closer = suppose("trade_trend", 0.5, ALL, "RUS")
    russia = region.powers.index("RUS")
    assert (owed_to(region, 1, closer, "vote_no", vote_lean=6.0) > 0).all()
    assert (owed_to(region, 1, closer, "agreement", agreement_lean=0.3)[..., russia] > 0).all()
