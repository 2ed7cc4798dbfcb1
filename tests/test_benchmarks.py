"""The benchmarks measure what they say: made-up regions, counted operations, and comparisons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as suite
from benchmarks import against, mesa_batch, scaling
from benchmarks.findings import Finding, as_table, ratios
from benchmarks.regions import CLOSED, SCENARIO, made_region
from benchmarks.timing import PROJECT, Failed, Pairs, paired, python
from benchmarks.work import (
    ADD,
    COMPARE,
    DIVIDE,
    EXP,
    KIND_OF,
    MULTIPLY,
    REPEATED,
    Repeats,
    Work,
    alike,
    counting,
    steps_in_loops,
    steps_to,
    times_repeated,
    work_of,
)
from sim.ensemble import block
from sim.exponentials import exponential
from sim.noting import Marked, Notebook, rests_on
from sim.reading.scenarios import read_scenario
from sim.region import Region, central
from sim.rules.sums import add_up
from sim.steps import CHOOSE, STEP_OF
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels
from sim.tape import Score, flat
from sim.timeline import drivers

SLOW = "HEDGING_SLOW"
"""Set to 1 in the environment, the whole suite is run in its small sizes, which takes a minute."""


# Made-up regions -------------------------------------------------------------------------------


def test_a_made_up_region_has_as_many_of_all_as_asked_for(tmp_path: Path) -> None:
    made = made_region(tmp_path, states=7, powers=5, routes=90)
    assert (len(made.states), len(made.powers), len(made.routes)) == (7, 5, 90)
    assert made.states[:5] == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert made.powers[:3] == ("RUS", "CHN", "USA")


@pytest.mark.parametrize("sizes", [{"routes": 21}, {"states": 7}, {"powers": 4, "routes": 70}])
def test_a_pipeline_that_shuts_in_a_made_up_region_moves_ties(
    tmp_path: Path, sizes: dict[str, int]
) -> None:
    made = made_region(tmp_path, **sizes)
    scenario = read_scenario(tmp_path / SCENARIO, made).resized(None, 14, None)
    study = Study(made, scenario, (), outcomes_of(made, scenario, ["KAZ.breadth@2022-10"]))
    shut, open_ = levels(study, np.empty((1, 0)), 0, 3)
    assert np.isfinite(shut).all()
    assert (shut != open_).all()


def test_a_new_state_is_like_the_one_it_is_made_after_but_not_the_same(tmp_path: Path) -> None:
    made = made_region(tmp_path, states=6)
    gdp = central(made, "gdp_busd")
    assert 0.5 < gdp[5] / gdp[0] < 2.0
    assert gdp[5] != gdp[0]
    assert f"S06_{CLOSED}" in made.axes["link"]
    assert "S06_KAZ_OIL" in made.axes["stream"]


def test_new_routes_share_what_the_old_ones_carry(tmp_path: Path, region: Region) -> None:
    made = made_region(tmp_path, routes=80)
    assert central(made, "base_flow").sum() == pytest.approx(
        central(region, "base_flow").sum(), 0.1
    )


def test_the_same_seed_makes_the_same_region_and_another_one_another(tmp_path: Path) -> None:
    one, same, other = (
        made_region(tmp_path / name, states=6, routes=80, seed=seed)
        for name, seed in (("one", 1), ("same", 1), ("other", 2))
    )
    assert one.digest == same.digest != other.digest


def test_fewer_routes_than_streams_need_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="need 21 routes"):
        made_region(tmp_path, routes=20)


# Counting --------------------------------------------------------------------------------------

OWN = ("shocks", "moves")
"""What is put in every month for each member."""


def put_in(book: Notebook, group: str, name: str, *numbers: float, monthly: bool = True) -> Marked:
    return book.put_in((group, name), np.array([numbers, numbers]), monthly)


@pytest.fixture
def book() -> Notebook:
    return Notebook(2)


def moving(book: Notebook, *numbers: float) -> Any:
    return put_in(book, *OWN, *numbers)


def counted(*made: Any) -> dict[str, int]:
    """Return the steps that some arrays rest on, by kind."""
    score = Score()
    for note in rests_on(one.note for one in made):
        score.write(note)
    wanted = flat(score.numbers(one.note, one.ndim) for one in made)
    return dict(steps_to(score, wanted, {OWN}))


def test_a_rule_by_hand_is_counted_exactly(book: Notebook) -> None:
    own = put_in(book, "members", "own", 1.1, 1.2, 1.3, monthly=False)
    raised = exponential(2.0 * moving(book, 0.2, 0.3, 0.5) + own)  # 3 products, sums, exponentials
    shares = raised / add_up(raised)[..., None]  # 2 sums, 3 quotients
    assert counted(shares) == {MULTIPLY: 3, ADD: 5, EXP: 3, DIVIDE: 3}


def test_what_is_asked_twice_counts_once(book: Notebook) -> None:
    one = moving(book, 0.2, 0.3) * put_in(book, "members", "own", 2.0, 3.0, monthly=False)
    assert counted(one + 0.5, one + 0.7) == {MULTIPLY: 2, ADD: 4}


def test_nothing_times_and_once_times_count_nothing(book: Notebook) -> None:
    assert counted(moving(book, 0.2, 0.3) * np.array([[0.0, 1.0]]) + 0.0) == {}


def test_what_nobody_asks_for_counts_nothing(book: Notebook) -> None:
    one = moving(book, 0.2, 0.3)
    exponential(one)
    assert counted((one + 1.0)[:, :1]) == {ADD: 1}


@pytest.mark.parametrize(
    ("group", "monthly"), [("members", False), ("base", False), ("drivers", True)]
)
def test_what_a_member_or_a_month_alone_implies_is_made_once_for_all(
    book: Notebook, group: str, monthly: bool
) -> None:
    once = exponential(put_in(book, group, "one", 0.2, 0.3, monthly=monthly))
    assert counted(once * moving(book, 0.5, 0.6)) == {MULTIPLY: 2}


def test_to_choose_is_to_compare(book: Notebook) -> None:
    one = moving(book, -0.2, 0.3)
    assert counted(np.where(one > 0.0, one, 0.0)) == {COMPARE: 4}
    assert counted(np.clip(one, 0.0, 1.0)) == {COMPARE: 4}


def test_numbers_that_only_change_places_count_nothing(book: Notebook) -> None:
    one = moving(book, 0.2, 0.3, 0.4, 0.5)
    halves = np.moveaxis(one.reshape(2, 2, 2), -1, 1)
    assert counted(np.concatenate([halves, np.zeros((1, 1, 2))], 1)) == {}


def test_every_step_has_a_kind() -> None:
    assert set(KIND_OF) == {*STEP_OF.values(), CHOOSE}


def halved(start: Any, fixed: Any) -> Any:
    """Halve numbers until all are small, each time with a loop inside."""
    return rule.repeated(outer_step, (start > 1.0, start), (fixed,), 50)[1]


def outer_step(left: Any, number: Any, fixed: Any) -> Any:
    same = rule.repeated(inner_step, (number > 0.0, number, number * 0.0), (), 2)[1]
    less = np.where(left, same / 2.0 + exponential(fixed), number)
    return less > 1.0, less


def inner_step(left: Any, number: Any, times: Any) -> Any:
    return left & (times < 1.0), number, times + 1.0


rule = ModuleType("sim.rules.made_up")
"""Stands for a rule that solves for something."""


@pytest.fixture
def solves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rule, "repeated", REPEATED, raising=False)
    monkeypatch.setitem(sys.modules, rule.__name__, rule)


@pytest.mark.usefixtures("solves")
def test_inside_a_rule_that_solves_each_step_counts_as_often_as_it_is_taken() -> None:
    repeats = Repeats()
    with counting(repeats):
        found = halved(np.array([8.0, 3.0]), np.full(2, -np.inf))
    assert found.tolist() == [1.0, 0.75]
    taken = (3 + 2) / 2  # 8 is halved three times, 3 twice
    assert repeats.often[(0,)] == taken
    assert repeats.often[(0, 0)] == 3 * 2  # the loop inside goes on for both as long as for any
    assert rule.repeated is REPEATED


@pytest.mark.usefixtures("solves")
def test_loops_are_counted_by_the_steps_inside_them(book: Notebook) -> None:
    start, fixed = moving(book, 8.0, 3.0), put_in(book, "shocks", "fixed", 0.1, 0.2)
    made = halved(start, fixed)
    score = Score()
    for note in rests_on([made.note]):
        score.write(note)
    wanted = flat([score.numbers(made.note, 2)])
    often = {(0,): 10.0, (0, 0): 100.0}
    assert alike(score, often)
    assert not alike(score, {**often, (1,): 1.0})
    found = steps_in_loops(score, wanted, often)
    assert found[DIVIDE] == 10 * 2
    assert found[COMPARE] == 10 * (2 + 2 + 2) + 100 * (2 + 2)
    assert found[ADD] == 10 * 2 + 100 * 2
    assert found[EXP] == 0  # it rests on what is fixed


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    """Return the work of a few months in three made-up regions."""
    found = {}
    for name, sizes in (("shipped", {}), ("states", {"states": 7}), ("routes", {"routes": 70})):
        folder = tmp_path_factory.mktemp(name)
        made = made_region(folder, **sizes)  # type: ignore[arg-type]
        scenario = read_scenario(folder / SCENARIO, made).resized(None, 12, None)
        outcomes = outcomes_of(made, scenario, ["KAZ.breadth@end"])
        found[name] = work_of(Study(made, scenario, (), outcomes), 8)
    return found


def test_who_has_settled_waits_for_none_of_those_solved_beside_it(tmp_path: Path) -> None:
    made = made_region(tmp_path, routes=70)
    scenario = read_scenario(tmp_path / SCENARIO, made).resized(None, 9, None)
    before, after = (drivers(one, made, None) for one in (scenario.baseline, scenario))
    often = [
        times_repeated(block(made, 1, first, count, 9), before, after)
        for first, count in ((0, 4), (0, 1), (1, 1), (2, 1), (3, 1))
    ]
    assert max(len(loop) for loop in often[0]) == 3
    for loop, times in often[0].items():
        assert times == pytest.approx(sum(one.get(loop, 0.0) for one in often[1:]) / 4)


def test_more_states_and_more_routes_need_more_steps(counts: dict[str, Work]) -> None:
    assert counts["states"].count > 1.2 * counts["shipped"].count
    assert counts["routes"].count > 1.05 * counts["shipped"].count


def test_a_month_needs_thousands_of_steps_and_more_in_solving(counts: dict[str, Work]) -> None:
    steps, solving = counts["shipped"].steps, counts["shipped"].solving
    assert 4_000 < sum(steps.values()) < 20_000
    assert 1_000 < sum(solving.values()) < 50_000


def test_work_costs_what_its_steps_cost_together() -> None:
    work = Work({ADD: 10.0, EXP: 2.0}, {ADD: 5.0})
    assert work.count == 17
    each = dict.fromkeys(work.together, 0.0) | {ADD: 0.5, EXP: 4.0}
    assert work.cost(each) == 15.5


def test_time_that_grows_as_the_work_does_has_a_slope_of_one() -> None:
    def points(power: float) -> list[scaling.Point]:
        works = [Work({EXP: size}, {}) for size in (1e3, 3e3, 9e3)]
        taken = [Pairs((one.count**power,), (one.count,)) for one in works]
        return [scaling.Point("", 60, *both, 0.0) for both in zip(works, taken, strict=True)]

    assert scaling.slope(points(1.0)) == pytest.approx(1.0)
    assert scaling.slope(points(1.5)) == pytest.approx(1.5)


# Mesa ------------------------------------------------------------------------------------------


def test_a_member_through_mesa_is_the_sweeps_to_the_last_bit() -> None:
    months = 16  # the pipeline is shut in the last of them
    region, scenario, outcomes = mesa_batch.asked(months)
    both = []
    for side in mesa_batch.SIDES:
        model = mesa_batch.Collected(member=3, side=side, months=months)
        model.run()
        (*_, last) = model.datacollector.model_vars["outcomes"]
        both.append([last])
    by_mesa = np.array(both)
    found = levels(Study(region, scenario, (), outcomes), np.empty((1, 0)), 3, 1)[:, 0]
    by_sweep = mesa_batch.differences(found)
    assert mesa_batch.same_numbers(by_mesa, by_sweep)
    assert (by_sweep[1] == by_sweep[0] - found[1]).all()
    by_mesa[0, 0, 7] = np.nextafter(by_mesa[0, 0, 7], 1.0)
    assert not mesa_batch.same_numbers(by_mesa, by_sweep)


# Timing and comparing --------------------------------------------------------------------------


def test_a_program_that_fails_is_no_measurement() -> None:
    with pytest.raises(Failed, match="on purpose"):
        python("-c", "import sys; sys.exit('on purpose')")


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system does not tell memory")
def test_the_memory_of_a_program_is_its_own_and_not_that_of_who_asks() -> None:
    large = np.ones(40_000_000)  # 320 MB in this program
    small = python("-c", "pass").peak_mb
    assert 5 < small < 60 < python("-c", "room = bytearray(b'1') * 100_000_000").peak_mb
    assert large.all()


def test_pairs_are_timed_in_turn_and_their_median_counts() -> None:
    order: list[str] = []
    times = {"one": iter([4.0, 40.0, 6.0]), "other": iter([2.0, 2.0, 2.0])}

    def job(name: str) -> float:
        order.append(name)
        return next(times[name])

    pairs = paired(lambda: job("one"), lambda: job("other"), 3)
    assert order == ["one", "other", "other", "one", "one", "other"]
    assert pairs.times() == 3.0


FAST = Finding("ensemble", "100 runs", 12.0, "us", 3.0, "the floor")
MANY = Finding("mesa_batch", "over sweep", 200.0, "times", 200.0, "the sweep", "higher")


def slower(one: Finding, ratio: float) -> list[str]:
    now = ratios([Finding(one.part, one.what, 0.0, "", ratio, one.over, one.better)])
    return against.became_slower(now, ratios([FAST, MANY]), 1.5)


def test_what_became_slower_is_said_in_words() -> None:
    (line,) = slower(FAST, 6.0)
    assert line == (
        "ensemble: 100 runs became slower: 6 times the floor, 3 when recorded (2 times worse)."
    )


def test_within_the_margin_nothing_is_said() -> None:
    assert not slower(FAST, 4.4)
    assert not slower(FAST, 0.5)


def test_where_more_is_better_less_is_slower() -> None:
    assert slower(MANY, 100.0) == [
        "mesa_batch: over sweep became slower: 100 times the sweep, 200 when recorded "
        "(2 times worse)."
    ]
    assert not slower(MANY, 400.0)


@pytest.mark.parametrize(("ratio", "status"), [(3.1, 0), (9.0, 1)])
def test_the_exit_status_says_whether_anything_became_slower(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ratio: float, status: int
) -> None:
    against.record([FAST, MANY], tmp_path / "recorded.json")
    now = Finding(FAST.part, FAST.what, 0.0, "us", ratio, FAST.over)
    monkeypatch.setattr(suite, "measured", lambda parts, size: [now])
    words = ["ensemble", "--json", str(tmp_path / "now.json")]
    assert suite.main([*words, "--against", str(tmp_path / "recorded.json")]) == status
    assert suite.main(words) == 0


def test_recording_a_part_leaves_the_others_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "recorded.json"
    against.record([FAST, MANY], file)
    against.record([Finding("ensemble", "1 run", 9.0, "us", 7.0, "the floor")], file)
    assert set(against.recorded(str(file))) == {"ensemble: 1 run", "mesa_batch: over sweep"}


def test_what_is_recorded_can_be_compared_with_itself() -> None:
    before = against.recorded("recorded")
    assert before
    assert not against.became_slower(before, before, 1.01)
    parts = {name.partition(":")[0] for name in before}
    assert parts == set(suite.PARTS) - {"floor", "app"}  # what others are held against; waits


def test_only_ratios_are_recorded_and_no_seconds(tmp_path: Path) -> None:
    file = tmp_path / "recorded.json"
    against.record([FAST, Finding("footprint", "a sweep", 12.0, "s")], file)
    assert list(json.loads(file.read_text("utf-8"))["ratios"]) == ["ensemble: 100 runs"]


def test_the_table_fits_a_terminal() -> None:
    lines = as_table([FAST, MANY]).splitlines()
    assert lines[0] == "ensemble"
    assert "3 x the floor" in lines[1]
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("words", [["nothing"], ["--repeats", "0"], ["--quick", "--record"]])
def test_what_cannot_be_asked_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        suite.main(words)
    assert left.value.code == 2
    assert "error: " in capsys.readouterr().err


def quick(folder: Path, *parts: str) -> dict[str, float]:
    """Return the ratios of a quick run of some parts, by name, in a program of its own."""
    file = folder / "found.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--json", str(file), *parts]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    found = json.loads(file.read_text("utf-8"))["ratios"]
    return {name: one["ratio"] for name, one in found.items()}


def test_parts_are_run_by_name(tmp_path: Path) -> None:
    (ratio,) = quick(tmp_path, "mesa_one", "floor").values()
    assert ratio > 100


@pytest.mark.skipif(os.environ.get(SLOW) != "1", reason=f"takes a minute; {SLOW}=1 runs it")
def test_the_whole_suite_runs_in_its_small_sizes(tmp_path: Path) -> None:
    found = quick(tmp_path)
    assert {name.partition(":")[0] for name in found} == set(suite.PARTS) - {"floor"}
