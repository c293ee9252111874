"""The suggestions after changes, out of those stored and the titles that came since.

Names, phrases and words with their counts stay until the next whole derivation, but for those that
hold a word the archive has no more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, Mask, distinct, place_of
from index.parts.catalogue.catalogue import Columns
from index.parts.lexicon.changes import WordCounts
from index.parts.lexicon.lexicon import Lexicon
from index.parts.sorted_rows import joined_pieces
from index.parts.suggestions.build import MOST_TITLES, language, newest_first, sounds_of
from index.parts.suggestions.suggestions import TITLE, SuggestionIndex
from index.sound.prefixes import SoundPrefixes
from index.text.analysis import SCRIPTS, Script


def after_changes(
    old: SuggestionIndex, lexicon: Lexicon, columns: Columns, changes: WordCounts
) -> SuggestionIndex:
    """The suggestions of an archive: `old` are those stored, `lexicon` its words now."""
    assert lexicon.moved is not None
    moved = lexicon.moved[old.rows]
    kept = np.bincount(old.entry_of[moved < 0], minlength=len(old)) == 0
    titled = old.docids >= 0
    kept[titled] &= columns.live[old.docids[titled]]
    new = columns.live[changes.docids]
    sizes = np.diff(changes.starts)
    here = np.array([place_of(lexicon.words, word) for word in changes.words], np.int32)
    flat = here[changes.rows[np.repeat(new, sizes)]]
    starts = np.cumsum([0, *sizes[new].tolist()]).astype(np.int32)
    docids = changes.docids[new]
    places, new_places = _places(old, kept, docids, columns)
    size = int((places >= 0).sum() + (new_places >= 0).sum())
    rows, all_starts = joined_pieces((moved, old.starts), places, (flat, starts), new_places, size)
    spans = zip(starts.tolist(), starts[1:].tolist(), strict=False)
    words = [[lexicon.words[row] for row in flat[slice(*span)].tolist()] for span in spans]

    def column(stored: npt.NDArray[Any], fresh: Any) -> npt.NDArray[Any]:
        made = np.empty(size, stored.dtype)
        made[places[places >= 0]] = stored[places >= 0]
        fresh = np.broadcast_to(np.asarray(fresh, stored.dtype), new_places.shape)
        made[new_places[new_places >= 0]] = fresh[new_places >= 0]
        return made

    named = np.flatnonzero(kept[: old.titles_from]).tolist()
    twins = np.where(old.twins >= 0, places[old.twins], -1).astype(np.int32)
    return SuggestionIndex(
        texts=[old.texts[entry] for entry in named],
        kinds=column(old.kinds, TITLE),
        languages=column(old.languages, [language(each) for each in words]),
        counts=column(old.counts, 1),
        twins=column(twins, -1),
        docids=column(old.docids, docids),
        starts=all_starts,
        rows=rows.astype(np.int32),
        sounds=_sounds(old, lexicon, rows),
        lexicon_words=len(lexicon.words),
    )


def _places(old: SuggestionIndex, kept: Mask, docids: Ints, columns: Columns) -> tuple[Ints, Ints]:
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


def _sounds(old: SuggestionIndex, lexicon: Lexicon, rows: Ints) -> dict[Script, SoundPrefixes]:
    """How the words of all entries begin to sound: only those that no entry held are looked at."""
    assert lexicon.moved is not None
    used, known = np.zeros(len(lexicon.words), bool), np.zeros(len(lexicon.words), bool)
    used[rows] = True
    before = lexicon.moved[distinct(old.rows)]
    known[before[before >= 0]] = True
    fresh = sounds_of((row, lexicon.words[row]) for row in np.flatnonzero(used & ~known).tolist())
    found = {}
    for kind in SCRIPTS:
        stored, made = old.sounds[kind], fresh[kind]
        moved = lexicon.moved[stored.rows]
        here = moved >= 0
        here[here] = used[moved[here]]
        keys = np.concatenate([stored.arrays()["keys"][here], made.arrays()["keys"]])
        sounding = np.concatenate([moved[here], made.rows])
        order = np.lexsort((sounding, keys))
        found[kind] = SoundPrefixes(
            keys[order], sounding[order].astype(np.int32), latin=kind == "en"
        )
    return found
