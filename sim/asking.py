"""From a scenario's name to its answer: the straight line behind the command line and notebooks."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem, refused
from sim.folders import at_home
from sim.region import Region
from sim.scenario import Scenario
from sim.vocabulary import RULES

if TYPE_CHECKING:
    from sim.notebook import Asked

PROJECT = Path(__file__).resolve().parent.parent
"""Where the project lies: its scenarios are beside the package."""


SUFFIXES = (".yaml", ".yml")
"""How the names of scenario files end."""


def run(
    scenario: str | Path,
    members: int | None = None,
    months: int | None = None,
    seed: int | None = None,
    shocks: bool = True,
    watch: Callable[[int], None] = lambda done: None,
    without: Sequence[str] = (),
    rule: str | None = None,
) -> Asked:
    """Return the answer to a scenario file, or to a shipped scenario by its bare name."""
    from sim.notebook import Asked
    from sim.question import answered

    with refused():
        region, asked = scenario_of(scenario, without, rule)
        sized = asked.resized(members, months, seed)
    made = answered(region, sized, shocks, watch)
    return Asked(made.scenario, made.region, made.arms)


def scenario_of(
    named: str | Path,
    without: Sequence[str] = (),
    rule: str | None = None,
    played: bool = True,
) -> tuple[Region, Scenario]:
    """Return the region and a scenario of it, read and checked.

    Numbers that the file sets are set, and mechanisms that it or the asker would do `without` are
    off, in the baseline too. States
    choose by the `rule` that is asked for, else by the one that the file names. Strategies that the
    file names are played, if that is asked for: what they choose becomes events.
    """
    from sim import mechanisms
    from sim.own_numbers import refuse_switched_off, with_numbers
    from sim.reading.scenarios import read_scenario
    from sim.reading.tables import read_region

    refuse_unknown(rule)
    file = scenario_file(named)
    region = read_region()
    mechanisms.refuse_unknown(region, without)
    scenario = replace(read_scenario(file, region), file=str(named))
    asked = scenario if rule is None else scenario.under(rule)
    ruled = with_numbers(replace(region, rule=asked.rule), asked.numbers)
    region = mechanisms.without(ruled, (*asked.without, *without))
    refuse_switched_off(region, asked.numbers)
    whole = mechanisms.without_events(asked, region)
    if whole.strategies and played:
        return region, by_strategies(region, whole, file)
    return region, whole


def by_strategies(region: Region, scenario: Scenario, file: Path) -> Scenario:
    """Return a scenario with what its strategies choose as events; their code is run."""
    from sim.game.played_out import played_out
    from sim.game.strategies import named

    minds = {state: named(written, file.parent) for state, written in scenario.strategies}
    if not scenario.arms:
        return played_out(region, scenario, minds).scenario
    arms = tuple(played_out(region, arm, minds).scenario for arm in scenario.arms)
    return replace(scenario, arms=arms)


def region_of(without: Sequence[str] = (), rule: str | None = None) -> Region:
    """Return the region by a rule of choice and without some mechanisms, or refuse their names."""
    from sim import mechanisms
    from sim.reading.tables import read_region

    refuse_unknown(rule)
    region = read_region()
    mechanisms.refuse_unknown(region, without)
    return mechanisms.without(replace(region, rule=rule or region.rule), without)


def refuse_unknown(rule: str | None) -> None:
    """Refuse a rule that there is none of, with what may have been meant."""
    if rule is None or rule in RULES:
        return
    near = get_close_matches(str(rule), RULES, n=1, cutoff=0.4)
    meant = f" Did you mean '{near[0]}'?" if near else ""
    message = f"there is no such rule.{meant} There are {', '.join(RULES)}"
    raise InputError(f"The rule '{rule}'", [Problem(message)])


def scenario_file(named: str | Path) -> Path:
    """Return the file that a user means: a path, or the bare name of a shipped scenario."""
    path = named_path(named)
    if named_as_scenario(path) or path.parent != Path("."):
        if there(path) and not path.is_dir():
            refuse_other_files(path)
        elif missing(path):
            raise InputError(str(path), [Problem(f"there is no such file.{meant_file(path)}")])
        return path  # what keeps it from being read is told by who reads it
    for folder in scenario_folders():
        found = folder / f"{named}.yaml"
        if there(found):
            return found
    if there(path):
        refuse_other_files(path)
        return path  # a folder, as will be told
    raise InputError(str(named), [Problem(f"there is no such scenario.{meant(str(named))}")])


def named_as_scenario(path: Path) -> bool:
    """Return whether a file's name ends as a scenario's does."""
    return path.suffix in SUFFIXES


def refuse_other_files(path: Path) -> None:
    """Refuse a file that is not named as a scenario is, or that shares its results with another."""
    if path.is_dir() or path.is_fifo() or path.is_char_device():
        return  # as will be told by who reads it
    if not named_as_scenario(path):
        message = f"a scenario's file is named NAME.yaml; rename it {path.stem}.yaml"
        raise InputError(str(path), [Problem(message)])
    for other in (path.with_suffix(suffix) for suffix in SUFFIXES if suffix != path.suffix):
        if there(other) and not path.samefile(other):
            message = f"its results would take the place of those of {other.name}; rename one"
            raise InputError(str(path), [Problem(message)])


def named_path(named: object) -> Path:
    """Return a file's path as the user named it, or say what is wrong with the name."""
    if not isinstance(named, str | Path):
        message = f"a scenario is named by words, not by {type(named).__name__}"
        raise InputError("The scenario", [Problem(f"{message}. See: python run.py list")])
    try:
        str(named).encode()
    except UnicodeEncodeError:
        shown = str(named).encode(errors="replace").decode()
        message = "the name is not text in UTF-8; rename the file"
        raise InputError(shown, [Problem(message)]) from None
    if "\0" in str(named):
        message = "the name holds a NUL, which no file's name has. See: python run.py list"
        raise InputError(str(named).replace("\0", "?"), [Problem(message)])
    return at_home(named)


def there(path: Path) -> bool:
    """Return whether something has this path; nothing has one that the system does not take."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def missing(path: Path) -> bool:
    """Return whether the system says that nothing has this path (and not that it is kept)."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def meant_file(path: Path) -> str:
    """Return a question after the file that may have been meant: in that folder, or shipped."""
    near = get_close_matches(path.stem, [file.stem for file in yaml_files(path.parent)], n=2)
    if near:
        files = " or ".join(repr(str(path.parent / f"{name}.yaml")) for name in near)
        return f" Did you mean {files}?"
    return meant(path.stem)


def scenario_folders() -> list[Path]:
    """Return where scenarios are looked for by bare name: here, then beside the package."""
    here, shipped = Path("scenarios"), PROJECT / "scenarios"
    return [here] if Path(os.path.realpath(here)) == shipped else [here, shipped]


def shipped_scenarios() -> list[Path]:
    """Return the scenario files that can be named barely, by name."""
    files: dict[str, Path] = {}
    for folder in reversed(scenario_folders()):
        files |= {file.stem: file for file in yaml_files(folder)}
    return [files[name] for name in sorted(files)]


def yaml_files(folder: Path) -> list[Path]:
    """Return the scenario files of a folder, by name; none where it cannot be looked into."""
    try:
        return sorted(folder.glob("*.yaml"))
    except (OSError, ValueError):
        return []


def meant(word: str, also: tuple[str, ...] = ()) -> str:
    """Return a question after the scenario (or other word) that may have been meant."""
    known = [*(file.stem for file in shipped_scenarios()), *also]
    near = get_close_matches(word, known, n=2, cutoff=0.5)
    inside = [name for name in known if word and word in name]
    names = list(dict.fromkeys([*near, *inside]))[:3]
    if names:
        return f" Did you mean {' or '.join(repr(name) for name in names)}?"
    return " See: python run.py list"
