"""`run.py dock`: two published models on the same members, and how far they agree with this one."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.answer.words import moved, possessive, ranged, when
from sim.claims import FEW, amount, counted_runs, frequency, listed
from sim.compare import name as named
from sim.region import Region
from sim.results import MEASURED_FROM, band, compare
from sim.study.docking import Docked, docked, solved
from sim.study.findings import Findings, Picture, Table
from sim.study.landscape import Landscape
from sim.study.lines import tiny_of
from sim.studying.common import one_scenario, progress, sized, studied, study_folder
from sim.studying.lines import on_the_scenario, percent, world_in_record, written_out

MEMBERS = 100
"""Runs if nothing is asked for."""

NEEDED = ("engagement", "pressure", "friction", "effort", "threat", "flow", *MEASURED_FROM)
"""What both models read of a run."""

NAMED = 4
"""Players of whom a sentence tells; all are in the table."""

HUNDRED = 100.0

LEAST = 1e-4
"""What is smaller is told as nothing: far below a digit of what is judged."""

REASONS = (
    "Landscape theory (Axelrod and Bennett 1993) knows two blocs and no third way: whoever hedges "
    "has no place in it. It needs symmetric propensities, and those here are not: both views of a "
    "pair were averaged. It says who would stand with whom, and has no time in it; this model says "
    "how ties are spread, and how fast they move.",
    "Bargaining over lines (Hubert and Ikonnikova 2011; Cobanli 2014) lets all players agree at "
    "once, with full knowledge and no contracts; a line that nobody uses counts for what it could "
    "do. Route ties here count what is carried. Transit states without a gate of their own, the "
    "buyers' other sources and the cost of new lines are in Cobanli's game and not in this one.",
    "The same relations are all that can agree (Axtell and others 1996): neither model has the "
    "quantities of the other.",
)
"""Why they differ."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    one_scenario(parser)
    sized(parser)


# Told -------------------------------------------------------------------------------------------


def findings(found: Docked, notes: Sequence[str]) -> Findings:
    """Return how far the models agree, told."""
    scenario = found.results.scenario
    return Findings(
        kind="dock",
        title=f"Beside two published models: {scenario.title}",
        question="Do a theory of blocs and a theory of bargaining over pipelines, on the same "
        "numbers, say the same?",
        sentences=(*about_blocs(found), *about_lines(found)),
        notes=(how(found), *REASONS, *notes),
        tables=(blocs_table(found), lines_table(found), own_table(found)),
        pictures=(picture(found),),
        about={
            "scenario": scenario.name,
            "arm": scenario.arm,
            "start": scenario.start,
            "months": scenario.months,
            "seed": scenario.seed,
            "members": scenario.members,
            "month": found.moment.key,
            **world_in_record(scenario),
        },
    )


def how(found: Docked) -> str:
    """Return what was done."""
    return (
        f"{counted_runs(found.results.members).capitalize()}, the same members for all three. "
        "Blocs: all ways to part the five states and the three powers in two, at the base year and "
        f"in {when(found.moment)}. Lines: the oil and gas that the states send, over the links of "
        "this model, worth what they earn at the border over what they are worth in the ground."
    )


def about_blocs(found: Docked) -> list[str]:
    """Return what landscape theory says, and how it goes with this model."""
    return [in_the_base_year(found), what_changes(found), *held_and_spread(found)]


def in_the_base_year(found: Docked) -> str:
    """Return how the actors part in the base year."""
    way, share = usual(found.base)
    blocs = in_words(found.results.region, found.base, way)
    many = frequency(share, found.results.members)
    single = bool((found.base.stable.sum(axis=1) == 1).all())
    only = ", and no other parting is stable in any run" if single else ""
    also = "".join(f" {otherwise(found, what, one)}" for what, one in found.otherwise.items())
    return f"Landscape theory parts the base year into {blocs} {many}{only}.{also}"


def otherwise(found: Docked, what: str, one: Landscape) -> str:
    """Return how the actors part by another judgement of ours."""
    way, share = usual(one)
    if way == usual(found.base)[0]:
        return f"With {what} it is the same {often(share, found.results.members)}."
    blocs = in_words(found.results.region, one, way)
    return f"With {what} it is {blocs} {often(share, found.results.members)}."


def often(share: float, members: int) -> str:
    """Return in how many runs, in per cent; few are counted."""
    return frequency(share, members) if members < FEW else f"in {percent(share)} of runs"


def what_changes(found: Docked) -> str:
    """Return whether the scenario moves anybody to the other side."""
    changed = (
        found.before.sides[found.before.lowest] != found.after.sides[found.after.lowest]
    ).any(axis=1)  # fmt: skip
    date = when(found.moment)
    if not changed.any():
        return (
            f"The scenario moves nobody to the other side in any run by {date}: of hedging, that "
            "theory sees nothing."
        )
    return (
        f"By {date} the scenario moves somebody to the other side "
        f"{often(float(changed.mean()), found.results.members)}."
    )


def held_and_spread(found: Docked) -> list[str]:
    """Return how a looser hold goes with wider ties."""
    region, told = found.results.region, []
    least = tiny_of("breadth", "effective partners")
    most = int(np.abs(np.median(found.hold, axis=0)).argmax())
    if np.median(found.hold[:, most]) != 0.0:
        told.append(
            f"What holds {named(region.states[most], region)} in its bloc is "
            f"{moved(cells(found.hold[:, most], HUNDRED), '%', 'stronger', 'weaker')} in "
            f"{when(found.moment)} than in the baseline; in this model its ties are "
            f"{moved(cells(found.wider[:, most]), 'effective partners', 'wider', 'narrower')} then."
        )
    alike, of = found.agreement
    if of:
        told.append(
            f"A weaker hold goes with wider ties, or a stronger one with narrower, in "
            f"{percent(alike / of)} of the {of} runs and states whose ties change in breadth by "
            f"{amount(least, 1)} effective partners or more."
        )
    else:
        told.append("No state's ties change in breadth by what can be told from nothing.")
    return told


def usual(one: Landscape) -> tuple[int, float]:
    """Return the most usual parting, and the share of members that have it."""
    (way, count), *_ = Counter(one.lowest.tolist()).most_common(1)
    return way, count / len(one.lowest)


def in_words(region: Region, one: Landscape, way: int) -> str:
    """Return two blocs in words, the larger first."""
    sides = dict(zip(one.actors, one.sides[way].tolist(), strict=True))
    blocs = [[named(code, region) for code in sides if sides[code] == here] for here in (0, 1)]
    larger, smaller = sorted(blocs, key=len, reverse=True)
    if not smaller:
        return "one bloc of all"
    if len(smaller) == 1:
        return f"{listed(larger)} on one side and {smaller[0]} alone on the other"
    return f"{listed(larger)} on one side and {listed(smaller)} on the other"


def about_lines(found: Docked) -> list[str]:
    """Return what bargaining over the lines gives to whom, and how it goes with this model."""
    return [parts(found), *unused(found), with_the_scenario(found), ranks(found)]


def parts(found: Docked) -> str:
    """Return the players' parts of what the lines earn."""
    shares = np.median(found.now.shares, axis=0)
    order = np.argsort(-shares)[:NAMED]
    told = [f"{name_of(found, int(k))} {spanned(found.now.shares[:, k])}" for k in order]
    return f"Of what oil and gas earn, bargaining over the lines gives {listed(told)}."


def spanned(members: np.ndarray) -> str:
    """Return per cents, range before median."""
    return ranged(cells(members, HUNDRED), "%")


def cells(members: np.ndarray, scale: float = 1.0) -> list[float]:
    """Return median, 5% and 95%, as they are told."""
    return [scale * float(part) for part in band(members, 0)]


def plain(number: float) -> str:
    """Return a number of a table; what is below a ten-thousandth is 0."""
    return amount(number) if abs(number) >= LEAST else "0"


def unused(found: Docked) -> list[str]:
    """Return for whom it matters most that lines count which are not used, or not built."""
    region = found.results.region
    keepers = [k for k, one in enumerate(found.now.players) if one in region.partners]
    flows, now, options = (
        HUNDRED * np.median(one, axis=0)
        for one in (found.flows, found.now.shares, found.options.shares)
    )
    most = max(keepers, key=lambda k: abs(options[k] - flows[k]))
    name = name_of(found, most)
    return [
        f"By what is carried {possessive(name)} part is {amount(flows[most])}%; by bargaining over "
        f"the lines as they are it is {amount(now[most])}%, and over all that could be built "
        f"{amount(options[most])}% (medians): what could be used counts beside what is."
    ]


def with_the_scenario(found: Docked) -> str:
    """Return what the scenario does to the players' parts."""
    date = when(found.moment)
    if found.then is None:
        return f"The scenario changes no oil or gas line by {date}, and so nobody's part."
    change = found.then.power - found.now.power
    order = np.argsort(-np.abs(np.median(change, axis=0)))
    told = [
        f"{possessive(name_of(found, int(k)))} part is "
        f"{moved(cells(change[:, k]), 'bn USD a year', 'larger', 'smaller')}"
        for k in order[:NAMED]
        if abs(np.median(change[:, k])) >= LEAST
    ]
    if not told:
        return f"With the lines of {date} nobody's part changes."
    return f"With the lines of {date}, {'; '.join(told)}."


def ranks(found: Docked) -> str:
    """Return how the states' own games rank keepers of gates, beside the route ties."""
    correlation = ranged(list(found.rank_agreement), "").replace("  ", " ").rstrip()
    return (
        f"Over {len(found.route_cells)} pairs of a state and a keeper of its gates, the keeper's "
        "part in the state's own game and its share in the state's route ties are ranked with a "
        f"Spearman correlation of {correlation} over the runs: 1 is the same order, 0 none."
    )


def name_of(found: Docked, player: int) -> str:
    """Return the name of a player as it stands in a sentence."""
    return named(found.now.players[player], found.results.region)


# Tables -----------------------------------------------------------------------------------------


def blocs_table(found: Docked) -> Table:
    """Return what holds each state in its bloc, beside how wide its ties are."""
    region, base = found.results.region, found.base
    sides = base.sides[usual(base)[0]]
    rows: list[tuple[Any, ...]] = []
    for place, state in enumerate(region.states):
        others = [one for one in region.powers if sides[base.actors.index(one)] == sides[place]]
        rows.append((
            region.actor(state).name,
            listed([region.actor(one).name for one in others]) or "none",
            *map(plain, cells(found.hold[:, place], HUNDRED)),
            *map(plain, cells(found.wider[:, place])),
        ))  # fmt: skip
    return Table(
        "blocs",
        f"States in two blocs: change from the baseline in {when(found.moment)}",
        (
            "state", "powers in its bloc", "hold, % (median)", "5%", "95%",
            "breadth, effective partners (median)", "5%", "95%",
        ),
        tuple(rows),
    )  # fmt: skip


def lines_table(found: Docked) -> Table:
    """Return each player's part, by what is carried and by bargaining."""
    change = None if found.then is None else found.then.power - found.now.power
    rows: list[tuple[Any, ...]] = []
    for place in range(len(found.now.players)):
        carried, now, options = (
            amount(HUNDRED * float(np.median(one[:, place])))
            for one in (found.flows, found.now.shares, found.options.shares)
        )
        low, high = map(plain, cells(found.now.shares[:, place], HUNDRED)[1:])
        then = "0" if change is None else plain(float(np.median(change[:, place])))
        rows.append((name_of(found, place), carried, now, low, high, options, then))
    return Table(
        "lines",
        "Parts of what oil and gas lines earn, %, and what the scenario adds, bn USD a year",
        (
            "player", "by what is carried", "by bargaining (median)", "5%", "95%",
            "over all that could be built", f"added in {when(found.moment)}",
        ),
        tuple(rows),
    )  # fmt: skip


def own_table(found: Docked) -> Table:
    """Return each state's own game beside its route ties."""
    region = found.results.region
    rows = [
        (
            region.actor(state).name, region.actor(player).name,
            amount(HUNDRED * float(np.median(part))), amount(HUNDRED * float(np.median(tie))),
        )
        for state, player, part, tie in found.route_cells
    ]  # fmt: skip
    return Table(
        "own",
        "Each state alone with those who keep its gates: their part by bargaining, and their "
        "share in its route ties (freight among them), medians in %",
        ("state", "keeper", "part", "route ties"),
        tuple(rows),
        seen="page",
    )


def picture(found: Docked) -> Picture:
    """Return the parts by what is carried and by bargaining, and holds beside breadths."""
    from sim.report.figures.docking import Placed, Shared, drawn

    region = found.results.region
    shared = [
        Shared(
            name_of(found, place),
            HUNDRED * float(np.median(found.flows[:, place])),
            tuple(cells(found.now.shares[:, place], HUNDRED)),
            HUNDRED * float(np.median(found.options.shares[:, place])),
        )
        for place in range(len(found.now.players))
    ]
    placed = [
        Placed(
            state, region.actor(state).name,
            tuple(cells(found.hold[:, place], HUNDRED)),
            tuple(cells(found.wider[:, place])),
        )
        for place, state in enumerate(region.states)
    ]  # fmt: skip
    caption = (
        "Left: each player's part of what oil and gas earn. Right: what holds each state in its "
        f"bloc beside how wide its ties are, changes from the baseline in {when(found.moment)}; "
        "a weaker hold with wider ties lies up and to the left."
    )
    return Picture("dock", caption, lambda figure: drawn(figure, shared, placed))


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run, solve both models, write, print."""
    region, whole = studied(asked)
    scenario = whole.resized(asked.members or MEMBERS)
    target = study_folder(asked, scenario, "dock")
    results = compare(region, scenario, keep=NEEDED)
    with progress(solved(results), 0, asked.quiet, "games") as advance:
        found = docked(results, advance)
    notes = on_the_scenario(whole, asked.arm)
    return written_out(findings(found, notes), target, asked.quiet)
