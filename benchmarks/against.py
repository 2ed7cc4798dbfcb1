"""What became slower since ratios were recorded, in words."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.findings import Finding, ratios
from sim.vocabulary import VERSION

RECORDED = Path(__file__).with_name("recorded.json")

MARGIN = 1.5
"""Times by which a ratio may be worse than recorded: two runs on one machine differ by a fifth."""

Ratios = Mapping[str, Mapping[str, Any]]


def worse_by(now: float, before: float, better: str) -> float:
    """Return how many times worse a ratio is than it was; below 1 it is better."""
    return now / before if better == "lower" else before / now


def became_slower(now: Ratios, recorded: Ratios, margin: float) -> list[str]:
    """Return a sentence for each ratio that is worse than recorded by more than a margin."""
    found = []
    for name, one in now.items():
        if name not in recorded:
            continue
        was, is_now = float(recorded[name]["ratio"]), float(one["ratio"])
        times = worse_by(is_now, was, str(one["better"]))
        if times > margin:
            found.append(
                f"{name} became slower: {is_now:g} times {one['over']}, {was:g} when recorded "
                f"({times:.2g} times worse)."
            )
    return found


def told(now: Ratios, recorded: Ratios, margin: float) -> tuple[list[str], bool]:
    """Return what a comparison says, and whether anything became slower."""
    slower = became_slower(now, recorded, margin)
    alike = sum(name in recorded for name in now)
    new = len(now) - alike
    lines = slower or [f"Nothing became slower by more than {margin:g} times."]
    lines.append(f"{alike} of {len(recorded)} recorded ratios were measured again.")
    if new:
        lines.append(f"{new} were measured for the first time or at another size.")
    return lines, bool(slower)


def machine() -> dict[str, Any]:
    """Return the kind of machine and the versions that ratios were measured with."""
    libraries = ("numpy", "llvmlite", "mesa", "pyarrow", "scipy")
    return {
        "project": VERSION,
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in libraries},
    }


def record(findings: Sequence[Finding], file: Path = RECORDED) -> None:
    """Keep the ratios of this run; those of parts that were not run stay as they are."""
    before = json.loads(file.read_text("utf-8"))["ratios"] if file.exists() else {}
    parts = {one.part for one in findings}
    kept = {name: one for name, one in before.items() if name.partition(":")[0] not in parts}
    content = {"machine": machine(), "ratios": {**kept, **ratios(findings)}}
    file.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def recorded(named: str) -> Ratios:
    """Return recorded ratios: ours, or those of a file that an earlier run wrote."""
    file = RECORDED if named == "recorded" else Path(named)
    content = json.loads(file.read_text("utf-8"))
    found: Ratios = content["ratios"]
    return found
