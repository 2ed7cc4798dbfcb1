"""Sensitivity on functions whose answer is known, and of the model."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol

from sim.cli import main
from sim.members import row_name
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.report.figures.canvas import blank
from sim.report.study_page import NOTES, cell, show, write
from sim.study.findings import Findings, Table
from sim.study.lines import Line, in_words
from sim.study.outcomes import outcomes_of, told_in, with_unit
from sim.study.sensitivity import (
    FIRST_ROWS,
    LITTLE,
    MATTERING,
    MOST_KEPT,
    NARROW,
    NOTHING,
    SPENT,
    UNCHANGED,
    UNSETTLED,
    WIDE,
    Indices,
    Screening,
    by_luck,
    goes_most_with,
    in_the_middle,
    indices,
    problem,
    sample,
    screened,
    settled,
    trajectories,
    verdict,
    why_stop,
)
from sim.study.settings import settings_of
from sim.studying.lines import outcome_in_words
from sim.studying.sensitivity import Found, Reading, findings, varied

FIRST, TOTAL = np.array([0.3139, 0.4424, 0.0]), np.array([0.5576, 0.4424, 0.2437])
"""Of Ishigami's function with 7 and 0.1 (Ishigami and Homma 1990), known in closed form."""

NEGATIVE = re.compile(r"(?<![\w.])[-\N{MINUS SIGN}]\s?[0-9]")


def ishigami(unit: np.ndarray) -> np.ndarray:
    x = np.pi * (2.0 * unit - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def linear(*slopes: float):
    def of(unit: np.ndarray) -> np.ndarray:
        return (unit * np.array(slopes)).sum(axis=1)

    return of


def model_of(of, members: int = 4, luck: float = 0.0, noise: float = 0.0):
    """Return a model in which members differ by luck of their own, and every run by noise."""
    rng = np.random.default_rng(5)
    own = luck * rng.normal(size=members)

    def model(unit: np.ndarray) -> np.ndarray:
        every = noise * rng.normal(size=(len(unit), members))
        return (of(unit)[:, None] + own + every)[:, :, None]

    return model


def told(of, settings: int, rows: int, seed: int = 1, **more: Any) -> Indices:
    points = sample(range(settings), rows, seed)
    return indices(range(settings), points, model_of(of, **more)(points)[:, :, 0], seed)


# Sobol's indices --------------------------------------------------------------------------------


def test_the_known_indices_of_ishigamis_function_lie_in_the_intervals():
    found = told(ishigami, 3, 2048)
    for one, known in ((found.first, FIRST), (found.total, TOTAL)):
        assert (one.low <= known).all()
        assert (known <= one.high).all()
        assert (one.high - one.low < 0.16).all()  # three standard errors are below 0.12
    assert found.verdicts == (MATTERING,) * 3


def test_an_interval_of_95_percent_holds_the_known_index_about_that_often():
    """Of 40 samples 34 to 40, but for one in a thousand times (38 expected)."""
    held = np.zeros(6)
    for seed in range(40):
        found = told(ishigami, 3, 256, seed=seed)
        both = ((found.first, FIRST), (found.total, TOTAL))
        held += np.concatenate([(one.low <= known) & (known <= one.high) for one, known in both])
    assert (held >= 34).all()


def test_of_a_linear_function_each_setting_makes_its_square_and_none_a_combination():
    found = told(linear(3, 2, 1), 3, 2048)
    shares = np.array([9, 4, 1]) / 14.0
    for one in (found.first, found.total):
        assert (one.low <= shares).all()
        assert (shares <= one.high).all()
    assert found.total.middle == pytest.approx(shares, abs=0.02)
    assert found.alone.middle[0] == pytest.approx(1.0, abs=0.05)
    assert found.rising == pytest.approx([1.0, 1.0, 1.0])


def test_a_setting_that_does_nothing_is_indistinguishable_from_nothing():
    found = told(lambda unit: ishigami(unit[:, :3]), 4, 128)
    assert found.verdicts[3] == NOTHING
    assert found.total.high[3] == 0.0


def test_with_one_member_the_indices_are_salibs():
    points = sample(range(4), 256, 3)
    found = model_of(ishigami, members=1)(points)[:, :, 0]
    ours = indices(range(4), points, found, 3)
    theirs = salib_sobol.analyze(
        problem(range(4)), found[:, 0], calc_second_order=False, num_resamples=10, seed=1
    )
    assert ours.total.middle == pytest.approx(theirs["ST"], abs=1e-9)
    assert ours.first.middle == pytest.approx(theirs["S1"], abs=1e-4)  # SALib's adds 1e-7 somewhere


def test_what_members_differ_in_by_themselves_changes_no_index():
    quiet, loud = (told(ishigami, 3, 128, luck=luck) for luck in (0.0, 30.0))
    assert loud.total.middle == pytest.approx(quiet.total.middle, abs=1e-9)
    assert loud.first.middle == pytest.approx(quiet.first.middle, abs=1e-9)
    assert quiet.parts.middle == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)
    assert loud.parts.middle[0] < 0.05
    assert loud.parts.middle[1] > 0.95


def test_noise_of_every_run_raises_no_index_though_it_raises_that_of_the_mean_run():
    """Without common random numbers: noise as large as the signal, four members a point."""
    points = sample(range(4), 1024, 2)
    found = model_of(lambda unit: ishigami(unit[:, :3]), noise=4.0)(points)[:, :, 0]
    ours = indices(range(4), points, found, 2)
    of_the_mean = indices(range(4), points, found.mean(axis=1, keepdims=True), 2)
    assert of_the_mean.total.low[3] > 0.15
    assert of_the_mean.verdicts[3] == MATTERING
    assert ours.total.low[3] <= 0.0 <= ours.total.high[3]
    assert ours.verdicts[3] != MATTERING
    assert (ours.total.low[:3] <= TOTAL).all()
    assert (ours.total.high[:3] >= TOTAL).all()


def test_the_variance_of_all_runs_is_parted_as_it_was_planted():
    """Settings make 1 of 4, members by themselves 1, members answering differently 2."""
    rng = np.random.default_rng(8)
    members = 400
    by_itself, answer = rng.normal(size=(2, members))
    points = sample(range(2), 256, 1)
    x = np.sqrt(12.0) * (points - 0.5)
    found = x[:, :1] + by_itself + np.sqrt(2.0) * x[:, 1:] * answer
    parts = indices(range(2), points, found, 1).parts
    known = np.array([0.25, 0.25, 0.5])
    assert parts.middle == pytest.approx(known, abs=0.05)
    assert (parts.low <= known).all()
    assert (known <= parts.high).all()


def test_what_only_members_answer_to_each_in_its_own_way_is_no_settings_index():
    """Half of the members go up and half down: on average the setting does nothing."""

    def model(unit):
        return unit[:, :1] + unit[:, 1:] * np.array([1.0, -1.0] * 4)

    points = sample(range(2), 512, 1)
    found = indices(range(2), points, model(points), 1)
    assert found.total.low[1] <= 0.0
    assert found.verdicts[1] != MATTERING


def test_where_nothing_changes_every_setting_is_nothing():
    found = told(lambda unit: 0.0 * unit[:, 0], 3, 32)
    assert not found.varies
    assert found.verdicts == (NOTHING,) * 3


def test_what_members_luck_hides_is_not_settled():
    found = told(lambda unit: 0.01 * unit[:, 0], 2, 32, noise=1.0)
    assert not found.told
    assert found.verdicts == (UNSETTLED,) * 2


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((0.40, 0.20, 0.60), MATTERING),  # wide, but all of it matters
        ((0.06, 0.04, 0.09), MATTERING),
        ((0.08, 0.03, 0.20), UNSETTLED),
        ((0.03, -0.10, 0.15), UNSETTLED),
        ((0.02, -0.01, 0.05), NOTHING),
        ((-0.02, -0.30, 0.05), NOTHING),  # nothing below nothing is seen of it
        ((0.004, 0.003, 0.006), NOTHING),
        ((0.03, 0.02, 0.05), LITTLE),
    ],
)
def test_a_verdict_is_what_an_interval_bears(interval, expected):
    assert verdict(*interval) == expected


# Doubling ---------------------------------------------------------------------------------------


def test_a_doubled_sample_begins_with_the_same_points_and_none_is_run_twice():
    asked: list[np.ndarray] = []

    def model(unit):
        asked.append(unit)
        return model_of(ishigami)(unit)

    found = settled(model, range(3), 4 * 5 * 512, 1)
    assert len(asked) > 2
    assert np.array_equal(np.concatenate(asked), sample(range(3), found.rows, 1))
    assert len(np.concatenate(asked)) == found.points
    assert [runs for runs, _ in found.history] == [4 * 5 * 32 * 2**k for k in range(len(asked))]


def test_doubling_goes_on_until_no_interval_of_what_matters_is_wide():
    found = settled(model_of(linear(1, 1, 0)), range(3), 10**6, 1)
    assert found.because in (NARROW, UNCHANGED)
    assert found.by_outcome[0].widest <= (WIDE if found.because == NARROW else 0.25)
    assert found.by_outcome[0].verdicts == (MATTERING, MATTERING, NOTHING)


def test_doubling_never_spends_more_than_is_allowed():
    found = settled(model_of(ishigami), range(3), 4 * 5 * 100, 1)
    assert found.because == SPENT
    assert found.runs == 4 * 5 * 64


def test_when_doubling_stops():
    sure, open_ = ((MATTERING, NOTHING),), ((MATTERING, UNSETTLED),)
    assert why_stop([sure, sure], 0.09, False) == NARROW
    assert why_stop([sure], 0.01, False) == ""  # one sample alone shows nothing
    assert why_stop([sure, sure], 0.2, False) == ""
    assert why_stop([sure, sure, sure], 0.2, False) == UNCHANGED
    assert why_stop([sure, sure, sure], 0.5, False) == ""  # unchanged, but rough
    assert why_stop([open_, open_, open_], 0.01, False) == ""
    assert why_stop([open_], 0.01, True) == SPENT


def test_the_same_seed_gives_the_same_indices_to_the_bit():
    one, other = (settled(model_of(ishigami), range(3), 2000, 9) for _ in range(2))
    assert np.array_equal(one.by_outcome[0].total.high, other.by_outcome[0].total.high)
    assert np.array_equal(one.drawn, other.drawn)
    another = settled(model_of(ishigami), range(3), 2000, 10)
    assert not np.array_equal(one.drawn, another.drawn)


# Screening --------------------------------------------------------------------------------------


def test_half_of_a_range_moves_a_linear_function_by_half_of_its_slope():
    found = screened(model_of(linear(4, -2, 0)), range(3), 10, 1)
    assert found.size[0] == pytest.approx([2.0, 1.0, 0.0])
    assert found.mean[0] == pytest.approx([2.0, -1.0, 0.0])
    assert found.spread[0] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert found.moves[0].tolist() == [True, True, False]
    assert found.kept() == (0, 1)


def test_with_one_member_the_screening_is_salibs():
    levels = trajectories(range(3), 12, 4)
    outcome = ishigami(in_the_middle(levels))
    found = screened(model_of(ishigami, members=1), range(3), 12, 4)
    theirs = salib_morris.analyze(problem(range(3)), levels, outcome, num_levels=4, seed=1)
    per_range = 2.0 / 3.0  # SALib's step between its levels, which is half of the range here
    assert found.size[0] == pytest.approx(np.asarray(theirs["mu_star"]) * per_range)
    assert found.mean[0] == pytest.approx(np.asarray(theirs["mu"]) * per_range)
    assert found.spread[0] == pytest.approx(np.asarray(theirs["sigma"]) * per_range)


def test_a_setting_that_only_reshuffles_members_luck_is_dropped_as_luck():
    """By the first setting all members rise; the second deals each a number of its own anew."""
    dealt = np.random.default_rng(7).normal(size=(4, 4))

    def model(unit):
        return (unit[:, :1] + 0.1 * dealt[(4 * unit[:, 1]).astype(int)])[:, :, None]

    found = screened(model, range(2), 20, 1)
    assert found.moves[0].all()
    assert found.luck[0, 0] == pytest.approx(0.0, abs=1e-12)
    assert found.above_luck[0].tolist() == [True, False]
    assert found.kept() == (0,)


def test_luck_is_what_a_setting_shows_that_does_nothing_on_average():
    """Each member answers to it by a number of its own with no mean, for each place anew."""

    def model(unit):
        place = ((4 * unit).astype(int) * [16, 4, 1]).sum(axis=1)
        return np.stack([
            [np.random.default_rng([9, p, m]).normal() for m in range(4)] for p in place
        ])[:, :, None]  # fmt: skip

    found = screened(model, range(3), 40, 1)
    assert found.size[0] == pytest.approx(found.luck[0], rel=0.35)
    assert found.kept() == ()


def test_at_most_eight_go_on_and_what_was_dropped_is_reckoned():
    slopes = np.full(12, 1.0)
    found = screened(model_of(linear(*slopes)), range(12), 4, 1)
    kept = found.kept()
    assert len(kept) == MOST_KEPT
    assert found.missed(0, kept) == pytest.approx(4 / 12)


def test_what_is_small_beside_the_largest_is_dropped():
    found = screened(model_of(linear(1, 0.09, 0.11)), range(3), 4, 1)
    assert found.kept() == (0, 2)
    assert found.missed(0, (0, 2)) == pytest.approx(0.0081 / (1 + 0.0081 + 0.0121))


def test_of_several_outcomes_each_sends_its_largest_first():
    every = np.array([[9.0, 8.0, 0.0, 7.0], [0.0, 1.0, 3.0, 2.0]])
    nothing = np.zeros_like(every)
    found = Screening(every, every, nothing, nothing, every**2, every > 0.0, 4)
    assert found.kept(3) == (0, 2, 1)


# Settings of several numbers ----------------------------------------------------------------------


def test_numbers_that_undo_each_other_when_they_rise_together_are_found_each_by_itself():
    """Two weights of which only the difference counts, in one setting; a third is small."""

    def of(unit):
        return unit[:, 0] - unit[:, 1] + 0.3 * unit[:, 2]

    groups = (0, 0, 1)
    points = sample(groups, 512, 1)
    found = indices(groups, points, model_of(of)(points)[:, :, 0], 1)
    assert found.total.middle == pytest.approx([2 / 2.09, 0.09 / 2.09], abs=0.03)
    moves = screened(model_of(of), groups, 10, 1)
    assert moves.size[0, 1] == pytest.approx(0.15)
    assert moves.size[0, 0] > 0.3


def test_of_several_numbers_the_one_that_does_most_is_named():
    groups = (0, 0, 0, 1)
    points = sample(groups, 256, 1)
    outcome = model_of(linear(0.1, -3.0, 0.2, 1.0))(points)[:, :, 0]
    place, closely = goes_most_with(groups, points, outcome, 0)
    assert place == 1
    assert closely < -0.9
    assert goes_most_with(groups, points, model_of(linear(0, 0, 0, 1))(points)[:, :, 0], 0) is None


def test_among_many_numbers_luck_alone_names_none():
    """Forty numbers that do nothing, with few rows; members answer to each point by chance."""
    groups = (0,) * 40 + (1,)
    points = sample(groups, FIRST_ROWS, 1)
    luck = [np.random.default_rng(seed).normal(size=(len(points), 4)) for seed in range(20)]
    assert [goes_most_with(groups, points, outcome, 0) for outcome in luck] == [None] * 20


def test_a_number_that_runs_beside_one_of_another_setting_is_not_named():
    """In few rows two numbers are often as good as one; what the other does is not its doing."""
    groups = (0, 0, 0, 1)
    a, b = np.random.default_rng(2).random((2, 64, 4))
    a[:, 1], b[:, 1] = a[:, 3], b[:, 3]
    own, other = (np.where(np.array(groups) == k, b, a) for k in (0, 1))
    points = np.stack([a, own, other, b], axis=1).reshape(-1, 4)
    model = model_of(linear(0.0, 0.0, 0.0, 1.0), noise=0.01)
    assert goes_most_with(groups, points, model(points)[:, :, 0], 0) is None


def test_of_two_numbers_that_do_as_much_neither_stands_out():
    groups = (0, 0, 0, 1)
    points = sample(groups, 256, 1)
    outcome = model_of(linear(1.0, -1.0, 0.0, 1.0))(points)[:, :, 0]
    assert goes_most_with(groups, points, outcome, 0) is None


def test_how_often_luck_shows_a_correlation_by_hand():
    """0.8 in 5 rows is 2.67 standard errors, of Student's with 4 degrees of freedom."""
    assert by_luck(0.8, 5) == pytest.approx(0.0561, abs=1e-3)
    assert by_luck(0.0, 5) == 1.0
    assert by_luck(-1.0, 5) == 0.0


def test_numbers_are_drawn_as_members_draw_them(region):
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    (capacity,) = settings_of(region, scenario, ["capacity"])
    every = varied(region, capacity)
    central = every.at(np.full((1, len(every.numbers)), 0.5))
    assert len(every.numbers) > 20
    assert central[0].tolist() == [row.central for row in every.numbers]
    (asked,) = settings_of(region, scenario, ["choice_sharpness=1:3"])
    assert varied(region, asked).at(np.array([[0.5]])).tolist() == [[2.0]]


# Told -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "told_as"),
    [
        ("KAZ.gdp_gap@end", 0.012, "1.2 percentage points"),  # kept as a share of the trend's GDP
        ("KAZ.gdp_gap@end:level", 0.012, "1.2%"),
        ("KAZ.threat.RUS@end", 0.01, "1 percentage point"),
        ("KAZ.burden@end", 0.5, "0.5% of GDP"),
        ("KAZ.breadth@end", 0.12, "0.12 effective partners"),
        ("KAZ.two_sidedness@end", 0.3, "0.3"),
    ],
)
def test_an_amount_is_told_in_one_unit_whoever_tells_it(region, name, size, told_as):
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    (one,) = outcomes_of(region, scenario, [name])
    scale, unit = told_in(one.unit, one.of)
    assert with_unit(f"{scale * size:.6g}", unit) == told_as
    line = in_words(Line(size, above=True), one.unit, one.of)
    assert line.startswith(f"is {'above' if one.of == 'level' else 'more than'} {told_as}")


def test_a_scale_stands_with_the_name_of_what_is_measured_on_it(region):
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    one, other = outcomes_of(region, scenario, ["KAZ.two_sidedness@end", "KAZ.breadth@end"])
    told_of = [outcome_in_words(region, scenario, each) for each in (one, other)]
    assert told_of == [
        "Kazakhstan's two-sidedness (0 to 3) at the end of the run",
        "Kazakhstan's breadth of ties at the end of the run",
    ]


NAMED = (
    "choice_sharpness", "cut_threat", "risk_aversion", "pipeline_shut.months=1:12",
)  # fmt: skip


def asked_of(region: Region, **more: Any) -> Reading:
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    settings = settings_of(region, scenario, NAMED)
    outcomes = outcomes_of(region, scenario, ["KAZ.breadth@2023-07"])
    made = Reading(
        region, scenario, outcomes, tuple(varied(region, one) for one in settings), 10_000, 4
    )
    return replace(made, **more)


def said(region: Region, of, budget: int, **more: Any) -> tuple[list[str], str]:
    """Return the sentences on a function of four settings, and everything that is printed."""
    made = settled(model_of(of, **more), range(4), budget, 1)
    told = findings(asked_of(region, runs=budget), Found(None, (0, 1, 2, 3), made))
    cells = [cell(one) for table in told.tables for row in table.rows for one in row]
    return list(told.sentences), " | ".join([*told.sentences, *cells])


def test_what_matters_and_what_does_not_is_said_in_words(region):
    sentences, _ = said(region, linear(4, 2, 0, 0.7), 40_000)
    assert sentences[0].startswith(
        "What matters most for the scenario's effect on Kazakhstan's breadth of ties in July 2023: "
        "'choice_sharpness' at 78% of the variance that settings make (95% interval: "
    )
    assert "Indistinguishable from nothing: 'risk_aversion'." in sentences
    assert any(
        one.startswith("Matters little") and "the length of 'pipeline shut'" in one
        for one in sentences
    )
    assert "More of 'choice_sharpness' and more of 'cut_threat' push it up." in sentences
    assert len(sentences) <= 6
    assert any("combinations cannot be told from nothing" in one for one in sentences)


def test_what_is_too_wide_is_not_settled_at_so_many_runs(region):
    sentences, _ = said(region, linear(3, 1.5, 0, 1), 1_000, noise=2.0)
    assert any(one.startswith("Not settled at 768 runs:") for one in sentences)


def test_of_several_outcomes_each_has_two_sentences(region):
    """All verdicts in one, and where the runs lie in the other."""
    made = settled(
        lambda unit: np.concatenate([model_of(linear(4, 2, 0, 0.7))(unit)] * 2, axis=2),
        range(4), 10_000, 1,
    )  # fmt: skip
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    both = outcomes_of(region, scenario, ["KAZ.breadth@2023-07", "UZB.gdp_gap@end:level"])
    told = findings(asked_of(region, outcomes=both), Found(None, (0, 1, 2, 3), made)).sentences
    for name, verdicts, runs in zip(
        ("Kazakhstan", "Uzbekistan"), told[:4:2], told[1:4:2], strict=True
    ):
        assert name in verdicts
        assert "Indistinguishable from nothing: 'risk_aversion'." in verdicts
        assert runs.startswith(f"In nine runs of ten {name}'s")
    assert "than in the baseline" in told[1]
    assert re.search(r"is [0-9]+ to [0-9]+% \(median", told[3])


@pytest.mark.parametrize("noise", [0.0, 1.0, 3.0])
def test_no_index_below_nothing_is_ever_said(region, noise):
    def of(unit):
        return (unit[:, 0] - 0.5) * (unit[:, 1] - 0.5) + 0.1 * unit[:, 2]

    made = settled(model_of(of, noise=noise), range(4), 2_000, 1)
    assert (made.by_outcome[0].first.low < 0.0).any()
    _, everything = said(region, of, 2_000, noise=noise)
    assert not NEGATIVE.search(everything)


def test_an_outcome_that_nothing_moves_is_said_to_be_so_and_has_no_picture(region):
    """Two outcomes of ten settings, of which the second stays as it is whatever is set."""

    def model(unit):
        first = model_of(linear(4, 2, 1, *[0.1] * 7))(
            np.pad(unit, ((0, 0), (0, 10 - unit.shape[1])))
        )
        return np.concatenate([first, np.zeros_like(first)], axis=2)

    names = [row_name(row) for row in region.ledger if row.low < row.high][:10]
    scenario = read_scenario("scenarios/cpc_closure.yaml", region)
    settings = settings_of(region, scenario, names)
    asked = asked_of(
        region,
        varied=tuple(varied(region, one) for one in settings),
        outcomes=outcomes_of(region, scenario, ["KAZ.breadth@2023-07", "UZB.breadth@2023-07"]),
    )
    screening = screened(model, range(10), 4, 1)
    kept = screening.kept()
    found = findings(asked, Found(screening, kept, settled(model, range(len(kept)), 2_000, 1)))
    (nothing,) = [one for one in found.sentences if "Uzbekistan" in one]
    assert nothing == (
        "Nothing that was varied changes the scenario's effect on Uzbekistan's breadth of ties in "
        "July 2023 at all."
    )
    assert found.pictures
    for one in (*found.pictures, *found.tables):
        assert "UZB" not in one.name
    for picture in found.pictures:
        picture.draw(blank(4.0, ""))


def test_of_what_is_hardly_moved_it_is_not_said_what_matters_most(region):
    """A thousandth of an effective partner, a fiftieth of what counts as slight."""
    sentences, _ = said(region, linear(0.0007, 0.0003, 0, 0), 10_000)
    assert sentences[0].startswith(
        "There is next to nothing to be explained where in nine runs of ten the scenario moves "
        "Kazakhstan's breadth of ties in July 2023 by at most 0.000"
    )
    assert len(sentences) == 1


def test_a_table_is_never_wider_than_the_terminal(capsys):
    names = ("a_name_of_some_length", "several words", *["twenty_letters_a_word"] * 4)
    table = Table("one", "A table", tuple(f"column{k}" for k in range(6)), (names,))
    found = Findings("sensitivity", "A title", "A question?", (), (table,), (), {})
    for width in (80, 120, 160):
        show(found, "folder", Console(width=width))
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= width
        assert any("a_name_of_some_length" in line for line in lines)
        assert all(f"column{k}" in " ".join(lines) for k in range(6))


def test_how_it_was_asked_stands_below_what_was_found(tmp_path, capsys):
    table = Table("one", "A table", ("setting", "of it"), (("a_name_of_some_length", 0.5),))
    found = Findings(
        "sensitivity", "A title", "A question?", ("It was found.",), (table,), (), {},
        notes=("It was chosen.",),
    )  # fmt: skip
    write(found, tmp_path, {})
    show(found, str(tmp_path), Console(width=40))
    page = (tmp_path / "report.html").read_text("utf-8")
    for told_in_order in (capsys.readouterr().out, page):
        places = [told_in_order.index(text) for text in (
            "It was found.", "A table", "a_name_of_some_length", NOTES, "It was chosen.",
        )]  # fmt: skip
        assert places == sorted(places)
    assert json.loads((tmp_path / "summary.json").read_bytes())["notes"] == ["It was chosen."]
    show(replace(found, notes=()), str(tmp_path), Console(width=40))
    assert NOTES not in capsys.readouterr().out


# The command --------------------------------------------------------------------------------------

TINY = ("--months", "16", "--members", "4", "--runs", "600")
FEW = ("--vary", "pipeline_shut.months=1:3", "--vary", "choice_sharpness")


def test_sensitivity_from_the_command_line(tmp_path, capsys):
    asked = ["sensitivity", "cpc_closure", *TINY, *FEW, "--out", str(tmp_path)]
    assert main(asked) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Kazakhstan is the state whose ties the scenario moves most" in printed
    assert "with the same 4 members at every point" in printed
    found, asked_how = printed.split(NOTES)
    assert "What matters most" in found
    assert "with the same 4 members" in asked_how
    assert not NEGATIVE.search(printed)
    folder = tmp_path / "cpc_closure_sensitivity"
    first = (folder / "summary.json").read_bytes()
    assert main([*asked, "--quiet", "--workers", "1"]) == 0
    assert (folder / "summary.json").read_bytes() == first
    assert (folder / "report.html").stat().st_size > 5000
    assert (folder / "tables" / "indices.csv").read_text().startswith("setting,verdict,total")


def test_more_than_eight_settings_are_screened_first(tmp_path, capsys):
    names = ("pipeline_shut.months=1:3", "pipeline_shut.intent", "choice_sharpness", "cut_threat",
             "base_flow", "elite_tie", "kin_share", "border", "pass_through")  # fmt: skip
    vary = [part for name in names for part in ("--vary", name)]
    asked = ["sensitivity", "cpc_closure", *TINY[:4], "--runs", "1700", *vary]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Screened first were 9 settings" in printed
    assert "What could have been missed" in printed.partition(NOTES)[2]
    assert re.search("[0-9] other settings? (was|were) dropped", printed.partition(NOTES)[0])
    assert not NEGATIVE.search(printed)


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        ((*FEW, "--members", "1"), "write --members 4 or more"),
        ((*FEW, "--runs", "100"), "write --runs 512 or more"),
        (("--runs", "2000"), "or name fewer settings with --vary"),
        (("--vary", "no_such_number"), "is no number of the ledger and no field of an event"),
        ((*FEW, "--outcome", "XXX.breadth"), "is no state"),
        ((*FEW, "--outcome", "breadth", "--outcome", "gdp_gap"), "at most 6 at once"),
        (("--vary", "capacity", "--vary", "capacity/cpc_pipeline"), "vary one of the two"),
        ((*FEW, "--arm", "none"), "leave --arm out"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_cure(asked, cure, tmp_path, capsys):
    assert main(["sensitivity", "cpc_closure", *TINY, *asked, "--out", str(tmp_path)]) == 2
    assert cure in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())
