"""`run.py validate`: the patterns that the articles report, and which of them the runs show."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim import mechanisms
from sim.arguments import whole
from sim.claims import amount
from sim.region import Region
from sim.report.facts import read_facts
from sim.scenario import LIMITS, Scenario
from sim.study.calibration import as_calibrated
from sim.study.findings import Findings, Picture, Table
from sim.study.outcomes import UNITLESS
from sim.study.pattern_table import read_patterns, variants
from sim.study.patterns import (
    HELD_BACK,
    NOT_SCORED,
    TO_FIT,
    Judged,
    Pattern,
    judged,
    persisting,
    play,
    rate,
)
from sim.study.rests import Rests, worlds
from sim.study.rests import rests as rest_on
from sim.studying import rests
from sim.studying.common import progress, seeded, threaded, told_where
from sim.studying.lines import percent, written_out
from sim.vocabulary import PORTFOLIO

MEMBERS = 200
"""Runs by which patterns are judged, if nothing is asked for."""

LEAST = 20
"""Fewer runs say nothing of a share of them."""

NOT_FITTED = (
    "No number of the model has been fitted to any pattern. A fit may use those of which all facts "
    "were known, and all that is read lies, up to December 2022."
)

FITTED = (
    "Members are those that a calibration accepted, as they show most of what a fit may use; "
    "what is held back judges them."
)

CALIBRATED = "members that a calibration accepted, instead of the whole ranges"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Write the command's own arguments into its parser."""
    parser.add_argument(
        "--members",
        type=whole(LEAST, LIMITS["members"][1]),
        metavar="M",
        help=f"runs ({MEMBERS}; {LEAST} at least, as a pattern is judged by a share of them)",
    )
    parser.add_argument(
        "--rests", action="store_true",
        help="judge them under every rule and without each mechanism too: a job of minutes",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="NAME",
        help="switch a mechanism off in all runs (repeatable): list mechanisms",
    )  # fmt: skip
    parser.add_argument(
        "--rule", metavar="RULE",
        help="by which the states choose their ties (portfolio): see docs/rules.md",
    )  # fmt: skip
    parser.add_argument("--calibrated", action="store_true", help=CALIBRATED)
    seeded(parser)
    threaded(parser)
    told_where(parser)


@dataclass(frozen=True)
class Validated:
    """Patterns as the runs show them, and as a world does that stays as it was."""

    region: Region
    history: Scenario
    shown: tuple[Judged, ...]
    persisting: tuple[Judged, ...]
    arms: tuple[Scenario, ...] = ()  # the variants beside the history

    def of(self, half: str) -> list[tuple[Judged, Judged]]:
        """Return the patterns of a half, in the runs and in the base year that never ends."""
        pairs = zip(self.shown, self.persisting, strict=True)
        return [pair for pair in pairs if pair[0].pattern.half == half]

    @property
    def scored(self) -> list[tuple[Judged, Judged]]:
        return [*self.of(TO_FIT), *self.of(HELD_BACK)]


def validated(region: Region, members: int, seed: int | None) -> Validated:
    """Return every pattern, judged by runs of the history's shocks alone."""
    patterns = read_patterns(region)
    arms = [arm.resized(members, None, seed) for arm in variants(region)]
    history = arms[0].baseline
    assert history is not None, "the variants stand beside the history"
    runs = play(region, history, arms, patterns, members)
    return Validated(
        region, history, tuple(judged(patterns, runs)), tuple(persisting(patterns, runs)),
        tuple(arms),
    )  # fmt: skip


# Told -------------------------------------------------------------------------------------------


def findings(found: Validated, of: Rests | None = None) -> Findings:
    """Return which patterns the runs show, and what that rests on where it was asked, told."""
    told = sentences(found)
    return Findings(
        kind="validate",
        title="The patterns that the articles report, and the runs",
        question="Which of the patterns that the articles report does the model bring about by "
        "itself, given only what came from outside?",
        sentences=tuple([*told[:-1], *rests.sentences(of)] if of else told),
        notes=(
            *otherwise(found),
            "A run is a draw of all that is uncertain, through the shocks of January 2022 to "
            "December 2024; visits, orders and deals are left to the rules. "
            f"{counted(len(found.shown))} were judged by {found.history.members} runs: a pattern "
            "is shown if at least the share of runs that it asks for lies within its band.",
            FITTED if found.region.accepted else NOT_FITTED,
            "A base year that never ends: nothing ever moves, which shows some patterns for free.",
            *([rests.note(of, found.history.members)] if of else []),
        ),
        tables=(
            rates(found),
            *(rests.tables(of) if of else []),
            replace(misses(found), seen="page") if of else misses(found),
            hits(found),
            base_year(found),
            read(found),
            evidence(found),
        ),
        pictures=(picture(found), *(rests.pictures(of) if of else [])),
        about={
            "scenario": found.history.name,
            "start": found.history.start,
            "months": found.history.months,
            "seed": found.history.seed,
            "members": found.history.members,
            "calibrated": "yes" if found.region.accepted else "no",
            "rule": found.region.rule,
            **({"without": list(found.region.off)} if found.region.off else {}),
            "patterns": len(found.shown),
            **({"rests": "under every rule and without each mechanism"} if of else {}),
        },
    )


def otherwise(found: Validated) -> list[str]:
    """Return what is not as usual in all runs: the rule of choice, and what is switched off."""
    rule, told = found.region.rule, mechanisms.told(found.region)
    by = f"The states choose their ties by the rule {rule} (docs/rules.md)."
    return [*([by] if rule != PORTFOLIO else []), *told]


def counted(patterns: int) -> str:
    return "One pattern" if patterns == 1 else f"{patterns} patterns"


def sentences(found: Validated) -> list[str]:
    """Return what came out, the rates first."""
    both = found.scored
    model, still = [one for one, _ in both], [other for _, other in both]
    to_fit, held_back = ([one for one, _ in found.of(half)] for half in (TO_FIT, HELD_BACK))
    free = [one for one, other in both if other.held]
    earned = [one for one, other in both if not other.held]
    checks = [one for one, _ in found.of(NOT_SCORED)]
    return [
        f"The runs show {held(model)} of the {len(model)} patterns that the rules have to bring "
        f"about ({percent(rate(model))}): {held(to_fit)} of {len(to_fit)} of the half that a fit "
        f"may use, and {held(held_back)} of {len(held_back)} of the half that is held back. "
        "Weighted by the independent voices that they rest on: "
        f"{percent(rate(model, weighted=True))}.",
        f"A base year that never ended would show {held(still)} of them "
        f"({percent(rate(still))}) for free. Of the {len(earned)} that it misses, the runs show "
        f"{held(earned)} ({percent(rate(earned))}): this is the skill. Of the {len(free)} that it "
        f"shows, the runs miss {len(free) - held(free)}.",
        f"Of {len(checks)} checks of the base year, which count for no skill, {held(checks)} hold.",
        f"{len(model) - held(model)} are missed; they come first below, each with the "
        "reason to look for first, which was written down before any run was judged.",
    ]


def held(some: Sequence[Judged]) -> int:
    return sum(one.held for one in some)


def rates(found: Validated) -> Table:
    """Return how many patterns of each half are shown, and by standing still."""
    rows = []
    groups = [(half, found.of(half)) for half in (TO_FIT, HELD_BACK)]
    for name, own in (*groups, ("both", found.scored)):
        model, still = [one for one, _ in own], [other for _, other in own]
        earned = [one for one, other in own if not other.held]
        rows.append((name, str(len(own)), part(model), part(still), part(earned)))
    return Table(
        "rates",
        "How many patterns are shown",
        (
            "half", "patterns", "shown by the runs", "shown by a base year that never ends",
            "of those it misses, shown by the runs (skill)",
        ),
        tuple(rows),
    )  # fmt: skip


def part(some: Sequence[Judged]) -> str:
    """Return how many of some patterns are shown, and their share."""
    return f"{held(some)} of {len(some)} ({percent(rate(some))})" if some else "none to show"


def misses(found: Validated) -> Table:
    """Return the patterns that are missed, the farthest first, and the reason to look for first."""
    rows = [
        (
            str(number), one.pattern.says, measured(one), asked(one.pattern), one.pattern.half,
            one.pattern.missed,
        )
        for number, one in enumerate(farthest_first(found), 1)
    ]  # fmt: skip
    return Table(
        "misses",
        "Missed, by the numbers of the figure",
        ("", "reported", "the runs", "asked", "half", "reason to look for first"),
        tuple(rows),
    )


def farthest_first(found: Validated) -> list[Judged]:
    """Return the patterns that are missed, those of which most runs are lacking first."""
    by_half = [one for one in found.shown if one.pattern.half != NOT_SCORED]
    return sorted((one for one in by_half if not one.held), key=lambda one: -one.lacking)


def hits(found: Validated) -> Table:
    """Return the patterns that are shown."""
    rows = [
        (
            one.pattern.says, measured(one), asked(one.pattern), one.pattern.half,
            "shown" if still.held else "missed",
        )
        for one, still in found.scored
        if one.held
    ]  # fmt: skip
    return Table(
        "shown",
        "Shown",
        ("reported", "the runs", "asked", "half", "by a base year that never ends"),
        tuple(rows),
        seen="page",
    )


def base_year(found: Validated) -> Table:
    """Return the checks of the base year."""
    rows = [
        (one.pattern.says, measured(one), asked(one.pattern), "holds" if one.held else "does not")
        for one, _ in found.of(NOT_SCORED)
    ]
    return Table(
        "base_year",
        "Checks of the base year, which count for no skill",
        ("reported", "the members", "asked", "check"),
        tuple(rows),
        seen="page",
    )


def read(found: Validated) -> Table:
    """Return what is read for each pattern, why its band, and the facts."""
    rows = [
        (one.code, one.says, one.measure.text, asked(one), one.why, ", ".join(one.facts))
        for one in (shown.pattern for shown in found.shown)
    ]
    return Table(
        "patterns",
        "What is read in a run, and why the band",
        ("pattern", "reported", "read", "asked", "why", "facts"),
        tuple(rows),
        seen="page",
    )


def evidence(found: Validated) -> Table:
    """Return every pattern with the facts that it rests on, and where in the articles they are."""
    facts = read_facts(found.region.name)
    rows = [
        (
            one.pattern.code, one.pattern.kind, one.pattern.half, one.pattern.voices,
            one.pattern.measure.text, one.pattern.low, one.pattern.high, one.pattern.unit,
            one.pattern.share, one.within, "yes" if one.held else "no", one.pattern.why, code,
            facts[code].outlet, facts[code].date, facts[code].phrase, facts[code].claim,
        )
        for one in found.shown
        for code in one.pattern.facts
    ]  # fmt: skip
    return Table(
        "evidence",
        "Every pattern with each of the facts that it rests on",
        (
            "pattern", "kind", "half", "voices", "read in a run", "low", "high", "unit",
            "asked of runs", "runs within", "shown", "why the band", "fact", "outlet", "date",
            "key phrase", "claim",
        ),
        tuple(rows),
        seen="file",
    )  # fmt: skip


def measured(one: Judged) -> str:
    """Return what was found, as it stands in a table."""
    often = f"{percent(one.within)} of runs"
    if one.pattern.asks_truth:
        return f"so in {often}"
    middle, low, high = one.band
    unit = one.pattern.unit
    return f"{between(low, high, unit)}, median {told(middle, unit)}; {often} within"


def asked(pattern: Pattern) -> str:
    """Return what a pattern asks for."""
    if pattern.asks_truth:
        return f"so in {percent(pattern.share)} of runs"
    band = between(pattern.low, pattern.high, pattern.unit)
    return f"{band} in {percent(pattern.share)} of runs"


def between(low: float, high: float, unit: str) -> str:
    """Return a range with its unit."""
    after = "%" if in_percent(unit) else "" if unit in UNITLESS else f" {unit}"
    return f"{told(low, unit)} to {told(high, unit)}{after}"


def told(number: float, unit: str) -> str:
    """Return a number as a table tells it; what is less than a hundredth of a per cent is none."""
    if in_percent(unit):
        return amount(round(100.0 * number, 2))
    return amount(number)


def in_percent(unit: str) -> bool:
    """Return whether a unit is part of a whole, and so is told in per cent."""
    return unit in ("share", "relative", "share of a year")


def picture(found: Validated) -> Picture:
    """Return every pattern: in how many runs, how many are asked, and whether it comes for free."""
    from sim.report.figures.patterns import Dot, Strip, patterns

    numbers = {one.pattern.code: str(k) for k, one in enumerate(farthest_first(found), 1)}
    strips = [
        Strip(
            f"{half}: {len(found.of(half))} patterns",
            tuple(
                Dot(one.pattern.share, one.within, still.held, numbers.get(one.pattern.code, ""))
                for one, still in found.of(half)
            ),
        )
        for half in (TO_FIT, HELD_BACK)
    ]
    caption = (
        "Every pattern by the share of runs within its band; its row is the share that is asked "
        "(upright line). Dots that would lie on each other are stacked. Numbers are those of the "
        "table of misses."
    )
    return Picture("patterns", caption, lambda figure: patterns(figure, strips))


def run(asked_for: argparse.Namespace) -> int:
    """Do the command: read the patterns, run, judge, write, print."""
    from sim.asking import region_of
    from sim.folders import results_folder

    region = region_of(asked_for.without, asked_for.rule)
    region = as_calibrated(region) if asked_for.calibrated else region
    members = asked_for.members or MEMBERS
    target = results_folder(asked_for.out, "validate_rests" if asked_for.rests else "validate")
    if not asked_for.rests:
        return written_out(
            findings(validated(region, members, asked_for.seed)), target, asked_for.quiet
        )
    with progress(members * worlds(region), 0, asked_for.quiet) as advance:
        found = validated(region, members, asked_for.seed)
        advance(members)
        of = rest_on(region, found.arms, found.shown, found.persisting, asked_for.workers, advance)
    return written_out(findings(found, of), target, asked_for.quiet)
