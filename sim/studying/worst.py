"""`run.py worst`: the least that ends a state's hedge, or the levers that keep it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.claims import amount, listed
from sim.compare import describe
from sim.scenario import Scenario
from sim.study.findings import Findings, Picture, Table
from sim.study.settings import settings_of
from sim.study.worst import (
    ENOUGH,
    Candidate,
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
    clause,
    concluded,
    crossing,
    line_arguments,
    on_the_scenario,
    percent,
)

MEMBERS = 24
"""Runs of each set of events, if nothing is asked for."""

LISTED = 5
"""Sets of each size in the table."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    one_scenario(parser)
    sized(parser)
    line_arguments(parser)
    parser.add_argument(
        "--keep", action="store_true",
        help="seek also the levers, events that can be chosen, that keep it from the line",
    )  # fmt: skip


def studied(
    crossed: Crossing, candidates: Sequence[Candidate], keep: bool, members: int
) -> Findings:
    """Return the smallest set of events that crosses the line, told."""
    found = search(sets_of(crossed, candidates, members), len(candidates))
    fresh = None
    if found.smallest is not None:
        others = sets_of(crossed, candidates, members, first=members)
        fresh = judged(others, [found.smallest.chosen], len(candidates))[0].share
    kept = None
    if keep and found.smallest is not None:
        kept = keeping(crossed, candidates, found.smallest, members)
    return findings(crossed, candidates, found, fresh, kept, members)


def suppositions() -> list[Scenario]:
    """Return the scenarios, by arm, that suppose something beyond a baseline.

    Those that extend nothing are worlds by themselves, no suppositions.
    """
    from sim.asking import scenario_of, shipped_scenarios

    others = [scenario_of(file.stem)[1] for file in shipped_scenarios()]
    return [
        arm
        for one in others
        for arm in one.arms or (one,)
        if arm.baseline is not None and arm.baseline.events
    ]


def sets_of(
    crossed: Crossing,
    candidates: Sequence[Candidate],
    members: int,
    always: Sequence[int] = (),
    free: Sequence[int] | None = None,
    first: int = 0,
) -> Sets:
    """Return the model of sets of events: those that are `always` in, and any of the `free`."""
    names = [f"{candidate.event.id}.on" for candidate in candidates]
    settings = settings_of(crossed.region, crossed.scenario, names)
    of = list(range(len(candidates)) if free is None else free)

    def sets(switches: np.ndarray) -> np.ndarray:
        points = np.zeros((len(switches), len(candidates)))
        points[:, of] = switches
        points[:, list(always)] = 1.0
        return crossed.margins(settings, points, first, members).max(axis=-1)

    return sets


def keeping(
    crossed: Crossing, candidates: Sequence[Candidate], worst: Tried, members: int
) -> tuple[Search, tuple[Candidate, ...]]:
    """Return the smallest set of levers that keeps enough runs from the line, and all levers."""
    spent = [candidates[k].event.id for k in worst.chosen]
    free = levers(candidates, spent)
    places = [candidates.index(one) for one in free]
    sets = sets_of(crossed, candidates, members, worst.chosen, places)
    return search(lambda switches: -sets(switches), len(free)), free


# Told -----------------------------------------------------------------------------------------


def findings(
    crossed: Crossing,
    candidates: Sequence[Candidate],
    found: Search,
    fresh: float | None,
    kept: tuple[Search, tuple[Candidate, ...]] | None,
    members: int,
) -> Findings:
    """Return what was found in sentences, tables and figures."""
    line = " or ".join(clause(crossed, one) for one in crossed.outcomes)
    sentences = told(crossed, candidates, found, fresh, line, members)
    tables = [table(crossed, candidates, found, "sets", "past the line")]
    pictures = [picture(crossed, candidates, found, "worst", "the line is crossed")]
    if kept is not None:
        sentences += told_of_levers(crossed, *kept)
    if kept is not None and kept[1]:
        tables.append(table(crossed, kept[1], kept[0], "levers", "kept from the line"))
        pictures.append(picture(crossed, kept[1], kept[0], "levers", "the line is not crossed"))
    return Findings(
        kind="worst",
        title=f"{crossed.scenario.title}: the least that it takes",
        question=f"What is the smallest set of events after which {line}?",
        sentences=(*sentences, *crossed.chosen),
        tables=tuple(tables),
        pictures=tuple(pictures),
        about=about(
            crossed, members, candidates=[one.event.id for one in candidates], enough=ENOUGH
        ),
    )


def told(
    crossed: Crossing,
    candidates: Sequence[Candidate],
    found: Search,
    fresh: float | None,
    line: str,
    members: int,
) -> list[str]:
    """Return the smallest set in words, or that there is none."""
    tried = tried_in_words(found, len(candidates))
    if found.smallest is None:
        best = found.furthest
        furthest = (
            f"The one that goes furthest does so in {percent(best.share)} of runs"
            f"{left_by(crossed, best)}: {in_words(crossed, candidates, best)}."
        )
        return [
            f"No set of up to three of the {len(candidates)} events that were tried is enough: "
            f"with none of them {line} in more than half of the {members} runs.",
            furthest if best.chosen else "None of them goes further than the baseline itself.",
            tried,
        ]
    if not found.smallest.chosen:
        return [
            f"It takes nothing: in {percent(found.none.share)} of {members} runs {line} in the "
            "baseline itself.",
        ]
    how = (
        "One event is enough"
        if len(found.smallest.chosen) == 1
        else (f"It takes {('two', 'three')[len(found.smallest.chosen) - 2]} events together")
    )
    return [
        f"{how}: with {in_words(crossed, candidates, found.smallest)}, {line} in "
        f"{percent(found.smallest.share)} of {members} runs "
        f"({percent(fresh or 0.0)} of as many fresh ones, for which it was not chosen).",
        *rivals(crossed, candidates, found),
        tried,
    ]


def left_by(crossed: Crossing, one: Tried) -> str:
    """Return where a set takes the median run."""
    if crossed.line.of_baseline:
        at, side = crossed.line.at, "above" if crossed.line.above else "below"
        reached = f"{amount(100.0 * (at + one.margin))}% {side} the baseline"
        return f" (the median run comes to {reached}; the line is {100.0 * at:g}%)"
    reached = amount(crossed.line.at + (one.margin if crossed.line.above else -one.margin))
    unit = crossed.outcomes[0].unit
    return f" (the median run comes to {reached} {unit}; the line is {crossed.line.at:g})"


def rivals(crossed: Crossing, candidates: Sequence[Candidate], found: Search) -> list[str]:
    """Return other sets as small that are enough too."""
    assert found.smallest is not None
    size = len(found.smallest.chosen)
    also = [
        one for one in best_of_each_size(found, LISTED)
        if len(one.chosen) == size and one.share > ENOUGH and one != found.smallest
    ]  # fmt: skip
    if not also:
        return ["No other set as small is enough."]
    shares = [f"{in_words(crossed, candidates, one)} ({percent(one.share)})" for one in also[:2]]
    return [f"As small and enough too: {'; '.join(shares)}."]


def tried_in_words(found: Search, candidates: int) -> str:
    """Return which sets were tried."""
    sizes = {1: "alone", 2: "in pairs", 3: "in threes"}
    every = listed([sizes[size] for size in found.complete])
    some = [
        sizes[k]
        for k in sorted({len(one.chosen) for one in found.tried})
        if k not in found.complete
    ]
    text = f"All {candidates} events were tried {every}"
    return f"{text}; {listed(some)} only those that promised most." if some else f"{text}."


def told_of_levers(crossed: Crossing, found: Search, candidates: Sequence[Candidate]) -> list[str]:
    """Return the smallest set of levers in words, or that there is none."""
    if not candidates:
        return ["None of the other events is a lever, one that a state or a power could choose."]
    if found.smallest is None:
        best = found.furthest
        return [
            f"No set of up to three of {len(candidates)} levers keeps more than half of the runs "
            f"from it; {in_words(crossed, candidates, best)} do in {percent(best.share)}."
        ]
    return [
        f"What keeps it from that in {percent(found.smallest.share)} of runs: "
        f"{in_words(crossed, candidates, found.smallest)}."
    ]


def in_words(crossed: Crossing, candidates: Sequence[Candidate], one: Tried) -> str:
    """Return a set of events in words."""
    if not one.chosen:
        return "none of them"
    names = [event_in_words(crossed, candidates[k]) for k in one.chosen]
    return listed(names)


def event_in_words(crossed: Crossing, candidate: Candidate) -> str:
    """Return an event as it stands in a sentence: its name, and what it supposes."""
    supposed = describe(replace(candidate.event, note=""), crossed.region).rstrip(".")
    return f"'{candidate.event.id.replace('_', ' ')}' ({supposed})"


def table(
    crossed: Crossing, candidates: Sequence[Candidate], found: Search, name: str, side: str
) -> Table:
    """Return the sets that go furthest, by size."""
    rows: list[tuple[Any, ...]] = [("none of them", "0", percent(found.none.share), by(found.none))]
    rows += [
        (
            listed([candidates[k].event.id for k in one.chosen]),
            str(len(one.chosen)),
            percent(one.share),
            by(one),
        )
        for one in best_of_each_size(found, LISTED)
    ]
    caption = f"Sets that go furthest: runs {side}, and how far past it the median run is"
    if crossed.line.of_baseline:
        caption += ", in parts of the baseline"
    columns = ("events", "events in it", f"runs {side}", "median run")
    return Table(name, caption, columns, tuple(rows))


def by(one: Tried) -> str:
    """Return how far past the line the median run is."""
    return f"{one.margin:+.3g}".replace("-", "\N{MINUS SIGN}")


def picture(
    crossed: Crossing, candidates: Sequence[Candidate], found: Search, name: str, crosses: str
) -> Picture:
    """Return the figure of the sets that go furthest."""
    from sim.report.figures.worst import Bar
    from sim.report.figures.worst import worst as drawn

    bars = [
        Bar(
            " + ".join(candidates[k].event.id.replace("_", " ") for k in one.chosen),
            one.share,
            one == found.smallest,
        )
        for one in best_of_each_size(found, LISTED)
    ]
    caption = f"Share of runs in which {crosses}, by set of events; dashes: more runs than not."
    return Picture(name, caption, lambda figure: drawn(figure, bars, ENOUGH, crosses))


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, study, write, print."""
    region, scenario = studied_scenario(asked)
    asked_of = crossing(region, scenario, asked, by_default="hedge_ends")
    candidates = pool(scenario, suppositions())
    why = (*asked_of.chosen, *on_the_scenario(scenario, asked.arm))
    crossed = replace(asked_of, scenario=with_all(scenario, candidates), chosen=why)
    return concluded(
        asked, "worst", lambda one, members: studied(one, candidates, asked.keep, members),
        crossed, MEMBERS,
    )  # fmt: skip
