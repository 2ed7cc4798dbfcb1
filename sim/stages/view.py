"""What every actor can see when a month begins: last month, and this month's events."""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, by_owner
from sim.exponentials import exponential
from sim.rules.sums import add_up, add_up_over
from sim.stages.places import BORDER, Stage

OUTLOOK_AXES: dict[str, tuple[str, ...]] = {
    "ties_power": ("state", "domain", "power"),
    "pooled_power": ("state", "power"),
    "total_effort": ("state", "domain"),
    "common_border": (),
    "allied": ("state", "power"),
    "market": ("state", "power"),
    "meets": ("state", "power"),
    "rival_deals": ("state", "rival"),
    "friction": ("power", "rival"),
    "calm": ("state", "power", "rival"),
    "peers": ("state", "domain", "partner"),
    "priority": ("power", "state", "domain"),
    "deliberate_cuts": ("state", "partner"),
    "membership": ("state", "body"),
}


def join(world: World, d: Arrays) -> Stage:
    """Return who belongs to which body this month."""
    return {"membership": np.clip(world.members.membership + d.membership, 0.0, 1.0)}


def outlook(world: World, s: Arrays, d: Arrays) -> Arrays:
    """Return what every actor can see of last month and of this month's events."""
    m, base, place = world.members, world.base, world.geography
    powers = place.powers
    border = np.maximum(s.insecurity[..., BORDER], 0.0)
    common_border = add_up(border) / border.shape[-1]
    leads = np.moveaxis(m.body_leader, -2, -1)[:, None]  # (member, 1, power, body)
    belongs = s.membership[:, :, None, :] * leads
    shared_forum = add_up(belongs * m.forum[:, None, None, :])
    yielding = 1.0 - (m.economic_yielding * d.sanctions)[:, None, None] * m.yields_to
    interest = exponential(-m.border_interest * common_border)[:, None, None]
    effort = np.concatenate([s.effort, passive_effort(world, d)], axis=1)
    deviation = s.ties - base.ties
    others = add_up_over(deviation, 1)[:, None] - deviation
    return Arrays(
        {
            "ties_power": s.ties[..., :powers],
            "pooled_power": s.pooled[..., :powers],
            "total_effort": add_up_over(effort, 1),
            "common_border": common_border,
            "allied": add_up(belongs * m.alliance[:, None, None, :]),
            "market": add_up(belongs * m.common_market[:, None, None, :]),
            "meets": add_up(belongs),
            "rival_deals": d.deals[..., :powers],
            "friction": m.rivalry * yielding * interest,
            "calm": shared_forum[..., None] * shared_forum[..., None, :],
            "peers": others / max(deviation.shape[1] - 1, 1),
            "priority": d.priority[:, :powers],
            "deliberate_cuts": deliberate_cuts(world, d),
            "membership": s.membership,
        },
        OUTLOOK_AXES,
    )


def passive_effort(world: World, d: Arrays) -> np.ndarray:
    """Return the efforts of the passive partners, which only events move."""
    passive = d.priority[:, world.geography.powers :]
    return world.base.passive_effort * passive


def deliberate_cuts(world: World, d: Arrays) -> np.ndarray:
    """Return the worth of deliberate cuts by who keeps the link, as a share of what a state sends.

    A link that no partner keeps is nobody's to cut on purpose, and frightens of no partner.
    """
    base, place = world.base, world.geography
    nobody = np.zeros(base.trade.shape[:-1])
    if not d.cut_intent.any():
        return np.stack([nobody] * place.keeps.shape[1], axis=-1)
    return np.stack(
        [cut_by(world, d, links) if links.any() else nobody for links in place.link_keeper.T],
        axis=-1,
    )


def cut_by(world: World, d: Arrays, links: np.ndarray) -> np.ndarray:
    """Return the worth of deliberate cuts of some links (True), by state, as a share."""
    base, place = world.base, world.geography
    spared = np.ones_like(base.worth_part)
    for link in np.flatnonzero(links):
        spared = spared * (1.0 - d.cut_intent[..., link, None] * place.uses[:, link])
    return by_owner(base.worth_part * (1.0 - spared), place)
