"""Placebo: a scenario's events where they should not matter, and what they do there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.scenario import Scenario
from sim.study.outcomes import Outcome, outcomes_of
from sim.study.placebo import Compared, compared, placebos

HERE = Path(__file__).resolve().parent.parent / "scenarios"


@pytest.fixture(scope="module")
def closure(region: Region) -> Scenario:
    return read_scenario(HERE / "cpc_closure.yaml", region).resized(members=8, months=22)


def beside(outcome: Outcome, change: list[float], *medians: float) -> Compared:
    return Compared(outcome, np.array(change), {str(k): one for k, one in enumerate(medians)})


def test_events_move_to_links_that_they_do_not_name(region: Region, closure: Scenario) -> None:
    found = {one.where: one for one in placebos(region, closure)}
    assert "cpc_pipeline" not in found
    assert "cku_rail" not in found  # not built: nothing to shut
    kazakhstan, tajikistan = region.states.index("KAZ"), region.states.index("TJK")
    assert found["kulma_pass"].touches == {tajikistan}
    assert kazakhstan in found["north_rail"].touches
    moved = found["kulma_pass"].scenario.events[-1]
    assert moved.what["links"] == ("kulma_pass",)
    original = next(event for event in closure.events if event.id == "pipeline_shut")
    assert (moved.size, moved.start, moved.months) == (
        original.size, original.start, original.months,
    )  # fmt: skip


def test_events_of_a_state_move_to_each_other_state(region: Region) -> None:
    arms = read_scenario(HERE / "csto_intervention.yaml", region).arms
    force = next(arm for arm in arms if arm.arm == "kyrgyz_force")
    assert [one.where for one in placebos(region, force)] == ["KAZ", "TJK", "TKM", "UZB"]
    none = next(arm for arm in arms if arm.arm == "no_force")
    turned = placebos(region, none)
    assert [one.where for one in turned] == ["KGZ", "TJK", "TKM", "UZB"]
    assert {one.sign for one in turned} == {-1.0}
    assert any(event.id == "csto_force" for event in turned[0].scenario.events)


def test_a_change_counts_only_if_it_is_larger_than_nine_in_ten_placebos(
    region: Region, closure: Scenario
) -> None:
    (outcome,) = outcomes_of(region, closure, ["KAZ.breadth@end"])
    large = beside(outcome, [0.3, 0.4, 0.5], -0.1, 0.1, 0.05, 0.0)
    assert large.outside
    assert large.times == pytest.approx(4.0)
    assert not beside(outcome, [0.05, 0.06, 0.07], -0.1, 0.1, 0.05, 0.0).outside
    assert not beside(outcome, [-0.4, -0.01, 0.01, 0.4], 0.0, 0.0, 0.0).outside  # nothing to tell
    assert not beside(outcome, [0.3, 0.4, 0.5], 0.0, 0.0).outside  # too few placebos


def test_what_is_too_small_to_be_told_goes_by_the_quantity(
    region: Region, closure: Scenario
) -> None:
    """A difference of 0.003 counts for a share, and for effective partners it does not."""
    breadth, fear = outcomes_of(region, closure, ["KAZ.breadth@end", "KAZ.threat.RUS@end"])
    assert not beside(breadth, [0.003] * 3, 0.0, 0.0, 0.0).outside
    assert beside(fear, [0.003] * 3, 0.0, 0.0, 0.0).outside


def test_one_run_is_told_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--members", "1", "--months", "22", "--out", str(tmp_path), "--workers", "1"]
    assert main(["placebo", "csto_intervention", "--outcome", "KAZ.breadth@2022-01", *size]) == 0
    assert main(["mechanisms", "csto_intervention", "--outcome", "KAZ.breadth@2022-01", *size]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count("In the one run Kazakhstan's breadth of ties") == 2
    assert not {"5%", "median", "medians)"} & set(printed.split())


def test_the_closure_frightens_kazakhstan_and_placebos_do_not(
    region: Region, closure: Scenario
) -> None:
    outcomes = outcomes_of(region, closure, ["KAZ.threat.RUS@2023-07", "TKM.threat.RUS@2023-07"])
    fear, elsewhere = compared(region, closure, outcomes, 2, lambda done: None)
    assert fear.outside
    assert fear.times > 10
    assert not elsewhere.outside
    assert set(fear.beside) < {one.where for one in placebos(region, closure)}
    assert "north_rail" not in fear.beside  # it carries Kazakh freight


def test_placebo_is_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--members", "4", "--months", "20", "--out", str(tmp_path)]
    assert main(["placebo", "storm_or_order", *size]) == 0
    assert "placebos" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*_placebo/tables/each.csv"))) == 1
    assert main(["placebo", "a_power_looks_away", *size]) == 2
    assert "nowhere else to put them" in " ".join(capsys.readouterr().err.split())
