"""Folders that appear whole or not at all.

A new folder is filled beside the last good one and then takes its place in a single step, so
that a run that is stopped, killed or out of room leaves the last good results as they were.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError, Problem
from sim.texts import LANGUAGES

PACKAGE = Path(__file__).resolve().parent
"""Where the program's own files are: one that is missing there is our fault."""

REFERENCE = PACKAGE.parent / "results" / "reference"
"""The report that the README links to; no run writes there."""

RESULTS_HOLD = ("manifest.json", "summary.json")
"""What every results folder holds, by which it is known as one."""

TABLES = ("run.nc", "hedging.csv", "attribution.csv", "observables.csv")
"""What it holds of each arm: in a folder of the arm's, where there are several."""

PAGES = ("report.html", "explore.html", *(f"report.{language}.html" for language in LANGUAGES[1:]))
"""The pages of a run or a study, of what is to be explored, and of a run in other languages."""

FIGURES, DRAWN = "figures", (".png", ".svg")
"""The folder of its figures, and how their names end."""

STUDY_TABLES = "tables"
"""What a study's tables are in."""

OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What a system puts into folders that are looked into, and nobody misses."""

LONGEST_NAME = 200
"""Bytes of a results folder's name, so that what is put beside it has a name too."""

MOST_NAMED = 5
"""Files of the user's own that are named at once."""

UNFINISHED: set[Path] = set()
"""The folders that this process is filling."""


def results_folder(out: object, name: str) -> Path:
    """Return where the results of a scenario go: a folder of its name inside another."""
    if not isinstance(out, str | Path):
        message = f"a folder is named by words, not by {type(out).__name__}, such as 'results'"
        raise InputError("The results folder", [Problem(message)])
    if not str(out).strip():
        message = "its name is empty; name one, such as results (. is the current folder)"
        raise InputError("The results folder", [Problem(message)])
    shown = str(out).encode(errors="replace").decode()
    if shown != str(out):
        raise InputError(shown, [Problem("the name is not text in UTF-8; choose another folder")])
    if len(name.encode()) > LONGEST_NAME:
        message = f"the scenario's name has {len(name)} letters; rename its file, {LONGEST_NAME}"
        raise InputError(f"{name[:60]}...", [Problem(f"{message} at most")])
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        message = f"'{name}' cannot be the name of a results folder. Rename the scenario's file"
        raise InputError(str(out), [Problem(message)])
    return at_home(out) / name


def at_home(named: Path | str) -> Path:
    """Return a path with ~ at its beginning read as the home folder; as it is without one."""
    try:
        return Path(named).expanduser()
    except RuntimeError:
        return Path(named)


@contextmanager
def fresh(named: Path) -> Iterator[Path]:
    """Give a new folder to write into; it takes the place of the named one if all goes well.

    It lies beside the target, so that taking its place is a renaming and no copying. What a
    killed run left behind is cleared away first. A link is followed, and stays.
    """
    with readable_errors(named):
        target = followed(named)
        new = target.parent / f".{target.name}.new-{os.getpid()}"
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        refuse_other_than_results(target)
        new.mkdir()
        UNFINISHED.add(target)
        try:
            yield new
            flush(new)
            refuse_other_than_results(target)
            take_place(new, target)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            UNFINISHED.discard(target)


def followed(named: Path) -> Path:
    """Return a folder's own path, links followed; refuse what no run may write to."""
    if "\0" in str(named):
        raise refusal(named, "the name holds a NUL. Choose another folder with --out")
    target = Path(os.path.realpath(named))
    if not target.name:
        raise refusal(named, "this is the root of the disk. Choose another folder with --out")
    if target == REFERENCE:
        message = "this is the project's reference report, which no run replaces"
        raise refusal(named, f"{message}. Rename the scenario, or choose a folder with --out")
    return target


def refuse_other_than_results(target: Path) -> None:
    """Refuse to take the place of a file, or of a folder of the user's own."""
    if not target.exists():
        return
    if not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "a file is in the way", str(target))
    there = {path.name for path in target.iterdir()}
    if there and not there.issuperset(RESULTS_HOLD):
        message = "this folder holds something other than results; move it, or choose another"
        raise refusal(target, f"{message} with --out")
    if others := sorted(users_own(target)):
        told = f"{', '.join(others[:MOST_NAMED])}{', ...' if len(others) > MOST_NAMED else ''}"
        message = f"beside the results this folder holds {told}, which a new run would delete"
        raise refusal(target, f"{message}. Move it elsewhere, or choose another folder with --out")


def users_own(target: Path) -> Iterator[str]:
    """Yield what a results folder holds that no run writes, by its path in the folder."""
    for path in target.rglob("*"):
        within = path.relative_to(target).parts
        if path.name not in OF_THE_SYSTEM and not written(within, path.is_dir()):
            yield "/".join(within)


def written(within: tuple[str, ...], is_folder: bool) -> bool:
    """Return whether a run writes something by this path: figures, and tables of all or an arm."""
    name, depth = within[-1], len(within)
    if is_folder:
        return depth == 1
    if depth == 1:
        return name in (*RESULTS_HOLD, *TABLES, *PAGES)
    if depth == 2 and within[0] == FIGURES:
        return name.endswith(DRAWN)
    if depth == 2 and within[0] == STUDY_TABLES:
        return name.endswith(".csv")
    return depth == 2 and name in TABLES


def refusal(folder: Path, message: str) -> InputError:
    """Return an error of the user's about a folder."""
    return InputError(str(folder), [Problem(message)])


def abandon() -> None:
    """Clear away what this process has not finished, when it must leave at once."""
    for target in UNFINISHED:
        for _ in range(2):  # a copy of the process may have added a file meanwhile
            recover(target)


def recover(target: Path) -> None:
    """Put right what a killed run left: an old folder goes back, an unfinished one goes."""
    for left, kind, owner in leftovers(target):
        if alive(owner):
            continue
        if kind == "old" and not target.exists():
            left.rename(target)
        else:
            shutil.rmtree(left, ignore_errors=True)


def leftovers(target: Path) -> list[tuple[Path, str, int]]:
    """Return what runs into a folder keep beside it: the path, old or new, and whose it is."""
    ours = re.compile(re.escape(f".{target.name}.") + r"(old|new)-([0-9]{1,10})")
    found = [(path, ours.fullmatch(path.name)) for path in sorted(target.parent.iterdir())]
    return [
        (path, match[1], int(match[2]))
        for path, match in found
        if match and path.is_dir() and not path.is_symlink()
    ]


def alive(process: int) -> bool:
    """Return whether another run of this machine is still at work."""
    if os.name == "nt":  # to ask there is to stop it
        return process != os.getpid()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return process != os.getpid()


def flush(folder: Path) -> None:
    """Wait until everything in a folder is on the disk."""
    for path in [*sorted(folder.rglob("*")), folder]:
        settle(path)


def settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return
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
    errno.EMFILE: "too many open files. Raise the limit (ulimit -n 1024); --out changes nothing",
    errno.ENFILE: "too many open files. Close other programs; --out changes nothing",
    errno.ELOOP: "the folder links to itself. Choose another with --out",
}
"""What to do where a results folder cannot be written."""


def cure_of(refused: OSError) -> str:
    """Return what to do about what the disk refuses."""
    said = (refused.strerror or str(refused)).lower()
    default = f"it cannot be written ({said}). Choose another folder with --out"
    return CURES.get(refused.errno or 0, default)


def ours(refused: OSError) -> bool:
    """Return whether the disk has no part in an error: a file of the program's own is missing."""
    return isinstance(refused.filename, str) and PACKAGE in Path(refused.filename).parents


AS_BEFORE = "Nothing was lost: results that were there are as they were."
"""What is left where results are written whole or not at all."""


@contextmanager
def readable_errors(target: Path, left: str = AS_BEFORE) -> Iterator[None]:
    """Turn what the disk refuses into an error that says what to do, and what is left."""
    try:
        yield
    except BrokenPipeError:  # whoever read our output has gone, and the disk is well
        raise
    except OSError as refused:
        if ours(refused):
            raise
        raise refusal(target, f"{cure_of(refused)}. {left}") from refused


@contextmanager
def alone_in(folder: Path, otherwise: str) -> Iterator[None]:
    """Hold a folder for this process alone; refuse one that another is at work in, in words."""
    try:
        import fcntl
    except ImportError:  # where files cannot be locked
        yield
        return
    with open(folder / ".lock", "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(str(folder), [Problem(otherwise)]) from None
        except OSError:  # a disk of a network that knows no locks
            pass
        yield
