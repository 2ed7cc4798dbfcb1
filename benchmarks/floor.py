"""The floor: the steps that the rules need per run and month, times what each costs here.

`benchmarks.work` counts them. The floor does not ask how they are done: in which order, with which
loads and stores, or for how many members at once.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from benchmarks.findings import Finding, Size
from benchmarks.mesa_batch import asked
from benchmarks.timing import seconds, shortest
from benchmarks.work import ADD, COMPARE, DIVIDE, EXP, KINDS, LOG, MULTIPLY, SQRT, Work, work_of
from sim.study.play import Study

LENGTHS = (1100, 4500)
"""Lengths of the arrays on which steps are timed: three fit the nearest cache, then the next.
The difference of the two leaves out what a call costs."""

LINE, DOUBLES_A_LINE, LINES_APART = 64, 8, 21
"""Bytes and numbers in a line of the cache, and lines left free between two arrays, so that they do
not push each other out."""

SHARED = 20_000
"""Length of arrays by which threads are compared: long calls, which do not wait for Python."""

CALLS, TRIES = 50, 20
"""Calls timed together, and how often; together a quarter of a second: as often as anything is
held against the floor, the floor is measured again."""

SHARED_TRIES = 5

THREADS = (1, 2)

WRITTEN = 64 * 2**20
"""Bytes written to measure how fast the disk takes them."""

NS, NS_A_US = 1e9, 1e3

Timed = Callable[..., object]


# What each step costs here ---------------------------------------------------------------------

TIMED: dict[str, Timed] = {
    ADD: lambda a, b, out: np.add(a, b, out=out),
    MULTIPLY: lambda a, b, out: np.multiply(a, b, out=out),
    DIVIDE: lambda a, b, out: np.divide(a, b, out=out),
    COMPARE: lambda a, b, out: np.maximum(a, b, out=out),
    SQRT: lambda a, _, out: np.sqrt(a, out=out),
    EXP: lambda a, _, out: np.exp(a, out=out),
    LOG: lambda a, _, out: np.log(a, out=out),
}
"""How each kind is timed: NumPy's own loop over arrays that fit the cache."""


def costs() -> dict[str, float]:
    """Return what one step of each kind takes a thread at this moment, ns."""
    return {kind: _cost(job) for kind, job in TIMED.items()}


def _cost(job: Timed) -> float:
    """Return what one step takes, ns: the slope between two lengths of arrays."""
    some, more = (_arrays(length) for length in LENGTHS)
    taken = [_a_call(job, arrays) for arrays in (some, more)]
    return (taken[1] - taken[0]) / (LENGTHS[1] - LENGTHS[0]) * NS


def _arrays(length: int) -> list[np.ndarray]:
    """Return two arrays and room for a third, each from the beginning of a line on."""
    apart = (-(-length // DOUBLES_A_LINE) + LINES_APART) * DOUBLES_A_LINE
    room = np.random.default_rng(1).uniform(0.5, 1.5, 3 * apart + DOUBLES_A_LINE)
    first = -room.ctypes.data % LINE // room.itemsize
    return [room[first + k * apart : first + k * apart + length] for k in range(3)]


def _a_call(job: Timed, arrays: Sequence[np.ndarray]) -> float:
    """Return how long a call takes where nothing disturbs it, in seconds."""
    a, b, out = arrays

    def calls() -> None:
        for _ in range(CALLS):
            job(a, b, out)

    return shortest(calls, TRIES) / CALLS


def gain(threads: int) -> float:
    """Return how much more a number of threads get done at this moment than one does."""
    if threads == 1:
        return 1.0
    each = [_arrays(SHARED) for _ in range(threads)]

    def work(arrays: Sequence[np.ndarray]) -> None:
        for _ in range(CALLS):
            np.exp(arrays[0], out=arrays[2])

    with ThreadPoolExecutor(threads) as pool:
        alone, together = (
            shortest(job, SHARED_TRIES)
            for job in (lambda: work(each[0]), lambda: list(pool.map(work, each)))
        )
    return float(np.clip(threads * alone / together, 1.0, threads))


@cache
def bytes_a_second() -> float:
    """Return how many bytes a second the disk takes and keeps, where sweeps are written here."""
    content = np.random.default_rng(1).bytes(WRITTEN)
    with tempfile.TemporaryFile() as file:

        def write() -> None:
            file.seek(0)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

        return WRITTEN / min(seconds(write) for _ in range(3))


def floor(work: Work, written: float = 0.0, threads: int = 1) -> float:
    """Return the least time for a run and month, in microseconds: its steps, and bytes written.

    It is measured each time, as what a machine does in a second changes from one to the next.
    """
    return least(work, costs(), written, gain(threads))


def least(work: Work, each: Mapping[str, float], written: float, gained: float) -> float:
    """Return the same for steps that take so much (ns) on threads that gain so much."""
    steps_ns = work.cost(each) / gained
    return (steps_ns + (written / bytes_a_second() * NS if written else 0.0)) / NS_A_US


# The part --------------------------------------------------------------------------------------


@cache
def work_of_closure() -> Work:
    """Return what the rules need for what is timed throughout."""
    region, scenario, outcomes = asked()
    return work_of(Study(region, scenario, (), outcomes))


def measure(size: Size) -> list[Finding]:
    """Return the steps by kind, what each costs here, and what they come to."""
    work = work_of_closure()
    each = costs()
    kinds = [
        Finding(
            "floor", f"{kind}: {work.steps[kind]:,.0f}, and {work.solving[kind]:,.0f} in solving",
            each[kind], "ns each",
        )
        for kind in KINDS
    ]  # fmt: skip
    total = Finding("floor", "all steps of a run and month", work.count, "steps")
    sums = [
        Finding(
            "floor", f"their time, {told(threads)}", least(work, each, 0.0, gain(threads)),
            "us a run and month",
        )
        for threads in THREADS
    ]  # fmt: skip
    return [*kinds, total, *sums]


def told(threads: int) -> str:
    """Return a number of threads in words."""
    return f"{threads} thread{'s' * (threads > 1)}"
