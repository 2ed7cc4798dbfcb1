"""Events and scenarios in plain sentences: what one supposes that another does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import exp, inf

from sim.region import Region
from sim.scenario import Event, Scenario, Size
from sim.timeline import month_after, month_number, span

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

ARTICLES = {"USA": "the "}
"""Names of partners that take an article."""


def describe(event: Event, region: Region) -> str:
    """Return one plain sentence that says what an event supposes."""
    sentence = f"{SENTENCES[event.kind](event, region)} {when(event)}{_intent(event)}."
    return sentence[0].upper() + sentence[1:]


def differences(one: Scenario, other: Scenario, region: Region) -> list[str]:
    """Return what the second scenario supposes that the first does not, from what to what.

    With arms it is told arm by arm, and once where it is so in every arm.
    """
    told = _arm_differences if one.arms or other.arms else _event_differences
    return [*_run_differences(one, other), *told(one, other, region)]


# When ---------------------------------------------------------------------------------------


def when(event: Event) -> str:
    """Return when an event is in force, in words."""
    start = date_in_words(event.start)
    if event.shape == "decay":
        return f"from {start}, halving every {_months(event.months or 1)}{_until(event)}"
    if event.shape == "ramp":
        return f"from {start}, rising over {_months(event.months or 1)}{_until(event)}"
    begins, ends = span(event)
    if ends == inf:
        return f"from {start} on"
    reopening = event.what.get("reopening", 0.0)
    slowly = f", easing over {_months(reopening)} after that" if reopening else ""
    return _from_to(event, begins, ends) + slowly


def date_in_words(date: str) -> str:
    """Return a date as it is read: January 2022, 6 January 2022."""
    year, month, *day = date.split("-")
    return " ".join([*(str(int(part)) for part in day), MONTH_NAMES[int(month) - 1], year])


def _from_to(event: Event, begins: float, ends: float) -> str:
    if event.end is None and ends != int(ends):
        return f"for {_months(ends - begins)} from {date_in_words(event.start)}"
    last = event.end or month_after(event.start[:7], int(ends - begins) - 1)
    if last == event.start and "day" in event.what:
        return f"on {date_in_words(event.what['day'])}"
    if last == event.start:
        return f"{'on' if len(last) > len('2022-01') else 'in'} {date_in_words(last)}"
    first, final = date_in_words(event.start), date_in_words(last)
    if len(event.start) == len(last) and event.start[:4] == last[:4]:
        same_month = len(last) > len("2022-01") and event.start[:7] == last[:7]
        first = first.rsplit(" ", 2 if same_month else 1)[0]
    return f"from {first} to {final}"


def _until(event: Event) -> str:
    return f", until {date_in_words(event.end)}" if event.end else ""


def _months(count: float) -> str:
    return "a month" if count == 1 else f"{count:g} months"


def _intent(event: Event) -> str:
    intent: Size | None = event.what.get("intent")
    if intent is None:
        return ""
    if intent.low == intent.high:
        return {0.0: "; nobody means it", 1.0: "; it is an order from above"}.get(
            intent.low, f"; it is meant in part (intent {intent.low:g})"
        )
    return f"; nobody knows how deliberate: intent {intent.low:g} to {intent.high:g}"


# How much -----------------------------------------------------------------------------------


def number(size: Size, unit: str = "", scale: float = 1.0) -> str:
    """Return a size in words: 2.5 thousand men, 0.2 to 0.5."""
    low, high = f"{size.low * scale:.3g}", f"{size.high * scale:.3g}"
    joint = "" if unit == "%" else " "
    numbers = low if low == high else f"{low} to {high}"
    return f"{numbers}{joint}{unit}".rstrip()


def more_or_less(size: Size) -> str:
    """Return a factor as a change: 25% more, 30% to 50% less, up to 15% less."""
    changes = [(end - 1.0) * 100.0 for end in (size.low, size.high)]
    if changes[0] == changes[1] == 0.0:
        return "as much as before"
    if min(changes) < 0.0 < max(changes):
        return f"between {-min(changes):.3g}% less and {max(changes):.3g}% more"
    least, most = sorted(abs(change) for change in changes)
    word = "more" if max(changes) > 0.0 else "less"
    if least == 0.0:
        return f"up to {most:.3g}% {word}"
    return f"{least:.3g}% {word}" if least == most else f"{least:.3g}% to {most:.3g}% {word}"


def _growth(size: Size) -> str:
    grown = Size((exp(size.low) - 1.0) * 100.0, (exp(size.high) - 1.0) * 100.0)
    return f"{number(grown, '%')} a year"


# Who ----------------------------------------------------------------------------------------


def name(code: str, region: Region) -> str:
    """Return an actor's name as it stands in a sentence."""
    return ARTICLES.get(code, "") + region.actor(code).name


def states(event: Event, region: Region) -> str:
    """Return the states that an event is about, in words."""
    codes = event.what["states"]
    if tuple(codes) == region.states and len(codes) > 1:
        return "each of the states"
    return listed([name(code, region) for code in codes])


def links(event: Event, region: Region) -> str:
    """Return the links that an event is about, in words."""
    names = {link.code: short_name(link.name) for link in region.links}
    return listed([f"'{names[code]}'" for code in event.what["links"]])


def short_name(long_name: str) -> str:
    """Return a name without the ends of the line that come after its one comma."""
    return long_name.split(",", maxsplit=1)[0] if long_name.count(",") == 1 else long_name


def listed(names: list[str]) -> str:
    """Return names as a list in words: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _power(event: Event, region: Region) -> str:
    return name(event.what["power"], region)


def _by(event: Event, region: Region) -> str:
    return name(event.what["by"], region)


def _partner(event: Event, region: Region) -> str:
    return name(event.what["partner"], region)


def _is(event: Event, key: str = "links") -> str:
    return "is" if len(event.what[key]) == 1 else "are"


def _are_left(size: Size) -> str:
    return number(Size(1.0 - size.high, 1.0 - size.low), "%", 100.0)


# One sentence for each kind -----------------------------------------------------------------

Sentence = Callable[[Event, Region], str]


def _cut(event: Event, region: Region) -> str:
    return f"{links(event, region)} {_is(event)} cut to {_are_left(event.size)} of capacity"


def _slowed(event: Event, region: Region) -> str:
    dearer = event.size.high > 0.0
    cost = event.size if dearer else Size(-event.size.high, -event.size.low)
    change = f"{'dearer' if dearer else 'cheaper'} to pass by {number(cost, '%', 100.0)}"
    return f"{links(event, region)} {_is(event)} {change} of the cargo's worth"


def _enlarged(event: Event, region: Region) -> str:
    if event.what.get("by_factor"):
        return f"{links(event, region)} can carry {more_or_less(event.size)}"
    return f"{links(event, region)} can carry {number(event.size, _unit(event, region))} more"


def _unit(event: Event, region: Region) -> str:
    return next(link.unit for link in region.links if link.code in event.what["links"])


def _there(event: Event, region: Region) -> str:
    everywhere = set(event.what["states"]) == set(region.states)
    return "" if everywhere else f" in {states(event, region)}"


def _budget(event: Event, region: Region) -> str:
    domain = event.what.get("domain")
    if domain:
        change = f"spends {more_or_less(event.size)} in the domain '{domain}'"
        return f"{_power(event, region)} {change}{_there(event, region)}"
    return f"{_power(event, region)} spends {more_or_less(event.size)} on the region"


def _trend(event: Event, region: Region) -> str:
    if event.what["what"] == "gdp":
        return f"GDP of {states(event, region)} drifts by {_growth(event.size)}"
    pull = f"the pull of {_partner(event, region)} on the trade of {states(event, region)}"
    return f"{pull} drifts by {_growth(event.size)}"


def _presses(event: Event, region: Region) -> str:
    if event.size.high <= 0.0:
        held = Size(-event.size.high, -event.size.low)
        return (
            f"{_by(event, region)} holds back pressure on {states(event, region)} by {number(held)}"
        )
    pressure = _pressure(event.size)
    return f"{_by(event, region)} puts {pressure} of full pressure on {states(event, region)}"


def _realign(event: Event, region: Region) -> str:
    more = event.size.high > 0.0
    size = event.size if more else Size(-event.size.high, -event.size.low)
    wishes = "wishes" if len(event.what["states"]) == 1 else "wish"
    return (
        f"{states(event, region)} {wishes} for {'more' if more else 'less'} of "
        f"{_partner(event, region)} in the domain '{event.what['domain']}' "
        f"({number(size, 'log points')})"
    )


def _body(event: Event, region: Region) -> str:
    verb = {"join": "joins", "leave": "leaves"}[event.kind]
    verb = verb if len(event.what["states"]) == 1 else event.kind
    return f"{states(event, region)} {verb} the {event.what['body']}"


def _money(event: Event, region: Region) -> str:
    verb = "gives" if event.kind == "aid" else "invests"
    to = "to" if event.kind == "aid" else "in"
    amount = number(event.size, "bn USD a year")
    each = " each" if 1 < len(event.what["states"]) < len(region.states) else ""
    return f"{_by(event, region)} {verb} {amount} {to} {states(event, region)}{each}"


def _goes_on(event: Event, region: Region) -> str:
    each = " each" if 1 < len(event.what["states"]) < len(region.states) else ""
    amount = number(event.size, "bn USD a year")
    return f"{_power(event, region)} goes on investing {amount} in {states(event, region)}{each}"


def _visit(event: Event, region: Region) -> str:
    meets = "visits" if event.kind == "visit" else "meets the leaders of"
    often = "" if event.size == Size(1.0, 1.0) else f" {number(event.size)} times a month"
    return f"{_by(event, region)} {meets} {states(event, region)}{often}"


def _insecure(event: Event, region: Region) -> str:
    what = "unrest raises" if event.kind == "unrest" else "events raise"
    months = event.months or 1.0
    again = event.shape == "pulse" and (months > 1.0 or event.end is not None)
    rise = number(event.size, "log points a month" if again else "log points")
    return f"{what} {event.what['need']} insecurity in {states(event, region)} by {rise}"


SENTENCES: dict[str, Sentence] = {
    "link_closed": lambda e, r: f"{links(e, r)} {_is(e)} shut",
    "link_cut": _cut,
    "link_slowed": _slowed,
    "link_opened": lambda e, r: f"{links(e, r)} opens for {number(e.size, _unit(e, r))}",
    "link_enlarged": _enlarged,
    "unrest": _insecure,
    "insecurity": _insecure,
    "intervention": lambda e, r: (
        f"{_power(e, r)} has {number(e.size, 'thousand men')} in {states(e, r)}"
    ),
    "threat_signal": lambda e, r: f"{_by(e, r)} frightens {states(e, r)} (size {number(e.size)})",
    "rhetoric": lambda e, r: (
        f"hostile words from {_by(e, r)} against {states(e, r)} (size {number(e.size)})"
    ),
    "pressure": _presses,
    "visit": _visit,
    "summit": _visit,
    "aid": _money,
    "investment": _money,
    "investment_trend": _goes_on,
    "budget": _budget,
    "attention": _budget,
    "engagement": lambda e, r: (
        f"{_partner(e, r)} does {more_or_less(e.size)} in the domain '{e.what['domain']}'"
        f"{_there(e, r)}"
    ),
    "sanctions": lambda e, r: f"Western sanctions on Russia stand at {number(e.size)} of full",
    "enforcement": lambda e, r: (
        f"sanctions are enforced on others by {number(e.size)} more of full"
    ),
    "crackdown": lambda e, r: f"{states(e, r)} acts against re-exports ({number(e.size)} of full)",
    "remittances": lambda e, r: (
        f"migrants in {_power(e, r)} can send {more_or_less(e.size)} to {states(e, r)}"
    ),
    "arrivals": lambda e, r: (
        f"{number(e.size, 'thousand people')} from a power at war live in {states(e, r)}"
    ),
    "labour_need": lambda e, r: f"{_power(e, r)} needs migrants more by {number(e.size)}",
    "price": lambda e, r: f"the price of {e.what['commodity']} is {_dearer(e.size)}",
    "hardship": lambda e, r: (
        f"life in {states(e, r)} is harder by {number(e.size, '%', 100.0)} of GDP"
    ),
    "failed_project": lambda e, r: (
        f"a project of {_partner(e, r)} fails in {states(e, r)} (distrust {number(e.size)} up)"
    ),
    "backlash": lambda e, r: (
        f"the public of {states(e, r)} turns against {_partner(e, r)} (by {number(e.size)})"
    ),
    "join": _body,
    "leave": _body,
    "realign": _realign,
    "trend": _trend,
    "restraint": lambda e, r: f"{_power(e, r)} holds itself back {more_or_less(e.size)}",
    "defence_budget": lambda e, r: (
        f"{states(e, r)} spends {number(e.size, '% of GDP')} more on its army"
    ),
}
"""What each kind of event supposes, without when."""


def _pressure(size: Size) -> str:
    return number(Size(1.0 - exp(-size.low), 1.0 - exp(-size.high)), "%", 100.0)


def _dearer(size: Size) -> str:
    words = more_or_less(size).replace(" more", " higher").replace(" less", " lower")
    return words.replace("as much as before", "as before")


# Two scenarios ------------------------------------------------------------------------------


def _run_differences(one: Scenario, other: Scenario) -> Iterator[str]:
    for field in ("start", "months", "members", "seed", "rule"):
        if getattr(one, field) != getattr(other, field):
            yield f"{field}: {getattr(other, field)} instead of {getattr(one, field)}."
    for name in other.without:
        if name not in one.without:
            yield f"switched off: {name.replace('_', ' ')}."
    for name in one.without:
        if name not in other.without:
            yield f"not switched off: {name.replace('_', ' ')}."
    before = dict(one.numbers)
    for name, number in other.numbers:
        if before.get(name) != number:
            yield f"{name}: set to {number:g}."
    for name in sorted(before.keys() - dict(other.numbers).keys()):
        yield f"{name}: not set, but drawn from its range."
    for state, strategy in other.strategies:
        if (state, strategy) not in one.strategies:
            yield f"played by a strategy: {state}, {strategy}."
    was, now = one.baseline, other.baseline
    if was and now and now.name not in (was.name, one.name):
        yield f"baseline: {now.name} instead of {was.name}."


def _event_differences(one: Scenario, other: Scenario, region: Region) -> Iterator[str]:
    before = {event.id: event for event in one.events}
    now = {event.id: event for event in other.events}
    gone, new = _whole_baseline(one, now), _whole_baseline(other, before)
    if gone and one.baseline:
        yield f"removed, the baseline {one.baseline.name}: {len(gone)} events."
    if new and other.baseline:
        yield f"added, the baseline {other.baseline.name}: {len(new)} events."
    for event in sorted((*before.values(), *now.values()), key=_begins):
        if event.id in gone or event.id in new:
            continue
        if event.id not in before:
            yield f"added, {event.id}: {describe(event, region)}"
        elif event.id not in now:
            yield f"removed, {event.id}: {describe(event, region)}"
        elif now[event.id] is event and not _alike(before[event.id], event):
            was, is_now = describe(before[event.id], region), describe(event, region)
            yield f"changed, {event.id}: {is_now} Instead of: {was}"


MANY = 5
"""Events of a baseline above which they are counted, where all of them differ."""


def _whole_baseline(scenario: Scenario, elsewhere: Collection[str]) -> set[str]:
    """Return the ids of the events that come from the baseline, if none of them is elsewhere."""
    inherited = {event.id for event in scenario.events} - set(scenario.own_events)
    common = inherited & set(elsewhere)
    return inherited if len(inherited) > MANY and not common else set()


def _begins(event: Event) -> float:
    return month_number(event.start)


def _alike(one: Event, other: Event) -> bool:
    """Return whether two events suppose the same, however they are commented."""
    return (one.kind, one.role, one.size, one.what, when(one)) == (
        *(other.kind, other.role, other.size, other.what),
        when(other),
    )


def _arm_differences(one: Scenario, other: Scenario, region: Region) -> Iterator[str]:
    sets = {
        label: list(_event_differences(left, right, region))
        for label, left, right in _side_by_side(one, other)
    }
    together = list(sets.values()) or [list(_event_differences(one, other, region))]
    alike = [line for line in together[0] if all(line in lines for lines in together)]
    yield from (f"in every arm, {line}" for line in alike)
    for label, lines in sets.items():
        yield from (f"{label}, {line}" for line in lines if line not in alike)
    if one.arms and other.arms:
        yield from _alone(one, other, region)
        yield from _alone(other, one, region)


def _side_by_side(one: Scenario, other: Scenario) -> Iterator[tuple[str, Scenario, Scenario]]:
    """Yield the arms to be compared: those of one name, or each with a file that has none."""
    if not one.arms:
        yield from ((f"arm {arm.arm}", one, arm) for arm in other.arms)
    elif not other.arms:
        yield from ((f"against {one.name}'s arm {arm.arm}", arm, other) for arm in one.arms)
    else:
        names = {arm.arm: arm for arm in one.arms}
        shared = [arm for arm in other.arms if arm.arm in names]
        yield from ((f"arm {arm.arm}", names[arm.arm], arm) for arm in shared)


def _alone(scenario: Scenario, other: Scenario, region: Region) -> Iterator[str]:
    """Yield the arms that the other file does not have, by what each supposes of its own."""
    known = {arm.arm for arm in other.arms}
    for arm in scenario.arms:
        if arm.arm not in known and arm.baseline:
            for line in _event_differences(arm.baseline, arm, region):
                yield f"arm {arm.arm}, only in {scenario.name}: {line.removeprefix('added, ')}"
