"""Turns a misspelled name into help: settings, parameters and values all say it the same way."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """One sentence: the name probably meant, or all the names there are."""
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(names)}."
