"""A sweep on disk: parts for each chunk of runs, and a journal of what is done.

A part is written under another name, forced to the disk, and only then given its own. The journal
says what was asked, and holds a line with the hashes of each chunk's parts that are there. Whatever
is cut short is made again, so that a sweep that was stopped anywhere ends with the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, Problem
from sim.folders import alone_in, followed, readable_errors, settle

ASKED, DONE, PARTS, SAID = "sweep.json", "done.jsonl", "parts.json", "summary.json"
"""What was asked; while it goes on, what is done; in the end, all parts with their hashes, and
what they say."""

TABLE = "outcomes.csv"
"""The numbers of what they say."""

ROWS, PATHS = "parts", "paths"
"""Where the summaries of runs are, and where their months are if they were asked for."""

UNFINISHED = ".*.new"
"""Files that were being written when a sweep was stopped."""

DISTURBED = "another sweep is at work in this folder; wait for it, or choose another with --out"

KEPT = "What is done is kept: the same command goes on from there"
"""What is left of a sweep that the disk has stopped."""

IN_WORDS = {
    "code": "it was made by another version of the program",
    "region": "it was made with other tables of the region",
    "arithmetic": "it was made on a kind of processor that rounds otherwise",
    "events": "the scenario's events have changed since",
    "events of the baseline": "the events of the scenario's baseline have changed since",
    "points hash": "its points are other ones",
}
"""What is said where the hashes of two sweeps differ, which nobody can read."""

DAMAGED = (ValueError, KeyError, AttributeError, TypeError, RecursionError)
"""What is raised where a file holds something else than we wrote into it."""

MOST_TOLD = 4
"""Differences from the sweep in a folder that are told at once."""


def part_name(chunk: int, room: str = ROWS) -> str:
    """Return the name of a part in the folder of a sweep."""
    return f"{room}/part-{chunk:06d}.parquet"


def write_safely(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    new = file.with_name(f".{file.name}.new")
    try:
        with open(new, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(new, file)
    except OSError:  # a full disk has no room for half a file
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    settle(file.parent)


def as_parquet(columns: Mapping[str, np.ndarray]) -> bytes:
    """Return a table as Parquet: zstd, floats split into bytes, nothing from a dictionary."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    floats = [name for name, column in columns.items() if column.dtype.kind == "f"]
    stream = pa.BufferOutputStream()
    pq.write_table(
        table, stream, compression="zstd", compression_level=1, use_dictionary=False,
        use_byte_stream_split=floats,
    )  # fmt: skip
    return bytes(stream.getvalue())


class Journal:
    """What is done of a sweep in a folder."""

    def __init__(self, folder: Path, rooms: Sequence[str], chunks: int) -> None:
        self.folder = folder
        self.rooms = tuple(rooms)
        self.chunks = chunks
        noted = dict(self._noted())
        self.done: dict[int, dict[str, str]] = {}
        for chunk in range(chunks):
            files = {name: noted.get(name, "") for name in self.names(chunk)}
            if all(_whole(folder / name, digest) for name, digest in files.items()):
                self.done[chunk] = files
        self._tidied()

    def names(self, chunk: int) -> list[str]:
        """Return the names of a chunk's parts."""
        return [part_name(chunk, room) for room in self.rooms]

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do, not even to say what was found."""
        if len(self.done) < self.chunks or (self.folder / DONE).exists():
            return False
        try:
            told = dict(json.loads((self.folder / PARTS).read_text("utf-8"))["told"])
            return all(_whole(self.folder / name, told.get(name, "")) for name in (SAID, TABLE))
        except (FileNotFoundError, *DAMAGED):
            return False

    def _noted(self) -> Iterator[tuple[str, str]]:
        """Yield parts that are noted as done, with their hashes; a line cut short is none."""
        with suppress(FileNotFoundError, *DAMAGED):
            yield from json.loads((self.folder / PARTS).read_text("utf-8"))["files"].items()
        with suppress(FileNotFoundError):
            for line in (self.folder / DONE).read_text("utf-8", errors="replace").splitlines():
                with suppress(*DAMAGED):
                    yield from json.loads(line).items()

    def _tidied(self) -> None:
        """Write the notes anew where a line was cut short: the next would be lost behind it."""
        there = self.folder / DONE
        if there.exists():
            lines = b"".join(map(_line, self.done.values()))
            if there.read_bytes() != lines:
                write_safely(there, lines)

    def write(self, chunk: int, parts: Mapping[str, bytes]) -> None:
        """Write the parts of a chunk, each into its room, and note that they are there."""
        files = {}
        for room, content in parts.items():
            write_safely(self.folder / part_name(chunk, room), content)
            files[part_name(chunk, room)] = hashlib.sha256(content).hexdigest()
        with open(self.folder / DONE, "ab") as stream:
            stream.write(_line(files))
            stream.flush()
            os.fsync(stream.fileno())
        self.done[chunk] = files

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Write what a whole sweep ends with: what it says, and hashes of that and its parts."""
        files = {name: sha for chunk in sorted(self.done) for name, sha in self.done[chunk].items()}
        write_safely(self.folder / SAID, as_json(summary))
        told = {
            name: hashlib.sha256((self.folder / name).read_bytes()).hexdigest()
            for name in (SAID, TABLE)
        }
        write_safely(self.folder / PARTS, as_json({"files": files, "told": told}))
        (self.folder / DONE).unlink(missing_ok=True)
        settle(self.folder)


def _line(files: Mapping[str, str]) -> bytes:
    return (json.dumps(files) + "\n").encode()


def _whole(file: Path, digest: str) -> bool:
    try:
        return bool(digest) and hashlib.sha256(file.read_bytes()).hexdigest() == digest
    except FileNotFoundError:
        return False


def as_json(content: Mapping[str, Any]) -> bytes:
    """Return a file's content as JSON that a person can read."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


@contextmanager
def opened(
    named: Path, asked: Mapping[str, Any], rooms: Sequence[str] = (ROWS,)
) -> Iterator[Journal]:
    """Give the journal of a sweep: begun anew, or gone on with where the same was asked."""
    with readable_errors(named, KEPT):
        folder = followed(named)
        folder.mkdir(parents=True, exist_ok=True)
        with alone_in(folder, DISTURBED):
            _begin(folder, asked, rooms)
            yield Journal(folder, rooms, asked["chunks"])


def _begin(folder: Path, asked: Mapping[str, Any], rooms: Sequence[str]) -> None:
    there = folder / ASKED
    if there.exists():
        _refuse_another(folder, asked)
    else:
        own = (*rooms, DONE, PARTS, SAID, TABLE)
        foreign = [
            p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name not in own
        ]
        if foreign:
            some = ", ".join(sorted(foreign)[:3])
            message = f"it holds something else ({some}); choose another folder with --out"
            raise InputError(str(folder), [Problem(message)])
        write_safely(there, as_json(asked))
    for room in rooms:
        (folder / room).mkdir(exist_ok=True)
    for left in [*folder.glob(UNFINISHED), *folder.glob(f"*/{UNFINISHED}")]:
        left.unlink(missing_ok=True)


def _refuse_another(folder: Path, asked: Mapping[str, Any]) -> None:
    try:
        before = dict(json.loads((folder / ASKED).read_text("utf-8")).items())
    except DAMAGED:
        message = (
            f"its {ASKED} is damaged, so that nobody knows what the parts are of. If this is the "
            "sweep that was asked for, delete that file alone: parts that are whole are kept"
        )
        raise InputError(str(folder), [Problem(message)]) from None
    apart = [key for key in {**before, **asked} if before.get(key) != asked.get(key)]
    if apart:
        told = "; ".join(_apart(key, before, asked) for key in apart[:MOST_TOLD])
        message = f"another sweep is in it ({told}). Delete the folder, or choose one with --out"
        raise InputError(str(folder), [Problem(message)])


def _apart(key: str, before: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    plain = f"{key}: {_short(before.get(key))} there, {_short(asked.get(key))} now"
    return IN_WORDS.get(key, plain)


def _short(given: Any) -> str:
    text = json.dumps(given, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."
