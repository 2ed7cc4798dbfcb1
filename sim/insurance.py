"""What the spread of ties saves if a power withdraws, and what it costs to keep.

The loss of a state over twelve months if a power shut its gates, stopped trade and remittances
and took its protection away; only flows re-adjust. Computed at a few dates, from saved months.
Source: cost of interruption, Hirschman (1945).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World, by_owner, on_links
from sim.ensemble import repeated, repeated_world
from sim.exponentials import exponential
from sim.on_tape import answered
from sim.rules import assignment, consequences
from sim.rules.sums import add_groups, add_up
from sim.stages.places import ECONOMIC
from sim.stages.routes import agreed_routes, dearer_way, route_choice

QUARTERS = 4
MONTHS_A_QUARTER = 3
PERCENT = 100.0


@dataclass(frozen=True)
class Insurance:
    """Losses if each power withdrew, % of GDP, with the ties of the date and of the base year."""

    loss: np.ndarray  # (member, state, power): with the ties of the date
    loss_base: np.ndarray  # (member, state, power): the same world, with the base year's ties
    security: np.ndarray  # (member, state, power): the part of `loss` that is protection
    security_base: np.ndarray
    premium: np.ndarray  # (member, state): dearer routes and forgone gains, % of GDP

    @property
    def saved(self) -> np.ndarray:
        """Return worst loss with the base year's ties less worst loss with those of the date."""
        return self.loss_base.max(axis=-1) - self.loss.max(axis=-1)

    @property
    def saved_without_security(self) -> np.ndarray:
        """Return the same without protection, which is worth what we judge it to be worth."""
        before = (self.loss_base - self.security_base).max(axis=-1)
        return before - (self.loss - self.security).max(axis=-1)


def insurance(world: World, s: Arrays, d: Arrays) -> Insurance:
    """Return what the ties of a situation insure against, in the world of that month."""
    base = world.base
    then = s.replaced(
        habit=base.habit,
        ready=base.load,
        invested=np.zeros_like(s.invested),
        trade_ties=base.trade,
        aligned=base.security,
    )
    loss, security = losses(world, s, d)
    loss_base, security_base = losses(world, then, d)
    return Insurance(loss, loss_base, security, security_base, premium(world, s))


def losses(world: World, s: Arrays, d: Arrays) -> tuple[np.ndarray, np.ndarray]:
    """Return losses if each power withdrew and the protection among them, % of GDP."""
    protection = protection_lost(world, s)
    economic = trade_lost(world, s) + remittances_lost(world, s) + exports_lost(world, s, d)
    return economic + protection, protection


def protection_lost(world: World, s: Arrays) -> np.ndarray:
    """Return the worth of a power's protection, by needs as pressing as they are: % of GDP."""
    m, base, powers = world.members, world.base, world.geography.powers
    works = base.effectiveness[..., :powers] * exponential(s.insecurity)[..., None]
    met = add_up(np.moveaxis(works, -2, -1)) / works.shape[-2]
    return PERCENT * m.protection_worth[:, None, None] * met * s.aligned[..., :powers]


def trade_lost(world: World, s: Arrays) -> np.ndarray:
    """Return the loss from trade that stops and finds no other partner in the year, % of GDP.

    Energy that is sold to a power over its own gates is counted with the exports, and not here.
    """
    m, base, powers = world.members, world.base, world.geography.powers
    stops = m.withdrawal_trade_cut * (1.0 - m.withdrawal_redirected) * m.trade_gdp
    trade = s.trade_ties[..., :powers] * base.trade_total[..., None] * other_goods(world)
    return PERCENT * stops[:, None, None] * trade / m.gdp_busd[..., None]


def other_goods(world: World) -> np.ndarray:
    """Return the part of trade with a power that is not energy sold to it over its own gates.

    Shape (member, state, power). Assumption: trade is made up as in the base year.
    """
    m, base, place = world.members, world.base, world.geography
    energy = m.energy[:, place.commodity_of_route] * base.flow * base.worth
    own = place.by_state_and((place.sells_to * place.kept)[:, : place.powers])
    trade = m.trade_busd[..., : place.powers]
    sold = add_groups(energy, *own).reshape(trade.shape)
    return 1.0 - np.minimum(sold / np.where(trade > 0.0, trade, 1.0), 1.0)


def remittances_lost(world: World, s: Arrays) -> np.ndarray:
    """Return the loss from remittances that stop, % of GDP."""
    m = world.members
    stops = m.withdrawal_remittances * m.remittance_gdp
    return stops[:, None, None] * s.remittances


def exports_lost(world: World, s: Arrays, d: Arrays) -> np.ndarray:
    """Return the loss from exports if a power shut the gates that it keeps, % of GDP.

    The network stands as built, without the month's closures: what is already shut insures
    against nothing. Of what goes to the power's own market only energy is counted here, which has
    no other way out; all other goods are counted with its trade.
    """
    m, place = world.members, world.geography
    energy = m.energy[:, place.commodity_of_route]
    built = world.base.capacity + d.capacity_added + s.invested
    keepers = np.flatnonzero(place.link_keeper[:, : place.powers].any(axis=0))
    shut = [built * (1.0 - m.gate * place.link_keeper[:, power]) for power in keepers]
    usual, *without = years_of_exports(world, s, d, built, [built, *shut])
    lost = np.zeros((*m.gdp_busd.shape, place.powers))
    for power, left in zip(keepers, without, strict=True):
        here = 1.0 - (1.0 - energy) * place.sells_to[:, power]
        lost[..., power] = by_owner((usual - left) * here, place)
    scale = PERCENT * m.revenue_gdp[:, None] / m.gdp_busd
    return scale[..., None] * lost


def years_of_exports(
    world: World, s: Arrays, d: Arrays, built: np.ndarray, capacities: list[np.ndarray]
) -> list[np.ndarray]:
    """Return a year's earnings by route over each of several capacities, all at once."""
    times, count = len(capacities), len(built)
    pull = np.concatenate([pulled(world, s, d, built)] * times)
    each = Arrays({n: np.broadcast_to(a, (count, *a.shape[1:])) for n, a in d.items()}, d.axes)
    wide = (repeated_world(world, times), repeated(s, times), repeated(each, times))
    return np.split(year_of_exports(*wide, np.concatenate(capacities), pull), times)


def pulled(world: World, s: Arrays, d: Arrays, built: np.ndarray) -> np.ndarray:
    """Return the attraction of each route under the contracts and fears of a situation."""
    agreed = agreed_routes(world, s, route_choice(world, s, d, built))
    dearer = np.maximum(dearer_way(world, d), 0.0)
    return agreed * exponential(-world.members.choice_sharpness[:, None] * dearer)


def year_of_exports(
    world: World, s: Arrays, d: Arrays, capacity: np.ndarray, pull: np.ndarray
) -> np.ndarray:
    """Return a year's earnings by route over these capacities, quarter by quarter, bn USD."""
    m, base, place = world.members, world.base, world.geography
    cost = base.cost + dearer_way(world, d)
    price = d.price[:, place.commodity_of_route]
    memory = m.readiness_memory**MONTHS_A_QUARTER
    ready, total = s.ready, np.zeros_like(base.flow)
    odds = s.shadow_price * m.choice_sharpness[:, None]
    for _ in range(QUARTERS):
        usable = assignment.usable_capacity(capacity, ready, MONTHS_A_QUARTER * m.takeup)
        flow = np.zeros_like(base.flow)
        for part in place.parts:
            routes, links, streams = part.routes, part.links, part.streams
            flow[:, routes], odds[:, links], _ = answered(
                partial(assignment.assigned_flow, network=part.network),
                f"flows over {part.network.digest}",
                pull[:, routes], base.stay[:, streams], base.demand[:, streams],
                usable[:, links], odds[:, links],
            )  # fmt: skip
        load = on_links(flow, place)
        ready = assignment.readied(ready, load, memory)
        total = total + consequences.netback(flow, base.worth, price, cost)
    return total / QUARTERS


def premium(world: World, s: Arrays) -> np.ndarray:
    """Return what the spread costs to keep: dearer routes and forgone gains, % of GDP.

    Forgone gains are the trade that fear of being withheld from moves away from the partners
    that would be chosen without it, at the worth of a unit of trade (our assumption).
    """
    m, base = world.members, world.base
    moved = s.target[..., ECONOMIC, :] - s.unafraid[..., ECONOMIC, :]
    away = add_up(np.abs(moved)) / 2.0
    forgone = m.trade_gdp[:, None] * away * base.trade_total
    return PERCENT * (s.dearer_routes + forgone) / m.gdp_busd
