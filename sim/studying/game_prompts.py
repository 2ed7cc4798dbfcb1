"""Moves typed at a terminal: each seat in turn, alone before the screen."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.game.briefs import text as brief_text
from sim.game.checking import checked
from sim.game.filing import held
from sim.game.journal import Journal, write_whole
from sim.game.points import balance
from sim.game.table import Game
from sim.studying.game_turns import EVERYONE, report_file

CLEAR = "\x1b[2J\x1b[3J\x1b[H"
"""Takes all that was shown off the screen."""

NUMBER = re.compile(r"[-+]?[0-9]*\.?[0-9]+")

HOW = (
    "A move a line: the lever, then its fields, as in  realign partner=CHN domain=economic "
    "size=0.2\nAn empty line files them;  ?  shows your brief;  drop  takes the last one back."
)


def ask(folder: Path, game: Game, journal: Journal, seat: str, file: Path) -> None:
    """Have a seat type its moves, and write them as its file; asked again where they are wrong.

    What is typed is checked as a file is. The screen is cleared before and after.
    """
    name, turn = game.region.actor(seat).name, len(journal.turns) + 1
    typed_in(f"{CLEAR}Turn {turn} of {game.turns}. {name} alone before the screen? Press Enter. ")
    for whose in (EVERYONE, seat) if turn > 1 else ():
        print(report_file(folder, turn - 1, whose).read_text("utf-8"))
    print(f"{name}, {balance(game, journal, seat)} points. {', '.join(held(game, seat))}\n{HOW}")
    typed: list[str] = []
    while True:
        typed = lines_typed(game, seat, typed)
        trial = file.with_name(f".{file.name}.typed")
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(trial, as_moves(typed))
        try:
            checked(game, journal, seat, trial)
        except InputError as wrong:
            print("\n".join(f"  {problem.message}" for problem in wrong.problems))
            continue
        finally:
            trial.unlink(missing_ok=True)
        write_whole(file, as_moves(typed))
        print(CLEAR, end="")
        return


def lines_typed(game: Game, seat: str, before: list[str]) -> list[str]:
    """Return the lines that a seat types until an empty one."""
    typed = list(before)
    while line := typed_in(f"{seat} {len(typed) + 1}> ").strip():
        if line == "?":
            print(brief_text(game, seat))
        elif line == "drop":
            typed = typed[:-1]
        else:
            typed.append(line)
    return typed


def typed_in(prompt: str) -> str:
    """Return a line that is typed; where the input ends, the game is left as by Ctrl-C."""
    try:
        return input(prompt)
    except EOFError:
        raise KeyboardInterrupt from None


def as_moves(typed: list[str]) -> str:
    """Return typed moves as a file has them."""
    rows = [f"  - {json.dumps(as_move(line), ensure_ascii=False)}" for line in typed]
    return "moves:\n" + "\n".join(rows) + "\n" if rows else "moves: []\n"


def as_move(line: str) -> dict[str, Any]:
    """Return a typed move as fields: the lever first, then name=what, in quotes if with spaces."""
    try:
        lever, *fields = shlex.split(line)
    except ValueError:
        lever, *fields = line.split()
    found: dict[str, Any] = {"lever": lever}
    for field in fields:
        name, _, content = field.partition("=")
        found[name] = float(content) if NUMBER.fullmatch(content) else content
    return found
