"""A sweep on disk: one part for each chunk of runs, and a journal of what is done.

A part is written under another name, forced to the disk, and only then given its own. The journal
says what was asked, and holds a line with a hash for each part that is there. Whatever is cut
short is made again, so that a sweep that was stopped anywhere ends with the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError, Problem
from sim.folders import followed, readable_errors

ASKED, DONE, PARTS = "sweep.json", "done.jsonl", "parts.json"
"""What was asked; while it goes on, what is done; in the end, all parts with their hashes."""

DISTURBED = "another sweep is at work in this folder; wait for it, or choose another with --out"


def part_name(chunk: int) -> str:
    """Return the name of a part in the folder of a sweep."""
    return f"parts/part-{chunk:06d}.parquet"


def write_safely(file: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    new = file.with_name(f".{file.name}.new")
    with open(new, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(new, file)
    settle(file.parent)


def settle(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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

    def __init__(self, folder: Path, asked: Mapping[str, Any]) -> None:
        self.folder = folder
        self.asked = asked
        self.done = {
            chunk: digest
            for chunk, digest in self._noted()
            if self._whole(folder / part_name(chunk), digest)
        }

    def _noted(self) -> Iterator[tuple[int, str]]:
        """Yield the chunks that are noted as done; a line cut short is none."""
        if (self.folder / PARTS).exists():
            parts = json.loads((self.folder / PARTS).read_text("utf-8"))["parts"]
            yield from ((chunk, digest) for chunk, digest in enumerate(parts.values()))
        with suppress(FileNotFoundError):
            for line in (self.folder / DONE).read_text("utf-8", errors="replace").splitlines():
                with suppress(ValueError, KeyError, TypeError):
                    noted = json.loads(line)
                    yield int(noted["chunk"]), str(noted["sha256"])

    def _whole(self, file: Path, digest: str) -> bool:
        try:
            return hashlib.sha256(file.read_bytes()).hexdigest() == digest
        except FileNotFoundError:
            return False

    def write(self, chunk: int, content: bytes) -> None:
        """Write a part, and note that it is there."""
        write_safely(self.folder / part_name(chunk), content)
        digest = hashlib.sha256(content).hexdigest()
        line = json.dumps({"chunk": chunk, "sha256": digest}) + "\n"
        with open(self.folder / DONE, "ab") as stream:
            stream.write(line.encode())
            stream.flush()
            os.fsync(stream.fileno())
        self.done[chunk] = digest

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Write what a whole sweep ends with: its parts in order, and what they say."""
        parts = {part_name(chunk): self.done[chunk] for chunk in sorted(self.done)}
        write_safely(self.folder / PARTS, as_json({"parts": parts}))
        write_safely(self.folder / "summary.json", as_json(summary))
        (self.folder / DONE).unlink(missing_ok=True)
        settle(self.folder)


def as_json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


@contextmanager
def opened(named: Path, asked: Mapping[str, Any]) -> Iterator[Journal]:
    """Give the journal of a sweep: begun anew, or gone on with where the same was asked."""
    with readable_errors(named):
        folder = followed(named)
        (folder / "parts").mkdir(parents=True, exist_ok=True)
        with alone_in(folder):
            _begin(folder, asked)
            yield Journal(folder, asked)


def _begin(folder: Path, asked: Mapping[str, Any]) -> None:
    there = folder / ASKED
    if not there.exists():
        foreign = [
            p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name != "parts"
        ]
        if foreign:
            some = ", ".join(sorted(foreign)[:3])
            message = f"it holds something else ({some}); choose another folder with --out"
            raise InputError(str(folder), [Problem(message)])
        write_safely(there, as_json(asked))
        return
    try:
        before = json.loads(there.read_text("utf-8"))
    except ValueError:
        before = {}
    apart = [key for key in {**before, **asked} if before.get(key) != asked.get(key)]
    if apart:
        told = "; ".join(f"{key}: {_short(before.get(key))} there, {_short(asked.get(key))} now"
                         for key in apart[:4])  # fmt: skip
        message = f"another sweep is in it ({told}). Delete the folder, or choose one with --out"
        raise InputError(str(folder), [Problem(message)])


def _short(given: Any) -> str:
    text = json.dumps(given, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:37]}..."


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Refuse a folder in which another sweep is at work."""
    try:
        import fcntl
    except ImportError:  # where files cannot be locked
        yield
        return
    with open(folder / ".lock", "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(str(folder), [Problem(DISTURBED)]) from None
        yield
