"""What is written of each turn: reports for everyone and for each seat, and the game as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.compare import date_in_words
from sim.game.compiled import as_file, as_scenario
from sim.game.journal import Journal, write_whole
from sim.game.points import balance
from sim.game.prices import TURN_MONTHS
from sim.game.private import private
from sim.game.public import public
from sim.game.table import Game
from sim.game.worlds import played
from sim.timeline import month_after

SCENARIO_FILE, TURNS, EVERYONE = "game.yaml", "turns", "public"


def moves_file(moves: Path, turn: int, seat: str) -> Path:
    """Return where a seat's moves of a turn belong."""
    return moves / f"turn_{turn}" / f"{seat}.yaml"


def report_file(folder: Path, turn: int, whose: str) -> Path:
    """Return where a report of a turn is."""
    return folder / TURNS / f"turn_{turn}" / f"{whose}.md"


def catch_up(game: Game, journal: Journal, folder: Path) -> str:
    """Write what is missing of the turns played; return the public report of the last one."""
    text = as_file(game, journal)
    file = folder / SCENARIO_FILE
    if not file.exists() or file.read_text("utf-8") != text:
        write_whole(file, text)
    for turn in range(1, len(journal.turns) + 1):
        files = {one: report_file(folder, turn, one) for one in (EVERYONE, *game.seats)}
        if all(file.exists() for file in files.values()):
            continue
        files[EVERYONE].parent.mkdir(parents=True, exist_ok=True)
        for one, told in reports(game, Journal(journal.about, journal.turns[:turn])).items():
            write_whole(files[one], told)
    last = len(journal.turns)
    return report_file(folder, last, EVERYONE).read_text("utf-8") if last else ""


def reports(game: Game, journal: Journal) -> dict[str, str]:
    """Return the reports of the last turn of a journal: everyone's, and each seat's own."""
    turn = len(journal.turns)
    scenario = as_scenario(game, journal).resized(months=game.last_place(turn) + 1)
    worlds = played(game.region, scenario)
    found = {EVERYONE: page(game, turn, "for everyone", public(game, journal, turn, worlds))}
    for seat in game.seats:
        told = private(game, journal, turn, seat, worlds)
        found[seat] = page(game, turn, f"for {game.region.actor(seat).name} alone", told)
    return found


def page(game: Game, turn: int, whom: str, told: Mapping[str, Sequence[str]]) -> str:
    """Return a report as a page of text."""
    begins = game.starts(turn)
    ends = month_after(begins, TURN_MONTHS - 1)
    head = (
        f"# Turn {turn} of {game.turns}, {date_in_words(begins)} to {date_in_words(ends)}: {whom}\n"
        f"\nAt the end of the quarter. Of {game.scenario.members} runs nine in ten lie within a "
        "range. A teaching model, not a forecast.\n"
    )
    parts = [
        f"\n## {title}\n\n" + "".join(f"- {one}\n" for one in said) for title, said in told.items()
    ]
    return head + "".join(parts)


def waits(game: Game, journal: Journal, moves: Path) -> str:
    """Return whose moves are waited for, and where they go."""
    turn = len(journal.turns) + 1
    missing = [seat for seat in game.seats if not moves_file(moves, turn, seat).exists()]
    head = (
        f"\nTurn {turn} of {game.turns} waits for {', '.join(missing)}. Write the moves, then give "
        "the same command again:"
    )
    lines = [
        f"  {moves_file(moves, turn, seat)} ({balance(game, journal, seat)} points)"
        for seat in missing
    ]
    return "\n".join([head, *lines])
