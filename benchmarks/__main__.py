"""python -m benchmarks: how fast the project is, in ratios within one run."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.against import MARGIN, machine, record, recorded, told
from benchmarks.findings import Finding, Size, as_json, as_table, ratios
from benchmarks.timing import Failed

PARTS = {
    "mesa_batch": "the same model through Mesa's batch_run, against a sweep",
    "mesa_one": "the Mesa driver, one model in this program",
    "ensemble": "1 to 100,000 runs on one thread and two, over the floor",
    "floor": "the steps that the rules need, and what each costs here",
    "scaling": "months, states, routes and powers, on made-up regions",
    "footprint": "memory, start-up, imports, and the main job end to end",
    "app": "the app: from the command to a page, from a moved slider to what it shows",
}
"""The parts by name; each has a module of that name with a function `measure`."""


FOUND = "results/benchmarks.json"


def arguments() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="parts:\n" + "\n".join(f"  {name:<11} {told}" for name, told in PARTS.items()),
    )  # fmt: skip
    parser.add_argument("parts", nargs="*", metavar="PART", help="which parts (all of them)")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that all works")
    parser.add_argument(
        "--repeats", type=int, default=5, metavar="N", help="pairs of which the median counts (5)"
    )
    parser.add_argument(
        "--json", default=FOUND, metavar="FILE", help=f"where to write the numbers ({FOUND})"
    )
    parser.add_argument(
        "--against", metavar="FILE", help="compare with `recorded`, or with an earlier JSON"
    )
    parser.add_argument(
        "--margin", type=float, default=MARGIN, metavar="X",
        help=f"times that a ratio may be worse ({MARGIN})",
    )  # fmt: skip
    parser.add_argument("--record", action="store_true", help="keep the ratios as recorded ones")
    return parser


def measured(parts: Sequence[str], size: Size) -> list[Finding]:
    """Return what all parts find, one after another."""
    found: list[Finding] = []
    for name in parts:
        started = time.perf_counter()
        print(f"{name}: {PARTS[name]} ...", file=sys.stderr, flush=True)
        found += import_module(f"benchmarks.{name}").measure(size)
        print(f"  {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print a table, write a JSON, and compare if asked; return the exit status."""
    parser = arguments()
    asked = parser.parse_args(words)
    unknown = [name for name in asked.parts if name not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if asked.repeats < 1:
        parser.error("--repeats: at least 1")
    if asked.quick and asked.record:
        parser.error("--record: quick sizes are not worth keeping; leave out --quick")
    before = _before(parser, asked.against) if asked.against else {}
    try:
        found = measured(asked.parts or list(PARTS), Size(asked.quick, asked.repeats))
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    now = ratios(found)
    content = {"machine": machine(), "quick": asked.quick, "ratios": now, "found": as_json(found)}
    Path(asked.json).parent.mkdir(parents=True, exist_ok=True)
    Path(asked.json).write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    print(as_table(found))
    if asked.record:
        record(found)
    if not asked.against:
        return 0
    lines, slower = told(now, before, asked.margin)
    print("", *lines, sep="\n")
    return int(slower)


def _before(parser: argparse.ArgumentParser, named: str) -> dict[str, dict[str, object]]:
    try:
        return {name: dict(one) for name, one in recorded(named).items()}
    except (OSError, ValueError, KeyError) as refused:
        parser.error(f"--against {named}: it holds no recorded ratios ({refused})")


if __name__ == "__main__":
    sys.exit(main())
