"""A sweep ends with the same bytes, however it was made, stopped and gone on with."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from sim.cli import main
from sim.study.designs import design, named_values
from sim.study.settings import Setting, settings_of

pq = pytest.importorskip("pyarrow.parquet")

PROJECT = Path(__file__).resolve().parent.parent
SMALL = ("--months", "14", "--members", "5", "--quiet", "--outcome", "KAZ.breadth@end")
VARIED = ("--vary", "moorings_out.left=0:1", "--vary", "choice_sharpness", "--runs", "8")


def swept(folder: Path, *more: str, scenario: str = "cpc_closure") -> int:
    return main(["sweep", scenario, *SMALL, *VARIED, "--out", str(folder), *more])


def parts(folder: Path) -> dict[str, str]:
    files = sorted(folder.glob("*_sweep/**/*"))
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
        if file.is_file() and file.name != ".lock"
    }


def table(folder: Path) -> dict[str, np.ndarray]:
    files = sorted(folder.glob("*_sweep/parts/*.parquet"))
    whole = pq.ParquetDataset(files).read().to_pandas().sort_values("run")
    return {str(name): whole[name].to_numpy() for name in whole}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    assert swept(folder, "--chunk", "10", "--workers", "1") == 0
    return folder


def test_workers_do_not_change_a_byte(whole: Path, tmp_path: Path) -> None:
    assert swept(tmp_path, "--chunk", "10", "--workers", "2") == 0
    assert parts(tmp_path) == parts(whole)


@pytest.mark.parametrize("chunk", ["3", "40"])
def test_chunks_do_not_change_a_number(whole: Path, tmp_path: Path, chunk: str) -> None:
    assert swept(tmp_path, "--chunk", chunk) == 0
    one, other = table(tmp_path), table(whole)
    assert list(one) == list(other)
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_row_is_a_run_with_its_settings_and_its_difference(whole: Path) -> None:
    rows = table(whole)
    assert rows["run"].tolist() == list(range(40))
    assert rows["member"].tolist() == list(range(5)) * 8
    assert ((rows["moorings_out.left"] >= 0) & (rows["moorings_out.left"] <= 1)).all()
    assert (rows["KAZ.breadth@end.difference"] != 0).any()
    assert (rows["changed"] > 0).all()


def test_the_same_command_does_nothing_twice(whole: Path) -> None:
    before = parts(whole)
    assert swept(whole, "--chunk", "10") == 0
    assert parts(whole) == before


def test_a_damaged_or_missing_part_is_made_again(whole: Path) -> None:
    before = parts(whole)
    first, second, *_ = sorted(whole.glob("*_sweep/parts/*.parquet"))
    first.write_bytes(first.read_bytes()[:-100])
    second.unlink()
    assert swept(whole, "--chunk", "10") == 0
    assert parts(whole) == before


def test_another_sweep_does_not_go_into_the_same_folder(
    whole: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = parts(whole)
    assert swept(whole, "--chunk", "10", "--seed", "7") == 2
    assert "another sweep is in it (seed" in capsys.readouterr().err
    assert parts(whole) == before


def test_a_sweep_killed_at_any_moment_ends_with_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    command = [sys.executable, "run.py", "sweep", "cpc_closure", *SMALL, *VARIED, "--chunk", "10"]
    chance = random.Random(5)
    for _ in range(3):
        running = subprocess.Popen([*command, "--out", str(tmp_path)], cwd=PROJECT)
        time.sleep(chance.uniform(1.0, 4.0))
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert swept(tmp_path, "--chunk", "10") == 0
    assert parts(tmp_path) == parts(whole)


@pytest.mark.parametrize("cut", ["journal", "unnoted", "half"])
def test_what_a_crash_left_half_done_is_made_again(whole: Path, tmp_path: Path, cut: str) -> None:
    """A journal line cut short; a part that is not in the journal; a part half-written."""
    assert swept(tmp_path, "--chunk", "10") == 0
    folder = tmp_path / "cpc_closure_sweep"
    noted = json.loads((folder / "parts.json").read_text("utf-8"))["parts"]
    lines = [json.dumps({"chunk": k, "sha256": sha}) for k, sha in enumerate(noted.values())]
    (folder / "parts.json").unlink()
    kept = "\n".join(lines[:2]) + "\n" + (lines[2][:20] if cut == "journal" else "")
    (folder / "done.jsonl").write_text(kept, "utf-8")
    if cut == "half":
        part = folder / "parts" / "part-000002.parquet"
        part.with_name(".part-000002.parquet.new").write_bytes(part.read_bytes()[:500])
        part.unlink()
    assert swept(tmp_path, "--chunk", "10") == 0
    (folder / "parts" / ".part-000002.parquet.new").unlink(missing_ok=True)
    assert parts(tmp_path) == parts(whole)


def test_a_chunk_that_fails_is_listed_and_tried_again_later(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.studying import sweep

    made = sweep.part

    def fails_once_in_a_while(asked: object, chunk: int) -> bytes:
        if chunk == 1:
            raise ArithmeticError("a fault on purpose")
        return made(asked, chunk)

    monkeypatch.setattr(sweep, "part", fails_once_in_a_while)
    assert swept(tmp_path, "--chunk", "10") == 1
    assert "chunk 1: ArithmeticError: a fault on purpose" in capsys.readouterr().err
    monkeypatch.setattr(sweep, "part", made)
    assert swept(tmp_path, "--chunk", "10") == 0
    assert parts(tmp_path) == parts(whole)


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_a_full_disk_is_told_and_gone_on_from(whole: Path, tmp_path: Path) -> None:
    command = [sys.executable, "run.py", "sweep", "cpc_closure", *SMALL, *VARIED, "--chunk", "10"]
    full = subprocess.run(
        ["bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$@"', "x", *command, "--out", tmp_path],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert full.returncode == 2, full.stderr
    assert "cannot be used" in full.stderr
    assert "Traceback" not in full.stderr
    assert swept(tmp_path, "--chunk", "10") == 0
    table(tmp_path)
    assert {k: v for k, v in parts(tmp_path).items() if "/." not in k} == parts(whole)


def test_a_setting_that_changes_nothing_is_said_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first month there is nothing for a later start to change."""
    asked = ["sweep", "cpc_closure", "--months", "14", "--members", "3", "--runs", "4"]
    idle = ["--vary", "pipeline_shut.reopening=1:3", "--outcome", "KAZ.breadth@2022-06"]
    assert main([*asked, *idle, "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "Nothing that is read changes with pipeline_shut.reopening." in said
    assert "0 of them differ from the scenario as written" in said


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--vary", "moorings_out.left"), "varied twice"),
        (("--vary", "nothing=0:1"), "no number of the ledger"),
        (("--outcome", "KAZ.bredth"), "Did you mean breadth"),
        (("--sweep", "no_such_file.yaml"), "cannot be read"),
        (("--chunk", "0"), "not between 1"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no dask scheduler answers"),
    ],
)
def test_what_cannot_be_done_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str
) -> None:
    if more[0] == "--scheduler":
        pytest.importorskip("distributed")
    assert swept(tmp_path, *more) == 2
    assert told in capsys.readouterr().err


def test_a_sweep_file_says_what_the_options_do(whole: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "vary:\n  moorings_out.left: 0:1\n  choice_sharpness: ''\nruns: 8\nmembers: 5\nmonths: 14\n"
        "outcome: KAZ.breadth@end\nchunk: 10\n",
        "utf-8",
    )
    asked = ["sweep", "cpc_closure", "--sweep", str(file), "--quiet"]
    assert main([*asked, "--out", str(tmp_path)]) == 0
    assert parts(tmp_path) == parts(whole)


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


def test_values_can_be_named(region) -> None:
    from sim.reading.scenarios import read_scenario

    closure = read_scenario("scenarios/cpc_closure.yaml", region)
    asked = ["pipeline_shut.months=3,6,9", "moorings_out.left=0:1:3"]
    settings = settings_of(region, closure, asked)
    assert named_values(asked, settings) == [[3.0, 6.0, 9.0], [0.0, 0.5, 1.0]]
