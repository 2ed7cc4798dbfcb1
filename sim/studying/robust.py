"""`run.py robust`: the headline changes of scenarios over members, under rules, beside placebos."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.answer.cells import summed
from sim.answer.words import moved, possessive, when
from sim.by_rule import what_is_chosen
from sim.claims import FEW, LEAST_WRITTEN, amount, counted_runs, frequency, listed
from sim.errors import InputError, Problem
from sim.region import Region
from sim.scenario import Scenario
from sim.study.findings import Findings, Picture, Table
from sim.study.placebo import placebos
from sim.study.robust import Headline, headlines, member_months, refuse_without_change
from sim.studying.common import (
    band_heads,
    banded,
    folder_name,
    one_arm,
    progress,
    sized,
)
from sim.studying.compare import label, upper
from sim.studying.lines import in_every_run, never_reached, percent, world_in_record, written_out
from sim.studying.placebo import left_out, times_as_large
from sim.vocabulary import RULES

if TYPE_CHECKING:
    from sim.report.figures.robust import Panel

MEMBERS = 100
"""Runs of each scenario, rule and placebo, if nothing is asked for."""

NAMED = ("cpc_closure", "middle_corridor_growth", "csto_intervention")
"""The scenarios that are taken if none is named."""

Asked = tuple[Region, Scenario]


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "scenarios", nargs="*", metavar="SCENARIO", default=list(NAMED),
        help=f"scenario files or names; of several arms the first ({', '.join(NAMED)})",
    )  # fmt: skip
    parser.add_argument("--arm", metavar="ARM", help="which arm, where one scenario is named")
    sized(parser)


# Told -------------------------------------------------------------------------------------------


def findings(found: Sequence[Headline], notes: Sequence[str]) -> Findings:
    """Return what the headlines rest on, in sentences, tables and a figure."""
    scenarios = each_once(found)
    first = scenarios[0]
    return Findings(
        kind="robust",
        title=f"What the headlines rest on: {listed([plain(one) for one in scenarios])}",
        question="Do the headline changes hold over the members, under other rules of choice, and "
        "beside placebos?",
        sentences=tuple(sentence(one) for one in found),
        notes=(how(found), *notes),
        tables=(headline_table(found), placebo_table(found), rule_table(found)),
        pictures=(picture(found),),
        about={
            "scenarios": [f"{one.name}{f' ({one.arm})' if one.arm else ''}" for one in scenarios],
            "months": [one.months for one in scenarios],
            "seed": [one.seed for one in scenarios],
            "members": first.members,
            **world_in_record(first),
        },
    )


def each_once(found: Sequence[Headline]) -> list[Scenario]:
    """Return the scenarios that headlines are of, each once."""
    return list({id(one.scenario): one.scenario for one in found}.values())


def plain(scenario: Scenario) -> str:
    """Return a scenario, or an arm of one, by its name in words."""
    return label(scenario).strip("'")


def how(found: Sequence[Headline]) -> str:
    """Return how it was found out."""
    return (
        f"{upper(counted_runs(found[0].scenario.members))} under each of the {len(RULES)} rules of "
        "choice: of the baseline, of the scenario with decisions held at the baseline's, and of "
        "the scenario; and as many of each placebo, the scenario's own events in another place, "
        "under the rule of the scenario alone. The headline is of the state whose ties move most, "
        "when they do: the share of the partner that moves most, and the breadth of its ties."
    )


def sentence(one: Headline) -> str:
    """Return one headline with all that it rests on, to be quoted, and what of it is chosen."""
    change, state = one.change, one.region.states[one.change.state]
    if not one.ruled.sign:
        return (
            f"In {label(one.scenario)} the change of {possessive(one.region.actor(state).name)} "
            f"{change.what} in {when(change.at)} cannot be told from nothing: it is "
            f"{moved(cell(one), change.unit)}, and {placebo_in_words(one)}."
        )
    return (
        f"In {label(one.scenario)} {change.noun} "
        f"{moved(cell(one), change.unit, change.up, change.down)} in {when(change.at)} than in the "
        f"baseline, {how_often(one)}; this holds under {rules_in_words(one)} and "
        f"{placebo_in_words(one)}. {what_is_chosen(one.ruled)}"
    )


def cell(one: Headline) -> list[float]:
    """Return median, 5% and 95% of a headline in its unit."""
    return summed(one.change.factor * one.ruled.own.whole)


def how_often(one: Headline) -> str:
    """Return in how many runs the change has the sign of the median; few are counted."""
    members = one.scenario.members
    if members < FEW:
        return frequency(one.agree, members)
    if one.agree == 1.0:
        return f"in all of {members} runs"
    return f"in {percent(one.agree)} of {members} runs"


def rules_in_words(one: Headline) -> str:
    """Return under how many rules a change holds, under which not, and whether under inertia."""
    fails = [rule.replace("_", " ") for rule in one.fails_under]
    idle = ", inertia among them, by which states choose nothing," * (
        "inertia" in one.ruled.holds_under
    )
    but = f" (not under {listed(fails)})" if fails else ""
    return f"{len(one.ruled.holds_under)} of {len(one.ruled.parts)} rules of choice{but}{idle}"


def placebo_in_words(one: Headline) -> str:
    """Return how a change stands beside placebos, as the end of a sentence whose subject it is."""
    if one.no_placebo:
        return f"has no placebo: {one.no_placebo}"
    times = f"{times_as_large(one.beside)} what nine in ten of {len(one.beside.beside)} placebos"
    return f"is {'' if one.beside.outside else 'no more than placebos, '}{times} stay below"


def place_in_words(one: Headline) -> str:
    """Return whose what, and when, at the head of a row."""
    name = one.region.actor(one.region.states[one.change.state]).name
    return f"{name}: {one.change.what}, {when(one.change.at)}"


def head(one: Headline) -> str:
    """Return a headline at the head of a row, with its scenario."""
    return f"{plain(one.scenario)}, {place_in_words(one)}"


def written(number: float, unit: str) -> float:
    """Return a number as a table has it: 0 where it is less than is written."""
    return number if abs(number) >= LEAST_WRITTEN[unit] else 0.0


def headline_table(found: Sequence[Headline]) -> Table:
    """Return each headline: how large, in how many runs, and under which rules it does not hold."""
    members = found[0].scenario.members
    rows = []
    for one in found:
        unit = one.change.unit
        rows.append((
            head(one),
            *banded([written(part, unit) for part in cell(one)], members), unit, runs_agree(one),
            f"{len(one.ruled.holds_under)} of {len(one.ruled.parts)}" if one.ruled.sign else "",
            ", ".join(rule.replace("_", " ") for rule in one.fails_under) if one.ruled.sign else "",
        ))  # fmt: skip
    return Table(
        "headlines",
        "The headline changes: how many runs have the sign, and under how many rules they hold",
        ("headline", *band_heads(members), "unit", "runs", "rules", "not under"),
        tuple(rows),
    )  # fmt: skip


def runs_agree(one: Headline) -> str:
    """Return how many runs have the sign of the median, as a table has it."""
    members = one.scenario.members
    return f"{round(one.agree * members)} of {members}"


def placebo_table(found: Sequence[Headline]) -> Table:
    """Return each headline beside its placebos."""
    rows: list[tuple[Any, ...]] = []
    for one in found:
        if one.no_placebo:
            rows.append((head(one), "no placebo", "", "", "", "", ""))
            continue
        spread = spread_of(one)
        assert spread is not None
        ends = (amount(written(part, one.change.unit)) for part in spread)
        verdict = "more" if one.beside.outside else "no more"
        rows.append((
            head(one), times_as_large(one.beside), *ends, one.change.unit,
            str(len(one.beside.beside)), verdict,
        ))  # fmt: skip
    return Table(
        "placebos",
        "How many times what nine in ten placebos stay below, and between which medians they lie",
        ("headline", "size", "from", "to", "unit", "placebos", "than placebos"),
        tuple(rows),
    )  # fmt: skip


def spread_of(one: Headline) -> tuple[float, float] | None:
    """Return between which medians nine in ten placebos lie, in the unit of the change."""
    spread, factor = one.beside.spread, one.change.factor
    return None if spread is None else (factor * spread[0], factor * spread[1])


def rule_table(found: Sequence[Headline]) -> Table:
    """Return each headline under each rule, and how much of it is imposed and chosen."""
    members = found[0].scenario.members
    rows: list[tuple[Any, ...]] = []
    for one in found:
        factor, unit = one.change.factor, one.change.unit
        for rule, parts in one.ruled.parts.items():
            cells = ([written(x, unit) for x in summed(factor * part)]
                     for part in (parts.whole, parts.imposed, parts.chosen))  # fmt: skip
            whole, imposed, chosen = (banded(each, members) for each in cells)
            rows.append((
                plain(one.scenario), place_in_words(one), rule.replace("_", " "), *whole,
                imposed[0], *chosen, unit, "yes" if rule in one.ruled.holds_under else "no",
            ))  # fmt: skip
    several = " (medians: parts add up run by run, medians do not)" if members > 1 else ""
    heads = band_heads(members)
    return Table(
        "by_rule",
        f"The same under each rule, and of it what was imposed and what was chosen{several}",
        ("scenario", "change", "rule", *heads, "imposed", "chosen", *(f"chosen {head}" for head in
         heads[1:]), "unit", "holds"),
        tuple(rows), seen="page",
    )  # fmt: skip


def picture(found: Sequence[Headline]) -> Picture:
    """Return the figure: a row of panels for each scenario, a dot for each rule."""
    from sim.report.figures.robust import robust

    rows = [
        (plain(scenario), [panel(one) for one in found if one.scenario is scenario])
        for scenario in each_once(found)
    ]
    rules = [rule.replace("_", " ") for rule in RULES]
    return Picture(
        "robust",
        "The headline changes under each rule of choice, and how far placebos move the same. A "
        "grey ground is as wide as nine in ten placebos; where there is none, there is no spread "
        "of placebos.",
        lambda figure: robust(figure, rules, rows, found[0].scenario.members),
    )


def panel(one: Headline) -> Panel:
    """Return one headline as the figure shows it."""
    from sim.report.figures.robust import Panel

    bands = [summed(one.change.factor * parts.whole) for parts in one.ruled.parts.values()]
    middle, low, high = np.array(bands).T
    chosen = [
        one.change.factor * float(np.median(parts.chosen)) for parts in one.ruled.parts.values()
    ]
    return Panel(
        head=place_in_words(one),
        unit=one.change.unit,
        band=(low, middle, high),
        chosen=chosen,
        holds=[rule in one.ruled.holds_under for rule in one.ruled.parts],
        placebos=None if one.no_placebo else spread_of(one),
    )


# The command ------------------------------------------------------------------------------------


def notes_on(asked: argparse.Namespace, some: Sequence[Asked]) -> list[str]:
    """Return what has to be known of the scenarios: arms, what is off, what stays in its place."""
    notes = []
    for region, one in some:
        if one.arm is not None and asked.arm is None:
            notes.append(
                f"Of the arms of {one.name.replace('_', ' ')} this is {one.arm.replace('_', ' ')}; "
                f"for another: robust {one.name} --arm ARM."
            )
        notes += left_out(region, one)
        notes += in_every_run(one) + never_reached(one)
    return list(dict.fromkeys(notes))


def scenarios_of(asked: argparse.Namespace) -> list[Asked]:
    """Return the scenarios that are asked for, of several arms one, in the size asked for."""
    from sim.asking import scenario_of

    names = asked.scenarios or list(NAMED)
    if asked.arm is not None and len(names) != 1:
        message = "--arm is of one scenario; name that one alone"
        raise InputError("The command line", [Problem(message)])
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("The scenarios", [Problem(f"{', '.join(twice)} is named twice")])
    found = []
    for name in names:
        region, whole = scenario_of(name)
        one = one_arm(whole, asked.arm).resized(asked.members or MEMBERS, asked.months, asked.seed)
        refuse_without_change(region, one)
        found.append((region, one))
    return found


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run under every rule and as placebos, write, print."""
    from sim.folders import results_folder

    some = scenarios_of(asked)
    names = ["_".join(filter(None, (one.name, asked.arm))) for _, one in some]
    target = results_folder(asked.out, folder_name("robust", names))
    total = sum(member_months(one, placebos(region, one)) for region, one in some)
    with progress(total, 0, asked.quiet, "months of runs") as advance:
        found = [
            each for region, one in some for each in headlines(region, one, asked.workers, advance)
        ]
    return written_out(findings(found, notes_on(asked, some)), target, asked.quiet)
