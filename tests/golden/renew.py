"""Renew the golden run, and say why: python tests/golden/renew.py --why "..."."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import indicators
from sim.vocabulary import VERSION

HISTORY = Path(__file__).with_name("history.md")

SHORTEST_REASON = 10
"""Letters of a reason below which it is none."""


def main(words: Sequence[str] | None = None) -> int:
    """Keep the numbers as they are now; refuse without a reason. Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--why", metavar="REASON", help="why the numbers change (asked if missing)")
    asked = parser.parse_args(words)
    before = indicators.kept() if indicators.KEPT.exists() else {}
    now = indicators.measured()
    lines = indicators.changed(now, before)
    if not lines:
        print(f"All {len(now)} numbers are where they were; nothing is renewed.")
        return 0
    print(*lines, sep="\n")
    reason = (asked.why if asked.why is not None else _asked()).strip()
    if len(reason) < SHORTEST_REASON:
        print("Nothing is renewed without a reason: --why 'what was changed, and why these "
              "numbers follow'", file=sys.stderr)  # fmt: skip
        return 2
    indicators.KEPT.write_text(json.dumps(now, indent=1) + "\n", "utf-8")
    with open(HISTORY, "a", encoding="utf-8") as history:
        history.write(entry(reason, lines, indicators.largest(now, before)))
    print(f"Kept in {indicators.KEPT.name}; noted in {HISTORY.name}.")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        return ""
    return input("Why do these numbers change? ")


def entry(reason: str, lines: Sequence[str], largest: float) -> str:
    """Return what the history says of a renewal."""
    today = datetime.now(UTC).date().isoformat()
    head = f"\n## {today}, version {VERSION}\n\n{reason}\n"
    return f"{head}\nLargest change: {largest:.3g} of a number's size.\n\n{_listed(lines)}\n"


def _listed(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
