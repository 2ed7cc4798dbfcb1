"""`run.py calibrate`: which members show most of what a fit may use, and what that pins down."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.arguments import whole
from sim.claims import amount, listed
from sim.region import Accepted, LedgerRow, Region
from sim.study.calibration import (
    FILE,
    FIRST_YEAR,
    Moved,
    best,
    fit_patterns,
    fitness,
    moved,
    record,
    told_apart,
    written,
)
from sim.study.findings import Findings, Table
from sim.study.pattern_table import read_patterns, variants
from sim.study.patterns import HELD_BACK, TO_FIT, Pattern
from sim.studying.common import progress, seeded, threaded, told_where
from sim.studying.lines import percent, written_out
from sim.studying.validate import MEMBERS, Validated, held, part, validated

DRAWS, PART = 20_000, 0.05
"""Members drawn, and the part of them that is accepted, if nothing is asked for."""

TOGETHER = 1_000
"""Members whose fit is written down at a time."""

BY_LUCK = 0.10
"""The part of the numbers that are named at all which may be named by luck."""

MOST_NAMED = 6
"""Numbers named in a sentence."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "--draws", type=whole(200, 1_000_000), default=DRAWS, metavar="N",
        help=f"members drawn from the ranges ({DRAWS:,}; 200 at least)",
    )  # fmt: skip
    parser.add_argument(
        "--keep", action="store_true",
        help="make them the members that --calibrated draws, in the region's data",
    )  # fmt: skip
    seeded(parser)
    threaded(parser)
    told_where(parser)


@dataclass(frozen=True)
class Calibrated:
    """What was accepted, what that says of the numbers, and how both do on all patterns."""

    region: Region
    accepted: Accepted
    fit: np.ndarray  # (member,)
    used: tuple[Pattern, ...]
    numbers: tuple[Moved, ...]
    before: Validated
    after: Validated


# Runs ------------------------------------------------------------------------------------------


def fits(region: Region, patterns: Sequence[Pattern], asked: argparse.Namespace) -> np.ndarray:
    """Return the fit of all members drawn, (member,); what was found before is read again."""
    arms = [arm.resized(None, FIRST_YEAR, asked.seed) for arm in variants(region)]
    folder = begun(region, patterns, arms[0].seed, Path(asked.out))
    starts = range(0, asked.draws, TOGETHER)

    def part(first: int) -> np.ndarray:
        count = min(TOGETHER, asked.draws - first)
        file = folder / f"{first}_{count}.json"
        found = found_before(file, count)
        if found is None:
            found = fitness(region, arms, patterns, first, count)
            written(file, found.tolist())
        advance(count)
        return found

    with (
        progress(asked.draws, 0, asked.quiet, "members") as advance,
        ThreadPoolExecutor(asked.workers) as threads,
    ):
        return np.concatenate(list(threads.map(part, starts)))


def found_before(file: Path, count: int) -> np.ndarray | None:
    """Return the fit that was written down for so many members; None if there is none whole."""
    try:
        found = np.array(json.loads(file.read_text("utf-8")), dtype=float)
    except (OSError, ValueError, TypeError):
        return None
    return found if found.shape == (count,) and np.isfinite(found).all() else None


def begun(region: Region, patterns: Sequence[Pattern], seed: int, out: Path) -> Path:
    """Return the folder of parts that belongs to what is asked; one of another question goes."""
    from sim.study.sweep import made_with

    table = [(one.code, one.measure.text, one.low, one.high, one.voices) for one in patterns]
    asked = json.dumps([seed, table, made_with(region.digest)])
    name = hashlib.sha256(asked.encode()).hexdigest()[:16]
    home = out / "calibrate_parts"
    for other in home.glob("*"):
        if other.name != name:
            shutil.rmtree(other)
    (home / name).mkdir(parents=True, exist_ok=True)
    return home / name


def calibrated(region: Region, asked: argparse.Namespace) -> Calibrated:
    """Return the accepted members, and how they do on all patterns beside those of the ranges."""
    patterns = fit_patterns(read_patterns(region))
    fit = fits(region, patterns, asked)
    seed = variants(region)[0].resized(None, None, asked.seed).seed
    accepted = Accepted(seed, len(fit), tuple(best(fit, PART).tolist()))
    fitted = replace(region, accepted=accepted)
    return Calibrated(
        region, accepted, fit, patterns, tuple(moved(region, accepted)),
        validated(region, MEMBERS, asked.seed), validated(fitted, MEMBERS, asked.seed),
    )  # fmt: skip


# Told -------------------------------------------------------------------------------------------


def findings(found: Calibrated) -> Findings:
    """Return what was accepted and what it bought, told."""
    return Findings(
        kind="calibrate",
        title="Members that show most of what was known by the end of 2022",
        question="How far do the patterns that a fit may use narrow the numbers of the model, and "
        "how much of what is held back does that buy?",
        sentences=tuple(sentences(found)),
        notes=(
            f"{found.accepted.drawn:,} members were drawn from the ranges of the ledger; accepted "
            f"is the part of {percent(PART)} that shows most of {len(found.used)} patterns (those "
            "that a fit may use, and checks of the base year), by the voices that they rest on.",
            f"A number is told apart where its accepted ranks differ from even ones by more than "
            f"luck: of those that are named about {percent(BY_LUCK)} may be named by luck.",
        ),
        tables=(rates(found), numbers(found), members(found)),
        pictures=(),
        about={
            "draws": found.accepted.drawn,
            "accepted": len(found.accepted.members),
            "seed": found.accepted.seed,
            "patterns": len(found.used),
        },
    )


def sentences(found: Calibrated) -> list[str]:
    """Return what the fit bought, and what it pins down."""
    chosen = list(found.accepted.members)
    named = told_apart(found.numbers, BY_LUCK)
    told = [
        f"The {len(chosen):,} accepted members show {percent(found.fit[chosen].mean())} of what a "
        f"fit may use, all {found.accepted.drawn:,} on average {percent(found.fit.mean())}.",
        f"Judged by {MEMBERS} runs each, members of the whole ranges show {shares(found.before)}; "
        f"accepted members {shares(found.after)}. What is held back says what the fit is worth.",
        f"Of {len(found.numbers)} uncertain numbers the patterns say something of {len(named)}; "
        f"{len(found.numbers) - len(named)} they leave as wide as they were.",
    ]
    if named:
        first = [f"{name_of(one.row)} ({upward(one)})" for one in named[:MOST_NAMED]]
        told.append(f"Moved most: {listed(first)}.")
    return told


def shares(one: Validated) -> str:
    """Return the rates of both halves."""
    to_fit, held_back = ([shown for shown, _ in one.of(half)] for half in (TO_FIT, HELD_BACK))
    return (
        f"{held(to_fit)} of {len(to_fit)} patterns that a fit may use and {held(held_back)} of "
        f"{len(held_back)} that are held back"
    )


def name_of(row: LedgerRow) -> str:
    return ".".join((row.attribute, *row.keys))


def upward(one: Moved) -> str:
    """Return which way a number moved."""
    return "higher" if one.quarters[1] > one.row.central else "lower"


def rates(found: Calibrated) -> Table:
    """Return both halves before and after."""
    rows = [
        (half, str(len(before)), part(before), part(after))
        for half in (TO_FIT, HELD_BACK)
        for before, after in [
            tuple([shown for shown, _ in one.of(half)] for one in (found.before, found.after))
        ]
    ]  # fmt: skip
    return Table(
        "rates",
        "Patterns shown by members of the whole ranges, and by the accepted",
        ("half", "patterns", "by members of the whole ranges", "by accepted members"),
        tuple(rows),
    )


def numbers(found: Calibrated) -> Table:
    """Return every uncertain number: its range, and the middle half of the accepted."""
    named = {id(one) for one in told_apart(found.numbers, BY_LUCK)}
    rows = [
        (
            name_of(one.row), one.row.unit, one.row.low, one.row.central, one.row.high,
            *one.quarters, one.distance, "yes" if id(one) in named else "no",
        )
        for one in sorted(found.numbers, key=lambda one: -one.distance)
    ]  # fmt: skip
    return Table(
        "numbers",
        "Every uncertain number: its range, the middle half of the accepted, and whether it moved",
        (
            "number", "unit", "low", "central", "high", "lower quartile", "median",
            "upper quartile", "distance", "told apart",
        ),
        tuple(rows),
        seen="page",
    )  # fmt: skip


def members(found: Calibrated) -> Table:
    """Return the accepted members and how much each shows."""
    rows = [(member, float(found.fit[member])) for member in found.accepted.members]
    return Table("accepted", "The accepted members", ("member", "fit"), tuple(rows), seen="file")


def run(asked: argparse.Namespace) -> int:
    """Do the command: draw, run, accept, judge, write, print."""
    from sim.folders import readable_errors, results_folder
    from sim.reading.tables import read_region, region_folder

    region = read_region()
    target = results_folder(asked.out, "calibrate")
    with readable_errors(target):
        found = calibrated(region, asked)
    status = written_out(findings(found), target, asked.quiet)
    if asked.keep:
        content = record(region, found.accepted, PART, found.fit)
        written(region_folder(region.name) / FILE, content)
        if not asked.quiet:
            print(f"Kept: {amount(len(found.accepted.members), 6)} members for --calibrated.")
    shutil.rmtree(Path(asked.out) / "calibrate_parts", ignore_errors=True)
    return status
