"""Scenario discovery on functions whose answer is known."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.scenario import Scenario
from sim.study.discovery import (
    LEAST_MASS,
    Box,
    by_chance,
    discover,
    inside,
    leaves,
    measure,
    narrowed,
    peeled,
    quasi_p,
    readable,
    steps_of,
    whole_space,
)
from sim.study.lines import Line
from sim.study.outcomes import outcomes_of
from sim.study.settings import settings_of
from sim.studying.discover import changing_nothing, sample, spread, too_few
from sim.studying.discover import studied as discover_told
from sim.studying.lines import Crossing

STEPS = np.full(6, 0.01)


def drawn(seed: int, count: int = 1000, settings: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).random((count, settings))


def planted(points: np.ndarray) -> np.ndarray:
    """Two of six settings matter."""
    return (points[:, 1] > 0.6) & (points[:, 4] < 0.5)


def test_a_planted_box_is_found_and_holds_on_fresh_runs():
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one), other, planted(other), STEPS)
    assert found.holds
    assert set(found.box.restricted) == {1, 4}
    assert found.box.low[1] == pytest.approx(0.6, abs=0.02)
    assert found.box.high[4] == pytest.approx(0.5, abs=0.02)
    assert found.fresh.density > 0.9
    assert found.fresh.coverage > 0.9


def test_a_planted_box_is_found_through_noise():
    one, other = drawn(1), drawn(2)
    noise = np.random.default_rng(3)
    blurred = [planted(x) & (noise.random(len(x)) < 0.8) for x in (one, other)]
    found = discover(one, blurred[0], other, blurred[1], STEPS)
    assert found.holds
    assert set(found.box.restricted) == {1, 4}
    assert found.fresh.density == pytest.approx(0.8, abs=0.08)


def test_both_ends_of_a_range_can_be_cut():
    one, other = drawn(1), drawn(2)
    middle = [(abs(x[:, 2] - 0.5) < 0.1) for x in (one, other)]
    found = discover(one, middle[0], other, middle[1], STEPS)
    assert list(found.box.restricted) == [2]
    assert (found.box.low[2], found.box.high[2]) == pytest.approx((0.4, 0.6), abs=0.02)


def test_a_switch_is_peeled_at_once():
    one, other = drawn(1), drawn(2)
    for points in (one, other):
        points[:, 0] = points[:, 0] > 0.5
    hit = [(x[:, 0] > 0.5) & (x[:, 3] > 0.7) for x in (one, other)]
    found = discover(
        one, hit[0], other, hit[1], steps_of(np.zeros(6), np.ones(6), np.arange(6) < 1)
    )
    assert set(found.box.restricted) == {0, 3}
    assert found.box.low[0] == 0.5


@pytest.mark.parametrize("seed", range(10))
def test_a_random_outcome_gives_no_combination(seed):
    chance = np.random.default_rng(100 + seed)
    one, other = drawn(seed), drawn(50 + seed)
    found = discover(one, chance.random(1000) < 0.3, other, chance.random(1000) < 0.3, STEPS)
    assert not found.holds


def test_the_tree_agrees_on_a_planted_box():
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one), other, planted(other), STEPS)
    assert found.leaf is not None
    assert set(found.leaf.restricted) == {1, 4}
    assert found.leaf_fresh is not None
    assert found.leaf_fresh.density > 0.9


def test_every_point_lies_in_one_leaf():
    points = drawn(1)
    some = leaves(points, planted(points))
    assert sum(inside(leaf, points).astype(int) for leaf in some).tolist() == [1] * len(points)


def test_no_leaf_is_an_anecdote():
    points = drawn(7)
    crossed = planted(points) ^ (np.random.default_rng(8).random(1000) < 0.1)
    assert all(inside(leaf, points).mean() >= LEAST_MASS for leaf in leaves(points, crossed))


def test_where_nothing_differs_the_tree_asks_nothing():
    assert len(leaves(drawn(1), np.full(1000, 1.0))) == 1


def test_a_point_that_crosses_in_part_counts_in_part():
    """Two members a point: the one crosses in the planted box, the other nowhere."""
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one) / 2.0, other, planted(other) / 2.0, STEPS)
    assert set(found.box.restricted) == {1, 4}
    assert found.fresh.density == pytest.approx(0.5, abs=0.05)
    assert found.fresh.coverage > 0.9
    assert found.leaf is not None
    assert set(found.leaf.restricted) >= {1, 4}


def test_chance_counts_points_and_not_their_runs():
    """A box of 4 points of 16, half of which cross; all of its own do: 0.5 to the fourth."""
    found = measure(
        narrowed(whole_space(1), 0, high=3.5),
        np.arange(16.0)[:, None],
        np.array([1.0] * 4 + [1.0] * 4 + [0.0] * 8),
    )
    assert by_chance(found) == pytest.approx(0.5**4)


def test_the_peeling_finds_what_a_known_library_finds():
    """On a planted box, and where it is blurred: as dense and as wide, of the same settings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it says of its own optional parts
        prim = pytest.importorskip("ema_workbench.analysis.prim")
        pandas = pytest.importorskip("pandas")
        points = drawn(1)
        for kept in (1.0, 0.8):
            crossed = planted(points) & (np.random.default_rng(3).random(1000) < kept)
            known = prim.Prim(pandas.DataFrame(points), crossed, threshold=0.1).find_box()
            path = known.peeling_trajectory
            both = zip(path.coverage, path.density, strict=True)
            theirs = max(2 * c * d / (c + d) for c, d in both)
            ours = discover(points, crossed, points, crossed, STEPS)
            assert set(ours.box.restricted) == {1, 4}
            assert ours.told.balance >= theirs - 0.01


def test_coverage_and_density_by_hand():
    points = np.array([[0.1], [0.2], [0.3], [0.4]])
    found = measure(
        narrowed(whole_space(1), 0, low=0.25), points, np.array([0, 1, 1, 0], dtype=bool)
    )
    assert (found.coverage, found.density, found.share, found.points) == (0.5, 0.5, 0.5, 2)
    assert found.balance == 0.5


def test_a_restriction_that_does_nothing_is_explained_by_chance():
    points = drawn(1)
    box = narrowed(narrowed(whole_space(6), 1, low=0.6), 5, low=0.3)
    by_chance = quasi_p(box, points, planted(points))
    assert by_chance[1] < 1e-6
    assert by_chance[5] > 0.05


def test_a_smaller_box_lies_within_the_one_before():
    points = drawn(1)
    boxes = peeled(points, planted(points))
    for before, after in pairwise(boxes):
        assert (after.low >= before.low).all()
        assert (after.high <= before.high).all()


def test_bounds_are_rounded_outwards_and_what_is_free_stays_free():
    box = Box(np.array([0.1234, -np.inf]), np.array([0.5678, np.inf]))
    rounded = readable(box, np.array([0.01, 0.01]))
    assert (rounded.low[0], rounded.high[0]) == (0.12, 0.57)
    assert list(rounded.restricted) == [0]


def test_the_same_runs_give_the_same_box():
    one, other = drawn(1), drawn(2)
    first, second = (discover(one, planted(one), other, planted(other), STEPS) for _ in range(2))
    assert first.path == second.path
    assert first.fresh == second.fresh


# The runs and the command -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runs", "members", "expected"),
    [(2000, 20, (1000, 10, 2)), (20, 20, (20, 20, 1)), (100, 1, (100, 1, 1)), (90, 7, (90, 7, 1))],
)
def test_runs_are_dealt_to_groups_of_members(runs, members, expected):
    found = spread(runs, members)
    assert (found.points, found.groups, found.each) == expected
    assert found.runs == runs
    assert found.members <= members


class Noted:
    """A crossing that notes which points are run for which members, and crosses nowhere."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.asked: list[tuple[np.ndarray, int, int]] = []

    def margins(self, settings, points, first, count):
        self.asked.append((points, first, count))
        return -np.ones((len(points), count, 1))


def test_every_group_of_members_is_tried_over_the_whole_of_every_range(region):
    scenario = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    settings = settings_of(region, scenario, ["cut_threat", "pipeline_shut.intent=0:1"])
    noted = Noted(scenario)
    how = spread(320, 20)
    points, _ = sample(noted, settings, how, 40)
    assert np.array_equal(np.concatenate([own for own, _, _ in noted.asked]), points)
    assert [first for _, first, _ in noted.asked] == list(range(40, 60, how.each))
    low, high = (np.array([getattr(one, end) for one in settings]) for end in ("low", "high"))
    for own, _, _ in noted.asked:
        unit = (own - low) / (high - low)
        assert (unit.min(axis=0) < 0.2).all()
        assert (unit.max(axis=0) > 0.8).all()


@dataclass(frozen=True)
class Planted(Crossing):
    """A line that is crossed where the pipeline is shut for more than a year and it is meant."""

    def margins(self, settings, points, first, count):
        past = np.where((points[:, 0] > 12) & (points[:, 1] > 0.5), 1.0, -1.0)
        return np.repeat(past[:, None, None], count, axis=1)


@dataclass(frozen=True)
class ByChance(Crossing):
    """A line that is crossed in half of the runs, whatever is set."""

    def margins(self, settings, points, first, count):
        luck = np.random.default_rng(first).random((len(points), count, 1))
        return luck - 0.5


def test_a_planted_combination_is_told_in_a_sentence(region):
    scenario = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    names = ["pipeline_shut.months=1:24", "pipeline_shut.intent=0:1", "cut_threat"]
    settings = settings_of(region, scenario, names)
    outcomes = outcomes_of(region, scenario, ["KAZ.breadth@end"])
    planted_line = Planted(region, scenario, outcomes, Line(0.1, above=True))
    found = discover_told(planted_line, settings, 2000, 20)
    assert found.sentences[0].startswith("In 100% of the runs where 'pipeline shut' lasts at least "
        "13 months and the intent behind 'pipeline shut' is above 0.5")  # fmt: skip
    assert "this covers 100% of such runs" in found.sentences[0]
    assert found.sentences[1].startswith("Elsewhere 0% of the fresh runs cross the line")
    assert [table.name for table in found.tables] == ["box", "measures"]
    whats = {row[0]: row[-1] for row in found.tables[0].rows}
    assert whats == {
        "pipeline_shut.months": "length of 'pipeline shut' in months",
        "pipeline_shut.intent": "intent behind 'pipeline shut'",
    }


@pytest.mark.parametrize(
    ("sought", "fresh", "said"),
    [
        (0.4, 0.19, True),
        (0.19, 0.4, True),
        (0.4, 0.21, False),
        (0.0, 0.0, False),
        (0.02, 0.0, True),
    ],
)
def test_runs_are_too_few_where_the_fresh_ones_cross_far_more_or_less_often(sought, fresh, said):
    one, other = drawn(1), drawn(2)
    found = discover(one, planted(one), other, planted(other), STEPS)
    told, checked = replace(found.told, share=sought), replace(found.fresh, share=fresh)
    assert bool(too_few(replace(found, told=told, fresh=checked))) == said


@pytest.mark.parametrize(
    ("vary", "tried", "told"),
    [
        ("pipeline_shut.months=3,9,15,24", {3.0, 9.0, 15.0, 24.0}, "lasts at least 15 months"),
        ("pipeline_shut.months=3:24:4", {3.0, 10.0, 17.0, 24.0}, "lasts at least 17 months"),
    ],
)
def test_values_that_are_named_are_the_only_ones_tried(region, vary, tried, told):
    scenario = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    settings = settings_of(region, scenario, [vary, "pipeline_shut.intent=0:1"])
    outcomes = outcomes_of(region, scenario, ["KAZ.breadth@end"])
    crossed = Planted(region, scenario, outcomes, Line(0.1, above=True))
    points, _ = sample(crossed, settings, spread(320, 20), 0)
    assert set(points[:, 0]) == tried
    found = discover_told(crossed, settings, 2000, 20)
    assert told in " ".join(found.sentences)


@pytest.mark.parametrize(
    ("vary", "told"),
    [
        (["cut_threat"], "The one setting that was varied does not do better than chance"),
        (
            ["cut_threat", "agreement_lean"],
            "No combination of the 2 settings that were varied does",
        ),
    ],
)
def test_where_no_box_holds_one_setting_is_no_combination(region, vary, told):
    scenario = read_scenario(Path("scenarios/cpc_closure.yaml"), region)
    settings = settings_of(region, scenario, vary)
    outcomes = outcomes_of(region, scenario, ["KAZ.breadth@end"])
    crossed = ByChance(region, scenario, outcomes, Line(0.1, above=True))
    assert discover_told(crossed, settings, 200, 2).sentences[1].startswith(told)


def test_a_setting_that_changes_nothing_is_said_to(region):
    scenario = read_scenario(Path("scenarios/cpc_closure.yaml"), region).resized(None, 20, None)
    outcomes = outcomes_of(region, scenario, ["KAZ.breadth@end"])
    crossed = Crossing(region, scenario, outcomes, Line(0.1, above=True))
    settings = settings_of(region, scenario, ["pipeline_shut.months=1:6", "agreement_lean"])
    (told,) = changing_nothing(crossed, settings)
    assert told.startswith("Nothing that is read changes with 'agreement_lean', from one end")


def test_discover_from_the_command_line(tmp_path, capsys):
    asked = ("discover", "cpc_closure", "--vary", "pipeline_shut.months=1:8", "--outcome",
             "KAZ.breadth@end", "--above", "0.02", "--months", "24", "--runs", "40", "--members",
             "2", "--out", str(tmp_path))  # fmt: skip
    assert main(list(asked)) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Kazakhstan's breadth of ties at the end of the run is more than 0.02" in printed
    folder = tmp_path / "cpc_closure_discover"
    first = (folder / "summary.json").read_bytes()
    assert main([*asked, "--quiet", "--workers", "1"]) == 0
    assert (folder / "summary.json").read_bytes() == first
    assert (folder / "report.html").exists()


def test_discover_with_nothing_asked_says_what_was_chosen(tmp_path, capsys):
    asked = ["discover", "cpc_closure", "--months", "16", "--runs", "20", "--members", "2"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Kazakhstan is the state whose ties the scenario moves most" in printed
    assert "everything uncertain" in printed
    assert "The line was chosen" in printed


def test_too_few_crossings_are_no_question(tmp_path, capsys):
    asked = ["discover", "cpc_closure", "--vary", "cut_threat", "--line", "hedge_ends:KAZ"]
    asked += ["--months", "16", "--runs", "20", "--members", "2", "--out", str(tmp_path)]
    assert main(asked) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "In 0% of all 20 runs Kazakhstan's hedge ends: too few to ask" in printed
