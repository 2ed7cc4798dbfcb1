"""A scenario in which strategies hold seats, played out: what they choose becomes events."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arrays import Arrays
from sim.base_year import World
from sim.ensemble import Kept, block, course, drivers_at
from sim.game.prices import TURN_MONTHS
from sim.game.strategies import DOMAINS, Asked, Named, Shares
from sim.game.worlds import Worlds
from sim.moments import month_name
from sim.month import at_rest
from sim.region import Region
from sim.scenario import Event, Scenario, Size
from sim.situation import RECORDED
from sim.timeline import drivers as drivers_of
from sim.vocabulary import DOMAINS as ALL_DOMAINS
from sim.vocabulary import NEEDS

MEMBERS = 40
"""Runs over which a strategy sees the world: it is told their medians."""

MOST = 3.0
"""Log points of utility that a strategy may come to wish for: beyond it a share is all or none."""

LEAST_SHARE = 0.005
"""The share that stands for none when a wish is reckoned: a tie is never wholly gone."""

DIGITS = 6


@dataclass(frozen=True)
class PlayedOut:
    """What strategies made of a scenario."""

    scenario: Scenario  # with what they chose as events
    worlds: Worlds
    asked: dict[str, Shares]  # by state, what it asked for last


def played_out(
    region: Region, scenario: Scenario, strategies: Mapping[str, Named], members: int = MEMBERS
) -> PlayedOut:
    """Return a scenario with what strategies choose, quarter by quarter, as its own events."""
    sized = replace(scenario, baseline=None, arms=()).resized(members)
    some = block(region, sized.seed, 0, members, sized.months)
    now, run = at_rest(some.world), None
    wishes = {state: {domain: np.zeros(len(region.partners)) for domain in DOMAINS}
              for state in strategies}  # fmt: skip
    events: list[Event] = []
    asked: dict[str, Shares] = {}
    with ExitStack() as at_work:
        minds = {s: at_work.enter_context(Asked(named)) for s, named in strategies.items()}
        for first in range(0, sized.months, TURN_MONTHS):
            for state, mind in minds.items():
                told = situation(region, some.world, now, state, sized.start, first)
                asked[state] = mind.choose(told, region.partners)
                steer(region, some.world, now, state, wishes[state], asked[state])
                events += as_events(region, state, wishes[state], sized.start, first)
            until = min(first + TURN_MONTHS, sized.months)
            so_far = replace(sized, events=(*sized.events, *events)).resized(months=until)
            in_force = drivers_of(so_far, region, some.draws)
            keep = Kept(RECORDED, frozenset({until - 1}))
            run = course(some, in_force, keep, before=run, start=first)
            now = run.whole[until - 1]
    assert run is not None
    worlds = Worlds(some.world, run.months, drivers_at(in_force, sized.months - 1))
    return PlayedOut(with_events(scenario, tuple(events)), worlds, asked)


def with_events(scenario: Scenario, events: tuple[Event, ...]) -> Scenario:
    """Return a scenario with events of strategies as its own; its arms with them."""
    names = tuple(event.id for event in events)
    return replace(
        scenario,
        events=(*scenario.events, *events),
        own_events=(*scenario.own_events, *names),
        arms=tuple(with_events(arm, events) for arm in scenario.arms),
    )


def situation(
    region: Region, world: World, now: Arrays, state: str, start: str, first: int
) -> dict[str, Any]:
    """Return what a strategy is told: its own state, as its government knows it, by medians."""
    place = region.states.index(state)

    def of(name: str) -> np.ndarray:
        return np.asarray(np.median(now[name][:, place], axis=0))

    def by(labels: tuple[str, ...], numbers: np.ndarray) -> dict[str, float]:
        return {label: round(float(n), DIGITS) for label, n in zip(labels, numbers, strict=True)}

    ties, target = of("ties"), of("target")
    base = np.median(world.base.ties[:, place], axis=0)
    return {
        "state": state,
        "month": month_name(start, first),
        "quarter": first // TURN_MONTHS + 1,
        "partners": list(region.partners),
        "powers": list(region.powers),
        "ties": {d: by(region.partners, ties[k]) for k, d in enumerate(ALL_DOMAINS)},
        "rules": {d: by(region.partners, target[k]) for k, d in enumerate(DOMAINS)},
        "base": {d: by(region.partners, base[k]) for k, d in enumerate(ALL_DOMAINS)},
        "threat": by(region.partners, of("threat")),
        "pressure": by(region.powers, of("pressure")),
        "insecurity": by(NEEDS, of("insecurity")),
        "income": round(float(of("gdp_gap")), DIGITS),
    }


def steer(
    region: Region,
    world: World,
    now: Arrays,
    state: str,
    wishes: dict[str, np.ndarray],
    asked: Shares,
) -> None:
    """Change wishes, in place, by what is still missing of the shares that are asked for.

    A share answers to a wish by the sharpness of choice, but for the fear of risk, which holds
    against it: what is missing after a quarter is wished for in the next.
    """
    place = region.states.index(state)
    for k, domain in enumerate(DOMAINS):
        if domain not in asked:
            wishes[domain] = np.zeros(len(region.partners))
            continue
        shares = np.array([asked[domain].get(partner, 0.0) for partner in region.partners])
        wanted = np.maximum(shares / shares.sum(), LEAST_SHARE)
        holds = np.maximum(np.median(now.target[:, place, k], axis=0), LEAST_SHARE)
        sharp = world.members[f"{domain}_precision"]
        missing = np.log(wanted / wanted.sum()) - np.log(holds / holds.sum())
        wish = wishes[domain] + missing / float(np.median(sharp))
        wish = np.clip(wish - wish.mean(), -MOST, MOST)
        wishes[domain] = np.round(wish, DIGITS)


def as_events(
    region: Region, state: str, wishes: Mapping[str, np.ndarray], start: str, first: int
) -> list[Event]:
    """Return wishes for a quarter as events."""
    quarter = first // TURN_MONTHS + 1
    return [
        Event(
            id=f"{state.lower()}_q{quarter}_{domain}_{partner.lower()}",
            kind="realign", role="shock", start=month_name(start, first), end=None,
            shape="pulse", months=float(TURN_MONTHS), size=Size(float(size), float(size)),
            what={"partner": partner, "domain": domain, "states": (state,)},
            because=(), note="", theme=f"{region.actor(state).name}'s strategy",
        )
        for domain, row in wishes.items()
        for partner, size in zip(region.partners, row, strict=True)
        if size != 0.0
    ]  # fmt: skip
