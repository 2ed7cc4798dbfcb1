"""`run.py discover`: which combination of settings goes with crossing a line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.claims import listed
from sim.region import Region
from sim.scenario import Scenario, Size
from sim.study.designs import design
from sim.study.discovery import Box, Discovery, Measure, discover, steps_of
from sim.study.findings import Findings, Picture, Table
from sim.study.settings import Setting, settings_of
from sim.studying.common import about_the_runs, whole
from sim.studying.lines import (
    Crossing,
    about,
    clause,
    concluded,
    crossing,
    event_named,
    field_named,
    line_arguments,
    numbered,
    percent,
)

RUNS, MEMBERS = 1000, 20
"""Runs in which the box is sought, and the members that they are spread over."""

FRESH = 0.5
"""Runs on which it is checked, for each in which it was sought."""

RARE = 0.02
"""Share of runs that cross, or do not, below which there is nothing to describe."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    line_arguments(parser)
    parser.add_argument(
        "--runs", type=whole(20, 1_000_000), default=RUNS, metavar="N",
        help=f"runs in which to look ({RUNS}); half as many fresh ones are the check",
    )  # fmt: skip


def studied(
    region: Region, scenario: Scenario, asked: argparse.Namespace, members: int
) -> Findings:
    """Return the combination that goes with crossing the line, told."""
    crossed = crossing(region, scenario, asked)
    named = asked.vary or all_uncertain(region, scenario)
    settings = settings_of(region, scenario, named)
    groups = min(members, asked.runs)
    sought = sample(crossed, settings, asked.runs, 0, groups)
    check = sample(crossed, settings, max(int(asked.runs * FRESH), 1), groups, groups)
    if not RARE <= sought[1].mean() <= 1.0 - RARE or not check[1].any():
        return nothing_to_describe(crossed, settings, sought[1], members)
    low, high, whole = (np.array(part) for part in zip(
        *((one.low, one.high, one.whole) for one in settings), strict=True
    ))  # fmt: skip
    found = discover(*sought, *check, steps_of(low, high, whole))
    return findings(crossed, settings, found, (len(sought[1]), len(check[1]), members))


def all_uncertain(region: Region, scenario: Scenario) -> list[str]:
    """Return all that is uncertain: each attribute's range, and the ranges of own events."""
    attributes = {row.attribute for row in region.ledger if row.low < row.high}
    return [*sorted(attributes), *ranges_of_events(scenario)]


def ranges_of_events(scenario: Scenario) -> list[str]:
    """Return the fields of a scenario's own events that are ranges."""
    own = [event for event in scenario.events if event.id in scenario.own_events]
    return [
        f"{event.id}.{field}"
        for event in own
        for field, size in {"size": event.size, **event.what}.items()
        if isinstance(size, Size) and size.low < size.high
    ]


def sample(
    crossed: Crossing, settings: Sequence[Setting], runs: int, first: int, members: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return points (run, setting), and in which runs the line is crossed for any outcome.

    The runs are dealt out to the members in turn, so that what a member draws for itself besides
    the settings is as mixed as they are. Other members have other points too.
    """
    seed = crossed.scenario.seed + 2 * first
    points = design("sobol", settings, [()] * len(settings), runs, seed)
    past = np.zeros(runs, dtype=bool)
    for member in range(min(members, runs)):
        own = slice(member, None, members)
        margins = crossed.margins(settings, points[own], first + member, 1)
        past[own] = (margins[:, 0] > 0.0).any(axis=-1)
    return points, past


# Told -----------------------------------------------------------------------------------------


def findings(
    crossed: Crossing, settings: Sequence[Setting], found: Discovery, runs: tuple[int, int, int]
) -> Findings:
    """Return what was found in sentences, tables and a figure."""
    box = (boxed(settings, found),) if found.holds else ()
    return Findings(
        kind="discover",
        title=f"{crossed.scenario.title}: what it takes",
        question=f"In which combinations is it that {what_crosses(crossed)}?",
        sentences=tuple(sentences(crossed, settings, found, runs)),
        tables=(*box, measures(found)),
        pictures=(picture(settings, found),) if found.holds else (),
        about=asked_about(crossed, settings, runs),
    )


def what_crosses(crossed: Crossing) -> str:
    """Return the clause whose truth is sought; of several outcomes any."""
    return " or ".join(clause(crossed, one) for one in crossed.outcomes)


def asked_about(
    crossed: Crossing, settings: Sequence[Setting], runs: tuple[int, int, int]
) -> dict[str, object]:
    """Return what was asked and how many runs were made."""
    ranges = {one.name: [one.low, one.high] for one in settings}
    return about(crossed, runs[2], runs=runs[0], fresh_runs=runs[1], varied=ranges)


def sentences(
    crossed: Crossing, settings: Sequence[Setting], found: Discovery, runs: tuple[int, int, int]
) -> list[str]:
    """Return the answer in sentences."""
    line = what_crosses(crossed)
    overall = f"In {percent(found.told.share)} of all {runs[0]} runs {line}."
    if not found.holds:
        return [overall, (
            f"No combination of the {len(settings)} settings that were varied does better than "
            f"chance at telling these runs from the others ({chance_of(found)})."
        )]  # fmt: skip
    where = conditions(settings, found.box)
    told, fresh = found.told, found.fresh
    return [
        f"In {percent(told.density)} of the runs where {where}, {line}; this covers "
        f"{percent(told.coverage)} of such runs (fresh runs: {percent(fresh.density)} and "
        f"{percent(fresh.coverage)}).",
        f"Of the fresh runs elsewhere {percent(fresh.outside)} cross the line.",
        second_opinion(settings, found),
    ]


def chance_of(found: Discovery) -> str:
    """Return how the best box did on fresh runs."""
    if not len(found.box.restricted):
        return "no restriction of any of them was better than chance"
    return (
        f"of fresh runs in the best box found {percent(found.fresh.density)} cross the line, of "
        f"all fresh runs {percent(found.fresh.share)}"
    )


def second_opinion(settings: Sequence[Setting], found: Discovery) -> str:
    """Return what the classification tree says."""
    if found.leaf is None or found.leaf_fresh is None:
        return "A classification tree, as a second opinion, finds no question worth asking."
    ours, theirs = (set(box.restricted.tolist()) for box in (found.box, found.leaf))
    agrees = "agrees" if ours == theirs else "agrees in part" if ours & theirs else "disagrees"
    return (
        f"A classification tree, as a second opinion, {agrees}: it points to runs where "
        f"{conditions(settings, found.leaf)} (fresh runs: {percent(found.leaf_fresh.density)} of "
        f"them cross, which covers {percent(found.leaf_fresh.coverage)})."
    )


def conditions(settings: Sequence[Setting], box: Box) -> str:
    """Return a box in words."""
    parts = [condition(settings[k], float(box.low[k]), float(box.high[k])) for k in box.restricted]
    return listed(parts)


def condition(setting: Setting, low: float, high: float) -> str:
    """Return one restriction in words."""
    low, high = max(low, setting.low), min(high, setting.high)
    if setting.kind == "switch":
        return switched(setting, low > 0.0)
    if setting.kind == "rank":
        return f"'{setting.name}' is {part_of_range(setting, low, high)}"
    verb = {"months": "lasts", "start": "begins"}.get(setting.field)
    amount = bounds(setting, low, high)
    if verb:
        months = "months later than written" if setting.field == "start" else "months"
        return f"{event_named(setting.event)} {verb} {amount} {months}"
    name = field_named(setting) if setting.event else f"'{setting.name}'"
    return f"{name} is {amount}"


def switched(setting: Setting, on: bool) -> str:
    """Return a switch in words."""
    if setting.name == "shocks":
        return f"monthly shocks are {'on' if on else 'off'}"
    return f"{event_named(setting.event)} {'happens' if on else 'does not happen'}"


def part_of_range(setting: Setting, low: float, high: float) -> str:
    """Return which part of its range a rank lies in."""
    if high >= setting.high:
        return f"in the upper {100 * (1.0 - low):.0f}% of its range"
    if low <= setting.low:
        return f"in the lower {100 * high:.0f}% of its range"
    return f"between {100 * low:.0f}% and {100 * high:.0f}% of its range"


def bounds(setting: Setting, low: float, high: float) -> str:
    """Return two bounds in words; whole numbers with the least and the most that they allow."""
    if setting.whole:
        low, high = float(np.ceil(low)), float(np.floor(high))
    first, last = numbered(setting, low), numbered(setting, high)
    if low > setting.low and high < setting.high:
        return f"between {first} and {last}"
    if low > setting.low:
        return f"at least {first}" if setting.whole else f"above {first}"
    return f"at most {last}" if setting.whole else f"below {last}"


def boxed(settings: Sequence[Setting], found: Discovery) -> Table:
    """Return the box as a table."""
    rows: list[tuple[Any, ...]] = []
    for k in found.box.restricted:
        one = settings[k]
        low, high = max(found.box.low[k], one.low), min(found.box.high[k], one.high)
        rows.append((
            one.name, numbered(one, one.low), numbered(one, one.high),
            *(f"{end:g}" for end in (low, high)),
            f"{found.quasi[int(k)]:.1g}", one.words,
        ))  # fmt: skip
    columns = ("setting", "from", "to", "box from", "box to", "by chance", "what it is")
    return Table("box", "The box: what has to hold together", columns, tuple(rows))


def measures(found: Discovery) -> Table:
    """Return how well boxes describe where the line is crossed."""
    rows = [
        ("the box told", *measured(found.told)),
        ("the same, fresh runs", *measured(found.fresh)),
    ]
    if found.leaf_fresh is not None:
        rows.append(("the tree's leaf, fresh runs", *measured(found.leaf_fresh)))
    columns = ("", "density", "coverage", "all runs", "runs in it", "restrictions")
    caption = (
        "Density: runs in the box that cross the line. Coverage: runs that cross which lie in the "
        "box. The box told has the best balance (harmonic mean) of both."
    )
    return Table("measures", caption, columns, tuple(rows))


def measured(one: Measure) -> tuple[Any, ...]:
    """Return a box's measures as cells."""
    shares = (one.density, one.coverage, one.share)
    return (*(percent(share) for share in shares), one.runs, one.restrictions)


def picture(settings: Sequence[Setting], found: Discovery) -> Picture:
    """Return the figure of the box and of how it was chosen."""
    from sim.report.figures.boxes import Range, Spot, boxes

    ranges = []
    for k in found.box.restricted:
        one, low, high = settings[k], found.box.low[k], found.box.high[k]
        ranges.append(Range(
            name=one.name,
            low=float((max(low, one.low) - one.low) / (one.high - one.low)),
            high=float((min(high, one.high) - one.low) / (one.high - one.low)),
            ends=(numbered(one, one.low), numbered(one, one.high)),
            bounds=(
                f"from {np.ceil(low) if one.whole else low:g}" if low > one.low else "",
                f"to {np.floor(high) if one.whole else high:g}" if high < one.high else "",
            ),
        ))  # fmt: skip
    path = [Spot(one.coverage, one.density) for one in found.path]
    told, fresh = (Spot(one.coverage, one.density) for one in (found.told, found.fresh))
    return Picture(
        "box",
        "The combination in which the line is crossed, and how well it tells.",
        lambda figure: boxes(figure, ranges, path, told, fresh, found.told.share),
    )


def nothing_to_describe(
    crossed: Crossing, settings: Sequence[Setting], past: np.ndarray, members: int
) -> Findings:
    """Return that nearly all runs are on one side of the line."""
    share = float(past.mean())
    few = "nearly all" if share > 0.5 else "too few"
    return Findings(
        kind="discover",
        title=f"{crossed.scenario.title}: what it takes",
        question=f"In which combinations is it that {what_crosses(crossed)}?",
        sentences=(
            f"In {percent(share)} of all {len(past)} runs {what_crosses(crossed)}: {few} to ask "
            "in which combinations. Move the line, or widen the ranges.",
        ),
        tables=(),
        pictures=(),
        about=asked_about(crossed, settings, (len(past), 0, members)),
    )


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    return concluded(asked, "discover", studied, MEMBERS)
