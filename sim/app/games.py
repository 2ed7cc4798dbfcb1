"""A game in the app: the teacher opens a table, seats file by form, each with a code of its own.

All that a game is lies in its folder, as `run.py play` has it: either goes on with the other's.
"""

from __future__ import annotations

import argparse
import hmac
import json
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sim.app.document import NAME, Refusal
from sim.app.doors import new_code
from sim.app.moves_form import levers
from sim.errors import InputError
from sim.folders import alone_in, readable_errors, results_folder
from sim.game.briefs import brief
from sim.game.checking import checked
from sim.game.filing import LONGEST_REASON, MOST_MOVES
from sim.game.journal import JOURNAL, Journal, keep, write_whole
from sim.game.points import balance
from sim.game.table import Game
from sim.game.worlds import MOST_MEMBERS
from sim.studying.game_turns import catch_up, moves_file, report_file
from sim.studying.play import (
    MEMBERS,
    MOST_TURNS,
    PLAYED_ALREADY,
    TURNS,
    filed_turn,
    opened,
    seats_of,
    table,
)

Record = dict[str, Any]

CODES = "seats.json"
"""The seats' codes beside a game, so that an app that was killed knows them again."""

LARGEST_MOVES = 20_000
"""Letters of what a seat files."""


@dataclass
class Table:
    """A game that is open: its folder, what was played, and the seats' codes."""

    game: Game
    folder: Path
    journal: Journal
    codes: dict[str, str]
    told: str = ""

    @property
    def moves(self) -> Path:
        """Where the seats' files of moves lie."""
        return self.folder / "moves"

    @property
    def turn(self) -> int:
        """The turn that is waited for, counted from 1."""
        return len(self.journal.turns) + 1

    @property
    def over(self) -> bool:
        """Whether all turns are played."""
        return len(self.journal.turns) == self.game.turns

    def seat_of(self, code: str) -> str:
        """Return whose code this is, or refuse it."""
        given = code.strip().upper().encode()
        for seat, one in self.codes.items():
            if hmac.compare_digest(given, one.encode()):
                return seat
        raise Refusal("this is no seat's code; ask the teacher")


class Games:
    """The game that the app has open, if any."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.table: Table | None = None
        self._lock = RLock()
        self._held = ExitStack()

    def close(self) -> None:
        """Let go of the folder of a game."""
        self._held.close()

    def answers(self) -> list[tuple[str, Callable[[Request, Record], Awaitable[Response]], bool]]:
        """Return what can be asked of a game, and whether only the teacher may."""

        def threaded(job: Callable[[Record], Record]) -> Any:
            async def answer(request: Request, asked: Record) -> Response:
                return JSONResponse(await anyio.to_thread.run_sync(job, asked))

            return answer

        return [
            ("begin", threaded(self.begin), True),
            ("all", threaded(self.all_of_it), True),
            ("play", threaded(self.play), True),
            ("debrief", threaded(self.debrief), True),
            ("state", threaded(self.state), False),
            ("seat", threaded(self.seat), False),
            ("file", threaded(self.file), False),
        ]

    def open_table(self) -> Table:
        """Return the game that is open, or refuse."""
        if self.table is None:
            raise Refusal("no game is open; the teacher opens one")
        return self.table

    # The teacher's part -----------------------------------------------------------------------

    def begin(self, asked: Record) -> Record:
        """Open a table, or go on with the game that its folder has."""
        from sim.asking import scenario_of

        name = str(asked.get("scenario", ""))
        if not NAME.fullmatch(name):
            raise Refusal("name a shipped scenario to play on")
        region, scenario = scenario_of(name, played=False)
        if scenario.arms or scenario.strategies:
            raise Refusal(f"'{name}' has arms or strategies; a game is played in one world")
        given = asked.get("seats")
        seats = seats_of(",".join(map(str, given)) if isinstance(given, list) else str(given or ""))
        wanted = argparse.Namespace(
            brief=None, first=str(asked["from"]) if asked.get("from") else None, seed=None,
            turns=_whole(asked.get("turns"), TURNS, 1, MOST_TURNS, "turns"),
            members=_whole(asked.get("members"), MEMBERS, 1, MOST_MEMBERS, "members"),
        )  # fmt: skip
        folder = results_folder(self.out, f"{name}_game")
        game = table(wanted, region, scenario, folder, seats)
        with self._lock, readable_errors(folder):
            alike = self.table is not None and self.table.folder == folder
            holding = self._held if alike else ExitStack()
            with ExitStack() as undone:  # what is refused leaves the game that is open as it is
                folder.mkdir(parents=True, exist_ok=True)
                if not alike:
                    undone.push(holding)
                    holding.enter_context(alone_in(folder, PLAYED_ALREADY))
                if asked.get("anew"):
                    put_aside(folder)
                journal = opened(game, folder)
                found = Table(game, folder, journal, _codes(folder, game))
                found.told = catch_up(game, journal, folder)
                undone.pop_all()
            if not alike:
                self._held.close()
                self._held = holding
            self.table = found
        return self.all_of_it({})

    def all_of_it(self, asked: Record) -> Record:
        """Return what the teacher sees: the state, and the seats' codes."""
        with self._lock:
            found = self.open_table()
            return {**self.state(asked), "codes": found.codes, "folder": str(found.folder)}

    def play(self, asked: Record) -> Record:
        """Play the turn; who has filed nothing lets it pass, if the teacher says so."""
        with self._lock:
            found = self.open_table()
            if found.over:
                raise Refusal("the game is over")
            if asked.get("turn") != found.turn:
                raise Refusal(f"turn {found.turn} is waited for; that one is played already")
            for seat in found.game.seats:
                file = moves_file(found.moves, found.turn, seat)
                if not file.exists():
                    if not asked.get("pass"):
                        raise Refusal(f"{seat} has not filed yet")
                    file.parent.mkdir(parents=True, exist_ok=True)
                    write_whole(file, "moves: []\n")
            with readable_errors(found.folder, "The turns that were played are in the journal."):
                turn = filed_turn(found.game, found.journal, found.moves, None)
                if turn is None:
                    raise Refusal("a seat has not filed yet")
                journal = found.journal.and_then(turn)
                keep(found.folder, journal)
                found.journal = journal
                found.told = catch_up(found.game, journal, found.folder)
            return self.all_of_it({})

    def debrief(self, asked: Record) -> Record:
        """Return what came of a game that is over, and write its page."""
        from sim.game.scores import reckoned
        from sim.studying.game_told import findings
        from sim.studying.lines import written_out

        with self._lock:
            found = self.open_table()
            if not found.over:
                raise Refusal("the game is not over yet")
            told = findings(reckoned(found.game, found.journal, lambda done: None))
            written_out(told, found.folder / "debrief", True)
        return {
            "title": told.title,
            "sentences": list(told.sentences),
            "tables": [
                {"title": one.caption, "heads": list(one.columns),
                 "rows": [[str(cell) for cell in row] for row in one.rows]}
                for one in told.tables if one.seen == "everywhere"
            ],
            "folder": str(found.folder / "debrief" / "report.html"),
        }  # fmt: skip

    # Everybody's part -------------------------------------------------------------------------

    def state(self, asked: Record) -> Record:
        """Return what everybody may know: the turn, who has filed, and the public report."""
        with self._lock:
            if self.table is None:
                return {"open": False}
            found = self.table
            return {
                "open": True,
                "scenario": found.game.scenario.title,
                "turn": min(found.turn, found.game.turns),
                "turns": found.game.turns,
                "over": found.over,
                "from": found.game.starts(min(found.turn, found.game.turns)),
                "seats": [
                    {"seat": seat, "filed": moves_file(found.moves, found.turn, seat).exists()}
                    for seat in found.game.seats
                ],
                "public": found.told,
            }

    def seat(self, asked: Record) -> Record:
        """Return what a seat may know: its brief, levers and points, its report, what it filed."""
        with self._lock:
            found = self.open_table()
            seat = found.seat_of(str(asked.get("code", "")))
            game, journal = found.game, found.journal
            last = len(journal.turns)
            private = report_file(found.folder, last, seat).read_text("utf-8") if last else ""
            file = moves_file(found.moves, found.turn, seat)
            return {
                **self.state({}),
                "seat": seat,
                "name": game.region.actor(seat).name,
                "points": balance(game, journal, seat),
                "brief": [{"head": one.head, "lines": list(one.lines)}
                          for one in brief(game, seat)],
                "levers": levers(game, journal, seat),
                "private": private,
                "filed": file.read_text("utf-8") if file.exists() and not found.over else "",
                "most_moves": MOST_MOVES,
                "longest_reason": LONGEST_REASON,
            }  # fmt: skip

    def file(self, asked: Record) -> Record:
        """Take a seat's moves for the turn, checked as a file is; the last ones filed count."""
        with self._lock:
            found = self.open_table()
            seat = found.seat_of(str(asked.get("code", "")))
            if found.over:
                raise Refusal("the game is over")
            if asked.get("turn") != found.turn:
                raise Refusal(f"turn {found.turn} is being filed; load the page anew")
            text = str(asked["text"]) if "text" in asked else ""
            text = within(text) if text else as_file(asked.get("moves"), asked.get("because"))
            file = moves_file(found.moves, found.turn, seat)
            trial = file.with_name(f".{file.name}.form")
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(trial, text)
            try:
                filed = checked(found.game, found.journal, seat, trial)
            except InputError as wrong:
                raise InputError(f"{seat}'s moves", wrong.problems) from None
            finally:
                trial.unlink(missing_ok=True)
            write_whole(file, text)
            return {"price": filed.price(found.game), "seat": seat, "turn": found.turn}


def put_aside(folder: Path) -> None:
    """Put what was played in a folder aside, under a number of its own."""
    if not (folder / JOURNAL).exists():
        return
    number = 1
    while (aside := folder / f"before_{number}").exists():
        number += 1
    aside.mkdir()
    for path in list(folder.iterdir()):
        if path.name != ".lock" and not path.name.startswith("before_"):
            path.rename(aside / path.name)


def as_file(moves: Any, because: Any) -> str:
    """Return what a form sends as the text of a file of moves."""
    if not isinstance(moves, list) or not all(isinstance(one, dict) for one in moves):
        raise Refusal("moves are a list of moves")
    rows = [f"  - {json.dumps(one, ensure_ascii=False)}\n" for one in moves]
    if because is not None and not isinstance(because, str):
        raise Refusal("why is told in words")
    head = f"because: {json.dumps(because, ensure_ascii=False)}\n" if because else ""
    return within(head + ("moves:\n" + "".join(rows) if rows else "moves: []\n"))


def within(text: str) -> str:
    """Return what a seat files, or refuse it where it is too long."""
    if len(text) > LARGEST_MOVES:
        raise Refusal("this is too much for a turn")
    return text


def _whole(given: Any, usual: int, least: int, most: int, what: str) -> int:
    if given in (None, ""):
        return usual
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise Refusal(f"{what}: a whole number between {least} and {most}")
    return given


def _codes(folder: Path, game: Game) -> dict[str, str]:
    """Return the code of each seat: those kept beside the game, or new ones that are kept."""
    file = folder / CODES
    kept: Any = {}
    if file.exists():
        try:
            kept = json.loads(file.read_text("utf-8"))
        except ValueError:
            kept = {}
    if not isinstance(kept, dict):
        kept = {}
    codes = {seat: str(kept.get(seat) or new_code()) for seat in game.seats}
    if codes != kept:
        write_whole(file, json.dumps(codes, indent=1) + "\n")
    return codes
