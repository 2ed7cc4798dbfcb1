"""A study's runs are the runs of the model: paired, whoever is beside them, and as a file says."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim import ensemble
from sim.errors import InputError
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.results import compare
from sim.scenario import Scenario
from sim.study import play
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels, played
from sim.study.settings import settings_of
from sim.studying.common import studied
from sim.studying.lines import never_reached

CLOSURE = Path("scenarios/cpc_closure.yaml")
READ = ("KAZ.breadth@end", "KAZ.threat.RUS@2023-06", "UZB.gdp_gap@worst", "KAZ.leverage.RUS@mean")
FIXED = [0, 1, 3]
"""Those that are read in the same months, whatever the run."""


@pytest.fixture(scope="module")
def closure(region: Region) -> Scenario:
    return read_scenario(CLOSURE, region).resized(members=6, months=30)


def study(region: Region, scenario: Scenario, *asked: str) -> Study:
    return Study(
        region, scenario, settings_of(region, scenario, asked), outcomes_of(region, scenario, READ)
    )


def test_without_settings_a_study_is_the_comparison(region: Region, closure: Scenario) -> None:
    results = compare(region, closure)
    found = levels(study(region, closure), np.empty((1, 0)), 0, 6)[:, 0]
    for k, run in enumerate(("scenario", "baseline")):
        assert np.array_equal(found[k, :, 0], results.of(run, "breadth")[-1, :, 0])
        assert np.array_equal(found[k, :, 1], results.of(run, "threat")[17, :, 0, 0])
    gap = results.of("difference", "gdp_gap")[:, :, region.states.index("UZB")]
    assert np.array_equal(
        found[0, :, 2] - found[1, :, 2], gap[np.abs(gap).argmax(axis=0), range(6)]
    )


@pytest.mark.parametrize(
    ("setting", "number", "written"),
    [
        ("pipeline_shut.months=1:9", 3, "months: 3"),
        ("pipeline_shut.start=-1:6", 4, "start: 2023-06"),
        ("pipeline_shut.intent=0:1", 0.25, "intent: 0.25"),
        ("moorings_out.left=0:1", 0.5, "left: 0.5"),
        ("pipeline_shut.on", 0, None),
    ],
)
def test_a_varied_field_is_the_file_edited_by_hand(
    region: Region, closure: Scenario, tmp_path: Path, setting: str, number: float, written: str
) -> None:
    name, field = setting.partition("=")[0].split(".")
    change = f"remove: [{name}]" if written is None else f"change: {{{name}: {{{written}}}}}"
    edited = tmp_path / "edited.yaml"
    shipped = CLOSURE.resolve()
    edited.write_text(
        f"title: Edited\nquestion: What then?\nextends: {shipped}\n{change}\n", "utf-8"
    )
    by_hand = read_scenario(edited, region).resized(members=6, months=30)
    found = levels(study(region, closure, setting), np.array([[number], [1.0]]), 0, 6)[0, 0]
    expected = levels(study(region, by_hand), np.empty((1, 0)), 0, 6)[0, 0]
    assert np.array_equal(found[:, FIXED], expected[:, FIXED]), field


def test_what_a_scenario_changes_is_varied_in_it_and_not_in_its_baseline(
    region: Region, tmp_path: Path
) -> None:
    edited, history = (
        tmp_path / "edited.yaml",
        CLOSURE.with_name("history_2022_2024.yaml").resolve(),
    )
    edited.write_text(
        f"title: Edited\nquestion: What then?\nextends: {history}\n"
        "change: {invasion: {size: [0.6, 0.9]}}\n", "utf-8",
    )  # fmt: skip
    scenario = read_scenario(edited, region).resized(members=4, months=18)
    varied = study(region, scenario, "invasion.size=0.2:0.9")
    plain = levels(study(region, scenario), np.empty((1, 0)), 0, 4)[1, 0]
    found = levels(varied, np.array([[0.2], [0.9]]), 0, 4)
    for k in range(2):  # the month of the worst is another one
        assert np.array_equal(found[1, k][:, FIXED], plain[:, FIXED])
    assert not np.array_equal(found[0, 0], found[0, 1])


def test_a_member_is_itself_in_any_company(
    region: Region, closure: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = study(region, closure, "pipeline_shut.months=1:9", "risk_aversion", "shocks")
    chance = np.random.default_rng(4)
    points = np.column_stack([np.arange(1, 6), chance.uniform(0, 1, 5), np.array([1, 0, 1, 1, 0])])
    together = levels(asked, points, 0, 6)
    alone = levels(asked, points[3:4], 4, 1)
    assert np.array_equal(alone[:, 0, 0], together[:, 3, 4])
    monkeypatch.setattr(play, "ABREAST", 4)
    assert np.array_equal(levels(asked, points, 0, 6), together)
    monkeypatch.setattr(ensemble, "RECORDING_PAYS", 0)
    monkeypatch.setattr(ensemble, "TILE", 3)
    assert np.array_equal(levels(asked, points, 0, 6), together)


def test_every_point_has_the_same_members(region: Region, closure: Scenario) -> None:
    asked = study(region, closure, "pipeline_shut.months=1:9")
    twice = levels(asked, np.array([[6.0], [6.0]]), 0, 6)
    assert np.array_equal(twice[:, 0], twice[:, 1])


def test_an_uncertain_number_is_set_for_all_members(region: Region, closure: Scenario) -> None:
    asked = study(region, closure, "choice_sharpness")
    ends = np.array([[asked.settings[0].low], [asked.settings[0].high]])
    low, high = levels(asked, ends, 0, 6)[0]
    assert not np.array_equal(low, high)


def test_differences_and_levels_are_told_as_asked(region: Region, closure: Scenario) -> None:
    outcomes = outcomes_of(region, closure, ["KAZ.breadth", "KAZ.breadth:level"])
    found = played(region, closure, (), np.empty((1, 0)), 0, 6, outcomes)[0]
    both = levels(Study(region, closure, (), outcomes), np.empty((1, 0)), 0, 6)[:, 0]
    assert np.array_equal(found[:, 0], both[0, :, 0] - both[1, :, 0])
    assert np.array_equal(found[:, 1], both[0, :, 1])


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        ("pipeline_shut.month=1:9", "Did you mean pipeline_shut.months?"),
        ("risk_aversoin", "Did you mean risk_aversion"),
        ("pipeline_shut.months=9:1", "LOW is to be below HIGH"),
        ("pipeline_shut.months=0:9", "at least 1 month"),
        ("pipeline_shut.months=1:1e9", "600 at most"),
        ("moorings_out.left=0:2", "between 0 and 1"),
        ("pipeline_shut.start=0:90", "outside the run"),
        ("pipeline_shut.on=0:2", "a switch is 0 (off) or 1 (on)"),
        ("pipeline_shut.months=a:b", "write LOW:HIGH"),
        ("pipeline_shut.months", "write pipeline_shut.months=LOW:HIGH"),
    ],
)
def test_what_cannot_be_varied_is_refused_with_its_cure(
    region: Region, closure: Scenario, asked: str, cure: str
) -> None:
    with pytest.raises(InputError, match="What is to be varied") as wrong:
        settings_of(region, closure, [asked])
    assert cure in str(wrong.value)


@pytest.mark.parametrize(
    ("asked", "cure"),
    [
        ("breadth", "write STATE.QUANTITY"),
        ("KAZ.bredth", "Did you mean breadth"),
        ("KAZ.threat", "needs partner: threat.RUS"),
        ("KAZ.threat.XXX", "there are RUS"),
        ("KAZ.breadth@2031-01", "a month from 2022-01"),
        ("KAZ.breadth:change", "level or difference"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_cure(
    region: Region, closure: Scenario, asked: str, cure: str
) -> None:
    with pytest.raises(InputError) as wrong:
        outcomes_of(region, closure, [asked])
    assert cure in str(wrong.value)


def test_of_several_arms_the_one_that_has_what_is_varied_is_taken() -> None:
    asked = Namespace(
        scenario="csto_intervention",
        arm=None,
        vary=["kyrgyz_unrest.size=0:3"],
        months=None,
        seed=None,
    )
    assert studied(asked)[1].arm == "kyrgyz_unrest"


def test_lengths_beyond_the_end_of_a_run_are_told(region: Region, closure: Scenario) -> None:
    short, long = (settings_of(region, closure, [f"pipeline_shut.months=1:{n}"]) for n in (17, 18))
    assert never_reached(closure, short) == []
    (told,) = never_reached(closure, long)
    assert told == (
        "'pipeline shut' is tried for up to 18 months, and after its beginning the run has 17: "
        "longer ones are alike."
    )


def test_a_small_part_of_a_large_job_is_played_as_machine_code_with_the_same_numbers(
    region: Region, closure: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    taped: list[int] = []

    def noticed(*given: object, **named: object) -> object:
        taped.append(1)
        return months_played(*given, **named)  # type: ignore[arg-type]

    months_played = ensemble.months_played
    monkeypatch.setattr(ensemble, "months_played", noticed)
    alone = study(region, closure)
    as_written = levels(alone, np.empty((1, 0)), 0, 6)
    assert not taped
    part = levels(replace(alone, runs=100_000), np.empty((1, 0)), 0, 6)
    assert taped
    assert np.array_equal(part, as_written)
