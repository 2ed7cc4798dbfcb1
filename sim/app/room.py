"""What the server has, and how a question is read, answered and refused."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from sim.app.desk import Desk
from sim.app.document import Refusal
from sim.app.doors import Doors
from sim.app.games import Games
from sim.app.reported import Articles
from sim.app.sheet import Sheet
from sim.errors import InputError

LARGEST_BODY = 1_200_000
"""Bytes of a question: a scenario file of the largest size, and what stands about it."""

GONE = 499
"""The status for one who has left; nobody reads it."""

LONGEST_TOLD = 1_000
"""Letters of a refusal: what was sent is not sent back in full."""

AT_ONCE = 2
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
