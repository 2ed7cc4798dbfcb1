"""What takes long to make, kept from one run of the program to the next.

A thing depends on nothing but its key, which holds the program's own code: what was kept by other
code is never found. Where nothing can be kept, it is made again.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent

FOLDER = PACKAGE / "__pycache__" / "kept"

MOST = 64
"""Things kept; those used longest ago are let go."""

DIGEST = 32
"""Bytes before a thing by which one that is not whole is known."""


@cache
def code_hash() -> str:
    """Return the sha256 of the program's own files."""
    total = hashlib.sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        total.update(file.relative_to(PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def key_of(*parts: object) -> str:
    """Return the name under which a thing is kept that depends on some parts, and on our code."""
    text = "\0".join((code_hash(), *map(str, parts)))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def get(key: str) -> bytes | None:
    """Return what is kept under a key, if it is there and whole."""
    with suppress(OSError):
        found = (FOLDER / key).read_bytes()
        if hashlib.sha256(found[DIGEST:]).digest() == found[:DIGEST]:
            with suppress(OSError):
                os.utime(FOLDER / key)
            return found[DIGEST:]
    return None


def put(key: str, content: bytes) -> None:
    """Keep a thing under a key, whole or not at all."""
    with suppress(OSError):
        FOLDER.mkdir(parents=True, exist_ok=True)
        new = FOLDER / f".{key}.{os.getpid()}"
        new.write_bytes(hashlib.sha256(content).digest() + content)
        os.replace(new, FOLDER / key)
        by_age = sorted(FOLDER.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in by_age[:-MOST]:
            file.unlink()
