"""What a month meant for each state, in the world's units."""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, by_partner, pooled_share
from sim.exponentials import exponential
from sim.rules import consequences, portfolio
from sim.rules.sums import add_up
from sim.stages.places import ECONOMIC, Stage
from sim.stages.powers import migrant_need
from sim.stages.states import attention, presence
from sim.vocabulary import MONTHS_A_YEAR

PERCENT = 100.0


def account(world: World, s: Arrays, view: Arrays, d: Arrays) -> Stage:
    """Return what the month meant in the world's units, and the ties that it leaves."""
    moved = paid(world, s, view, d)
    ties, pooled = held_ties(world, s, d, moved)
    return {
        "remittances": moved["remittances"],
        "reexports": moved["reexports"],
        "labour": labour(world, moved["remittances"], d),
        "turnover": turnover(world, s, d, moved),
        "ties": ties,
        "pooled": pooled,
        **output(world, s, d, moved),
        **direct_investment(world, s, d),
        **diplomacy(world, s, pooled),
        **armed(world, aligned=s.aligned, powers=s.pressure.shape[-1]),
    }


def paid(world: World, s: Arrays, view: Arrays, d: Arrays) -> Stage:
    """Return what migrants send home, firms pass on and arrivals bring, also by partner."""
    m, base = world.members, world.base
    one = (slice(None), None)
    target = m.sanction_target[:, None, :]
    sent_home = consequences.remittances(
        base.remittances, d.remittances, s.pressure, migrant_need(world, d),
        m.pressure_remittances[one],
    )  # fmt: skip
    inside = 1.0 + (m.reexport_market[one] - 1.0) * add_up(view.market * target)
    stopped = consequences.stopped_part(
        d.enforcement[..., None], d.crackdown, m.reexport_enforcement[one], m.reexport_binding[one]
    )
    reexports = consequences.reexports(
        s.reexports, m.reexport_capacity_busd, inside, d.sanctions[..., None], stopped,
        m.reexport_speed[one],
    )  # fmt: skip
    brought = m.arrivals_tie[one] * d.arrivals
    return {
        "remittances": sent_home,
        "reexports": reexports,
        "brought": brought,
        "sent_by_partner": by_partner(sent_home * m.gdp_busd[..., None] / PERCENT, s.threat),
        "passed_on": by_partner(target * reexports[..., None], s.threat),
        "savings": by_partner(target * brought[..., None], s.threat),
    }


def labour(world: World, sent_home: np.ndarray, d: Arrays) -> np.ndarray:
    """Return what the work of a state's migrants is worth to each power, bn USD a year."""
    m = world.members
    return consequences.labour(
        sent_home * m.gdp_busd[..., None] / PERCENT,
        migrant_need(world, d),
        m.migrant_output[:, None],
    )


def output(world: World, s: Arrays, d: Arrays, moved: Stage) -> Stage:
    """Return GDP, the hardship that people feel, and the military burden."""
    m, base = world.members, world.base
    one = (slice(None), None)
    invested = m.deal_income[one] * add_up(d.deals)
    income = m.reexport_margin[one] * moved["reexports"] + s.transit + moved["brought"] + invested
    remitted = add_up(moved["remittances"]) - add_up(base.remittances)
    gap = consequences.gdp_gap(
        s.netback - base.netback, remitted, income, m.gdp_busd,
        m.revenue_gdp[one], m.remittance_gdp[one],
    )  # fmt: skip
    crowded = m.arrivals_hardship[one] * d.arrivals / m.gdp_busd
    loss = np.maximum(-gap, 0.0) + d.hardship + crowded
    feared = add_up((s.threat - m.threat_base)[..., : s.pressure.shape[-1]])
    wanted = np.maximum(m.milex_pct_gdp + m.threat_burden[one] * feared + d.burden, 0.0)
    return {
        "gdp": m.gdp_busd * exponential(d.gdp_trend) * (1.0 + gap),
        "gdp_gap": gap,
        "hardship": consequences.felt(s.hardship, loss, m.hardship_speed[one]),
        "burden": consequences.felt(s.burden, wanted, m.burden_speed[one]),
    }


def growth(d: Arrays) -> np.ndarray:
    """Return by what named trends alone multiply trade with each partner."""
    return exponential(d.trade_trend) * exponential(d.gdp_trend)[..., None]


def turnover(world: World, s: Arrays, d: Arrays, moved: Stage) -> np.ndarray:
    """Return trade in goods with each partner at the month's prices, bn USD a year.

    Sales to a market over the base year's count, at the month's prices.
    """
    m, base = world.members, world.base
    standing = m.trade_busd * s.trade_ties / base.trade * growth(d)
    return np.maximum(standing + moved["passed_on"] + s.sales_change, 0.0)


def held_ties(world: World, s: Arrays, d: Arrays, moved: Stage) -> tuple[np.ndarray, np.ndarray]:
    """Return ties in every domain after the month, and over all domains."""
    base = world.base
    money = moved["sent_by_partner"] + moved["passed_on"] + moved["savings"]
    trade = s.trade_ties * base.trade_total[..., None] * growth(d)
    economic = consequences.economic_ties(trade, money)
    security = portfolio.with_troops(s.aligned, presence(world, d))
    ties = np.stack([security, economic, s.route_ties], axis=-2)
    return ties, pooled_share(ties, base.domain_weight)


def direct_investment(world: World, s: Arrays, d: Arrays) -> Stage:
    """Return the stock of direct investment from each power after the month's inflow.

    At rest the base year's inflow only keeps up the stock; effort moves it, trends and new
    investment add to it, aid does not.
    """
    effort = attention(world, s, ECONOMIC)[..., : s.pressure.shape[-1]]
    inflow = world.members.fdi_inflow_busd * (effort - 1.0) + d.fdi_trend * effort
    return {"fdi_stock": s.fdi_stock + inflow / MONTHS_A_YEAR}


def diplomacy(world: World, s: Arrays, pooled: np.ndarray) -> Stage:
    """Return dispositions on UN resolutions against the sanctioned power, and voting agreement."""
    m, base = world.members, world.base
    one, two = (slice(None), None), (slice(None), None, None)
    powers = s.pressure.shape[-1]
    target = m.sanction_target[:, None, :]
    closer = pooled[..., :powers] - base.pooled[..., :powers]
    fear = (s.threat - m.threat_base)[..., :powers]
    lean = (
        m.vote_lean[one] * add_up(target * closer)
        - m.vote_threat[one] * add_up(target * fear)
        + m.vote_pressure[one] * add_up(target * s.pressure)
        + m.vote_debt[one] * add_up(target * s.debt)
    )
    yes, no = consequences.votes(m.vote_yes_base, m.vote_no_base, lean[..., None])
    agreement = np.clip(m.unga_agreement + m.agreement_lean[two] * closer, 0.0, 1.0)
    return {"vote_yes": yes, "vote_no": no, "agreement": agreement}


def armed(world: World, aligned: np.ndarray, powers: int) -> Stage:
    """Return arms imports by power: they follow security ties, the rest of the world standing."""
    m, base = world.members, world.base
    bought = m.arms_import_share * aligned[..., :powers] / base.security[..., :powers]
    elsewhere = np.maximum(1.0 - add_up(m.arms_import_share), 0.0)
    return {"arms": bought / (elsewhere + add_up(bought))[..., None]}
