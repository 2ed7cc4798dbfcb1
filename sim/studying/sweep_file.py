"""A sweep file: what the options of `run.py sweep` say, kept in a text."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.arguments import whole
from sim.errors import InputError, Problem
from sim.reading.yaml_lines import Lines, near, read_lines
from sim.scenario import LIMITS
from sim.study.designs import DESIGNS

MOST_RUNS, MOST_MEMBERS, LARGEST_CHUNK = 1_000_000_000, 10_000_000, 100_000
"""What can be asked of a sweep. Of the largest chunk a part is some 100 MB, and is held whole."""

NUMBERS: dict[str, Callable[[str], int]] = {
    "runs": whole(1, MOST_RUNS),
    "members": whole(1, MOST_MEMBERS),
    "months": whole(*LIMITS["months"]),
    "seed": whole(*LIMITS["seed"]),
    "chunk": whole(1, LARGEST_CHUNK),
}

SWITCHES = ("paths", "no_shocks")

FIELDS = ("scenario", "arm", "vary", "design", "outcome", *NUMBERS, *SWITCHES)
"""What a sweep file may say, as the options of the same names."""


@dataclass(frozen=True)
class Origin:
    """Where in a sweep file stands what was asked for."""

    file: str = ""
    lines: dict[str, int | None] = field(default_factory=dict)

    def placed(self, ask: Callable[[list[str]], Any], texts: list[str]) -> Any:
        """Return what is asked for; what is wrong with it is told by file and line."""
        try:
            return ask(texts)
        except InputError as wrong:
            written = [text for text in texts if text in self.lines]
            own = [
                Problem(one.message, self.lines[text])
                for text in written
                for one in _problems(ask, text)
            ]
            if not own:
                raise
            raise InputError(self.file, own) from wrong


def _problems(ask: Callable[[list[str]], Any], text: str) -> tuple[Problem, ...]:
    try:
        ask([text])
    except InputError as wrong:
        return wrong.problems
    return ()


def taken_in(asked: argparse.Namespace) -> Origin:
    """Take in what a sweep file says, as far as the command line does not, and say where it is."""
    if not asked.sweep:
        return Origin()
    file = str(asked.sweep)
    _, lines = read_lines(Path(asked.sweep))
    problems = [*lines.twice, *_unknown(lines)]
    if not problems:
        problems = list(_unfit(lines))
    if problems:
        raise InputError(file, problems)
    said = {key.replace("-", "_"): given for key, given in lines.content.items()}
    at = {**_vary(lines), **_outcome(lines)}
    for name, given in said.items():
        if name == "vary":
            first = {text.partition("=")[0].strip() for text in asked.vary}
            own = [text for text in _vary(lines) if text.partition("=")[0].strip() not in first]
            asked.vary = [*own, *asked.vary]
        elif name == "outcome":
            asked.outcome = asked.outcome or list(_outcome(lines))
        elif getattr(asked, name) in (None, False):
            setattr(asked, name, NUMBERS[name](str(given)) if name in NUMBERS else given)
    return Origin(file, at)


def _unknown(lines: Lines) -> Iterator[Problem]:
    if not isinstance(lines.content, dict):
        yield Problem("a sweep file has a line for each thing asked: runs: 1000")
        return
    for key in lines.content:
        if str(key).replace("-", "_") not in FIELDS:
            meant = near(str(key), FIELDS)
            said = meant or f" A sweep file says {', '.join(FIELDS)}."
            yield Problem(f"'{key}' is nothing that a sweep file says.{said}", lines.at((key,)))


def _unfit(lines: Lines) -> Iterator[Problem]:
    """Yield what is wrong with what a sweep file says, field by field."""
    for key, given in lines.content.items():
        wrong = _wrong(key.replace("-", "_"), given)
        if wrong:
            yield Problem(f"{key}: {wrong}", lines.at((key,)))


def _wrong(name: str, given: Any) -> str:
    """Return what is wrong with what is said of one thing, or nothing."""
    if name in NUMBERS:
        return _wrong_number(NUMBERS[name], given)
    fits, wanted = {
        "vary": (isinstance(given, dict), "a line for each thing varied, indented: NAME: LOW:HIGH"),
        "outcome": (_texts(given), "a name as KAZ.breadth@end, or a list of them"),
        "design": (given in DESIGNS, f"one of {', '.join(DESIGNS)}.{near(str(given), DESIGNS)}"),
        **{one: (isinstance(given, bool), "true or false") for one in SWITCHES},
    }.get(name, (isinstance(given, str) and bool(given), "a name in words"))
    return "" if fits else wanted


def _wrong_number(read: Callable[[str], int], given: Any) -> str:
    try:
        read(str(given))
    except argparse.ArgumentTypeError as refused:
        return str(refused)
    return ""


def _texts(given: Any) -> bool:
    return isinstance(given, str) or (
        isinstance(given, list) and bool(given) and all(isinstance(one, str) for one in given)
    )


def _vary(lines: Lines) -> dict[str, int | None]:
    """Return what is varied as --vary has it, with its lines; nothing after a name: its range."""
    found = {}
    for name, given in (lines.content.get("vary") or {}).items():
        text = ",".join(map(str, given)) if isinstance(given, list) else given
        line = lines.at(("vary", name))
        found[name if text in (None, "") else f"{name}={text}"] = line
    return found


def _outcome(lines: Lines) -> dict[str, int | None]:
    given = lines.content.get("outcome", [])
    if isinstance(given, str):
        return {given: lines.at(("outcome",))}
    return {one: lines.at(("outcome", k)) for k, one in enumerate(given)}
