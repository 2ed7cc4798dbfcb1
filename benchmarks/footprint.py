"""What the programs take: memory of sweeps, start-up and imports, and the main job end to end."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.findings import Finding, Size
from benchmarks.mesa_batch import MONTHS, SCENARIO, WORKERS
from benchmarks.timing import Taken, paired, python

SWEPT, QUICK_SWEPT = (10_000, 100_000), (50,)

BARE = ("-c", "import numpy")
"""What start-up is measured against: a Python that has read NumPy and does nothing."""

STARTS = {
    "import sim": ("-c", "import sim"),
    "import of what a sweep needs": (
        "-c",
        "import pyarrow.parquet, sim.studying.sweep, sim.study.play, sim.asking",
    ),
    "import of what compiles": ("-c", "import sim.machine"),
    "import of the Mesa model": ("-c", "import sim.mesa_model"),
    "run.py --help": ("run.py", "--help"),
    "run.py check": ("run.py", "check", "scenarios/cpc_closure.yaml"),
}

QUICK_STARTS = ("import sim", "run.py --help")


def measure(size: Size) -> list[Finding]:
    """Return peak memory, start-up and the main job, as times of what the same machine can do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [
            *memory(QUICK_SWEPT if size.quick else SWEPT, folder),
            *start_up(
                QUICK_STARTS if size.quick else tuple(STARTS), 1 if size.quick else size.repeats
            ),
            *main_job(1 if size.quick else size.repeats, folder, size.quick),
        ]


def memory(sizes: tuple[int, ...], folder: Path) -> list[Finding]:
    """Return the peak memory of sweeps, over that of a Python that has read NumPy."""
    bare = python(*BARE).peak_mb
    taken = {runs: swept(runs, folder) for runs in sizes}
    found = []
    for runs, one in taken.items():
        found += [
            Finding(
                "footprint", f"memory of a sweep of {runs:,} runs", one.peak_mb, "MB",
                one.peak_mb / bare, "bare NumPy",
            ),
            Finding("footprint", f"a sweep of {runs:,} runs, start to end", one.seconds, "s"),
        ]  # fmt: skip
    return found


def swept(runs: int, folder: Path) -> Taken:
    """Return what a whole sweep takes, in a program of its own."""
    return python(
        "run.py", "sweep", SCENARIO, "--months", str(MONTHS), "--runs", str(runs),
        "--workers", str(WORKERS), "--quiet", "--out", str(folder / f"{runs}"),
    )  # fmt: skip


def start_up(which: Sequence[str], repeats: int) -> list[Finding]:
    """Return how long programs take to start, over a Python that reads NumPy and ends."""
    found = []
    for what in which:
        command = STARTS[what]
        python(*command)  # what is compiled on a first start is not timed
        pairs = paired(partial(_seconds, command), partial(_seconds, BARE), repeats)
        times = pairs.times()
        found.append(Finding("footprint", what, median(pairs.one), "s", times, "bare NumPy"))
    return found


def _seconds(command: tuple[str, ...]) -> float:
    return python(*command).seconds


def main_job(repeats: int, folder: Path, quick: bool) -> list[Finding]:
    """Return what `run.py SCENARIO` takes from start to end, over a Python that reads NumPy."""
    fewer = ("--members", "4", "--months", "14") if quick else ()
    what = "the main job, 4 members, 14 months" if quick else "the main job, start to end"
    peaks: list[float] = []
    numbers = count()

    def job() -> float:
        out = folder / f"main{next(numbers)}"
        taken = python("run.py", f"scenarios/{SCENARIO}.yaml", "--out", str(out), "--quiet", *fewer)
        peaks.append(taken.peak_mb)
        return taken.seconds

    pairs = paired(job, partial(_seconds, BARE), repeats)
    return [
        Finding("footprint", what, median(pairs.one), "s", pairs.times(), "bare NumPy"),
        Finding("footprint", f"{what}: memory", max(peaks), "MB"),
    ]
