"""The words of an answer, each explained once: for `explain` and for docs/reading_an_answer.md."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One word of an answer: other spellings of it, and what it means here."""

    name: str
    meaning: str
    also: tuple[str, ...] = ()


WORDS = (
    Word(
        "imposed",
        "The part of a change that moves although states and their shippers decide just what they "
        "decide in the baseline: a line is shut, troops stand in the country",
    ),
    Word(
        "chosen",
        "The rest of a change, after what was imposed: they wanted other ties, or other routes",
    ),
    Word(
        "breadth",
        "Over how many partners ties are spread, within each domain, as effective partners: 1 is "
        "one partner alone, 6 is all six alike",
        ("effective partners",),
    ),
    Word(
        "security ambiguity",
        "Whether security alone leaves open with whom a state stands, 0 to 1; a treaty or a base "
        "takes part of it away",
        ("ambiguity",),
    ),
    Word(
        "two-sidedness",
        "Whether there are, towards each power, ties that gain and means that insure, both at "
        "once; 0 to 3, as there are three powers",
        ("two_sidedness", "two sidedness"),
    ),
    Word(
        "division of labour",
        "Russia for security and China for the economy: half of how much more each has in its own "
        "domain than in the other's",
        ("division_of_labour",),
    ),
    Word(
        "issue-splitting",
        "Partners split by domain: breadth over all domains together, over breadth within them",
        ("issue_splitting", "issue splitting"),
    ),
    Word(
        "deliberate hedge",
        "Breadth less the breadth that the same state would choose if it did not mind risk; no "
        "observer could measure it, a model can",
        ("deliberate",),
    ),
    Word(
        "hedging",
        "Spreading ties on purpose among rivals, both gaining and insuring. “Hedging rose” is said "
        "only where at least two lenses are up by choice and ties wider, the deliberate hedge is "
        "up, and the power hedged against is feared more, each in most runs",
        ("hedge", "hedging rose"),
    ),
    Word(
        "insurance value",
        "How much smaller the worst loss, if one of the powers withdrew for a year, is with the "
        "ties of the date than with those of the base year, in % of GDP",
        ("insurance", "saved"),
    ),
    Word(
        "premium",
        "What the spread of ties costs: dearer routes and forgone gains, in % of GDP",
    ),
    Word(
        "share of ties",
        "A partner's part of a state's ties over all domains; its changes are in points, a "
        "hundredth of all ties each",
        ("points", "ties"),
    ),
    Word(
        "event",
        "One dated supposition of a scenario; its part in a change is counted over all orders in "
        "which the events could come in (Shapley values)",
        ("by event", "shapley value"),
    ),
    Word(
        "channel",
        "The domain and the partner that carry a change of breadth, in effective partners",
        ("by channel",),
    ),
    Word(
        "role",
        "Where an event comes from: a shock from outside the model, or a reaction that the rules "
        "should produce by themselves",
    ),
    Word("shock", "The role of an event that comes from outside the model"),
    Word(
        "reaction",
        "The role of an event that somebody decides in answer to others: the rules should produce "
        "it by themselves",
    ),
    Word(
        "intent",
        "How deliberate the shutting of a link is: 0 a storm, 1 an order from above. What is not "
        "known is drawn for each run; only what is meant frightens",
    ),
    Word(
        "gatekeeper",
        "Who can shut a link",
        ("keeper", "kept by"),
    ),
    Word(
        "member",
        "One draw of all that is uncertain, and the run of the model with it; a sample of the "
        "model's answers, not of what can happen in the world",
        ("run", "draw"),
    ),
    Word(
        "band",
        "Nine runs in ten lie in it, from the 5th to the 95th percentile. It holds the ranges of "
        "the numbers, the sizes left open and the monthly shocks, not rules nobody thought of",
        ("90% band", "5% to 95% of runs"),
    ),
    Word("median", "Half of the runs lie below it; medians do not add up, means do"),
    Word(
        "baseline",
        "The same world without the scenario's own events, run over the same draws; every answer "
        "is a difference to it",
    ),
    Word("arm", "One of several variants of a question, run side by side over the same draws"),
    Word(
        "before",
        "The month before the scenario first differs from its baseline; the base year, if it "
        "differs from the start",
    ),
    Word(
        "in full force",
        "When all of a scenario's events together depart most from the baseline: the last such "
        "month of what passes, the first of what goes on to the end of the run",
        ("during",),
    ),
    Word(
        "24 months after",
        "And 12 months after: counted from the month in full force; of what goes on to the end of "
        "the run, from its beginning",
        ("12 months after", "after_12", "after_24"),
    ),
    Word(
        "in most runs",
        "In 75 to 95% of the runs of this model, no chance in the world; the other phrases "
        "stand under “Words for numbers” in docs/reading_an_answer.md",
        ("in nearly all runs", "in every run", "in more runs than not", "in few runs"),
    ),
    Word(
        "slight",
        "The least of four words for the size of a median difference, before small, moderate and "
        "large; their limits stand under “Words for numbers” in docs/reading_an_answer.md",
        ("small", "moderate", "large"),
    ),
    Word(
        "passing",
        "Half of a change of breadth is gone within 12 months; brief: within 3; lasting: later",
        ("brief", "lasting"),
    ),
    Word(
        "judged",
        "A number that is our assumption, with a wide range; beside it, quoted: read in a source, "
        "and derived: computed from sources",
        ("quoted", "derived", "assumption"),
    ),
)
"""Every word that is explained, in the order in which an answer uses them."""
