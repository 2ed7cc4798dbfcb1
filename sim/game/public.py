"""What everyone can know after a turn: what was done in the open, and what anyone can count."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.claims import amount
from sim.compare import describe
from sim.compare import name as named
from sim.game.compiled import Compiled, Offered, as_scenario, compiled, offers
from sim.game.journal import Journal
from sim.game.table import Game
from sim.game.told import clear, since, stands
from sim.game.worlds import Worlds

MOST_FLOWS = 6
"""Corridors told in one report: those whose cargo changed most."""

PERCENT = 100.0


def public(game: Game, journal: Journal, turn: int, worlds: Worlds) -> dict[str, list[str]]:
    """Return what everyone learns after a turn, under its heads."""
    return {
        "What was done in the open": list(done(game, journal, turn)) or ["Nothing."],
        "What is carried": list(carried(game, worlds, turn)) or ["As a quarter ago."],
        "What is earned": list(earned(game, worlds, turn)),
        "With whom they trade": list(traded(game, worlds, turn)) or ["As a quarter ago."],
        "Bodies and votes": [*belongs(game, worlds, turn), *voted(game, worlds, turn)],
    }


def done(game: Game, journal: Journal, turn: int) -> Iterator[str]:
    """Yield what seats did that cannot be hidden, and the deals that were offered and answered."""
    events = {event.id: event for event in as_scenario(game, journal).events}
    for one in compiled(game, journal):
        if one.turn == turn and not one.secret and one.id in events and not is_deal(one):
            yield describe(events[one.id], game.region)
    yield from dealt(game, journal, turn)


def is_deal(one: Compiled) -> bool:
    """Return whether an event is a deal, which is told by how it was answered."""
    return one.raw["kind"] in ("aid", "investment")


def dealt(game: Game, journal: Journal, turn: int) -> Iterator[str]:
    """Yield what became of deals in a turn."""
    for one in offers(game, journal):
        what = deal(game, one)
        state = named(one.lever.state, game.region)
        if one.turn == turn:
            taken = f", and {state} takes it" if one.answer == "taken" else ""
            yield f"{what} ({one.id}){taken}."
        elif one.turn == turn - 1 and one.answer in ("signed", "refused", "lapsed"):
            said = {"signed": "signs", "refused": "refuses", "lapsed": "does not answer"}
            yield f"{state} {said[one.answer]} {one.id}. {what}."


def deal(game: Game, one: Offered) -> str:
    """Return a deal in words."""
    by = named(one.by, game.region)
    by = by[0].upper() + by[1:]
    money = f"{amount(one.lever.amount)} bn USD a year of {one.lever.what}"
    return f"{by} offers {named(one.lever.state, game.region)} {money} for a year"


def carried(game: Game, worlds: Worlds, turn: int) -> Iterator[str]:
    """Yield the corridors whose cargo changed, those that changed most first."""
    region = game.region
    now, then = (worlds.at("flow", game.last_place(one)) for one in (turn, turn - 1))
    units = {one.code: one for one in region.commodities}
    cargo = {one.code: one.commodity for one in region.streams}
    groups: dict[tuple[str, str], list[int]] = {}
    for place, route in enumerate(region.routes):
        groups.setdefault((cargo[route.stream], route.corridor), []).append(place)
    changes = []
    for (commodity, corridor), routes in groups.items():
        flow, before = (one[:, routes].sum(axis=1) for one in (now, then))
        whole = then[:, [p for (c, _), some in groups.items() if c == commodity for p in some]]
        change = flow - before
        part = change / whole.sum(axis=1)
        if clear(part, "share"):
            unit = units[commodity].unit
            told = since_flow(change, part, unit)
            line = f"{units[commodity].name}, {corridor}: {stands(flow, unit)}, {told}."
            changes.append((abs(float(np.median(part))), line))
    for _, line in sorted(changes, key=lambda one: -one[0])[:MOST_FLOWS]:
        yield line


def since_flow(change: np.ndarray, part: np.ndarray, unit: str) -> str:
    """Return how far a flow changed, its size by its part of all that is sent."""
    whole = float(np.median(np.abs(change))) / float(np.median(np.abs(part)))
    return since(change / whole, "share", unit, whole)


def earned(game: Game, worlds: Worlds, turn: int) -> Iterator[str]:
    """Yield how each state's GDP stands against its trend."""
    now, then = (PERCENT * worlds.at("gdp_gap", game.last_place(one)) for one in (turn, turn - 1))
    for place, state in enumerate(game.region.states):
        yield (
            f"GDP of {named(state, game.region)} over its trend: {stands(now[:, place], '%')}, "
            f"{since(now[:, place] - then[:, place], 'gdp', 'points', ways=('higher', 'lower'))}."
        )


def traded(game: Game, worlds: Worlds, turn: int) -> Iterator[str]:
    """Yield the partner of each state whose share of its trade changed most."""
    now, then = (shares(worlds.at("turnover", game.last_place(one))) for one in (turn, turn - 1))
    for place, state in enumerate(game.region.states):
        change = (now - then)[:, place]
        most = int(np.abs(np.median(change, axis=0)).argmax())
        if clear(change[:, most], "share"):
            partner = named(game.region.partners[most], game.region)
            level = stands(PERCENT * now[:, place, most], "%")
            told = since(change[:, most], "share", "points", PERCENT)
            yield f"Trade of {named(state, game.region)} with {partner}: {level}, {told}."


def shares(turnover: np.ndarray) -> np.ndarray:
    """Return trade as shares among partners."""
    return np.asarray(turnover / turnover.sum(axis=-1, keepdims=True))


def belongs(game: Game, worlds: Worlds, turn: int) -> Iterator[str]:
    """Yield who is in which body."""
    now = np.median(worlds.at("membership", game.last_place(turn)), axis=0)
    for place, body in enumerate(game.region.bodies):
        inside = [s for k, s in enumerate(game.region.states) if now[k, place] > 0.5]
        yield f"{body}: {', '.join(inside) or 'none of the five'}."


def voted(game: Game, worlds: Worlds, turn: int) -> Iterator[str]:
    """Yield who is for and against a resolution that asks Russia to withdraw."""
    place = game.last_place(turn)
    for name, way in (("vote_yes", "for"), ("vote_no", "against")):
        share = np.median(worlds.at(name, place)[..., 0], axis=0)
        told = ", ".join(
            f"{state} {amount(PERCENT * float(share[k]))}%"
            for k, state in enumerate(game.region.states)
        )
        yield f"Propensity to vote {way} a resolution that asks Russia to withdraw: {told}."
