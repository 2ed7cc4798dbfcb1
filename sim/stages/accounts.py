"""What a month meant for each state, in the world's units."""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, by_partner, pooled_share
from sim.rules import consequences, portfolio
from sim.rules.sums import add_up
from sim.stages.places import ECONOMIC, Stage
from sim.vocabulary import MONTHS_A_YEAR


def account(world: World, s: Arrays, view: Arrays, d: Arrays) -> Stage:
    """Return what the month meant in the world's units, and the ties that it leaves."""
    m, base = world.members, world.base
    one, two = (slice(None), None), (slice(None), None, None)
    powers = s.pressure.shape[-1]
    need = (m.migrant_need + d.labour_need)[:, None, :]
    sent_home = consequences.remittances(
        base.remittances, d.remittances, s.pressure, need, m.pressure_remittances[one]
    )
    target = m.sanction_target[:, None, :]
    inside = 1.0 + (m.reexport_market[one] - 1.0) * add_up(view.market * target)
    stopped = consequences.stopped_part(
        d.enforcement[..., None], d.crackdown, m.reexport_enforcement[one], m.reexport_binding[one]
    )
    reexports = consequences.reexports(
        s.reexports, m.reexport_capacity_busd, inside, d.sanctions[..., None], stopped,
        m.reexport_speed[one],
    )  # fmt: skip
    brought = m.arrivals_tie[one] * d.arrivals
    income = m.reexport_margin[one] * reexports + s.transit + brought
    remitted = add_up(sent_home) - add_up(base.remittances)
    gap = consequences.gdp_gap(
        s.netback - base.netback, remitted, income, m.gdp_busd,
        m.revenue_gdp[one], m.remittance_gdp[one],
    )  # fmt: skip
    trend = np.exp(d.gdp_trend)
    crowded = m.arrivals_hardship[one] * d.arrivals / m.gdp_busd
    loss = np.maximum(-gap, 0.0) + d.hardship + crowded
    feared = add_up((s.threat - m.threat_base)[..., :powers])
    wanted = np.maximum(m.milex_pct_gdp + m.threat_burden[one] * feared + d.burden, 0.0)
    passed_on = by_partner(target * reexports[..., None], s.threat)
    savings = by_partner(target * brought[..., None], s.threat)
    sent = by_partner(sent_home * m.gdp_busd[..., None] / 100.0, s.threat)
    money = sent + passed_on + savings
    growth = np.exp(d.trade_trend) * trend[..., None]
    trade = s.trade_ties * base.trade_total[..., None] * growth
    economic = consequences.economic_ties(trade, money)
    troops = by_partner(d.troops, s.threat) / m.deployment_reference[two]
    security = portfolio.with_troops(s.aligned, m.deployment_weight[two] * troops)
    ties = np.stack([security, economic, s.route_ties], axis=-2)
    pooled = pooled_share(ties, base.domain_weight)
    return {
        "remittances": sent_home,
        "reexports": reexports,
        "gdp": m.gdp_busd * trend * (1.0 + gap),
        "gdp_gap": gap,
        "hardship": consequences.felt(s.hardship, loss, m.hardship_speed[one]),
        "burden": consequences.felt(s.burden, wanted, m.burden_speed[one]),
        "turnover": np.maximum(
            m.trade_busd * s.trade_ties / base.trade * growth + passed_on - s.lost_sales, 0.0
        ),
        "ties": ties,
        "pooled": pooled,
        **direct_investment(world, s, d),
        **diplomacy(world, s, pooled),
        **armed(world, aligned=s.aligned, powers=powers),
    }


def direct_investment(world: World, s: Arrays, d: Arrays) -> Stage:
    """Return the stock of direct investment from each power after the month's inflow.

    At rest the base year's inflow only keeps up the stock; effort moves it, trends and new
    investment add to it, aid does not.
    """
    m, base = world.members, world.base
    powers = s.pressure.shape[-1]
    floor = m.share_floor[:, None, None]
    now, then = (e[..., ECONOMIC, :powers] + floor for e in (s.engagement, base.engagement))
    effort = now / then
    inflow = m.fdi_inflow_busd * (effort - 1.0) + d.fdi_trend * effort
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
