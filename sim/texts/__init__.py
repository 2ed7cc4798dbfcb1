"""The texts that a reader sees in a chosen language: one catalogue each, alike in their keys."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent

LANGUAGES = ("en", "zh", "ru")
"""The languages there are, the first where nothing is said; another is one more file."""


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return every text in a language, by key."""
    texts: dict[str, str] = json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))
    return texts


def catalogues() -> dict[str, dict[str, str]]:
    """Return the catalogues of all languages."""
    return {language: catalogue(language) for language in LANGUAGES}


def choices() -> str:
    """Return the languages that there are, for who asks for another."""
    return ", ".join(f"{one} ({catalogue(one)['language.own']})" for one in LANGUAGES)
