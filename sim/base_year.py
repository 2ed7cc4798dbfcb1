"""The base year, at rest: what the members imply before anything happens.

Choices are written against the base year, so that it reproduces itself whatever the members
drew. Level terms (distrust, bases, membership) therefore act as slopes, speeds or leaks only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from sim.arrays import Arrays, frozen
from sim.exponentials import exponential
from sim.region import Region
from sim.rules import assignment, consequences, contest, perception
from sim.rules.sums import add_groups, add_up, groups_of, shares_of
from sim.situation import SITUATION_AXES, STAGES
from sim.vocabulary import NEEDS

Places = np.ndarray


@dataclass(frozen=True)
class Part:
    """One network that shares no link with the others: the places of its routes, links, streams."""

    routes: Places
    links: Places
    streams: Places
    network: assignment.Network


@dataclass(frozen=True)
class Geography:
    """What the region's map fixes for every member: places and 0/1 tables, no judgement."""

    parts: tuple[Part, ...]
    keeps: np.ndarray  # (route, partner): part of a route that a partner keeps
    kept: np.ndarray  # (route, partner): 1 where a partner keeps some of it
    stream_of_route: Places
    state_of_route: Places  # -1 for transit
    commodity_of_route: Places
    sells_to: np.ndarray  # (route, partner): 1 for the market that a route reaches
    uses: np.ndarray  # (route, link)
    link_keeper: np.ndarray  # (link, partner): 1 where a partner could shut the link
    freight_to: np.ndarray  # (state, partner, stream): 1 for a state's freight to a market
    powers: int
    states: int
    streams: int

    @cached_property
    def routes_in_parts(self) -> Places:
        """Return where each route stands when the routes of all parts are put side by side."""
        return _standing([part.routes for part in self.parts], len(self.stream_of_route))

    @cached_property
    def links_in_parts(self) -> Places:
        """Return the same for links; a link without a route stands after all others."""
        return _standing([part.links for part in self.parts], self.uses.shape[1])

    @cached_property
    def streams_in_parts(self) -> Places:
        """Return the same for streams."""
        return _standing([part.streams for part in self.parts], self.streams)

    @cached_property
    def routes_of_stream(self) -> np.ndarray:
        return groups_of(self.stream_of_route == np.arange(self.streams)[:, None])

    @cached_property
    def owned(self) -> np.ndarray:
        """Return which routes carry each state's exports: (state, route), 0 or 1."""
        return (self.state_of_route == np.arange(self.states)[:, None]).astype(float)

    @cached_property
    def routes_of_state(self) -> np.ndarray:
        return groups_of(self.owned)

    @cached_property
    def routes_of_link(self) -> np.ndarray:
        return groups_of(self.uses.T)

    @cached_property
    def links_of_route(self) -> np.ndarray:
        return groups_of(self.uses)

    @cached_property
    def kept_by(self) -> tuple[np.ndarray, np.ndarray]:
        return self.by_state_and(self.keeps)

    @cached_property
    def sold_to(self) -> tuple[np.ndarray, np.ndarray]:
        return self.by_state_and(self.sells_to)

    @cached_property
    def past_powers(self) -> tuple[np.ndarray, np.ndarray]:
        return self.by_state_and(1.0 - self.kept[:, : self.powers])

    def by_state_and(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return groups of routes by state and column of a weight (route, column), and weights."""
        table = self.owned[:, None, :] * weight.T[None, :, :]
        flat = table.reshape(-1, table.shape[-1])
        groups = groups_of(flat)
        return groups, np.take_along_axis(flat, np.maximum(groups, 0), axis=1)


@dataclass(frozen=True)
class World:
    """A region as its members have it: what is drawn, and the base year that this implies."""

    region: Region
    geography: Geography
    members: Arrays
    base: Arrays

    def window(self, axis: str, place: int) -> World:
        """Return the world as one actor sees it."""
        return World(
            self.region,
            self.geography,
            self.members.window(axis, place),
            self.base.window(axis, place),
        )

    def some(self, members: slice) -> World:
        """Return the world of some of the members alone."""
        cut = (arrays.some(members) for arrays in (self.members, self.base))
        return World(self.region, self.geography, *cut)


class Keep(Protocol):
    """Note a number of the base year, with the axes after that of the members."""

    def __call__(self, name: str, array: np.ndarray, *along: str) -> np.ndarray: ...


def geography(region: Region) -> Geography:
    """Return the tables that the region's map fixes."""
    commodities = region.axes["commodity"]
    stream_of_route = region.stream_of_route
    state_of_route = region.state_of_stream[stream_of_route]
    carried = [commodities.index(stream.commodity) for stream in region.streams]
    freight = np.zeros((len(region.states), len(region.partners), len(region.streams)))
    for place, stream in enumerate(region.streams):
        if stream.state and stream.commodity == "freight":
            state, market = region.states.index(stream.state), region.partners.index(stream.market)
            freight[state, market, place] = 1.0
    return Geography(
        parts=tuple(_parts(region)),
        keeps=region.keeps,
        kept=(region.keeps > 0).astype(float),
        stream_of_route=stream_of_route,
        state_of_route=state_of_route,
        commodity_of_route=np.array(carried)[stream_of_route],
        sells_to=np.array(
            [[float(route.market == q) for q in region.partners] for route in region.routes]
        ),
        uses=region.uses,
        link_keeper=np.array(
            [[float(link.gatekeeper == q) for q in region.partners] for link in region.links]
        ),
        freight_to=freight,
        powers=len(region.powers),
        states=len(region.states),
        streams=len(region.streams),
    )


def _standing(parts: list[Places], count: int) -> Places:
    """Return where each of so many things stands in parts put side by side; else after them."""
    together = np.concatenate(parts)
    standing = np.full(count, len(together))
    standing[together] = np.arange(len(together))
    return standing


def _parts(region: Region) -> list[Part]:
    """Return the networks that share neither a link nor a stream, each small enough to solve."""
    uses, stream_of_route = region.uses, region.stream_of_route
    group = np.arange(len(uses))
    for route in range(len(uses)):
        meets = (uses @ uses[route] > 0) | (stream_of_route == stream_of_route[route])
        group[np.isin(group, group[meets])] = group[meets].min()
    parts = []
    for label in np.unique(group):
        routes = np.flatnonzero(group == label)
        links = np.flatnonzero(uses[routes].sum(axis=0) > 0)
        streams = np.unique(stream_of_route[routes])
        network = assignment.Network(
            uses=uses[np.ix_(routes, links)],
            stream_of_route=np.searchsorted(streams, stream_of_route[routes]),
            streams=len(streams),
        )
        parts.append(Part(routes, links, streams, network))
    return parts


def world(region: Region, members: Arrays) -> World:
    """Return the region as these members have it, with the base year that they imply."""
    place = geography(region)
    base: dict[str, np.ndarray] = {}
    axes: dict[str, tuple[str, ...]] = {}

    def keep(name: str, array: np.ndarray, *along: str) -> np.ndarray:
        base[name], axes[name] = frozen(np.asarray(array)), along
        return base[name]

    m = members
    _routes_at_rest(m, place, keep)
    floor = m.share_floor[:, None, None]
    security = keep(
        "security", shares_of(np.maximum(shares_of(m.security_share), floor)), "state", "partner"
    )
    trade = keep("trade", shares_of(np.maximum(shares_of(m.trade_busd), floor)), "state", "partner")
    total = keep("trade_total", add_up(m.trade_busd), "state")
    sent_home = keep(
        "remittances", m.remittances_pct_gdp[..., None] * m.remittances_share, "state", "power"
    )
    money = keep("other_ties", by_partner(sent_home * m.gdp_busd[..., None] / 100.0, trade),
                 "state", "partner")  # fmt: skip
    economic = consequences.economic_ties(trade * total[..., None], money)
    routes = consequences.route_ties(base["worth_kept"], np.zeros_like(base["worth_kept"]))
    ties = keep(
        "ties", np.stack([security, economic, routes], axis=-2), "state", "domain", "partner"
    )
    weight = keep("domain_weight", shares_of(m.domain_weight), "domain")
    keep("leverage_weight", shares_of(m.leverage_weight), "domain")
    pooled = keep("pooled", pooled_share(ties, weight), "state", "partner")
    keep("pooled_power", pooled[..., : place.powers], "state", "power")
    keep("ties_power", ties[..., : place.powers], "state", "domain", "power")
    _contests_at_rest(m, place, keep)
    _security_at_rest(m, security, place, keep)
    return World(region, place, members, Arrays(base, axes))


def pooled_share(ties: np.ndarray, domain_weight: np.ndarray) -> np.ndarray:
    """Return ties pooled over the domains, shape (..., state, partner)."""
    return add_up(np.moveaxis(ties, -2, -1) * domain_weight[..., None, None, :])


def by_partner(by_power: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return amounts by power as amounts by partner, 0 for the passive ones."""
    shape = np.broadcast_shapes(by_power.shape[:-1], like.shape[:-1])
    powers = by_power.shape[-1]
    wide = np.broadcast_to(by_power, (*shape, powers))
    return np.concatenate([wide, np.zeros((*shape, like.shape[-1] - powers))], axis=-1)


def _routes_at_rest(m: Arrays, place: Geography, keep: Keep) -> None:
    flow = keep("flow", m.base_flow, "route")
    served = keep("served", by_stream(flow, place), "stream")
    potential = np.where(flow > 0, flow, m.latent_flow)
    keep("habit", potential / served[:, place.stream_of_route], "route")
    load = keep("load", on_links(flow, place), "link")
    keep("capacity", np.maximum(m.capacity, load), "link")
    stay = exponential(-m.choice_sharpness * m.netback)[:, None]
    keep("stay", np.broadcast_to(stay, served.shape).copy(), "stream")
    keep("demand", served * (1.0 + stay), "stream")
    worth = keep("worth", m.commodity_worth[:, place.commodity_of_route], "route")
    cost = keep("cost", along_routes(m.link_cost_base, place), "route")
    at_par = np.ones_like(cost)
    earned = consequences.netback(flow, worth, at_par, cost)
    keepers = np.moveaxis(place.link_keeper[:, : place.powers], -1, 0)
    tolls = [along_routes(m.link_cost_base * kept, place) for kept in keepers]
    keep("tolls", np.stack(tolls, axis=-1), "route", "power")
    keep("netback", by_owner(earned, place), "state")
    sent = flow * worth
    keep("worth_kept", kept_by(sent, place), "state", "partner")
    part = sent / by_owner(sent, place)[:, place.state_of_route]
    keep("worth_part", np.where(place.state_of_route >= 0, part, 0.0), "route")


def kept_by(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return route amounts as amounts that each partner keeps, by state: (..., state, partner)."""
    kept = add_groups(amount, *place.kept_by)
    return kept.reshape(*amount.shape[:-1], place.states, -1)


def by_stream(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return route amounts summed by stream."""
    return add_groups(amount, place.routes_of_stream)


def by_owner(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return route amounts summed by the state whose exports they are."""
    return add_groups(amount, place.routes_of_state)


def on_links(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return route amounts summed over the routes of each link."""
    return add_groups(amount, place.routes_of_link)


def along_routes(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return link amounts summed along each route."""
    return add_groups(amount, place.links_of_route)


def _contests_at_rest(m: Arrays, place: Geography, keep: Keep) -> None:
    total = keep("total_effort", add_up(np.moveaxis(m.effort, 1, -1)), "state", "domain")
    own = keep("effort", m.effort[:, : place.powers], "power", "state", "domain")
    keep("passive_effort", m.effort[:, place.powers :], "passive", "state", "domain")
    others = total[:, None] - own
    worth = contest.implied_worth(flat_prizes(own), flat_prizes(others), m.entry_threshold[:, None])
    keep("prize_worth", worth.reshape(own.shape), "power", "state", "domain")
    keep("budget", add_up(flat_prizes(own)), "power")
    keep("engagement", engagement(m.effort, total), "state", "domain", "partner")
    keep("yields", m.yields_to.max(axis=-1), "power")


def flat_prizes(by_state_and_domain: np.ndarray) -> np.ndarray:
    """Return prizes in one row: (..., state x domain)."""
    return by_state_and_domain.reshape(*by_state_and_domain.shape[:-2], -1)


def engagement(effort: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return each partner's share in each contest, shape (..., state, domain, partner)."""
    return np.moveaxis(effort, -3, -1) / total[..., None]


def _security_at_rest(m: Arrays, security: np.ndarray, place: Geography, keep: Keep) -> None:
    regime = (np.array(NEEDS) == "regime").astype(float)[:, None]
    border = (np.array(NEEDS) == "border").astype(float)[:, None]
    elite = by_partner(m.elite_tie, security)[..., None, :]
    presence = by_partner(m.base_presence, security)[..., None, :]
    works = np.moveaxis(m.effectiveness, -1, -2)[:, None]
    reach = works * (1.0 + regime * elite + border * presence)
    effectiveness = keep("effectiveness", reach, "state", "need", "partner")
    none = np.zeros_like(effectiveness)
    met = perception.provision(
        m.own_provision[..., None], effectiveness, security[..., None, :] + none, none
    )
    keep("provision", met, "state", "need")
    kin = by_partner(m.kin_share, security)
    exposed = perception.exposure(
        m.border, kin, m.border_exposure[:, None, None], m.kin_exposure[:, None, None]
    )
    keep("exposure", exposed, "state", "partner")


def first_guess(world: World) -> Arrays:
    """Return the base year as far as it is given; what follows from it is left at 0.

    `month.at_rest` completes it.
    """
    m, base, place = world.members, world.base, world.geography
    count = len(m.share_floor)
    states, partners = len(world.region.states), len(world.region.partners)
    none_by_partner = np.zeros((count, states, partners))
    none_by_power = np.zeros((count, states, place.powers))
    none_by_route = np.zeros_like(base.flow)
    links = np.zeros_like(base.capacity)
    by_state = np.zeros((count, states))
    remittance_ties = base.pooled[..., : place.powers]
    arrays = {
        "effort": base.effort,
        "engagement": base.engagement,
        "restraint": m.restraint,
        "friction": m.rivalry,
        "reference": remittance_ties,
        "leverage": none_by_power,
        "pressure": none_by_power,
        "threat": m.threat_base,
        "insecurity": np.zeros_like(base.provision),
        "debt": none_by_power,
        "distrust": m.distrust,
        "flow": base.flow,
        "served": base.served,
        "habit": base.habit,
        "route_choice": none_by_route,
        "ready": base.load,
        "shadow_price": links,
        "building": np.zeros((*links.shape, len(STAGES))),
        "invested": links,
        "access": none_by_partner,
        "usable": base.worth_kept,
        "netback": base.netback,
        "transit": by_state,
        "dearer_routes": by_state,
        "passage": none_by_power,
        "transit_passage": np.zeros((count, place.powers)),
        "labour": none_by_power,
        "sales_change": none_by_partner,
        "energy_elsewhere": none_by_power,
        "route_ties": base.ties[..., -1, :],
        "intended_routes": base.ties[..., -1, :],
        "unafraid_routes": base.ties[..., -1, :],
        "aligned": base.security,
        "trade_ties": base.trade,
        "ties": base.ties,
        "pooled": base.pooled,
        "target": base.ties,
        "unafraid": base.ties,
        "hardship": by_state,
        "burden": m.milex_pct_gdp,
        "reexports": by_state,
        "remittances": base.remittances,
        "gdp": m.gdp_busd,
        "gdp_gap": by_state,
        "turnover": m.trade_busd,
        "fdi_stock": m.fdi_stock_busd,
        "vote_yes": m.vote_yes_base,
        "vote_no": m.vote_no_base,
        "agreement": m.unga_agreement,
        "arms": m.arms_import_share,
        "membership": m.membership,
    }
    return Arrays(arrays, SITUATION_AXES)
