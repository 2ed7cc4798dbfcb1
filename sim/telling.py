"""Changes told in a reader's language, from the one catalogue of texts.

The page for a class says the same in a browser (sim/explore/web/words.js), with the same texts.
Numbers have two digits here, as in every answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.claims import FEW, amount
from sim.claims import frequency as in_english
from sim.texts import LANGUAGES, catalogue

ENGLISH = LANGUAGES[0]

OFTEN = (
    "every", "nearly_all", "most", "more", "divided", "fewer", "few", "hardly", "none",
)  # fmt: skip
"""The catalogue's names of what `sim.claims.frequency` says."""

LEAST_PART = {"breadth": 0.001, "deliberate": 0.001}
"""Below which a part of a change is written as 0, by kind; of the others, a hundredth."""


@dataclass(frozen=True)
class Change:
    """What differs from the baseline in one quantity of a state at one date, over the runs."""

    kind: str  # as in the catalogue: share, breadth, gdp ...
    state: str
    partner: str  # of a share or a threat
    date: str  # YYYY-MM; empty for the base year
    band: tuple[float, float, float]  # median, 5th and 95th percentile, in the unit that is told
    imposed: float  # means over the runs
    chosen: float
    share_of_runs: float  # that have the sign of the median
    members: int
    size: str  # slight, small, moderate or large; empty where sizes have no words
    told: bool  # it can be told from nothing


# Words ----------------------------------------------------------------------------------------


def text(language: str, key: str, **filled: object) -> str:
    """Return a text of the catalogue with its places filled in."""
    return catalogue(language)[key].format(**filled)


def named(language: str, kind: str, code: str, otherwise: str = "") -> str:
    """Return a name of the region in a language, or as the region's own tables have it."""
    return catalogue(language).get(f"{kind}.{code}", otherwise or code)


def of_partner(language: str, code: str) -> dict[str, str]:
    """Return a partner's name in the cases in which texts want it; empty where there is none."""
    cases = ("partner", "with", "from")
    return {case: named(language, case, code) if code else "" for case in cases}


def of_state(language: str, code: str) -> dict[str, str]:
    """Return a state's name in the cases in which texts want it."""
    return {case: named(language, case, code) for case in ("state", "whose")}


def scenario_text(language: str, name: str, arm: str, field: str, own: str) -> str:
    """Return a scenario's words in a language, where they are as shipped; else as written."""
    of_arm = f".{arm}" if arm and field == "title" else ""
    key = f"scenario.{name}{of_arm}.{field}"
    shipped = catalogue(ENGLISH).get(key) == own
    return catalogue(language)[key] if shipped else own


def month(language: str, date: str, form: str = "written") -> str:
    """Return a month in words, as in a sentence or `short` as in a table; or the base year."""
    if not date:
        return text(language, "month.base_year")
    year, number = date.split("-")[:2]
    name = text(language, f"month.{int(number)}")
    return text(language, f"month.{form}", name=name, year=year)


def listed(language: str, names: Sequence[str]) -> str:
    """Return names as a list."""
    return text(language, "list.comma").join(names)


# Numbers --------------------------------------------------------------------------------------


def own_point(language: str, number: str) -> str:
    """Return a number that is written already with the language's own decimal sign."""
    return number.replace(".", text(language, "number.point"))


def signed(language: str, number: float, least: float = 0.0) -> str:
    """Return a change at two digits, with its sign; 0, without one, below its least size."""
    told = amount(number if abs(number) >= least else 0.0)
    return own_point(language, f"+{told}" if number > 0 and told != "0" else told)


def in_signs(language: str, band: Sequence[float]) -> list[str]:
    """Return a band's numbers with signs; 0 below a hundredth of the largest, as in answers."""
    least = max(abs(number) for number in band) / 100.0
    return [signed(language, number, least) for number in band]


# Sentences ------------------------------------------------------------------------------------


def frequency(language: str, share: float, members: int) -> str:
    """Return how often something holds among the runs; few runs are counted."""
    if share > 0 and members < FEW:
        if members == 1:
            return text(language, "frequency.one")
        some = round(share * members)
        return text(language, "frequency.counted", some=some, all=members)
    found = {text(ENGLISH, f"frequency.{name}"): name for name in OFTEN}
    return text(language, f"frequency.{found[in_english(share, members)]}")


def how(language: str, size: str, share: float, members: int) -> str:
    """Return the end of a sentence on a change: the word for its size, and how often."""
    words = [text(language, f"size.{size}")] if size else []
    said = [*words, frequency(language, share, members)]
    return "".join(text(language, "list.and") + one for one in said)


def subject(language: str, change: Change) -> str:
    """Return what a change is of, as the subject of a sentence."""
    cases = of_state(language, change.state) | of_partner(language, change.partner)
    return text(language, f"subject.{change.kind}", **cases)


def change_sentence(language: str, change: Change) -> str:
    """Return the sentence on a change: range, median, size, how often."""
    filled = {"what": subject(language, change), "month": month(language, change.date)}
    if not change.told:
        return text(language, "say.nothing", **filled)
    middle, low, high = in_signs(language, change.band)
    return text(
        language,
        "say.same" if low == high else "say.change",
        **filled,
        low=low,
        high=high,
        median=middle,
        unit=text(language, f"unit.{change.kind}"),
        how=how(language, change.size, change.share_of_runs, change.members),
    )


def parts_sentence(language: str, change: Change) -> list[str]:
    """Return how much of a change was imposed and how much chosen; nothing where both are 0."""
    least = LEAST_PART.get(change.kind, 0.01)
    imposed, chosen = (signed(language, part, least) for part in (change.imposed, change.chosen))
    if imposed == chosen == "0":
        return []
    unit = text(language, f"unit.{change.kind}")
    return [text(language, "parts.split", imposed=imposed, chosen=chosen, unit=unit)]


def joined(language: str, sentences: Sequence[str]) -> str:
    """Return sentences as one text; not every language has a space between them."""
    whole, *rest = sentences
    for other in rest:
        whole = text(language, "list.pair", one=whole, other=other)
    return whole


def sent_sentence(
    language: str, stream: str, unit: str, band: Sequence[float], part: float, ending: str
) -> str:
    """Return the sentence on what is sent over the whole run, and what part of a year's that is."""
    middle, low, high = in_signs(language, band)
    return text(
        language,
        "report.sent_same" if low == high else "report.sent",
        what=named(language, "stream", stream),
        low=low,
        high=high,
        median=middle,
        unit=text(language, f"unit.{unit}_in_all"),
        part=signed(language, part),
        how=ending,
    )
