"""Which words of the archive a pattern stands for: `leop*`, `vacc?ne`, `polio~`.

They are looked up among the archive's own words, once a search; of very many the most frequent are
taken, and the query says so.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index import budget
from index.parts.lexicon.lexicon import Lexicon
from index.text.analysis import SCRIPTS, script
from index.text.edit_distance import distances
from search.config import Parsing, SearchConfig
from search.models import Notice
from search.query.conditions import Atom, atoms_of
from search.query.query import Query

_AFTER_ALL = "\U0010ffff"


def with_forms(query: Query, lexicon: Lexicon, config: SearchConfig) -> Query:
    """The query, with the words that its patterns stand for. Raises SearchTimeoutError."""
    loose = dict.fromkeys(
        atom for atom in (*query.atoms, *query.excluded, *atoms_of(query.conditions)) if atom.loose
    )
    forms, notices = [], []
    for atom in loose:
        words = _words(atom, lexicon)
        if len(words) > config.max_pattern_words:
            message = (
                f"{len(words):,} words of the archive fit {_shown(atom)}; "
                f"the {config.max_pattern_words} most frequent are searched."
            )
            notices.append(Notice("pattern-cut", message, _shown(atom)))
        elif not words:
            message = f"No word of the archive fits {_shown(atom)}."
            notices.append(Notice("pattern-empty", message, _shown(atom)))
        forms.append((atom, tuple(words[: config.max_pattern_words])))
    if not forms:
        return query
    return replace(query, forms=tuple(forms), notices=(*query.notices, *notices))


def _shown(atom: Atom) -> str:
    return f"{atom.surface}~" if atom.edits else atom.surface


def _words(atom: Atom, lexicon: Lexicon) -> list[str]:
    """All words that fit, the most frequent first."""
    found = _spelt_nearly(atom, lexicon) if atom.edits else _fitting(atom.pattern, lexicon)
    rows = np.array(found, np.int64)
    order = np.lexsort((rows, -lexicon.frequencies[rows]))
    return [lexicon.words[row] for row in rows[order].tolist()]


def _fitting(pattern: str, lexicon: Lexicon) -> list[int]:
    """Rows of the words that fit `*` (any letters) and `?` (one letter)."""
    words = lexicon.words
    prefix = re.split(r"[*?]", pattern, maxsplit=1)[0]
    first = bisect_left(words, prefix)
    last = bisect_left(words, prefix + _AFTER_ALL) if prefix else len(words)
    # No part between two stars is tried at more than one place: the first that fits will do.
    parts = [re.escape(part).replace(r"\?", ".") for part in pattern.split("*")]
    middle = "".join(f"(?=(?P<p{at}>.*?{part}))(?P=p{at})" for at, part in enumerate(parts[1:-1]))
    fits = re.compile(parts[0] + middle + (f".*{parts[-1]}" if len(parts) > 1 else "") + r"\Z")
    rows = []
    for row in range(first, last):
        if row % Parsing.CHECKED_WORDS == 0:
            budget.check()
        if fits.match(words[row]):
            rows.append(row)
    return rows


def _spelt_nearly(atom: Atom, lexicon: Lexicon) -> list[int]:
    """Rows of the words of the same script that differ by no more letters than the atom allows."""
    word = atom.words[0]
    kind = script(word)
    if kind not in SCRIPTS:
        row = lexicon.row(word)
        return [row] if row >= 0 else []
    rows = lexicon.script_rows(kind)
    others: Sequence[str] = [lexicon.words[row] for row in rows.tolist()]
    near = distances(word, others, atom.edits) <= atom.edits
    return [int(row) for row in rows[near]]
