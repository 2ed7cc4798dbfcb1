"""What `run.py validate --rests` tells: under which rules and without which mechanisms."""

from __future__ import annotations

from collections.abc import Sequence

from sim.claims import listed
from sim.mechanisms import plain
from sim.study.findings import Picture, Table
from sim.study.patterns import HELD_BACK, TO_FIT, Judged
from sim.study.rests import HAIR, Rests
from sim.studying.compare import upper
from sim.studying.lines import percent

CHOOSES_NOTHING = ("inertia", "random_walk")
"""Rules that are there to be beaten: no tie of security or trade answers to anything."""

NAMED = 4
"""Mechanisms that a sentence names as carrying most."""

HALVES = (TO_FIT, HELD_BACK)


def rule_named(rule: str) -> str:
    """Return a rule as it stands in a sentence."""
    return f"'{rule.replace('_', ' ')}'"


def held(world: Sequence[Judged], places: Sequence[int]) -> int:
    """Return how many of some patterns are shown in a world."""
    return sum(world[k].held for k in places)


def of_half(found: Rests, half: str) -> list[int]:
    """Return the places of the patterns of a half."""
    return [k for k in found.scored if found.shown[k].pattern.half == half]


def earned(found: Rests, places: Sequence[int]) -> list[int]:
    """Return those of some patterns that a base year that never ends misses."""
    return [k for k in places if not found.persisting[k].held]


# Sentences --------------------------------------------------------------------------------------


def sentences(found: Rests) -> list[str]:
    """Return what patterns rest on, the rules first."""
    return [*of_rules(found), *of_mechanisms(found), of_misses(found), *of_hairs(found)]


def of_rules(found: Rests) -> list[str]:
    """Return how far the rates of the rules differ, and what the choice of one buys."""
    count = {rule: held(world, found.scored) for rule, world in found.under.items()}
    own, total = count[found.rule], len(found.scored)
    others = {rule: number for rule, number in count.items() if rule != found.rule}
    least, most = min(others, key=others.__getitem__), max(others, key=others.__getitem__)
    hard = earned(found, found.scored)
    skills = [held(world, hard) for world in found.under.values()]
    common = sum(len(found.shown_under(k)) == len(found.under) for k in found.scored)
    told = [
        f"Under the rule {rule_named(found.rule)} the runs show {own} of {total} patterns "
        f"({percent(own / total)}), under the {len(others)} other rules from {others[least]} "
        f"({rule_named(least)}) to {others[most]} ({rule_named(most)}); of the {len(hard)} that a "
        f"base year that never ends misses, {span(min(skills), max(skills))} under all of them.",
    ]
    beaten = [rule for rule in CHOOSES_NOTHING if rule in others]
    if beaten:
        each = listed([against(found, rule, count[rule]) for rule in beaten])
        told.append(f"What it buys that ties are chosen by {rule_named(found.rule)}: {each}.")
    told.append(
        f"Patterns that are shown under all {len(found.under)} rules: {common}. They rest on none "
        "of the rules: either little moves, or what moves comes from powers, fears, needs, routes "
        "and flows, which go alike under all of them."
    )
    return told


def span(least: int, most: int) -> str:
    """Return from which number to which, once where they are one."""
    return str(least) if least == most else f"{least} to {most}"


def against(found: Rests, rule: str, number: int) -> str:
    """Return how what is shown differs from what is shown where nothing is chosen."""
    lost, gained = found.lost(found.under[rule]), found.gained(found.under[rule])
    return (
        f"{some_patterns(len(lost))} that {rule_named(rule)} misses, at the price of "
        f"{len(gained)} that it shows ({number} in all)"
    )


def some_patterns(number: int) -> str:
    return f"{number} pattern{'' if number == 1 else 's'}"


def of_mechanisms(found: Rests) -> list[str]:
    """Return which mechanisms carry most patterns, and which carry none."""
    lost = {name: len(found.lost(world)) for name, world in found.without.items()}
    order = sorted((name for name in lost if lost[name]), key=lambda name: -lost[name])
    told = []
    if order:
        first = [f"{plain(name)} ({lost[name]})" for name in order[:NAMED]]
        more = len(order) - len(first)
        rest = f"; {more} more carry fewer" if more else ""
        told.append(f"Mechanisms without which most patterns are lost: {listed(first)}{rest}.")
    return [*told, *of_idle(found, [name for name in lost if not lost[name]])]


def of_idle(found: Rests, idle: Sequence[str]) -> list[str]:
    """Return which mechanisms no pattern needs, and of which of them none reads a thing."""
    still = [name for name in idle if found.untouched(found.without[name])]
    felt = [plain(name) for name in idle if name not in still]
    told = []
    if felt:
        told.append(
            f"No pattern needs {listed(felt)}: {'each by itself' if len(felt) > 1 else 'it'} moves "
            "something that patterns read, and nothing that is shown is lost without it."
        )
    if still:
        told.append(
            f"No pattern reads a thing that is moved by {listed([plain(name) for name in still])}, "
            "as far as shocks from outside bring it about."
        )
    return told


def of_misses(found: Rests) -> str:
    """Return how many of the misses some other world shows."""
    by_rule = [k for k in found.missed if found.shown_under(k)]
    by_off = [k for k in found.missed if found.shown_without(k)]
    nowhere = set(found.missed) - set(by_rule) - set(by_off)
    return (
        f"Of {len(found.missed)} misses {len(by_rule)} {be(len(by_rule))} shown under some other "
        f"rule and {len(by_off)} without some mechanism; {len(nowhere)} {be(len(nowhere))} shown "
        "in none of these worlds, so that the reason lies in neither alone."
    )


def be(number: int) -> str:
    return "is" if number == 1 else "are"


def of_hairs(found: Rests) -> list[str]:
    """Return how many judgements turned by a hair, if any did."""
    worlds = [*found.under.values(), *found.without.values()]
    turned = sum(len(found.lost(one)) + len(found.gained(one)) for one in worlds)
    hair = sum(len(found.by_a_hair(one)) for one in worlds)
    if not hair:
        return []
    return [
        f"Of {turned} judgements that turn in some world, {hair} {be(hair)} by a hair: the share "
        f"of runs moves by less than {100 * HAIR:.0f} points. Another seed may turn these back."
    ]


def note(found: Rests, members: int) -> str:
    """Return how it was asked."""
    return (
        f"Every pattern was judged again by {members} runs, with the same draws, under each of "
        f"the {len(found.under) - 1} other rules and without each of {len(found.without)} "
        "mechanisms, one at a time. A pattern counts as changed only if its judgement changes. Two "
        "mechanisms that can stand in for each other carry nothing here, each by itself."
    )


# Tables -----------------------------------------------------------------------------------------


def tables(found: Rests) -> list[Table]:
    """Return what is told by rule, by miss, by mechanism and by judgement."""
    return [rules(found), misses(found), by_mechanism(found), judgements(found)]


def rules(found: Rests) -> Table:
    """Return how many patterns are shown under every rule."""
    halves, hard = [of_half(found, half) for half in HALVES], earned(found, found.scored)
    rows = []
    for rule, world in found.under.items():
        rows.append((
            rule, *(of(held(world, some), some) for some in (*halves, found.scored, hard)),
            str(len(found.lost(world))), str(len(found.gained(world))),
        ))  # fmt: skip
    return Table(
        "rules",
        f"Patterns shown under every rule of choice, and lost and gained against {found.rule}",
        ("rule", TO_FIT, HELD_BACK, "both", "skill", "lost",
         "gained"),
        tuple(rows),
    )  # fmt: skip


def of(number: int, some: Sequence[int]) -> str:
    """Return a number of patterns with their share."""
    return f"{number} of {len(some)} ({percent(number / len(some))})" if some else ""


def misses(found: Rests) -> Table:
    """Return for each miss under which rules and without which mechanisms it is shown."""
    rows = [
        (
            str(number),
            found.shown[k].pattern.says,
            f"{percent(found.shown[k].within)}, asked {percent(found.shown[k].pattern.share)}",
            listed([rule.replace("_", " ") for rule in found.shown_under(k)]) or "none",
            listed([plain(name) for name in found.shown_without(k)]) or "none",
        )
        for number, k in enumerate(found.missed, 1)
    ]
    return Table(
        "misses_rest_on",
        "Missed: under which rule, and without which mechanism, it would be shown",
        ("", "reported", "runs within", "shown under", "shown without"),
        tuple(rows),
    )


def by_mechanism(found: Rests) -> Table:
    """Return what is lost and what is shown without each mechanism without which any is."""
    lost = {name: found.lost(world) for name, world in found.without.items()}
    gained = {name: found.gained(world) for name, world in found.without.items()}
    order = sorted(found.without, key=lambda name: (-len(lost[name]), -len(gained[name])))
    rows = [
        (plain(name), str(len(lost[name])), str(len(gained[name])),
         ", ".join(code(found, k) for k in lost[name]),
         ", ".join(code(found, k) for k in gained[name]))
        for name in order
        if lost[name] or gained[name]
    ]  # fmt: skip
    return Table(
        "mechanisms",
        "Patterns lost and misses shown without a mechanism; all others carry none",
        ("mechanism", "lost", "shown", "which are lost", "which are shown"),
        tuple(rows),
    )


def code(found: Rests, place: int) -> str:
    return found.shown[place].pattern.code


def judgements(found: Rests) -> Table:
    """Return every pattern in every world."""
    worlds = [
        *(("rule", rule, world) for rule, world in found.under.items()),
        *(("without", name, world) for name, world in found.without.items()),
    ]
    rows = [
        (kind, name, code(found, k), found.shown[k].pattern.half, found.shown[k].pattern.share,
         world[k].within, "yes" if world[k].held else "no",
         "yes" if world[k].held != found.shown[k].held else "no")
        for kind, name, world in worlds
        for k in found.scored
    ]  # fmt: skip
    return Table(
        "judgements",
        "Every pattern under every rule and without every mechanism",
        ("kind", "rule or mechanism", "pattern", "half", "asked of runs", "runs within", "shown",
         "turned"),
        tuple(rows),
        seen="file",
    )  # fmt: skip


# Pictures ---------------------------------------------------------------------------------------


def pictures(found: Rests) -> list[Picture]:
    """Return the rules side by side, and the mechanisms without which something turns."""
    return [of_worlds(found), *([of_turned(found)] if by_mechanism(found).rows else [])]


def of_worlds(found: Rests) -> Picture:
    """Return the rules side by side."""
    from sim.report.figures.patterns import Count, worlds

    some = [of_half(found, half) for half in HALVES]
    hard = [earned(found, places) for places in some]
    easy = [sorted({*places} - {*own}) for places, own in zip(some, hard, strict=True)]
    named = [*found.under.items(), ("base year never ends", found.persisting)]
    counts = [
        Count(
            name.replace("_", " "),
            tuple(held(world, places) for places in hard),
            tuple(held(world, places) for places in easy),
        )
        for name, world in named
    ]
    heads = [f"{half}: {len(own)} patterns" for half, own in zip(HALVES, some, strict=True)]
    caption = (
        "Patterns shown under each rule of choice, and by a base year that never ends. What all "
        "rules show alike rests on none of them."
    )
    return Picture(
        "rules", caption, lambda figure: worlds(figure, heads, [len(own) for own in some], counts)
    )


def of_turned(found: Rests) -> Picture:
    """Return the mechanisms without which some judgement turns."""
    from sim.report.figures.patterns import turned

    rows = by_mechanism(found).rows
    caption = (
        f"Patterns whose judgement turns without a mechanism, for the {len(rows)} of "
        f"{len(found.without)} without which any does."
    )
    return Picture(
        "mechanisms",
        caption,
        lambda figure: turned(
            figure, [upper(row[0]) for row in rows], [int(row[1]) for row in rows],
            [int(row[2]) for row in rows],
        ),
    )  # fmt: skip
