"""Scenario files: from what a user wrote to a checked Scenario, or all that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import InputError, Problem
from sim.mechanisms import unknown
from sim.members import row_name
from sim.reading.quantities import shortened
from sim.reading.yaml_lines import MOST_TOLD, Lines, Place, first_of, near, read_lines
from sim.region import Region
from sim.scenario import Event, Scenario
from sim.vocabulary import PORTFOLIO

if TYPE_CHECKING:
    from sim.reading.scenario_file import Arm, ScenarioFile

DEFAULTS = {
    "start": "2022-01", "months": 36, "members": 200, "seed": 2022, "rule": PORTFOLIO,
}  # fmt: skip
"""What a run is like where neither the file nor its baseline says."""

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
"""Where a baseline is looked for when it is not beside the file."""

MOST_EVENTS = 500

MOST_OF_OTHERS = 10
"""Problems of another file that are told where it is named."""

NOT_RESULTS = ("reference",)
"""Names in results/ that no scenario can have."""


@dataclass(frozen=True)
class Draft:
    """An event as written, and as read."""

    raw: dict[str, Any]
    event: Event


Drafts = dict[str, Draft]


@dataclass
class Sheet:
    """A file that is being read: its lines, and the problems found in it so far."""

    path: Path
    text: str
    lines: Lines
    region: Region
    problems: list[Problem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # kinds of events that have faults

    def tell(self, place: Place, message: str) -> None:
        """Note a problem with a part of the file."""
        self.problems.append(Problem(f"{dotted(place)}: {message}", self.lines.at(place)))


@dataclass(frozen=True)
class Supposed:
    """All that a file supposes: its run, its events, and those of its baseline."""

    run: dict[str, Any]
    drafts: Drafts
    before: Drafts
    base: Supposed | None
    header: ScenarioFile
    name: str
    text: str


def read_scenario(path: Path | str, region: Region) -> Scenario:
    """Return the scenario that a file describes, or say all that is wrong with the file."""
    path = Path(path)
    sheet, supposed, arms = _read(path, region, ())
    problems = [*_name_problems(path.stem), *sheet.problems]
    if problems:
        raise InputError(str(path), first_of(problems))
    return _scenario(supposed, arms, str(path))


def _name_problems(stem: str) -> list[Problem]:
    """Return why results cannot be kept under the name of a file, if they cannot."""
    if stem.startswith(".") or not stem.strip():
        why = "nothing before .yaml, or a dot at the beginning, makes no name for results"
    elif stem.casefold() in NOT_RESULTS:
        why = f"results/{stem.casefold()} is part of the project"
    elif re.search(r"[/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]", stem):
        why = "the name holds a slash, control codes or halves of characters"
    else:
        return []
    return [Problem(f"rename the file: {why}")]


def dotted(place: Place) -> str:
    """Return a place in a file as a user would write it: events[3].link."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(parts).lstrip(".") or "the file"


def scenario_path(name: str, beside: Path) -> Path:
    """Return the file of a scenario named in another: beside it, or among the shipped ones."""
    file = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    here = beside.parent / file
    there = SHIPPED / file
    return there if not _is_there(here) and _is_there(there) else here


def _is_there(path: Path) -> bool:
    """Return whether there is such a file; one that cannot be looked at may well be."""
    try:
        return path.exists()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False


# From file to what it supposes --------------------------------------------------------------


def _read(
    path: Path, region: Region, chain: tuple[Path, ...]
) -> tuple[Sheet, Supposed, list[tuple[Arm, Drafts]]]:
    text, lines = read_lines(path)
    sheet = Sheet(path, text, lines, region, list(lines.twice))
    raw = _top(sheet)
    header = _header(sheet, raw)
    _check_words(sheet, raw)
    _check_without(sheet, header)
    _check_numbers(sheet, header)
    _check_strategies(sheet, header)
    chain = (*chain, path.resolve())
    base = _other(sheet, "extends", header.extends, chain)
    taken = _other(sheet, "include", header.include.file if header.include else None, chain)
    run = _run(header, base or taken)
    _check_run(sheet, run)
    before = dict(base.drafts) if base else {}
    drafts = _included(header, taken, before)
    drafts = _altered(sheet, drafts, raw, (), run)
    variants = _variants(sheet, drafts, raw.get("arms"), run)
    _check_together(sheet, drafts, before, (), run)
    for number, variant in enumerate(variants):
        _check_together(sheet, variant, before, ("arms", number), run)
    sheet.problems = list(dict.fromkeys(sheet.problems))
    arms = list(zip(header.arms, variants, strict=False))  # no arms where one is wrong (told)
    return sheet, Supposed(run, drafts, before, base, header, path.stem, text), arms


def _variants(sheet: Sheet, drafts: Drafts, arms: Any, run: dict[str, Any]) -> list[Drafts]:
    """Return the events of each arm, also where something else is wrong with the arm."""
    listed = arms if isinstance(arms, list) else []
    _check_arms(sheet, listed)
    return [
        _altered(sheet, drafts, arm, ("arms", number), run) if isinstance(arm, dict) else drafts
        for number, arm in enumerate(listed)
    ]


def _top(sheet: Sheet) -> dict[str, Any]:
    content = sheet.lines.content
    if isinstance(content, dict):
        return content
    message = "a scenario begins with 'title:' and 'question:'; see python run.py new NAME"
    raise InputError(
        str(sheet.path), first_of([*sheet.problems, Problem(message, sheet.lines.at(()))])
    )


def _header(sheet: Sheet, raw: dict[str, Any]) -> ScenarioFile:
    """Return the file but for its events, without the fields that are wrong (which are told)."""
    from pydantic import ValidationError

    from sim.reading.scenario_file import ScenarioFile
    from sim.reading.wording import worded_faults

    empty = [name for name, content in raw.items() if content is None]
    for name in empty:
        sheet.tell((name,), "this is empty; fill it in, or leave the line out")
    outline = {name: _without_events(name, raw[name]) for name in raw if name not in empty}
    outline |= {name: "-" for name in ("title", "question") if name in empty}
    try:
        return ScenarioFile.model_validate(outline)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors()}
        for place, message in worded_faults(error, ScenarioFile, outline):
            sheet.tell(place, message)
    standing = {"title": "-", "question": "-"}
    kept = {name: content for name, content in outline.items() if name not in wrong}
    return ScenarioFile.model_validate({**standing, **kept})


def _check_words(sheet: Sheet, raw: dict[str, Any]) -> None:
    """Note the words that stand there from the template, and say nothing."""
    from sim.reading.template import TO_FILL_IN

    for name, words in TO_FILL_IN.items():
        if raw.get(name) == words:
            sheet.tell((name,), "these are still the words of the template; write your own")


def _check_without(sheet: Sheet, header: ScenarioFile) -> None:
    """Note mechanisms that there are none of, and those that are switched off twice."""
    known = [one.name for one in sheet.region.mechanisms]
    for number, name in enumerate(header.without):
        if name not in known:
            sheet.tell(("without", number), unknown(shortened(name), known))
        elif name in header.without[:number]:
            sheet.tell(("without", number), f"'{name}' is switched off twice")


def _check_numbers(sheet: Sheet, header: ScenarioFile) -> None:
    """Note numbers of the ledger that there are none of, and those beyond what they can be."""
    known = {row_name(row): row for row in sheet.region.ledger}
    for name, number in header.numbers.items():
        if name not in known:
            message = f"'{shortened(name)}' is no number of the ledger.{near(name, list(known))}"
            sheet.tell(("numbers", name), message)
            continue
        attribute = sheet.region.attributes[known[name].attribute]
        if not attribute.minimum <= number <= attribute.maximum:
            least, most, unit = attribute.minimum, attribute.maximum, known[name].unit
            message = f"{number:g} is not between {least:g} and {most:g} {unit}".rstrip()
            sheet.tell(("numbers", name), message)


STRATEGY = re.compile(r"[^:\x00]+\.py:[A-Za-z_]\w*")
"""How a strategy is named: my_strategy.py:Careful."""


def _check_strategies(sheet: Sheet, header: ScenarioFile) -> None:
    """Note strategies of nobody's, and those that name no class or no file."""
    for state, written in header.strategy.items():
        place = ("strategy", state)
        if state not in sheet.region.states:
            known = near(state, list(sheet.region.states))
            sheet.tell(place, f"'{shortened(state)}' is no state of this region.{known}")
        if not STRATEGY.fullmatch(written):
            message = "is no strategy; write the file and the class, my_strategy.py:Careful"
            sheet.tell(place, f"'{shortened(written)}' {message}")
        elif not _is_there(sheet.path.parent / written.rpartition(":")[0]):
            sheet.tell(place, f"there is no file '{shortened(written.rpartition(':')[0])}' here")


def _without_events(name: str, content: Any) -> Any:
    if name == "events" and isinstance(content, list):
        return []
    if name == "arms" and isinstance(content, list):
        return [
            {part: _without_events(part, of) for part, of in arm.items()}
            if isinstance(arm, dict)
            else arm
            for arm in content
        ]
    return content


def _other(sheet: Sheet, key: str, name: str | None, chain: tuple[Path, ...]) -> Supposed | None:
    """Return what another file supposes that this one builds on."""
    if name is None:
        return None
    place: Place = (key,) if key == "extends" else (key, "file")
    path = scenario_path(name, sheet.path)
    if not _is_there(path):
        sheet.tell(place, f"'{shortened(name)}' cannot be used: {_nowhere(name, sheet.path)}")
        return None
    try:
        if path.resolve() in chain:
            circle = " -> ".join(link.name for link in (*chain, path.resolve()))
            sheet.tell(place, f"the files go round in a circle: {circle}")
            return None
        other, supposed = _read_other(path, sheet.region, chain)
        if other.problems:
            raise InputError(str(path), first_of(other.problems))
        if supposed.header.strategy:
            held = ", ".join(supposed.header.strategy)
            message = f"strategies hold {held} there, and hold nothing in a file that builds on it"
            sheet.tell(place, f"'{shortened(name)}' cannot be used: {message}")
    except InputError as error:
        for message in _faults_of_another(name, path, error.problems):
            sheet.tell(place, message)
        return None
    return supposed


_SHIPPED_READ: dict[tuple[Any, ...], tuple[Sheet, Supposed]] = {}
"""Shipped files as they were read last: everything builds on a few of them."""


def _read_other(path: Path, region: Region, chain: tuple[Path, ...]) -> tuple[Sheet, Supposed]:
    """Return a file that another builds on; a shipped one that is as it was is not read again."""
    if path.resolve().parent != SHIPPED:
        return _read(path, region, chain)[:2]
    shipped = (file.stat() for file in sorted(SHIPPED.glob("*.yaml")))
    stamps = tuple((file.st_mtime_ns, file.st_size) for file in shipped)  # it may build on others
    key = (path, stamps, region.digest, region.name)
    if key not in _SHIPPED_READ:
        _SHIPPED_READ[key] = _read(path, region, chain)[:2]
    return _SHIPPED_READ[key]


def _nowhere(name: str, beside: Path) -> str:
    """Return that a scenario is not found, where it was looked for, and which names are near."""
    file = name if name.endswith((".yaml", ".yml")) else f"{name}.yaml"
    tried = dict.fromkeys(str(folder / shortened(file)) for folder in (beside.parent, SHIPPED))
    files = [file for folder in (beside.parent, SHIPPED) for file in _scenarios_in(folder)]
    known = sorted({file.stem for file in files} - {beside.stem})
    close = get_close_matches(name.removesuffix(".yaml"), known, n=3, cutoff=0.5)
    meant = f" Did you mean {' or '.join(repr(one) for one in close)}?" if close else ""
    known_ones = f" There are: {', '.join(known[:MOST_TOLD])}." if known and not close else ""
    return f"there is no such file: {' or '.join(tried)}.{meant or known_ones}"


def _scenarios_in(folder: Path) -> list[Path]:
    try:
        return list(folder.glob("*.yaml"))
    except OSError:
        return []


def _faults_of_another(name: str, path: Path, problems: tuple[Problem, ...]) -> list[str]:
    """Return what to say of the problems of a file where another one builds on it."""
    if len(problems) == 1 and problems[0].line is None:
        return [f"'{name}' cannot be used: {problems[0]} ({path})"]
    told = [f"'{name}' cannot be used: {path}, {one}" for one in problems[:MOST_OF_OTHERS]]
    more = len(problems) - MOST_OF_OTHERS
    return told if more <= 0 else [*told, f"and {more} more in it: python run.py check {path}"]


def _run(header: ScenarioFile, base: Supposed | None) -> dict[str, Any]:
    """Return start, months, members, seed and rule: the file's own, else its baseline's."""
    inherited = base.run if base else DEFAULTS
    own = {name: getattr(header, name) for name in DEFAULTS}
    return {name: inherited[name] if own[name] is None else own[name] for name in DEFAULTS}


def _check_run(sheet: Sheet, run: dict[str, Any]) -> None:
    from sim.reading.fields import LAST_MONTH
    from sim.timeline import month_after

    last = month_after(run["start"], run["months"] - 1)
    if last > LAST_MONTH:
        place = "start" if ("start",) in sheet.lines.line else "months"
        sheet.tell((place,), f"the run goes on to {last}; it ends in {LAST_MONTH} at the latest")


def _included(header: ScenarioFile, taken: Supposed | None, before: Drafts) -> Drafts:
    drafts = dict(before)
    if header.include is None or taken is None:
        return drafts
    for name, draft in taken.drafts.items():
        if draft.event.role in header.include.roles:
            drafts[name] = Draft(draft.raw, replace(draft.event, line=None))
    return drafts


def _altered(
    sheet: Sheet, drafts: Drafts, raw: dict[str, Any], at: Place, run: dict[str, Any]
) -> Drafts:
    """Return events with those removed, changed and added that a file, or an arm, names."""
    removed = _removed(sheet, drafts, raw.get("remove"), (*at, "remove"))
    changed = _changed(sheet, drafts, removed, raw.get("change"), (*at, "change"), run)
    kept = {name: changed.get(name, draft) for name, draft in drafts.items() if name not in removed}
    added = _added(sheet, drafts, raw.get("events"), (*at, "events"), run)
    return {**kept, **added}


def _removed(sheet: Sheet, drafts: Drafts, names: Any, at: Place) -> set[str]:
    removed: set[str] = set()
    for number, name in enumerate(names if isinstance(names, list) else []):
        if not isinstance(name, str):
            continue  # told by the schema
        if name not in drafts:
            sheet.tell((*at, number), _no_event(name, drafts))
        elif name in removed:
            sheet.tell((*at, number), f"'{name}' is removed twice")
        removed.add(name)
    return removed


def _no_event(name: Any, drafts: Drafts) -> str:
    if not drafts:
        return f"there is no event '{shortened(name)}': the baseline (extends:) has no events"
    return f"there is no event '{shortened(name)}' in the baseline.{near(str(name), list(drafts))}"


def _changed(
    sheet: Sheet, drafts: Drafts, removed: set[str], changes: Any, at: Place, run: dict[str, Any]
) -> Drafts:
    changed: Drafts = {}
    for name, fields in (changes if isinstance(changes, dict) else {}).items():
        place = (*at, name)
        if name not in drafts:
            sheet.tell(place, _no_event(name, drafts))
        elif name in removed:
            sheet.tell(place, "the event is removed as well; do one of the two")
        elif isinstance(fields, dict):
            draft = _change(sheet, drafts[name], fields, place, run)
            if draft is not None:
                changed[name] = draft
    return changed


def _change(
    sheet: Sheet, draft: Draft, fields: dict[str, Any], place: Place, run: dict[str, Any]
) -> Draft | None:
    for fixed in ("id", "kind"):
        if fixed in fields:
            sheet.tell((*place, fixed), f"an event keeps its {fixed}; remove it and write another")
            return None
    raw = _merged(draft.raw, fields)
    event = _event(sheet, raw, place, run, inherited=raw.keys() - fields.keys())
    if event is None:
        return None
    if replace(event, line=None) == replace(draft.event, line=None):
        sheet.tell(place, "this changes nothing; it is so in the baseline already")
        return None
    return Draft(raw, event)


ALTERNATIVES = (
    {"end", "months"},
    {"left", "lost"},
    {"added", "factor"},
    {"state", "states"},
    {"link", "links", "route", "corridor"},
)
"""Fields of which one takes the place of another."""


def _merged(raw: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """Return an event as written with some fields otherwise; an empty field is taken out."""
    lasting = fields.get("shape", raw.get("shape")) in ("ramp", "decay")
    replaced: set[str] = set()
    for group in ALTERNATIVES[1:] if lasting else ALTERNATIVES:
        if group & fields.keys():
            replaced |= group
    kept = {name: content for name, content in raw.items() if name not in replaced}
    return {name: content for name, content in {**kept, **fields}.items() if content is not None}


def _added(sheet: Sheet, drafts: Drafts, events: Any, at: Place, run: dict[str, Any]) -> Drafts:
    added: Drafts = {}
    listed = events if isinstance(events, list) else []
    if len(listed) > MOST_EVENTS:
        sheet.tell(at, f"{len(listed)} events are too many ({MOST_EVENTS} at most)")
        return added
    given: set[Any] = set()
    for number, raw in enumerate(listed):
        event = _event(sheet, raw, (*at, number), run)
        name = _id(raw)
        if name in given:
            sheet.tell((*at, number, "id"), f"'{name}' is the id of two events; rename one")
        elif name in drafts:
            sheet.tell(
                (*at, number, "id"),
                f"'{name}' is an event of the baseline; to alter it write it under change:",
            )
        elif event is not None:
            added[event.id] = Draft(raw, event)
        given |= {name} - {None}
    return added


def _id(raw: Any) -> str | None:
    name = raw.get("id") if isinstance(raw, dict) else None
    return name if isinstance(name, str) else None


# One event ----------------------------------------------------------------------------------


def _event(
    sheet: Sheet, raw: Any, at: Place, run: dict[str, Any], inherited: Collection[str] = ()
) -> Event | None:
    """Return one event, or None where something is wrong with it (which is told)."""
    from sim.reading.one_event import examined, kind_of

    if not isinstance(raw, dict):
        sheet.tell(at, "an event has fields: id, kind, start and those of its kind")
        return None
    event, faults = examined(raw, sheet.region, run, inherited)
    for place, message in faults:
        sheet.tell((*at, *place), message)
    if event is None:
        sheet.unread.add(kind_of(raw))
        return None
    return replace(event, line=sheet.lines.at(at))


# Together -----------------------------------------------------------------------------------


def _check_arms(sheet: Sheet, arms: list[Any]) -> None:
    names = [arm.get("name") if isinstance(arm, dict) else None for arm in arms]
    for number, name in enumerate(names):
        if isinstance(name, str) and name in names[:number]:
            sheet.tell(("arms", number, "name"), f"'{name}' is the name of two arms; rename one")
    says = [_said_by(arm) if isinstance(arm, dict) else None for arm in arms]
    for number, supposed in enumerate(says):
        if supposed is not None and supposed in says[:number]:
            twin = names[says.index(supposed)]
            sheet.tell(("arms", number), f"this arm supposes just what arm '{twin}' does")
    if len(arms) == 1:
        sheet.tell(("arms",), "one arm is no comparison; write its events under events:")


def _said_by(arm: dict[str, Any]) -> dict[str, Any]:
    """Return what an arm supposes as it is written, without what it is called."""
    return {part: of for part, of in arm.items() if part not in ("name", "title") and of}


def _check_together(
    sheet: Sheet, drafts: Drafts, before: Drafts, at: Place, run: dict[str, Any]
) -> None:
    """Note which events cannot be with others, each once, at an event of this file's own."""
    from sim.reading.one_event import UNKNOWN
    from sim.reading.together import NEEDED, baseless, clashes, overfull, overgrown

    events = [draft.event for draft in drafts.values()]
    earlier = [draft.event for draft in before.values()]
    known = {
        clash.message for check in (clashes, baseless) for clash in check(earlier, sheet.region)
    } | {clash.message for clash in overfull(earlier, sheet.region, run)}
    own = {name for name, draft in drafts.items() if before.get(name) != draft}
    maybe_there = sheet.unread & {*NEEDED, UNKNOWN}
    missing = [] if maybe_there else baseless(events, sheet.region)
    full = overfull(events, sheet.region, run)
    for clash in (*clashes(events, sheet.region), *missing, *full):
        if clash.event.id in own:
            _tell_clash(sheet, clash.message, clash.event, clash.other, own)
        elif clash.other is not None and clash.other.id in own:
            _tell_clash(sheet, clash.message, clash.other, clash.event, own)
        elif clash.message not in known:  # by what is taken away, not by what is there
            sheet.tell((*at, "remove"), clash.message)
    for clash in overgrown(events, run):
        line = clash.event.line if clash.event.id in own else sheet.lines.at(("months",))
        sheet.problems.append(Problem(clash.message, line))


def _tell_clash(
    sheet: Sheet, message: str, event: Event, other: Event | None, own: set[str]
) -> None:
    where = ""
    if other is not None and other.id != event.id:
        here = other.id in own and other.line is not None
        place = f"on line {other.line}" if here else "in the file that this one builds on"
        where = f" ('{other.id}' is {place})"
    sheet.problems.append(Problem(message + where, event.line))


# From what is supposed to the scenario ------------------------------------------------------


def _scenario(supposed: Supposed, arms: list[tuple[Arm, Drafts]], file: str) -> Scenario:
    """Return the scenario of a file with its baseline and its arms."""
    whole = _one(supposed, supposed.drafts, file)
    variants = tuple(
        replace(
            _one(supposed, drafts, file),
            title=arm.title or f"{supposed.header.title}: {arm.name}",
            arm=arm.name,
        )
        for arm, drafts in arms
    )
    return replace(whole, arms=variants)


def _one(supposed: Supposed, drafts: Drafts, file: str) -> Scenario:
    header, before = supposed.header, supposed.before
    events = {name: draft.event for name, draft in drafts.items()}
    old = {name: draft.event for name, draft in before.items()}
    own = [name for name in (*old, *events) if old.get(name) != events.get(name)]
    return Scenario(
        name=supposed.name,
        title=header.title,
        question=header.question,
        sources=tuple(header.sources),
        beyond=header.beyond,
        **supposed.run,
        rule_of_file=supposed.run["rule"],
        events=tuple(events.values()),
        baseline=_baseline(supposed),
        own_events=tuple(dict.fromkeys(own)),
        removed=tuple(event for name, event in old.items() if name not in events),
        without=_switched_off(supposed),
        numbers=_numbers(supposed),
        text=supposed.text,
        file=file,
        strategies=tuple(header.strategy.items()),
    )


def _switched_off(supposed: Supposed | None) -> tuple[str, ...]:
    """Return the mechanisms that a file does without: its own list, and what it extends."""
    if supposed is None:
        return ()
    return tuple(dict.fromkeys((*_switched_off(supposed.base), *supposed.header.without)))


def _numbers(supposed: Supposed | None) -> tuple[tuple[str, float], ...]:
    """Return the numbers of the ledger that a file sets, its own before those it extends."""
    if supposed is None:
        return ()
    return tuple(sorted((dict(_numbers(supposed.base)) | supposed.header.numbers).items()))


def _baseline(supposed: Supposed) -> Scenario:
    """Return the same world without what the file itself supposes."""
    base = supposed.base
    return Scenario(
        name=base.name if base else "quiet",
        title=base.header.title if base else "Nothing happens",
        question=base.header.question if base else "What moves if nothing happens?",
        sources=tuple(base.header.sources) if base else (),
        beyond=base.header.beyond if base else "",
        **supposed.run,
        rule_of_file=supposed.run["rule"],
        events=tuple(draft.event for draft in supposed.before.values()),
        baseline=None,
        without=_switched_off(supposed),
        numbers=_numbers(supposed),
        text=base.text if base else "",
    )
