"""`run.py worst`: the least that ends a state's hedge, or the levers that keep it."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.claims import amount, listed
from sim.compare import describe
from sim.errors import InputError
from sim.scenario import Scenario
from sim.study.findings import Findings, Picture, Table
from sim.study.lines import scaled, unit_told
from sim.study.settings import Setting, settings_of
from sim.study.worst import (
    ENOUGH,
    LARGEST,
    Candidate,
    Runs,
    Search,
    Sets,
    Tried,
    best_of_each_size,
    judged,
    levers,
    pool,
    search,
    with_all,
)
from sim.studying.common import one_scenario, sized
from sim.studying.common import studied as studied_scenario
from sim.studying.lines import (
    Crossing,
    about,
    any_clause,
    any_subject,
    clause,
    concluded,
    crossing,
    definition,
    event_named,
    line_arguments,
    on_the_scenario,
    percent,
    reached,
    subject,
)

MEMBERS = 24
"""Runs of each set of events, if nothing is asked for."""

LISTED = 5
"""Sets of each size in the table."""

NUMBERS = ("none", "one", "two", "three")
TOGETHER = ("", "alone", "in pairs", "in threes")
"""How many events a set has, in words, by their number: up to the largest that is tried."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    one_scenario(parser)
    sized(parser)
    line_arguments(parser)
    parser.add_argument(
        "--keep", action="store_true",
        help="seek also the levers, events that can be chosen, that keep it from the line",
    )  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """What was found in some runs, and how the smallest set does in as many fresh ones."""

    found: Search
    candidates: tuple[Candidate, ...]
    fresh: float | None  # share of fresh runs; None where no set was found that has events


def studied(
    crossed: Crossing,
    candidates: Sequence[Candidate],
    keep: bool,
    members: int,
    left_out: Sequence[str] = (),
) -> Findings:
    """Return the smallest set of events that crosses the line, told."""
    ends = sought(
        candidates, lambda first: sets_of(crossed, candidates, members, first=first), members
    )
    kept = None
    if keep and ends.found.smallest is not None:
        kept = keeping(crossed, candidates, ends.found.smallest, members)
    idle = without_room(crossed, candidates, members)
    return findings(crossed, ends, kept, members, idle, left_out)


def sought(
    candidates: Sequence[Candidate], sets_from: Callable[[int], Sets], members: int
) -> Checked:
    """Return the smallest set that is enough, tried on members for which it was not chosen too."""
    found = search(sets_from(0), len(candidates))
    fresh = None
    if found.smallest is not None and found.smallest.chosen:
        fresh = judged(sets_from(members), [found.smallest.chosen], len(candidates))[0].share
    return Checked(found, tuple(candidates), fresh)


def suppositions() -> tuple[list[Scenario], list[str]]:
    """Return the scenarios, by arm, that suppose something beyond a baseline; and unreadable files.

    Those that extend nothing are worlds by themselves, no suppositions.
    """
    from sim.asking import scenario_of, shipped_scenarios

    others, left_out = [], []
    for file in shipped_scenarios():
        try:
            others.append(scenario_of(file.stem)[1])
        except InputError:
            left_out.append(file.stem)
    return [
        arm
        for one in others
        for arm in one.arms or (one,)
        if arm.baseline is not None and arm.baseline.events
    ], left_out


def sets_of(
    crossed: Crossing,
    candidates: Sequence[Candidate],
    members: int,
    always: Sequence[int] = (),
    free: Sequence[int] | None = None,
    first: int = 0,
) -> Sets:
    """Return the model of sets of events: those that are `always` in, and any of the `free`.

    Of several outcomes, that which goes furthest in a run stands for it.
    """
    settings = switches_of(crossed, candidates)
    of = list(range(len(candidates)) if free is None else free)

    def sets(switches: np.ndarray) -> Runs:
        points = np.zeros((len(switches), len(candidates)))
        points[:, of] = switches
        points[:, list(always)] = 1.0
        found = crossed.runs(settings, points, first, members)
        past = crossed.past(found)
        furthest = past.argmax(axis=-1)[..., None]
        past, read = (
            np.take_along_axis(each, furthest, axis=-1)[..., 0]
            for each in (past, crossed.read(found))
        )
        return Runs(past > 0.0, past, read)

    return sets


def switches_of(crossed: Crossing, candidates: Sequence[Candidate]) -> tuple[Setting, ...]:
    """Return a switch for each candidate."""
    names = [f"{candidate.event.id}.on" for candidate in candidates]
    return settings_of(crossed.region, crossed.scenario, names)


def keeping(
    crossed: Crossing, candidates: Sequence[Candidate], worst: Tried, members: int
) -> Checked:
    """Return the smallest set of levers that keeps enough runs from the line."""
    spent = [candidates[k].event.id for k in worst.chosen]
    free = levers(candidates, spent)
    places = [candidates.index(one) for one in free]

    def sets_from(first: int) -> Sets:
        sets = sets_of(crossed, candidates, members, worst.chosen, places, first)
        return lambda switches: kept_from(sets(switches))

    return sought(free, sets_from, members)


def kept_from(runs: Runs) -> Runs:
    """Return runs for which not to cross is what is wanted."""
    return Runs(~runs.crossed, -runs.past, runs.read)


def without_room(crossed: Crossing, candidates: Sequence[Candidate], members: int) -> float:
    """Return the share of runs in which the baseline leaves no outcome anything to cross."""
    none = np.zeros((1, len(candidates)))
    found = crossed.runs(switches_of(crossed, candidates), none, 0, members)
    return float(crossed.no_room(found).all(axis=-1).mean())


# Told -----------------------------------------------------------------------------------------


def findings(
    crossed: Crossing,
    ends: Checked,
    kept: Checked | None,
    members: int,
    idle: float,
    left_out: Sequence[str],
) -> Findings:
    """Return what was found in sentences, tables and figures."""
    line = any_clause(crossed)
    sentences = told(crossed, ends, line, members, idle)
    tables = [table(crossed, ends, "sets", "past the line")]
    pictures = [picture(crossed, ends, "sets", "the line is crossed")]
    if kept is not None:
        sentences += told_of_levers(crossed, kept)
    if kept is not None and kept.candidates:
        tables.append(table(crossed, kept, "levers", "kept from the line"))
        pictures.append(picture(crossed, kept, "levers", "the line is not crossed"))
    if rows := supposed(crossed, [one for one in (ends, kept) if one is not None]):
        tables.append(Table("events", SUPPOSED, ("event", "scenario", "what it supposes"), rows))
    return Findings(
        kind="worst",
        title=title(crossed),
        question=question(crossed, line),
        sentences=defined_once(crossed, ends.candidates, (*sentences, *definition(crossed))),
        tables=tuple(tables),
        pictures=tuple(one for one in pictures if one is not None),
        about=about(
            crossed, members, candidates=[one.event.id for one in ends.candidates], enough=ENOUGH
        ),
        notes=(*tried_in_words(ends), *told_of_files(left_out), *crossed.chosen),
    )


def title(crossed: Crossing) -> str:
    """Return what is sought, and beside which baseline."""
    what = clause(crossed, crossed.outcomes[0]) if crossed.named else any_subject(crossed)
    goes = "" if crossed.named else " crosses a line"
    return f"After which events {what}{goes}, beside the baseline of {scenario_named(crossed)}"


def question(crossed: Crossing, line: str) -> str:
    """Return what is asked, and on what sets of events are tried."""
    return (
        f"What is the smallest set of events after which {line}? Sets are tried on one and the "
        f"same baseline, that of {scenario_named(crossed)}; its own events are in only where the "
        "set has them."
    )


def scenario_named(crossed: Crossing) -> str:
    """Return the scenario's name as it stands in a sentence."""
    return f"'{crossed.scenario.name.replace('_', ' ')}'"


def told(crossed: Crossing, ends: Checked, line: str, members: int, idle: float) -> list[str]:
    """Return the smallest set in words, or that there is none."""
    found, fresh = ends.found, ends.fresh
    if not ends.candidates:
        return [
            "There is no event that could be tried: none that a scenario supposes begins before "
            "the run ends; for a longer one: --months."
        ]
    if found.smallest is None:
        return [
            f"No set that was tried, of up to {NUMBERS[LARGEST]} of {len(ends.candidates)} events, "
            f"is enough: after none of them is it so in more than half of the {members} runs that "
            f"{line}.",
            *nearest(crossed, ends),
            *nothing_to_lose(crossed, idle),
        ]
    if not found.smallest.chosen:
        return [
            f"It takes nothing: in {percent(found.none.share)} of {members} runs {line} in the "
            "baseline itself, without any of the events.",
        ]
    count = len(found.smallest.chosen)
    how = "One event is enough" if count == 1 else f"It takes {NUMBERS[count]} events together"
    return [
        f"{how}: with {in_words(ends.candidates, found.smallest)}, {line} in "
        f"{percent(found.smallest.share)} of {members} runs{set_beside(fresh, alone(found.none))}.",
        *nothing_to_lose(crossed, idle),
        *rivals(crossed, ends),
    ]


def set_beside(fresh: float | None, none: str) -> str:
    """Return how a set does in fresh runs, if that was tried, and how none does; in brackets."""
    if fresh is None:
        return f" ({none})"
    return f" ({percent(fresh)} of as many fresh ones, for which it was not chosen; {none})"


def alone(none: Tried) -> str:
    """Return in how many runs the baseline crosses the line without any of the events."""
    return f"{percent(none.share) if none.share else 'none'} without any of them"


def without_any(none: Tried) -> str:
    """Return in how many runs it does not come to that without any lever."""
    return f"{percent(none.share)} do without any" if none.share else "none does without any"


def nearest(crossed: Crossing, ends: Checked) -> list[str]:
    """Return which set goes furthest, in how many runs it crosses and where it takes the others."""
    best, none = ends.found.furthest, ends.found.none
    if not best.chosen:
        if none.share:
            return [f"None of them crosses in more runs than the baseline itself, "
                    f"{percent(none.share)}."]  # fmt: skip
        return ["None of them goes further than the baseline itself."]
    which = in_words(ends.candidates, best)
    come = "comes" if len(best.chosen) == 1 else "come"
    if best.share == 0.0:
        return [f"Not one run crosses the line. Nearest to it {come} {which}: "
                f"{median_run(crossed, best, none)}."]  # fmt: skip
    go = "goes" if len(best.chosen) == 1 else "go"
    return [f"Furthest {go} {which}: {percent(best.share)} of runs cross ({alone(none)}), and "
            f"{median_run(crossed, best, none)}."]  # fmt: skip


def median_run(crossed: Crossing, one: Tried, none: Tried) -> str:
    """Return where the median run is after a set, and without it where that is not nothing."""
    outcome = crossed.outcomes[0]
    text = f"in the median run {which_is_read(crossed)} is {reached(crossed, outcome, one.read)}"
    if crossed.line.of_baseline or outcome.of != "level":
        return text
    return f"{text.removesuffix(')')}; without these events: {number_read(crossed, none)})"


def number_read(crossed: Crossing, one: Tried) -> str:
    """Return what is read in the median run as a number, in the unit in which it is told."""
    return amount(scaled(crossed.line, one.read, crossed.outcomes[0].unit))


def which_is_read(crossed: Crossing) -> str:
    """Return what is held against the line, as a subject."""
    outcome = crossed.outcomes[0]
    if len(crossed.outcomes) == 1:
        return subject(crossed, outcome)
    return f"the {subject(crossed, outcome, owned=False)} of the state that goes furthest"


def nothing_to_lose(crossed: Crossing, idle: float) -> list[str]:
    """Return in how many runs the line cannot be crossed, as the baseline is past it."""
    if idle == 0.0:
        return []
    return [
        f"In {percent(idle)} of runs it cannot come to that, as the baseline is past the line; "
        "these count as not crossing it."
    ]


def rivals(crossed: Crossing, ends: Checked) -> list[str]:
    """Return other sets as small that are enough too."""
    found = ends.found
    assert found.smallest is not None
    size = len(found.smallest.chosen)
    also = [
        one for one in best_of_each_size(found, LISTED)
        if len(one.chosen) == size and one.share > ENOUGH and one != found.smallest
    ]  # fmt: skip
    if not also:
        return ["No other set as small is enough."]
    shares = [f"{in_words(ends.candidates, one)} ({percent(one.share)})" for one in also[:2]]
    return [f"As small and enough too: {'; '.join(shares)}."]


def tried_in_words(ends: Checked) -> list[str]:
    """Return which sets were tried, if any were."""
    found = ends.found
    if not found.tried:
        return []
    every = listed([TOGETHER[size] for size in found.complete])
    some = [
        TOGETHER[k]
        for k in sorted({len(one.chosen) for one in found.tried})
        if k not in found.complete
    ]
    text = f"All {len(ends.candidates)} events were tried {every}"
    return [f"{text}; {listed(some)} only those that promised most." if some else f"{text}."]


def told_of_levers(crossed: Crossing, kept: Checked) -> list[str]:
    """Return the smallest set of levers in words, or that there is none."""
    found, candidates = kept.found, kept.candidates
    if not candidates:
        return ["None of the other events is a lever, one that a state or a power could choose."]
    if found.smallest is None:
        best = found.furthest
        does = "does" if len(best.chosen) == 1 else "do"
        most = (
            f"the best, {in_words(candidates, best)}, {does} in {percent(best.share)}"
            if best.share > found.none.share
            else "none does in more runs than no lever at all"
        )
        return [
            f"No set that was tried, of up to {NUMBERS[LARGEST]} of {len(candidates)} levers, "
            f"keeps that from happening in more than half of the runs; {most} "
            f"({without_any(found.none)})."
        ]
    beside = set_beside(kept.fresh, without_any(found.none))
    return [
        f"What keeps that from happening in {percent(found.smallest.share)} of runs{beside}: "
        f"{in_words(candidates, found.smallest)}."
    ]


def told_of_files(left_out: Sequence[str]) -> list[str]:
    """Return which scenarios are no candidates as their files cannot be read."""
    if not left_out:
        return []
    they = "it cannot be read" if len(left_out) == 1 else "they cannot be read"
    names = listed([f"'{name}'" for name in left_out])
    return [f"Left out, as {they}: {names}; for the reason: python run.py check {left_out[0]}."]


def in_words(candidates: Sequence[Candidate], one: Tried) -> str:
    """Return a set of events by their names."""
    if not one.chosen:
        return "none of them"
    return listed([event_named(candidates[k].event.id) for k in one.chosen])


def defined_once(
    crossed: Crossing, candidates: Sequence[Candidate], sentences: Sequence[str]
) -> tuple[str, ...]:
    """Return sentences in which each event's name is followed by what it supposes the first time.

    All are looked through at once, so that no name within what another supposes counts.
    """
    unknown = {event_named(one.event.id): one for one in candidates}

    def first(found: re.Match[str]) -> str:
        one = unknown.pop(found[0], None)
        return found[0] if one is None else f"{found[0]} ({supposition(crossed, one)})"

    names = "|".join(re.escape(name) for name in unknown)
    return tuple(re.sub(names, first, one) for one in sentences) if names else tuple(sentences)


def supposition(crossed: Crossing, candidate: Candidate) -> str:
    """Return what an event supposes."""
    return describe(replace(candidate.event, note=""), crossed.region).rstrip(".")


SUPPOSED = (
    "The events named above: in which scenario each is written, and what it supposes here, where "
    "every scenario begins in the month in which this one does"
)
"""What the table of events is called."""


def supposed(crossed: Crossing, checked: Sequence[Checked]) -> tuple[tuple[str, str, str], ...]:
    """Return a row for each event that some table names: its scenario, and what it supposes."""
    named = [
        one.candidates[k]
        for one in checked
        for tried in best_of_each_size(one.found, LISTED)
        for k in tried.chosen
    ]
    return tuple(
        (one.event.id, one.scenario, supposition(crossed, one))
        for one in {one.event.id: one for one in named}.values()
    )


def table(crossed: Crossing, ends: Checked, name: str, side: str) -> Table:
    """Return the sets that go furthest, by size."""
    found, outcome = ends.found, crossed.outcomes[0]
    rows: list[tuple[Any, ...]] = [
        (
            listed([ends.candidates[k].event.id for k in one.chosen]) or NONE[name],
            str(len(one.chosen)),
            percent(one.share),
            amount(scaled(crossed.line, one.read, outcome.unit), 3),
        )
        for one in (found.none, *best_of_each_size(found, LISTED))
    ]
    caption = (
        f"{HEADS[name]}: runs {side}; and {which_is_read(crossed)} in the median run "
        f"({unit_read(crossed)})"
    )
    columns = ("events", "events in it", f"runs {side}", "median run")
    return Table(name, caption, columns, tuple(rows))


HEADS = {"sets": "Sets that go furthest", "levers": "Levers that undo most of it"}
"""What each table is called."""

NONE = {"sets": "none, the baseline", "levers": "no lever"}
"""What a row of each table is called that has no events."""


def picture(crossed: Crossing, ends: Checked, name: str, crosses: str) -> Picture | None:
    """Return the figure of the sets that go furthest; None where nothing was tried.

    In how many runs; where there is none in any, how near the median run comes to the line.
    """
    from sim.report.figures.worst import ALL_RUNS, Bar
    from sim.report.figures.worst import worst as drawn

    found, outcome = ends.found, crossed.outcomes[0]
    best = list(best_of_each_size(found, LISTED))
    if not best:
        return None

    def called(one: Tried) -> str:
        events = [ends.candidates[k].event.id.replace("_", " ") for k in one.chosen]
        return " + ".join(events) or NONE[name]

    if name == "sets" and found.furthest.share == 0.0:
        lengths = [scaled(crossed.line, one.read, outcome.unit) for one in (found.none, *best)]
        bars = [
            Bar(called(one), length, amount(length, 3), False)
            for one, length in zip((found.none, *best), lengths, strict=True)
        ]
        upright = scaled(crossed.line, line_read(crossed), outcome.unit)
        below = f"{which_is_read(crossed)}, median run ({unit_read(crossed)})"
        caption = f"How near to the line (dashes) sets of events come: {below}."
        return Picture("worst", caption, lambda figure: drawn(figure, bars, upright, below))
    bars = [
        Bar(called(one), 100.0 * one.share, f"{100.0 * one.share:.0f}", one == found.smallest)
        for one in best
    ]
    below = f"% of runs in which {crosses}"
    caption = f"Share of runs in which {crosses}, by set of events; dashes: more runs than not."
    file = "worst" if name == "sets" else name
    return Picture(
        file, caption, lambda figure: drawn(figure, bars, 100.0 * ENOUGH, below, ALL_RUNS)
    )


def line_read(crossed: Crossing) -> float:
    """Return the line as a number of what is held against it: a fall is below 0."""
    line = crossed.line
    return -line.at if line.of_baseline and not line.above else line.at


def unit_read(crossed: Crossing) -> str:
    """Return in what it is told what is held against the line."""
    outcome = crossed.outcomes[0]
    return unit_told(crossed.line, outcome.unit, outcome.of)


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    region, scenario = studied_scenario(asked)
    asked_of = crossing(region, scenario, asked, by_default="hedge_ends")
    others, left_out = suppositions()
    candidates = pool(scenario, others)
    why = (*asked_of.chosen, *on_the_scenario(scenario, asked.arm))
    crossed = replace(asked_of, scenario=with_all(scenario, candidates), chosen=why)
    return concluded(
        asked, "worst",
        lambda one, members: studied(one, candidates, asked.keep, members, left_out),
        crossed, MEMBERS,
    )  # fmt: skip
