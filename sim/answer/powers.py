"""What a power itself earns and loses: on passage, by migrants' work, and in trade."""

from __future__ import annotations

from typing import Any

from sim.answer.cells import Tables
from sim.answer.suppositions import authors
from sim.answer.verdict import MOST
from sim.answer.words import moved, when
from sim.claims import NOTHING, frequency, listed
from sim.compare import name as named
from sim.moments import Moment
from sim.results import Results

Record = dict[str, Any]

SOURCES = {
    "passage": "from what passes the links that it keeps",
    "labour": "from migrants' work",
    "turnover": "of trade with the five states",
}
"""What a power earns, in bn USD a year, and how it stands in a sentence."""

TOLD = 0.01
"""Part of the baseline's sum by which a power's own sum must move to be told."""


def powers_of(tables: Tables) -> Record:
    """Return what each power earns, summed over the states, at every date."""
    region = tables.results.region
    return {
        power: {
            m.key: {name: tables.cell(name, m, (place,)) for name in SOURCES}
            for m in tables.results.moments
        }
        for place, power in enumerate(region.powers)
    }


def sentences_on_powers(results: Results, powers: Record) -> list[str]:
    """Return what it costs or brings the powers themselves: who presses first, then who loses.

    Each at the date, of those that are read, at which its own sums differ most.
    """
    acting = authors(results)
    dearest = {power: most_of_all(results, cells) for power, cells in powers.items()}
    said = {
        power: sentence_on_power(results, cells[at.key], power, at, power in acting)
        for (power, cells), at in zip(powers.items(), dearest.values(), strict=True)
    }
    others = sorted(
        (power for power in powers if said[power] and power not in acting),
        key=lambda power: powers[power][dearest[power].key]["turnover"]["difference"][0],
    )
    return [
        *(said[power] for power in powers if power in acting),
        *(said[power] for power in others[:1]),
    ]


def most_of_all(results: Results, cells: Record) -> Moment:
    """Return the date at which a power's own income differs most; without any, its trade."""

    def size(moment: Moment) -> tuple[float, float]:
        by_source = {s: abs(cell["difference"][0]) for s, cell in cells[moment.key].items()}
        return by_source["passage"] + by_source["labour"], by_source["turnover"]

    return max(results.moments, key=size)


def sentence_on_power(results: Results, cells: Record, power: str, at: Moment, acts: bool) -> str:
    """Return what it costs or brings one power; nothing where nothing tells and it did nothing."""
    name = named(power, results.region)
    clear = {source: cell for source, cell in cells.items() if stands(cell)}
    costs = {s: cell for s, cell in clear.items() if cell["difference"][0] < 0}
    if not (costs or (acts and clear)):
        idle = f"What {name} itself earns from passage, migrants' work and trade shows {NOTHING}."
        return idle if acts else ""
    parts = [
        f"{moved(cell['difference'], 'bn USD a year', 'more', 'less')} {SOURCES[source]}"
        for source, cell in clear.items()
    ]
    often = frequency(min(cell["share_of_runs"] for cell in clear.values()), results.members)
    each = "each " if len(parts) > 1 else ""
    return f"In {when(at)} {name} itself has {listed(parts)}, {each}{often}."


def stands(cell: Record) -> bool:
    """Return whether a power's own sum moves in most runs, and by more than next to nothing."""
    least = max(TOLD * abs(cell["baseline"][0]), 0.005)
    return bool(cell["share_of_runs"] >= MOST and abs(cell["difference"][0]) >= least)
