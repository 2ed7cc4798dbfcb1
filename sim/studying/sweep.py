"""python run.py sweep: many runs, streamed to disk, that can be stopped and gone on with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from sim.errors import InputError, Problem
from sim.study.designs import DESIGNS
from sim.studying.common import about_the_runs, progress, studied, whole

CHUNK = 4096
"""Runs in a part."""

POINTS, MEMBERS, ALONE = 256, 20, 1000
"""Points, members each, and members where nothing is varied, if nothing is said."""

TRIES = 3
"""Times that a chunk is tried before it is given up."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    about_the_runs(parser)
    parser.add_argument("--design", choices=DESIGNS, default="sobol", help="which points (sobol)")
    parser.add_argument(
        "--runs", type=whole(1, 100_000_000), metavar="N",
        help=f"points of the design ({POINTS}); without --vary: members ({ALONE})",
    )  # fmt: skip
    parser.add_argument(
        "--outcome", action="append", metavar="NAME",
        help="what to read of a run, as KAZ.breadth@end (repeatable)",
    )  # fmt: skip
    parser.add_argument(
        "--chunk", type=whole(1, 100_000), default=CHUNK, metavar="N", help="runs in a part (4096)"
    )
    parser.add_argument("--no-shocks", action="store_true", help="switch random shocks off")
    parser.add_argument("--sweep", metavar="FILE", help="a YAML file with vary, design, runs ...")
    parser.add_argument("--resume", action="store_true", help="go on; the same command does, too")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="a dask scheduler, as tcp://host:8786"
    )


def run(asked: argparse.Namespace) -> int:
    """Make a sweep, or go on with it."""
    from sim.folders import results_folder
    from sim.study.parts import opened
    from sim.study.sweep import asked_in_full

    sweep = sweep_of(asked)
    target = results_folder(asked.out, f"{sweep.study.scenario.name}_sweep")
    names = [one.name for one in sweep.study.outcomes]
    with opened(target, asked_in_full(sweep, asked.design, names)) as journal:
        left = [chunk for chunk in range(sweep.chunks) if chunk not in journal.done]
        done = sweep.runs - sum(_runs(sweep, chunk) for chunk in left)
        with progress(sweep.runs, done, asked.quiet) as advance:
            made = _on_cluster if asked.scheduler else _in_place
            failed = []
            for chunk, content in made(sweep, left, asked):
                if isinstance(content, bytes):
                    journal.write(chunk, content)
                    advance(_runs(sweep, chunk))
                else:
                    failed.append((chunk, content))
        if failed:
            return _told_failed(sweep, failed)
        found = summary(sweep, target)
        journal.finish(found)
    if not asked.quiet:
        print("\n".join(found["sentences"]))
        print("\n".join(_ways_to_read(target)))
    return 0


def sweep_of(asked: argparse.Namespace) -> Any:
    """Return the sweep that is asked for."""
    import numpy as np

    from sim.study.designs import design, named_values
    from sim.study.outcomes import outcomes_of
    from sim.study.play import Study
    from sim.study.settings import settings_of
    from sim.study.sweep import Sweep

    if asked.sweep:
        from_file(asked)
    region, scenario = studied(asked)
    settings = settings_of(region, scenario, asked.vary)
    outcomes = outcomes_of(region, scenario, asked.outcome)
    study = Study(region, scenario, settings, outcomes, not asked.no_shocks)
    if not settings:
        return Sweep(study, np.empty((1, 0)), asked.runs or asked.members or ALONE, asked.chunk)
    named = named_values(asked.vary, settings)
    points = design(asked.design, settings, named, asked.runs or POINTS, scenario.seed)
    return Sweep(study, points, asked.members or MEMBERS, asked.chunk)


FIELDS = {"vary", "design", "runs", "members", "months", "seed", "outcome", "chunk"}
"""What a sweep file may say, as the options of the same names."""


def from_file(asked: argparse.Namespace) -> None:
    """Take in what a sweep file says, as far as the command line does not."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    file = Path(asked.sweep)
    try:
        content = YAML(typ="safe").load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as refused:
        raise InputError(str(file), [Problem(f"it cannot be read ({refused})")]) from None
    except YAMLError as wrong:
        line = getattr(getattr(wrong, "problem_mark", None), "line", None)
        at = None if line is None else line + 1
        raise InputError(str(file), [Problem("this is not YAML", at)]) from None
    if not isinstance(content, dict) or not set(content) <= FIELDS:
        unknown = sorted(set(content) - FIELDS) if isinstance(content, dict) else []
        told = f"unknown: {', '.join(map(str, unknown))}; " if unknown else ""
        message = f"{told}a sweep file says {', '.join(sorted(FIELDS))}"
        raise InputError(str(file), [Problem(message)])
    vary = content.pop("vary", {})
    if not isinstance(vary, dict):
        raise InputError(str(file), [Problem("vary: write NAME: LOW:HIGH, a line each")])
    asked.vary = [*(f"{name}={given}" for name, given in vary.items()), *asked.vary]
    defaults = {"design": "sobol", "chunk": CHUNK}
    for name, given in content.items():
        if getattr(asked, name) in (None, [], defaults.get(name)):
            setattr(asked, name, _checked(file, name, given))


def _checked(file: Path, name: str, given: Any) -> Any:
    if name == "outcome":
        return [given] if isinstance(given, str) else [str(one) for one in given]
    if name == "design":
        if given not in DESIGNS:
            raise InputError(str(file), [Problem(f"design: one of {', '.join(DESIGNS)}")])
        return given
    if isinstance(given, bool) or not isinstance(given, int) or given < (name != "seed"):
        raise InputError(str(file), [Problem(f"{name}: {given!r} is no whole number above 0")])
    return given


# Making ----------------------------------------------------------------------------------------

Made = Iterator[tuple[int, bytes | BaseException]]


def part(sweep: Any, chunk: int) -> bytes:
    """Return the part of a chunk, as its file holds it."""
    from sim.study.parts import as_parquet
    from sim.study.sweep import columns

    return as_parquet(columns(sweep, chunk))


def _tried(sweep: Any, chunk: int) -> bytes:
    """Return a part; a chunk that fails is tried again."""
    for _ in range(TRIES - 1):
        try:
            return part(sweep, chunk)
        except (InputError, MemoryError):
            raise
        except Exception as fault:
            print(f"Chunk {chunk} failed ({fault}); it is tried again.", file=sys.stderr)
    return part(sweep, chunk)


def _in_place(sweep: Any, left: Sequence[int], asked: argparse.Namespace) -> Made:
    """Yield parts as they are made by the threads of this program, a few ahead at most."""
    with ThreadPoolExecutor(asked.workers) as threads:
        yield from _a_few_ahead(lambda chunk: threads.submit(_tried, sweep, chunk), left,
                                asked.workers + 1)  # fmt: skip


def _a_few_ahead(submit: Callable[[int], Future[bytes]], left: Sequence[int], ahead: int) -> Made:
    todo, under_way = iter(left), {}
    try:
        for chunk in todo:
            under_way[submit(chunk)] = chunk
            if len(under_way) >= ahead:
                yield from _ready(under_way)
        while under_way:
            yield from _ready(under_way)
    finally:
        for future in under_way:
            future.cancel()


def _ready(under_way: dict[Future[bytes], int]) -> Made:
    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
        chunk = under_way.pop(future)
        fault = future.exception()
        if isinstance(fault, InputError | MemoryError):
            raise fault
        yield chunk, fault or future.result()


def _on_cluster(sweep: Any, left: Sequence[int], asked: argparse.Namespace) -> Made:
    """Yield parts as the workers of a dask cluster make them."""
    from distributed import Client, as_completed

    from sim.study.sweep import code_hash

    try:
        client = Client(asked.scheduler, timeout="10s")
    except (OSError, ValueError) as refused:
        message = f"no dask scheduler answers there ({refused}); start one: dask scheduler"
        raise InputError(asked.scheduler, [Problem(message)]) from None
    with client:
        _refuse_other_code(client.run(code_hash), code_hash(), asked.scheduler)
        there = client.scatter(sweep, broadcast=True)
        todo = iter(left)
        ahead = 2 * max(1, sum(client.nthreads().values()))
        where = {}

        def submit(chunk: int) -> Any:
            future = client.submit(part, there, chunk, retries=TRIES - 1, pure=False)
            where[future] = chunk
            return future

        under_way = as_completed(
            [submit(chunk) for chunk, _ in zip(todo, range(ahead), strict=False)]
        )
        for future in under_way:
            chunk = where.pop(future)
            yield chunk, future.result() if future.status == "finished" else future.exception()
            for more in todo:
                under_way.add(submit(more))
                break


def _refuse_other_code(found: dict[str, str], own: str, scheduler: str) -> None:
    other = sorted(worker for worker, code in found.items() if code != own)
    if not found:
        raise InputError(scheduler, [Problem("it has no workers; start some: dask worker")])
    if other:
        message = f"{', '.join(other)}: another version of this program; install the same there"
        raise InputError(scheduler, [Problem(message)])


# Telling ---------------------------------------------------------------------------------------


def _runs(sweep: Any, chunk: int) -> int:
    points, _, count = sweep.bounds(chunk)
    return len(sweep.points[points]) * count


def _told_failed(sweep: Any, failed: Sequence[tuple[int, BaseException]]) -> int:
    print(f"{len(failed)} of {sweep.chunks} chunks failed; the rest is written:", file=sys.stderr)
    for chunk, fault in sorted(failed, key=lambda one: one[0]):
        print(f"  chunk {chunk}: {type(fault).__name__}: {fault}", file=sys.stderr)
    print("The same command tries them again.", file=sys.stderr)
    return 1


def summary(sweep: Any, folder: Path) -> dict[str, Any]:
    """Return what a sweep says of itself."""
    import pyarrow.dataset as ds

    from sim.study.sweep import without_effect

    moved = 0
    for batch in ds.dataset(sorted(folder.glob("parts/part-*.parquet"))).to_batches(
        columns=["changed"]
    ):
        moved += int((batch.column(0).to_numpy() > 0).sum())
    study = sweep.study
    beside = "the scenario as written" if study.settings else "its baseline"
    sentences = [
        f"{sweep.runs:,} runs: {len(sweep.points):,} points for {sweep.members:,} members each."
        if study.settings
        else f"{sweep.runs:,} runs, each a member of its own.",
        f"{moved:,} of them differ from {beside} in what is read.",
    ]
    idle = [one.name for one in without_effect(study, sweep.members)] if study.settings else []
    if idle:
        sentences.append(f"Nothing that is read changes with {', '.join(idle)}.")
    return {"runs": sweep.runs, "changed": moved, "without effect": idle, "sentences": sentences}


def _ways_to_read(folder: Path) -> list[str]:
    parts = f"{folder}/parts/*.parquet"
    return [
        f"The parts are in {folder}/parts/, a row a run. To read them:",
        f"  duckdb:  duckdb.sql(\"select * from '{parts}'\")",
        f"  polars:  polars.scan_parquet('{parts}')",
        f"  pandas:  pandas.read_parquet('{folder}/parts')",
        "  xarray:  the same with .set_index(['point', 'member']).to_xarray()",
    ]
