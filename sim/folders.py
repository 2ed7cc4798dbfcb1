"""Folders that appear whole or not at all.

A new folder is filled beside the last good one and then takes its place in a single step, so
that a run that is stopped, killed or out of room leaves the last good results as they were.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError, Problem

UNFINISHED: set[Path] = set()
"""The folders that this process is filling."""


@contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """Give a new folder to write into; it takes the target's place if all goes well.

    It lies beside the target, so that taking its place is a renaming and no copying. What a
    killed run left behind is cleared away first.
    """
    new = target.parent / f".{target.name}.new-{os.getpid()}"
    with readable_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "a file is in the way", str(target))
        recover(target)
        new.mkdir()
        UNFINISHED.add(target)
        try:
            yield new
            flush(new)
            take_place(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            UNFINISHED.discard(target)


def abandon() -> None:
    """Clear away what this process has not finished, when it must leave at once."""
    for target in UNFINISHED:
        for _ in range(2):  # a copy of the process may have added a file meanwhile
            recover(target)


def recover(target: Path) -> None:
    """Put right what a killed run left: an old folder goes back, an unfinished one goes."""
    for left in sorted(target.parent.glob(f".{target.name}.*-*")):
        kind, _, owner = left.name.rpartition(".")[2].partition("-")
        if owner.isdigit() and alive(int(owner)):
            continue
        if kind == "old" and not target.exists():
            left.rename(target)
        elif kind in ("old", "new"):
            shutil.rmtree(left, ignore_errors=True)


def alive(process: int) -> bool:
    """Return whether another run of this machine is still at work."""
    if os.name == "nt":  # to ask there is to stop it
        return process != os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()


def flush(folder: Path) -> None:
    """Wait until everything in a folder is on the disk."""
    for path in [*sorted(folder.rglob("*")), folder]:
        if path.is_dir() and os.name == "nt":
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def take_place(new: Path, target: Path) -> None:
    """Put a new folder in the place of the old one, which goes only then."""
    if not target.exists():
        new.rename(target)
    elif exchanged(new, target):
        shutil.rmtree(new, ignore_errors=True)
    else:
        old = target.parent / f".{target.name}.old-{os.getpid()}"
        target.rename(old)
        try:
            new.rename(target)
        except BaseException:
            old.rename(target)
            raise
        shutil.rmtree(old, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in a single step where the system can (Linux); return whether it did."""
    if not sys.platform.startswith("linux"):
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of renameat2
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


CURES = {
    errno.ENOSPC: "the disk is full. Make room, or choose another folder with --out",
    errno.EDQUOT: "your disk quota is used up. Make room, or choose another folder with --out",
    errno.EFBIG: "the files would be larger than this system allows. Ask for fewer --members",
    errno.EROFS: "the folder is read-only. Choose another with --out",
    errno.EACCES: "there is no permission to write there. Choose another folder with --out",
    errno.EPERM: "there is no permission to write there. Choose another folder with --out",
    errno.ENOTDIR: "a file is where a folder should be. Move it, or choose a folder with --out",
    errno.EEXIST: "a file is where a folder should be. Move it, or choose a folder with --out",
    errno.ENAMETOOLONG: "the name is too long for this system. Choose another folder with --out",
    errno.EIO: "the disk reports an error. Choose another folder with --out",
    errno.ELOOP: "the folder links to itself. Choose another with --out",
}
"""What to do where a results folder cannot be written."""


@contextmanager
def readable_errors(target: Path) -> Iterator[None]:
    """Turn what the disk refuses into an error that says what to do."""
    try:
        yield
    except OSError as refused:
        cure = CURES.get(refused.errno or 0)
        if cure is None:
            raise
        note = "Nothing was lost: results that were there are as they were"
        raise InputError(str(target), [Problem(f"{cure}. {note}.")]) from refused
