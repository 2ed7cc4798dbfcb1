"""Moves as what they are: dated events of a scenario that anyone can run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.game.filing import Filed, Wrong
from sim.game.journal import Journal
from sim.game.lever import Raw
from sim.game.levers_of_powers import Offer, Shift, shifted
from sim.game.levers_of_states import Answer, Sign
from sim.game.prices import MOST_WISHED, SLACK
from sim.game.table import Game
from sim.reading.one_event import examined
from sim.reading.together import baseless, clashes, overfull
from sim.scenario import Event, Scenario
from sim.timeline import month_after

WISHED = ("kind", "state", "partner", "domain")
"""What two wishes have in common that add up."""

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+.-]*")
"""Words that need no quotes in YAML."""


@dataclass(frozen=True)
class Compiled:
    """An event that a move stands for: whose, of which turn and move, and whether it is secret."""

    raw: Raw
    seat: str
    turn: int
    move: int | None  # None: of several moves together
    secret: bool

    @property
    def id(self) -> str:
        return str(self.raw["id"])


@dataclass(frozen=True)
class Offered:
    """A deal that was offered, and what became of it."""

    id: str
    by: str
    turn: int
    move: int
    lever: Offer
    answer: str  # open | signed | refused | lapsed | taken (by the rules)


def compiled(game: Game, journal: Journal) -> list[Compiled]:
    """Return the events that all moves of a game stand for, in the order of turns and seats."""
    found: list[Compiled] = []
    for turn in range(1, len(journal.turns) + 1):
        shut: set[str] = set()
        for seat in game.all_seats:
            filed = journal.filed(turn, seat)
            mine = list(_of_a_seat(game, journal, seat, turn, filed))
            # what a neighbour has shut cannot be more shut
            found += [one for one in mine if not (shutting(one) & shut)]
            shut |= {link for one in mine for link in shutting(one)}
    return found


def shutting(one: Compiled) -> set[str]:
    """Return the link that an event shuts, if it shuts one."""
    return {one.raw["link"]} if one.raw["kind"] == "link_closed" else set()


def _of_a_seat(
    game: Game, journal: Journal, seat: str, turn: int, filed: Filed
) -> Iterator[Compiled]:
    levers = filed.levers
    shifts = [lever for lever in levers if isinstance(lever, Shift)]
    for number, raw in enumerate(shifted(game, seat, turn, shifts), 1):
        name = f"{seat.lower()}_t{turn}_shift_{number}"
        yield Compiled(_named(name, raw, game, seat, filed), seat, turn, None, False)
    for number, lever in enumerate(levers, 1):
        if isinstance(lever, Offer | Answer):
            continue
        for raw in lever.events(game, seat, turn):
            name = f"{seat.lower()}_t{turn}_{number}"
            whole = _named(name, raw, game, seat, filed)
            yield Compiled(whole, seat, turn, number - 1, lever.secret)
    for one in offers(game, journal):
        begins = one.turn if one.answer == "taken" else one.turn + 1
        if one.by == seat and one.answer in ("taken", "signed") and begins == turn:
            raw = one.lever.events(game, seat, begins)[0]
            whole = _named(one.id, raw, game, seat, journal.filed(one.turn, seat))
            yield Compiled(whole, seat, one.turn, one.move, False)


def _named(name: str, raw: Raw, game: Game, seat: str, filed: Filed) -> Raw:
    """Return an event with its name, whose it is, and why it was filed."""
    theme = {"theme": f"{game.region.actor(seat).name}'s seat"}
    note = {"note": filed.because} if filed.because else {}
    return {"id": name, **raw, **theme, **note}


def offers(game: Game, journal: Journal) -> list[Offered]:
    """Return every deal that was offered, with what became of it by the last turn filed."""
    found = []
    for turn in range(1, len(journal.turns) + 1):
        for seat in game.region.powers:
            for number, lever in enumerate(journal.filed(turn, seat).levers):
                if isinstance(lever, Offer):
                    name = f"{seat.lower()}_t{turn}_{number + 1}"
                    answer = _answer(game, journal, lever.state, turn, name)
                    found.append(Offered(name, seat, turn, number, lever, answer))
    return found


def _answer(game: Game, journal: Journal, state: str, turn: int, name: str) -> str:
    if not any(state in filed for filed in journal.turns):
        return "taken"
    if turn == len(journal.turns):
        return "open"
    for lever in journal.filed(turn + 1, state).levers:
        if isinstance(lever, Answer) and lever.offer == name:
            return "signed" if isinstance(lever, Sign) else "refused"
    return "lapsed"


# As a scenario ----------------------------------------------------------------------------------


def as_scenario(game: Game, journal: Journal) -> Scenario:
    """Return the scenario that a game is: the world without players, and their moves."""
    own = tuple(event for one in compiled(game, journal) if (event := _event(game, one)))
    return with_own(game, own)


def with_own(game: Game, own: tuple[Event, ...]) -> Scenario:
    """Return a game's world with some events of its players."""
    base = game.scenario
    return replace(
        base,
        name="game",
        title=title(game),
        question=question(game),
        events=(*base.events, *own),
        own_events=tuple(event.id for event in own),
        baseline=base,
    )


def _event(game: Game, one: Compiled) -> Event | None:
    event, faults = examined(one.raw, game.region, dict(game.run), ())
    assert event is not None, faults
    return event


def title(game: Game) -> str:
    """Return what a game is called as a scenario."""
    return f"A game on: {game.scenario.title}"[:200]


def question(game: Game) -> str:
    """Return the question that a game poses as a scenario."""
    return f"What did the players of {', '.join(game.seats)} move, beside the rules alone?"


def as_file(game: Game, journal: Journal) -> str:
    """Return the scenario file that says the same: `run.py` runs it to the same numbers."""
    one = game.scenario
    lines = [
        f"title: {_quoted(title(game))}",
        f"question: {_quoted(question(game))}",
        'beyond: "Moves of players; nothing in the articles says that anyone did this."',
        f"start: {one.start}",
        f"months: {one.months}",
        f"members: {one.members}",
        f"seed: {one.seed}",
        f"extends: {_word(game.extends)}",
    ]
    moves = compiled(game, journal)
    lines += ["events:", *(f"  - {_flow(each.raw)}" for each in moves)] if moves else []
    return "\n".join(lines) + "\n"


def _flow(raw: Raw) -> str:
    return "{" + ", ".join(f"{key}: {_word(content)}" for key, content in raw.items()) + "}"


def _word(content: Any) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return text if PLAIN.fullmatch(text) or not isinstance(content, str) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# Whether it can be ------------------------------------------------------------------------------


def contradictions(game: Game, journal: Journal, seat: str) -> Iterator[Wrong]:
    """Yield why the last turn's moves of a seat cannot be in the world as it is by then.

    The journal holds that turn with this seat's moves alone: those of others are not known yet.
    """
    turn = len(journal.turns)
    yield from _answers(game, journal, seat)
    everything = compiled(game, journal)
    mine = [one for one in everything if one.seat == seat and one.turn == turn]
    faulty = False
    for one in mine:
        _, faults = examined(one.raw, game.region, dict(game.run), ())
        for place, message in faults:
            faulty = True
            yield one.move, str(place[0]) if place else "", message
    if faulty:
        return
    yield from _wished_too_much(game, mine, everything)
    events = [*game.scenario.events]
    before = {clash.message for clash in _clashes(game, events)}
    events += [event for one in everything if (event := _event(game, one))]
    move_of = {one.id: one.move for one in mine}
    for message, ids in ((c.message, (c.event, c.other)) for c in _clashes(game, events)):
        named = [event.id for event in ids if event is not None and event.id in move_of]
        if named and message not in before:
            yield move_of[named[0]], "", message


def _wished_too_much(
    game: Game, mine: list[Compiled], everything: list[Compiled]
) -> Iterator[Wrong]:
    """Yield wishes that come to more than a government can wish for, with those still in force."""
    for one in mine:
        if one.raw["kind"] != "realign":
            continue
        alike = [
            other.raw
            for other in everything
            if all(other.raw.get(key) == one.raw[key] for key in WISHED)
            and month_after(other.raw["start"], other.raw["months"]) > one.raw["start"]
        ]
        total = sum(raw["size"] for raw in alike)
        if abs(total) > MOST_WISHED + SLACK:
            what = f"{one.raw['partner']} ({one.raw['domain']})"
            yield (
                one.move,
                "size",
                (
                    f"with what is still in force it comes to {total:.3g} for {what}; from "
                    f"-{MOST_WISHED:g} to {MOST_WISHED:g} in all"
                ),
            )


def _clashes(game: Game, events: list[Event]) -> Iterator[Any]:
    yield from clashes(events, game.region)
    yield from baseless(events, game.region)
    yield from overfull(events, game.region, dict(game.run))


def _answers(game: Game, journal: Journal, seat: str) -> Iterator[Wrong]:
    """Yield answers to deals that were not offered to this seat in the turn before."""
    turn = len(journal.turns)
    open_ones = {
        one.id for one in offers(game, journal) if one.turn == turn - 1 and one.lever.state == seat
    }
    given: set[str] = set()
    for number, lever in enumerate(journal.filed(turn, seat).levers):
        if isinstance(lever, Answer):
            if lever.offer not in open_ones:
                there = f"open are {', '.join(sorted(open_ones))}" if open_ones else "none is open"
                yield number, "offer", f"'{lever.offer}' is no deal offered to {seat}; {there}"
            elif lever.offer in given:
                yield number, "offer", f"'{lever.offer}' is answered twice"
            given.add(lever.offer)
