"""How long something takes: fresh programs with their peak memory, and pairs of the same run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent

KB_A_MB, BYTES_A_KB = 1024.0, 1024.0
"""Peak memory is told in KB, and on macOS in bytes."""


class Failed(Exception):
    """What was to be timed did not run to its end."""


@dataclass(frozen=True)
class Taken:
    """What a fresh program took."""

    seconds: float
    peak_mb: float  # not a number where the system does not tell


LAUNCHER = """
import os, subprocess, sys, time
started = time.perf_counter()
running = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
if hasattr(os, "wait4"):
    _, status, usage = os.wait4(running.pid, 0)
    status, peak = os.waitstatus_to_exitcode(status), usage.ru_maxrss
else:
    status, peak = running.wait(), "nan"
print(time.perf_counter() - started, peak)
sys.exit(status != 0)
"""
"""A small program that starts another and tells what it took.

A program counts as its own the memory of who started it, so that who starts it must be small.
"""


def fresh(*command: str, env: Mapping[str, str] | None = None) -> Taken:
    """Return what a program of its own took from start to end; refuse one that fails."""
    made = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, *command], cwd=PROJECT, check=False,
        env={**os.environ, **(env or {})}, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        raise Failed(f"{' '.join(command)}\n{made.stderr}")
    taken, peak = map(float, made.stdout.split())
    in_bytes = sys.platform == "darwin"
    return Taken(taken, peak / KB_A_MB / (BYTES_A_KB if in_bytes else 1.0))


def python(*arguments: str, env: Mapping[str, str] | None = None) -> Taken:
    """Return what this Python took in a program of its own."""
    return fresh(sys.executable, *arguments, env=env)


def seconds(job: Callable[[], object]) -> float:
    """Return how long a job takes here."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def shortest(job: Callable[[], object], repeats: int) -> float:
    """Return the shortest of several times: what the work takes where nothing disturbs it."""
    return min(seconds(job) for _ in range(repeats))


@dataclass(frozen=True)
class Pairs:
    """Two jobs timed in turn, so that what slows the machine slows both."""

    one: tuple[float, ...]
    other: tuple[float, ...]

    def times(self, weight: float = 1.0) -> float:
        """Return how many times as long the first takes: the median over the pairs."""
        return median(a / b for a, b in zip(self.one, self.other, strict=True)) * weight


def in_turn(jobs: Sequence[Callable[[], float]], repeats: int) -> list[tuple[float, ...]]:
    """Return what each of some jobs measures, run in turn, each second time from the last on."""
    found: list[list[float]] = [[] for _ in jobs]
    for k in range(repeats):
        both = list(zip(found, jobs, strict=True))
        for measured, job in reversed(both) if k % 2 else both:
            measured.append(job())
    return [tuple(measured) for measured in found]


def paired(one: Callable[[], float], other: Callable[[], float], repeats: int) -> Pairs:
    """Return what two jobs measure, run in turn; which is first alternates."""
    return Pairs(*in_turn((one, other), repeats))
