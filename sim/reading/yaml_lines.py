"""A text file of the user's, as plain Python with the line of everything in it.

YAML 1.2 by ruamel.yaml, of which only the grammar is used: no tags, anchors or merges, so that a
file says what it shows. What cannot be read is told by line, as much of it as can be found at once.
"""

from __future__ import annotations

import math
import re
import stat
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from sim.errors import InputError, Problem

LARGEST_FILE = 1_000_000
"""Bytes; no scenario needs a tenth of it, and a larger file is a mistake."""

DEEPEST = 12
"""Levels of nesting; a scenario has four."""

MOST_TOLD = 20
"""Lines with the same fault that are worth naming."""

LONGEST_WORD = 100
"""Letters of a word that are compared with the known ones."""

MOST_PROBLEMS = 50
"""Problems of one file that are told at once."""

LONGEST_INTEGER = 300
"""Digits; a longer one is no number that a computer counts with."""

Place = tuple[str | int, ...]
"""Where a part of a file is: ("events", 3, "link")."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control codes, marks that turn the direction of writing, and halves of characters."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
    ".inf": math.inf,
    "+.inf": math.inf,
    "-.inf": -math.inf,
    ".nan": math.nan,
}

_CURES = {
    "mapping values are not allowed": "a colon where none can be. Put text that holds ': ' in "
    "quotes; each field has a line of its own, indented like its neighbours",
    r"found character '\t'": "a tab; write a space instead of it",
    "cannot start any token": "text cannot begin with @, % or `; put it in quotes",
    "while scanning a quoted scalar": "a quotation mark is opened and not closed",
    "sequence entries are not allowed": "text cannot begin with '- '; put it in quotes",
}
"""What to do about the faults of grammar that are made most, by what the grammar calls them."""


@dataclass
class Lines:
    """What a file says, where each part of it stands, and what is wrong with its form.

    Of a field that is given twice the first stands, so that the rest can be looked at all the same.
    """

    content: Any = None
    line: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    twice: list[Problem] = field(default_factory=list)

    def at(self, path: Place) -> int | None:
        """Return the line of a part, or of the nearest thing that holds it."""
        while path and path not in self.line:
            path = path[:-1]
        return self.line.get(path)


def read_lines(path: Path) -> tuple[str, Lines]:
    """Return the text of a YAML file and what it says with its lines, or why it cannot be read."""
    text = read_text(path)
    lines = parsed(text)
    if lines.problems:
        raise InputError(str(path), first_of([*lines.problems, *lines.twice]))
    return text, lines


def first_of(problems: list[Problem]) -> list[Problem]:
    """Return problems in the order of their lines, no more than one can read at once."""
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    rest = ordered[MOST_PROBLEMS:]
    more = f"and {len(rest)} more from here on; mend the ones above first"
    return [*ordered[:MOST_PROBLEMS], Problem(more, rest[0].line)]


def read_text(path: Path) -> str:
    """Return the text of a file of the user's; no larger, and nothing else, than a text file."""
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            _refuse(path, "this is a folder; name a .yaml file in it")
        if not stat.S_ISREG(kind.st_mode):
            _refuse(path, "this is no ordinary file")
        if kind.st_size > LARGEST_FILE:
            _refuse(path, f"{kind.st_size / 1e6:.1f} MB is too large for a scenario (1 MB at most)")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        _refuse(path, f"there is no such file.{_near_names(path)}")
    except PermissionError:
        _refuse(path, "no permission to read it; change its permissions (chmod u+r)")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        _refuse(path, f"it cannot be opened: {reason}; name another file")
    return _decoded(path, raw)


def parsed(text: str) -> Lines:
    """Return what a YAML text says, with the line of every part and every fault of form."""
    tabs = [number for number, row in enumerate(text.splitlines(), 1) if re.match(r" *\t", row)]
    if tabs:
        return Lines(problems=[_tab(number) for number in tabs[:MOST_TOLD]])
    lines = Lines()
    try:
        _Builder(lines).build(text)
    except _Stop as stop:
        lines.problems.append(stop.problem)
    return lines


def near(word: str, known: dict[str, str] | list[str] | tuple[str, ...]) -> str:
    """Return " Did you mean 'x'?" for the nearest of the known words, or nothing.

    A known word may be looked up under other names: {name: what to write}.
    """
    names = known if isinstance(known, dict) else {name: name for name in known}
    spellings: dict[str, str] = {}
    for name, written in names.items():
        for spelling in (name, *re.split(r"[_\s]", name)):
            spellings.setdefault(spelling.casefold(), written)
    found = get_close_matches(str(word)[:LONGEST_WORD].casefold(), spellings, n=1, cutoff=0.6)
    return f" Did you mean '{spellings[found[0]]}'?" if found else ""


def _near_names(path: Path) -> str:
    try:
        names = sorted(other.name for other in path.parent.glob("*.yaml"))
    except OSError:
        return ""
    found = get_close_matches(path.stem, [Path(name).stem for name in names], n=3, cutoff=0.5)
    if found:
        return (
            f" Did you mean {' or '.join(repr(str(path.parent / (f + '.yaml'))) for f in found)}?"
        )
    return f" In that folder: {', '.join(names)}." if 0 < len(names) <= MOST_TOLD else ""


def _decoded(path: Path, raw: bytes) -> str:
    if not raw.strip():
        _refuse(path, "the file is empty; 'python run.py new NAME' writes one to fill in")
    sixteen_bits = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    strange = None if sixteen_bits else re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    if strange:
        line = raw.count(b"\n", 0, strange.start()) + 1
        _refuse(path, "this is not a text file (it holds control characters)", line)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        _refuse(path, "this is not text in UTF-8; save the file as UTF-8 text", line)


def _refuse(path: Path, message: str, line: int | None = None) -> NoReturn:
    raise InputError(str(path), [Problem(message, line)]) from None


def _tab(line: int) -> Problem:
    return Problem("a tab at the start of the line; indent with spaces", line)


UNSEEN = "control codes, or halves of characters, in the text; take them out"


def _mended(said: str) -> str:
    """Return what the grammar says of a fault, or how to mend it where that is known."""
    return next((cure for begins, cure in _CURES.items() if begins in said), said)


class _Stop(Exception):
    """Nothing after this place can be read."""

    def __init__(self, message: str, line: int | None) -> None:
        self.problem = Problem(message, line)


class _Builder:
    """Builds plain Python from the events of the YAML grammar, without recursion."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.open: list[tuple[Any, Place]] = []  # containers not yet closed, and where they are
        self.key: list[str | int | None] = []  # what waits for its content in each: a field, or
        # the line of one that is given again

    def build(self, text: str) -> None:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
        from ruamel.yaml.reader import ReaderError

        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                self.take(event)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            said = " ".join(part for part in (error.context, error.problem) if part)
            line = mark.line + 1 if mark is not None else None
            raise _Stop(f"this is not YAML: {_mended(said)}", line) from None
        except ReaderError as error:
            raise _Stop(UNSEEN, text.count("\n", 0, error.position) + 1) from None
        except (YAMLError, RecursionError, ValueError) as error:
            raise _Stop(f"this is not YAML: {error}", None) from None

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        name = type(event).__name__
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise _Stop("anchors and aliases (& and *) are not used here; write it out", line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise _Stop(f"tags ({event.tag}) are not used here; leave it out", line)
        if name == "DocumentStartEvent" and self.lines.line:
            raise _Stop("a second document (---) in the file; keep one scenario to a file", line)
        if name == "ScalarEvent":
            if _UNSEEN.search(event.value):
                self.lines.problems.append(Problem(UNSEEN, line))
            plain = event.style is None
            self.put(_scalar(event.value) if plain else event.value, event.value, line)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self.begin({} if name == "MappingStartEvent" else [], line)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            self.open.pop()
            self.key.pop()

    def begin(self, container: Any, line: int) -> None:
        if self.open and isinstance(self.open[-1][0], dict) and self.key[-1] is None:
            raise _Stop("a list or block where the name of a field is expected", line)
        if len(self.open) >= DEEPEST:
            raise _Stop(f"more than {DEEPEST} levels deep", line)
        path = self.add(container, line)
        self.open.append((container, path))
        self.key.append(None)

    def put(self, content: Any, written: str, line: int) -> None:
        inside_mapping = bool(self.open) and isinstance(self.open[-1][0], dict)
        if not inside_mapping or self.key[-1] is not None:
            self.add(content, line)
            return
        mapping, path = self.open[-1]
        if written not in mapping:
            self.lines.line[(*path, written)] = line
            self.key[-1] = written
            return
        first = self.lines.line[(*path, written)]
        message = f"'{written}' is given twice (first on line {first}); keep one"
        self.lines.twice.append(Problem(message, line))
        self.key[-1] = line

    def add(self, content: Any, line: int) -> Place:
        if not self.open:
            self.lines.content = content
            self.lines.line[()] = line
            return ()
        container, path = self.open[-1]
        if isinstance(container, dict):
            key = self.key[-1]
            assert key is not None
            if isinstance(key, str):
                container[key] = content
            self.key[-1] = None
            return (*path, key)
        container.append(content)
        place = (*path, len(container) - 1)
        self.lines.line[place] = line
        return place


def _scalar(written: str) -> Any:
    """Return what a plain word means in the core schema of YAML 1.2; a date stays a word."""
    lowered = written.lower()
    if lowered in _WORDS:
        return _WORDS[lowered]
    if _INTEGER.fullmatch(written):
        return int(written) if len(written) <= LONGEST_INTEGER else written
    return float(written) if _DECIMAL.fullmatch(written) else written
