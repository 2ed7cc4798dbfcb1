"""Tables and records as text: six significant digits, the same bytes for the same numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

Record = dict[str, Any]


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write a table: UTF-8, one line a row, numbers with six significant digits."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(",".join(columns) + "\n")
        file.writelines(",".join(map(cell, row)) + "\n" for row in rows)


def cell(content: Any) -> str:
    """Return a cell of a table as text, quoted where it must be."""
    if isinstance(content, float):
        return f"{content + 0.0:.6g}"
    text = str(content)
    if any(mark in text for mark in ',"\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def write_json(path: Path, record: Record) -> None:
    """Write a record as JSON, numbers with six significant digits."""
    path.write_text(as_json(record), encoding="utf-8")


def as_json(record: Record) -> str:
    """Return a record as JSON; a number that is none is our fault and is refused."""
    return json.dumps(rounded(record), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def rounded(content: Any) -> Any:
    """Return a record with its numbers at six significant digits."""
    if isinstance(content, dict):
        return {key: rounded(inner) for key, inner in content.items()}
    if isinstance(content, list | tuple):
        return [rounded(inner) for inner in content]
    if isinstance(content, np.generic):
        content = content.item()
    return float(f"{content:.6g}") + 0.0 if isinstance(content, float) else content
