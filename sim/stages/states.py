"""What the states do in a month: fear, need, owe, and choose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, by_partner
from sim.exponentials import exponential, exponential_less_one, logarithm, to_the_power
from sim.rules import contest, fading, perception, portfolio, rivals
from sim.rules.sums import add_up
from sim.stages.places import BORDER, ECONOMIC, REGIME, SECURITY, SOVEREIGNTY, Stage
from sim.vocabulary import NEEDS


def perceive(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Stage:
    """Return what each state fears, what it needs security for, and what it owes."""
    m, base = world.members, world.base
    one, two = (slice(None), None), (slice(None), None, None)
    coerced = m.pressure_threat[two] * s.pressure + (
        m.rhetoric_threat[two] * d.rhetoric * base.exposure[..., : s.pressure.shape[-1]]
    )
    inflow = (
        by_partner(coerced, base.exposure)
        + base.exposure * d.threat_signal
        + m.cut_threat[two] * view.deliberate_cuts
    )
    threat = perception.threat(s.threat, m.threat_base, inflow, m.threat_half_life[two])
    present = presence(world, d)
    met = provision(world, s, present)
    change = logarithm(met / base.provision)
    feared = add_up((threat - m.threat_base)[..., : s.pressure.shape[-1]])
    unrest = m.hardship_insecurity[one] * s.hardship
    fear = m.threat_insecurity[one] * feared
    inflow_need = (
        d.insecurity
        + m.noise_insecurity[two] * z.insecurity
        + np.stack([unrest, np.zeros_like(unrest), fear], axis=-1)
    )
    felt = perception.insecurity(
        s.insecurity, change, inflow_need, m.insecurity_reversion[one], m.provision_relief[one]
    )
    return {
        "threat": threat,
        "insecurity": perception.quelled(
            felt, base.effectiveness, present[..., None, :], m.quelling[one]
        ),
        "debt": fading.faded(s.debt, np.zeros(1), m.debt_half_life[two])
        + m.debt_size[two] * d.troops / m.deployment_reference[two],
        "distrust": fading.faded(s.distrust, m.distrust, m.distrust_half_life[two])
        + (1.0 - s.distrust) * -exponential_less_one(-d.backlash),
    }


def presence(world: World, d: Arrays) -> np.ndarray:
    """Return the weight of each partner's troops that are there, against all standing ties."""
    m = world.members
    troops = by_partner(d.troops, world.base.exposure) / m.deployment_reference[:, None, None]
    return m.deployment_weight[:, None, None] * troops


def provision(world: World, s: Arrays, present: np.ndarray) -> np.ndarray:
    """Return how well each need is met by own means, by ties that are backed, and by troops."""
    m, base = world.members, world.base
    one = (slice(None), None)
    armed = m.own_provision * to_the_power(s.burden / m.milex_pct_gdp, m.burden_provision[one])
    backed = attention(world, s, SECURITY)
    return perception.provision(
        armed[..., None],
        base.effectiveness,
        (s.aligned * backed)[..., None, :],
        present[..., None, :],
    )


def choose(
    world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays, held: Arrays | None = None
) -> Stage:
    """Return the ties that each state would hold, and how far it moves towards them."""
    wished = wish(world, s, view, d, z)
    target = held.target if held else wished["target"]
    return {**wished, "target": target, **move(world, s, view, target)}


def wish(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Stage:
    """Return the ties that each state would hold if it could move at once; and unafraid."""
    chosen, unafraid = CHOICES[world.region.rule](world, s, view, d, z)
    return {
        "target": np.concatenate([chosen, s.intended_routes[..., None, :]], axis=-2),
        "unafraid": np.concatenate([unafraid, s.unafraid_routes[..., None, :]], axis=-2),
    }


def move(world: World, s: Arrays, view: Arrays, target: np.ndarray) -> Stage:
    """Return ties after a month of moving to a target; alliances and bases slow it."""
    m = world.members
    one = (slice(None), None)
    bound = np.minimum(add_up(view.allied + m.base_presence), 1.0)
    slow = exponential(-m.alliance_slowing[one] * bound)
    return {
        "aligned": portfolio.moved(
            s.aligned, target[..., SECURITY, :], m.security_speed[one] * slow
        ),
        "trade_ties": portfolio.moved(
            s.trade_ties, target[..., ECONOMIC, :], m.economic_speed[one]
        ),
    }


def desired(
    world: World,
    s: Arrays,
    pulls: np.ndarray,
    anchors: np.ndarray,
    start: np.ndarray,
    precision: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ties a state would choose, and those with the risk term off; (…, 2, partner).

    Constants are those of the base year, where fear already shapes what is held.
    """
    m = world.members
    full = pulls.shape[:-1]
    alike = acting_as_one(world)
    correlation = np.broadcast_to(m.risk_correlation[:, None, None], full)
    aversion = np.broadcast_to(m.risk_aversion[:, None, None], full)
    sharp = np.broadcast_to(precision, full)
    risk, risk_at_base = (
        np.broadcast_to(
            portfolio.spread_risk(threat, m.risk_floor[:, None])[..., None, :], pulls.shape
        )
        for threat in (s.threat, m.threat_base)
    )
    worry = aversion[..., None] * portfolio.marginal_risk(anchors, risk_at_base, correlation, alike)
    chosen = portfolio.target_portfolio(
        anchors, pulls + worry, risk, correlation, aversion, sharp, start, alike
    )
    return chosen, portfolio.perturbed_choice(anchors, pulls + worry, sharp)


def pulls_of(world: World, s: Arrays, view: Arrays, d: Arrays) -> np.ndarray:
    """Return what draws a state to each partner, over the base year: (..., state, 2, partner)."""
    return np.stack([security_pull(world, s, view, d), trade_pull(world, s, view, d)], axis=-2)


def standing(world: World, s: Arrays) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ties of the base year, those held now, and how sharply a state chooses."""
    m, base = world.members, world.base
    anchors = np.stack([base.security, base.trade], axis=-2)
    start = np.stack([s.aligned, s.trade_ties], axis=-2)
    precision = np.stack([m.security_precision, m.economic_precision], axis=-1)[:, None]
    return anchors, start, precision


def wished_for(world: World, s: Arrays, d: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Return the base year's ties, tilted by what a government wishes; how sharply it chooses.

    For rules that know no utility to which the wish could be added: it comes to the same.
    """
    anchors, _, precision = standing(world, s)
    wish = np.stack([d.wish[..., SECURITY, :], d.wish[..., ECONOMIC, :]], axis=-2)
    return anchors * exponential(precision[..., None] * wish), precision


def acting_as_one(world: World) -> np.ndarray | None:
    """Return which partners always withhold together, (partner, partner); None: each on its own."""
    together = world.members.withhold_together
    return np.maximum(together[0], np.eye(together.shape[-1])) if together.any() else None


def bound_distrust(world: World, s: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Return public distrust as far as it binds the ruler: its level and its change."""
    m = world.members
    through = m.pass_through[..., None]
    return through * s.distrust, through * (s.distrust - m.distrust)


def attention_pull(world: World, s: Arrays, domain: int, trusted: np.ndarray) -> np.ndarray:
    """Return the pull of each partner's share of engagement in a domain, damped by distrust."""
    gain = logarithm(attention(world, s, domain))
    return world.members.engagement_pull[:, None, None] * trusted * gain


def attention(world: World, s: Arrays, domain: int) -> np.ndarray:
    """Return each partner's share in the contest for a domain, over the base year's."""
    m = world.members
    now, then = s.engagement[..., domain, :], world.base.engagement[..., domain, :]
    return contest.over_base(now, then, m.attention_floor[:, None], m.share_floor[:, None])


def common_pull(world: World, s: Arrays, view: Arrays, domain: int) -> np.ndarray:
    """Return what pulls in security and trade alike: engagement, compliance, peers, standing."""
    m = world.members
    two = (slice(None), None, None)
    distrust, lost_standing = bound_distrust(world, s)
    compliance = by_partner(m.compliance_pull[two] * s.pressure * s.leverage, distrust)
    example = portfolio.together_with(view.peers[..., domain, :], acting_as_one(world))
    return (
        attention_pull(world, s, domain, 1.0 - distrust)
        + compliance
        + m.peer_weight[two] * example
        - m.distrust_pull[two] * lost_standing
    )


def security_pull(world: World, s: Arrays, view: Arrays, d: Arrays) -> np.ndarray:
    """Return what draws a state's security ties to each partner, over the base year."""
    m, base = world.members, world.base
    two = (slice(None), None, None)
    needed = add_up(np.moveaxis(base.effectiveness * needs_of(world, s), -2, -1))
    owed = by_partner(s.debt, base.exposure)
    common = common_pull(world, s, view, SECURITY)
    pulled = common + m.provision_pull[two] * needed + owed + joined(world, d)
    return pulled + d.wish[..., SECURITY, :]


def joined(world: World, d: Arrays) -> np.ndarray:
    """Return what draws a state to those who lead a body that it joins."""
    leads = np.moveaxis(world.members.body_leader, -2, -1)[:, None]  # (member, 1, power, body)
    return by_partner(add_up(d.body_pull[..., None, :] * leads), world.base.exposure)


def needs_of(world: World, s: Arrays) -> np.ndarray:
    """Return the insecurity that each partner could answer: (..., state, need, partner).

    Nobody protects a state's sovereignty from himself: of the fear for sovereignty, the part
    that is of a partner draws to all others.
    """
    return s.insecurity[..., None] * answerers(world, s)


def answerers(world: World, s: Arrays) -> np.ndarray:
    """Return how far each need can be answered by each partner at all: (..., need, partner)."""
    of_power = np.arange(s.threat.shape[-1]) < s.pressure.shape[-1]
    fear = np.maximum(s.threat - world.members.threat_base, 0.0) * of_power
    total = add_up(fear)[..., None]
    of_others = 1.0 - fear / np.where(total > 0.0, total, 1.0)
    everyone = np.ones_like(of_others)
    answers = [of_others if need == SOVEREIGNTY else everyone for need in range(len(NEEDS))]
    return np.stack(answers, axis=-2)


def trade_pull(world: World, s: Arrays, view: Arrays, d: Arrays) -> np.ndarray:
    """Return what draws a state's trade to each partner, over the base year."""
    pulled = common_pull(world, s, view, ECONOMIC) + reached(world, s) + dealt(world, d)
    return pulled + d.wish[..., ECONOMIC, :]


def reached(world: World, s: Arrays) -> np.ndarray:
    """Return what draws trade to partners that can be reached more cheaply."""
    return world.members.access_pull[:, None, None] * s.access


def dealt(world: World, d: Arrays) -> np.ndarray:
    """Return what draws trade to partners that bring deals."""
    m = world.members
    two = (slice(None), None, None)
    scale = m.trade_busd + m.deal_scale[two] * m.gdp_busd[..., None]
    return m.deal_pull[two] * d.deals / scale


# The rules of choice: each returns the ties a state would choose, and those with fear off ---------


Chosen = tuple[np.ndarray, np.ndarray]


def by_portfolio(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return ties that weigh what each partner gives against what all might withhold."""
    return desired(world, s, pulls_of(world, s, view, d), *standing(world, s))


def by_threat(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return ties that turn away from whoever threatens more than in the base year."""
    m = world.members
    anchors, precision = wished_for(world, s, d)
    aversion = m.risk_aversion[:, None, None]
    rise, unafraid = (
        np.broadcast_to(fear[..., None, :], anchors.shape)
        for fear in (s.threat - m.threat_base, -m.threat_base)
    )
    return (
        rivals.balance_of_threat(anchors, rise, aversion, precision),
        rivals.balance_of_threat(anchors, unafraid, aversion, precision),
    )


def by_offers(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return ties that go to whoever's offers rose: engagement, bodies, access, deals."""
    anchors, _, precision = standing(world, s)
    trusted = 1.0 - bound_distrust(world, s)[0]
    security = attention_pull(world, s, SECURITY, trusted) + joined(world, d)
    trade = attention_pull(world, s, ECONOMIC, trusted) + reached(world, s) + dealt(world, d)
    security, trade = security + d.wish[..., SECURITY, :], trade + d.wish[..., ECONOMIC, :]
    chosen = rivals.bandwagoning(anchors, np.stack([security, trade], axis=-2), precision)
    return chosen, chosen


def by_needs(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return ties that go to whoever best answers the ruler's most pressing threat."""
    m = world.members
    anchors, precision = wished_for(world, s, d)
    pull = m.provision_pull[:, None, None]
    answers = world.base.effectiveness * answerers(world, s)
    felt = [s.insecurity[..., need] for need in (REGIME, BORDER, SOVEREIGNTY)]
    chosen, unafraid = (
        rivals.omnibalancing(
            anchors,
            rivals.most_pressing(felt[REGIME], felt[BORDER], external)[..., None, :],
            answers[..., None, :, :],
            pull,
            precision,
        )
        for external in (felt[SOVEREIGNTY], np.zeros_like(felt[SOVEREIGNTY]))
    )
    return chosen, unafraid


def by_distance(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return the ties of a portfolio in which no power may gain on another."""
    powers = s.pressure.shape[-1]
    anchors = standing(world, s)[0]
    chosen, unafraid = by_portfolio(world, s, view, d, z)
    return (
        rivals.equidistance(chosen, anchors, powers),
        rivals.equidistance(unafraid, anchors, powers),
    )


def by_losses(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return the ties of a portfolio in which losses, and new fears, weigh more than gains."""
    pulls, held = pulls_of(world, s, view, d), standing(world, s)
    afraid = pulls - feared_loss(world, s, held[0])
    chosen, _ = desired(world, s, pulls + rivals.loss_beyond(afraid, rivals.LOSS_WEIGHT), *held)
    _, unafraid = desired(world, s, pulls + rivals.loss_beyond(pulls, rivals.LOSS_WEIGHT), *held)
    return chosen, unafraid


def feared_loss(world: World, s: Arrays, anchors: np.ndarray) -> np.ndarray:
    """Return how much dearer the risk of the base year's ties has become, by partner."""
    m = world.members
    correlation = np.broadcast_to(m.risk_correlation[:, None, None], anchors.shape[:-1])
    now, then = (
        portfolio.marginal_risk(
            anchors,
            np.broadcast_to(
                portfolio.spread_risk(threat, m.risk_floor[:, None])[..., None, :], anchors.shape
            ),
            correlation,
            acting_as_one(world),
        )
        for threat in (s.threat, m.threat_base)
    )
    return m.risk_aversion[:, None, None, None] * (now - then)


def by_inertia(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return the ties of the base year, whatever happens."""
    anchors = standing(world, s)[0]
    return anchors, anchors


def by_chance(world: World, s: Arrays, view: Arrays, d: Arrays, z: Arrays) -> Chosen:
    """Return ties that drift at random from where they are."""
    drifted = rivals.random_walk(standing(world, s)[1], z.drift)
    return drifted, drifted


CHOICES: dict[str, Callable[[World, Arrays, Arrays, Arrays, Arrays], Chosen]] = {
    "portfolio": by_portfolio,
    "balance_of_threat": by_threat,
    "bandwagoning": by_offers,
    "omnibalancing": by_needs,
    "equidistance": by_distance,
    "loss_averse": by_losses,
    "inertia": by_inertia,
    "random_walk": by_chance,
}
"""By which rule a state chooses."""
