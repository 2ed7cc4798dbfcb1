"""What a seat files for a turn: read, checked, and priced; or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import InputError, Problem
from sim.game.lever import Close, Lever, Slow, Speed
from sim.game.levers_of_powers import Build, HoldBack, Offer, Press, Shift, Summit, Visit
from sim.game.levers_of_states import Crackdown, Defence, Join, Leave, Realign, Refuse, Sign
from sim.game.table import Game
from sim.reading.quantities import shortened
from sim.reading.wording import worded_faults
from sim.reading.yaml_lines import first_of, near, read_lines

LEVERS: dict[str, type[Lever]] = {
    "realign": Realign,
    "join": Join,
    "leave": Leave,
    "crackdown": Crackdown,
    "defence": Defence,
    "sign": Sign,
    "refuse": Refuse,
    "shift": Shift,
    "press": Press,
    "hold_back": HoldBack,
    "visit": Visit,
    "summit": Summit,
    "offer": Offer,
    "build": Build,
    "close": Close,
    "slow": Slow,
    "speed": Speed,
}
"""Every lever there is. None invades, represses, bribes or incites: decision 33."""

MOST_MOVES = 12
"""Moves of a seat in a turn."""

LONGEST_REASON = 300
"""Letters of what a seat says of its turn."""


@dataclass(frozen=True)
class Filed:
    """What a seat files for a turn: its moves as written, and why, in its own words."""

    written: tuple[dict[str, Any], ...] = ()
    because: str = ""

    @property
    def levers(self) -> tuple[Lever, ...]:
        return tuple(LEVERS[one["lever"]].model_validate(one) for one in self.written)

    def price(self, game: Game) -> int:
        """Return the points that all of it costs."""
        return sum(lever.price(game) for lever in self.levers)

    def record(self) -> dict[str, Any]:
        """Return it as the journal keeps it."""
        return {"moves": list(self.written), "because": self.because}


NOTHING = Filed()
"""A turn that is let pass."""


def from_record(kept: Mapping[str, Any]) -> Filed:
    """Return what was filed as the journal has it."""
    return Filed(tuple(kept["moves"]), str(kept["because"]))


def held(game: Game, seat: str) -> list[str]:
    """Return the names of the levers that a seat has."""
    kind = "state" if game.is_state(seat) else "power"
    return [name for name, lever in LEVERS.items() if kind in lever.of]


Wrong = tuple[int | None, str, str]
"""Which move is wrong (None: all of it), in which field, and how."""


@dataclass(frozen=True)
class Sheet:
    """A file of moves that was read: what it says, and the lines of it."""

    path: Path
    moves: list[Any]
    because: str
    line: Mapping[tuple[str | int, ...], int]

    def at(self, number: int | None, field: str) -> int | None:
        """Return the line of a move's field, or of what holds it."""
        if number is None:
            return self.line.get(("moves",), self.line.get(()))
        whole = self.line.get(("moves", number))
        return self.line.get(("moves", number, field), whole) if field else whole


def read_sheet(path: Path) -> Sheet:
    """Return a file of moves; refuse one that is none, with its line."""
    _, lines = read_lines(path)
    content, problems = lines.content, list(lines.twice)
    if not isinstance(content, dict):
        problems.append(Problem("a file of moves begins with 'moves:'; below it a list", 1))
        raise InputError(str(path), problems)
    for name in content:
        if name not in ("moves", "because"):
            message = f"'{shortened(name)}' is no field here; there are moves and because"
            problems.append(Problem(message, lines.at((name,))))
    moves, because = content.get("moves"), content.get("because") or ""
    if "moves" not in content or not (moves is None or isinstance(moves, list)):
        message = "moves: a list of moves, each begins with '- lever:'; [] to let the turn pass"
        problems.append(Problem(message, lines.at(("moves",))))
    if not isinstance(because, str) or len(because) > LONGEST_REASON:
        message = f"because: a sentence of at most {LONGEST_REASON} letters"
        problems.append(Problem(message, lines.at(("because",))))
    if problems:
        raise InputError(str(path), first_of(problems))
    return Sheet(path, moves or [], " ".join(str(because).split()), lines.line)


def judged(game: Game, seat: str, turn: int, moves: list[Any]) -> Iterator[Wrong]:
    """Yield what is wrong with moves by themselves, whoever else files what."""
    if len(moves) > MOST_MOVES:
        yield None, "", f"{len(moves)} moves are too many ({MOST_MOVES} at most)"
    known = held(game, seat)
    for number, raw in enumerate(moves[:MOST_MOVES]):
        if not isinstance(raw, dict):
            yield number, "", "a move has fields: lever, and those of the lever"
            continue
        name = raw.get("lever")
        if not isinstance(name, str) or name not in LEVERS:
            told = f"'{shortened(name)}' is no lever" if name else "the lever is missing"
            yield number, "lever", f"{told}.{near(str(name), known)} {seat} has {', '.join(known)}"
        elif name not in known:
            yield number, "lever", f"{seat} has no lever '{name}'; it has {', '.join(known)}"
        else:
            yield from _judged_alone(game, seat, turn, number, raw)


def _judged_alone(
    game: Game, seat: str, turn: int, number: int, raw: dict[str, Any]
) -> Iterator[Wrong]:
    schema = LEVERS[raw["lever"]]
    try:
        lever = schema.model_validate(raw)
    except ValidationError as error:
        for place, message in worded_faults(error, schema, raw):
            yield number, str(place[0]) if place else "", message
        return
    for field, message in lever.faults(game, seat, turn):
        yield number, field, message
