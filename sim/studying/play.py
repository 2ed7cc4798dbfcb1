"""`run.py play`: seats that people hold, turn by turn, by files or at a terminal."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.game.compiled import as_file, as_scenario, contradictions
from sim.game.filing import NOTHING, Filed, Sheet, Wrong, judged, read_sheet
from sim.game.journal import Journal, keep, kept, write_whole
from sim.game.points import balance
from sim.game.prices import TURN_MONTHS
from sim.game.private import private
from sim.game.public import public
from sim.game.scores import reckoned, worlds_needed
from sim.game.table import Game, begun
from sim.game.worlds import MOST_MEMBERS, played
from sim.region import Region
from sim.scenario import LIMITS, Scenario
from sim.timeline import month_number

MEMBERS, TURNS, MOST_TURNS = 40, 8, 40

SCENARIO_FILE = "game.yaml"


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
    from sim.folders import readable_errors, results_folder

    region, scenario = scenario_of(asked.scenario)
    if scenario.arms:
        names = ", ".join(str(arm.arm) for arm in scenario.arms)
        message = f"it has arms ({names}); a game is played in one world: name one without arms"
        raise InputError(scenario.file, [Problem(message)])
    folder = results_folder(asked.out, f"{scenario.name}_game")
    game = table(asked, region, scenario, folder)
    moves = Path(asked.moves) if asked.moves else folder / "moves"
    with readable_errors(folder):
        journal = opened(game, folder)
        told = catch_up(game, journal, folder)
        while len(journal.turns) < game.turns:
            turn = filed_turn(game, journal, moves)
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


def table(asked: argparse.Namespace, region: Region, scenario: Scenario, folder: Path) -> Game:
    """Return the table that is asked for; refuse seats and dates that there are none of."""
    seats = tuple(seat.strip() for seat in (asked.seats or "").split(",") if seat.strip())
    every = (*region.states, *region.powers)
    problems = [
        Problem(f"--seats: '{seat}' is no seat; there are {', '.join(every)}")
        for seat in seats
        if seat not in every
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
    return begun(region, sized, extended_as(scenario, folder), seats, asked.turns, first)


def months_before(scenario: Scenario, asked: str | None, problems: list[Problem]) -> int:
    """Return the months of the scenario before the first turn."""
    from sim.reading.fields import _checked_month

    if asked is None:
        return 0
    try:
        first = int(month_number(_checked_month(asked)) - month_number(scenario.start))
    except ValueError as wrong:
        problems.append(Problem(f"--from: {wrong}"))
        return 0
    if first < 0:
        problems.append(Problem(f"--from: {asked} is before the scenario's start"))
    return max(first, 0)


def extended_as(scenario: Scenario, folder: Path) -> str:
    """Return how a file in the game's folder names the scenario: barely, if it is shipped."""
    from sim.asking import scenario_file
    from sim.reading.scenarios import SHIPPED

    file = scenario_file(scenario.file)
    if file.resolve().parent == SHIPPED:
        return file.stem
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()


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
        "world": world.hexdigest(),
        "region": game.region.digest,
    }


def opened(game: Game, folder: Path) -> Journal:
    """Return the game of a folder as far as it is played; refuse to go on with another one."""
    journal = kept(folder)
    now = about(game)
    if journal is None:
        fresh = Journal(now)
        keep(folder, fresh)
        return fresh
    apart = [name for name in now if journal.about.get(name) != now[name]]
    if apart:
        was = "; ".join(f"{name}: {journal.about.get(name)}, now {now[name]}" for name in apart[:3])
        message = (
            f"another game has been begun here ({was}). Go on with what it was begun with, or "
            "begin a new one in another folder (--out)"
        )
        raise InputError(str(folder), [Problem(message)])
    return journal


# A turn -----------------------------------------------------------------------------------------


def filed_turn(game: Game, journal: Journal, moves: Path) -> dict[str, Filed] | None:
    """Return what all seats have filed for the next turn; None where one is missing."""
    turn = len(journal.turns) + 1
    found: dict[str, Filed] = {}
    for seat in game.seats:
        file = moves / f"turn_{turn}" / f"{seat}.yaml"
        if file.exists():
            found[seat] = checked(game, journal, seat, file)
    return found if len(found) == len(game.seats) else None


def checked(game: Game, journal: Journal, seat: str, file: Path) -> Filed:
    """Return what a seat files, or say all that is wrong with its file."""
    sheet = read_sheet(file)
    turn = len(journal.turns) + 1
    refuse(sheet, list(judged(game, seat, turn, sheet.moves)))
    filed = Filed(tuple(sheet.moves), sheet.because)
    cost, has = filed.price(game), balance(game, journal, seat)
    if cost > has:
        prices = ", ".join(f"{one.lever} {one.price(game)}" for one in filed.levers)  # type: ignore[attr-defined]
        message = f"these moves cost {cost} points ({prices}); {seat} has {has}. Leave some out"
        refuse(sheet, [(None, "", message)])
    seats = dict.fromkeys(game.seats, NOTHING) | {seat: filed}
    refuse(sheet, list(contradictions(game, journal.and_then(seats), seat)))
    return filed


def refuse(sheet: Sheet, wrong: list[Wrong]) -> None:
    """Refuse a file with every fault at its line."""
    if wrong:
        problems = [
            Problem(
                f"moves[{number}]{'.' if field else ''}{field}: {message}"
                if number is not None
                else message,
                sheet.at(number, field),
            )
            for number, field, message in wrong
        ]
        raise InputError(str(sheet.path), list(dict.fromkeys(problems)))


# What is written --------------------------------------------------------------------------------


def catch_up(game: Game, journal: Journal, folder: Path) -> str:
    """Write what is missing of the turns played; return the public report of the last one."""
    write_if_new(folder / SCENARIO_FILE, as_file(game, journal))
    last = ""
    for turn in range(1, len(journal.turns) + 1):
        place = folder / "turns" / f"turn_{turn}"
        names = ("public", *game.seats)
        if not all((place / f"{name}.md").exists() for name in names):
            place.mkdir(parents=True, exist_ok=True)
            until = Journal(journal.about, journal.turns[:turn])
            for name, text in reports(game, until, turn).items():
                write_whole(place / f"{name}.md", text)
        last = (place / "public.md").read_text("utf-8")
    return last


def write_if_new(file: Path, text: str) -> None:
    """Write a file unless it says so already."""
    if not file.exists() or file.read_text("utf-8") != text:
        write_whole(file, text)


def reports(game: Game, journal: Journal, turn: int) -> dict[str, str]:
    """Return the reports of a turn: everyone's, and each seat's own."""
    scenario = as_scenario(game, journal).resized(months=game.last_place(turn) + 1)
    worlds = played(game.region, scenario)
    found = {"public": page(game, turn, "for everyone", public(game, journal, turn, worlds))}
    for seat in game.seats:
        told = private(game, journal, turn, seat, worlds)
        found[seat] = page(game, turn, f"for {game.region.actor(seat).name} alone", told)
    return found


def page(game: Game, turn: int, whom: str, told: dict[str, list[str]]) -> str:
    """Return a report as a page of text."""
    from sim.compare import date_in_words

    last = game.starts(turn + 1) if turn < game.turns else None
    from sim.timeline import month_after

    ends = month_after(last, -1) if last else month_after(game.starts(turn), TURN_MONTHS - 1)
    head = (
        f"# Turn {turn} of {game.turns}, {date_in_words(game.starts(turn))} to "
        f"{date_in_words(ends)}: {whom}\n\n"
        f"At the end of the quarter, over {game.scenario.members} runs: nine in ten lie within a "
        "range. A teaching model, not a forecast.\n"
    )
    parts = [
        f"\n## {title}\n\n" + "".join(f"- {one}\n" for one in said) for title, said in told.items()
    ]
    return head + "".join(parts)


def waits(game: Game, journal: Journal, moves: Path) -> str:
    """Return whose moves are waited for, and where they go."""
    turn = len(journal.turns) + 1
    missing = [s for s in game.seats if not (moves / f"turn_{turn}" / f"{s}.yaml").exists()]
    lines = [
        f"\nTurn {turn} of {game.turns} waits for {', '.join(missing)}. Write the moves, then give "
        "the same command again:"
    ]
    lines += [
        f"  {moves / f'turn_{turn}' / f'{seat}.yaml'} ({balance(game, journal, seat)} points)"
        for seat in missing
    ]
    return "\n".join(lines)


def debrief(game: Game, journal: Journal, folder: Path, quiet: bool) -> int:
    """Write and print what came of a game."""
    from sim.studying.common import progress
    from sim.studying.game_told import findings
    from sim.studying.lines import written_out

    total = game.scenario.members * worlds_needed(game.seats)
    with progress(total, 0, quiet) as advance:
        found = findings(reckoned(game, journal, advance))
    return written_out(found, folder / "debrief", quiet)


_ = sys
