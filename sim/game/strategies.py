"""Strategies that students write: found in files, asked in a process of their own, and stopped."""

from __future__ import annotations

import ast
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

from sim.errors import InputError, Problem
from sim.reading.yaml_lines import near

SECONDS = 2.0
"""What a strategy may take for a quarter; the first time, with what it imports."""

FIRST_SECONDS = 10.0

LARGEST_ANSWER = 65_536
"""Bytes of an answer; shares of six partners need a hundredth of it."""

ENVIRONMENT = ("PATH", "SYSTEMROOT")
"""What a strategy is told of the environment."""

CHILD = Path(__file__).with_name("strategy_child.py")

Shares = dict[str, dict[str, float]]
"""By domain, what part of the ties each partner is to have."""

EXAMPLE = "{'security': {'RUS': 0.5, 'CHN': 0.5}, 'economic': {...}}"


@dataclass(frozen=True)
class Named:
    """A strategy: the file it is in, and its class."""

    file: Path
    name: str

    @property
    def shown(self) -> str:
        return f"{self.file.name}:{self.name}"

    def wrong(self, message: str, line: int | None = None) -> InputError:
        """Return an error of this strategy's, at its line or where it chooses."""
        return InputError(str(self.file), [Problem(f"{self.name}: {message}", line or self.line)])

    @property
    def line(self) -> int | None:
        """The line on which it begins to choose."""
        with suppress(InputError):
            return classes(self.file).get(self.name)
        return None


def named(written: str, beside: Path) -> Named:
    """Return the strategy that `my_strategy.py:Careful` means; refuse one that is not there."""
    file, _, name = written.rpartition(":")
    if not file.endswith(".py") or not name.isidentifier():
        message = f"'{written}' names no strategy; write it as my_strategy.py:Careful"
        raise InputError("The strategy", [Problem(message)])
    path = beside / file
    if not path.is_file():
        raise InputError(str(path), [Problem("there is no such file of strategies")])
    known = classes(path)
    if name not in known:
        there = near(name, list(known)) or f" There are: {', '.join(known) or 'none'}."
        message = f"it has no class '{name}' with a function choose(self, situation).{there}"
        raise InputError(str(path), [Problem(message)])
    return Named(path, name)


def classes(file: Path) -> dict[str, int]:
    """Return the classes of a file that can choose, with the line of `choose`; nothing is run."""
    try:
        tree = ast.parse(file.read_text("utf-8"))
    except SyntaxError as wrong:
        message = f"this is no Python: {wrong.msg}"
        raise InputError(str(file), [Problem(message, wrong.lineno)]) from None
    except (OSError, ValueError) as wrong:
        raise InputError(str(file), [Problem(f"it cannot be read: {wrong}")]) from None
    return {
        one.name: part.lineno
        for one in tree.body
        if isinstance(one, ast.ClassDef)
        for part in one.body
        if isinstance(part, ast.FunctionDef) and part.name == "choose"
    }


def in_folder(folder: Path) -> list[Named]:
    """Return every strategy in the files of a folder, by file and name."""
    files = sorted(folder.glob("*.py")) if folder.is_dir() else []
    found = [Named(file, name) for file in files for name in classes(file)]
    if not found:
        message = "no file NAME.py in it has a class with a function choose(self, situation)"
        raise InputError(str(folder), [Problem(message)])
    return found


class Asked:
    """A strategy at work in a process of its own, to be asked quarter by quarter."""

    def __init__(self, strategy: Named) -> None:
        self.strategy = strategy
        self.seconds = FIRST_SECONDS
        file = strategy.file.resolve()
        kept = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(CHILD), str(file), strategy.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=file.parent,
            start_new_session=True,
            env=kept,
        )
        self.answers: Queue[bytes] = Queue()
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read(self) -> None:
        """Pass on every answer until there are no more, or one is too long."""
        assert self.process.stdout is not None
        while True:
            line = self.process.stdout.readline(LARGEST_ANSWER)
            self.answers.put(line)
            if not line.endswith(b"\n"):
                return

    def stop(self) -> None:
        """End the process, and all that it has started where the system can tell."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        self.reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def choose(self, situation: Mapping[str, Any], partners: tuple[str, ...]) -> Shares:
        """Return the shares that it chooses; InputError if it fails, loops or answers oddly."""
        answer = self._answer(json.dumps(situation))
        if "fault" in answer:
            raise self.strategy.wrong(str(answer["fault"]), answer.get("line"))
        problems = list(odd(answer.get("chosen"), partners))
        if problems:
            raise self.strategy.wrong(problems[0])
        return {
            domain: {partner: float(part) for partner, part in shares.items()}
            for domain, shares in answer["chosen"].items()
        }

    def _answer(self, question: str) -> dict[str, Any]:
        seconds, self.seconds = self.seconds, SECONDS
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(question.encode() + b"\n")
            self.process.stdin.flush()
            return dict(json.loads(self.answers.get(timeout=seconds)))
        except Empty:
            message = f"it took longer than {seconds:g} seconds to choose, and was stopped"
            raise self.strategy.wrong(message) from None
        except (OSError, ValueError, TypeError):
            raise self.strategy.wrong("it ended, or answered too much, and was stopped") from None


DOMAINS = ("security", "economic")
"""What a strategy chooses in; ties of routes follow the cargo."""


def odd(chosen: Any, partners: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with what a strategy chose."""
    if not isinstance(chosen, dict):
        yield f"choose() returned {type(chosen).__name__}; return {EXAMPLE}"
        return
    for domain, shares in chosen.items():
        if domain not in DOMAINS:
            yield f"'{domain}' is no domain to choose in; there are {', '.join(DOMAINS)}"
        elif not isinstance(shares, dict) or not shares:
            yield f"'{domain}' holds no shares by partner; return {EXAMPLE}"
        else:
            yield from odd_shares(domain, shares, partners)


def odd_shares(domain: str, shares: Mapping[str, Any], partners: tuple[str, ...]) -> Iterator[str]:
    """Yield what is wrong with the shares of a domain."""
    for partner, part in shares.items():
        if partner not in partners:
            yield f"'{partner}' is no partner; there are {', '.join(partners)}"
        number = isinstance(part, int | float) and not isinstance(part, bool)
        if not number or not math.isfinite(part) or part < 0:
            yield f"the share of {partner} in '{domain}' is {part!r}; give a number from 0 up"
            return
    if sum(shares.values()) <= 0:
        yield f"the shares in '{domain}' are all 0; give some partner more"
