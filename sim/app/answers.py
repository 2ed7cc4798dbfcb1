"""What a page asks of scenarios, and who comes in."""

from __future__ import annotations

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sim.app.document import Document, Refusal, document_of, shipped, text_of, without_arms
from sim.app.doors import CLASS_COOKIE, TEACHER_COOKIE
from sim.app.page import join_page, page
from sim.app.room import Record, Room, computed, room_of, told


async def first_page(room: Room, request: Request) -> Response:
    """Return the page, or the question for the class's code; let the teacher in."""
    given = request.query_params.get("teacher")
    if given is not None and room.doors.code:
        answer = RedirectResponse("/", 303)
        if room.doors.is_teachers(given):
            _give(answer, TEACHER_COOKIE, given)
        return answer
    if not room.doors.is_in(request.cookies):
        return Response(join_page(room.lang), media_type="text/html; charset=utf-8")
    whole = page(room.desk.region, room.lang, room.first, {
        "teacher": room.doors.is_teacher(request.cookies),
    })  # fmt: skip
    return Response(whole, media_type="text/html; charset=utf-8")


async def join(request: Request, asked: Record) -> Response:
    """Let in who knows the class's code."""
    room = room_of(request)
    address = request.client.host if request.client else ""
    if not room.doors.joins(str(asked.get("code", "")), address):
        return told("This is not the code of the class.", 403)
    answer = JSONResponse({"in": True})
    _give(answer, CLASS_COOKIE, room.doors.code)
    return answer


def _give(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, httponly=True, samesite="strict", path="/")


def document_in(asked: Record) -> tuple[Document, str]:
    """Return the document of a question, and its name."""
    document = asked.get("document")
    if not isinstance(document, dict):
        raise Refusal("a document is an object")
    return document, str(asked.get("name") or "composed")


def moved_in(asked: Record) -> dict[str, float]:
    """Return what a question moves: numbers by name."""
    moved = asked.get("moved") or {}
    if not isinstance(moved, dict) or len(moved) > 40:
        raise Refusal("what is moved is an object of numbers by name")
    for name, number in moved.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or abs(number) > 1e12:
            raise Refusal(f"{name[:60]}: this is no number that can be set")
    return {str(name): float(number) for name, number in moved.items()}


async def open_document(request: Request, asked: Record) -> Response:
    """Return a shipped scenario, or a file that somebody opened, as a document."""
    room = room_of(request)

    def opened() -> Record:
        arm = str(asked.get("arm") or "")
        if "text" not in asked:
            document = shipped(str(asked.get("name", "")), arm)
        else:
            document = without_arms(document_of(str(asked["text"])), arm)
            room.desk.read(document, "opened")
        return {"document": document, "text": text_of(document)}

    return JSONResponse(await anyio.to_thread.run_sync(opened, limiter=room.turns))


async def file_of(request: Request, asked: Record) -> Response:
    """Return a document as the text of a scenario file, checked."""
    room = room_of(request)
    read = await anyio.to_thread.run_sync(room.desk.read, *document_in(asked), limiter=room.turns)
    return JSONResponse({"text": read.text})


async def run(request: Request, asked: Record) -> Response:
    """Return what a page shows of a document, with some things moved."""
    room = room_of(request)
    whole = asked.get("whole") is not False
    return await computed(room.turns, room.desk.answer, *document_in(asked), moved_in(asked), whole)


async def why(request: Request, asked: Record) -> Response:
    """Return each event's part in what moved."""
    room = room_of(request)
    return await computed(room.slow, room.desk.why, *document_in(asked))


async def hedging(request: Request, asked: Record) -> Response:
    """Return the table of all measures of a document, as a file of the results has it."""
    room = room_of(request)
    made = await anyio.to_thread.run_sync(room.desk.hedging, *document_in(asked), limiter=room.slow)
    return JSONResponse({"text": made.decode()})


async def numbers(request: Request, asked: Record) -> Response:
    """Return the uncertain numbers of the ledger that can be set."""
    return await computed(room_of(request).turns, room_of(request).desk.numbers)
