"""Who may come in: by which names this machine may be asked for, the class's code, the teacher.

On the loopback address nobody else can ask, and whoever asks is the teacher. Opened to a classroom,
a page is given to whoever knows the join code, and the teacher's part to whoever has the teacher's
address, which the terminal prints and no page shows.
"""

from __future__ import annotations

import hmac
import secrets
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters of codes: none that is read as another."""

CODE_LETTERS = 6

TRIES, IN_SECONDS = 300, 60.0
"""Wrong codes from one address within so many seconds; more are not looked at. A class can share an
address; there are 900 million codes."""

CLASS_COOKIE, TEACHER_COOKIE = "class", "teacher"


def new_code(letters: int = CODE_LETTERS) -> str:
    """Return a code that nobody guesses in a lesson."""
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def own_addresses() -> list[str]:
    """Return the addresses at which others on the network find this machine, the likeliest first.

    Asked of the system alone: no packet is sent.
    """
    found: list[str] = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("192.0.2.1", 9))  # reserved for documents: only the way out is chosen
        found.append(str(one.getsockname()[0]))
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None)]
    return [one for one in dict.fromkeys(found) if one not in LOOPBACK and ":" not in one]


@dataclass
class Doors:
    """What is asked of whoever wants in."""

    hosts: tuple[str, ...] = LOOPBACK
    code: str = ""  # of the class; "" where only this machine can ask
    teacher: str = field(default_factory=lambda: new_code(16))
    _wrong: dict[str, deque[float]] = field(default_factory=dict)

    def knows_host(self, host: str) -> bool:
        """Return whether a request's Host names this machine: another site's name does not."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.casefold() in self.hosts

    def same_site(self, origin: str | None, host: str) -> bool:
        """Return whether a request that changes something comes from this page."""
        return origin is None or origin in (f"http://{host}", f"https://{host}")

    def is_teacher(self, cookies: dict[str, str]) -> bool:
        """Return whether the teacher asks: on this machine alone, everybody is the teacher."""
        return not self.code or self.is_teachers(cookies.get(TEACHER_COOKIE, ""))

    def is_teachers(self, word: str) -> bool:
        """Return whether a word is the one that only the teacher's address has."""
        return _same(word, self.teacher)

    def is_in(self, cookies: dict[str, str]) -> bool:
        """Return whether somebody has come in."""
        return self.is_teacher(cookies) or _same(cookies.get(CLASS_COOKIE, ""), self.code)

    def joins(self, code: str, address: str) -> bool:
        """Return whether a code is the class's; after many wrong ones nothing is, for a while."""
        now = time.monotonic()
        wrong = self._wrong.setdefault(address, deque(maxlen=TRIES))
        if len(wrong) == TRIES and now - wrong[0] < IN_SECONDS:
            return False
        if _same(code.strip().upper(), self.code):
            return True
        wrong.append(now)
        return False


def _same(given: str, right: str) -> bool:
    return bool(right) and hmac.compare_digest(given.encode(), right.encode())


def cookies_of(header: str) -> dict[str, str]:
    """Return the cookies of a request; none where they cannot be read."""
    try:
        return {name: one.value for name, one in SimpleCookie(header).items()}
    except CookieError:
        return {}
