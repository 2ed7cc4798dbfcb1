"""A sweep ends with the same files, however it was made, stopped and gone on with."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim import ensemble
from sim.cli import main
from sim.reading.scenarios import read_scenario
from sim.region import Region
from sim.study.designs import design, named_values
from sim.study.outcomes import outcomes_of
from sim.study.play import Study
from sim.study.settings import Setting, settings_of
from sim.study.sweep import as_written, without_effect
from sim.tape import Tape

pq = pytest.importorskip("pyarrow.parquet")

PROJECT = Path(__file__).resolve().parent.parent

SCENARIO = """
title: A pipeline shuts, in a short run
question: Does it matter?
beyond: A world of six months, to try sweeps in.
start: 2022-01
months: 6
events:
  - id: shut
    kind: link_closed
    link: cpc_pipeline
    start: 2022-03
    months: 2
    intent: [0, 1]
  - id: boom
    kind: price
    commodity: oil
    factor: [0.8, 1.2]
    start: 2022-02
    end: 2022-04
"""
READ = ("--outcome", "KAZ.breadth@end", "--outcome", "KAZ.threat.RUS@worst")
VARIED = ("--vary", "shut.months=1:3", "--vary", "choice_sharpness", "--runs", "40")
SMALL = ("--members", "5", "--chunk", "10", "--quiet", *READ)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("scenarios") / "short.yaml"
    file.write_text(SCENARIO, "utf-8")
    return str(file)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, scenario: str) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert swept(scenario, folder, "--workers", "1") == 0
    return folder


def command(scenario: str, folder: Path, *more: str) -> list[str]:
    return ["sweep", scenario, *SMALL, *VARIED, "--out", str(folder), *more]


def swept(scenario: str, folder: Path, *more: str) -> int:
    return main(command(scenario, folder, *more))


def files(folder: Path) -> dict[str, str]:
    """Return every file that a sweep left, hidden ones too, with its hash."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.glob("*_sweep/**/*"))
        if file.is_file()
    }


def table(folder: Path, room: str = "parts") -> dict[str, np.ndarray]:
    """Return all rows, in the order of the parts."""
    parts = sorted(folder.glob(f"*_sweep/{room}/*.parquet"))
    read = [pq.read_table(part) for part in parts]
    names = read[0].column_names
    assert all(one.column_names == names for one in read)
    return {name: np.concatenate([one[name].to_numpy() for one in read]) for name in names}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return list(one) == list(other) and all(np.array_equal(one[k], other[k]) for k in one)


# The same, however it is made -----------------------------------------------------------------


def test_workers_do_not_change_a_byte(whole: Path, tmp_path: Path, scenario: str) -> None:
    assert swept(scenario, tmp_path, "--workers", "2") == 0
    assert files(tmp_path) == files(whole)


@pytest.mark.parametrize("chunk", ["3", "40"])
def test_chunks_change_neither_a_number_nor_the_order_of_rows(
    whole: Path, tmp_path: Path, scenario: str, chunk: str
) -> None:
    """Of three runs a chunk holds part of a point's members, of forty all points at once."""
    assert swept(scenario, tmp_path, "--chunk", chunk) == 0
    assert same(table(tmp_path), table(whole))
    names = ("summary.json", "outcomes.csv")
    one, other = (
        {k: v for k, v in files(f).items() if k.endswith(names)} for f in (tmp_path, whole)
    )
    assert one == other


def test_the_order_in_which_chunks_are_made_changes_no_byte(
    whole: Path, tmp_path: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.studying import sweep

    def shuffled(_: object, chunks: list[int]) -> list[int]:
        return random.Random(3).sample(chunks, len(chunks))

    monkeypatch.setattr(sweep, "in_order", shuffled)
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def test_a_row_is_a_run_with_its_settings_and_its_difference(whole: Path) -> None:
    rows = table(whole)
    assert rows["run"].tolist() == list(range(40))
    assert rows["member"].tolist() == list(range(5)) * 8
    assert set(rows["shut.months"]) == {1.0, 2.0, 3.0}
    assert (rows["KAZ.breadth@end.difference"] != 0).any()
    assert (rows["changed"] > 0).all()


def test_members_as_written_are_made_once_for_all_points(
    scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For 8 points and 5 members in chunks of 3: once for each of two ranges of members."""
    from sim.study import sweep

    asked = []
    played = sweep.levels

    def counted(study: Study, points: np.ndarray, first: int, count: int) -> np.ndarray:
        if not study.settings:
            asked.append((first, count))
        return played(study, points, first, count)

    sweep._kept.clear()
    monkeypatch.setattr(sweep, "levels", counted)
    assert swept(scenario, tmp_path, "--chunk", "3") == 0
    assert sorted(asked) == [(0, 3), (3, 2)]


def test_a_run_as_written_has_changed_by_nothing(scenario: str, tmp_path: Path) -> None:
    asked = ["sweep", scenario, "--members", "5", "--quiet", *READ, "--out", str(tmp_path)]
    assert main([*asked, "--vary", "shut.months=2,3", "--design", "grid"]) == 0
    rows = table(tmp_path)
    assert (rows["changed"][rows["shut.months"] == 2] == 0).all()
    assert (rows["changed"][rows["shut.months"] == 3] > 0).all()


# Months ---------------------------------------------------------------------------------------


def test_months_are_kept_on_request_and_the_summaries_stay_as_they_are(
    whole: Path, tmp_path: Path, scenario: str
) -> None:
    assert swept(scenario, tmp_path, "--paths") == 0
    rows, months = table(tmp_path), table(tmp_path, "paths")
    assert same(rows, table(whole))
    assert len(months["run"]) == 40 * 6
    assert months["run"].tolist() == np.repeat(np.arange(40), 6).tolist()
    assert str(months["month"][1])[:7] == "2022-02"
    last = months["KAZ.breadth"].reshape(40, 6)[:, -1]
    assert last.dtype == np.float32
    assert np.array_equal(last, rows["KAZ.breadth@end"].astype(np.float32))
    worst = np.abs(months["KAZ.threat.RUS.difference"]).reshape(40, 6).max(axis=1)
    assert np.array_equal(worst, np.abs(rows["KAZ.threat.RUS@worst.difference"]).astype(np.float32))


def test_months_do_not_depend_on_chunks_or_on_how_many_are_played_together(
    tmp_path: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.study import sweep

    assert swept(scenario, tmp_path / "one", "--paths") == 0
    monkeypatch.setattr(sweep, "ABREAST", 3)
    assert swept(scenario, tmp_path / "other", "--paths", "--chunk", "40") == 0
    assert same(table(tmp_path / "one", "paths"), table(tmp_path / "other", "paths"))


# Stopped and gone on with ---------------------------------------------------------------------


def test_the_same_command_does_nothing_twice(
    whole: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.studying import sweep

    before = {file: file.stat().st_mtime_ns for file in whole.rglob("*.*") if file.name != ".lock"}
    monkeypatch.setattr(sweep, "part", None)
    assert swept(scenario, whole) == 0
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_a_damaged_or_missing_part_is_made_again(
    whole: Path, tmp_path: Path, scenario: str
) -> None:
    assert swept(scenario, tmp_path) == 0
    first, second, *_ = sorted(tmp_path.glob("*_sweep/parts/*.parquet"))
    first.write_bytes(first.read_bytes()[:-100])
    second.unlink()
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def test_another_sweep_does_not_go_into_the_same_folder(
    whole: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(whole)
    assert swept(scenario, whole, "--seed", "7") == 2
    assert "another sweep is in it (seed" in capsys.readouterr().err
    assert files(whole) == before


def test_one_sweep_at_a_time_is_at_work_in_a_folder(
    whole: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fcntl = pytest.importorskip("fcntl")
    with open(whole / "short_sweep" / ".lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert swept(scenario, whole) == 2
    assert "another sweep is at work in this folder" in capsys.readouterr().err


def test_there_must_be_something_to_resume(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert swept(scenario, tmp_path, "--resume") == 2
    assert "there is no sweep here to go on with" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_sweep_killed_at_any_moment_ends_with_the_same_files(
    whole: Path, tmp_path: Path, scenario: str
) -> None:
    chance, journal, ended = random.Random(5), tmp_path / "short_sweep" / "done.jsonl", []
    for parts in range(1, 4):
        asked = [sys.executable, "run.py", *command(scenario, tmp_path)]
        running = subprocess.Popen(asked, cwd=PROJECT)
        while running.poll() is None and lines_in(journal) < parts:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.1))
        running.send_signal(signal.SIGKILL)
        ended.append(running.wait())
    assert ended.count(-signal.SIGKILL) > 1
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def lines_in(journal: Path) -> int:
    """Return how many chunks are noted as done so far."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_machine_code_in_threads_makes_the_files_that_the_rules_as_written_make(
    whole: Path, tmp_path: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ensemble, "RECORDING_PAYS", 0)
    played: list[int] = []
    play = Tape.play
    monkeypatch.setattr(Tape, "play", lambda *a, **k: (played.append(1), play(*a, **k))[1])
    assert swept(scenario, tmp_path, "--workers", "2") == 0
    assert played
    assert files(tmp_path) == files(whole)


@pytest.mark.parametrize("file", ["summary.json", "outcomes.csv", "parts.json"])
@pytest.mark.parametrize("content", ["", "[]", '{"sente', "[" * 100_000])
def test_what_is_damaged_beside_whole_parts_is_made_again(
    whole: Path, tmp_path: Path, scenario: str, file: str, content: str
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    (tmp_path / "short_sweep" / file).write_text(content, "utf-8")
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


@pytest.mark.parametrize("content", ["", "[]", "null", "[" * 100_000])
def test_where_nobody_knows_what_was_asked_no_part_is_thrown_away(
    whole: Path, tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    asked = tmp_path / "short_sweep" / "sweep.json"
    asked.write_text(content, "utf-8")
    assert swept(scenario, tmp_path) == 2
    assert "sweep.json is damaged" in capsys.readouterr().err
    asked.unlink()
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def test_a_sweep_that_was_saved_is_printed_again(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "short_sweep", "--out", str(whole)]) == 0
    said = capsys.readouterr().out
    assert "40 runs: 8 points for 5 members each." in said
    assert "short_sweep/parts" in said


def test_two_settings_of_one_number_are_refused(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["sweep", scenario, "--out", str(tmp_path), "--runs", "4", "--members", "2"]
    vary = [f"--vary={one}" for one in ("capacity", "capacity/cpc_pipeline", "shut.size=0:1")]
    assert main([*asked, *vary, "--vary=shut.left=0:1"]) == 2
    said = capsys.readouterr().err
    assert "shut.left and shut.size are one number" in said
    assert "capacity/cpc_pipeline is one of the numbers of capacity" in said


DIES = """
import os, sys
from sim import ensemble
from sim.cli import main
name, place, before = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "before"
does, calls = getattr(os, name), 0
def dies(*given):
    global calls
    calls += 1
    if calls == place and before:
        os.kill(os.getpid(), 9)
    done = does(*given)
    if calls == place:
        os.kill(os.getpid(), 9)
    return done
setattr(os, name, dies)
main(sys.argv[4:])
"""


@pytest.mark.parametrize(
    ("name", "place", "when"),
    [
        ("replace", 2, "before"),  # a part is written, and has not got its name
        ("replace", 3, "after"),  # it has its name, and is not in the journal
        ("fsync", 5, "before"),  # it is in the journal, perhaps, and not on the disk
    ],
)
def test_a_sweep_that_dies_between_two_steps_ends_with_the_same_files(
    whole: Path, tmp_path: Path, scenario: str, name: str, place: int, when: str
) -> None:
    asked = [sys.executable, "-c", DIES, name, str(place), when, *command(scenario, tmp_path)]
    assert subprocess.run(asked, cwd=PROJECT, check=False).returncode == -signal.SIGKILL
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


@pytest.mark.parametrize("cut", ["journal", "unnoted", "half"])
def test_what_a_crash_left_half_done_is_made_again(
    whole: Path, tmp_path: Path, scenario: str, cut: str
) -> None:
    """A journal line cut short; a part that is not in the journal; a part half-written."""
    assert swept(scenario, tmp_path) == 0
    folder = tmp_path / "short_sweep"
    noted = json.loads((folder / "parts.json").read_text("utf-8"))["files"]
    lines = [json.dumps({name: sha}) for name, sha in noted.items()]
    (folder / "parts.json").unlink()
    kept = "\n".join(lines[:2]) + "\n" + (lines[2][:20] if cut == "journal" else "")
    (folder / "done.jsonl").write_text(kept, "utf-8")
    if cut == "half":
        part = folder / "parts" / "part-000002.parquet"
        part.with_name(".part-000002.parquet.new").write_bytes(part.read_bytes()[:500])
        part.unlink()
        (folder / "parts" / ".part-000000.parquet.new").write_bytes(b"begun twice")
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def test_a_note_after_one_that_was_cut_short_is_not_lost(tmp_path: Path) -> None:
    from sim.study.parts import Journal

    (tmp_path / "parts").mkdir()
    Journal(tmp_path, ["parts"], 3).write(0, {"parts": b"one"})
    with open(tmp_path / "done.jsonl", "ab") as stream:
        stream.write(b'{"parts/part-0000')
    Journal(tmp_path, ["parts"], 3).write(2, {"parts": b"two"})
    assert set(Journal(tmp_path, ["parts"], 3).done) == {0, 2}


def test_a_chunk_that_fails_is_listed_and_tried_again_later(
    whole: Path,
    tmp_path: Path,
    scenario: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sim.studying import sweep

    made, tries = sweep.part, []

    def fails(asked: Any, chunk: int) -> Any:
        if chunk == 1:
            tries.append(chunk)
            raise ArithmeticError("a fault on purpose")
        return made(asked, chunk)

    monkeypatch.setattr(sweep, "part", fails)
    assert swept(scenario, tmp_path) == 1
    assert "chunk 1: ArithmeticError: a fault on purpose" in capsys.readouterr().err
    assert len(tries) == 3
    monkeypatch.setattr(sweep, "part", made)
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


@contextmanager
def full_disk(monkeypatch: pytest.MonkeyPatch, after: int) -> Iterator[None]:
    """Let the disk be full from some file on, in the middle of writing it."""
    import errno

    from sim.study import parts

    forced, calls = parts.os.fsync, [0]

    def full(number: int) -> None:
        calls[0] += 1
        if calls[0] > after:
            raise OSError(errno.ENOSPC, "No space left on device")
        forced(number)

    with monkeypatch.context() as patched:
        patched.setattr(parts.os, "fsync", full)
        yield


@pytest.mark.parametrize("after", [0, 4, 6])
def test_a_full_disk_is_told_and_gone_on_from(
    whole: Path,
    tmp_path: Path,
    scenario: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    with full_disk(monkeypatch, after):
        assert swept(scenario, tmp_path) == 2
    said = capsys.readouterr().err
    assert "the disk is full" in said
    assert "the same command goes on from there" in said
    assert not [file for file in files(tmp_path) if file.endswith(".new")]
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_a_sweep_that_is_stopped_says_how_to_go_on(
    whole: Path, tmp_path: Path, scenario: str
) -> None:
    asked = [sys.executable, "run.py", *command(scenario, tmp_path)]
    running = subprocess.Popen(asked, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    journal = tmp_path / "short_sweep" / "done.jsonl"
    for _ in range(300):
        if journal.exists() and journal.stat().st_size:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    said = running.communicate()[1]
    if running.returncode == 0:
        pytest.skip("it was quicker than the signal")
    assert running.returncode == 130
    assert "of 40 runs are kept. To go on:\n  python run.py sweep" in said
    assert swept(scenario, tmp_path, "--resume") == 0
    assert files(tmp_path) == files(whole)


# What it says ---------------------------------------------------------------------------------


def test_what_moves_is_told_in_a_sentence(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["sweep", scenario, "--members", "4", *READ, "--out", str(tmp_path)]
    assert main([*asked, "--vary", "shut.months=1:4", "--design", "grid"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "16 runs: 4 points for 4 members each." in said
    assert "Kazakhstan's breadth of ties at the end of the run:" in said
    assert "it goes most closely with how long 'shut' lasts (the longer, the higher" in said


def test_the_band_is_that_of_the_runs(whole: Path) -> None:
    rows = table(whole)["KAZ.breadth@end.difference"]
    line = (whole / "short_sweep" / "outcomes.csv").read_text("utf-8").splitlines()[1].split(",")
    assert line[0] == "KAZ.breadth@end"
    expected = np.percentile(rows, [50, 5, 95])
    assert np.allclose([float(number) for number in line[2:5]], expected, rtol=1e-5)


KINDS = (
    "choice_sharpness", "capacity", "shut.start=1:2", "shut.months=1:3", "shut.intent",
    "boom.size", "boom.on", "shocks",
)  # fmt: skip
"""A setting of every kind: a number of the ledger, ranks, fields of events, switches."""


@pytest.mark.parametrize("idle", KINDS)
def test_a_setting_that_changes_nothing_is_said_to(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str], idle: str
) -> None:
    """Nobody leaves an alliance in the first month, whatever is varied."""
    asked = ["sweep", scenario, "--members", "3", "--runs", "12", "--out", str(tmp_path)]
    read = ["--outcome", "KAZ.membership.CSTO@2022-01"]
    assert main([*asked, "--vary", idle, *read]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Nothing that is read changes with {idle.partition('=')[0]}, from one end" in said
    assert "no difference in nine of ten runs" in said


def test_a_setting_of_any_kind_that_changes_something_is_not(region: Region, scenario: str) -> None:
    closure = read_scenario(scenario, region)
    outcomes = outcomes_of(region, closure, ["KAZ.breadth@end", "KAZ.gdp_gap@2022-04"])
    settings = settings_of(region, closure, KINDS)
    assert without_effect(Study(region, closure, settings, outcomes), 3) == []


def test_a_setting_is_not_called_idle_if_it_matters_beside_some_others_only(
    region: Region, scenario: str
) -> None:
    """How long an event lasts changes nothing where it does not happen."""
    closure = read_scenario(scenario, region)
    settings = settings_of(region, closure, ["shut.on", "shut.months=1:3"])
    study = Study(region, closure, settings, outcomes_of(region, closure, ["KAZ.breadth@end"]))
    assert without_effect(study, 3) == []


def test_many_settings_are_tried_at_once(
    region: Region, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.study import sweep

    closure = read_scenario(scenario, region)
    names = [f"{row.attribute}/{'/'.join(row.keys)}".rstrip("/") for row in region.ledger
             if row.low < row.high][:30]  # fmt: skip
    study = Study(region, closure, settings_of(region, closure, names),
                  outcomes_of(region, closure, ["KAZ.breadth@end"]))  # fmt: skip
    calls = []
    played = sweep.levels
    monkeypatch.setattr(sweep, "levels", lambda *given: calls.append(1) or played(*given))
    without_effect(study, 2)
    assert len(calls) == 1


def test_as_written_is_the_same_alone_and_in_company(region: Region, scenario: str) -> None:
    closure = read_scenario(scenario, region)
    study = Study(region, closure, (), outcomes_of(region, closure, ["KAZ.breadth@end"]))
    assert np.array_equal(as_written(study, 0, 6)[:, 2:4], as_written(study, 2, 2))


# Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--vary", "shut.months"), "varied twice"),
        (("--vary", "nothing=0:1"), "no number of the ledger"),
        (("--vary", "boom.size=nan:1"), "'nan' is no number"),
        (("--vary", "boom.size=0:1e400"), "'1e400' is no number"),
        (("--vary", "boom.size=0:inf"), "'inf' is no number"),
        (("--vary", "boom.size=1_0:20"), "'1_0' is no number"),
        (("--vary", "boom.size=2:1"), "LOW is to be below HIGH"),
        (("--vary", "boom.size=1"), "write LOW:HIGH"),
        (("--vary", "boom.size=1:2:3:4"), "write LOW:HIGH"),
        (("--vary", "boom.size=1,,2"), "'' is no number"),
        (("--vary", "boom.size=1,1"), "names a number twice"),
        (("--vary", "boom.size=1:2:1"), "no number of steps from 2"),
        (("--vary", "boom.size=-1:2"), "it is between 0 and"),
        (("--vary", "shut.intent=0:1.5"), "it is between 0 and 1"),
        (("--vary", "boom.on=0.5,1"), "a switch is 0 (off) or 1 (on)"),
        (("--vary", "shut.start=0.5:1"), "is in whole months"),
        (("--vary", "shut.start=2022-13:2023-01"), "write LOW:HIGH"),
        (("--vary", "shut.start=2022-04:2023-04"), "outside the run"),
        (("--outcome", "KAZ.bredth"), "Did you mean breadth"),
        (("--outcome", "KAZ.breadth@end:level"), "write KAZ.breadth@end"),
        (("--sweep", "no_such_file.yaml"), "there is no such file"),
        (("--chunk", "0"), "not between 1"),
        (("--runs", "1000000000", "--chunk", "1", "--members", "1000"), "ask for fewer --runs"),
        (("--runs", "1000000000", "--members", "1"), "at most are held"),
        (("--design", "grid"), "leave --runs out"),
        (("--arm", "storm"), "it has no arms; leave --arm out"),
    ],
)
def test_what_cannot_be_done_is_refused(
    tmp_path: Path,
    scenario: str,
    capsys: pytest.CaptureFixture[str],
    more: tuple[str, ...],
    told: str,
) -> None:
    assert swept(scenario, tmp_path, *more) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_grid_of_a_million_million_points_is_refused_at_once(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = ["boom.size=0:1:10000", "shut.intent=0:1:10000", "choice_sharpness=1:2:10000"]
    asked = [word for one in grid for word in ("--vary", one)]
    began = time.monotonic()
    assert main(["sweep", scenario, *asked, "--design", "grid", "--out", str(tmp_path)]) == 2
    assert time.monotonic() - began < 5.0
    assert "it has 1,000,000,000,000 points" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--design", "lhs"], "nothing is varied"),
        (["--runs", "5", "--members", "5"], "not both"),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    tmp_path: Path,
    scenario: str,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    told: str,
) -> None:
    assert main(["sweep", scenario, *asked, "--out", str(tmp_path)]) == 2
    assert told in capsys.readouterr().err


def test_of_several_arms_one_has_to_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["sweep", "storm_or_order", "--out", str(tmp_path), "--quiet"]
    assert main(asked) == 2
    assert "several arms (storm, order); give one with --arm" in capsys.readouterr().err
    small = ["--months", "3", "--runs", "2", "--outcome", "KAZ.breadth@end"]
    assert main([*asked, "--arm", "order", *small]) == 0


def test_a_scenario_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", "--runs", "2"]) == 2
    assert "name a scenario" in capsys.readouterr().err


# A sweep file ---------------------------------------------------------------------------------

FILE = """\
scenario: {scenario}
vary:
  shut.months: 1:3
  choice_sharpness:
runs: 40
members: 5
outcome: [KAZ.breadth@end, KAZ.threat.RUS@worst]
chunk: 10
"""


def test_a_sweep_file_says_what_the_options_do(whole: Path, tmp_path: Path, scenario: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(FILE.format(scenario=scenario), "utf-8")
    assert main(["sweep", "--sweep", str(file), "--quiet", "--out", str(tmp_path)]) == 0
    assert files(tmp_path) == files(whole)


def test_the_command_line_goes_before_the_file(tmp_path: Path, scenario: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(FILE.format(scenario=scenario), "utf-8")
    asked = ["sweep", "--sweep", str(file), "--quiet", "--out", str(tmp_path), "--runs", "10"]
    assert main(asked) == 0
    assert len(table(tmp_path)["run"]) == 10


def test_the_sweep_file_of_the_docs_can_be_run(tmp_path: Path) -> None:
    page = (PROJECT / "docs" / "sweeps.md").read_text("utf-8")
    file = tmp_path / "example.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    small = ["--runs", "2", "--members", "1", "--months", "15", "--quiet"]
    assert main(["sweep", "--sweep", str(file), *small, "--out", str(tmp_path)]) == 0
    assert "KAZ.gdp_gap.difference" in table(tmp_path, "paths")


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("runs: 40", "rnus: 40", "line 5: 'rnus' is nothing that a sweep file says. Did you mean"),
        ("runs: 40", "runs: many", "line 5: runs: 'many' is no whole number"),
        ("runs: 40", "design: sobl", "line 5: design: one of sobol, lhs, grid, oat"),
        ("runs: 40", "paths: perhaps", "line 5: paths: true or false"),
        ("runs: 40", "members: 5", "line 6: 'members' is given twice"),
        ("  shut.months: 1:3", "  shut.month: 1:3", "line 3: shut has no field 'month'"),
        ("  shut.months: 1:3", "  shut.months: [3, 3]", "line 3: shut.months: '3,3' names a"),
        ("KAZ.breadth@end,", "KAZ.bredth@end,", "line 7: 'KAZ.bredth@end': 'bredth'"),
        ("vary:\n", "vary: 3\n", "line "),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_sweep_file_is_told_by_line(
    tmp_path: Path,
    scenario: str,
    capsys: pytest.CaptureFixture[str],
    was: str,
    becomes: str,
    told: str,
) -> None:
    file = tmp_path / "mine.yaml"
    text = FILE.format(scenario=scenario).replace(was, becomes)
    file.write_text(text, "utf-8")
    assert main(["sweep", "--sweep", str(file), "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert str(file) in said
    assert told in said


# Designs ---------------------------------------------------------------------------------------


def months(low: float, high: float) -> Setting:
    return Setting("e.months", low, high, "event", "months", "", "e", "months")


SHARE = Setting("share", 0.0, 1.0, "ledger", "", "")


def test_a_grid_is_every_combination() -> None:
    found = design("grid", (SHARE, months(1, 2)), [[0.0, 0.5], []], 0, 1)
    assert found.tolist() == [[0.0, 1.0], [0.0, 2.0], [0.5, 1.0], [0.5, 2.0]]


def test_one_at_a_time_leaves_the_others_in_their_middle() -> None:
    found = design("oat", (SHARE, months(1, 3)), [[0.0, 1.0], []], 0, 1)
    assert found.tolist() == [[0.0, 2.0], [1.0, 2.0], [0.5, 1.0], [0.5, 2.0], [0.5, 3.0]]


def test_twice_the_sobol_points_begin_with_the_same() -> None:
    few, many = (design("sobol", (SHARE, months(1, 9)), [[], []], runs, 3) for runs in (8, 16))
    assert np.array_equal(many[:8], few)
    assert set(many[:, 1]) <= set(range(1, 10))


def test_a_latin_hypercube_meets_every_stratum_once() -> None:
    found = design("lhs", (SHARE, SHARE), [[], []], 10, 3)
    assert all(sorted((column * 10).astype(int)) == list(range(10)) for column in found.T)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("pipeline_shut.months=3,6,9", [3.0, 6.0, 9.0]),
        ("moorings_out.left=0:1:3", [0.0, 0.5, 1.0]),
        ("pipeline_shut.start=2023-01,2023-04", [-1.0, 2.0]),
        ("pipeline_shut.start=2023-01:2023-03:3", [-1.0, 0.0, 1.0]),
        ("pipeline_shut.start=-3:-1", []),
    ],
)
def test_values_can_be_named(region: Region, asked: str, named: list[float]) -> None:
    closure = read_scenario("scenarios/cpc_closure.yaml", region)
    assert named_values(settings_of(region, closure, [asked])) == [named]
