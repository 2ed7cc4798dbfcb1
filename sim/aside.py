"""Work done in a second process meanwhile, where there is a second processor to do it."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

Outcome = TypeVar("Outcome")

COPIES: set[Any] = set()
"""The copies of this process that are at work."""


@contextmanager
def aside(work: Callable[[], Outcome], wanted: bool = True) -> Iterator[Callable[[], Outcome]]:
    """Start some work in a copy of this process; give a function that waits for its outcome.

    Where there is no second processor the work is done at once, and where the copy fails it is
    done here when asked for: the outcome is the same, and so is what is raised. The copy ends
    with the block.
    """
    if not (wanted and possible()):
        done = work()
        yield lambda: done
        return
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    copy = fork.Process(target=_work, args=(work, theirs, os.getpid()), daemon=True)
    with warnings.catch_warnings():  # of threads: the copy touches none of theirs
        warnings.simplefilter("ignore", DeprecationWarning)
        copy.start()
    theirs.close()
    COPIES.add(copy)
    try:
        yield lambda: _outcome(ours, work)
    finally:
        copy.kill()
        copy.join()
        COPIES.discard(copy)
        ours.close()


def end_copies() -> None:
    """End all copies of this process, when it must leave at once."""
    for copy in COPIES:
        copy.kill()
        copy.join()


def possible() -> bool:
    """Return whether this system has a second processor and copies processes safely."""
    return sys.platform.startswith("linux") and len(os.sched_getaffinity(0)) > 1


def give_back() -> None:
    """Give memory that is in use no longer back to the system, where it can be told to."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _work(work: Callable[[], Any], to: Any, original: int) -> None:
    """Do the work in the copy and send its outcome; leave Ctrl-C and all errors to the other."""
    _end_with(original)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BaseException):
        _send(work(), to)


def _send(outcome: Any, to: Any) -> None:
    """Send an outcome, its arrays one by one after the rest: nothing is in memory twice over."""
    arrays: list[pickle.PickleBuffer] = []
    to.send_bytes(pickle.dumps(outcome, protocol=5, buffer_callback=arrays.append))
    for array in arrays:
        to.send_bytes(array.raw())


def _end_with(original: int) -> None:
    """Have the system end this copy when the process that it copies ends, however that ends."""
    tell_me_when_it_ends = 1  # PR_SET_PDEATHSIG of prctl
    ctypes.CDLL(None).prctl(tell_me_when_it_ends, signal.SIGKILL)
    if os.getppid() != original:
        os._exit(1)


def _outcome(ours: Any, work: Callable[[], Outcome]) -> Outcome:
    """Return what the copy sent; where it sent nothing, do the work here."""
    try:
        arrays = iter(ours.recv_bytes, None)
        sent: Outcome = pickle.loads(ours.recv_bytes(), buffers=arrays)
    except (EOFError, OSError):
        return work()
    return sent
