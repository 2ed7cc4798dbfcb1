"""`run.py play`: seats that people hold, turn by turn, by files or at a terminal."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.game.checking import checked
from sim.game.filing import Filed
from sim.game.journal import Journal, keep, kept
from sim.game.prices import TURN_MONTHS
from sim.game.table import Game, begun
from sim.game.worlds import MOST_MEMBERS
from sim.region import Region
from sim.scenario import LIMITS, Scenario
from sim.studying.game_turns import catch_up, moves_file, waits
from sim.timeline import month_number

MEMBERS, TURNS, MOST_TURNS = 40, 8, 40

PLAYED_ALREADY = "this game is being played by another program; end that one first, or choose --out"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command is asked."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", help="the world to play in: a scenario file, or a name"
    )
    parser.add_argument(
        "--seats", metavar="KAZ,RUS", help="who is played by people; the rules hold the rest"
    )
    parser.add_argument(
        "--turns", type=whole(1, MOST_TURNS), default=TURNS, metavar="N",
        help="quarters to play (8)",
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="first", metavar="MONTH", help="the first turn's first month (the start)"
    )
    parser.add_argument(
        "--members", type=whole(1, MOST_MEMBERS), default=MEMBERS, metavar="N",
        help="runs of the model that are played at once (40)",
    )  # fmt: skip
    parser.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N", help="where random numbers begin"
    )
    parser.add_argument(
        "--moves", metavar="FOLDER",
        help="where moves lie: FOLDER/turn_1/KAZ.yaml (moves, in the game's own folder)",
    )  # fmt: skip
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--brief", metavar="SEAT", help="print a seat's role brief, play nothing")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")


def run(asked: argparse.Namespace) -> int:
    """Play the turns for which all seats have filed, and say whose moves are waited for."""
    from sim.asking import scenario_of
    from sim.folders import alone_in, at_home, readable_errors, results_folder

    region, scenario = scenario_of(asked.scenario, played=False)
    if scenario.arms:
        names = ", ".join(str(arm.arm) for arm in scenario.arms)
        message = f"it has arms ({names}); a game is played in one world: name one without arms"
        raise InputError(scenario.file, [Problem(message)])
    if scenario.strategies:
        message = "strategies hold seats in it; a game is played by people: name one without them"
        raise InputError(scenario.file, [Problem(message)])
    folder = results_folder(asked.out, f"{scenario.name}_game")
    if asked.brief:
        return print_brief(table(asked, region, scenario, folder, (asked.brief,)))
    game = table(asked, region, scenario, folder, seats_of(asked.seats))
    moves = at_home(asked.moves) if asked.moves else folder / "moves"
    with readable_errors(folder, "The turns that were played are in the journal."):
        folder.mkdir(parents=True, exist_ok=True)
    with (
        readable_errors(folder, "The turns that were played are in the journal."),
        alone_in(folder, PLAYED_ALREADY),
    ):
        journal = opened(game, folder)
        told = catch_up(game, journal, folder)
        while len(journal.turns) < game.turns:
            turn = filed_turn(game, journal, moves, at_a_terminal(asked.quiet, folder))
            if turn is None:
                break
            journal = journal.and_then(turn)
            keep(folder, journal)
            told = catch_up(game, journal, folder)
    if len(journal.turns) == game.turns:
        return debrief(game, journal, folder, asked.quiet)
    if not asked.quiet:
        print(told + waits(game, journal, moves))
    return 0


# The table --------------------------------------------------------------------------------------


def seats_of(written: str | None) -> tuple[str, ...]:
    """Return the seats that are named, in capitals."""
    return tuple(one.strip().upper() for one in (written or "").split(",") if one.strip())


def table(
    asked: argparse.Namespace,
    region: Region,
    scenario: Scenario,
    folder: Path,
    seats: tuple[str, ...],
) -> Game:
    """Return the table that is asked for; refuse seats and dates that there are none of."""
    every = (*region.states, *region.powers)
    option = "--brief" if asked.brief else "--seats"
    problems = [
        Problem(f"{option}: '{seat}' is no seat; there are {', '.join(every)}")
        for seat in seats
        if seat.upper() not in every
    ]
    if not seats:
        problems.append(Problem(f"--seats: name who is played by people, of {', '.join(every)}"))
    first = months_before(scenario, asked.first, problems)
    months = first + TURN_MONTHS * asked.turns
    if months > LIMITS["months"][1]:
        problems.append(Problem(f"{months} months are too many ({LIMITS['months'][1]} at most)"))
    if problems:
        raise InputError("The command line", problems)
    sized = scenario.resized(asked.members, None, asked.seed)
    named = extended_as(scenario, folder)
    return begun(region, sized, named, tuple(map(str.upper, seats)), asked.turns, first)


def months_before(scenario: Scenario, asked: str | None, problems: list[Problem]) -> int:
    """Return the months of the scenario before the first turn; note what is wrong with the date."""
    if asked is None:
        return 0
    try:
        year, month = (int(part) for part in asked.split("-"))
        first = int(month_number(f"{year:04d}-{month:02d}") - month_number(scenario.start))
        if not 1 <= month <= TURN_MONTHS * 4:
            raise ValueError
    except ValueError:
        problems.append(Problem(f"--from: '{asked}' is no month; write it as 2022-07"))
        return 0
    if first < 0:
        message = f"--from: {asked} is before the scenario's start, {scenario.start}"
        problems.append(Problem(message))
    return max(first, 0)


def extended_as(scenario: Scenario, folder: Path) -> str:
    """Return how a file in the game's folder names the scenario: barely, if it is shipped."""
    from sim.asking import scenario_file
    from sim.reading.scenarios import SHIPPED

    file = scenario_file(scenario.file).resolve()
    if file.parent == SHIPPED:
        return file.stem
    return Path(os.path.relpath(file, folder.resolve())).as_posix()


def about(game: Game) -> dict[str, Any]:
    """Return what a game is, as its journal begins."""
    one = game.scenario
    world = hashlib.sha256(repr([replace(event, line=None) for event in one.events]).encode())
    return {
        "scenario": game.extends,
        "seats": list(game.seats),
        "turns": game.turns,
        "from": game.starts(1),
        "start": one.start,
        "members": one.members,
        "seed": one.seed,
        "rule": one.rule,
        "without": list(one.without),
        "world": world.hexdigest(),
        "region": game.region.digest,
    }


def opened(game: Game, folder: Path) -> Journal:
    """Return the game of a folder as far as it is played; refuse to go on with another one."""
    journal, now = kept(folder), about(game)
    if journal is None:
        fresh = Journal(now)
        keep(folder, fresh)
        return fresh
    apart = [name for name in now if journal.about.get(name) != now[name]]
    if apart:
        was = "; ".join(f"{name} {journal.about.get(name)}, now {now[name]}" for name in apart[:3])
        message = (
            f"another game has been begun here ({was}). Go on with what it was begun with, or "
            "begin a new one in another folder (--out)"
        )
        raise InputError(str(folder), [Problem(message)])
    return journal


# A turn -----------------------------------------------------------------------------------------

Ask = Callable[[Game, Journal, str, Path], None]
"""Has a seat type its moves, and writes them where its file belongs."""


def at_a_terminal(quiet: bool, folder: Path) -> Ask | None:
    """Return how seats are asked for moves that are not filed; None where nobody is there."""
    if quiet or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    from functools import partial

    from sim.studying.game_prompts import ask

    return partial(ask, folder)


def filed_turn(
    game: Game, journal: Journal, moves: Path, ask: Ask | None
) -> dict[str, Filed] | None:
    """Return what all seats have filed for the next turn; None where one is missing."""
    turn = len(journal.turns) + 1
    found: dict[str, Filed] = {}
    for seat in game.seats:
        file = moves_file(moves, turn, seat)
        if ask is not None and not file.exists():
            ask(game, journal, seat, file)
        if file.exists():
            found[seat] = checked(game, journal, seat, file)
    return found if len(found) == len(game.seats) else None


# The end ----------------------------------------------------------------------------------------


def print_brief(game: Game) -> int:
    """Print the role brief of a seat."""
    from sim.game.briefs import text

    print(text(game, game.seats[0]), end="")
    return 0


def debrief(game: Game, journal: Journal, folder: Path, quiet: bool) -> int:
    """Write and print what came of a game."""
    from sim.game.scores import reckoned, worlds_needed
    from sim.studying.common import progress
    from sim.studying.game_told import findings
    from sim.studying.lines import written_out

    total = game.scenario.members * worlds_needed(game.seats)
    with progress(total, 0, quiet) as advance:
        found = findings(reckoned(game, journal, advance))
    return written_out(found, folder / "debrief", quiet)
