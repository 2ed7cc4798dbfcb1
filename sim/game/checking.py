"""Whether a seat may file what it does: its file read, judged, priced, and set in the world."""

from __future__ import annotations

from pathlib import Path

from sim.errors import InputError, Problem
from sim.game.compiled import contradictions
from sim.game.filing import NOTHING, Filed, Sheet, Wrong, judged, read_sheet
from sim.game.journal import Journal
from sim.game.points import balance
from sim.game.table import Game


def checked(game: Game, journal: Journal, seat: str, file: Path) -> Filed:
    """Return what a seat files for the next turn, or say all that is wrong with its file."""
    sheet = read_sheet(file)
    turn = len(journal.turns) + 1
    refuse(sheet, list(judged(game, seat, turn, sheet.moves)))
    filed = Filed(tuple(sheet.moves), sheet.because)
    refuse(sheet, over_budget(game, journal, seat, filed))
    seats = dict.fromkeys(game.seats, NOTHING) | {seat: filed}
    refuse(sheet, list(contradictions(game, journal.and_then(seats), seat)))
    return filed


def over_budget(game: Game, journal: Journal, seat: str, filed: Filed) -> list[Wrong]:
    """Return that moves cost more points than a seat has, if they do."""
    cost, has = filed.price(game), balance(game, journal, seat)
    if cost <= has:
        return []
    names = [str(one["lever"]) for one in filed.written]
    each = ", ".join(
        f"{name} {one.price(game)}" for name, one in zip(names, filed.levers, strict=True)
    )
    message = f"these moves cost {cost} points ({each}); {seat} has {has}. Leave some out"
    return [(None, "", message)]


def refuse(sheet: Sheet, wrong: list[Wrong]) -> None:
    """Refuse a file with every fault at its line."""
    if not wrong:
        return
    problems = []
    for number, field, message in wrong:
        place = "" if number is None else f"moves[{number}]{'.' if field else ''}{field}: "
        problems.append(Problem(f"{place}{message}", sheet.at(number, field)))
    raise InputError(str(sheet.path), list(dict.fromkeys(problems)))
