"""The JSON Schema of scenario files, by which editors complete and explain fields."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.reading.scenario_file import ScenarioFile


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, with a description of every field."""
    schema = ScenarioFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Scenario of the simulation of hedging in Central Asia"
    return dict(_tidy(schema))


def schema_text() -> str:
    """Return the schema as the file in docs/ has it."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write_schema(path: Path | str) -> None:
    """Write the schema to a file."""
    Path(path).write_text(schema_text(), encoding="utf-8")


def _tidy(schema: Any) -> Any:
    """Return a schema without the titles and nulls that pydantic adds and a reader trips over."""
    if isinstance(schema, list):
        return [_tidy(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    tidied = {name: _tidy(part) for name, part in schema.items() if not _noise(name, part)}
    choices = tidied.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        left = [choice for choice in choices if choice != {"type": "null"}]
        del tidied["anyOf"]
        tidied = {**(left[0] if len(left) == 1 else {"anyOf": left}), **tidied}
    return tidied


def _noise(name: str, part: Any) -> bool:
    return (name == "title" and isinstance(part, str)) or (name == "default" and part is None)
