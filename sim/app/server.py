"""The server of the app: which question goes where, and what every answer carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sim.app import answers, class_answers
from sim.app.doors import cookies_of
from sim.app.page import program, styles
from sim.app.room import Answer, Room, asked, told

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


def served(room: Room) -> ASGIApp:
    """Return the app as a server runs it."""

    def post(path: str, answer: Answer, teacher: bool = False) -> Route:
        return Route(path, asked(room, answer, teacher), methods=["POST"])

    def get(path: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
        return Route(path, answer, methods=["GET"])

    async def front(request: Request) -> Response:
        return await answers.first_page(room, request)

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
            post("/api/join", answers.join),
            post("/api/open", answers.open_document),
            post("/api/file", answers.file_of),
            post("/api/run", answers.run),
            post("/api/why", answers.why),
            post("/api/hedging", answers.hedging),
            post("/api/numbers", answers.numbers),
            post("/api/predict", class_answers.predict),
            post("/api/reported", class_answers.reported),
            post("/api/files", class_answers.files, teacher=True),
            post("/api/sheet", class_answers.sheet),
            post("/api/board", class_answers.board, teacher=True),
            post("/api/sheet/new", class_answers.new_sheet, teacher=True),
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
