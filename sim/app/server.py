"""The server of the app: what a page may ask, who may ask it, and in which words it is refused."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sim.app.desk import Desk
from sim.app.document import Document, Refusal, document_of, shipped, text_of, without_arms
from sim.app.doors import CLASS_COOKIE, TEACHER_COOKIE, Doors, cookies_of
from sim.app.games import Games
from sim.app.page import join_page, page, program, styles
from sim.app.reported import Articles
from sim.app.sheet import Sheet, checked
from sim.errors import InputError, Problem

LARGEST_BODY = 1_200_000
"""Bytes of a question: a scenario file of the largest size, and what stands about it."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: its own program and styles, from here."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

OPEN_TO_ALL = ("/", "/api/join", "/app.js", "/style.css", "/favicon.ico")
"""What is given to who has not come in: the question for the code, and no number."""

GONE = 499
"""The status for one who has left; nobody reads it."""

LONGEST_TOLD = 1_000
"""Letters of a refusal: what was sent is not sent back in full."""

MOST_FILES = 60
"""Saved predictions that are added at once."""

AT_ONCE = 3
"""Questions that are computed at once; others wait for their turn."""

Record = dict[str, Any]
Answer = Callable[[Request, Record], Awaitable[Response]]


@dataclass
class Room:
    """All that the server has: where it computes, who may come in, the sheet and the games."""

    desk: Desk
    doors: Doors
    sheet: Sheet
    games: Games
    articles: Articles
    first: str  # the scenario of the first screen
    lang: str
    turns: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(AT_ONCE))
    slow: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))
    """Whose turn it is: what is quick does not wait for what is slow."""


def served(room: Room) -> ASGIApp:
    """Return the app as a server runs it."""

    def post(path: str, answer: Answer, teacher: bool = False) -> Route:
        return Route(path, asked(room, answer, teacher), methods=["POST"])

    def get(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
        return Route(path, answer, methods=["GET"])

    async def front(request: Request) -> Response:
        return await first_page(room, request)

    async def script(request: Request) -> Response:
        return Response(program(), media_type="text/javascript")

    async def style(request: Request) -> Response:
        return Response(styles(), media_type="text/css")

    async def icon(request: Request) -> Response:
        return Response(status_code=204)

    app = Starlette(
        routes=[
            get("/", front),
            get("/app.js", script),
            get("/style.css", style),
            get("/favicon.ico", icon),
            post("/api/join", join),
            post("/api/open", open_document),
            post("/api/file", file_of),
            post("/api/run", run),
            post("/api/why", why),
            post("/api/hedging", hedging),
            post("/api/numbers", numbers),
            post("/api/predict", predict),
            post("/api/reported", reported),
            post("/api/files", files, teacher=True),
            post("/api/sheet", sheet),
            post("/api/board", board, teacher=True),
            post("/api/sheet/new", new_sheet, teacher=True),
            *(
                post(f"/api/game/{name}", one, teacher)
                for name, one, teacher in room.games.answers()
            ),
        ],
        middleware=[
            Middleware(Guard, room=room),
            Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=4),
        ],
    )
    app.state.room = room
    return app


class Guard:
    """Asks of every request whether it may come in at all; writes the headers of all answers."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self.app, self.room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        doors = self.room.doors
        head = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        host = head.get("host", "")
        refused: Response | None = None
        if not doors.knows_host(host):
            refused = told("This machine is not asked for by that name.", 421)
        elif scope["method"] == "POST" and not doors.same_site(head.get("origin"), host):
            refused = told("This request comes from another page.", 403)
        elif scope["path"] not in OPEN_TO_ALL and not doors.is_in(
            cookies_of(head.get("cookie", ""))
        ):
            refused = told("The class's code is needed: open the first page.", 401)

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                known = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((k.lower().encode(), v.encode()) for k, v in HEADERS.items()
                      if k.lower().encode() not in known),
                ]  # fmt: skip
            await send(message)

        await (refused or self.app)(scope, receive, with_headers)


def told(message: str, status: int) -> JSONResponse:
    """Return a refusal in words."""
    return JSONResponse({"wrong": [{"message": message, "line": None}]}, status)


def asked(room: Room, answer: Answer, teacher: bool) -> Callable[[Request], Awaitable[Response]]:
    """Return what reads a question, has it answered, and says what is wrong with it."""

    async def answered(request: Request) -> Response:
        if teacher and not room.doors.is_teacher(request.cookies):
            return told(
                "This is the teacher's part; open it from the address in the terminal.", 403
            )
        try:
            return await answer(request, await question(request))
        except InputError as wrong:
            problems = [{"message": sent(one.message), "line": one.line} for one in wrong.problems]
            return JSONResponse({"wrong": problems})  # an answer, in words
        except (RecursionError, OverflowError, UnicodeError) as wrong:
            return told(f"this cannot be read ({type(wrong).__name__})", 200)
        except ClientDisconnect:
            return Response(status_code=GONE)
        except Exception:  # the app goes on; whoever watches the terminal learns of it
            with suppress(OSError, ValueError):  # if anybody does
                traceback.print_exc(file=sys.stderr)
            return told("This is our fault, not yours: it is told in the terminal.", 500)

    return answered


def sent(words: str) -> str:
    """Return words without halves of characters, which no answer can carry, and not too many."""
    return words.encode("utf-8", "replace").decode()[:LONGEST_TOLD]


async def question(request: Request) -> Record:
    """Return what a request asks: an object in JSON of no more than a certain size."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal("a question is asked in JSON")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise Refusal("this is too large (1 MB at most)")
    try:
        found = json.loads(body or b"{}", parse_constant=_no_number)
    except ValueError:
        raise Refusal("this is no JSON") from None
    if not isinstance(found, dict):
        raise Refusal("a question is an object in JSON")
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


async def computed(
    turns: anyio.CapacityLimiter, job: Callable[..., bytes], *given: Any
) -> Response:
    """Return what a job makes, in a thread, when it is its turn."""
    made = await anyio.to_thread.run_sync(job, *given, limiter=turns)
    return Response(made, media_type="application/json")


def room_of(request: Request) -> Room:
    found: Room = request.app.state.room
    return found


# Pages ----------------------------------------------------------------------------------------


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


# Scenarios ------------------------------------------------------------------------------------


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


# The class ------------------------------------------------------------------------------------


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
