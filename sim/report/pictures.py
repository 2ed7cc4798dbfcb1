"""From the runs of one scenario to its figures: which numbers each figure is drawn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.answer.verdict import headline_moment, headline_state
from sim.attribution import channels
from sim.claims import SIZES
from sim.compare import name as named
from sim.measures import triangle as among_powers
from sim.moments import Moment
from sim.report.figures.bands import Band
from sim.report.figures.exports import where_exports_went
from sim.report.figures.fans import fan_chart
from sim.report.figures.insurance import insurance
from sim.report.figures.lenses import lenses
from sim.report.figures.map import route_map
from sim.report.figures.ties import imposed_chosen
from sim.report.figures.triangle import triangle
from sim.report.figures.why import ledger_bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.attribution import Attribution
    from sim.question import Answered
    from sim.results import Results

Record = dict[str, Any]
Array = np.ndarray

PERCENT = 100.0
PASSING_KEYS = ("during", "after_12", "after_24", "end")
CUT = 0.9
"""A link of which less than this part is left, against the baseline, is drawn as cut."""

LEAST_WORTH = 0.05
"""Flows that differ by less than this in all, bn USD a year, do not choose the month of the map."""

SECOND_STREAM = 0.3
"""A second stream has a figure of its own where it moves at least this part of the first."""

MEASURES = {
    "breadth": ("Breadth within domains", "effective partners", "breadth"),
    "ambiguity": ("Security ambiguity", "0 to 1", "share"),
    "two_sidedness": ("Two-sidedness", "0 to 3", "share"),
    "division_of_labour": ("Division of labour", "share", "share"),
    "deliberate": ("Deliberate hedge", "effective partners", "breadth"),
}
"""The three lenses in their order, and what goes with them: title, unit, kind of size."""

SLIGHT = {kind: limits[0] / 2 for kind, limits in SIZES.items()}
"""No scale closes in on less than half of what counts as slight."""

WINDOW = "what is supposed here"

SHORT_NAMES = {
    "before": "Before",
    "during": "In full force",
    "after_12": "12 months on",
    "after_24": "24 months on",
    "end": "End of run",
}


@dataclass(frozen=True)
class Picture:
    """One figure: what it shows in words, for a caption and for who cannot see it."""

    name: str
    caption: str
    draw: Callable[[], Figure]


def pictures(one: Answered) -> dict[str, Picture]:
    """Return the figures of one scenario or arm by name, in the order of the page; none drawn."""
    scene = Scene(one.results, one.why, one.answer)
    if not one.results.differs.any():
        still = (scene.map(), scene.triangle(), scene.breadth(), scene.insurance())
        return {picture.name: picture for picture in still}
    drawn = [
        scene.map(),
        scene.triangle(),
        scene.breadth(),
        *scene.ties(),
        scene.imposed_chosen(),
        *scene.exports(),
        scene.lenses(),
        scene.insurance(),
        *scene.why_it_moved(),
    ]
    return {picture.name: picture for picture in drawn}


def spread(members: Array, axis: int = -1, factor: float = 1.0) -> Band:
    """Return the 5th percentile, median and 95th percentile over the members."""
    low, middle, high = factor * np.percentile(members, (5, 50, 95), axis=axis)
    return low, middle, high


def mean_spread(members: Array, axis: int) -> Band:
    """Return the 5th percentile, mean and 95th percentile: parts add up by means alone."""
    low, high = np.percentile(members, (5, 95), axis=axis)
    return low, members.mean(axis=axis), high


def by_state(members: Array) -> Band:
    """Return the band of (month, member, state) as arrays (state, month)."""
    low, middle, high = spread(members, axis=1)
    return low.T, middle.T, high.T


@dataclass(frozen=True)
class Scene:
    """What all figures of one scenario share."""

    results: Results
    why: Attribution | None
    answer: Record

    @cached_property
    def names(self) -> dict[str, str]:
        return {actor.code: actor.name for actor in self.results.region.actors}

    @cached_property
    def window(self) -> tuple[str, str] | None:
        """The first and last month in which scenario and baseline suppose different things.

        None where that is from the first month to the last: there is nothing to set apart.
        """
        inside, months = np.flatnonzero(self.results.differs), self.results.months
        if not len(inside) or inside[-1] - inside[0] == len(months) - 1:
            return None
        return months[inside[0]], months[inside[-1]]

    @cached_property
    def during(self) -> Moment:
        return next(m for m in self.results.moments if m.key in ("during", "end"))

    @cached_property
    def headline(self) -> Moment:
        """The date at which the ties of that state differ most."""
        return headline_moment(self.results, self.state)

    @cached_property
    def state(self) -> int:
        """The state whose ties move most."""
        return headline_state(self.results)

    @cached_property
    def partners(self) -> list[int]:
        """The partners of that state, the one whose share moves most first."""
        change = np.median(self.results.of("difference", "pooled")[:, :, self.state], axis=1)
        return [int(place) for place in np.argsort(-np.abs(change).max(axis=0), kind="stable")]

    @cached_property
    def moved(self) -> Array:
        """Median change of the worth of what each route carries, bn USD a year, (month, route)."""
        change = np.median(self.results.of("difference", "flow"), axis=1)
        return np.asarray(change * self.worth)

    @cached_property
    def worth(self) -> Array:
        return np.asarray(np.median(self.results.world.base.worth, axis=0))

    def map(self) -> Picture:
        """Routes by what they carry, without and with what is supposed, where they differ most.

        Before is the baseline in the same month, so that its own trends do not pass for effects.
        """
        results = self.results
        apart = np.abs(self.moved).sum(axis=1)
        differ = bool(apart.max() >= LEAST_WORTH)
        place = int(apart.argmax()) if differ else self.during.place
        month = results.months[place]

        def draw() -> Figure:
            flows = {
                f"Without what is supposed: the baseline in {month}": "baseline",
                f"During: the scenario in {month}": "scenario",
            }
            if not differ:
                flows = {f"Scenario and baseline in {month}: no flow differs": "scenario"}
            return route_map(
                results.region,
                {title: results.runs[run].flow[place].mean(axis=0) for title, run in flows.items()},
                self.worth,
                closed=self.cut_links(place) if differ else (),
            )

        caption = (
            f"Routes drawn by the worth of what they carry in {month}, when flows differ most: "
            "without what is supposed, and with it (means of runs, as in the figures of exports; "
            "the table has medians). Boundaries imply no opinion."
            if differ
            else f"Routes drawn by the worth of what they carry in {month} (means of runs); no "
            "flow differs from the baseline. Boundaries imply no opinion."
        )
        return Picture("map", caption, draw)

    def cut_links(self, month: int) -> list[str]:
        """Return the links of which markedly less is left than in the baseline, in one month."""
        left = {
            run: np.median(self.results.drivers[run][0].arrays["capacity_factor"][month], axis=0)
            for run in ("baseline", "scenario")
        }
        cut = left["scenario"] < CUT * left["baseline"]
        codes = self.results.region.axes["link"]
        return [code for code, is_cut in zip(codes, cut, strict=True) if is_cut]

    def triangle(self) -> Picture:
        """Each state's way among the three powers."""
        results, region = self.results, self.results.region
        powers = len(region.powers)

        def way(run: str) -> Array:
            base = np.median(among_powers(results.base.pooled, powers), axis=0)[None]
            months = np.median(among_powers(results.runs[run].pooled, powers), axis=1)
            return np.moveaxis(np.concatenate([base, months]), 0, 1)

        def draw() -> Figure:
            return triangle(
                region.states,
                way("scenario"),
                tuple(self.names[power] for power in region.powers),
                "Ties among Russia, China and the United States",
                f"From the base year to {results.months[-1]}; a corner is a power's share of all",
                way("baseline"),
                self.names,
            )

        caption = (
            "Each state's path among the three powers (shares of the three alone, medians of runs) "
            "in scenario and baseline. Near the middle is no judgement: it can be balance or "
            "neglect."
        )
        return Picture("triangle", caption, draw)

    def fan(
        self,
        name: str,
        title: str,
        units: tuple[str, str],
        least: float,
        caption: str,
        baseline: Array,
        scenario: Array,
    ) -> Picture:
        """Return one quantity over the months: its level, and what differs, by state."""

        def draw() -> Figure:
            return fan_chart(
                self.results.months,
                {"baseline": by_state(baseline), "scenario": by_state(scenario)},
                by_state(scenario - baseline),
                self.results.region.states,
                title,
                *units,
                self.window,
                WINDOW,
                self.names,
                least,
            )

        return Picture(name, caption, draw)

    def breadth(self) -> Picture:
        """Breadth within domains over the months."""
        of = self.results.of
        return self.fan(
            "breadth",
            "Breadth of ties within domains",
            ("effective partners", "effective partners"),
            SLIGHT["breadth"],
            "Breadth within domains, by state and month. Breadth also rises where a large tie is "
            "merely cut off: read it with the tonnes and with imposed and chosen.",
            of("baseline", "breadth"),
            of("scenario", "breadth"),
        )

    def ties(self) -> list[Picture]:
        """Shares of the two partners whose shares move most."""
        codes = self.results.region.partners
        return [self.ties_with(place, codes[place]) for place in self.partners[:2]]

    def ties_with(self, place: int, code: str) -> Picture:
        """One partner's share of all ties over the months."""
        of, partner = self.results.of, named(code, self.results.region)
        return self.fan(
            f"ties_{code}",
            f"Ties with {partner}",
            ("% of a state's ties, all domains", "points"),
            PERCENT * SLIGHT["share"],
            f"Share of {partner} in each state's ties, all domains together, by month.",
            PERCENT * of("baseline", "pooled")[..., place],
            PERCENT * of("scenario", "pooled")[..., place],
        )

    def imposed_chosen(self) -> Picture:
        """How much of the change was imposed and how much chosen."""
        results, place = self.results, self.partners[0]
        partner = named(results.region.partners[place], results.region)
        dates = first_and_last([m for m in results.moments if m.key in PASSING_KEYS])

        def parts(part: str) -> Band:
            at = [results.at(f"{part} change", "pooled", m)[:, :, place] for m in dates]
            low, middle, high = spread(np.stack(at), axis=1, factor=PERCENT)
            return low.T, middle.T, high.T

        def draw() -> Figure:
            return imposed_chosen(
                results.region.states,
                [date_label(m) for m in dates],
                parts("imposed"),
                parts("chosen"),
                f"Ties with {partner}: imposed and chosen change",
                "points of share of all ties",
                self.names,
                PERCENT * SLIGHT["share"],
            )

        caption = (
            f"Change of {partner}'s share of each state's ties against the baseline, split into "
            "what moved with the state's decisions held (imposed) and the rest (chosen)."
        )
        return Picture("imposed_chosen", caption, draw)

    def exports(self) -> list[Picture]:
        """What the most moved streams send, by route."""
        region = self.results.region
        by_route = np.abs(self.moved).max(axis=0)
        by_stream = np.zeros(len(region.streams))
        np.maximum.at(by_stream, region.stream_of_route, by_route)
        first, second = np.argsort(-by_stream, kind="stable")[:2]
        if by_stream[first] < LEAST_WORTH:
            return []
        if by_stream[second] < max(SECOND_STREAM * by_stream[first], 1e-6):
            return [self.stream(int(first))]
        return [self.stream(int(place)) for place in (first, second)]

    def stream(self, place: int) -> Picture:
        """One stream by route over the months, with what the baseline sends beyond it."""
        results, region = self.results, self.results.region
        stream = region.streams[place]
        routes = np.flatnonzero(region.stream_of_route == place)
        unit = next(c.unit for c in region.commodities if c.code == stream.commodity)

        def draw() -> Figure:
            runs = {run: results.runs[run] for run in ("baseline", "scenario")}
            sent = {run: found.served[:, :, place] for run, found in runs.items()}
            flows = {run: found.flow[:, :, routes].mean(axis=1).T for run, found in runs.items()}
            return where_exports_went(
                results.months,
                flows["scenario"],
                flows["scenario"] - flows["baseline"],
                np.maximum(sent["baseline"] - sent["scenario"], 0.0).mean(axis=1),
                [region.routes[route].name for route in routes],
                f"Where it went: {stream.name}",
                f"{unit}, means of runs",
                self.window,
                WINDOW,
            )

        caption = (
            f"{stream.name} by route and month (means of runs, since medians do not add up), and "
            "above them, hatched, what leaves in the baseline and not here. Below, how much more "
            "or less each route carries than in the baseline."
        )
        return Picture(f"exports_{stream.code}", caption, draw)

    def lenses(self) -> Picture:
        """The three lenses, the division of labour and the deliberate hedge."""
        results, at = self.results, self.headline

        def draw() -> Figure:
            return lenses(
                results.region.states,
                {
                    title: spread(results.at("difference", name, at), axis=0)
                    for name, (title, _, _) in MEASURES.items()
                },
                {title: unit for title, unit, _ in MEASURES.values()},
                "Three lenses on hedging, and what goes with them",
                f"Change against the baseline, {at.label}",
                self.names,
                {title: 2 * SLIGHT[size] for title, _, size in MEASURES.values()},
            )

        caption = (
            "Change against the baseline of the three lenses (breadth, security ambiguity, "
            f"two-sidedness), the division of labour and the deliberate hedge, {at.label}."
        )
        return Picture("lenses", caption, draw)

    def insurance(self) -> Picture:
        """What each withdrawal is worth at the dates, in the scenario, and the premium."""
        states, told = self.results.region.states, self.answer["states"]
        dates = [m for m in self.results.moments if m.key in told[states[0]]["insurance"]]

        def cells(read: Callable[[Record], list[float]]) -> Band:
            table = np.array(
                [[read(told[s]["insurance"][m.key]["scenario"]) for m in dates] for s in states]
            )
            return table[..., 1], table[..., 0], table[..., 2]

        def draw() -> Figure:
            return insurance(
                states,
                by_turns([month_of(m) for m in dates]),
                {
                    power: cells(lambda row, power=power: row["loss"][power])  # type: ignore[misc]
                    for power in self.results.region.powers
                },
                cells(lambda row: row["premium"]),
                "Loss over twelve months if a power withdrew, and the premium",
                "% of GDP, in the scenario",
                self.names,
            )

        caption = (
            "Twelve-month loss if Russia, China or the United States withdrew (a supposition, not "
            "an event), and the premium: dearer routes and forgone gains. % of GDP, at the dates "
            "of the table."
        )
        return Picture("insurance", caption, draw)

    def why_it_moved(self) -> list[Picture]:
        """The parts of each event and channel; no figure where there is no event."""
        if self.why is None or self.headline.place < 0:
            return []
        why, at = self.why, self.headline
        dates = [m.key for m in self.results.moments if m.place >= 0]
        events = why.parts["breadth"][:, dates.index(at.key), :, self.state]
        region = self.results.region
        state = self.names[region.states[self.state]]
        labels = [(d, q) for d in region.axes["domain"] for q in region.partners]

        def draw() -> Figure:
            low, middle, high = mean_spread(channels(self.results, at)[:, self.state], axis=0)
            return ledger_bars(
                why.names,
                mean_spread(events, axis=1),
                labels,
                (low.ravel(), middle.ravel(), high.ravel()),
                f"Why the breadth of {state}'s ties moved, {at.label}",
                "effective partners",
                self.names | DOMAIN_NAMES,
            )

        caption = (
            f"Parts of the change in the breadth of {state}'s ties, {at.label}: by event (Shapley "
            f"values over {why.members} runs) and by channel (domain and partner). Means add up."
        )
        return [Picture("why", caption, draw)]


DOMAIN_NAMES: dict[str, str] = {
    "security": "Security",
    "economic": "Economy",
    "routes": "Routes",
}


def month_of(moment: Moment) -> str:
    """Return the month of a date, or that it lies before."""
    return "before" if moment.key == "before" else moment.label.split(", ")[-1]


def first_and_last(dates: list[Moment]) -> list[Moment]:
    """Return three dates at most: the first and the last two."""
    return dates if len(dates) <= 3 else [dates[0], *dates[-2:]]


def by_turns(labels: list[str]) -> list[str]:
    """Return labels that stand close together, every other one a line lower."""
    return ["\n" + label if place % 2 else label for place, label in enumerate(labels)]


def date_label(moment: Moment) -> str:
    """Return a date as a panel's title: During, and below it 2023-07."""
    return f"{SHORT_NAMES[moment.key]}\n{month_of(moment)}"
