"""Runs a student's strategy in a process of its own: a situation a line in, an answer a line out.

Started as a script, with nothing of the project imported. What the strategy prints goes nowhere.
"""

import json
import os
import random
import sys
import traceback
from types import SimpleNamespace
from typing import Any

MEMORY, SECONDS = 2_000_000_000, 120
"""Bytes, and seconds at work, that a strategy may use."""


def bounded() -> None:
    """Bound the memory of this process where the system can."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def as_object(content: object) -> object:
    """Return fields as attributes at the top; what is below stays as dictionaries."""
    return SimpleNamespace(**content) if isinstance(content, dict) else content


def line_of(fault: BaseException, file: str) -> int | None:
    """Return the last line of the strategy's file on the way to a fault."""
    lines = [f.lineno for f in traceback.extract_tb(fault.__traceback__) if f.filename == file]
    if isinstance(fault, SyntaxError) and fault.filename == file:
        return fault.lineno
    return lines[-1] if lines else None


def loaded(file: str, name: str) -> Any:
    """Return a strategy made from its file."""
    with open(file, encoding="utf-8") as source:
        code = compile(source.read(), file, "exec")
    room: dict[str, Any] = {"__name__": "strategy", "__file__": file}
    exec(code, room)
    return room[name]()


def main(file: str, name: str) -> None:
    """Answer situations until there are none."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    bounded()
    random.seed(0)
    strategy: Any = None
    for line in questions:
        try:
            if strategy is None:
                strategy = loaded(file, name)
            chosen = strategy.choose(as_object(json.loads(line)))
            said = json.dumps({"chosen": chosen}, default=float)
        except BaseException as fault:
            told = f"{type(fault).__name__}: {fault}"[:300]
            said = json.dumps({"fault": told, "line": line_of(fault, file)})
        answers.write(said + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
