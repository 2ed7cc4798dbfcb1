"""Read one table of a region: its rows, each with the line of the file on which it ends."""

from __future__ import annotations

import csv
import math
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sim.errors import InputError, Problem

FAR = 1e6
"""Bounds from here on only keep slips of the pen out: to tell them would help nobody."""


@dataclass(frozen=True)
class Line:
    """One row of a table, and the line of the file on which it ends."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def problem(self, message: str) -> Problem:
        return Problem(message, self.number)


@dataclass(frozen=True)
class Table:
    """The rows of one file, and its bytes for the digest."""

    file: str
    lines: tuple[Line, ...]
    content: bytes

    def codes(self) -> tuple[str, ...]:
        return tuple(line["code"] for line in self.lines)


def read_table(path: Path, columns: Sequence[str]) -> Table:
    """Return the rows of a table that has just these columns."""
    content = read_bytes(path)
    rows = list(numbered_rows(path, content))
    header = rows[0][1] if rows else []
    refuse(str(path), header_problems(header, columns))
    refuse(str(path), width_problems(rows, len(columns)))
    return Table(
        str(path),
        tuple(Line(n, dict(zip(header, map(str.strip, row), strict=True))) for n, row in rows[1:]),
        content,
    )


LARGEST_TABLE = 20_000_000
"""Bytes; no table of this project has a tenth of it."""


def read_bytes(path: Path) -> bytes:
    """Return what is in a file, or say why it cannot be read."""
    try:
        kind = path.stat()
        if not stat.S_ISREG(kind.st_mode):
            raise InputError(
                str(path), [Problem("cannot be read: it is no ordinary file; name a table in CSV")]
            )
        if kind.st_size > LARGEST_TABLE:
            size = f"{kind.st_size / 1e6:.0f} MB is too large for a table"
            raise InputError(str(path), [Problem(f"{size} ({LARGEST_TABLE / 1e6:.0f} MB at most)")])
        return path.read_bytes()
    except FileNotFoundError:
        message = "there is no such file; name a table in CSV"
        raise InputError(str(path), [Problem(message)]) from None
    except OSError as error:
        raise InputError(str(path), [Problem(f"cannot be read: {error.strerror}")]) from None


def numbered_rows(path: Path, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the line on which it ends."""
    try:
        reader = csv.reader(content.decode("utf-8-sig").splitlines(keepends=True), strict=True)
        yield from ((reader.line_num, row) for row in reader if row)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InputError(str(path), [Problem("is not written in UTF-8", line)]) from None
    except csv.Error as error:
        raise InputError(str(path), [Problem(f"is no CSV table: {error}")]) from None


def header_problems(header: Sequence[str], columns: Sequence[str]) -> Iterator[Problem]:
    """Yield what is wrong with the names of the columns."""
    missing = [column for column in columns if column not in header]
    if missing:
        plural = "s" if len(missing) > 1 else ""
        yield Problem(f"lacks the column{plural} {listed(missing)}", 1)
    for column in header:
        if column not in columns:
            yield Problem(f"{column!r} is no column of this table{meant(column, columns)}", 1)
    if len(set(header)) < len(header):
        yield Problem("names a column twice", 1)


def width_problems(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[Problem]:
    """Yield the rows with too few or too many cells."""
    for number, row in rows:
        if len(row) != width:
            yield Problem(f"has {len(row)} cells where the table has {width} columns", number)


def refuse(file: str, problems: Iterable[Problem]) -> None:
    """Raise one error with every problem of a file, if there is any."""
    found = list(problems)
    if found:
        raise InputError(file, found)


# --- words that several checks use --------------------------------------------------------------


def meant(word: str, known: Collection[str]) -> str:
    """Return the end of a message about an unknown word: a guess at what was meant."""
    lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(lower), n=1, cutoff=0.5)
    return f". Did you mean {lower[close[0]]!r}?" if close else f" ({listed(sorted(known)[:12])})"


def listed(words: Iterable[str]) -> str:
    """Return words as a list to be read."""
    return ", ".join(str(word) for word in words)


def number(text: str) -> float:
    """Return a finite number, or NaN where the text is none."""
    try:
        read = float(text)
    except ValueError:
        return math.nan
    return read if math.isfinite(read) else math.nan


def unknown(line: Line, column: str, known: Collection[str], what: str) -> Iterator[Problem]:
    """Yield a problem if a cell names nothing that is known."""
    word = line[column]
    if word not in known:
        yield line.problem(f"{column}: {word!r} is no {what}{meant(word, known)}")


def empty(line: Line, columns: Iterable[str]) -> Iterator[Problem]:
    """Yield a problem for every cell that should not be empty."""
    for column in columns:
        if not line[column]:
            yield line.problem(f"{column} is missing")


def doubled(table: Table, column: str) -> Iterator[Problem]:
    """Yield a problem for every row whose name was used above."""
    seen: dict[str, int] = {}
    for line in table.lines:
        word = line[column]
        if word in seen:
            yield line.problem(f"{word!r} is already on line {seen[word]}")
        seen.setdefault(word, line.number)


def not_within(line: Line, column: str, lowest: float, highest: float) -> Iterator[Problem]:
    """Yield a problem if a cell is no number between two bounds; far ones are not told."""
    read = number(line[column])
    if lowest <= read <= highest:
        return
    if highest < FAR:
        what = f"is no number from {lowest:.10g} to {highest:.10g}"
    else:
        what = "is no number" if math.isnan(read) else "is beyond all measure. Is the unit right?"
    yield line.problem(f"{column}: {line[column]!r} {what}")


def split(text: str, mark: str) -> tuple[str, ...]:
    """Return the parts of a list in one cell."""
    return tuple(part.strip() for part in text.split(mark) if part.strip())
