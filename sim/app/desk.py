"""Composed scenarios, read with care and computed with the ensemble that `run.py` has.

Members are drawn as everywhere, so a number here is that of `run.py` for the same file. What is the
same from one question to the next is kept: members and their baseline, and whole answers.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sim import mechanisms
from sim.app.document import NAME, Document, Refusal, refuse_reaching_out, text_of, with_setting
from sim.app.handles import handle_of_number, handles, timeline
from sim.app.kept import Shelf
from sim.app.members import with_breadth, with_measures, with_own_numbers
from sim.arrays import Arrays
from sim.asking import by_strategies
from sim.drivers import Drivers
from sim.ensemble import Block, Course, Kept, course
from sim.ensemble import block as block_of
from sim.errors import InputError
from sim.explore.payload import Computed, changing_part
from sim.explore.runs import READ, Numbers, paths_of, series, shown, shown_without
from sim.moments import disturbance, moments
from sim.month import at_rest
from sim.on_tape import varying_in
from sim.own_numbers import refuse_switched_off, with_numbers
from sim.reading.scenarios import read_scenario
from sim.reading.tables import read_region
from sim.region import Region
from sim.results import (
    MEASURED_FROM,
    Results,
    first_difference,
    measured_course,
    told,
)
from sim.scenario import Scenario
from sim.situation import DECISIONS, decisions
from sim.timeline import drivers as drivers_of

Record = dict[str, Any]

MOST_MONTHS, MOST_MEMBERS = 120, 500
"""Months and runs of what is composed in a page: more takes longer than a class waits."""

MOST_THEMES = 12
"""Events of a file's own, those of a theme as one, whose parts a page asks for."""

STATES_EACH = 6
"""Months between those of a baseline that are kept whole, from which a scenario can go on."""

BASELINES, ANSWERS = 6, 200
"""How many baselines and answers are kept; those asked for longest ago are let go."""


ALL, BREADTH, NOTHING = "all measures", "breadth", "nothing"
"""What is asked of the run in which decisions are held at the baseline's."""

OF_HELD = ("gdp_gap", "ties", "pooled")
"""What a page shows of the run with decisions held, or needs for its breadth."""


@dataclass(frozen=True)
class Based:
    """Members, their base year, and their baseline with its drivers."""

    block: Block
    base: Arrays
    before: Drivers
    middle: Drivers  # the baseline's drivers with what is not known in its middle
    baseline: Course
    series: np.ndarray  # what is told by its band, (month, member, series)
    without: Numbers  # what a page shows of it


@dataclass(frozen=True)
class Seen(Results):
    """Results whose members' base year is known already."""

    rest: Arrays = field(kw_only=True)

    @property
    def base(self) -> Arrays:
        return self.rest


@dataclass(frozen=True)
class Asked:
    """A composed scenario, as it was read."""

    name: str
    text: str
    region: Region  # with what is switched off, by the scenario's rule; numbers are not set in it
    scenario: Scenario


class Desk:
    """Where composed scenarios are read and computed; for all who ask, side by side."""

    def __init__(self, strategies: Path | None = None) -> None:
        self.region = read_region()
        self.strategies = strategies
        self._regions = Shelf(ANSWERS)
        self._asked = Shelf(ANSWERS)
        self._blocks = Shelf(BASELINES)
        self._based = Shelf(BASELINES)
        self._answers = Shelf(ANSWERS)
        self._why = Shelf(ANSWERS)
        self._room = tempfile.TemporaryDirectory(prefix="composed_")
        self._beside = ThreadPoolExecutor(2, thread_name_prefix="run")

    def close(self) -> None:
        """Let go of what is on the disk."""
        self._beside.shutdown(wait=False, cancel_futures=True)
        self._room.cleanup()

    # Reading ----------------------------------------------------------------------------------

    def read(self, document: Document, name: str) -> Asked:
        """Return a composed scenario, checked as any file is; or refuse it with all its faults."""
        if not NAME.fullmatch(name):
            raise Refusal("a name has letters, digits and _, 60 at most")
        refuse_reaching_out(document, self.strategies is not None)
        text = text_of(document)
        with tempfile.TemporaryDirectory(dir=self._room.name) as folder:
            file = Path(folder) / f"{name}.yaml"
            file.write_text(text, encoding="utf-8")
            self._lay_out(document, Path(folder))
            try:
                scenario = within_limits(read_scenario(file, self.region))
                region = self._region(scenario)
                refuse_switched_off(region, scenario.numbers)
                whole = mechanisms.without_events(scenario, region)
                if whole.strategies:  # code that the teacher lets in
                    with_own = with_numbers(region, scenario.numbers)
                    whole = by_strategies(with_own, whole, file)
            except InputError as wrong:
                raise InputError(f"{name}.yaml", wrong.problems) from None
        return Asked(name, text, region, replace(whole, file=f"{name}.yaml"))

    def _lay_out(self, document: Document, folder: Path) -> None:
        """Put the files of strategies that a document names beside it, if they are let in."""
        named = document.get("strategy")
        if self.strategies is None or not isinstance(named, dict):
            return
        for written in named.values():
            file = self.strategies / str(written).rpartition(":")[0]
            if file.is_file():
                shutil.copy(file, folder / file.name)

    def _stamp(self, document: Document) -> Hashable:
        """Return what tells whether the files of strategies that a document names were changed."""
        named = document.get("strategy")
        if self.strategies is None or not isinstance(named, dict):
            return ()
        files = [self.strategies / str(one).rpartition(":")[0] for one in named.values()]
        return tuple(
            (file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.is_file()
        )

    def _read(self, document: Document, name: str) -> Asked:
        """Return a composed scenario; one that was read lately is not read again."""
        key = (name, json.dumps(document, sort_keys=True), self._stamp(document))
        return self._asked.get(key, partial(self.read, document, name))

    def _region(self, scenario: Scenario) -> Region:
        """Return the region in which a scenario plays, the same one each time."""
        key = (scenario.rule, scenario.without)
        ruled = replace(self.region, rule=scenario.rule)
        return self._regions.get(key, partial(mechanisms.without, ruled, scenario.without))

    # Computing --------------------------------------------------------------------------------

    def answer(
        self, document: Document, name: str, moved: dict[str, float], split: bool = True
    ) -> bytes:
        """Return what a page shows of a document with some things moved, as JSON.

        All of it, or, as a slider is dragged, without what was imposed and what chosen.
        """
        whole = document
        if moved:
            before = self._read(document, name)
            for one, number in moved.items():
                whole = with_setting(whole, before.scenario, one, number)
        asked = self._read(whole, name)
        key = (name, not moved, split, asked.text, self._stamp(whole))

        def made() -> bytes:
            found = self.computed(asked, split)
            record = {
                "document": whole,
                "text": asked.text,
                **changing_part(found, quick=bool(moved)),
                "handles": [] if moved else handles(asked.region, asked.scenario, found.results),
                "whole": split,
                "timeline": timeline(asked.region, asked.scenario),
            }
            return as_json(record)

        return self._answers.get(key, made)

    def why(self, document: Document, name: str) -> bytes:
        """Return each event's part in what moved, as JSON: it takes longer than the runs."""
        from sim.attribution import attribute
        from sim.explore.payload import by_event

        asked = self._read(document, name)
        own = set(asked.scenario.own_events)
        themes = {one.theme or one.id for one in asked.scenario.events if one.id in own}
        if len(themes) > MOST_THEMES:
            message = f"{len(themes)} events are too many for a page ({MOST_THEMES} at most)"
            raise Refusal(f"{message}; python run.py why tells each one's part")
        key = (name, asked.text, self._stamp(document))

        def made() -> bytes:
            results = self.results(asked)
            region = with_numbers(asked.region, asked.scenario.numbers)
            return as_json(by_event(attribute(region, asked.scenario, results.moments), results))

        return self._why.get(key, made)

    def numbers(self) -> bytes:
        """Return the uncertain numbers of the ledger that can be set, as sliders, as JSON."""
        rows = [row for row in self.region.ledger if row.low < row.high]
        return as_json({"numbers": [handle_of_number(self.region, row) for row in rows]})

    def hedging(self, document: Document, name: str) -> bytes:
        """Return the table hedging.csv of a document, as `run.py` writes it."""
        from sim.outputs import HEDGING_COLUMNS, hedging, write_bands

        asked = self.read(document, name)
        with tempfile.TemporaryDirectory(dir=self._room.name) as folder:
            file = Path(folder) / "hedging.csv"
            write_bands(file, HEDGING_COLUMNS, hedging(self.results(asked, ALL)))
            return file.read_bytes()

    def computed(self, asked: Asked, split: bool = True) -> Computed:
        """Return the numbers of a composed scenario as a page shows them: one computed point.

        All of it, or without what was imposed and what chosen.
        """
        based = self.based(asked)
        results = self.results(asked, BREADTH if split else NOTHING)
        numbers = shown(asked.region, paths_of(results), based.series, split)
        return Computed(results, None, (), [numbers], [based.without], (0,))

    def results(self, asked: Asked, held: str = BREADTH) -> Results:
        """Return the runs of a composed scenario, member by member, as `compare` has them.

        Of the run with decisions held: all measures, breadth alone, or nothing, where the
        scenario's own run stands in its place.
        """
        region, scenario = asked.region, asked.scenario
        based = self.based(asked)
        block, before = based.block, based.before
        after = drivers_of(scenario, region, block.draws)
        size = disturbance(drivers_of(scenario, region, None), based.middle)
        read_at = moments(size, scenario.start)
        kept = Kept(READ, frozenset(moment.place for moment in read_at))
        start = based.baseline.start(first_difference(before, after))
        go_on = partial(
            course, block, after, before=based.baseline, start=start,
            varying=varying_in(before, after),
        )  # fmt: skip
        aside = None
        if held != NOTHING:
            wanted = (
                kept.beside(MEASURED_FROM) if held == ALL else replace(kept, quantities=OF_HELD)
            )
            aside = self._beside.submit(go_on, wanted, decisions(based.baseline.months))
        free = with_measures(block, go_on(kept.beside(MEASURED_FROM)))
        imposed = free if aside is None else aside.result()
        if held == ALL:
            imposed = with_measures(block, imposed)
        elif held == BREADTH:
            imposed = with_breadth(block, imposed)
        courses = {"baseline": based.baseline, "imposed": imposed, "scenario": free}
        return Seen(
            region, scenario, (block,), courses,
            {"baseline": told([before]), "scenario": told([after])}, read_at, size > 0,
            rest=based.base,
        )  # fmt: skip

    def based(self, asked: Asked) -> Based:
        """Return the members of a scenario and their baseline, as they are kept."""
        return self._based.get(base_key(asked), partial(self._based_on, asked))

    def _based_on(self, asked: Asked) -> Based:
        """Return the members of a scenario and their baseline.

        So many months of it are kept whole that any scenario can go on from one of them.
        """
        region, scenario = asked.region, asked.scenario
        base = scenario.baseline or scenario
        one = self._drawn(region, scenario)
        block = with_own_numbers(one, scenario.numbers) if scenario.numbers else one
        before, after = (drivers_of(each, region, block.draws) for each in (base, scenario))
        whole = frozenset(range(0, before.months, STATES_EACH))
        kept = Kept(READ, whole).beside((*DECISIONS, *MEASURED_FROM))
        baseline = measured_course(block, before, kept, varying=varying_in(before, after))
        return Based(
            block, at_rest(block.world), before, drivers_of(base, region, None), baseline,
            series(region, baseline.months), shown_without(region, baseline.months),
        )  # fmt: skip

    def _drawn(self, region: Region, scenario: Scenario) -> Block:
        """Return the members of a scenario as they are drawn, with their shocks."""
        members, months, seed = scenario.members, scenario.months, scenario.seed
        key = (scenario.rule, scenario.without, members, months, seed)
        return self._blocks.get(key, lambda: block_of(region, seed, 0, members, months))


def within_limits(scenario: Scenario) -> Scenario:
    """Return a scenario that a page can wait for, or refuse it."""
    if scenario.arms:
        raise Refusal("it has arms; open one of them alone")
    for what, number, most in (
        ("months", scenario.months, MOST_MONTHS),
        ("members", scenario.members, MOST_MEMBERS),
    ):
        if number > most:
            message = f"{number} {what} are too many for a page ({most} at most); run.py runs them"
            raise Refusal(message)
    return scenario


def base_key(asked: Asked) -> Hashable:
    """Return all that the baseline of a scenario depends on."""
    one = asked.scenario
    base = one.baseline or one
    events = tuple(repr(replace(event, line=None)) for event in base.events)
    return events, one.start, one.months, one.members, one.seed, one.rule, one.without, one.numbers


def as_json(record: Record) -> bytes:
    """Return a record as JSON in letters of UTF-8."""
    return json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
