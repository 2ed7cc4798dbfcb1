"""Where answers are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 48
"""Columns of a terminal below which an answer cannot be read."""

WIDEST_TERMINAL = 400
"""Columns that a terminal is taken to have at most, whatever it says of itself."""


def readable_console() -> Console:
    """Return where an answer is printed: never too narrow to read."""
    from rich.console import Console

    class Readable(Console):
        def on_broken_pipe(self) -> NoReturn:  # its own way is to exit with our fault's status
            raise BrokenPipeError

    return Readable(width=min(max(Console().width, NARROWEST), WIDEST_TERMINAL))
