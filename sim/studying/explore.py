"""`run.py explore`: one page to predict, reveal and explore with, that needs no server."""

from __future__ import annotations

import argparse
from pathlib import Path

from sim.claims import counted_runs
from sim.errors import InputError, Problem
from sim.explore.payload import Computed
from sim.study.findings import Findings, Table
from sim.studying.common import about_the_runs, progress, studied, study_folder
from sim.studying.lines import in_every_run, world_in_record
from sim.texts import LANGUAGES

MOST_MEMBERS = 1000
"""Members of a point: what is run side by side and told by its bands."""

PAGE = "explore.html"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    about_the_runs(parser)
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=LANGUAGES[0],
        help="language in which the page begins; it holds all of them",
    )  # fmt: skip


def run(asked: argparse.Namespace) -> int:
    """Do the command: read, run the grid, write the page, say where it is."""
    from sim.answer.causes import rests_on
    from sim.answer.verdict import headline_state
    from sim.attribution import attribute
    from sim.explore.page import page, small_enough
    from sim.explore.payload import computed, payload
    from sim.explore.sliders import grid, sliders_of
    from sim.report.study_page import show
    from sim.results import REPORTED, compare

    region, whole = studied(asked)
    scenario = whole.resized(asked.members)
    if scenario.members > MOST_MEMBERS:
        message = f"{scenario.members} members are too many for a page; {MOST_MEMBERS} at most"
        raise InputError("--members", [Problem(message)])
    target = study_folder(asked, scenario, "explore")
    if asked.vary:  # what is wrong with it is told before anything is run
        sliders_of(region, scenario, asked.vary, ())
    results = compare(region, scenario, keep=REPORTED)
    chief = rests_on(results, headline_state(results))
    sliders = sliders_of(region, scenario, asked.vary, chief)
    total = len(grid(sliders))
    with progress(total, 0, asked.quiet, "points") as advance:
        why = attribute(region, scenario, results.moments)
        found = computed(results, why, sliders, advance, asked.workers)
    text = small_enough(page(payload(found), asked.lang), str(target / PAGE))
    told = findings(found, len(text.encode()))
    write(told, text, target)
    if not asked.quiet:
        show(told, str(target))
    return 0


def write(told: Findings, text: str, target: Path) -> None:
    """Write the page, and beside it what was found and how to get it again."""
    from sim.folders import fresh, readable_errors
    from sim.report.study_page import record
    from sim.study.sweep import made_with
    from sim.vocabulary import VERSION
    from sim.written import write_json

    with readable_errors(target), fresh(target) as folder:
        made = {"version": VERSION, "study": told.kind, **told.about, "made with": made_with()}
        write_json(folder / "manifest.json", made)
        write_json(folder / "summary.json", record(told))
        (folder / PAGE).write_text(text, encoding="utf-8")


def findings(found: Computed, size: int) -> Findings:
    """Return what is on a page of so many bytes, as it is saved and printed."""
    scenario = found.results.scenario
    return Findings(
        kind="explore",
        title=f"To explore: {scenario.title}",
        question=scenario.question,
        sentences=(
            f"{PAGE} ({size / 1e6:.1f} MB) holds {len(found.points)} computed points of "
            f"{counted_runs(scenario.members)} each: the scenario as in its file, and a grid over "
            "its sliders.",
            "A student predicts first; then come tonnes, money, threat, imposed and chosen, the "
            "indices and the score, and after them all of it is free to explore.",
            "Between computed points the page shows their weighted mean and says so, beyond them "
            "nothing.",
            *in_every_run(scenario),
        ),
        tables=(sliders_table(found),),
        pictures=(),
        about={
            "scenario": scenario.name,
            "arm": scenario.arm,
            "members": scenario.members,
            "months": scenario.months,
            "seed": scenario.seed,
            "points": len(found.points),
            "sliders": {one.setting.name: list(one.steps) for one in found.sliders},
            **world_in_record(scenario),
        },
    )


def sliders_table(found: Computed) -> Table:
    """Return the sliders and the steps at which they are computed."""
    rows = [
        (
            one.setting.name,
            ", ".join(f"{step:g}" for step in one.steps),
            "drawn by each member" if one.written is None else f"{one.written:g}",
            "stops at the steps" if one.stops else "weighted mean",
        )
        for one in found.sliders
    ]
    heads = ("slider", "computed at", "in the file", "between")
    return Table("sliders", "What can be moved, and where it was computed", heads, tuple(rows))
