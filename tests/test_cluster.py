"""A sweep on a dask cluster ends with the same files as in place, whatever becomes of workers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from test_sweep import command, files, scenario, swept, whole

from sim.cli import main
from sim.studying.sweep_cluster import differences, refuse_unlike

pytest.importorskip("pyarrow")
pytest.importorskip("distributed")

__all__ = ["scenario", "whole"]  # fixtures

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no such signals there")

PROJECT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"(?:Scheduler at|Registered to): +(tcp://[0-9.]+:[0-9]+)")
PATIENCE = 60.0
"""Seconds that a scheduler or worker may take to start on a busy machine."""

ONE_THREAD = {
    **os.environ,
    "OMP_NUM_THREADS": "1",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}


class Running:
    """A scheduler or a worker in a process of its own, and what it says."""

    def __init__(self, *asked: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *asked], cwd=PROJECT, env=ONE_THREAD, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.said: list[str] = []
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def listen(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.said.extend(iter(lines.readline, ""))

    def address(self) -> str:
        """Return the scheduler's address once it is told."""
        waited = time.monotonic() + PATIENCE
        while time.monotonic() < waited:
            for line in list(self.said):
                if found := ADDRESS.search(line):
                    return found[1]
            assert self.process.poll() is None, "".join(self.said)
            time.sleep(0.05)
        raise AssertionError("".join(self.said))

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()


@contextmanager
def running(*asked: str) -> Iterator[Running]:
    one = Running(*asked)
    try:
        yield one
    finally:
        one.end()


SCHEDULER = (
    "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
)  # fmt: skip


def worker(address: str) -> tuple[str, ...]:
    return (
        "distributed.cli.dask_worker", address, "--host", "127.0.0.1", "--no-nanny", "--nthreads",
        "1", "--no-dashboard", "--memory-limit", "0", "--death-timeout", "60",
    )  # fmt: skip


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[Running], Running]]:
    """Give the address of a scheduler with some workers, each a process of its own."""
    with ExitStack() as held:
        scheduler = held.enter_context(running(*SCHEDULER))
        address = scheduler.address()
        started = [held.enter_context(running(*worker(address))) for _ in range(workers)]
        for one in started:
            one.address()
        yield address, started, scheduler


def journal(folder: Path) -> int:
    """Return how many chunks are noted as done."""
    file = folder / "short_sweep" / "done.jsonl"
    return file.read_text("utf-8").count("\n") if file.exists() else 0


def when_begun(folder: Path, act: object) -> threading.Thread:
    """Do something as soon as the first chunk is noted."""

    def wait() -> None:
        until = time.monotonic() + PATIENCE
        while journal(folder) < 1 and time.monotonic() < until:
            time.sleep(0.005)
        act()  # type: ignore[operator]

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_of_a_cluster_do_not_change_a_byte(
    whole: Path, tmp_path: Path, scenario: str, workers: int
) -> None:
    with cluster(workers) as (address, _, _):
        assert swept(scenario, tmp_path, "--scheduler", address) == 0
    assert files(tmp_path) == files(whole)


def test_a_worker_killed_meanwhile_changes_nothing(tmp_path: Path, scenario: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert swept(scenario, here, "--chunk", "5") == 0
    with cluster(2) as (address, (first, _), _):
        killing = when_begun(there, lambda: first.process.send_signal(signal.SIGKILL))
        assert swept(scenario, there, "--chunk", "5", "--scheduler", address) == 0
        killing.join()
        assert first.process.wait() == -signal.SIGKILL
    assert files(there) == files(here)


def test_a_scheduler_that_dies_meanwhile_is_told_and_gone_on_from(
    whole: Path, tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster(1) as (address, _, scheduler):
        killing = when_begun(tmp_path, lambda: scheduler.process.send_signal(signal.SIGKILL))
        assert swept(scenario, tmp_path, "--scheduler", address) == 2
        killing.join()
    said = capsys.readouterr().err
    assert "the scheduler does not answer any more" in said
    assert "the same command goes on from there" in said
    assert said.count("\n") == 2
    assert swept(scenario, tmp_path) == 0
    assert files(tmp_path) == files(whole)


def test_a_worker_without_this_program_is_refused(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such a worker starts where the package cannot be found."""
    hidden = "import sys; sys.modules['sim'] = None; from distributed.cli import dask_worker; "
    with running(*SCHEDULER) as scheduler:
        address = scheduler.address()
        asked = [*worker(address)[1:]]
        code = f"{hidden}dask_worker.main({asked!r})"
        bare = subprocess.Popen(
            [sys.executable, "-c", code], cwd=tmp_path, env=ONE_THREAD,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            said = ""
            until = time.monotonic() + PATIENCE
            while "not installed there" not in said and time.monotonic() < until:
                assert swept(scenario, tmp_path, "--scheduler", address) == 2
                said = capsys.readouterr().err  # until it is there: that there are no workers
        finally:
            bare.kill()
            bare.wait()
    assert "this program is not installed there; install the same there as here" in said


def test_a_scheduler_without_workers_is_refused(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(*SCHEDULER) as scheduler:
        address = scheduler.address()
        assert swept(scenario, tmp_path, "--scheduler", address) == 2
    assert f"it has no workers; start some: dask worker {address}" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["nonsense", ""])
def test_what_is_no_address_is_refused_at_once(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert main([*command(scenario, tmp_path), "--scheduler", address]) == 2
    assert "a scheduler has an address as tcp://host:8786" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "gopher://127.0.0.1:70"])
def test_an_address_at_which_nobody_answers_is_refused(
    tmp_path: Path, scenario: str, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    assert main([*command(scenario, tmp_path), "--scheduler", address]) == 2
    said = capsys.readouterr().err
    assert "no dask scheduler answers there" in said
    assert said.count("\n") == 2


# What must be alike ---------------------------------------------------------------------------

HERE = {"code": "a", "region": "b", "numpy": "2.0", "arithmetic": "c"}


def test_a_worker_with_other_code_region_or_packages_is_refused() -> None:
    from sim.errors import InputError

    with pytest.raises(InputError) as refused:
        refuse_unlike({"tcp://one:1": {**HERE, "region": "x", "numpy": "2.1"}, "tcp://two:2": HERE},
                      HERE, "tcp://here:8786")  # fmt: skip
    (problem,) = refused.value.problems
    assert "tcp://one:1: other tables of the region, numpy 2.1 (here 2.0)" in problem.message
    assert differences({**HERE, "code": "x"}, HERE) == "another version of this program"
    assert "processor" in differences({**HERE, "arithmetic": "x"}, HERE)
    assert differences(HERE, HERE) == ""


def test_a_worker_that_comes_later_is_looked_at_too(whole: Path) -> None:
    from sim.study.sweep import made_with
    from sim.studying.sweep_cluster import Apart, made_there

    with pytest.raises(Apart, match="another version of this program"):
        made_there(None, {**made_with(), "code": "other"})  # type: ignore[arg-type]
