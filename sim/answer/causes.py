"""What the change of ties goes with: events, channels, and uncertain numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.answer.cells import summed
from sim.attribution import Attribution, channels
from sim.members import row_name, uniform
from sim.results import Results
from sim.vocabulary import DOMAINS

Record = dict[str, Any]


def attribution_note(why: Attribution | None, place: int) -> Record:
    """Return how the split by event was made, and how far the parts of breadth may be off."""
    if why is None:
        return {"members": 0, "exact": True, "by_theme": False, "events": [], "error": 0.0}
    return {
        "error": float(why.parts["breadth"][..., place].std(axis=2).max() / np.sqrt(why.members)),
        "members": why.members,
        "exact": why.exact,
        "by_theme": why.by_theme,
        "events": list(why.names),
    }


def events_of(why: Attribution | None, results: Results, place: int) -> Record:
    """Return each event's part in the change of breadth, GDP and threat at every date.

    Means over the members, since parts add up for means and not for medians, with their
    standard errors and the band over the members.
    """
    if why is None:
        return {}
    keys = [moment.key for moment in results.moments if moment.place >= 0]
    return {
        outcome: {
            key: [
                {
                    "event": name,
                    "mean": float(parts[e, t, :, place].mean()),
                    "error": float(parts[e, t, :, place].std() / np.sqrt(why.members)),
                    "band": summed(parts[e, t, :, place]),
                }
                for e, name in enumerate(why.names)
            ]
            for t, key in enumerate(keys)
        }
        for outcome, parts in why.parts.items()
    }


def channels_of(results: Results, place: int) -> Record:
    """Return the change of breadth by domain and partner at every date, means over members."""
    found: Record = {}
    for moment in results.moments:
        parts = {
            change: channels(results, moment, change)[:, place]
            for change in ("difference", "imposed change", "chosen change")
        }
        found[moment.key] = [
            {
                "domain": domain,
                "partner": q,
                "mean": float(parts["difference"][:, d, k].mean()),
                "imposed": float(parts["imposed change"][:, d, k].mean()),
                "chosen": float(parts["chosen change"][:, d, k].mean()),
                "band": summed(parts["difference"][:, d, k]),
            }
            for d, domain in enumerate(DOMAINS)
            for k, q in enumerate(results.region.partners)
        ]
    return found


def rests_on(results: Results, place: int) -> list[Record]:
    """Return the uncertain numbers that the size of the headline change goes with, over the runs.

    Rank correlation of each draw, of ledger and events, with the change of breadth at its largest.
    """
    effect = results.of("difference", "breadth")[:, :, place]
    peak = int(np.abs(np.median(effect, axis=1)).argmax())
    outcome = effect[peak]
    if np.ptp(outcome) == 0 or len(outcome) < 20:
        return []
    unsure = [*ledger_draws(results), *event_draws(results)]
    draws = np.stack([drawn for _, drawn in unsure])
    ranked = np.argsort(np.argsort(draws, axis=1), axis=1).astype(float)
    target = np.argsort(np.argsort(outcome)).astype(float)
    ranked -= ranked.mean(axis=1, keepdims=True)
    target -= target.mean()
    together = (ranked * target).sum(axis=1)
    correlation = together / np.sqrt((ranked**2).sum(axis=1) * (target**2).sum())
    chance = 4.0 / np.sqrt(len(outcome))  # four standard errors, since hundreds are tried
    order = np.argsort(-np.abs(correlation))[:4]
    return [
        {
            **unsure[k][0],
            "correlation": float(correlation[k]),
            "widens": bool(np.median(outcome) > 0),
        }
        for k in order
        if abs(correlation[k]) >= chance
    ]


def ledger_draws(results: Results) -> list[tuple[Record, np.ndarray]]:
    """Return every uncertain number of the ledger, with the rank that each member drew."""
    region, scenario = results.region, results.scenario
    return [
        (
            {
                "attribute": row.attribute,
                "keys": list(row.keys),
                "method": row.method,
                "source": row.source,
                "meaning": region.attributes[row.attribute].meaning,
                "range": [row.low, row.central, row.high],
                "unit": row.unit,
            },
            uniform(scenario.seed, f"ledger/{row_name(row)}", 0, scenario.members),
        )
        for row in region.ledger
        if row.low != row.high
    ]


def event_draws(results: Results) -> list[tuple[Record, np.ndarray]]:
    """Return every range that the scenario's own events suppose, with each member's rank in it."""
    scenario = results.scenario
    found = []
    for event in scenario.events:
        ranges = {"size": event.size, "intent": event.what.get("intent")}
        for field, given in ranges.items():
            if event.id not in scenario.own_events or given is None or given.low == given.high:
                continue
            name = event.id if field == "size" else f"{event.id}/{field}"
            record: Record = {
                "attribute": f"{field} of “{event.id}”",
                "keys": [],
                "method": "supposed",
                "source": "",
                "meaning": f"The {field} of an event, which the scenario leaves open",
                "range": [given.low, given.central, given.high],
                "unit": "",
            }
            draws = uniform(scenario.seed, f"event/{name}", 0, scenario.members)
            found.append((record, draws))
    return found
