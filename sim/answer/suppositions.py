"""What a scenario supposes of its own: its events, who does them, and what is in force."""

from __future__ import annotations

import numpy as np

from sim.results import Results
from sim.scenario import Event


def own_events(results: Results) -> list[Event]:
    """Return the events that the scenario adds, changes or removes."""
    scenario = results.scenario
    return [e for e in (*scenario.events, *scenario.removed) if e.id in scenario.own_events]


def authors(results: Results) -> set[str]:
    """Return the powers that do what is supposed, or keep a link that is shut or cut."""
    keepers = {link.code: link.gatekeeper for link in results.region.links}
    found: set[str | None] = set()
    for event in own_events(results):
        found |= {event.what.get("by"), event.what.get("power")}
        if event.kind in ("link_closed", "link_cut"):
            found |= {keepers[code] for code in event.what["links"]}
    return {power for power in results.region.powers if power in found}


def states_meant(results: Results) -> np.ndarray:
    """Return which states own events are about: named, or sending over links that are; (state,).

    All of them where some event is about none in particular.
    """
    region = results.region
    meant = np.zeros(len(region.states), dtype=bool)
    for event in own_events(results):
        named = event.what.get("states", ())
        links = set(event.what.get("links", ()))
        users = [
            state
            for route, state in zip(
                region.routes, region.state_of_stream[region.stream_of_route], strict=True
            )
            if links & set(route.links) and state >= 0
        ]
        about = [*(region.states.index(code) for code in named), *users]
        meant[about or slice(None)] = True
    return meant if meant.any() else ~meant


MANY = 8
"""Own events above which a scenario asks after none of them in particular."""


def first_of(results: Results, kinds: tuple[str, ...]) -> Event | None:
    """Return the first own event of some kinds, where the scenario has few enough to ask after."""
    events = own_events(results)
    return next((e for e in events if e.kind in kinds and len(events) <= MANY), None)


def in_force(results: Results, run: str, name: str, months: slice) -> np.ndarray:
    """Return a driver of both runs' events, shape (month, member, *axes)."""
    parts = [
        np.broadcast_to(
            (whole := drivers.arrays[name][months]),
            (len(whole), block.count, *whole.shape[2:]),
        )
        for drivers, block in zip(results.drivers[run], results.blocks, strict=True)
    ]
    return np.concatenate(parts, axis=1)
