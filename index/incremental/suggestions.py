"""The suggestions after a change, out of those before: titles follow at once.

Names, phrases and words with their counts stay until the next whole derivation, but for those that
hold a word the archive has no more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints
from index.incremental.sorted_rows import Merged, joined_pieces
from index.parts.catalogue.catalogue import Columns
from index.parts.suggestions.build import (
    LONGEST_TITLE,
    MOST_TITLES,
    language,
    newest_first,
    sounds_of,
)
from index.parts.suggestions.suggestions import TITLE, SuggestionIndex
from index.store.array_files import Arrays, as_bytes
from index.store.layout import SUGGESTIONS_FILE
from index.text.analysis import SCRIPTS


def extend_phrases(
    directory: Path,
    before: Path,
    columns: Columns,
    words: Merged,
    removed: Iterable[int],
    titles: Mapping[int, Sequence[str]],
) -> None:
    """Write the suggestions into `directory`.

    `words` says what became of the lexicon, `titles` are the words of the titles added, by docid.
    Raises what `SuggestionIndex.open` raises.
    """
    old = SuggestionIndex.open(before, len(words.moved))
    moved = words.moved[old.rows]
    kept = np.bincount(old.entry_of[moved < 0], minlength=len(old)) == 0
    kept &= ~np.isin(old.docids, np.fromiter(removed, np.int32))
    new = {
        docid: [bisect_left(words.names, word) for word in title[:LONGEST_TITLE]]
        for docid, title in titles.items()
        if title
    }
    docids = np.fromiter(new, np.int32, len(new))
    places, new_places = _places(old, kept, docids, columns)
    size = int((places >= 0).sum() + (new_places >= 0).sum())
    pieces = list(new.values())
    flat = np.array([row for piece in pieces for row in piece], np.int32)
    starts = np.cumsum([0, *map(len, pieces)]).astype(np.int32)
    rows, all_starts = joined_pieces((moved, old.starts), places, (flat, starts), new_places, size)
    languages = [language(words.names[row] for row in piece) for piece in pieces]

    def column(stored: npt.NDArray[Any], fresh: Any) -> npt.NDArray[Any]:
        made = np.empty(size, stored.dtype)
        made[places[places >= 0]] = stored[places >= 0]
        fresh = np.broadcast_to(np.asarray(fresh, stored.dtype), new_places.shape)
        made[new_places[new_places >= 0]] = fresh[new_places >= 0]
        return made

    named = np.flatnonzero(kept[: old.titles_from]).tolist()
    arrays: Arrays = {
        "texts": as_bytes([old.texts[entry] for entry in named]),
        "kinds": column(old.kinds, TITLE),
        "languages": column(old.languages, languages),
        "counts": column(old.counts, 1),
        "twins": column(np.where(old.twins >= 0, places[old.twins], -1).astype(np.int32), -1),
        "docids": column(old.docids, docids),
        "starts": all_starts,
        "rows": rows.astype(np.int32),
        **_sounds(old, words, rows),
    }
    np.savez(directory / SUGGESTIONS_FILE, allow_pickle=False, **arrays)


def _places(
    old: SuggestionIndex, kept: npt.NDArray[np.bool_], docids: Ints, columns: Columns
) -> tuple[Ints, Ints]:
    """Where each old entry stands now, and each new title: -1 for what is left out."""
    places = np.full(len(old), -1, np.int32)
    named = np.flatnonzero(kept[: old.titles_from])
    places[named] = np.arange(len(named))
    titled = old.titles_from + np.flatnonzero(kept[old.titles_from :])
    order = newest_first(np.concatenate([old.docids[titled], docids]), columns)[:MOST_TITLES]
    rank = np.full(len(titled) + len(docids), -1, np.int32)
    rank[order] = len(named) + np.arange(len(order))
    places[titled] = rank[: len(titled)]
    return places, rank[len(titled) :]


def _sounds(old: SuggestionIndex, words: Merged, rows: Ints) -> Arrays:
    """How the words of all entries begin to sound: only those that no entry held are looked at."""
    used, known = np.zeros(len(words.names), bool), np.zeros(len(words.names), bool)
    used[rows] = True
    before = words.moved[np.unique(old.rows)]
    known[before[before >= 0]] = True
    fresh = sounds_of((row, words.names[row]) for row in np.flatnonzero(used & ~known).tolist())
    arrays: Arrays = {}
    for kind in SCRIPTS:
        stored, made = old.sounds[kind].arrays(), fresh[kind].arrays()
        moved = words.moved[stored["rows"]]
        here = moved >= 0
        here[here] = used[moved[here]]
        keys = np.concatenate([stored["keys"][here], made["keys"]])
        sounding = np.concatenate([moved[here], made["rows"]])
        order = np.lexsort((sounding, keys))
        arrays[f"{kind}_sounds_keys"] = keys[order]
        arrays[f"{kind}_sounds_rows"] = sounding[order].astype(np.int32)
    return arrays
