"""The answer to a scenario's question, as plain numbers and sentences that the runs bear.

Everything that a person reads (terminal, page, summary.json) is taken from here, so that they
agree. Numbers come as [median, 5th percentile, 95th percentile] over the members.
"""

from __future__ import annotations

from typing import Any

from sim.answer.across import Compared, across, compared
from sim.answer.causes import attribution_note, channels_of, events_of, rests_on
from sim.answer.cells import Tables, streams, ties_of
from sim.answer.insured import insured_at
from sim.answer.lead import lead
from sim.answer.movement import what_moves
from sim.answer.particulars import particulars
from sim.answer.powers import powers_of, sentences_on_powers
from sim.answer.reasons import what_it_rests_on, why_it_moves
from sim.answer.spending import dependence
from sim.answer.verdict import headline_moment, headline_state, verdict
from sim.attribution import Attribution
from sim.claims import NOTHING
from sim.compare import describe, differences
from sim.mechanisms import told as told_off
from sim.own_numbers import told as told_own
from sim.results import Results
from sim.vocabulary import DOMAINS, NEEDS

__all__ = ["Compared", "across", "answer", "compared", "headline_state"]

Record = dict[str, Any]

TAG = "A teaching model, not a forecast."


HEADLINE_MEASURES = (
    "breadth",
    "ambiguity",
    "two_sidedness",
    "division_of_labour",
    "deliberate",
    "breadth_pooled",
    "issue_splitting",
    "among_powers",
)


def answer(results: Results, why: Attribution | None) -> Record:
    """Return the whole answer to one scenario (or one arm), ready to be written as JSON."""
    insured = insured_at(results)
    tables = Tables(results)
    states = {
        code: of_state(tables, why, insured, place)
        for place, code in enumerate(results.region.states)
    }
    lost = streams(results)
    found: Record = {
        "about": about(results),
        "moments": [{"key": m.key, "label": m.label, "place": m.place} for m in results.moments],
        "streams": lost,
        "states": states,
        "attribution": attribution_note(why, headline_state(results)),
        "names": {actor.code: actor.name for actor in results.region.actors},
        "headline_state": results.region.states[headline_state(results)],
    }
    found["powers"] = powers_of(tables)
    found["rests_on"] = rests_on(results, headline_state(results))
    found["lead"], found["paragraphs"] = told(results, found)
    first = [] if found["paragraphs"][0] == [found["lead"]] else [found["lead"]]
    found["sentences"] = first + [said for paragraph in found["paragraphs"] for said in paragraph]
    return found


def about(results: Results) -> Record:
    """Return what was asked, of how many members, over which months."""
    scenario = results.scenario
    return {
        "tag": TAG,
        "name": scenario.name,
        "arm": scenario.arm,
        "title": scenario.title,
        "question": scenario.question,
        "beyond": scenario.beyond,
        "supposed": supposed(results),
        "events": {
            event.id: describe(event, results.region)
            for event in (*scenario.events, *scenario.removed)
            if event.id in scenario.own_events
        },
        "sources": list(scenario.sources),
        "start": scenario.start,
        "months": scenario.months,
        "members": scenario.members,
        "seed": scenario.seed,
        "shocks": results.shocks,
        **off(results),
        "rule": results.region.rule,
        "ruled": rule_in_words(results.region.rule),
        "baseline": scenario.baseline.name if scenario.baseline else scenario.name,
        "baseline_title": scenario.baseline.title if scenario.baseline else "",
    }


def off(results: Results) -> Record:
    """Return what is off and what is set in every run, a sentence each, if anything is."""
    told = [*told_off(results.region), *told_own(results.region.own)]
    return {"off": told} if told else {}


RULED = {
    "balance_of_threat": "turn away from whoever threatens more, whatever is offered (Walt 1985)",
    "bandwagoning": "go to whoever's offers rose, and fear does not count (Schweller 1994)",
    "omnibalancing": "go to whoever best answers the ruler's most pressing threat (David 1991)",
    "equidistance": "let no power gain on another as far as they can (ours)",
    "loss_averse": "weigh a loss more than twice as much as a gain (Kahneman and Tversky 1979)",
    "inertia": "want the ties of the base year, whatever happens (ours)",
    "random_walk": "let their ties drift by chance, for no reason (ours)",
}
"""What the states do under each rule but the one that is meant where nothing is said."""


def rule_in_words(rule: str) -> str:
    """Return by which rule the states choose, in a sentence; nothing for the usual one."""
    if rule not in RULED:
        return ""
    named = rule.replace("_", " ")
    return f"By another rule than usual, “{named}”, the states {RULED[rule]}."


def supposed(results: Results) -> list[str]:
    """Return what the scenario supposes that its baseline does not, a sentence each."""
    scenario = results.scenario
    if scenario.baseline is None:
        return [describe(event, results.region) for event in scenario.events]
    return differences(scenario.baseline, scenario, results.region)


def of_state(
    tables: Tables, why: Attribution | None, insured: dict[str, Record], place: int
) -> Record:
    """Return everything that is said of one state."""
    results = tables.results
    region = results.region
    at = {m.key: m for m in results.moments}

    def each(names: tuple[str, ...], quantity: str) -> Record:
        return {
            key: {label: tables.cell(quantity, m, (place, k)) for k, label in enumerate(names)}
            for key, m in at.items()
        }

    return {
        "name": region.actor(region.states[place]).name,
        "money": {
            key: {
                "gdp_percent": tables.cell("gdp_gap", m, (place,), 100.0),
                "export_earnings": tables.cell("netback", m, (place,)),
                "remittances": tables.cell("remittances", m, (place,)),
                "reexports": tables.cell("reexports", m, (place,)),
            }
            for key, m in at.items()
        },
        "threat": each(region.powers, "threat"),
        "insecurity": each(NEEDS, "insecurity"),
        "ties": {key: ties_of(tables, m, place) for key, m in at.items()},
        "measures": {
            key: {name: tables.cell(name, m, (place,)) for name in HEADLINE_MEASURES}
            for key, m in at.items()
        },
        "breadth_by_domain": each(DOMAINS, "breadth_domain"),
        "two_sidedness_with": each(region.powers, "two_sidedness_with"),
        "lean": each(region.pairs, "lean"),
        "insurance": {key: rows[region.states[place]] for key, rows in insured.items()},
        "options": each(region.partners, "usable"),
        "events": events_of(why, results, place),
        "channels": channels_of(results, place),
        "verdict": verdict(results, place),
    }


def told(results: Results, found: Record) -> tuple[str, list[list[str]]]:
    """Return the lead, and the answer in plain sentences that the runs bear.

    Paragraphs: what moves; why, and who else; what it rests on.
    """
    if not results.differs.any():
        outside = bool(results.scenario.own_events)
        only = NOTHING_TESTED if outside else NOTHING_SUPPOSED
        return only, [[only]]
    place = headline_state(results)
    state = found["states"][results.region.states[place]]
    at = headline_moment(results, place)
    clause, asked = particulars(results, place, at)
    paragraphs = [
        [
            *what_moves(results, found, state, place, at),
            *asked,
            *dependence(results, found["states"], at),
            *sentences_on_powers(results, found["powers"]),
        ],
        why_it_moves(results, state, place, at),
        what_it_rests_on(results, found["rests_on"], place, at),
    ]
    first = lead(results, place, at, clause)
    return first, [said for said in most_telling(paragraphs, MOST_SENTENCES - 1) if said]


MOST_SENTENCES = 14
"""Sentences of a whole answer; what is left out stands in the tables."""


def most_telling(paragraphs: list[list[str]], most: int) -> list[list[str]]:
    """Return paragraphs with so many sentences at most: what tells least is left out first.

    That nothing differs; then slight changes, how long breadth differs, and channels, which have
    a table; the last first.
    """
    said = [sentence for paragraph in paragraphs for sentence in paragraph]

    def telling(k: int) -> tuple[int, int]:
        slight = " (slight)" in said[k] or said[k].startswith(("By channel", "The change of"))
        return (0 if NOTHING in said[k] else 1 if slight else 2), -k

    gone = {said[k] for k in sorted(range(len(said)), key=telling)[: max(len(said) - most, 0)]}
    return [[s for s in paragraph if s not in gone] for paragraph in paragraphs]


NOTHING_TESTED = "All that is supposed lies outside the months of this run: nothing was tested."
NOTHING_SUPPOSED = "Nothing is supposed beyond the baseline, and nothing differs in any run."
