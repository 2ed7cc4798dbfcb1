"""What a seat alone can know after a turn: its own account, its fears, its pressure, its points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.claims import listed
from sim.compare import describe
from sim.compare import name as named
from sim.game.compiled import as_scenario, compiled, offers
from sim.game.journal import Journal
from sim.game.points import balance
from sim.game.public import PERCENT, deal
from sim.game.table import Game
from sim.game.told import clear, since, stands
from sim.game.worlds import Worlds
from sim.vocabulary import DOMAINS

LEAST_FELT = 0.01
"""Pressure, of full, below which nothing of it is told."""


def private(
    game: Game, journal: Journal, turn: int, seat: str, worlds: Worlds
) -> dict[str, list[str]]:
    """Return what a seat learns after a turn that others do not, under its heads."""
    tell = of_a_state if game.is_state(seat) else of_a_power
    return {
        "Your points": [points(game, journal, turn, seat)],
        "Your moves that others do not see": list(hidden(game, journal, turn, seat)) or ["None."],
        **tell(game, journal, turn, seat, worlds),
    }


def points(game: Game, journal: Journal, turn: int, seat: str) -> str:
    """Return what a turn cost a seat, and what it has for the next."""
    spent = journal.filed(turn, seat).price(game)
    if turn == game.turns:
        return f"You spent {spent}; this was the last turn."
    return f"You spent {spent}; for turn {turn + 1} you have {balance(game, journal, seat)}."


def hidden(game: Game, journal: Journal, turn: int, seat: str) -> Iterator[str]:
    """Yield a seat's own moves of a turn that nobody else is told."""
    events = {event.id: event for event in as_scenario(game, journal).events}
    for one in compiled(game, journal):
        if one.seat == seat and one.turn == turn and one.secret:
            yield describe(events[one.id], game.region)


def of_a_state(
    game: Game, journal: Journal, turn: int, seat: str, worlds: Worlds
) -> dict[str, list[str]]:
    """Return what a government knows of itself."""
    return {
        "Deals that wait for your answer": list(waiting(game, journal, turn, seat)) or ["None."],
        "What presses you": list(pressing(game, turn, seat, worlds)) or ["Nobody."],
        "What you fear": list(fearing(game, turn, seat, worlds)) or ["As a quarter ago."],
        "Your ties": list(tied(game, turn, seat, worlds)),
    }


def waiting(game: Game, journal: Journal, turn: int, seat: str) -> Iterator[str]:
    """Yield the deals that a state can answer in the next turn."""
    for one in offers(game, journal):
        if one.lever.state == seat and one.turn == turn and one.answer == "open":
            until = f"Sign or refuse it in turn {turn + 1}, or it lapses"
            yield f"{one.id}: {deal(game, one)}. {until}."


def pressing(game: Game, turn: int, seat: str, worlds: Worlds) -> Iterator[str]:
    """Yield the pressure of each power that a state feels, its ministries' and its ministers'."""
    state = game.region.states.index(seat)
    for place, power in enumerate(game.region.powers):
        felt = worlds.at("pressure", game.last_place(turn))[:, state, place]
        before = worlds.at("pressure", game.last_place(turn - 1))[:, state, place]
        if float(np.median(felt)) >= LEAST_FELT or clear(felt - before, "share"):
            told = since(felt - before, "share", "points", PERCENT)
            level = stands(PERCENT * felt, "% of full")
            yield f"{sentence_name(game, power)} presses you: {level}, {told}."


def fearing(game: Game, turn: int, seat: str, worlds: Worlds) -> Iterator[str]:
    """Yield the partners of whom a state's fear changed."""
    state = game.region.states.index(seat)
    for place, partner in enumerate(game.region.partners):
        now, then = (
            worlds.at("threat", game.last_place(one))[:, state, place] for one in (turn, turn - 1)
        )
        if clear(now - then, "share"):
            told = since(now - then, "share", "points", PERCENT)
            level = stands(PERCENT * now, "% of full")
            yield f"Fear of {named(partner, game.region)}: {level}, {told}."


def tied(game: Game, turn: int, seat: str, worlds: Worlds) -> Iterator[str]:
    """Yield how a state's ties are spread, domain by domain."""
    state = game.region.states.index(seat)
    ties = np.median(worlds.at("ties", game.last_place(turn))[:, state], axis=0)
    for place, domain in enumerate(DOMAINS):
        spread = ", ".join(
            f"{partner} {PERCENT * ties[place, k]:.0f}%"
            for k, partner in enumerate(game.region.partners)
        )
        yield f"{domain.capitalize()}: {spread}."


def of_a_power(
    game: Game, journal: Journal, turn: int, seat: str, worlds: Worlds
) -> dict[str, list[str]]:
    """Return what a power knows of what it does and holds."""
    place = game.region.powers.index(seat)
    ends = game.last_place(turn), game.last_place(turn - 1)
    effort = worlds.at("effort", ends[0])[:, place]
    pressed = np.median(worlds.at("pressure", ends[0])[..., place], axis=0)
    spread = effort / effort.sum(axis=(1, 2), keepdims=True)
    spends = [
        f"{state}: "
        + ", ".join(
            f"{domain} {PERCENT * float(np.median(spread[:, k, d])):.0f}%"
            for d, domain in enumerate(DOMAINS)
        )
        + "."
        for k, state in enumerate(game.region.states)
    ]
    pressed_are = [
        f"{state} {PERCENT * float(pressed[k]):.0f}%"
        for k, state in enumerate(game.region.states)
        if pressed[k] >= LEAST_FELT
    ]
    income, then = (earnings(worlds, end, place) for end in ends)
    told = since((income - then) / np.median(then), "share", "bn USD", float(np.median(then)))
    return {
        "Where your engagement goes": spends,
        "Pressure that you put on them, of full, your ministries' part with it": [
            f"{listed(pressed_are) or 'None'}."
        ],
        "What the region is worth to you": [
            f"Trade, passage and migrants' work: {stands(income, 'bn USD a year')}, {told}."
        ],
    }


def earnings(worlds: Worlds, at: int, power: int) -> np.ndarray:
    """Return what the region is worth to a power in a month, bn USD a year: (member,)."""
    trade = worlds.at("turnover", at)[..., power].sum(axis=1)
    passage = worlds.at("passage", at)[..., power].sum(axis=1)
    transit = worlds.at("transit_passage", at)[..., power]
    labour = worlds.at("labour", at)[..., power].sum(axis=1)
    return np.asarray(trade + passage + transit + labour)


def sentence_name(game: Game, code: str) -> str:
    """Return an actor's name as a sentence begins with it."""
    name = named(code, game.region)
    return name[0].upper() + name[1:]
