"""What a page asks of the class: predictions, the sheet, the leader board."""

from __future__ import annotations

import json
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sim.app.answers import document_in
from sim.app.document import Document, Refusal, shipped
from sim.app.room import Record, Room, room_of
from sim.app.sheet import checked
from sim.errors import InputError, Problem

MOST_FILES = 60
"""Saved predictions that are added at once."""


async def predict(request: Request, asked: Record) -> Response:
    """Put a prediction on the sheet, scored against the runs."""
    room = room_of(request)
    document, name = document_in(asked)
    made = await anyio.to_thread.run_sync(room.desk.answer, document, name, {}, limiter=room.turns)
    members = json.loads(made)["predicted"]["members"]
    label = label_of(document, name, str(asked.get("arm") or ""))
    row = await anyio.to_thread.run_sync(room.sheet.add, asked, label, members)
    return JSONResponse({"brier": row.brier, "crps": row.crps, "again": row.again, "who": row.who})


def label_of(document: Document, name: str, arm: str) -> str:
    """Return under which name a question stands on the sheet; somebody's own file says so."""
    label = f"{name}/{arm}" if arm else name
    try:
        own = shipped(name, arm) != document
    except InputError:
        own = True
    return f"{label} (own)" if own else label


async def reported(request: Request, asked: Record) -> Response:
    """Return the questions that the articles answer; or, to a prediction, what they report."""
    room = room_of(request)
    if "question" not in asked:
        return JSONResponse({"questions": list(room.articles.questions)})
    who, direction, _, sure = checked({"size": 0.0, **asked})
    answer = await anyio.to_thread.run_sync(
        room.articles.answer, asked, direction, sure, limiter=room.turns
    )
    question = f"articles: {asked['question']}"
    row = await anyio.to_thread.run_sync(
        room.sheet.put, who, question, direction, sure, answer["brier"]
    )
    return JSONResponse({**answer, "who": row.who, "again": row.again})


async def files(request: Request, asked: Record) -> Response:
    """Put saved predictions of the page that is a file on the sheet: all of them, or none."""
    room = room_of(request)
    given = asked.get("predictions")
    if not isinstance(given, list) or len(given) > MOST_FILES:
        raise Refusal(f"predictions are a list, {MOST_FILES} at most")
    ready = []
    for number, one in enumerate(given, 1):
        try:
            ready.append(await scored(room, one))
        except InputError as wrong:
            problems = [Problem(f"file {number}: {each.message}") for each in wrong.problems]
            raise InputError(wrong.file, problems) from None
    for one, label, members in ready:
        await anyio.to_thread.run_sync(room.sheet.add, one, label, members)
    return JSONResponse({"put": len(ready)})


async def scored(room: Room, saved: Any) -> tuple[Record, str, list[float]]:
    """Return a saved prediction with its question's name and the runs it is scored against."""
    if not isinstance(saved, dict):
        raise Refusal("this is no prediction that the page has saved")
    checked(saved)
    name, arm = str(saved.get("scenario", "")), str(saved.get("arm") or "")
    document = {**shipped(name, arm), **run_of(saved)}
    made = await anyio.to_thread.run_sync(room.desk.answer, document, name, {}, limiter=room.turns)
    return saved, f"{name}/{arm}" if arm else name, json.loads(made)["predicted"]["members"]


def run_of(saved: Record) -> Record:
    """Return the size of the runs for which a prediction was made, as far as it is said."""
    return {
        name: saved[name]
        for name in ("members", "months", "seed")
        if isinstance(saved.get(name), int)
    }


async def sheet(request: Request, asked: Record) -> Response:
    """Return the sheet to the teacher; to the class the board alone, while it is shown."""
    room = room_of(request)
    teacher = room.doors.is_teacher(request.cookies)
    seen: Record = {"board": room.sheet.board, "count": len(room.sheet.rows())}
    if teacher or room.sheet.board:
        seen["leaders"] = room.sheet.leaders()
    if teacher:
        seen["rows"] = room.sheet.rows()
    return JSONResponse(seen)


async def board(request: Request, asked: Record) -> Response:
    """Show the leader board to the class, or hide it."""
    room = room_of(request)
    room.sheet.board = bool(asked.get("shown"))
    return JSONResponse({"board": room.sheet.board})


async def new_sheet(request: Request, asked: Record) -> Response:
    """Put the sheet aside and begin an empty one."""
    await anyio.to_thread.run_sync(room_of(request).sheet.begin_anew)
    return JSONResponse({"count": 0})
