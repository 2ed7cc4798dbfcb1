"""The numbers of the lessons: what an instructor's key says, between the marks in docs/classroom/.

A lesson holds `<!-- key: NAME words -->` and `<!-- end key -->`; `python -m sim.classroom` runs the
scenarios that are named there, as they are shipped, and writes what belongs between the marks;
`--check` writes nothing and says which keys are stale. The words of a lesson are people's; its
numbers are the runs', in the closed vocabulary of an answer.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.answer import across, compared
from sim.answer import answer as answer_to
from sim.answer.cells import summed
from sim.answer.clauses import clear, often
from sim.answer.movement import LENS_NAMES, sentence_on_hedging, sentence_on_threat
from sim.answer.pressing import PAID_LEAST
from sim.answer.reasons import event_in_words, sentence_on_evidence
from sim.answer.verdict import headline_moment, headline_state
from sim.answer.words import moved, possessive, ranged, told, when
from sim.asking import PROJECT, scenario_of
from sim.attribution import attribute
from sim.claims import NOTHING, amount, frequency, listed, size, tells
from sim.compare import date_in_words
from sim.compare import name as named
from sim.explore.payload import predicted, told_of
from sim.explore.runs import Paths, paths_at
from sim.explore.sliders import Slider, sliders_of
from sim.moments import Moment
from sim.question import Answered, Run
from sim.region import Region
from sim.results import REPORTED, compare
from sim.scenario import Scenario
from sim.study.play import Study
from sim.texts import catalogue
from sim.under_rules import with_all_rules
from sim.vocabulary import DOMAINS, RESOLUTIONS

LESSONS = PROJECT / "docs" / "classroom"

MARKED = re.compile(
    r"(?P<open><!-- key: (?P<name>\S+)(?P<words>[^>]*?) -->\n)"
    r"(?P<old>.*?)"
    r"(?P<close><!-- end key -->)",
    re.DOTALL,
)
"""A marked place of a lesson: a key's name, the words it is asked with, what stands there."""

Words = Sequence[str]
Record = dict[str, Any]
Ask = Callable[[str], Answered]
"""Returns the answer to a shipped scenario, SCENARIO, or to an arm of it, SCENARIO:ARM."""

POINTS = 100.0
"""A share in points of a hundred."""


def pages(folder: Path = LESSONS) -> list[Path]:
    """Return the pages of the lessons that have keys."""
    return [page for page in sorted(folder.glob("*.md")) if MARKED.search(page.read_text("utf-8"))]


def filled(page: str, ask: Ask) -> str:
    """Return a page with every key as the runs have it now."""

    def written(found: re.Match[str]) -> str:
        now = KEYS[found["name"]](ask, found["words"].split())
        return f"{found['open']}\n{now}\n\n{found['close']}"

    return MARKED.sub(written, page)


def stale(page: str, ask: Ask) -> list[str]:
    """Return the keys of a page that say something else than the runs do now."""
    pairs = zip(MARKED.finditer(page), MARKED.finditer(filled(page, ask)), strict=True)
    return [
        f"{old['name']}{old['words']}"
        for old, now in pairs
        if old["old"].strip() != now["old"].strip()
    ]


def asked_once() -> Ask:
    """Return what asks for an answer only once, as long as few others are asked for meanwhile."""
    return lru_cache(KEPT)(asked)


KEPT = 4
"""Answers that are kept at once: each takes a quarter of a GB."""


def asked(word: str) -> Answered:
    """Return the answer to SCENARIO, or to SCENARIO:ARM, run as it is shipped, less why it moved.

    Why takes as long as all the rest, and few keys tell it.
    """
    results = compare(*meant(word), keep=REPORTED)
    return Answered(results, None, answer_to(results, None))


def explained(one: Answered) -> Answered:
    """Return an answer with why it moved, as `run.py` gives it."""
    results = one.results
    why = attribute(results.region, results.scenario, results.moments)
    return Answered(results, why, answer_to(results, why))


def meant(word: str, **more: Any) -> tuple[Region, Scenario]:
    """Return the region and the scenario, or the arm of one, that a word of a key names."""
    name, _, arm = word.partition(":")
    region, scenario = scenario_of(name, **more)
    return region, next((one for one in scenario.arms if one.arm == arm), scenario)


def arms_of(word: str) -> list[str]:
    """Return the words for all arms of a scenario, or the word itself where it has none."""
    arms = scenario_of(word)[1].arms
    return [f"{word}:{one.arm}" for one in arms] or [word]


def lead_with(word: str, **more: Any) -> str:
    """Return the lead of an answer under another rule, or without a mechanism."""
    results = compare(*meant(word, **more), keep=REPORTED)
    return str(answer_to(results, None)["lead"])


# Whose answer, and where it is read -----------------------------------------------------------


def headline(one: Answered) -> tuple[int, Moment]:
    """Return the state whose ties move most, and the date at which they do."""
    place = headline_state(one.results)
    return place, headline_moment(one.results, place)


def change(
    members: np.ndarray, unit: str, kind: str = "", ways: Words = ("higher", "lower")
) -> str:
    """Return a change in the words of an answer: range, median, size and how many runs agree."""
    if kind and not tells(members, kind):
        return NOTHING
    if not kind and not np.any(members):
        return NOTHING
    sized = f" ({size(members, kind)})" if kind else ""
    told_in = POINTS * members if unit == "points" else members
    return f"{moved(summed(told_in), unit, *ways)}{sized}, {often(members)}"


def table(header: Words, rows: Sequence[Words]) -> str:
    """Return a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def bullets(sentences: Sequence[str]) -> str:
    """Return sentences as a list."""
    return "\n".join(f"- {sentence}" for sentence in sentences)


def capital(text: str) -> str:
    """Return text as it begins a sentence or a cell."""
    return text[:1].upper() + text[1:]


# What was run, and what the page asks ---------------------------------------------------------


def setup(ask: Ask, words: Words) -> str:
    """Return what was run for the keys of a scenario: runs, months, seed, baseline."""
    scenario = ask(words[0]).results.scenario
    baseline = f", beside the baseline `{scenario.baseline.name}`" if scenario.baseline else ""
    link = f"[{scenario.name}](../../scenarios/{scenario.name}.yaml)"
    return (
        f"From {link} as shipped: {scenario.members} runs of {scenario.months} months from "
        f"{date_in_words(scenario.start)}, seed {scenario.seed}{baseline}."
    )


def supposed(ask: Ask, words: Words) -> str:
    """Return what a scenario supposes that its baseline does not."""
    about = ask(words[0]).answer["about"]
    return bullets([*about["supposed"], f"Beyond the articles: {about['beyond']}"])


def predict(ask: Ask, words: Words) -> str:
    """Return what the page asks its reader to predict, and how the runs fall on it."""
    results = ask(words[0]).results
    asked, region = predicted(results), results.region
    members = np.array(asked["members"])
    way = {
        "lower": members <= -LEAST_POINTS,
        "no real change": np.abs(members) < LEAST_POINTS,
        "higher": members >= LEAST_POINTS,
    }
    counts = ", ".join(f"{name} in {int(hit.sum())}" for name, hit in way.items())
    month = date_in_words(results.months[asked["month"]])
    owner = possessive(region.actor(asked["state"]).name)
    return (
        f"The page asks for the share of {named(asked['partner'], region)} in {owner} ties in "
        f"{month}. Of {len(members)} runs: {counts}. By how much: "
        f"{moved(summed(members), 'points')}."
    )


LEAST_POINTS = 0.1
"""Points of share below which the page counts a change as none."""


# The steps of the reveal ----------------------------------------------------------------------


def reveal(ask: Ask, words: Words) -> str:
    """Return what each step of the reveal says, in its order: the index comes last."""
    one = ask(words[0])
    place, at = headline(one)
    told_in_steps = [f"**{name}.** {' '.join(say(one, place, at))}" for name, say in STEPS.items()]
    return f"Read in {when(at)}.\n\n{bullets(told_in_steps)}"


def tonnes(one: Answered, place: int, at: Moment) -> Iterator[str]:
    """Yield what is still sent, by which ways, and what is not over the whole run."""
    rows = [row for row in one.answer["streams"] if moved_at(row, at) >= LEAST_WAY]
    if not rows:
        yield f"What is sent shows {NOTHING}."
        return
    row = max(rows, key=lambda row: moved_at(row, at))
    unit = f"{row['unit'].split('/')[0]} a year"
    now = row["at"][at.key]
    yield (
        f"{capital(row['name'])}: {ranged(now['scenario'], unit)} are sent, "
        f"{ranged(now['baseline'], unit)} in the baseline."
    )
    ways = sorted(row["routes"], key=lambda way: -moved_at(way, at))
    said = [
        f"{way['name']} {moved(way['at'][at.key]['difference'], unit, 'more', 'less')}"
        for way in ways[:MOST_WAYS]
        if moved_at(way, at) >= LEAST_WAY
    ]
    sized = size(np.array([row["part_of_year"][0]]), "lost")
    alone = "" if sized != NOTHING else "As much is sent in all as in the baseline. "
    yield f"{alone}By way: {'; '.join(said)}."
    if not alone:
        less = moved(row["change_total"], unit.partition(" ")[0], "more", "less")
        often_so = frequency(row["share_of_runs"], one.results.members)
        yield f"Over the whole run {less} ({sized}), {often_so}."


def moved_at(row: Record, at: Moment) -> float:
    """Return by how much a stream, or the way of it that moves most, differs at a date."""
    change_of = [float(way["at"][at.key]["difference"][0]) for way in (row, *row.get("routes", ()))]
    return max(abs(one) for one in change_of)


MOST_WAYS = 4
"""Ways of a stream that a key tells of."""

LEAST_WAY = 0.05
"""Least change of what a way carries that is told, in its unit."""


def money(one: Answered, place: int, at: Moment) -> Iterator[str]:
    """Yield the GDP of each state where it tells, and the earnings of the state in question."""
    results = one.results
    gap = 100.0 * results.at("difference", "gdp_gap", at)
    for k in sorted(range(gap.shape[1]), key=lambda k: k != place):
        if k == place or (tells(gap[:, k], "gdp") and clear(gap[:, k], PAID_LEAST)):
            yield f"{possessive(name_of(one, k))} GDP: {change(gap[:, k], '%', 'gdp')}."
    earned = results.at("difference", "netback", at)[:, place]
    if abs(float(np.median(earned))) >= LEAST_EARNED:
        owner = possessive(name_of(one, place))
        yield f"{owner} export earnings: {change(earned, 'bn USD a year')}."


LEAST_EARNED = 0.01
"""Least change of export earnings that is told, bn USD a year."""


def threat(one: Answered, place: int, at: Moment) -> Iterator[str]:
    """Yield which states perceive more or less threat."""
    yield from sentence_on_threat(one.results, at) or [f"{capital(NOTHING)}."]


def parts(one: Answered, place: int, at: Moment) -> Iterator[str]:
    """Yield the shares of the powers in the ties of the state, imposed and chosen."""
    region = one.results.region
    for k, power in enumerate(region.powers):
        yield f"{capital(named(power, region))}: {split(one, 'pooled', (place, k), at)}."


def split(one: Answered, name: str, where: tuple[int | slice, ...], at: Moment) -> str:
    """Return a change of a share with its imposed and chosen part, by the mean."""
    whole, imposed, chosen = (
        one.results.at(part, name, at)[(slice(None), *where)]
        for part in ("difference", "imposed change", "chosen change")
    )
    return in_parts(whole, imposed, chosen)


def in_parts(whole: np.ndarray, imposed: np.ndarray, chosen: np.ndarray) -> str:
    """Return a change of a share (member,) in words, with the means of its two parts."""
    said = change(whole, "points", "share")
    if said == NOTHING:
        return said
    means = [told(POINTS * float(part.mean())) for part in (imposed, chosen)]
    return f"{said}; by the mean, {means[0]} imposed and {means[1]} chosen"


def indices(one: Answered, place: int, at: Moment) -> Iterator[str]:
    """Yield the three lenses and the deliberate hedge, and what may be said of hedging."""
    for name, unit, kind in INDICES:
        members = one.results.at("difference", name, at)[:, place]
        yield f"{capital(name.replace('_', '-'))}: {change(members, unit, kind)}."
    state = one.answer["states"][one.results.region.states[place]]
    yield sentence_on_hedging(one.results, place, state, at)[-1]


INDICES = (
    ("breadth", "effective partners", "breadth"),
    ("ambiguity", "on a scale of 0 to 1", "lens"),
    ("two_sidedness", "on a scale of 0 to 3", "lens"),
    ("deliberate", "effective partners", "breadth"),
)
"""What the last step of the reveal shows: a measure, its unit, how its size is worded."""

STEPS: dict[str, Callable[[Answered, int, Moment], Iterator[str]]] = {
    "Tonnes": tonnes,
    "Money": money,
    "Threat": threat,
    "Imposed and chosen": parts,
    "Indices": indices,
}
"""The steps of the reveal, in the order of the page."""


def one_step(ask: Ask, words: Words) -> str:
    """Return what the first step of the reveal says, alone: what is sent."""
    one = ask(words[0])
    place, at = headline(one)
    return f"Read in {when(at)}. {' '.join(tonnes(one, place, at))}"


def name_of(one: Answered, place: int) -> str:
    """Return the name of a state by its place."""
    region = one.results.region
    return region.actor(region.states[place]).name


# What may be called hedging -------------------------------------------------------------------


def verdicts(ask: Ask, words: Words) -> str:
    """Return the four questions on hedging and their answers, state by state."""
    one = ask(words[0])
    _, at = headline(one)
    rows = []
    for code in one.results.region.states:
        state = one.answer["states"][code]
        found = state["verdict"][at.key]
        lenses = listed([LENS_NAMES[lens] for lens in found["lenses_up"]]) or "none"
        feared = named(found["against"], one.results.region)
        answers = (f"{yes(found['risk_up'])}, {feared}", yes(found["chosen_up"]))
        verdict = "hedging rose" if found["hedging"] == "rose" else "not to be said"
        rows.append((state["name"], *answers, yes(found["deliberate_up"]), lenses, verdict))
    heads = ("feared more?", "wider by choice?", "more on purpose?", "lenses up by choice", "so")
    return table((f"{when(at)}, in most runs", *heads), rows)


def yes(holds: bool) -> str:
    """Return an answer in a word."""
    return "yes" if holds else "no"


def cases(ask: Ask, words: Words) -> str:
    """Return what may be said of hedging in several scenarios, each at its own date."""
    rows = []
    for word in words:
        one = ask(word)
        place, at = headline(one)
        state = one.answer["states"][one.results.region.states[place]]
        said = " ".join(sentence_on_hedging(one.results, place, state, at))
        rows.append((f"{one.results.scenario.title}, {when(at)}", said))
    return table(("supposed", "what may be said"), rows)


# Why, and on what it rests --------------------------------------------------------------------


def ledger(ask: Ask, words: Words) -> str:
    """Return what moved it: events and channels in their order, by mean part in breadth."""
    one = explained(ask(words[0]))
    place, at = headline(one)
    state = one.answer["states"][one.results.region.states[place]]
    events = state["events"].get("breadth", {}).get(at.key, [])
    largest = sorted(events, key=lambda row: -abs(row["mean"]))[:MOST_PARTS]
    channels = sorted(state["channels"][at.key], key=lambda row: -abs(row["mean"]))[:MOST_PARTS]
    rows = [
        ("event", capital(event_in_words(one.results, row["event"])), part(row)) for row in largest
    ] + [
        (
            "channel",
            f"{row['domain']}, {named(row['partner'], one.results.region)}",
            f"{part(row)}, of it {told(row['imposed'], 0.001)} imposed",
        )
        for row in channels
        if part(row) != "0"
    ]
    head = f"{possessive(name_of(one, place))} breadth in {when(at)}"
    return table(("by", head, "mean part, effective partners"), rows)


MOST_PARTS = 4
"""Events, and channels, that a key names."""


def part(row: Record) -> str:
    """Return a mean part of a change of breadth with its sign."""
    text = told(row["mean"], 0.001)
    return f"+{text}" if row["mean"] > 0 and text != "0" else text


def rests(ask: Ask, words: Words) -> str:
    """Return what the size of the change goes with, from run to run."""
    one = ask(words[0])
    rows = one.answer["rests_on"]
    if not rows:
        return "No uncertain number stands out: the size of the change goes with none of them."
    return sentence_on_evidence(one.results, rows[0])[0]


def rules(ask: Ask, words: Words) -> str:
    """Return under how many of the eight rules of choice the headline changes hold."""
    one = ask(words[0])
    run = Run(one.results.scenario, one.results.region, (one,))
    whole = with_all_rules(run, lambda done: None, lambda what: None)
    return bullets(whole.only.answer["under_rules"]["sentences"])


def dates(ask: Ask, words: Words) -> str:
    """Return what is left of the headline change at each date that is read."""
    one = ask(words[0])
    place, at = headline(one)
    results, region = one.results, one.results.region
    pooled = np.median(results.at("difference", "pooled", at)[:, place], axis=0)
    k = int(np.abs(pooled).argmax())
    rows = [
        (
            capital(when(moment)),
            capital(split(one, "pooled", (place, k), moment)),
            capital(
                change(
                    results.at("difference", "breadth", moment)[:, place],
                    "effective partners",
                    "breadth",
                )
            ),
        )
        for moment in results.moments
        if moment.place >= at.place
    ]
    owner, partner = possessive(name_of(one, place)), named(region.partners[k], region)
    return table(("date", f"share of {partner} in {owner} ties", "breadth"), rows)


def points(ask: Ask, words: Words) -> str:
    """Return what the page says at the ends of its sliders, each moved by itself.

    The others stand where the page puts them: at what the file says, else in the middle. It is
    said of the state whose ties move most and of the date at which they do, or of a state and a
    month that are named before the sliders; `only:NAME` moves one slider and no other.
    """
    one = ask(words[0])
    region, results = one.results.region, one.results
    place, at = headline(one)
    place = next((region.states.index(word) for word in words if word in region.states), place)
    month = next((results.months.index(word) for word in words if word in results.months), at.place)
    alone = [word.partition(":")[2] for word in words[1:] if word.startswith("only:")]
    partner, power = moved_most(one, place, at), feared(one, place, at)
    sliders = sliders_of(region, results.scenario, varied(words), ())
    here = [start_of(slider) for slider in sliders]
    rows, grid = ["all where the page puts them"], [here]
    for n, slider in enumerate(sliders):
        if alone and slider.setting.name not in alone:
            continue
        for end in sorted({slider.steps[0], slider.steps[-1]} - {here[n]}):
            rows.append(slider_at(one, slider, end))
            grid.append([*here[:n], end, *here[n + 1 :]])
    study = Study(region, results.scenario, tuple(s.setting for s in sliders), (), results.shocks)
    found = [
        at_point(path, place, partner, power, month)
        for first in range(0, len(grid), ABREAST)
        for path in paths_at(study, np.array(grid[first : first + ABREAST]), results.members)
    ]
    worth = [
        k for k in range(len(found[0])) if k == SHARE or any(more_than_slight(s[k]) for s in found)
    ]
    owner = possessive(name_of(one, place))
    heads = (
        f"{owner} GDP",
        f"threat perceived from {named(region.powers[power], region)}",
        f"share of {named(region.partners[partner], region)} in {owner} ties",
        f"breadth of {owner} ties",
        f"{owner} deliberate hedge",
    )
    body = [
        (row, *(capital(said[k]) for k in worth)) for row, said in zip(rows, found, strict=True)
    ]
    date = date_in_words(results.months[month])
    return table((f"slider, in {date}", *(heads[k] for k in worth)), body)


def varied(words: Words) -> list[str]:
    """Return the sliders among the words of `points`, as `--vary` is given them."""
    return [word for word in words[1:] if is_slider(word)]


def is_slider(word: str) -> bool:
    """Return whether a word names what is varied: an event's field, or a number with its range."""
    return not word.startswith("only:") and ("." in word or "=" in word)


SHARE = 2
"""Which column of `points` has the share that the page asks about: that one is always told."""


def more_than_slight(said: str) -> bool:
    """Return whether a change in words is worth a column."""
    return said != NOTHING and "(slight)" not in said


def at_point(path: Paths, place: int, partner: int, power: int, month: int) -> tuple[str, ...]:
    """Return what a point of the page says of one state in one month; see `points`."""

    runs = (path.baseline, path.imposed, path.scenario)

    def moves(name: str) -> np.ndarray:
        return np.asarray((path.scenario[name] - path.baseline[name])[month, :, place])

    base, held, free = (run["pooled"][month, :, place, partner] for run in runs)
    return (
        change(100.0 * moves("gdp_gap"), "%", "gdp"),
        change(moves("threat")[:, power], "points", "share"),
        in_parts(free - base, held - base, free - held),
        change(moves("breadth"), "effective partners", "breadth"),
        change(moves("deliberate"), "effective partners", "breadth"),
    )


def moved_most(one: Answered, place: int, at: Moment) -> int:
    """Return the power whose share in a state's ties moves most: what the page asks about."""
    powers = len(one.results.region.powers)
    moves = one.results.at("difference", "pooled", at)[:, place, :powers]
    return int(np.abs(np.median(moves, axis=0)).argmax())


def feared(one: Answered, place: int, at: Moment) -> int:
    """Return the power whose threat to a state moves most."""
    powers = len(one.results.region.powers)
    moves = one.results.at("difference", "threat", at)[:, place, :powers]
    return int(np.abs(np.median(moves, axis=0)).argmax())


def slider_at(one: Answered, slider: Slider, number: float) -> str:
    """Return a slider and where it stands, in the words of the page."""
    told_as = told_of(one.results.region, one.results.scenario, slider)
    texts, field = catalogue("en"), slider.setting.field
    if not slider.setting.event:
        name = texts["field.ledger"].format(name=slider.setting.name.replace("_", " "))
        return f"{name}: {number:g}"
    name = texts[f"field.{field}"].format(event=slider.setting.event.replace("_", " "))
    if field == "on":
        return f"{name}: {texts['on' if number else 'off']}"
    if field == "size" and told_as["how"] == "factor":
        return f"{name}: {POINTS * (number - 1.0):+.0f}%".replace("-", "−").replace("+0%", "0%")
    unit = "months" if field == "months" else slider.setting.unit * (field == "size")
    return f"{name}: {number:g} {unit}".strip()


ABREAST = 2
"""Points that are run side by side: few, to need no more memory than a run."""


def start_of(slider: Slider) -> float:
    """Return where the page puts a slider that nobody has moved yet."""
    written = slider.written
    if written is not None and slider.steps[0] <= written <= slider.steps[-1]:
        return written
    return slider.steps[len(slider.steps) // 2]


def sent(ask: Ask, words: Words) -> str:
    """Return what a stream sends in the base year: what a student needs in order to predict."""
    name, stream = words
    row = next(row for row in ask(name).answer["streams"] if row["stream"] == stream)
    unit = row["unit"].split("/")[0]
    return f"{capital(row['name'])} in the base year: {ranged(row['base'], f'{unit} a year')}."


# Sentences as the program prints them ---------------------------------------------------------


def lead(ask: Ask, words: Words) -> str:
    """Return the lead of an answer."""
    return str(ask(words[0]).answer["lead"])


def leads(ask: Ask, words: Words) -> str:
    """Return the leads of all arms of a scenario."""
    found = [ask(word) for word in arms_of(words[0])]
    return bullets([f"**{one.results.scenario.title}.** {one.answer['lead']}" for one in found])


def answer(ask: Ask, words: Words) -> str:
    """Return every sentence of an answer."""
    return bullets(explained(ask(words[0])).answer["sentences"])


def arms(ask: Ask, words: Words) -> str:
    """Return the sentences that compare the arms of a scenario."""
    return bullets(across([compared(ask(word).results) for word in arms_of(words[0])]))


def by_rule(ask: Ask, words: Words) -> str:
    """Return the lead of a scenario under each of the rules that are named."""
    name, *rivals = words
    rows = [(f"`{rule}`", lead_with(name, rule=rule)) for rule in rivals]
    return table(("rule of choice", "lead"), rows)


def without(ask: Ask, words: Words) -> str:
    """Return the lead of a scenario with nothing off, and with each mechanism off by itself."""
    name, *mechanisms = words
    rows = [(f"`{one}`", lead_with(name, without=(one,))) for one in mechanisms]
    return table(("without", "lead"), [("nothing", lead(ask, words)), *rows])


# Tables of states -----------------------------------------------------------------------------


def base(ask: Ask, words: Words) -> str:
    """Return levels of the base year, state by state: medians with the 90% band."""
    name, *measures = words
    one = ask(name)
    results = one.results
    rows = [
        (
            name_of(one, k),
            *(bare_range(results.base_measures[measure][:, k]) for measure in measures),
        )
        for k in range(len(results.region.states))
    ]
    return table(("base year", *(one.replace("_", " ") for one in measures)), rows)


def bare_range(members: np.ndarray) -> str:
    """Return a number without a unit: range before median."""
    return ranged(summed(members), "").replace("  ", " ").strip()


def base_ties(ask: Ask, words: Words) -> str:
    """Return the shares of the powers in security and trade in the base year, medians."""
    one = ask(words[0])
    ties, region = one.results.base.ties, one.results.region
    columns = [(d, k) for d in ("security", "economic") for k in range(len(region.powers))]
    rows = [
        (
            name_of(one, place),
            *(
                amount(POINTS * float(np.median(ties[:, place, DOMAINS.index(d), k])))
                for d, k in columns
            ),
        )
        for place in range(len(region.states))
    ]
    heads = [f"{d}: {named(region.powers[k], region)}" for d, k in columns]
    return table(("base year, % of ties", *heads), rows)


def states(ask: Ask, words: Words) -> str:
    """Return what some quantities do in every state, at the date of the answer.

    After the scenario they are named as `routes.RUS`, a share of ties, or as `gdp`, `breadth`.
    """
    one = ask(words[0])
    _, at = headline(one)
    rows = [
        (name_of(one, place), *(in_state(one, place, asked, at) for asked in words[1:]))
        for place in range(len(one.results.region.states))
    ]
    heads = [in_words(one, asked) for asked in words[1:]]
    return table((f"{when(at)}, against the baseline", *heads), rows)


def in_state(one: Answered, place: int, asked: str, at: Moment) -> str:
    """Return a quantity's change in one state, in words."""
    results = one.results
    if "." in asked:
        domain, partner = asked.split(".")
        k = results.region.partners.index(partner)
        if domain == "all":
            return split(one, "pooled", (place, k), at)
        return split(one, "ties", (place, DOMAINS.index(domain), k), at)
    quantity, unit, kind, factor = QUANTITIES[asked]
    return change(factor * results.at("difference", quantity, at)[:, place], unit, kind)


QUANTITIES = {
    "gdp": ("gdp_gap", "%", "gdp", 100.0),
    "breadth": ("breadth", "effective partners", "breadth", 1.0),
    "ambiguity": ("ambiguity", "on a scale of 0 to 1", "lens", 1.0),
    "two_sidedness": ("two_sidedness", "on a scale of 0 to 3", "lens", 1.0),
    "division_of_labour": ("division_of_labour", "points", "share", 1.0),
    "deliberate": ("deliberate", "effective partners", "breadth", 1.0),
}
"""What a table of states can ask for: quantity, unit, how its size is worded, factor."""


def in_words(one: Answered, asked: str) -> str:
    """Return what a column of a table of states tells."""
    if "." not in asked:
        return "GDP" if asked == "gdp" else asked.replace("_", " ")
    domain, partner = asked.split(".")
    of = "all ties" if domain == "all" else f"{domain} ties"
    return f"share of {named(partner, one.results.region)} in {of}"


def votes(ask: Ask, words: Words) -> str:
    """Return propensities to vote on a demand that Russia withdraw, and how they move."""
    one = ask(words[0])
    k, (_, at) = RESOLUTIONS.index("withdrawal"), headline(one)
    rows = []
    for place in range(len(one.results.region.states)):
        row = [name_of(one, place)]
        for way in ("vote_yes", "vote_no"):
            before = one.results.at("baseline", way, at)[:, place, k]
            moves = one.results.at("difference", way, at)[:, place, k]
            row.append(f"{bare_range(POINTS * before)}; {change(moves, 'points', 'share')}")
        rows.append(row)
    heads = ("propensity to vote yes, 0 to 100: baseline; change", "to vote no: the same")
    return table((f"withdrawal, {when(at)}", *heads), rows)


KEYS: dict[str, Callable[[Ask, Words], str]] = {
    "setup": setup,
    "supposed": supposed,
    "predict": predict,
    "reveal": reveal,
    "tonnes": one_step,
    "verdicts": verdicts,
    "cases": cases,
    "ledger": ledger,
    "rests": rests,
    "dates": dates,
    "points": points,
    "sent": sent,
    "rules": rules,
    "lead": lead,
    "answer": answer,
    "leads": leads,
    "arms": arms,
    "by_rule": by_rule,
    "without": without,
    "base": base,
    "base_ties": base_ties,
    "states": states,
    "votes": votes,
}
"""Every key that a lesson can ask for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the keys of every lesson anew; with `--check` only say which are stale.

    The lessons are those of docs/classroom, or of a folder that is named.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    check = "--check" in given
    folders = [Path(one) for one in given if one != "--check"] or [LESSONS]
    ask, status = asked_once(), 0
    for page in (page for folder in folders for page in pages(folder)):
        text = page.read_text("utf-8")
        if not check:
            page.write_text(filled(text, ask), "utf-8", newline="\n")
            continue
        for key in stale(text, ask):
            print(f"{page.name}: stale: {key}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
