"""What can go wrong, by whose hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file of the user's: where, what, and what would be right."""

    message: str
    line: int | None = None

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}: {self.message}"


class InputError(Exception):
    """The user's input is wrong; every problem found is in it (exit status 2)."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line or 0))
        super().__init__(str(self))

    def __str__(self) -> str:
        count = len(self.problems)
        title = f"{self.file} cannot be used ({count} problem{'s' if count > 1 else ''}):"
        return "\n".join([title, *(f"  {problem}" for problem in self.problems)])


class Refused(InputError):
    """Wrong input as a notebook shows it: what is wrong and its cure, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@contextmanager
def refused() -> Iterator[None]:
    """Turn what is wrong with a user's input into what a notebook shows of it."""
    try:
        yield
    except InputError as wrong:
        raise Refused(wrong.file, wrong.problems) from None
