"""Calibration: members that show more of what was known by 2022 are accepted, and drawn from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.errors import InputError
from sim.members import draw
from sim.reading.tables import region_folder
from sim.region import Accepted, Region
from sim.study import calibration
from sim.study.calibration import (
    FIRST_YEAR,
    Moved,
    as_calibrated,
    best,
    fit_patterns,
    fitness,
    kept,
    moved,
    told_apart,
)
from sim.study.pattern_table import read_patterns, variants
from sim.study.patterns import HELD_BACK, Pattern
from sim.studying import calibrate, validate

SMALL = ("calibrate", "--draws", "300", "--quiet")


def test_a_fit_uses_nothing_that_is_held_back(region: Region) -> None:
    used = fit_patterns(read_patterns(region))
    assert len(used) > 20
    assert all(one.half != HELD_BACK for one in used)
    assert all(one.last_month <= "2022-12" for one in used)


def test_the_best_part_is_accepted_and_of_equals_the_first() -> None:
    assert best(np.array([0.1, 0.9, 0.5, 0.9, 0.5, 0.2]), 0.5).tolist() == [1, 2, 3]
    assert best(np.zeros(3), 0.01).tolist() == [0]


def test_a_calibrated_region_draws_the_accepted_one_after_another(region: Region) -> None:
    chosen = replace(region, accepted=Accepted(5, 40, (3, 17, 30)))
    some = draw(chosen, 99, 1, 4)
    for place, member in enumerate((17, 30, 3, 17)):
        alone = draw(region, 5, member, 1)
        for name, array in some.items():
            assert (array[place] == alone[name][0]).all(), name


def test_what_patterns_say_nothing_of_is_not_told_apart(region: Region) -> None:
    every = Accepted(1, 4_000, tuple(range(0, 4_000, 4)))
    assert told_apart(moved(region, every), 0.10) == []


def test_a_number_that_was_selected_is_told_apart_and_its_range_moves(region: Region) -> None:
    risk = draw(region, 1, 0, 4_000).risk_aversion
    high = np.flatnonzero(risk > np.quantile(risk, 0.8))
    found = told_apart(moved(region, Accepted(1, 4_000, tuple(high.tolist()))), 0.10)
    assert found[0].row.attribute == "risk_aversion"
    assert found[0].quarters[0] > found[0].row.central
    assert len(found) < 40


def test_luck_is_named_in_the_part_that_was_allowed(region: Region) -> None:
    row = region.ledger[0]
    even = [Moved(row, 0.0, (k + 0.5) / 500, (0.0, 0.0, 0.0)) for k in range(500)]
    assert told_apart(even, 0.10) == []
    real = Moved(row, 0.5, 1e-9, (0.0, 0.0, 0.0))
    assert told_apart([*even, real], 0.10) == [real]


# The command ------------------------------------------------------------------------------------


def accepted_in(folder: Path) -> bytes:
    return (folder / "calibrate" / "tables" / "accepted.csv").read_bytes()


def of_the_history_alone(region: Region) -> tuple[Pattern, ...]:
    """Return the patterns that need no variant of the history to be run beside it."""
    return tuple(one for one in read_patterns(region) if not any(t.run for t in one.measure.terms))


def test_twice_with_one_seed_gives_the_same_bytes_and_so_does_going_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "TOGETHER", 100)
    monkeypatch.setattr(calibrate, "MEMBERS", 8)
    for each in (calibrate, validate):
        monkeypatch.setattr(each, "read_patterns", of_the_history_alone)
    whole, one_thread, stopped = (tmp_path / name for name in ("whole", "one", "stopped"))
    assert main([*SMALL, "--out", str(whole)]) == 0
    assert main([*SMALL, "--workers", "1", "--out", str(one_thread)]) == 0
    assert accepted_in(whole) == accepted_in(one_thread)

    runs = []

    def breaks_down(*asked: object) -> np.ndarray:
        runs.append(asked[3])
        if len(runs) == 3:
            raise KeyboardInterrupt
        return fitness(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(calibrate, "fitness", breaks_down)
    stop = [*SMALL, "--workers", "1", "--out", str(stopped)]
    assert main(stop) == 130
    assert not (stopped / "calibrate").exists()
    before = len(runs)
    damaged = next((stopped / "calibrate_parts").glob("*/0_100.json"))
    damaged.write_text("[0.5, ", encoding="utf-8")
    assert main(stop) == 0
    assert len(runs) == before + 2  # of the two parts that were done the whole one was read again
    assert accepted_in(stopped) == accepted_in(whole)
    assert not (stopped / "calibrate_parts").exists()


# What the project ships -------------------------------------------------------------------------


def test_the_kept_members_are_those_that_fit_best(region: Region) -> None:
    accepted = kept(region)
    assert (accepted.drawn, len(accepted.members)) == (20_000, 1_000)
    patterns = fit_patterns(read_patterns(region))
    arms = [arm.resized(None, FIRST_YEAR, accepted.seed) for arm in variants(region)]
    fit = fitness(region, arms, patterns, 0, 400)
    chosen = np.isin(np.arange(400), accepted.members)
    assert 5 < chosen.sum() < 60
    assert fit[chosen].min() >= fit[~chosen].max()


def test_a_run_of_accepted_members_says_so(tmp_path: Path) -> None:
    size = ["--members", "4", "--months", "12", "--out", str(tmp_path), "--quiet"]
    assert main(["cpc_closure", *size, "--calibrated"]) == 0
    told = json.loads((tmp_path / "cpc_closure" / "manifest.json").read_text("utf-8"))
    assert told["calibrated"] is True
    assert told["command"].endswith("--calibrated")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "is missing"),
        ("{", "is damaged"),
        ('{"region_sha256": "old", "seed": 1, "drawn": 9, "members": [1]}', "of other tables"),
    ],
)
def test_kept_members_that_cannot_be_used_are_refused_with_the_cure(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    content: str | None, message: str,
) -> None:  # fmt: skip
    if content is not None:
        (tmp_path / calibration.FILE).write_text(content, encoding="utf-8")
    monkeypatch.setattr(calibration, "region_folder", lambda name: tmp_path)
    with pytest.raises(InputError) as refused:
        as_calibrated(region)
    assert message in str(refused.value)
    assert "run.py calibrate --keep" in str(refused.value)
    assert region_folder(region.name) != tmp_path
