"""Outlines of land, states, places and seas: what a map is drawn on, by whatever draws it."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

REGIONS = Path(__file__).resolve().parents[1] / "data"


@functools.cache
def read_outlines(folder: Path) -> dict[str, Any]:
    """Return a region's outlines; one without any is drawn on an empty ground."""
    file = folder / "outlines.json"
    if not file.is_file():
        return {"land": [], "states": {}, "places": {}, "labels": {}, "seas": {}}
    outlines: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return outlines
