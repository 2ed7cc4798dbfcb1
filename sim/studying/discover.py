"""`run.py discover`: which combination of settings goes with crossing a line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.arguments import whole
from sim.claims import listed
from sim.region import Region
from sim.scenario import Scenario, Size
from sim.study.designs import design, named_values
from sim.study.discovery import Box, Discovery, Measure, discover, steps_of
from sim.study.findings import Findings, Picture, Table
from sim.study.play import Study
from sim.study.settings import Setting, settings_of
from sim.study.sweep import PLACES, without_effect
from sim.studying.common import about_the_runs
from sim.studying.common import studied as studied_scenario
from sim.studying.lines import (
    Crossing,
    Pilot,
    about,
    any_clause,
    concluded,
    crossing,
    definition,
    event_named,
    field_named,
    line_arguments,
    meanings,
    numbered,
    on_the_scenario,
    part_of_range,
    percent,
    plain_words,
)

RUNS, MEMBERS = 2000, 20
"""Runs in which the box is sought, and the members that they are spread over."""

GROUPS = 10
"""Groups of members, each with points of its own: a member is not tried at every point, but
enough of them are run together to be quick."""

FRESH = 0.5
"""Runs on which it is checked, for each in which it was sought."""

FEWEST = 20
"""Points below which nothing can be told apart."""

PILOT_POINTS, PILOT_MEMBERS = 32, 2
"""Runs from which a line is chosen where none is asked for."""

IDLE_MEMBERS = 1
"""Members for which it is tried whether a setting changes anything: all that is uncertain is
varied beside it, which is as good as more members."""

NAMED_IDLE = 8
"""Settings that change nothing and are named; there may be a hundred."""

RARE = 0.02
"""Share of runs that cross, or do not, below which there is nothing to describe."""


UNLIKE = 0.5
"""Part of the larger by which the shares of runs that cross differ, in the runs in which a box was
sought and in the fresh ones, from which it is told that they are too few."""


@dataclass(frozen=True)
class Spread:
    """How runs are spread: points for each of some groups of members."""

    points: int
    groups: int
    each: int  # members of a group, and runs of a point

    @property
    def members(self) -> int:
        return self.groups * self.each

    @property
    def runs(self) -> int:
        return self.points * self.each


def spread(runs: int, members: int) -> Spread:
    """Return how so many runs are spread over so many members, as nearly as groups allow."""
    each = max(1, min(members // GROUPS, runs // FEWEST))
    groups = max(1, min(members // each, runs // each))
    return Spread(max(runs // each, groups), groups, each)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    line_arguments(parser)
    parser.add_argument(
        "--runs", type=whole(FEWEST, 1_000_000), default=RUNS, metavar="N",
        help=f"runs in which to look ({RUNS}); half as many fresh ones are the check",
    )  # fmt: skip


def studied(crossed: Crossing, settings: Sequence[Setting], runs: int, members: int) -> Findings:
    """Return the combination that goes with crossing the line, told."""
    seeking = spread(runs, members)
    checking = spread(max(int(runs * FRESH), seeking.each), members)
    sought = sample(crossed, settings, seeking, 0)
    idle = changing_nothing(crossed, settings)
    crossed = replace(crossed, chosen=(*idle, *crossed.chosen))
    if not RARE <= sought[1].mean() <= 1.0 - RARE:
        return nothing_to_describe(crossed, settings, sought[1], seeking)
    check = sample(crossed, settings, checking, seeking.members)
    low, high, whole = (np.array(part) for part in zip(
        *((one.low, one.high, one.whole) for one in settings), strict=True
    ))  # fmt: skip
    found = discover(*sought, *check, steps_of(low, high, whole))
    return findings(crossed, settings, found, (seeking, checking))


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
    crossed: Crossing, settings: Sequence[Setting], how: Spread, first: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return points (point, setting), and the share of each one's runs that cross the line.

    A run crosses if any outcome does. Each group of members takes a stretch of Sobol's sequence,
    which spans every range: every so-many-th point would not, as they share their leading digits.
    Members from another `first` on have other points too.
    """
    seed = crossed.scenario.seed + first
    points = design("sobol", settings, named_values(settings), how.points, seed)
    past = [
        (crossed.margins(settings, own, first + group * how.each, how.each) > 0.0).any(axis=-1)
        for group, own in enumerate(np.array_split(points, how.groups))
    ]
    return points, np.concatenate(past).mean(axis=1)


def changing_nothing(crossed: Crossing, settings: Sequence[Setting]) -> list[str]:
    """Return a sentence on the settings that change nothing that is read, if there are any."""
    study = Study(crossed.region, crossed.scenario, tuple(settings), crossed.outcomes)
    idle = without_effect(study, IDLE_MEMBERS)
    if not idle:
        return []
    names = [named(one) for one in idle]
    tried = f"tried at {PLACES} points of the others" if len(settings) > 1 else ""
    how = f"from one end of the range to the other{f' ({tried})' if tried else ''}"
    if len(idle) <= NAMED_IDLE:
        return [f"Nothing that is read changes with {listed(names)}, {how}."]
    some = listed([*names[:NAMED_IDLE], f"{len(idle) - NAMED_IDLE} more"])
    return [
        f"With {len(idle)} of the {len(settings)} settings nothing that is read changes, {how}: "
        f"{some}."
    ]


SAID = {"on": "whether {} happens", "months": "the length of {}", "start": "the beginning of {}"}
"""How some fields of an event are called."""


def named(setting: Setting) -> str:
    """Return what is varied, as it stands in a sentence."""
    if setting.field in SAID:
        return SAID[setting.field].format(event_named(setting.event))
    if setting.event:
        return field_named(setting)
    return setting.words if setting.kind == "switch" else f"'{setting.name}'"


# Told -----------------------------------------------------------------------------------------


def findings(
    crossed: Crossing, settings: Sequence[Setting], found: Discovery, runs: tuple[Spread, Spread]
) -> Findings:
    """Return what was found in sentences, tables and a figure."""
    return Findings(
        kind="discover",
        title=f"{crossed.scenario.title}: what it takes",
        question=f"In which combinations does it come about that {any_clause(crossed)}?",
        sentences=tuple(sentences(crossed, settings, found, runs)),
        tables=(boxed(settings, found), measures(found)) if found.holds else (),
        pictures=(picture(settings, found),) if found.holds else (),
        about=asked_about(crossed, settings, runs),
        notes=crossed.chosen,
    )


def asked_about(
    crossed: Crossing, settings: Sequence[Setting], runs: tuple[Spread, Spread]
) -> dict[str, object]:
    """Return what was asked and how many runs were made."""
    ranges = {
        one.name: own or [one.low, one.high]
        for one, own in zip(settings, named_values(settings), strict=True)
    }
    seeking, checking = runs
    return about(
        crossed, seeking.members, runs=seeking.runs, points=seeking.points,
        fresh_runs=checking.runs, fresh_points=checking.points, varied=ranges,
    )  # fmt: skip


def sentences(
    crossed: Crossing, settings: Sequence[Setting], found: Discovery, runs: tuple[Spread, Spread]
) -> list[str]:
    """Return the answer in sentences."""
    line = any_clause(crossed)
    overall = f"In {percent(found.told.share)} of all {runs[0].runs} runs {line}."
    if not found.holds:
        what = (
            "The one setting that was varied does not do"
            if len(settings) == 1
            else f"No combination of the {len(settings)} settings that were varied does"
        )
        none = (
            f"{what} better than chance at telling these runs from the others ({chance_of(found)})."
        )
        return [overall, none, *too_few(found), *definition(crossed)]
    where = conditions(settings, found.box)
    told, fresh = found.told, found.fresh
    return [
        f"In {percent(fresh.density)} of the runs where {where}, {line}; this covers "
        f"{percent(fresh.coverage)} of such runs. (Counted in {runs[1].runs} fresh runs, for "
        f"which it was not chosen; in those in which it was found, {percent(told.density)} and "
        f"{percent(told.coverage)}.)",
        f"Elsewhere {percent(fresh.outside)} of the fresh runs cross the line; of all of them "
        f"{percent(fresh.share)} do.",
        *too_few(found),
        second_opinion(settings, found),
        *names_of(settings, found),
        *definition(crossed),
    ]


def too_few(found: Discovery) -> list[str]:
    """Return that runs or members are too few, where the line is crossed far more often in a half.

    What the two halves differ in is nothing but which points and members they drew.
    """
    shares = found.told.share, found.fresh.share
    if abs(shares[0] - shares[1]) <= UNLIKE * max(shares):
        return []
    return [
        f"Of the runs in which it was sought {percent(shares[0])} cross the line, of the fresh "
        f"ones {percent(shares[1])}: runs or members are too few to rely on this; for more: "
        "--runs, --members."
    ]


def names_of(settings: Sequence[Setting], found: Discovery) -> list[str]:
    """Return what the numbers of the ledger that were told of mean."""
    told = sorted({*found.box.restricted, *(found.leaf.restricted if found.leaf else ())})
    return meanings([settings[k] for k in told])


def chance_of(found: Discovery) -> str:
    """Return how the best box did on fresh runs."""
    if not len(found.box.restricted):
        return "no restriction was better than chance"
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
    dense, wide = percent(found.leaf_fresh.density), percent(found.leaf_fresh.coverage)
    return (
        f"A classification tree, as a second opinion, {agrees}: it points to runs where "
        f"{conditions(settings, found.leaf)} (of fresh runs there {dense} cross, "
        f"which are {wide} of all that do)."
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
        return f"'{setting.name}' is {part_of_range(low, high)}"
    verb = {"months": "lasts", "start": "begins"}.get(setting.field)
    amount = bounds(setting, low, high)
    if verb:
        months = "months later than written" if setting.field == "start" else "months"
        return f"{event_named(setting.event)} {verb} {amount} {months}"
    return f"{named(setting)} is {amount}"


def switched(setting: Setting, on: bool) -> str:
    """Return a switch in words."""
    if setting.name == "shocks":
        return f"monthly shocks are {'on' if on else 'off'}"
    return f"{event_named(setting.event)} {'happens' if on else 'does not happen'}"


def bounds(setting: Setting, low: float, high: float) -> str:
    """Return two bounds in words; of what was tried at some numbers only, the outermost of them."""
    low, high = told_ends(setting, low, high)
    first, last = numbered(setting, low), numbered(setting, high)
    counted = setting.whole or any(named_values([setting]))
    if low > setting.low and high < setting.high:
        return first if low == high else f"between {first} and {last}"
    if low > setting.low:
        return f"at least {first}" if counted else f"above {first}"
    return f"at most {last}" if counted else f"below {last}"


def told_ends(setting: Setting, low: float, high: float) -> tuple[float, float]:
    """Return the ends of a box within a setting's range: numbers that were tried, if counted."""
    (named,) = named_values([setting])
    inside = [number for number in named if low <= number <= high]
    if inside:
        return min(inside), max(inside)
    low, high = max(low, setting.low), min(high, setting.high)
    return (float(np.ceil(low)), float(np.floor(high))) if setting.whole else (low, high)


def boxed(settings: Sequence[Setting], found: Discovery) -> Table:
    """Return the box as a table."""
    rows: list[tuple[Any, ...]] = []
    for k in found.box.restricted:
        one = settings[k]
        low, high = told_ends(one, float(found.box.low[k]), float(found.box.high[k]))
        rows.append((
            one.name, numbered(one, one.low), numbered(one, one.high),
            *(numbered(one, end) for end in (low, high)),
            rarely(found.quasi[int(k)]), what_it_is(one),
        ))  # fmt: skip
    columns = ("setting", "from", "to", "box from", "box to", "by chance", "what it is")
    return Table("box", "The box: what has to hold together", columns, tuple(rows))


def what_it_is(setting: Setting) -> str:
    """Return what a setting is, with the unit in which its bounds are told."""
    if not setting.event:
        return plain_words(setting)
    unit = {"months": " in months", "start": " in months later than written"}
    return named(setting).removeprefix("the ") + unit.get(setting.field, "")


def rarely(chance: float) -> str:
    """Return how often chance alone does as well."""
    return "less than 0.1%" if chance < 0.001 else f"{100.0 * chance:.2g}%"


def measures(found: Discovery) -> Table:
    """Return how well boxes describe where the line is crossed."""
    rows = [
        ("the box told", *measured(found.told)),
        ("the same, fresh runs", *measured(found.fresh)),
    ]
    if found.leaf_fresh is not None:
        rows.append(("the tree's leaf, fresh runs", *measured(found.leaf_fresh)))
    columns = ("", "density", "coverage", "all runs", "points in it", "restrictions")
    caption = "Density: runs in it that cross the line; coverage: crossing runs that lie in it"
    return Table("measures", caption, columns, tuple(rows))


def measured(one: Measure) -> tuple[Any, ...]:
    """Return a box's measures as cells."""
    shares = (one.density, one.coverage, one.share)
    return (*(percent(share) for share in shares), str(one.points), str(one.restrictions))


def picture(settings: Sequence[Setting], found: Discovery) -> Picture:
    """Return the figure of the box and of how it was chosen."""
    from sim.report.figures.boxes import Range, Spot, boxes

    ranges = []
    for k in found.box.restricted:
        one = settings[k]
        low, high = told_ends(one, float(found.box.low[k]), float(found.box.high[k]))
        ranges.append(Range(
            name=one.name.replace("_", " "),
            low=(low - one.low) / (one.high - one.low),
            high=(high - one.low) / (one.high - one.low),
            ends=(numbered(one, one.low), numbered(one, one.high)),
            bounds=(
                f"from {numbered(one, low)}" if low > one.low else "",
                f"to {numbered(one, high)}" if high < one.high else "",
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
    crossed: Crossing, settings: Sequence[Setting], past: np.ndarray, seeking: Spread
) -> Findings:
    """Return that nearly all runs are on one side of the line."""
    share = float(past.mean())
    few = "nearly all, so that it hardly matters" if share > 0.5 else "too few to ask"
    return Findings(
        kind="discover",
        title=f"{crossed.scenario.title}: what it takes",
        question=f"In which combinations does it come about that {any_clause(crossed)}?",
        sentences=(
            f"In {percent(share)} of all {seeking.runs} runs {any_clause(crossed)}: {few} in "
            "which combinations. Move the line, or widen the ranges.",
            *definition(crossed),
        ),
        tables=(),
        pictures=(),
        about=asked_about(crossed, settings, (seeking, Spread(0, 0, 0))),
        notes=crossed.chosen,
    )


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    region, scenario = studied_scenario(asked)
    named = asked.vary or all_uncertain(region, scenario)
    settings = settings_of(region, scenario, named)
    points = design("sobol", settings, named_values(settings), PILOT_POINTS, scenario.seed)
    pilot = Pilot(settings, points, PILOT_MEMBERS)
    crossed = crossing(region, scenario, asked, pilot=pilot)
    why = [*crossed.chosen, *on_the_scenario(scenario, asked.arm)]
    if not asked.vary:
        why.append(
            f"What is varied was chosen: everything uncertain, {len(settings)} settings; for "
            "others: --vary NAME or --vary NAME=LOW:HIGH."
        )
    crossed = replace(crossed, chosen=tuple(why))
    return concluded(
        asked, "discover", lambda one, members: studied(one, settings, asked.runs, members),
        crossed, MEMBERS,
    )  # fmt: skip
