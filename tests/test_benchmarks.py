"""The benchmarks measure what they say: made-up regions, counted operations, and comparisons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as suite
from benchmarks import against, mesa_batch, scaling
from benchmarks.counting import (
    ADD,
    COMPARE,
    DIVIDE,
    EXP,
    MEMBER,
    MONTH,
    MULTIPLY,
    Counted,
    Ledger,
    NotCounted,
    tallied,
)
from benchmarks.findings import Finding, as_table, ratios
from benchmarks.floor import Work, counted_in_a_program_of_its_own, handed_on
from benchmarks.regions import CLOSED, SCENARIO, made_region
from benchmarks.timing import PROJECT, Failed, paired, python
from sim.reading.scenarios import read_scenario
from sim.region import Region, central
from sim.rules.sums import add_up
from sim.rules.whole import whole
from sim.study.outcomes import outcomes_of
from sim.study.play import Study, levels

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

BOTH = np.array(MEMBER | MONTH)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def put(ledger: Ledger, numbers: list[float], depends: int = MEMBER | MONTH) -> Counted:
    return ledger.put_in(np.array([numbers]), np.array(depends))


def asked(ledger: Ledger, *found: Counted) -> dict[str, int]:
    numbers = {int(place) for one in found for place in one.places.ravel()}
    return dict(ledger.operations(ledger.leading_to(sorted(numbers))))


def test_a_rule_by_hand_is_counted_exactly(ledger: Ledger) -> None:
    moves, own = put(ledger, [0.2, 0.3, 0.5]), put(ledger, [1.1, 1.2, 1.3], MEMBER)
    raised = np.exp(2.0 * moves + own)  # 3 products, 3 sums, 3 exponentials
    shares = raised / add_up(raised)[..., None]  # 2 sums, 3 quotients
    assert asked(ledger, shares) == {MULTIPLY: 3, ADD: 5, EXP: 3, DIVIDE: 3}
    assert shares.seen.sum() == pytest.approx(1.0)


def test_what_is_asked_twice_counts_once(ledger: Ledger) -> None:
    one, other = put(ledger, [0.2, 0.3]), put(ledger, [2.0, 3.0])
    assert asked(ledger, one * other + 0.5, one * other + 0.7) == {MULTIPLY: 2, ADD: 4}


def test_nothing_times_and_once_times_count_nothing(ledger: Ledger) -> None:
    one = put(ledger, [0.2, 0.3])
    assert asked(ledger, one * np.array([[0.0, 1.0]]) + 0.0) == {}


def test_what_nobody_asks_for_counts_nothing(ledger: Ledger) -> None:
    one = put(ledger, [0.2, 0.3])
    np.exp(one)
    assert asked(ledger, (one + 1.0)[:, :1]) == {ADD: 1}


@pytest.mark.parametrize("depends", [0, MEMBER, MONTH])
def test_what_a_member_or_a_month_alone_implies_is_made_once_for_all(
    ledger: Ledger, depends: int
) -> None:
    before_the_run = np.exp(put(ledger, [0.2, 0.3], depends))
    assert asked(ledger, before_the_run * put(ledger, [0.5, 0.6])) == {MULTIPLY: 2}


def test_to_choose_is_to_compare(ledger: Ledger) -> None:
    one = put(ledger, [-0.2, 0.3])
    assert asked(ledger, np.where(one > 0.0, one, 0.0)) == {COMPARE: 4}
    assert asked(ledger, np.clip(one, 0.0, 1.0)) == {COMPARE: 4}


def test_numbers_that_only_change_places_count_nothing(ledger: Ledger) -> None:
    one = put(ledger, [0.2, 0.3, 0.4, 0.5])
    moved = np.concatenate(
        [np.moveaxis(one.reshape(1, 2, 2), -1, 1)[:, ::-1], np.zeros((1, 1, 2))], 1
    )
    assert asked(ledger, moved) == {}
    assert moved.seen.ravel().tolist() == [0.3, 0.5, 0.2, 0.4, 0.0, 0.0]


def test_a_function_without_a_kind_is_refused(ledger: Ledger) -> None:
    with pytest.raises(NotCounted, match="arctan has no kind"):
        np.arctan(put(ledger, [0.2]))


def halved(start: np.ndarray) -> np.ndarray:
    """Halve numbers until all are small, each row in room of its own."""
    room = np.zeros(start.shape)
    room[:] = start
    total = np.zeros(start.shape)
    while (room > 1.0).any():
        total += room
        room = room / 2.0
    return total


def test_inside_a_rule_that_solves_each_step_counts_as_often_as_it_is_taken() -> None:
    found, operations = tallied(halved, np.array([8.0, 3.0]))
    assert found.tolist() == [14.0, 5.25]
    assert operations[DIVIDE] == operations[ADD] == 2 * 3
    assert operations[COMPARE] == 2 * 4 + 4  # and four times it is asked whether any is large


def test_a_rule_that_solves_hands_on_what_it_rests_on(ledger: Ledger) -> None:
    one = put(ledger, [8.0, 3.0])
    solved = whole(halved)(one + 1.0)
    assert asked(ledger, solved * 2.0) == {ADD: 2, MULTIPLY: 2}


def test_what_is_handed_on_to_the_next_month_is_followed_through_months(ledger: Ledger) -> None:
    before = put(ledger, [0.1, 0.2, 0.3, 0.4])
    after = [before[:, 0] + before[:, 1], before[:, 1] * before[:, 2], before[:, 2] * 3.0]
    after.append(before[:, 3] * 4.0)
    becomes = {int(before.places[0, k]): int(one.places[0]) for k, one in enumerate(after)}
    wanted = {int(after[0].places[0])}
    assert handed_on(ledger, wanted, becomes) == {int(one.places[0]) for one in after[:3]}


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    """Return the work of a few months in three made-up regions."""
    found = {}
    for name, sizes in (("shipped", {}), ("states", {"states": 7}), ("routes", {"routes": 70})):
        folder = tmp_path_factory.mktemp(name)
        made_region(folder, **sizes)  # type: ignore[arg-type]
        found[name] = counted_in_a_program_of_its_own(
            SCENARIO, 12, str(folder), ["KAZ.breadth@end"], 1
        )
    return found


def test_more_states_and_more_routes_need_more_operations(counts: dict[str, Work]) -> None:
    assert counts["states"].count > 1.2 * counts["shipped"].count
    assert counts["routes"].count > 1.05 * counts["shipped"].count


def test_a_month_needs_a_few_thousand_operations_and_some_solving(counts: dict[str, Work]) -> None:
    steps, solving = counts["shipped"].steps, counts["shipped"].solving
    assert 4_000 < sum(steps.values()) < 10_000
    assert 100 < sum(solving.values()) < 10_000


def test_work_costs_what_its_operations_cost_together() -> None:
    work = Work({ADD: 10.0, EXP: 2.0}, {ADD: 5.0})
    assert work.count == 17
    each = dict.fromkeys(work.together, 0.0) | {ADD: 0.5, EXP: 4.0}
    assert work.cost(each) == 15.5


def test_time_that_grows_as_the_work_does_has_a_slope_of_one() -> None:
    def points(power: float) -> list[scaling.Point]:
        works = [Work({EXP: size}, {}) for size in (1e3, 3e3, 9e3)]
        return [scaling.Point("", work.count**power * 1e-6, 1, work) for work in works]

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
    assert parts <= set(suite.PARTS)


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
