"""Tipping points on functions whose answer is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.compare import describe
from sim.errors import InputError
from sim.reading.scenarios import read_scenario
from sim.report.figures.tipping import months_between, numbers_between
from sim.study.findings import Findings
from sim.study.lines import (
    NAMED,
    Line,
    by_state,
    in_words,
    limits_of,
    line_of,
    margin,
    reached_in_words,
    read,
    refuse_crossed_by_nothing,
    refuse_out_of_reach,
    telling_line,
)
from sim.study.outcomes import outcomes_of
from sim.study.settings import settings_of
from sim.study.tipping import FINE, band, crossed_by, lattice, tipping
from sim.studying.common import pieces, run_by
from sim.studying.lines import Crossing
from sim.studying.tipping import MEASURED_IN, by_default, studied


def steps(planted: np.ndarray, falling: bool = False):
    """Return a model in which each member (member, outcome) crosses at a number of its own."""

    def asked(sizes, members):
        past = sizes[:, None] - planted[members]
        return np.where((past <= 0) if falling else (past >= 0), 1.0, -1.0)

    return asked


def test_a_planted_month_is_found_exactly_for_each_member():
    planted = np.random.default_rng(1).integers(1, 25, size=(50, 3)).astype(float)
    found = tipping(steps(planted), 50, lattice(1, 24, whole=True))
    assert (found.threshold == planted).all()
    assert found.one_way.all()
    assert (found.never == 0).all()


def test_a_planted_size_is_found_to_the_step():
    planted = np.random.default_rng(2).uniform(0.2, 0.8, size=(40, 1))
    found = tipping(steps(planted), 40, lattice(0.0, 1.0, whole=False))
    assert ((found.threshold >= planted) & (found.threshold < planted + 1.0 / FINE)).all()


def test_what_is_crossed_as_a_setting_falls_is_sought_from_above():
    planted = np.random.default_rng(3).integers(1, 25, size=(50, 1)).astype(float)
    found = tipping(steps(planted, falling=True), 50, lattice(1, 24, whole=True))
    assert found.from_above.all()
    assert (found.threshold == planted).all()


def test_members_that_never_cross_are_counted_beyond_the_range():
    planted = np.array([[3.0], [5.0], [99.0], [99.0], [99.0]])
    found = tipping(steps(planted), 5, lattice(1, 24, whole=True))
    assert found.never[0] == pytest.approx(0.6)
    middle, low, high = band(found.threshold[:, 0], falling=False)
    assert (low, middle, high) == (3.0, np.inf, np.inf)


def test_the_band_is_that_of_planted_months():
    """Months 1 to 20, a member each: a twentieth of them crosses at the first."""
    planted = np.random.default_rng(6).permutation(np.arange(1.0, 21.0))[:, None]
    found = tipping(steps(planted), 20, lattice(1, 24, whole=True))
    assert band(found.threshold[:, 0], falling=False) == (10.0, 1.0, 19.0)


def test_nobody_crosses():
    found = tipping(steps(np.full((5, 2), 99.0)), 5, lattice(1, 24, whole=True))
    assert (found.never == 1).all()
    assert (found.at_once == 0).all()


def test_all_are_past_the_line_from_the_first():
    found = tipping(steps(np.zeros((5, 1))), 5, lattice(1, 24, whole=True))
    assert (found.at_once == 1).all()
    assert (found.threshold == 1).all()


def test_a_model_that_turns_back_is_said_to_stray_and_its_first_crossing_is_given():
    def asked(sizes, members):
        return np.where((sizes >= 5) & (sizes <= 16), 1.0, -1.0)[:, None] + 0.0 * members[:, None]

    found = tipping(asked, 4, lattice(1, 24, whole=True))
    assert not found.one_way[0]
    assert found.straying[0] == 1.0
    assert (found.threshold == 5).all()


def test_nothing_is_asked_twice():
    planted = np.random.default_rng(4).integers(1, 25, size=(30, 2)).astype(float)
    pairs: list[tuple[float, int]] = []

    def asked(sizes, members):
        pairs.extend(zip(sizes.tolist(), members.tolist(), strict=True))
        return steps(planted)(sizes, members)

    tipping(asked, 30, lattice(1, 24, whole=True))
    assert len(pairs) == len(set(pairs))
    assert len(pairs) < 30 * 24


def test_a_member_finds_its_own_whatever_company_it_is_in():
    planted = np.random.default_rng(5).integers(1, 25, size=(20, 1)).astype(float)
    together = tipping(steps(planted), 20, lattice(1, 24, whole=True)).threshold
    alone = tipping(steps(planted[7:8]), 1, lattice(1, 24, whole=True)).threshold
    assert alone[0] == together[7]


def test_the_band_holds_numbers_of_members():
    middle, low, high = band(np.arange(1.0, 101.0), falling=False)
    assert (low, middle, high) == (5.0, 50.0, 95.0)
    middle, low, high = band(np.arange(1.0, 101.0), falling=True)
    assert (low, middle, high) == (96.0, 51.0, 6.0)


def test_the_share_that_has_crossed_rises_to_one():
    found = tipping(steps(np.array([[2.0], [4.0]])), 2, lattice(1, 5, whole=True))
    settings, share = crossed_by(found, 0)
    assert settings.tolist() == [1, 2, 3, 4, 5]
    assert share.tolist() == [0, 0.5, 0.5, 1, 1]


# The line ---------------------------------------------------------------------------------------


def test_a_line_is_below_or_above_a_number_or_a_part_of_the_baseline():
    assert line_of("2.5", None) == Line(2.5, above=False)
    assert line_of(None, "10%") == Line(0.1, above=True, of_baseline=True)


@pytest.mark.parametrize(
    ("below", "above"), [(None, None), ("1", "2"), ("low", None), (None, "inf")]
)
def test_what_is_no_line_is_refused(below, above):
    with pytest.raises(InputError):
        line_of(below, above)


def test_a_part_of_the_baseline_is_of_each_members_own():
    level, change = np.array([0.89, 0.91, 1.8]), np.array([-0.11, -0.09, -0.2])
    past = margin(Line(0.1, above=False, of_baseline=True), change, level, change) > 0
    assert past.tolist() == [True, False, False]


def test_a_line_that_no_difference_has_crossed_already_is_refused():
    with pytest.raises(InputError, match=r"KAZ\.breadth:level"):
        refuse_crossed_by_nothing(line_of("2.5", None), "KAZ.breadth", "difference")
    refuse_crossed_by_nothing(line_of("2.5", None), "KAZ.breadth", "level")
    refuse_crossed_by_nothing(line_of("-0.1", None), "KAZ.breadth", "difference")


@pytest.mark.parametrize(
    ("outcome", "below", "above", "cure"),
    [
        ("KAZ.threat.RUS@worst", None, "20", "did you mean 0.2, which is 20 percentage points?"),
        ("KAZ.threat.RUS@worst", "-20", None, "did you mean \N{MINUS SIGN}0.2, which is 20 perce"),
        ("KAZ.threat.RUS:level", "20", None, "is always below 20: it lies between 0 and 1. A line"),
        ("KAZ.threat.RUS:level", None, "20", "did you mean 0.2, which is 20%?"),
        ("KAZ.threat.RUS:level", "-0.2", None, "Did you mean 'KAZ.threat.RUS', the difference?"),
        ("KAZ.threat.RUS", None, "1", "A line is given in shares, as 0.2."),
        ("KAZ.threat.RUS", "100%", None, "never more than 100% below its baseline"),
        ("KAZ.hardship", None, "2", "did you mean 0.02, which is 2 percentage points?"),
        ("KAZ.two_sidedness", None, "3.5", "between \N{MINUS SIGN}3 and 3."),
        ("KAZ.lean.RUS-CHN:level", None, "120", "it lies between 0 and 100."),
        ("KAZ.breadth:level", None, "7", "it lies between 1 and 6."),
        ("KAZ.breadth", None, "5.5", "it lies between \N{MINUS SIGN}5 and 5."),
        ("KAZ.among_powers:level", "0.5", None, "it lies between 1 and 3."),
    ],
)
def test_a_line_that_no_run_or_every_run_crosses_is_refused(outcome, below, above, cure, region):
    closure = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    (one,) = outcomes_of(region, closure, [outcome])
    with pytest.raises(InputError) as refused:
        refuse_out_of_reach(line_of(below, above), one, region)
    assert cure in str(refused.value)


@pytest.mark.parametrize(
    ("outcome", "below", "above"),
    [
        ("KAZ.threat.RUS@worst", None, "0.2"),
        ("KAZ.threat.RUS", None, "150%"),
        ("KAZ.deliberate:level", "-0.1", None),
        ("KAZ.gdp_gap:level", "-0.02", None),
        ("KAZ.deliberate", "150%", None),
        ("KAZ.lean.RUS-CHN", None, "20"),
        ("KAZ.gdp", None, "20"),
    ],
)
def test_a_line_that_some_run_might_cross_is_not_refused(outcome, below, above, region):
    closure = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    (one,) = outcomes_of(region, closure, [outcome])
    refuse_out_of_reach(line_of(below, above), one, region)


def test_a_line_in_words():
    assert in_words(line_of("-0.1", None), "effective partners", "difference") == (
        "is more than 0.1 effective partners below the baseline"
    )
    assert in_words(line_of(None, "0.02"), "share", "difference") == (
        "is more than 2 percentage points above the baseline"
    )
    assert (
        in_words(line_of("5%", None), "0-1", "difference") == "is more than 5% below the baseline"
    )
    assert in_words(line_of("0.3", None), "0-1", "level") == "is below 0.3"


def test_an_outcome_without_a_state_is_asked_of_all(region):
    assert by_state(region, ["breadth@end"]) == tuple(f"{s}.breadth@end" for s in region.states)
    assert by_state(region, ["KAZ.breadth"]) == ("KAZ.breadth",)
    assert by_state(region, ["threat.RUS"]) == tuple(f"{s}.threat.RUS" for s in region.states)


def test_a_hedge_ends_only_where_there_was_one():
    """Levels before and after: lost, kept, never there, and there still."""
    before, after = np.array([0.30, 0.30, 0.02, 0.06]), np.array([0.04, 0.20, 0.01, 0.051])
    line = NAMED["hedge_ends"].line
    assert (margin(line, after, after, after - before) > 0).tolist() == [True, False, False, False]


def test_what_is_told_of_a_line_is_the_outcome_itself():
    """A state that had no hedge to lose (0.02) and has less (0.01): not 0.09."""
    line, before, after = NAMED["hedge_ends"].line, np.array([0.02]), np.array([0.01])
    assert read(line, after, after, after - before).tolist() == [0.01]
    assert reached_in_words(line, 0.01, "effective partners", "level") == (
        "0.01 effective partners (the line: 0.05)"
    )


def test_what_is_told_of_a_part_of_the_baseline_is_that_part():
    line, level, change = line_of("10%", None), np.array([0.95]), np.array([-0.05])
    assert read(line, change, level, change) == pytest.approx([-0.05])
    assert reached_in_words(line, -0.05, "0-1", "difference") == (
        "5% below the baseline (the line: 10% below)"
    )


def test_no_run_is_nearer_to_a_line_that_it_cannot_cross():
    line, before = NAMED["hedge_ends"].line, np.array([0.02, 0.02])
    after = np.array([0.01, 0.04])
    assert margin(line, after, after, after - before) == pytest.approx([-0.03, -0.03])


@pytest.mark.parametrize(
    ("unit", "of", "number", "expected"),
    [
        ("share", "difference", 0.02, "2 percentage points above the baseline"),
        ("share", "level", 0.31, "31%"),
        ("0-1", "level", 0.3, "0.3"),
        ("effective partners", "difference", -0.1234, "0.12 effective partners below the baseline"),
        ("bn USD/y", "difference", 0.0, "as in the baseline"),
    ],
)
def test_what_a_run_comes_to_is_told_with_its_unit(unit, of, number, expected):
    told = reached_in_words(Line(0.5, above=True), number, unit, of)
    assert told.partition(" (the line: ")[0] == expected


def test_a_hedge_halves_where_half_of_the_baselines_is_gone():
    before, after = np.array([0.30, 0.30, -0.02]), np.array([0.14, 0.16, -0.05])
    line = NAMED["hedge_halved"].line
    past = margin(line, after - before, after, after - before) > 0
    assert past.tolist() == [True, False, False]


def test_the_line_that_is_chosen_tells_the_ends_of_a_range_apart():
    ends = np.array([[0.01, 0.06, 0.06, 0.07], [0.2, 0.3, 0.2, 0.1]])
    assert telling_line(ends, (0.05, 0.15, 0.4)) == Line(0.15, above=True)
    assert telling_line(-ends, (0.05, 0.15, 0.4)) == Line(-0.15, above=False)


def test_of_one_set_of_runs_the_line_parts_about_half():
    assert telling_line(np.array([[0.01, 0.02, 0.06, 0.16]]), (0.05, 0.15, 0.4)).at == 0.05


def test_income_has_limits_of_its_own():
    assert limits_of("gdp_gap", "share") == (0.001, 0.005, 0.02)
    assert limits_of("leverage", "bn USD") == ()


# Told -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted(Crossing):
    """Runs that cross as the setting rises past a number of each member's own, or falls past it."""

    at: tuple[float, ...] = ()
    falling: bool = False

    def runs(self, settings, points, first, count):
        past = (points[:, 0, None] >= np.array(self.at)) ^ self.falling
        return np.stack([past, np.zeros_like(past)])[..., None].astype(float)


def told_of(region, vary: str, at: tuple[float, ...], falling: bool = False) -> str:
    """Return the sentences about planted tipping points."""
    return " ".join(findings_of(region, vary, at, falling).sentences)


def findings_of(
    region, vary: str, at: tuple[float, ...], falling: bool = False, scenario: str = "cpc_closure"
) -> Findings:
    """Return what is told of planted tipping points."""
    closure = read_scenario(Path(f"scenarios/{scenario}.yaml"), region)
    (setting,) = settings_of(region, closure, [vary])
    outcomes = outcomes_of(region, closure, ["KAZ.breadth@end"])
    crossed = Planted(region, closure, outcomes, Line(0.5, above=True), at=at, falling=falling)
    return studied(crossed, setting, len(at))


def test_a_rank_is_told_as_a_part_of_its_range(region):
    told = told_of(region, "capacity", (0.5, 0.5, 0.75))
    assert told.startswith("'capacity' has to be at least 50% up its range (90% of runs: 50% to")
    assert "'capacity' is: What a link can carry in a year" in told


def test_what_no_run_crosses_names_the_whole_range(region):
    told = told_of(region, "pipeline_shut.left=0:1", (99.0, 99.0))
    assert "There is no run in which, anywhere from 0 to 1 for the part left by" in told


def test_a_band_of_those_that_cross_says_so(region):
    told = told_of(region, "pipeline_shut.months=1:9", (3.0, 5.0, 99.0, 99.0, 99.0))
    assert told.startswith("Only 40% of runs cross the line; in these 'pipeline shut' has to last "
        "at least 3 months (90% of these runs: 3 to 5) before")  # fmt: skip


def test_each_sentence_on_runs_names_the_state(region):
    told = told_of(region, "pipeline_shut.months=1:9", (1.0, 3.0, 4.0, 99.0))
    assert "For Kazakhstan, in 25% of runs a length of 1 month, the least tried, is enough." in told
    assert "For Kazakhstan, in 25% of runs even a length of 9 months, the most tried" in told


def test_the_table_says_of_which_runs_its_band_is(region):
    (told,) = findings_of(region, "pipeline_shut.months=1:9", (3.0, 5.0, 99.0, 99.0, 99.0)).tables
    assert "Median and 90% are of all runs" in told.caption
    assert told.rows[0][1:4] == ("more than 9", "3", "more than 9")


def test_a_band_met_from_above_is_told_from_low_to_high(region):
    told = told_of(region, "pipeline_shut.months=1:9", (3.0, 5.0, 8.0), falling=True)
    assert "has to last at most 4 months (90% of runs: 2 to 7)" in told


def test_where_most_runs_cross_everywhere_or_nowhere_no_median_is_told(region):
    at = (*(-99.0,) * 4, 6.0, *(99.0,) * 5)
    told = told_of(region, "pipeline_shut.start=2022-10:2024-10", at)
    assert told.startswith(
        "Whether Kazakhstan's breadth of ties at the end of the run is more than 0.5 effective "
        "partners above the baseline hardly depends on when 'pipeline shut' begins: in 40% of runs "
        "any beginning tried, October 2022 to October 2024, is enough, in 50% none; only in 10% "
        "does it depend on that."
    )
    assert "90%" not in told


def test_where_most_runs_cross_in_all_of_a_range_it_hardly_depends_on_the_rank(region):
    told = told_of(region, "capacity", (*(-1.0,) * 9, 0.5))
    assert (
        "hardly depends on where in its range 'capacity' is: in 90% of runs any place tried, 0% to "
        "100% up its range, is enough; only in 10% does it depend on that." in told
    )


def test_where_few_runs_cross_it_hardly_depends_on_the_length(region):
    told = told_of(region, "pipeline_shut.months=1:9", (5.0, *(99.0,) * 5))
    assert (
        "'pipeline shut' lasts: in 83% of runs no length tried, 1 to 9 months, is enough; only in "
        "17% does it depend on that." in told
    )


def test_a_beginning_beyond_the_range_is_later_than_its_last(region):
    told = told_of(region, "pipeline_shut.start=2022-10:2024-10", (3.0, 5.0, 99.0))
    assert "(90% of runs: May 2023 to later than October 2024)" in told


def test_a_setting_that_changes_nothing_is_said_to(region):
    told = told_of(region, "pipeline_shut.size=0:1", (-1.0, -1.0))
    assert told.startswith(
        "Nothing that is read changes with the size of 'pipeline shut', anywhere from a size of 0 "
        "to one of 1."
    )
    assert "Nothing that is read" not in told_of(region, "pipeline_shut.size=0:1", (0.5, -1.0))


@pytest.mark.parametrize(
    ("scenario", "vary", "told", "beyond"),
    [
        ("middle_corridor_growth", "crossing_grows.size=0:4", "at least 2 Mt/y (", "4 Mt/y"),
        ("middle_corridor_growth", "ports_grow.size=0:4", "at least 2 (", "4"),
        ("middle_corridor_growth", "turkiye_engages.size=0:4", "at least 2 (", "4"),
    ],
)
def test_a_size_is_told_with_its_unit(scenario, vary, told, beyond, region):
    found = findings_of(region, vary, (2.0, 2.0, 99.0), scenario=scenario)
    sentences = " ".join(found.sentences)
    assert told in sentences
    assert f"even a size of {beyond}, the most tried" in sentences
    unit = beyond.removeprefix("4").strip()
    assert (f"({unit})" in found.tables[0].caption) == bool(unit)
    assert (f"({unit})" in found.pictures[0].caption) == bool(unit)


def test_the_unit_of_a_size_is_the_one_in_which_its_event_is_told(region):
    in_per_cent = ("of the cargo's worth", "of GDP", "log points a year")
    told = {
        event.kind: describe(event, region)
        for file in sorted(Path("scenarios").glob("*.yaml"))
        for scenario in [read_scenario(file, region)]
        for arm in (scenario.arms or (scenario,))
        for event in arm.events
        if event.kind not in ("visit", "summit")  # one visit is told without "times a month"
    }
    kinds = [kind for kind in MEASURED_IN if kind in told]
    assert len(kinds) > 5
    for kind in kinds:
        unit = MEASURED_IN[kind]
        assert unit in told[kind] or (unit in in_per_cent and "%" in told[kind])


def test_both_ends_of_a_range_are_labelled_and_no_label_is_near_them():
    assert numbers_between(1.0, 24.0, whole=True) == [1.0, 10.0, 20.0, 24.0]
    assert numbers_between(1.0, 3.0, whole=True) == [1.0, 2.0, 3.0]
    assert numbers_between(0.0, 3.5, whole=False) == [0.0, 1.0, 2.0, 3.5]
    assert months_between(-4.0, 20.0) == [-4.0, 8.0, 20.0]
    assert months_between(0.0, 3.0) == [0.0, 3.0]


# What is varied, and the command ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("cpc_closure", "pipeline_shut.months=1:24"),
        ("middle_corridor_growth", "crossing_grows.size=0:3.5"),
        ("quiet", ""),
    ],
)
def test_the_longest_event_that_passes_is_varied_else_the_first_size(region, name, expected):
    scenario = read_scenario(Path(f"scenarios/{name}.yaml"), region)
    assert by_default(scenario) == expected


def test_points_are_dealt_to_all_workers_and_every_one_is_run_once():
    for points, members, workers in ((7, 3, 2), (1000, 20, 4), (1, 5000, 2), (300, 1, 3)):
        some = [k for one in pieces(points, members, workers) for k in range(points)[one]]
        assert some == list(range(points))
    assert len(pieces(1000, 20, 4)) >= 4


def test_runs_that_are_done_are_told_and_keep_their_order():
    done: list[int] = []
    points = np.arange(400.0)[:, None]
    found = run_by(lambda some: some * 2.0, points, 3, 2, done.append)
    assert np.array_equal(found, points * 2.0)
    assert sum(done) == 1200


TINY = ("--months", "20", "--members", "4")


def test_tipping_from_the_command_line(tmp_path, capsys):
    asked = ["tipping", "cpc_closure", *TINY, "--out", str(tmp_path)]
    assert main(asked) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "What is varied was chosen: --vary pipeline_shut.months=1:7" in printed
    assert "As written, 'pipeline shut' is:" in printed
    folder = tmp_path / "cpc_closure_tipping"
    first = (folder / "summary.json").read_bytes()
    assert main([*asked, "--quiet", "--workers", "1"]) == 0
    assert (folder / "summary.json").read_bytes() == first
    assert (folder / "report.html").stat().st_size > 5000


def test_an_arm_with_something_to_vary_is_taken_and_named(tmp_path, capsys):
    assert main(["tipping", "csto_intervention", *TINY, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Of the scenario's arms this is kyrgyz_unrest" in printed


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        (("--vary", "moorings_out.on"), "vary a size, length or date"),
        (("--vary", "cut_threat", "--vary", "choice_sharpness"), "vary exactly one thing"),
        (("--vary", "pipeline_shut.months=3,6,9"), "give its range as LOW:HIGH"),
        (("--vary", "pipeline_shut.months=1:9:3"), "give its range as LOW:HIGH"),
        (("--line", "hedge_end"), "there are hedge_ends, hedge_halved, hedge_weakens"),
        (("--line", "hedge_ends", "--above", "1"), "leave --outcome, --below and --above out"),
        (("--line", "hedge_ends:XXX"), "is no state"),
        (("--outcome", "KAZ.breadth:level"), "give the line for KAZ.breadth:level"),
        (("--outcome", "KAZ.breadth", "--outcome", "UZB.breadth"), "one outcome at a time"),
        (("--above", "1", "--below", "2"), "one of the two"),
        (("--outcome", "KAZ.threat.RUS@worst", "--above", "20"), "did you mean 0.2, which is 20"),
        (("--arm", "none"), "leave --arm out"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_cure(asked, cure, tmp_path, capsys):
    assert main(["tipping", "cpc_closure", *TINY, *asked, "--out", str(tmp_path)]) == 2
    assert cure in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())
