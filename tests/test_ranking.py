"""Scenarios side by side, on movements whose order is known; and the command."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputError
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.report.figures.ranking import scale
from sim.report.study_page import NOTES
from sim.results import compare
from sim.scenario import Scenario
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels
from sim.study.ranking import Moved, moved_by, pair, ranked, side_by_side, weights
from sim.studying.common import LONGEST_NAME, folder_name
from sim.studying.compare import Compared, alike_to, column, compared, findings, short_of

MEMBERS = 400


def planted(*centres: float) -> list[np.ndarray]:
    """Return movements around planted centres that share most of their luck."""
    chance = np.random.default_rng(1)
    shared = chance.normal(0.0, 0.02, MEMBERS)
    return [centre + shared + chance.normal(0.0, 0.01, MEMBERS) for centre in centres]


def test_a_planted_order_is_found_whatever_order_is_named():
    moved = planted(0.1, 0.4, 0.2)
    assert ranked(moved).order == (1, 2, 0)
    assert ranked(moved).ranks() == [3, 1, 2]
    assert all(ranked(moved).pairs[pair].apart for pair in combinations((1, 2, 0), 2))


def test_size_counts_and_not_direction():
    assert ranked(planted(0.1, -0.4)).order == (1, 0)


def test_alike_scenarios_cannot_be_told_apart_and_share_a_rank():
    found = ranked(planted(0.2, 0.2, 0.5))
    assert not found.pairs[0, 1].apart
    assert found.ranks() == [2, 2, 1]


def test_a_scenario_and_itself_are_a_draw():
    (one,) = planted(0.2)
    assert pair(one, one).share == 0.5
    assert not pair(one, one).apart


def test_shares_of_a_pair_sum_to_one():
    found = ranked(planted(0.20, 0.21, 0.0))
    for one, other in combinations(range(3), 2):
        assert found.pairs[one, other].share + found.pairs[other, one].share == pytest.approx(1.0)


def test_a_tiny_lead_in_every_run_is_no_difference():
    (one,) = planted(0.2)
    found = pair(one * 1.01, one)
    assert found.share == 1.0
    assert not found.apart


def test_the_share_of_a_pair_by_hand():
    found = pair(np.array([3.0, 3.0, 3.0, 1.0]), np.array([1.0, 2.0, 2.0, 2.0]))
    assert found.share == 0.75
    assert found.apart


def test_who_leads_in_the_median_but_in_few_runs_is_not_told_apart():
    """The first has the higher median, 5 against 2, and is larger in one run of five."""
    sizes = [np.array([5.0, 1.0, 2.0, 6.0, 7.0]), np.array([0.0, 1.1, 2.1, 6.1, 7.1])]
    found = ranked(sizes)
    assert found.order == (0, 1)
    assert found.pairs[0, 1].share == pytest.approx(0.2)
    assert not found.pairs[0, 1].apart
    assert not found.pairs[1, 0].apart
    assert found.ranks() == [1, 1]


def test_a_rank_counts_those_that_clearly_move_it_more():
    """The first cannot be told from the second, nor it from the third, but the first from it."""
    found = ranked([np.full(20, 1.05), np.full(20, 1.0), np.full(20, 0.96)])
    assert [found.pairs[p].apart for p in ((0, 1), (1, 2), (0, 2))] == [False, False, True]
    assert found.ranks() == [1, 1, 2]


def test_what_is_read_at_its_worst_is_one_month_for_each_member():
    change = np.array([[0.1, 0.2], [-0.5, 0.1], [0.3, -0.1]])
    assert weights("worst", change).T.tolist() == [[0, 1, 0], [1, 0, 0]]
    assert weights("mean", change).sum(axis=0) == pytest.approx([1.0, 1.0])


# Made alike ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def closure(region: Region) -> Scenario:
    return read_scenario(Path("scenarios/cpc_closure.yaml"), region)


@pytest.fixture(scope="module")
def corridor(region: Region) -> Scenario:
    return read_scenario(Path("scenarios/middle_corridor_growth.yaml"), region)


def test_the_shortest_run_and_the_first_seed_are_taken_and_said(closure, corridor):
    found, notes = side_by_side([replace(corridor, seed=5), closure], 7, None, None)
    assert {(one.months, one.seed, one.members) for one in found} == {(closure.months, 5, 7)}
    assert len(notes) == 2
    assert side_by_side([closure, corridor], 7, 24, 3)[1] == []


def test_every_arm_counts_by_itself(region, closure):
    arms = read_scenario(Path("scenarios/csto_intervention.yaml"), region)
    found, _ = side_by_side([closure, arms], 7, 24, 1)
    assert [one.arm for one in found] == [None, "no_force", "kyrgyz_unrest", "kyrgyz_force"]


def test_other_worlds_are_refused(region, closure):
    world = read_scenario(Path("scenarios/history_2022_2024.yaml"), region)
    with pytest.raises(InputError, match="extend the same one"):
        side_by_side([closure, world], 7, None, None)
    with pytest.raises(InputError, match="the same start"):
        side_by_side([closure, replace(closure, start="2021-06")], 7, None, None)
    with pytest.raises(InputError, match="name two or more"):
        side_by_side([closure], 7, None, None)


def test_movements_are_those_of_the_main_job_and_of_the_other_studies(region, closure):
    one = closure.resized(6, 24, 1)
    names = ["KAZ.breadth@worst", "KAZ.gdp_gap@mean", "KAZ.threat.RUS@end"]
    outcomes, found = moved_by(region, one, names)
    level, before = levels(Study(region, one, (), outcomes), np.empty((1, 0)), 0, 6)[:, 0]
    for k, each in enumerate(found):
        assert each.whole == pytest.approx((level - before)[:, k], abs=1e-12)
    results = compare(region, one)
    threat = results.of("imposed change", "threat")[-1, :, region.states.index("KAZ")]
    assert found[2].imposed == pytest.approx(threat[:, region.partners.index("RUS")], abs=1e-12)


def test_what_is_decided_has_no_imposed_part(region, closure):
    outcomes = outcomes_of(region, closure.resized(2, 24, 1), ["KAZ.breadth@end"])
    assert outcomes[0].quantity == "breadth"
    _, found = moved_by(region, closure.resized(2, 24, 1), ["KAZ.target.security.RUS@end"])
    assert found[0].imposed is None
    assert found[0].chosen is None


# The command --------------------------------------------------------------------------------------

TINY = ("--months", "24", "--members", "4")


def test_compare_from_the_command_line(tmp_path, capsys):
    asked = ["compare", "cpc_closure", "middle_corridor_growth", "remittance_shock", *TINY]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "'cpc closure' moves Kazakhstan's breadth of ties most" in printed
    assert "All were run for the same 4 members" in printed.partition(NOTES)[2]
    (folder,) = tmp_path.iterdir()
    first = (folder / "summary.json").read_bytes()
    rows = json.loads(first)["tables"]["ranking"]
    assert {row["scenario"] for row in rows} >= {"cpc closure", "remittance shock: a bad year"}
    assert main([*asked, "--out", str(tmp_path), "--quiet", "--workers", "1"]) == 0
    assert (folder / "summary.json").read_bytes() == first
    assert (folder / "figures" / "ranking.png").exists()


def test_fear_and_income_are_told_in_one_unit_and_drawn_to_two_scales(region, closure, corridor):
    asked = Namespace(outcome=["KAZ.gdp_gap@end", "KAZ.threat.RUS@end"], workers=1, quiet=True)
    arms, notes = side_by_side([closure, corridor], 6, 24, 1)
    found = compared(region, arms, asked)
    columns = [column(found, place) for place in range(2)]
    assert {one.unit for one in columns} == {"percentage points"}
    wide = [high - low for low, high in (scale(columns, one.quantity) for one in columns)]
    assert wide[1] > 3 * wide[0]
    assert findings(found, notes).tables[0].columns[0] == "outcome"


def test_why_two_cannot_be_told_apart_is_said(region, closure, corridor):
    """The first moves it most in the median: of the others one is often ahead, one as far."""
    outcome = outcomes_of(region, closure, ["KAZ.breadth@end"])
    shut, often, near = np.full(100, 1.0), np.full(100, 0.9), np.full(100, 0.98)
    often[:29] = 2.0
    moved = [shut, often, near]
    found = Compared(
        region, (closure, corridor, replace(corridor, name="another")), (outcome,) * 3,
        tuple((Moved(one, None),) for one in moved), (ranked(moved),),
    )  # fmt: skip
    short, level = alike_to(found, 0, 0, [1, 2])
    assert short == (
        "It cannot be told apart from 'middle corridor growth' (0.90 to 2.0 effective partners "
        "higher): 'cpc closure' moves it more in 71% of runs, fewer than the 75% that are needed."
    )
    assert level.endswith("in 100% of runs, but in the median by no more than 5% of how far it "
        "moves it.")  # fmt: skip
    assert (short_of(0.748), short_of(0.75)) == ("just under 75%", "75%")


def test_the_name_of_the_folder_is_cut_and_stays_its_own():
    names = [f"a_scenario_with_a_long_name_{k}" for k in range(9)]
    assert folder_name("compare", ["a", "b"]) == "compare_a_b"
    assert len(folder_name("compare", names)) <= LONGEST_NAME
    assert folder_name("compare", names) != folder_name("compare", names[::-1])


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        (("cpc_closure",), "name two or more"),
        (("cpc_closure", "cpc_closure"), "named twice"),
        (("cpc_closure", "cpc_closur"), "Did you mean 'cpc_closure'"),
        (("cpc_closure", "quiet"), "extend the same one"),
        (
            ("cpc_closure", "remittance_shock", "--outcome", "KAZ.breadth:level"),
            "leave ':level' out",
        ),
        (("cpc_closure", "remittance_shock", "--outcome", "KAZ.bredth"), "Did you mean breadth"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_cure(asked, cure, tmp_path, capsys):
    assert main(["compare", *asked, *TINY, "--out", str(tmp_path)]) == 2
    assert cure in " ".join(capsys.readouterr().err.split())
    assert not list(tmp_path.iterdir())
