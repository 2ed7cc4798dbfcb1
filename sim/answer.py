"""The answer to a scenario's question, as plain numbers and sentences that the runs bear.

Everything that a person reads (terminal, page, summary.json) is taken from here, so that they
agree. Numbers come as [median, 5th percentile, 95th percentile] over the members.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Arrays
from sim.attribution import Attribution, channels
from sim.claims import NOTHING, amount, direction, duration, frequency, listed, size, tells
from sim.compare import date_in_words, describe, differences
from sim.compare import name as named
from sim.drivers import DRIVER_AXES
from sim.insurance import Insurance, insurance
from sim.members import row_name, uniform
from sim.moments import Moment
from sim.results import Results, band
from sim.rules.sums import add_up
from sim.vocabulary import DOMAINS, MONTHS_A_YEAR, NEEDS

Record = dict[str, Any]

TAG = "A teaching model, not a forecast."

COMPARED = ("baseline", "scenario", "difference", "imposed change", "chosen change")

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

LENSES = {"breadth": "breadth", "ambiguity": "lens", "two_sidedness": "lens"}
"""The three lenses, in the order in which they are named, and how their sizes are worded."""


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
        "attribution": attribution_note(why),
        "names": {actor.code: actor.name for actor in results.region.actors},
        "headline_state": results.region.states[headline_state(results)],
    }
    found["rests_on"] = rests_on(results, headline_state(results))
    found["paragraphs"] = paragraphs(results, found)
    found["sentences"] = [said for paragraph in found["paragraphs"] for said in paragraph]
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
        "baseline": scenario.baseline.name if scenario.baseline else scenario.name,
        "baseline_title": scenario.baseline.title if scenario.baseline else "",
    }


def supposed(results: Results) -> list[str]:
    """Return what the scenario supposes that its baseline does not, a sentence each."""
    scenario = results.scenario
    if scenario.baseline is None:
        return [describe(event, results.region) for event in scenario.events]
    return differences(scenario.baseline, scenario, results.region)


def summed(members: np.ndarray) -> list[float]:
    """Return [median, 5th, 95th percentile] of one number over the members."""
    return [float(x) for x in band(members, axis=0)]


class Tables:
    """Every quantity that is asked for, summed up once for each date: [median, 5th, 95th]."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._known: dict[tuple[str, str], tuple[dict[str, np.ndarray], np.ndarray]] = {}

    def cell(
        self, name: str, moment: Moment, place: tuple[int, ...], factor: float = 1.0
    ) -> Record:
        """Return one quantity at one date in every run and change, and how often its sign holds."""
        bands, agreed = self._at(name, moment)
        found: Record = {
            run: [factor * float(row[place]) for row in table] for run, table in bands.items()
        }
        found["share_of_runs"] = float(agreed[place])
        return found

    def _at(self, name: str, moment: Moment) -> tuple[dict[str, np.ndarray], np.ndarray]:
        key = (name, moment.key)
        if key not in self._known:
            levels = {run: self._members(run, name, moment) for run in COMPARED}
            stacked = np.stack(list(levels.values()))
            bands = np.stack(band(stacked, axis=1), axis=1)
            change = levels["difference"]
            sign = np.sign(np.median(change, axis=0))
            agreed = np.mean(np.sign(change) == sign, axis=0)
            named = {run.replace(" change", ""): bands[k] for k, run in enumerate(levels)}
            self._known[key] = (named, agreed)
        return self._known[key]

    def _members(self, run: str, name: str, moment: Moment) -> np.ndarray:
        members = self.results.at(run, name, moment)
        return add_up(members) if name in SUMMED else members


SUMMED = ("remittances",)
"""Quantities by power that the answer gives summed over the powers."""


def streams(results: Results) -> list[Record]:
    """Return, for every stream that the scenario moves, by route, what it sends."""
    region, found = results.region, []
    base = results.base.served
    for k, stream in enumerate(region.streams):
        sent = {run: results.runs[run].served[:, :, k] for run in ("baseline", "scenario")}
        routes = np.flatnonzero(region.stream_of_route == k)
        flows = {run: results.runs[run].flow[:, :, routes] for run in ("baseline", "scenario")}
        moved = np.abs(np.median(flows["scenario"] - flows["baseline"], axis=1)).max()
        if moved <= 1e-3 * float(np.median(base[:, k])):
            continue
        unit = region.commodities[region.axes["commodity"].index(stream.commodity)].unit
        change = sent["scenario"] - sent["baseline"]
        total = change.sum(axis=0) / MONTHS_A_YEAR
        found.append(
            {
                "stream": stream.code,
                "name": stream.name,
                "state": stream.state,
                "unit": unit,
                "base": summed(base[:, k]),
                "change_total": summed(total),
                "part_of_year": summed(total / base[:, k]),
                "share_of_runs": direction(total)[1],
                "worst_month": summed(change.min(axis=0)),
                "at": {
                    m.key: {
                        run: summed(results.at(run, "served", m)[:, k])
                        for run in ("baseline", "scenario", "difference")
                    }
                    for m in results.moments
                },
                "routes": [
                    {
                        "route": region.routes[r].code,
                        "name": region.routes[r].name,
                        "at": {
                            m.key: {
                                run: summed(results.at(run, "flow", m)[:, r])
                                for run in ("baseline", "scenario", "difference")
                            }
                            for m in results.moments
                        },
                    }
                    for r in routes
                ],
            }
        )
    return sorted(found, key=lambda row: row["part_of_year"][0])


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
        "insurance": {key: rows[region.states[place]] for key, rows in insured.items()},
        "events": events_of(why, results, place),
        "channels": channels_of(results, place),
        "verdict": verdict(results, place),
    }


def ties_of(tables: Tables, moment: Moment, place: int) -> Record:
    """Return a state's ties by domain and partner, and pooled."""
    partners = tables.results.region.partners
    found: Record = {
        domain: {q: tables.cell("ties", moment, (place, d, k)) for k, q in enumerate(partners)}
        for d, domain in enumerate(DOMAINS)
    }
    found["pooled"] = {q: tables.cell("pooled", moment, (place, k)) for k, q in enumerate(partners)}
    return found


INSURED_MEMBERS = 64
"""Members over which insurance is computed: it solves a year of exports for each withdrawal."""

INSURED_AT = ("before", "during", "after_24")
"""Dates at which insurance is computed; the end of the run where it comes before the last."""


def insured_at(results: Results) -> dict[str, Record]:
    """Return insurance value and premium at a few dates, in both runs, state by state."""
    region, found = results.region, {}
    keys = {moment.key for moment in results.moments}
    last = "after_24" if "after_24" in keys else "end"
    dates = [m for m in results.moments if m.key in (*INSURED_AT, last)]
    for moment in dates:
        both = {"baseline": _insured(results, "baseline", moment)}
        same = moment.key == "before" or not results.differs.any()
        both["scenario"] = both["baseline"] if same else _insured(results, "scenario", moment)
        found[moment.key] = {
            state: {run: _insured_state(results, kept, i) for run, kept in both.items()}
            | {
                "difference": {
                    name: summed(
                        getattr(both["scenario"], name)[:, i]
                        - getattr(both["baseline"], name)[:, i]
                    )
                    for name in ("saved", "premium")
                }
            }
            for i, state in enumerate(region.states)
        }
    return found


def _insured(results: Results, run: str, moment: Moment) -> Insurance:
    """Return the insurance of the first members at one date of a run."""
    some = min(INSURED_MEMBERS, results.blocks[0].count)
    place = max(moment.place, 0)
    drivers = results.drivers[run][0].at(place)
    then = Arrays({n: a if len(a) == 1 else a[:some] for n, a in drivers.items()}, DRIVER_AXES)
    kept = results.runs[run]
    levels = (
        dict(results.base)
        if moment.place < 0
        else {name: array[place] for name, array in kept.items()}
    )
    situation = Arrays({name: array[:some] for name, array in levels.items()}, kept.axes)
    return insurance(results.world.first(some), situation, then)


def _insured_state(results: Results, kept: Insurance, place: int) -> Record:
    return {
        "loss": {p: summed(kept.loss[:, place, k]) for k, p in enumerate(results.region.powers)},
        "worst": summed(kept.loss[:, place].max(axis=-1)),
        "saved": summed(kept.saved[:, place]),
        "saved_without_security": summed(kept.saved_without_security[:, place]),
        "premium": summed(kept.premium[:, place]),
    }


def attribution_note(why: Attribution | None) -> Record:
    """Return how the split by event was made."""
    if why is None:
        return {"members": 0, "exact": True, "by_theme": False, "events": []}
    return {
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
    """Return the change of log breadth by domain and partner at every date, means over members."""
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


def verdict(results: Results, place: int) -> Record:
    """Return what may be said of a state's hedging at every date.

    "Hedging rose" needs, in most runs, that the state's own choices raise two of the three lenses
    and widen its ties, that the deliberate hedge is up, and that there is more to fear of the power
    it is hedged against: what was cut off, taken away or merely rerouted is never called hedging.
    """
    powers = results.region.powers
    found: Record = {}
    for moment in results.moments:
        whole, chosen = (
            {
                lens: clear_sign(results.at(change, lens, moment)[:, place], kind)
                for lens, kind in LENSES.items()
            }
            for change in ("difference", "chosen change")
        )
        purpose = clear_sign(results.at("difference", "deliberate", moment)[:, place], "breadth")
        against = feared_most(results, moment, place)
        feared = results.at("difference", "threat", moment)[:, place, powers.index(against)]
        risk = clear_sign(feared, "share")
        up = list(chosen.values()).count(1)
        rose = up >= 2 and chosen["breadth"] > 0 and purpose > 0 and risk > 0
        fell = list(whole.values()).count(-1) >= 2
        found[moment.key] = {
            "hedging": "rose" if rose else "fell" if fell else "neither",
            "lenses_up": up,
            "lenses_down": list(whole.values()).count(-1),
            "chosen_up": chosen["breadth"] > 0,
            "deliberate_up": purpose > 0,
            "risk_up": risk > 0,
            "against": against,
        }
    effect = np.median(results.of("difference", "breadth")[:, :, place], axis=1)
    during = headline_moment(results, place)
    word, months = duration(effect.tolist(), during.place)
    found["lasting"] = {"word": word, "months": months}
    return found


def clear_sign(members: np.ndarray, kind: str) -> int:
    """Return the sign of a change that can be told from nothing in most runs, else 0."""
    sign, share = direction(members)
    return sign if share >= MOST and tells(members, kind) else 0


MOST = 0.75
"""Share of runs in which a claim about hedging has to hold."""


def feared_most(results: Results, moment: Moment, place: int) -> str:
    """Return the power whose threat to a state rose most, or is highest where none rose."""
    powers = results.region.powers
    rise = np.median(results.at("difference", "threat", moment)[:, place, : len(powers)], axis=0)
    level = np.median(results.at("scenario", "threat", moment)[:, place, : len(powers)], axis=0)
    return powers[int(np.argmax(rise if rise.max() > 0 else level))]


def headline_state(results: Results) -> int:
    """Return the state whose ties the scenario moves most."""
    change = np.abs(np.median(results.of("difference", "ties"), axis=1))
    return int(change.max(axis=(0, 2, 3)).argmax())


def headline_moment(results: Results, place: int) -> Moment:
    """Return the date, of those that are read, at which a state's ties differ most."""

    def most(moment: Moment) -> float:
        change = np.median(results.at("difference", "pooled", moment)[:, place], axis=0)
        return float(np.abs(change).max())

    return max(results.moments, key=most)


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
        {**unsure[k][0], "correlation": float(correlation[k])}
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


def paragraphs(results: Results, found: Record) -> list[list[str]]:
    """Return the answer in plain sentences, which claim nothing that the runs do not bear.

    First what moves: tonnes; money; threat; ties, imposed and chosen; hedging; how long. Then why,
    who else, and what it rests on.
    """
    place = headline_state(results)
    code = results.region.states[place]
    state = found["states"][code]
    during = headline_moment(results, place)
    if not results.differs.any():
        outside = bool(results.scenario.own_events)
        return [
            [
                "All that is supposed lies outside the months of this run: nothing was tested."
                if outside
                else "Nothing is supposed beyond the baseline, and nothing differs in any run."
            ]
        ]
    breadth = results.at("difference", "breadth", during)[:, place]
    wider = tells(breadth, "breadth")
    moved_so = [
        *(
            sentences_on_exports(found, results.members)
            or sentence_on_routes(results, found, during)
        ),
        *sentence_on_money(results, place, state["name"], during),
        *sentence_on_threat(results, place, state["name"], during),
        *sentences_on_ties(results, place, state["name"], during),
        *sentence_on_hedging(results, place, state, during),
        *sentence_on_insurance(state, during),
        *(sentence_on_time(state, during) if wider else ()),
        *sentence_on_later(results, place, during),
    ]
    because = [
        *(sentence_on_why(results, state, during) if wider else ()),
        *sentence_on_others(results, place, during),
        *(sentence_on_evidence(found) if wider else ()),
    ]
    return [moved_so, because]


def sentences_on_exports(found: Record, members: int) -> list[str]:
    """Return what is no longer sent, or sent beside it."""
    said = []
    for row in found["streams"]:
        part = row["part_of_year"][0]
        if abs(part) < 0.002 or not row["state"]:
            continue
        change = moved(row["change_total"], row["unit"].split("/")[0], "more", "less")
        said.append(
            f"Over the whole run {change} {row['name']} is sent than in the baseline, or "
            f"{amount(abs(100 * part))}% of a base year's ({size(np.array([part]), 'lost')}), "
            f"{frequency(row['share_of_runs'], members)}."
        )
    return said[:2]


def sentence_on_routes(results: Results, found: Record, at: Moment) -> list[str]:
    """Return the route whose load moves most in worth, where no stream sends more or less."""
    labels = results.region.axes["route"]
    worth = np.median(results.world.base.worth, axis=0)
    routes = [
        (abs(change) * worth[labels.index(route["route"])], route, stream)
        for stream in found["streams"]
        for route in stream["routes"]
        if abs(change := route["at"][at.key]["difference"][0]) >= LEAST_LOAD * stream["base"][0]
    ]
    if not routes:
        return []
    _, route, stream = max(routes, key=lambda row: row[0])
    change = results.at("difference", "flow", at)[:, labels.index(route["route"])]
    amounts = moved(summed(change), f"{stream['unit'].split('/')[0]} a year", "more", "less")
    return [
        f"In {_when(at)} the route “{route['name']}” carries {amounts} than in the baseline, "
        f"{frequency(direction(change)[1], results.members)}."
    ]


LEAST_LOAD = 0.01
"""Part of a stream's base flow by which a route must move to be spoken of."""


def sentence_on_later(results: Results, place: int, at: Moment) -> list[str]:
    """Return what is left of the largest change of ties at the last date that is read."""
    last = results.moments[-1]
    if last.place <= at.place:
        return []
    region = results.region
    change = np.median(results.at("difference", "pooled", at)[:, place], axis=0)
    most = int(np.abs(change).argmax())
    left = results.at("difference", "pooled", last)[:, place, most]
    partner = named(region.partners[most], region)
    if not tells(left, "share"):
        return [f"By {_when(last)} the share of {partner} shows {NOTHING}."]
    return [
        f"By {_when(last)} the share of {partner} is still {moved(summed(100.0 * left), 'points')} "
        f"({size(left, 'share')}), {frequency(direction(left)[1], results.members)}."
    ]


def moved(cell: list[float], unit: str, up: str = "higher", down: str = "lower") -> str:
    """Return a change in words, range before median: "16 to 24 Mt (median 19) less"."""
    middle, low, high = whole_numbers(cell)
    unit = unit if unit.startswith("%") else f" {unit}"
    if amount(low) == amount(high):
        return f"{amount(abs(middle))}{unit} {up if middle > 0 else down}"
    if low < 0 < high:
        word = up if middle > 0 else down
        return (
            f"{amount(-low)}{unit} {down} to {amount(high)}{unit} {up} "
            f"(median {amount(abs(middle))} {word})"
        )
    least, most = sorted((abs(low), abs(high)))
    numbers = f"{amount(least)} to {amount(most)}{unit} (median {amount(abs(middle))})"
    return f"{numbers} {up if middle > 0 else down}"


def whole_numbers(cell: list[float]) -> list[float]:
    """Return a band with what is below a hundredth of its largest number as 0."""
    least = max(abs(x) for x in cell) / 100.0
    return [x if abs(x) >= least else 0.0 for x in cell]


def sentence_on_money(results: Results, place: int, name: str, at: Moment) -> list[str]:
    """Return what it costs or earns."""
    gap = 100.0 * results.at("difference", "gdp_gap", at)[:, place]
    if not tells(gap, "gdp"):
        return []
    return [
        f"{name}'s GDP stands {moved(summed(gap), '%')} than in the baseline in {_when(at)} "
        f"({size(gap, 'gdp')}), {frequency(direction(gap)[1], results.members)}."
    ]


def sentence_on_threat(results: Results, place: int, name: str, at: Moment) -> list[str]:
    """Return whose threat moved most."""
    powers = results.region.powers
    change = results.at("difference", "threat", at)[:, place, : len(powers)]
    most = int(np.abs(np.median(change, axis=0)).argmax())
    members = change[:, most]
    if not tells(members, "share"):
        return []
    power = named(powers[most], results.region)
    return [
        f"The threat that {name} perceives from {power} is "
        f"{moved(summed(100.0 * members), 'points')} ({size(members, 'share')}), "
        f"{frequency(direction(members)[1], results.members)}."
    ]


def sentences_on_ties(results: Results, place: int, name: str, at: Moment) -> list[str]:
    """Return whose share moved most, how much of it imposed, how much chosen."""
    region = results.region
    change = results.at("difference", "pooled", at)[:, place]
    most = int(np.abs(np.median(change, axis=0)).argmax())
    members = change[:, most]
    if not tells(members, "share"):
        return [f"{name}'s ties show {NOTHING} in {_when(at)}."]
    parts = {
        part: results.at(f"{part} change", "pooled", at)[:, place, most]
        for part in ("imposed", "chosen")
    }
    partner = named(region.partners[most], region)
    imposed, chosen = (100.0 * float(parts[part].mean()) for part in ("imposed", "chosen"))
    return [
        f"The share of {partner} in {name}'s ties is {moved(summed(100.0 * members), 'points')} "
        f"in {_when(at)} ({size(members, 'share')}), "
        f"{frequency(direction(members)[1], results.members)}.",
        f"Of the mean change of {amount(imposed + chosen)} points, {told(imposed)} were imposed "
        f"and {told(chosen)} chosen.",
    ]


def told(points: float, least: float = 0.01) -> str:
    """Return a number of points at two digits; 0 where it is too small to be told."""
    return amount(points) if abs(points) >= least else "0"


def sentence_on_others(results: Results, place: int, at: Moment) -> list[str]:
    """Return which of the other states' ties move too, and which do not."""
    region = results.region
    change = results.at("difference", "pooled", at)
    moving: dict[bool, list[str]] = {True: [], False: []}
    for other, code in enumerate(region.states):
        if other != place:
            moves = any(tells(change[:, other, k], "share") for k in range(change.shape[-1]))
            moving[moves].append(region.actor(code).name)
    said = []
    if moving[True]:
        said.append(f"Less far, the ties of {listed(moving[True])} move as well.")
    if moving[False]:
        said.append(f"The ties of {listed(moving[False])} show {NOTHING}.")
    return said


def sentence_on_hedging(results: Results, place: int, state: Record, at: Moment) -> list[str]:
    """Return what may be said of hedging, naming the risk; never where ties were merely cut."""
    breadth = results.at("difference", "breadth", at)[:, place]
    found = state["verdict"][at.key]
    against = named(found["against"], results.region)
    rose = (
        f"{state['name']}'s hedging against being cut off by {against} rose: its own choices "
        f"raise at least two of the three lenses, the hedge that is on purpose is up, and so is "
        f"the threat that it perceives"
    )
    if not tells(breadth, "breadth"):
        shown = f"The breadth of {state['name']}'s ties shows {NOTHING}"
        return [f"{rose}." if found["hedging"] == "rose" else f"{shown}."]
    wider = direction(breadth)[0] > 0
    lead = (
        f"{state['name']}'s ties are spread "
        f"{moved(summed(breadth), 'effective partners', 'wider', 'narrower')} "
        f"({size(breadth, 'breadth')}), {frequency(direction(breadth)[1], results.members)}"
    )
    if found["hedging"] == "rose":
        return [f"{lead}.", f"{rose}."]
    if wider:
        return [f"{lead}; this is not called hedging, since {why_not(found)}."]
    return [f"{lead}."]


def why_not(verdict: Record) -> str:
    """Return why wider ties are not called hedging."""
    if not verdict["chosen_up"]:
        return "next to nothing of it was chosen"
    if not verdict["risk_up"]:
        return "there is no more to fear of any power than in the baseline"
    if not verdict["deliberate_up"]:
        return "the part that is on purpose is not up in most runs"
    return "by choice fewer than two of the three lenses are up"


def sentence_on_insurance(state: Record, at: Moment) -> list[str]:
    """Return what the change of ties saves if a power withdraws, and what it costs to keep."""
    change = state["insurance"].get(at.key, {}).get("difference", {})
    parts = [
        f"{noun} {moved(change[name], '% of GDP')}"
        for name, noun in INSURED.items()
        if name in change and one_way(change[name])
    ]
    if not parts:
        return []
    return [f"In the model, in {_when(at)}, {listed(parts)} than in the baseline."]


INSURED = {
    "saved": "what its ties save if the power that it can least spare withdraws for a year is",
    "premium": "the premium of its ties is",
}


def one_way(cell: list[float]) -> bool:
    """Return whether a change of insurance is not tiny and goes one way in most of its band."""
    middle, low, high = cell
    against = max(-low, 0.0) if middle > 0 else max(high, 0.0)
    return abs(middle) >= INSURED_LEAST and against < abs(middle)


INSURED_LEAST = 0.01
"""Least change of insurance value or premium that is told, % of GDP."""


def sentence_on_time(state: Record, at: Moment) -> list[str]:
    """Return how long the change of breadth lasts."""
    lasting = state["verdict"]["lasting"]
    if lasting["word"] == "no effect to last":
        return []
    if lasting["months"] is None:
        return [f"The change of breadth is not undone within the run, counted from {_when(at)}."]
    return [
        f"The change of breadth is {lasting['word']}: half of it is gone "
        f"{counted(lasting['months'], 'month')} after {_when(at)}."
    ]


def sentence_on_why(results: Results, state: Record, at: Moment) -> list[str]:
    """Return the events and channels that carry most of the change of breadth."""
    parts = state["events"].get("breadth", {}).get(at.key, [])
    moved = sorted(parts, key=lambda row: -abs(row["mean"]))[:2]
    channels = sorted(state["channels"][at.key], key=lambda row: -abs(row["mean"]))[:3]
    total = sum(row["mean"] for row in parts)
    said = []
    if len(parts) > 1 and abs(total) > 0:
        largest = listed([f"“{row['event']}” {amount(row['mean'])}" for row in moved])
        said.append(f"By event, of a mean change of {amount(total)} effective partners: {largest}.")
    if channels and abs(channels[0]["mean"]) > 0:
        region = results.region
        told_parts = [
            f"those with {named(row['partner'], region)} in {row['domain']} "
            f"{'widen' if row['mean'] > 0 else 'narrow'} it by {amount(abs(100.0 * row['mean']))}%"
            for row in channels
            if abs(row["mean"]) > abs(channels[0]["mean"]) / 10.0
        ]
        said.append(f"By channel, of all changes of ties, {listed(told_parts)}.")
    return said


def sentence_on_evidence(found: Record) -> list[str]:
    """Return what the size of the change rests on."""
    rows = found["rests_on"]
    if not rows:
        return []
    kinds = {"judged": "an assumption", "supposed": "what the scenario leaves open"}
    name = rows[0]["attribute"].replace("_", " ")
    keys = f" ({', '.join(rows[0]['keys'])})" if rows[0]["keys"] else ""
    kind = kinds.get(rows[0]["method"], "evidence with a range")
    return [
        f"From run to run, how far the breadth moves goes most closely with {kind}, "
        f"{name}{keys}: {rows[0]['meaning'][:1].lower()}{rows[0]['meaning'][1:]} "
        f"(rank correlation {amount(rows[0]['correlation'])})."
    ]


def counted(count: int, noun: str) -> str:
    """Return a count with its noun in the right number."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _when(moment: Moment) -> str:
    """Return a date in words: July 2023, or the base year."""
    return date_in_words(moment.label.split(", ")[-1]) if ", " in moment.label else moment.label
