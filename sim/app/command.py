"""`run.py app`: serves the app on this machine, or, if that is asked for, to a classroom."""

from __future__ import annotations

import argparse
import os
import socket
import sys
import webbrowser
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.folders import at_home
from sim.texts import LANGUAGES

if TYPE_CHECKING:
    from sim.app.doors import Doors
    from sim.app.room import Room

HOST, PORT, FIRST = "127.0.0.1", 8765, "cpc_closure"

EVERYWHERE = "0.0.0.0"
"""The address on which a machine answers to all of its network."""

MISSING = 'the app needs two libraries more: pip install -e ".[app]", with the network on, once'


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "scenario", nargs="?", default=FIRST, metavar="SCENARIO",
        help=f"the shipped scenario of the first screen ({FIRST})",
    )  # fmt: skip
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=LANGUAGES[0], help="language in which it begins"
    )
    parser.add_argument(
        "--port", type=whole(0, 65535), default=PORT, metavar="N",
        help=f"where it is served ({PORT}; 0: any that is free)",
    )  # fmt: skip
    parser.add_argument(
        "--classroom",
        action="store_true",
        help="answer to the whole network, to whoever has the join code that is printed",
    )
    parser.add_argument(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help="with --classroom: one more name or address by which the class reaches this machine",
    )
    parser.add_argument(
        "--allow-strategies",
        metavar="FOLDER",
        help="let composed scenarios name strategies of this folder: they are code, and are run",
    )
    parser.add_argument("--out", default="results", metavar="FOLDER", help="write inside FOLDER")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    parser.add_argument("--quiet", action="store_true", help="print the address alone")


def run(asked: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from sim.app.document import shipped

    shipped(asked.scenario)  # refused before anything is opened
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        raise InputError("The app", [Problem(MISSING)]) from None
    from sim.app.server import served

    with closing(bound(EVERYWHERE if asked.classroom else HOST, asked.port)) as door:
        port = int(door.getsockname()[1])
        room = room_for(asked, at_home(asked.out))
        config = uvicorn.Config(
            served(room), log_level="error", access_log=False, lifespan="off",
            proxy_headers=False, server_header=False, date_header=False, ws="none",
            timeout_keep_alive=30, timeout_graceful_shutdown=2, limit_concurrency=512,
        )  # fmt: skip
        Thread(target=ready, args=(room,), daemon=True, name="ready").start()
        told(asked, room.doors, port)
        address = f"http://{HOST}:{port}/"
        if not (asked.no_browser or asked.quiet):
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            uvicorn.Server(config).run(sockets=[door])
        finally:
            room.games.close()
            room.desk.close()
    return 0


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or say why it cannot be had."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two programs have one port
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(128)
    except OSError as error:
        door.close()
        message = f"port {port} cannot be had ({error.strerror}); name another with --port, or 0"
        raise InputError("The app", [Problem(message)]) from None
    return door


def room_for(asked: argparse.Namespace, out: Path) -> Room:
    """Return all that the server has."""
    from sim.app.desk import Desk
    from sim.app.doors import LOOPBACK, Doors, new_code, own_addresses
    from sim.app.games import Games
    from sim.app.reported import Articles
    from sim.app.room import Room
    from sim.app.sheet import Sheet

    doors = Doors()
    if asked.classroom:
        names = (*LOOPBACK, *own_addresses(), socket.gethostname(), *asked.name)
        doors = Doors(tuple(one.casefold() for one in names), new_code())
    desk = Desk(strategies_in(asked.allow_strategies))
    sheet = Sheet(out / "class" / "predictions.jsonl")
    articles = Articles(desk.region)
    return Room(desk, doors, sheet, Games(out), articles, asked.scenario, asked.lang)


def strategies_in(named: str | None) -> Path | None:
    """Return the folder whose strategies may be run, or refuse what is none."""
    if named is None:
        return None
    folder = at_home(named)
    if not folder.is_dir():
        message = f"--allow-strategies: there is no folder '{named}'"
        raise InputError("The app", [Problem(message)])
    return folder.resolve()


def ready(room: Room) -> None:
    """Compute the first screen's scenario before anybody asks for it."""
    from sim.app.document import shipped

    with suppress(InputError, RuntimeError):
        for split in (False, True):  # a prediction waits for the first alone
            room.desk.answer(shipped(room.first), room.first, {}, split)


def told(asked: argparse.Namespace, doors: Doors, port: int) -> None:
    """Print where the app is, and, opened to a classroom, what that exposes."""
    here = f"http://{HOST}:{port}/"
    if not asked.classroom:
        print(here if asked.quiet else f"Open {here} (this machine alone). Ctrl-C ends it.")
        sys.stdout.flush()
        return
    there = [f"http://{one}:{port}/" for one in doors.hosts if one[:1].isdigit()]
    others = [one for one in there if HOST not in one] or [f"http://THIS-MACHINE:{port}/"]
    print(f"The class opens {' or '.join(others)} and gives the code {doors.code}")
    print(f"The teacher opens {here}?teacher={doors.teacher} on this machine")
    if not asked.quiet:
        print(
            "Open to everyone on this network who has the code: scenarios to run, the sheet of "
            "predictions,\nthe game. Nothing is encrypted, so let nobody type a secret. No file of "
            "this machine can be read\nthrough it but shipped scenarios; "
            + (
                f"strategies of {asked.allow_strategies}, which are code, are RUN if one is named."
                if asked.allow_strategies
                else "no code that comes over the network is run."
            )
            + " Ctrl-C ends it."
        )
    sys.stdout.flush()
