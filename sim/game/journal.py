"""The journal of a game: a line for what is played, then one a turn; all that a game is."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.folders import settle
from sim.game.filing import NOTHING, Filed, from_record
from sim.vocabulary import VERSION

JOURNAL = "journal.jsonl"

Turn = Mapping[str, Filed]
"""What each seat that a person holds has filed."""


@dataclass(frozen=True)
class Journal:
    """What is played, and the turns so far."""

    about: Mapping[str, Any]
    turns: tuple[Turn, ...] = ()

    def and_then(self, turn: Turn) -> Journal:
        return replace(self, turns=(*self.turns, turn))

    def without(self, seat: str) -> Journal:
        """Return the game with one seat played by the rules alone."""
        turns = ({one: filed for one, filed in turn.items() if one != seat} for turn in self.turns)
        return replace(self, turns=tuple(turns))

    def filed(self, turn: int, seat: str) -> Filed:
        """Return what a seat filed for a turn, counted from 1; nothing if it filed none."""
        return self.turns[turn - 1].get(seat, NOTHING) if turn <= len(self.turns) else NOTHING

    def text(self) -> str:
        """Return the journal as it is kept."""
        lines: list[Any] = [{"game": dict(self.about), "version": VERSION}]
        for number, turn in enumerate(self.turns, 1):
            filed = {seat: one.record() for seat, one in turn.items()}
            lines.append({"turn": number, "filed": filed})
        return "".join(
            json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n" for line in lines
        )


def kept(folder: Path) -> Journal | None:
    """Return the journal of a folder, or None where no game has begun there."""
    file = folder / JOURNAL
    if not file.exists():
        return None
    try:
        head, *turns = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        about = dict(head["game"])
        if head["version"] != VERSION:
            message = f"this game was begun by version {head['version']}; play it with that one"
            raise InputError(str(file), [Problem(message, 1)])
        found = tuple(
            {seat: from_record(one) for seat, one in line["filed"].items()} for line in turns
        )
        if [line["turn"] for line in turns] != list(range(1, len(turns) + 1)):
            raise ValueError("its turns do not follow one another")
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as wrong:
        message = f"this is no journal of a game ({wrong}). Move it away and play again"
        raise InputError(str(file), [Problem(message)]) from wrong
    return Journal(about, found)


def keep(folder: Path, journal: Journal) -> None:
    """Write the journal, whole or not at all, and wait until it is on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / JOURNAL, journal.text())


def write_whole(file: Path, text: str) -> None:
    """Write a file so that whoever reads it finds all of it, or what was there before."""
    new = file.with_name(f".{file.name}.new")
    with new.open("w", encoding="utf-8", newline="\n") as begun:
        begun.write(text)
        begun.flush()
        os.fsync(begun.fileno())
    new.replace(file)
    settle(file.parent)
