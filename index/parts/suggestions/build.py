"""Makes the suggestions of a generation that is being built (see
`index.parts.suggestions.suggestions`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, distinct
from index.parts.catalogue.catalogue import Columns
from index.parts.lexicon.lexicon import Lexicon
from index.parts.part import Building
from index.parts.suggestions.name_pairs import NamePair, pair_names
from index.parts.suggestions.phrase_mining import (
    Mined,
    content_words,
    least_count,
    mine_phrases,
    pieces,
    rows_of,
    spellings_of,
)
from index.parts.suggestions.suggestions import (
    LANGUAGES,
    NAME,
    PHRASE,
    TITLE,
    WORD,
)
from index.parts.suggestions.word_stream import Words, WordStream
from index.sound.prefixes import SoundPrefixes
from index.store.array_files import Arrays, as_bytes, with_prefix
from index.store.layout import SUGGESTIONS_FILE
from index.text.analysis import SCRIPTS, Script, script, terms
from index.text.normalize import one_keyboard

MOST_PHRASES = 60_000
MOST_WORDS = 40_000
MOST_TITLES = 200_000
"""Kept of each, the most frequent; of titles the newest."""

LONGEST_TITLE = 30
"""Words of a title by which it is found."""


@dataclass
class _Entry:
    """An entry as it is gathered, by what it is found and offered; of a title the text is not kept."""

    text: str
    kind: int
    count: int
    rows: list[int]
    docid: int = -1
    twin: int = -1


def build_suggestions(building: Building) -> None:
    """Write the suggestions of a generation whose catalogue and lexicon are there."""
    building.report("finding names and phrases", 0, 0)
    directory, catalogue = building.directory, building.catalogue
    lexicon = Lexicon.open(directory)
    place = {word: row for row, word in enumerate(lexicon.words)}
    stream, titles = WordStream(place), list[tuple[int, list[int]]]()
    firsts = catalogue.columns().firsts
    for docid, document in catalogue.iter_documents():
        if firsts[docid]:  # what copies repeat is no phrase for being repeated
            stream.add(document)
        rows = [place[word] for word in terms(document.title)[:LONGEST_TITLE]]
        if rows:
            titles.append((docid, rows))
    words = stream.finish()
    found = mine_phrases(words, lexicon.words)
    entries: list[_Entry] = []
    _add_phrases(entries, found, pair_names(found, words, lexicon), words)
    _add_words(entries, found[0], words, lexicon)
    docids = np.array([docid for docid, _ in titles], np.int32)
    for at in newest_first(docids, catalogue.columns())[:MOST_TITLES].tolist():
        entries.append(_Entry("", TITLE, 1, titles[at][1], titles[at][0]))
    np.savez(directory / SUGGESTIONS_FILE, allow_pickle=False, **_arrays(entries, lexicon))


def newest_first(docids: Ints, columns: Columns) -> Ints:
    """Places of the documents in the order of their dates, the newest first, those without one last."""
    return np.lexsort((docids, -columns.date[docids])).astype(np.int32)


def _add_phrases(
    entries: list[_Entry], found: Sequence[Mined], pairs: Sequence[NamePair], words: Words
) -> None:
    """Names and phrases of all lengths, the most frequent ones, and which are the same name."""
    for pair in pairs:
        length, at = pair.urdu
        found[length - 1].names[at] = True
    counts = np.concatenate([mined.runs.articles[mined.names | mined.phrases] for mined in found])
    least = np.sort(counts)[-MOST_PHRASES - 1] + 1 if len(counts) > MOST_PHRASES else 0
    entry: dict[tuple[int, int], int] = {}
    for mined in found:
        runs = mined.runs
        wanted = (mined.names | mined.phrases) & (runs.articles >= least)
        chosen = np.flatnonzero(wanted).astype(np.int32)
        texts = spellings_of(words, runs, chosen)
        rows = rows_of(runs, words)[chosen].tolist()
        for at, text, own in zip(chosen.tolist(), texts, rows, strict=True):
            kind = NAME if mined.names[at] else PHRASE
            count = int(runs.articles[at]) * words.stride
            entry[runs.length, at] = len(entries)
            entries.append(_Entry(one_keyboard(text), kind, count, own))
    for pair in pairs:
        urdu, english = entry.get(pair.urdu), entry.get(pair.english)
        if urdu is not None and english is not None:
            entries[urdu].twin, entries[english].twin = english, urdu


def _add_words(entries: list[_Entry], single: Mined, words: Words, lexicon: Lexicon) -> None:
    """Single words that are no names, the most frequent ones."""
    rows = rows_of(single.runs, words)[:, 0]
    least = least_count(len(words.stream))
    wanted = content_words(lexicon.words)[rows] & ~single.names & ~pieces(single.runs, words)
    wanted &= lexicon.frequencies[rows] >= least
    chosen = np.flatnonzero(wanted)
    order = np.argsort(-lexicon.frequencies[rows[chosen]], kind="stable")
    kept: Ints = np.sort(chosen[order[:MOST_WORDS]]).astype(np.int32)
    texts = spellings_of(words, single.runs, kept)
    for text, row in zip(texts, rows[kept].tolist(), strict=True):
        entries.append(_Entry(one_keyboard(text), WORD, int(lexicon.frequencies[row]), [row]))


def _arrays(entries: list[_Entry], lexicon: Lexicon) -> Arrays:
    flat = np.array([row for entry in entries for row in entry.rows], np.int32)
    starts = np.cumsum([0, *(len(entry.rows) for entry in entries)]).astype(np.int32)
    arrays: Arrays = {
        "texts": as_bytes([entry.text for entry in entries if entry.kind != TITLE]),
        "kinds": np.array([entry.kind for entry in entries], np.uint8),
        "languages": _languages(flat, starts, lexicon),
        "counts": np.array([entry.count for entry in entries], np.int32),
        "twins": np.array([entry.twin for entry in entries], np.int32),
        "docids": np.array([entry.docid for entry in entries], np.int32),
        "starts": starts,
        "rows": flat,
    }
    for kind in SCRIPTS:
        sounds = lexicon.sound_prefixes(kind, distinct(flat))
        arrays |= with_prefix(f"{kind}_sounds_", sounds.arrays())
    return arrays


def _languages(flat: Ints, starts: Ints, lexicon: Lexicon) -> npt.NDArray[np.uint8]:
    """`language` of rows of words, which begin at `starts`."""
    many = {}
    for kind in SCRIPTS:
        met = np.isin(flat, lexicon.script_rows(kind))
        many[kind] = np.diff(np.append(0, np.cumsum(met))[starts])
    neither = (many["ur"] == 0) & (many["en"] == 0)
    either = np.where(many["ur"] >= many["en"], LANGUAGES.index("ur"), LANGUAGES.index("en"))
    return np.where(neither, LANGUAGES.index("und"), either).astype(np.uint8)


def sounds_of(words: Iterable[tuple[int, str]]) -> dict[Script, SoundPrefixes]:
    """The words (row, word) of each script by how they begin to sound."""
    kinds = [(row, word, script(word)) for row, word in words]
    return {
        kind: SoundPrefixes.build(
            ((row, word) for row, word, own in kinds if own == kind), latin=kind == "en"
        )
        for kind in SCRIPTS
    }


def language(words: Iterable[str]) -> int:
    """The code of the language most of an entry's words are in, Urdu before English."""
    kinds = [script(word) for word in words]
    urdu, english = kinds.count("ur"), kinds.count("en")
    return LANGUAGES.index("und" if urdu == english == 0 else "ur" if urdu >= english else "en")
