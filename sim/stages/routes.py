"""What the routes carry in a month. No single actor plays this: shippers meet on the links."""

from __future__ import annotations

import numpy as np

from sim.arrays import Arrays
from sim.base_year import Geography, World, along_routes, by_owner, by_stream, kept_by, on_links
from sim.exponentials import exponential, logarithm
from sim.rules import assignment, consequences, contest
from sim.rules.sums import add_groups, add_up, least_of_groups
from sim.stages.places import ROUTES, Stage


def carry(world: World, s: Arrays, d: Arrays, z: Arrays, held: Arrays | None = None) -> Stage:
    """Return what passes each route, what is lost, and what contracts remember.

    The one stage that no single actor plays: shippers of all states meet on the same links.
    """
    place = world.geography
    built = world.base.capacity + d.capacity_added + s.invested
    capacity = np.maximum(built * d.capacity_factor, 0.0)
    never = along_routes((built <= 0.0).astype(float), place) > 0
    choice = held.route_choice if held else route_choice(world, s, d, built)
    dearer = dearer_way(world, d)
    agreed = agreed_routes(world, s, choice)
    attraction = agreed * exponential(
        -world.members.choice_sharpness[:, None] * np.maximum(dearer, 0.0)
    )
    flow, price, access = shipped(world, s, attraction, capacity)
    served = by_stream(flow, place)
    return {
        "flow": flow,
        "served": served,
        "habit": followed(world, s, flow, served, never),
        "route_choice": choice,
        "shadow_price": price,
        **kept_ready(world, s, capacity, flow, price),
        **earned(world, d, z, flow, dearer),
        **kept_on_the_way(world, flow),
        **by_state(world, flow, served, np.where(never, 0.0, agreed), capacity, access),
        **intended(world, s, attraction, never),
    }


def shipped(
    world: World, s: Arrays, attraction: np.ndarray, capacity: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return flows by route, shadow prices by link as shares of worth, and ease by stream."""
    m, base, place = world.members, world.base, world.geography
    sharpness = m.choice_sharpness[:, None]
    usable = assignment.usable_capacity(capacity, s.ready, m.takeup)
    none = np.zeros((len(attraction), 1))
    flows, odds, access = [], [none], [none]
    for part in place.parts:
        routes, links, streams = part.routes, part.links, part.streams
        flow, price, total = assignment.assigned_flow(
            attraction[:, routes], base.stay[:, streams], base.demand[:, streams], usable[:, links],
            s.shadow_price[:, links] * sharpness, part.network,
        )  # fmt: skip
        flows.append(flow)
        odds.insert(-1, price)
        access.insert(-1, eased(total, base.stay[:, streams], sharpness))
    return (
        np.concatenate(flows, axis=1)[:, place.routes_in_parts],
        np.concatenate(odds, axis=1)[:, place.links_in_parts] / sharpness,
        np.concatenate(access, axis=1)[:, place.streams_in_parts],
    )


def kept_ready(
    world: World, s: Arrays, capacity: np.ndarray, flow: np.ndarray, price: np.ndarray
) -> Stage:
    """Return what each link is ready to carry, what is being built on it, and what has opened."""
    m = world.members
    order = assignment.ordered_capacity(
        np.where(capacity > 0, price, 0.0), world.base.capacity, s.invested + add_up(s.building),
        m.investment_rate, m.investment_price, m.investment_limit,
    )  # fmt: skip
    building, opened = assignment.invested(s.building, order, m.investment_delay)
    load = on_links(flow, world.geography)
    return {
        "ready": assignment.readied(s.ready, load, m.readiness_memory),
        "building": building,
        "invested": s.invested + opened,
    }


def route_choice(world: World, s: Arrays, d: Arrays, built: np.ndarray) -> np.ndarray:
    """Return what shippers decide about each route, in log odds over the base year.

    Fear of its keepers, counted once for each keeper however many links it keeps; and what they
    take up of what is offered: room added, a better service, a cheaper way.
    """
    m, place = world.members, world.geography
    fear = keepers_threat(s.threat - m.threat_base, place.state_of_route, place.kept)
    cheaper = np.maximum(-dearer_way(world, d), 0.0)
    offered = served_better(world, s) + new_capacity(world, built)
    weighed = cheaper - m.gate_risk_cost[:, None] * fear
    return m.choice_sharpness[:, None] * weighed + offered


def agreed_routes(world: World, s: Arrays, choice: np.ndarray) -> np.ndarray:
    """Return where shippers have agreed to send: contracts, which only follow, and their choice."""
    bound = world.members.habit_exponent[:, None] * logarithm(s.habit / world.base.habit)
    return world.base.habit * exponential(bound + choice)


def keepers_threat(threat: np.ndarray, state_of_route: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Return the fear of a route's keepers by the state that it serves; 0 for transit."""
    of_owner = threat[:, state_of_route] * (state_of_route >= 0)[:, None]
    return add_up(of_owner * kept)


def dearer_way(world: World, d: Arrays) -> np.ndarray:
    """Return how much dearer each route has become, as a share of worth."""
    m, place = world.members, world.geography
    tolls = along_routes(d.link_cost, place)
    in_transit = place.kept[:, : place.powers] * (1.0 - place.sells_to[:, : place.powers])
    targeted = add_up(m.sanction_target[:, None, :] * in_transit)
    exposed = m.sanctions_exposure[:, place.commodity_of_route] * targeted
    return tolls + (m.sanctions_friction * d.sanctions)[:, None] * exposed


def served_better(world: World, s: Arrays) -> np.ndarray:
    """Return the pull of what partners do for the routes that they keep.

    Engagement in the routes of a state (permits, tariffs, wagons, talks) over the base year's;
    0 for transit, which is no state's.
    """
    m, base, place = world.members, world.base, world.geography
    now, then = s.engagement[..., ROUTES, :], base.engagement[..., ROUTES, :]
    over = contest.over_base(now, then, m.attention_floor[:, None], m.share_floor[:, None])
    effort = logarithm(over)[:, place.state_of_route]
    whose = place.kept * (place.state_of_route >= 0)[:, None]
    return m.route_pull[:, None] * add_up(effort * whose)


def new_capacity(world: World, built: np.ndarray) -> np.ndarray:
    """Return the pull of capacity added since the base year on the routes that can use it.

    What counts is the narrowest link: room beside a bottleneck brings nothing.
    """
    m, base, place = world.members, world.base, world.geography
    now, then = over_links(built, place), over_links(base.capacity, place)
    stood = then > 0
    growth = np.where(stood, now, 1.0) / np.where(stood, then, 1.0)
    return m.capacity_brings[:, None] * logarithm(np.maximum(growth, 1.0))


def over_links(amount: np.ndarray, place: Geography) -> np.ndarray:
    """Return the least amount over the links of each route."""
    return least_of_groups(amount, place.links_of_route)


def eased(total: np.ndarray, stay: np.ndarray, sharpness: np.ndarray) -> np.ndarray:
    """Return how much cheaper the way out of each stream has become, as a share of worth.

    The logsum of a logit choice, over the base year's (Ben-Akiva and Lerman 1985).
    """
    return logarithm(total / (1.0 + stay)) / sharpness


def followed(
    world: World, s: Arrays, flow: np.ndarray, served: np.ndarray, never: np.ndarray
) -> np.ndarray:
    """Return contracts after this month's flows; those of a line not yet built stay as they are."""
    m, base, place = world.members, world.base, world.geography
    sent = served[:, place.stream_of_route]
    some = sent > m.share_floor[:, None] * base.served[:, place.stream_of_route]
    part = np.where(some, flow, s.habit) / np.where(some, sent, 1.0)
    floor = m.habit_floor[:, None] * base.habit
    habit = assignment.followed_habit(s.habit, part, m.habit_speed, floor)
    return np.where(never, s.habit, habit)


def earned(world: World, d: Arrays, z: Arrays, flow: np.ndarray, dearer: np.ndarray) -> Stage:
    """Return export earnings, the extra cost of the way, and income from transit, by state."""
    m, base, place = world.members, world.base, world.geography
    quoted = d.price * exponential(m.noise_price * z.price)
    price = quoted[:, place.commodity_of_route]
    money = consequences.netback(flow, base.worth, price, base.cost + dearer)
    over_base = add_groups(base.worth * (flow * price - base.flow), *place.sold_to)
    usual = served_as_usual(world, flow)
    extra = base.worth * (flow * (base.cost + dearer) - usual * base.cost)
    transit = (flow - base.flow)[:, None, :] * np.moveaxis(m.transit_through, -2, -1)
    return {
        "netback": by_owner(money, place),
        "sales_change": over_base.reshape(*flow.shape[:-1], place.states, -1),
        "dearer_routes": by_owner(extra, place),
        "transit": m.transit_income[:, None] * add_up(transit),
    }


def kept_on_the_way(world: World, flow: np.ndarray) -> Stage:
    """Return what each power earns from what passes the links that it keeps.

    A part of what passing costs in the base year; what checks and queues add is nobody's income.
    """
    m, base, place = world.members, world.base, world.geography
    tolls = m.passage_income[:, None, None] * base.tolls
    paid = np.moveaxis((flow * base.worth)[..., None] * tolls, -1, -2)  # (member, power, route)
    by_state = by_owner(paid, place)
    transit = add_up(paid * (place.state_of_route < 0))
    return {"passage": np.moveaxis(by_state, -1, -2), "transit_passage": transit}


def served_as_usual(world: World, flow: np.ndarray) -> np.ndarray:
    """Return what is sent now, spread over the routes as in the base year."""
    base, place = world.base, world.geography
    sent = by_stream(flow, place)
    part = base.flow / base.served[:, place.stream_of_route]
    return sent[:, place.stream_of_route] * part


def by_state(
    world: World,
    flow: np.ndarray,
    served: np.ndarray,
    agreed: np.ndarray,
    capacity: np.ndarray,
    access: np.ndarray,
) -> Stage:
    """Return what the flows mean for each state: ties to keepers, losses, access, options.

    What is lost counts where shippers had decided to send it (`agreed`), so that a loss alone
    moves nobody who decided nothing.
    """
    base, place = world.base, world.geography
    short = np.maximum(base.served - served, 0.0)[:, place.stream_of_route]
    contracted = agreed / by_stream(agreed, place)[:, place.stream_of_route]
    lost = short * contracted * base.worth
    sent = flow * base.worth
    routes = consequences.route_ties(kept_by(sent, place), kept_by(lost, place))
    room = over_links(capacity, place)
    options = np.minimum(room, base.served[:, place.stream_of_route]) * base.worth
    total = by_owner(sent, place)
    return {
        "route_ties": routes,
        "usable": kept_by(options, place),
        "access": access_by_market(base, place.freight_to, access),
        "energy_elsewhere": energy_elsewhere(world, sent, total),
    }


def access_by_market(base: Arrays, freight_to: np.ndarray, access: np.ndarray) -> np.ndarray:
    """Return how much easier freight reaches each market, averaged over a state's streams."""
    weight = freight_to * base.served[:, None, None, :]
    total = add_up(weight)
    some = total > 0
    return np.where(some, add_up(weight * access[:, None, None, :]), 0.0) / np.where(
        some, total, 1.0
    )


def energy_elsewhere(world: World, sent: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the part of what a state sells that is energy going past each power."""
    m, place = world.members, world.geography
    energy = m.energy[:, place.commodity_of_route] * sent
    elsewhere = add_groups(energy, *place.past_powers)
    some = np.where(total > 0.0, total, 1.0)
    return elsewhere.reshape(*total.shape, place.powers) / some[..., None]


def intended(world: World, s: Arrays, attraction: np.ndarray, never: np.ndarray) -> Stage:
    """Return the route ties that shippers would choose with room everywhere; and unafraid."""
    m, place = world.members, world.geography
    fear = keepers_threat(s.threat, place.state_of_route, place.kept)
    wished = np.where(never, 0.0, attraction)
    unafraid = wished * exponential((m.choice_sharpness * m.gate_risk_cost)[:, None] * fear)
    return {
        "intended_routes": mixed_ties(world, wished),
        "unafraid_routes": mixed_ties(world, unafraid),
    }


def mixed_ties(world: World, attraction: np.ndarray) -> np.ndarray:
    """Return route ties if every stream were spread by attraction alone."""
    base, place = world.base, world.geography
    total = by_stream(attraction, place)[:, place.stream_of_route]
    worth = attraction / total * base.served[:, place.stream_of_route] * base.worth
    kept = kept_by(worth, place)
    return consequences.route_ties(kept, np.zeros_like(kept))
