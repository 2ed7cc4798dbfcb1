"""A scenario file to fill in."""

from __future__ import annotations

TO_FILL_IN = {
    "title": "A title in a few words",
    "question": "What is asked, in one sentence?",
    "beyond": "How far this goes beyond anything that the articles report.",
}
"""Words that stand in the template for the user's own."""

TEMPLATE = """\
# yaml-language-server: $schema=../docs/scenario.schema.json
#
# A scenario: a question, and dated events that pose it. Fill in, then try
#   python run.py check {file}
#   python run.py {file}
# Every kind of event and its fields: docs/scenarios.md. Lines that begin with # are not read.

title: "{title}"
question: "{question}"
beyond: "{beyond}"
sources:
  - "What dates and sizes rest on."

# The baseline: the same world without this file's own events.
# Without this line nothing happens there.
extends: history_2022_2024

start: 2022-01   # first month
months: 48       # length of the run
members: 200     # runs of the ensemble

events:
  - id: pipeline_shut          # a name of your own
    kind: link_closed          # what happens; the other fields depend on it
    link: cpc_pipeline
    start: 2023-02             # a month, or a day: 2023-02-14
    months: 6                  # or an end: 2023-07
    intent: [0, 1]             # 0 a storm, 1 an order; [low, high]: every run draws its own
    because: [WSJ-056]         # facts of the articles, or words
    note: "Why this date and this size."

# Events of the baseline that do not happen here, by id:
# remove:
#   - csto_force

# Events of the baseline that are otherwise here:
# change:
#   sanctions:
#     size: 0.5

# Variants of the question, side by side, each with events, remove and change of its own:
# arms:
#   - name: storm
#     change:
#       pipeline_shut:
#         intent: 0
#   - name: order
#     change:
#       pipeline_shut:
#         intent: 1
"""


def template(name: str) -> str:
    """Return a commented scenario file, in order but for the words that are to be filled in."""
    return TEMPLATE.format(file=f"scenarios/{name}.yaml", **TO_FILL_IN)
