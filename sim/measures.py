"""Hedging in three named lenses, and what goes with it. Functions of shares; nothing is run.

Shares come as (..., state, domain, partner), the powers first among the partners.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.region import Region
from sim.rules.sums import add_up
from sim.stages.places import ECONOMIC, ROUTES, SECURITY

MEASURES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "breadth": (("state",), "effective partners", "breadth of ties within domains (headline)"),
    "breadth_domain": (("state", "domain"), "effective partners", "breadth in one domain"),
    "breadth_pooled": (("state",), "effective partners", "breadth of ties pooled over domains"),
    "issue_splitting": (("state",), "ratio", "pooled over within: partners split by domain"),
    "among_powers": (("state",), "effective powers", "breadth of pooled ties among the powers"),
    "ambiguity": (("state",), "0-1", "security ambiguity, capped by treaties and bases"),
    "two_sidedness": (("state",), "0-3", "ties that gain against means that insure, summed"),
    "two_sidedness_with": (("state", "power"), "0-1", "the same towards one power"),
    "division_of_labour": (("state",), "share", "Russia for security, China for the economy"),
    "lean": (("state", "pair"), "0-100", "between two powers: 0 all the first, 100 all the second"),
    "deliberate": (("state",), "effective partners", "the part of breadth that is on purpose"),
    "deliberate_domain": (("state", "domain"), "effective partners", "the same in one domain"),
}
"""Every measure of hedging: its axes, unit and meaning."""


def entropy(share: np.ndarray) -> np.ndarray:
    """Return Shannon's entropy over the last axis, in nats; a share of 0 adds nothing."""
    positive = share > 0
    return -add_up(np.where(positive, share * np.log(np.where(positive, share, 1.0)), 0.0))


def effective(share: np.ndarray) -> np.ndarray:
    """Return the effective number of partners, exp of Shannon's entropy: Hill number of order 1.

    Order 1 is the only one that splits into within and between under unequal weights (Jost 2007);
    the effective number of parties (Laakso and Taagepera 1979) is order 2.
    """
    return np.exp(entropy(share))


def within(ties: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return effective partners within domains, weighted by domain: (..., state)."""
    return averaged(entropy(ties), weight)


def averaged(entropies: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the effective number at the mean entropy over the domains: (..., state)."""
    return np.exp(add_up(entropies * weight))


def breadth_change_parts(before: np.ndarray, after: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the change of within-domain entropy, split over domain and partner; sums exactly.

    Each part is weight x change of share x slope of -x ln x over the interval, with the slope
    made neutral at a share of 1 / partners (changes of shares sum to 0, so any constant may be
    taken from the slopes).
    """
    neutral = np.log(before.shape[-1]) - 1.0
    slope = mean_slope(before, after) - neutral
    return weight[..., None] * (after - before) * slope


def mean_slope(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the mean slope of -x ln x between two shares, stable where they are close."""
    held = np.where(before > 0, before, 1.0)
    ratio = (after - before) / held
    gone = (after <= 0) | (ratio <= -1.0)  # what is left may be lost in rounding
    small = np.abs(ratio) < 1e-8
    safe = np.where(small | (before <= 0) | gone, 1.0, ratio)
    through = np.where(small, 1.0 - ratio / 2.0, np.log1p(safe) / safe)
    both = -(np.log(held) + (1.0 + ratio) * through)
    from_none = -np.log(np.where(after > 0, after, 1.0))
    to_none = -np.log(held)
    slope = np.where(before <= 0, from_none, np.where(gone, to_none, both))
    return slope


def two_sidedness(ties: np.ndarray, powers: int) -> np.ndarray:
    """Return ties that gain against means that insure, towards each power: (..., state, power).

    Harmonic mean of the economic tie with a power and of the means not tied to it (ours, after
    Kuik 2008, 2021, whose returns and contingencies point at the same power).
    """
    own = ties[..., :powers]
    gains = own[..., ECONOMIC, :]
    insures = 1.0 - (own[..., SECURITY, :] + own[..., ROUTES, :]) / 2.0
    total = gains + insures
    return 2.0 * gains * insures / np.where(total > 0, total, 1.0)


def ambiguity(
    security: np.ndarray, allied: np.ndarray, based: np.ndarray, binds: tuple[np.ndarray, ...]
) -> np.ndarray:
    """Return security ambiguity, 0 to 1: breadth of the security domain, less what binds.

    Lim and Cooper (2015): only signals that leave security alignment open count as hedging, so a
    defence treaty or foreign bases cap it. `binds` are the parts that they take away.
    """
    partners = security.shape[-1]
    open_part = (effective(security) - 1.0) / (partners - 1.0)
    by_treaty, by_base = binds
    return open_part * (1.0 - by_treaty * allied) * (1.0 - by_base * based)


def division_of_labour(ties: np.ndarray, region: Region) -> np.ndarray:
    """Return half of [(security - economic share of Russia) + (economic - security of China)]."""
    russia, china = (region.partners.index(code) for code in ("RUS", "CHN"))
    lead = ties[..., SECURITY, :] - ties[..., ECONOMIC, :]
    return (lead[..., russia] - lead[..., china]) / 2.0


def lean(pooled: np.ndarray, powers: int) -> np.ndarray:
    """Return the lean between every two powers, 0 all the first to 100 all the second: (..., pair).

    Near the middle is no hedging: who neglects both alike stands there too, and so does who has
    ties with neither.
    """
    first, second = (
        pooled[..., list(place)] for place in zip(*combinations(range(powers), 2), strict=True)
    )
    both = first + second
    return np.where(both > 0, 100.0 * second / np.where(both > 0, both, 1.0), 50.0)


def measured(world: World, run: Arrays) -> Arrays:
    """Return every measure for a run, each array (month, member, *axes)."""
    m, base, region = world.members, world.base, world.region
    powers = world.geography.powers
    ties, weight = run.ties, base.domain_weight[:, None, :]
    spread, meant, unafraid = (entropy(run[name]) for name in ("ties", "target", "unafraid"))
    narrow, wide = averaged(spread, weight), effective(run.pooled)
    towards = two_sidedness(ties, powers)
    alliances = (run.membership * m.alliance[:, None, :]).max(axis=-1)
    among = run.pooled[..., :powers]
    arrays = {
        "breadth": narrow,
        "breadth_domain": np.exp(spread),
        "breadth_pooled": wide,
        "issue_splitting": wide / narrow,
        "among_powers": effective(among / add_up(among)[..., None]),
        "ambiguity": ambiguity(
            ties[..., SECURITY, :],
            alliances,
            m.base_presence.max(axis=-1),
            (m.alliance_binds[:, None], m.base_binds[:, None]),
        ),
        "two_sidedness": add_up(towards),
        "two_sidedness_with": towards,
        "division_of_labour": division_of_labour(ties, region),
        "lean": lean(run.pooled, powers),
        "deliberate": averaged(meant, weight) - averaged(unafraid, weight),
        "deliberate_domain": np.exp(meant) - np.exp(unafraid),
    }
    return Arrays(arrays, {name: axes for name, (axes, _, _) in MEASURES.items()})


def triangle(pooled: np.ndarray, powers: int) -> np.ndarray:
    """Return a state's place among the powers alone: shares (..., power) that sum to 1."""
    among = pooled[..., :powers]
    return among / add_up(among)[..., None]
