"""The results folder: what is in it, that it is the same twice, and that it is whole or not."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import outputs
from sim.aside import aside
from sim.asking import run, scenario_of
from sim.errors import InputError
from sim.folders import (
    PACKAGE,
    REFERENCE,
    RESULTS_HOLD,
    exchanged,
    fresh,
    results_folder,
    take_place,
    users_own,
)
from sim.labelled import KEPT
from sim.notebook import Asked
from sim.observables import COLUMNS, SERIES
from sim.outputs import (
    ATTRIBUTION_COLUMNS,
    HEDGING_COLUMNS,
    attribution,
    hedging,
    manifest,
    measured_columns,
    write,
)
from sim.question import answered
from sim.results import REPORTED, RUNS, Results, compare
from sim.situation import RECORDED
from sim.written import as_json, cell

TABLES = ("run.nc", "hedging.csv", "attribution.csv", "observables.csv")


@pytest.fixture(scope="module")
def closure() -> Asked:
    return run("cpc_closure", members=5, months=20)


@pytest.fixture(scope="module")
def folder(closure: Asked, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("closure")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "write_page", lambda *_: None)
        write(closure, place)
    return place


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def alone(months: int) -> Results:
    """Return the closure for one member, of which the median is the member itself."""
    region, scenario = scenario_of("cpc_closure")
    return compare(region, scenario.resized(members=1, months=months))


# What is in it --------------------------------------------------------------------------------


def test_the_folder_has_every_file(folder: Path) -> None:
    there = {path.name for path in folder.iterdir()}
    assert there == {*TABLES, "summary.json", "manifest.json"}


EXPLAINED = (outputs.PROJECT / "results/README.md").read_text(encoding="utf-8")
"""What is said of a results folder where results are kept."""


def test_every_key_series_column_and_array_of_a_folder_is_explained(closure: Asked) -> None:
    measures = [name for name, *_ in measured_columns(closure.region)]
    columns = [*HEDGING_COLUMNS, *ATTRIBUTION_COLUMNS, *COLUMNS]
    names = [*closure.answer, *measures, *columns, *(series.name for series in SERIES), *KEPT]
    kinds = {re.sub("_[A-Z]{3}(-[A-Z]{3})?$", "_", name) for name in names}  # share_RUS and so on
    ends = {kind: "" if kind.endswith("_") else "`" for kind in kinds}
    assert [kind for kind in kinds if f"`{kind}{ends[kind]}" not in EXPLAINED] == []


def test_the_same_seed_gives_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "write_page", lambda *_: None)
    write(run("cpc_closure", members=5, months=20), tmp_path, second=True)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_what_is_kept_of_a_month_changes_no_byte_of_what_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every month whole, or what is reported alone, as the command line does; arms too."""
    monkeypatch.setattr(outputs, "write_page", lambda *_: None)
    region, scenario = scenario_of("storm_or_order")
    few = scenario.resized(members=3, months=16)
    for name, keep in {"all": RECORDED, "reported": REPORTED}.items():
        (tmp_path / name).mkdir()
        write(answered(region, few, keep=keep), tmp_path / name)
    files = [path for path in (tmp_path / "all").rglob("*") if path.is_file()]
    assert len(files) > len(TABLES)
    for path in files:
        other = tmp_path / "reported" / path.relative_to(tmp_path / "all")
        assert other.read_bytes() == path.read_bytes(), path.name


def test_another_seed_gives_other_numbers() -> None:
    region, scenario = scenario_of("cpc_closure")
    some = [compare(region, scenario.resized(2, 2, seed)).of("scenario", "ties") for seed in (1, 2)]
    assert (some[0] != some[1]).any()


def test_arrays_are_read_back_with_their_names_and_units(closure: Asked, folder: Path) -> None:
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(folder / "run.nc") as saved:
        assert set(saved.data_vars) == set(KEPT)
        assert [str(name) for name in saved.coords["run"].values] == list(RUNS)
        assert str(saved.coords["month"].values[0]) == "2022-01"
        ties = saved["ties"].sel(run="scenario", state="KAZ", domain="routes", partner="RUS")
        exact = closure.results.runs["scenario"].ties[:, :, 0, 2, 0]
        np.testing.assert_allclose(ties.transpose("month", "member"), exact, rtol=1e-6)
        assert saved["gdp_gap"].attrs["units"] == "share"
        assert saved.attrs["question"] == closure.scenario.question


def test_the_data_set_of_a_notebook_has_every_quantity_in_full(closure: Asked) -> None:
    labelled = closure.dataset
    exact = closure.results.runs["baseline"].threat[3, 2, 1, 0]
    found = labelled["threat"].sel(run="baseline", month="2022-04", state="KGZ", partner="RUS")
    assert float(found[2]) == exact
    assert set(closure.results.runs["baseline"]) <= set(labelled.data_vars)


def test_hedging_names_every_state_month_and_run(folder: Path, closure: Asked) -> None:
    rows = table(folder / "hedging.csv")
    assert list(rows[0]) == list(HEDGING_COLUMNS)
    assert {row["run"] for row in rows} == {
        "scenario", "baseline", "difference", "imposed", "chosen",
    }  # fmt: skip
    assert {row["state"] for row in rows} == set(closure.region.states)
    assert {row["month"] for row in rows} == set(closure.results.months)
    named = {row["measure"] for row in rows}
    assert {"breadth", "ambiguity", "two_sidedness", "deliberate", "share_RUS"} <= named
    keys = [tuple(row.values())[:5] for row in rows]
    assert len(set(keys)) == len(keys)


def test_imposed_and_chosen_sum_to_the_difference_in_one_member() -> None:
    results = alone(months=20)
    middle = {row[:5]: row[5] for row in hedging(results)}
    places = [place for *place, label in middle if label == "difference"]
    columns = len(list(measured_columns(results.region)))
    assert len(places) == columns * len(results.months) * len(results.region.states)
    for place in places:
        parts = (middle[(*place, part)] for part in ("imposed", "chosen"))  # type: ignore[index]
        assert sum(parts) == pytest.approx(middle[(*place, "difference")], abs=1e-12)  # type: ignore[index]
    assert any(middle[(*place, "chosen")] for place in places)  # type: ignore[index]


def test_shares_of_a_domain_sum_to_one_in_one_member() -> None:
    total: dict[tuple[str, ...], float] = {}
    for month, state, measure, domain, label, middle, *_ in hedging(alone(months=14)):
        if measure.startswith("share_") and label == "scenario":
            key = (month, state, domain)
            total[key] = total.get(key, 0.0) + middle
    assert len(total) == 14 * 5 * 4  # months, states, three domains and all of them
    assert np.allclose(list(total.values()), 1.0)


def test_events_and_channels_sum_to_the_change(closure: Asked, folder: Path) -> None:
    rows = table(folder / "attribution.csv")
    assert list(rows[0]) == list(ATTRIBUTION_COLUMNS)
    during = next(m for m in closure.results.moments if m.key == "during")
    change = closure.results.at("difference", "breadth", during)[:, 0].mean()
    for split in ("event", "channel"):
        parts = [
            row[10]
            for row in attribution(closure.only)
            if row[:2] == (split, "breadth") and row[3] == "during" and row[5] == "KAZ"
            if row[9] == "difference"
        ]
        assert sum(parts) == pytest.approx(change, abs=1e-9)


def test_the_manifest_says_how_to_make_it_again_and_nothing_of_this_machine(
    closure: Asked, folder: Path
) -> None:
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert told["scenario_text"] == closure.scenario.text
    assert told["seed"] == closure.scenario.seed
    assert told["region_sha256"] == closure.region.digest
    assert "--members 5 --months 20" in told["command"]
    assert str(Path.home()) not in json.dumps(told)
    assert str(outputs.PROJECT) not in json.dumps(told)
    assert manifest(closure) == told


def test_json_holds_numbers_only() -> None:
    assert json.loads(as_json({"a": [np.float64(1 / 3), -0.0, np.int64(2)]})) == {
        "a": [0.333333, 0.0, 2]
    }
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"a": float("nan")})


def test_a_cell_with_a_comma_is_quoted() -> None:
    assert cell('one, "two"') == '"one, ""two"""'
    assert cell(-0.0) == "0"
    assert cell(1 / 3) == "0.333333"


def test_arms_have_a_folder_each_and_one_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "write_page", lambda *_: None)
    both = run("storm_or_order", members=2, months=14)
    both_in = tmp_path / "both"
    both_in.mkdir()
    write(both, both_in)
    names = [str(one.results.scenario.arm) for one in both.arms]
    assert len(names) == 2
    for name in names:
        assert {path.name for path in (both_in / name).iterdir()} == set(TABLES)
    told = json.loads((both_in / "summary.json").read_text(encoding="utf-8"))
    assert list(told["arms"]) == names
    assert [key for key in told if f"`{key}`" not in EXPLAINED] == []
    assert both.dataset.sizes["arm"] == 2
    with pytest.raises(InputError, match=f"Arms: '{names[0]}', '{names[1]}'"):
        both.figure("triangle", arm="no_such")


def test_a_second_process_gives_the_same_outcome_and_the_same_error() -> None:
    with aside(lambda: {"a": 1}) as outcome:
        assert outcome() == {"a": 1}
    with aside(lambda: 1 // 0) as outcome, pytest.raises(ZeroDivisionError):
        outcome()
    with aside(lambda: {"a": 1}, wanted=False) as outcome:
        assert outcome() == {"a": 1}


def test_a_notebook_draws_figures_and_saves_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closure: Asked
) -> None:
    assert closure.figure("triangle").axes
    for wrong in ({"name": "no_such"}, {"name": "triangle", "arm": "no_such"}):
        with pytest.raises(InputError, match="there is no"):
            closure.figure(**wrong)
    with pytest.raises(InputError, match="This run has no arms"):
        closure.figure("triangle", arm="no_such")
    monkeypatch.setattr(outputs, "write_page", lambda *_: None)
    assert closure.save(tmp_path) == tmp_path / "cpc_closure"
    assert (tmp_path / "cpc_closure" / "summary.json").is_file()


def test_importing_the_package_alone_is_quick() -> None:
    assert {"run", "Asked"} <= set(dir(sim))
    assert sim.run is run
    with pytest.raises(AttributeError):
        _ = sim.nothing_of_this_name


# Whole or not at all --------------------------------------------------------------------------


@pytest.fixture
def last(tmp_path: Path) -> Path:
    """A results folder with the last good results."""
    target = tmp_path / "results" / "closure"
    with fresh(target) as new:
        for name in RESULTS_HOLD:
            (new / name).write_text("last good", encoding="utf-8")
    return target


def left_beside(target: Path) -> list[str]:
    return [path.name for path in target.parent.iterdir() if path != target]


def test_new_results_take_the_place_of_the_old(last: Path) -> None:
    with fresh(last) as new:
        (new / "summary.json").write_text("new", encoding="utf-8")
        assert (last / "summary.json").read_text(encoding="utf-8") == "last good"
    assert (last / "summary.json").read_text(encoding="utf-8") == "new"
    assert left_beside(last) == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, MemoryError])
def test_whatever_stops_a_run_leaves_the_last_good_results(
    last: Path, stop: type[BaseException]
) -> None:
    def stopped() -> None:
        with fresh(last) as new:
            (new / "summary.json").write_text("half", encoding="utf-8")
            raise stop

    with pytest.raises(stop):
        stopped()
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"
    assert left_beside(last) == []


def test_what_a_killed_run_left_is_cleared_away(last: Path) -> None:
    gone = 2**22 + 1  # above the largest process id
    (last.parent / f".{last.name}.new-{gone}").mkdir()
    with fresh(last):
        pass
    assert left_beside(last) == []


def test_a_run_killed_between_two_names_gives_the_old_results_back(last: Path) -> None:
    last.rename(last.parent / f".{last.name}.old-{2**22 + 1}")

    def stopped() -> None:
        with fresh(last):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"


def test_folders_change_places_without_the_step_that_linux_has(
    last: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.folders.exchanged", lambda one, other: False)
    new = last.parent / "other"
    new.mkdir()
    take_place(new, last)
    assert list(last.iterdir()) == []
    assert left_beside(last) == []


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="a step that Linux has")
def test_folders_change_places_in_one_step(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    (other / "inside").mkdir(parents=True)
    if exchanged(one, other):
        assert (one / "inside").is_dir()


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "no permission"),
        (errno.EFBIG, "larger than this system allows"),
        (errno.ENOENT, "no such file"),
        (errno.EMFILE, "too many open files"),
    ],
)
def test_what_the_disk_refuses_is_told_with_a_cure(last: Path, number: int, cure: str) -> None:
    def refused() -> None:
        with fresh(last):
            raise OSError(number, os.strerror(number))

    with pytest.raises(InputError, match=cure) as told:
        refused()
    assert "--" in str(told.value)
    assert (last / "summary.json").read_text(encoding="utf-8") == "last good"
    assert left_beside(last) == []


def test_a_fault_that_the_disk_has_no_part_in_is_not_called_the_users(last: Path) -> None:
    def ours() -> None:
        with fresh(last):
            raise FileNotFoundError(errno.ENOENT, "a table of ours", str(PACKAGE / "data" / "t"))

    with pytest.raises(FileNotFoundError):
        ours()


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path: Path) -> None:
    in_the_way = tmp_path / "results"
    in_the_way.write_text("mine", encoding="utf-8")

    def refused(target: Path) -> None:
        with fresh(target):
            pass

    for target in (in_the_way, in_the_way / "closure"):
        with pytest.raises(InputError, match="a file is where a folder should be"):
            refused(target)
    assert in_the_way.read_text(encoding="utf-8") == "mine"


def filled(target: Path) -> None:
    """Write results of a kind into a folder."""
    with fresh(target) as new:
        for name in RESULTS_HOLD:
            (new / name).write_text("new", encoding="utf-8")


@pytest.mark.parametrize("there", ["notes.txt", "summary.json"])
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path, there: str) -> None:
    target = tmp_path / "closure"
    target.mkdir()
    (target / there).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something other than results"):
        filled(target)
    assert (target / there).read_text(encoding="utf-8") == "mine"
    assert left_beside(target) == []


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "closure").mkdir()
    filled(tmp_path / "closure")
    assert (tmp_path / "closure" / "summary.json").is_file()


def test_no_run_replaces_the_reference_report(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(REFERENCE)
    for target in (REFERENCE, tmp_path / "link"):
        with pytest.raises(InputError, match="reference report"):
            filled(target)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_a_results_folder_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="Rename"):
        results_folder(tmp_path, name)


def test_folders_that_only_look_like_leftovers_are_left_alone(last: Path) -> None:
    gone = 2**22 + 1
    alike = {
        f".{last.name}.new-{gone}.kept", f".{last.name}.other.new-{gone}", f".{last.name}.new-",
        f".{last.name}.draft-{gone}", f"{last.name}.new-{gone}",
    }  # fmt: skip
    for name in alike:
        (last.parent / name).mkdir()
    filled(last)
    assert set(left_beside(last)) == alike


def test_a_link_is_followed_and_stays(last: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "closure"
    link.parent.mkdir()
    link.symlink_to(last)
    filled(link)
    assert link.is_symlink()
    assert (last / "summary.json").read_text(encoding="utf-8") == "new"
    assert left_beside(last) == left_beside(link) == []


def test_a_link_in_a_circle_is_told(tmp_path: Path) -> None:
    (tmp_path / "closure").symlink_to(tmp_path / "closure")
    with pytest.raises(InputError, match="with --out"):
        filled(tmp_path / "closure")
    assert left_beside(tmp_path / "closure") == []


# What is asked of a run -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"members": 0}, "members: 0 is not between 1 and 100000"),
        ({"months": 601}, "months: 601 is not between 1 and 600"),
        ({"seed": -1}, "seed: -1 is not between 0 and"),
        ({"members": "many"}, "members: 'many' is no whole number"),
        ({"months": 1.5}, "months: 1.5 is no whole number"),
        ({"members": True}, "members: True is no whole number"),
    ],
)
def test_what_cannot_be_asked_of_a_run_is_told(asked: dict[str, object], wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        run("quiet", **asked)  # type: ignore[arg-type]


def test_all_that_is_wrong_with_what_is_asked_is_told_at_once() -> None:
    _, scenario = scenario_of("quiet")
    with pytest.raises(InputError, match="2 problems"):
        scenario.resized(members=0, months=0)


def test_whole_numbers_of_arrays_are_whole_numbers() -> None:
    _, scenario = scenario_of("quiet")
    resized = scenario.resized(members=np.int64(3))  # type: ignore[arg-type]
    assert resized.members == 3
    assert type(resized.members) is int


def test_a_scenario_is_named_by_words() -> None:
    with pytest.raises(InputError, match="named by words"):
        run(5)  # type: ignore[arg-type]


# What is the user's own in a results folder ----------------------------------------------------


@pytest.mark.parametrize(
    "mine", ["notes.txt", "figures/notes.txt", "storm/notes.txt", "a/b/run.nc", "report.html.bak"]
)
def test_what_no_run_writes_is_not_deleted(last: Path, mine: str) -> None:
    (last / mine).parent.mkdir(parents=True, exist_ok=True)
    (last / mine).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=f"holds .*{re.escape(mine)}"):
        filled(last)
    assert (last / mine).read_text(encoding="utf-8") == "mine"


def test_what_a_run_or_the_system_writes_is_replaced(last: Path) -> None:
    for name in ("figures/map.png", "storm/run.nc", "report.html", ".DS_Store", "hedging.csv"):
        (last / name).parent.mkdir(exist_ok=True)
        (last / name).write_text("ours", encoding="utf-8")
    filled(last)
    assert {path.name for path in last.iterdir()} == set(RESULTS_HOLD)


def test_all_that_a_run_writes_is_known_as_such(folder: Path) -> None:
    assert list(users_own(folder)) == []


# What a page says of words, and of streams that carry nothing ------------------------------------


def test_the_words_of_a_page_are_those_that_it_uses() -> None:
    from sim.report.page import word_list

    listed = dict(word_list("the premium rises by 0.2, chosen, in points; a slight change"))
    assert list(listed) == ["chosen", "premium", "share of ties, points"]


def test_every_kind_of_size_has_its_limits_on_the_page() -> None:
    from sim.claims import SIZES
    from sim.report.page import SIZED, sizes

    assert SIZED.keys() == SIZES.keys()
    assert dict(sizes())["shares of ties and threat, points"] == ["1", "3", "10"]


@pytest.mark.parametrize("baseline", [0.0, 2.0])
def test_a_stream_that_carries_nothing_is_drawn(baseline: float) -> None:
    from sim.report.figures.exports import main_routes, where_exports_went

    months = [f"2022-{month:02}" for month in range(1, 13)]
    nothing, before = np.zeros((2, 12)), np.full((2, 12), baseline)
    lost = before.sum(axis=0)
    drawing = where_exports_went(months, nothing, -before, lost, ["A", "B"], "Gas", "bcm/y")
    assert drawing.get_size_inches()[0] > 4
    assert len(main_routes(nothing, -before)) == (2 if baseline else 0)


def test_the_events_of_the_baseline_are_told_with_what_they_suppose() -> None:
    from sim.report.page import baseline_events

    region, scenario = scenario_of("cpc_closure")
    assert scenario.baseline is not None
    told = baseline_events(scenario.baseline, region)
    assert [name for name, _, _ in told] == [event.id for event in scenario.baseline.events]
    assert all(sentence.endswith(".") for _, sentence, _ in told)
    assert baseline_events(None, region) == []
