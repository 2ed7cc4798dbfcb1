"""What the powers do in a month: spend a budget, take their shares, press."""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, engagement, flat_prizes
from sim.exponentials import exponential, exponential_less_one
from sim.rules import contest, pressure
from sim.rules.sums import add_up, add_up_over
from sim.stages.places import BORDER, ECONOMIC, REGIME, SECURITY, Stage
from sim.stages.view import passive_effort
from sim.vocabulary import DOMAINS


def compete(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Stage:
    """Return how each power spends its one budget over all states and domains."""
    m, base = world.members, world.base
    held = np.moveaxis(view.ties_power, -1, -3)  # (member, power, state, domain)
    at_base = np.moveaxis(base.ties_power, -1, -3)
    stake = np.moveaxis(view.pooled_power - base.pooled_power, -1, -2)[..., None]
    loss = np.maximum(m.satiation[:, :, None, :] * at_base - held, 0.0)
    in_security = np.arange(len(DOMAINS)) == SECURITY
    border = np.maximum(s.insecurity[:, None, :, BORDER], 0.0)[..., None]
    visits = np.moveaxis(d.visits * (1.0 + view.meets), -1, -2)[..., None]
    interest = (
        m.border_interest[:, None, None, None] * border * in_security
        + m.visit_weight[:, None, None, None] * visits
    )
    eroded = contest.eroded_restraint(
        s.restraint,
        m.restraint * d.restraint,
        exposed_stake(world, s, view),
        m.restraint_erosion[:, None],
        m.restraint_half_life[:, None],
    )
    freed = (1.0 - eroded) / (1.0 - m.restraint)
    wish = np.where(in_security, freed[:, :, None, None], 1.0)
    worth = contest.prize_worth(
        flat_prizes(base.prize_worth * wish),
        flat_prizes(np.broadcast_to(stake, held.shape)),
        flat_prizes(loss),
        flat_prizes(interest),
        m.stake_salience[:, None],
        flat_prizes(np.broadcast_to(contested(world, d)[:, :, None, :], held.shape)),
    )
    own = flat_prizes(s.effort)
    others = flat_prizes(view.total_effort[:, None] - s.effort)
    funds = base.budget * d.budget * exponential(m.noise_attention[:, None] * z.attention)
    standing = m.commitment[:, None] * funds / base.budget
    response = contest.best_response(
        worth, others, funds, flat_prizes(base.effort * standing[..., None, None])
    )
    meant = response * flat_prizes(view.priority)  # new money, beside the budget
    effort = contest.adjusted(own, meant, m.effort_speed[:, None])
    return {
        "effort": effort.reshape(s.effort.shape),
        "restraint": eroded,
        "friction": view.friction,
    }


def contested(world: World, d: Arrays) -> np.ndarray:
    """Return how much losses weigh by power and domain: less in the economy under sanctions."""
    m, base = world.members, world.base
    in_economy = np.arange(len(DOMAINS)) == ECONOMIC
    yields = m.economic_yielding[:, None] * d.sanctions[:, None] * base.yields
    weight = 1.0 - yields[..., None] * in_economy
    return m.loss_salience[:, None, None] * weight


def exposed_stake(world: World, s: Arrays, view: Arrays) -> np.ndarray:
    """Return a power's economic stake in the states times their insecurity, over the base year.

    Unrest and border count alike. No floor: monthly noise around rest must not drive a drift.
    """
    base = world.base
    stake = view.ties_power[..., ECONOMIC, :] / base.ties_power[..., ECONOMIC, :]
    unrest = (s.insecurity[..., REGIME] + s.insecurity[..., BORDER]) / 2.0
    exposed = stake * exponential_less_one(unrest)[..., None]
    return add_up_over(exposed, -2) / exposed.shape[-2]


def engage(world: World, s: Arrays, d: Arrays) -> Stage:
    """Return each partner's share in the contests for a state."""
    effort = np.concatenate([s.effort, passive_effort(world, d)], axis=1)
    return {"engagement": engagement(effort, add_up_over(effort, 1))}


def press(world: World, s: Arrays, view: Arrays, d: Arrays) -> Stage:
    """Return the pressure of each power on each state, and what the power grows used to."""
    m, base = world.members, world.base
    say = m.energy_leverage[:, None, None] * view.market * s.energy_elsewhere
    levers = pressure.leverage(
        np.moveaxis(view.ties_power, -2, -1), base.leverage_weight[:, None, None, :], say
    )
    missing = pressure.gap(
        view.pooled_power, s.reference, base.pooled_power, m.tolerance[:, None, None]
    )
    calm = 1.0 - m.sco_calm[:, None, None, None] * np.minimum(view.calm, 1.0)
    deals = view.rival_deals / m.gdp_busd[..., None]
    minded = add_up(deals[..., None, :] * calm * s.friction[:, None])
    return {
        "leverage": levers,
        "reference": pressure.habituated(
            s.reference, view.pooled_power, m.reference_half_life[:, None, None]
        ),
        "pressure": pressure.pressure(
            missing + m.provocation[:, None, None] * minded,
            levers,
            m.coerciveness[:, None, :],
            own_stake(world, s, d),
            m.coercion_cost[:, None, None],
            d.pressure,
        ),
    }


def own_stake(world: World, s: Arrays, d: Arrays) -> np.ndarray:
    """Return what pressing a state would cost a power: its stake there, and its migrants."""
    m = world.members
    need = migrant_need(world, d)
    return np.moveaxis(m.own_stake, -1, -2) + need * s.remittances / 100.0


def migrant_need(world: World, d: Arrays) -> np.ndarray:
    """Return how much each power's economy needs the migrants: (member, 1, power)."""
    return (world.members.migrant_need + d.labour_need)[:, None, :]
