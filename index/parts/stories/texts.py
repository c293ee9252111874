"""What the texts of two articles have in common, word by word and number by number.

Words of the other language are met through the bundled lexicon, and by sound, which is how names cross
scripts. What the archive itself taught is left out: it learned that from the very pairs that are judged
here, and a tiny archive has nothing to learn from. How rare a word is, too, is known beforehand, from the
bundled lexicon; the more articles an archive has, the more its own counts say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import pairwise, takewhile

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache

from index.arrays import Floats, Ints, Longs, Mask, Parallel
from index.documents import Document
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.bilingual import BilingualLexicon
from index.parts.lexicon.lexicon import Lexicon
from index.passages import passage_text
from index.sound.transliteration import SpellingModel
from index.text.analysis import SCRIPTS, Script, is_stop, script, terms
from index.text.normalize import Table
from index.text.quantities import quantities
from index.text.spoken_letters import LETTER_NAMED

LEAD = 3
"""Passages that say what an article is about: the title and the two after it."""
SHINGLE = 4
"""Words of a shingle: short enough to survive an edit in each sentence, too long for a phrase."""
SHARE_POWER = 0.7
"""What a rarer translation weighs beside the commonest: as in ranking."""
SOUND_FROM = 0.7
"""Probability from which a spelling counts as the same name: as in ranking."""
SURE = 0.5
"""A word whose translations are so surely known is not looked up by sound; and the surety with which any
other word is expected to be met: of names, half are spelled in a way that is recognized."""
LEAST_SHINGLES = 30
"""Of a text whose copies are looked for: with one word changed a short one says something else."""

KNOWN_ARTICLES = 2_000
"""As how many articles of the archive the bundled lexicon counts when it says how rare a word is."""
WORDS_OF_AN_ARTICLE, RAREST = 250, 1e-4
"""From a word's frequency in a million to the chance that an article holds it; that of an unknown word."""
MOST_LETTERS = 6
"""Of an acronym."""
UNJOINED = frozenset("اآدڈذرڑزژوےں")
"""Letters that do not join the next one: behind them a space that is missing is not seen."""
LEAST_OF_PARTS, TIMES_OF_PARTS = 20, 30
"""Articles that hold each part of words written as one, at least, and how many times as many as hold them so."""
_SPELLINGS = 4
_REMEMBERED = 1 << 17
_TEXTS = 20_000
"""Texts remembered, of some 5 kB each: pairs are of like date, and compared in the order of dates."""

IN_TEXT, IN_LEAD, IN_TITLE = 1, 2, 4
"""Flags of a word, by where in an article it stands."""


@dataclass(frozen=True)
class Text:
    """What is compared of an article.

    `words` are the lexicon's heads, ascending, `rarities` how rare each is (-log of the chance to meet it
    in an article), `places` where it stands (`IN_TEXT`, with `IN_LEAD` if in one of the first `LEAD`
    passages, with `IN_TITLE` if in the first). `numbers` are the quantities of each passage in the order
    of pids, `all_numbers` those of the whole article; `shingles` hashes of every `SHINGLE` words that
    follow one another, each once, ascending.
    """

    words: Ints
    rarities: Floats
    places: npt.NDArray[np.uint8]
    numbers: Sequence[frozenset[str]]
    all_numbers: frozenset[str]
    shingles: Longs

    @cached_property
    def title(self) -> Mask:
        """Which words stand in the title."""
        return (self.places & IN_TITLE) > 0

    @cached_property
    def lead(self) -> Mask:
        """Which words stand in the lead."""
        return (self.places & IN_LEAD) > 0


class Texts:
    """Reads articles of one archive for comparing."""

    def __init__(self, catalogue: Catalogue, lexicon: Lexicon) -> None:
        self._catalogue, self._lexicon = catalogue, lexicon
        self._size = int(catalogue.columns().live.sum())
        # A head's frequency is that of its most frequent form.
        self._frequencies = np.zeros(len(lexicon.words), np.int64)
        np.maximum.at(self._frequencies, lexicon.heads, lexicon.frequencies)
        self._units = Table(self._unit, _REMEMBERED)
        self._row = lru_cache(_REMEMBERED)(self._row_of)
        self._parts = lru_cache(_REMEMBERED)(self._parts_of)
        self._is_one = lru_cache(_REMEMBERED)(self._is_one_word)
        self.rarity = lru_cache(_REMEMBERED)(self._rarity)
        self._known: LRUCache[int, Text] = LRUCache(_TEXTS)

    def read(self, docids: Iterable[int]) -> dict[int, Text]:
        """The texts of documents; those read last are remembered."""
        wanted = [int(docid) for docid in docids]
        found = {docid: self._known[docid] for docid in wanted if docid in self._known}
        missing = [docid for docid in wanted if docid not in found]
        documents: Sequence[Document] = self._catalogue.documents(missing)
        passages = self._catalogue.passages_of(missing)
        for docid, document in zip(missing, documents, strict=True):
            texts = [passage_text(document, each) for _, each in passages[docid]]
            found[docid] = self._known[docid] = self._text(texts)
        return found

    def _text(self, passages: Sequence[str]) -> Text:
        terms_of = [terms(passage) for passage in passages]
        places: dict[int, int] = {}
        for number, found in enumerate(terms_of):
            flag = IN_TEXT | IN_LEAD * (number < LEAD) | IN_TITLE * (number == 0)
            for head in self._heads(found):
                places[head] = places.get(head, 0) | flag
        # The first passage is the title, which copies like to change.
        running = [word for words in (terms_of[1:] or terms_of) for word in words]
        shingles = zip(*(running[at:] for at in range(SHINGLE)), strict=False)
        words = sorted(places)
        numbers = [quantities(passage) for passage in passages]
        return Text(
            words=np.array(words, np.int32),
            rarities=np.array([self.rarity(head) for head in words], np.float32),
            places=np.array([places[head] for head in words], np.uint8),
            numbers=numbers,
            all_numbers=frozenset().union(*numbers),
            shingles=np.unique(np.fromiter(map(hash, shingles), np.int64)),
        )

    def _heads(self, words: Sequence[str]) -> list[int]:
        """The heads of the words of a passage as newsrooms differ in writing them: letters that Urdu names one
        by one (ٹی ایل پی) are the acronym that the archive has (TLP), words written as one (سےالگ) are parted,
        and words that are written as one elsewhere (وزیر اعظم, وزیراعظم) are that one, too."""
        units, rows = self._units, self._rows
        found, before = [], ""
        for word in self._with_acronyms(words):
            for part, head, joins in units[word]:
                if head >= 0:
                    found.append(head)
                if (
                    before
                    and before + part in rows
                    and self._is_one(before + part)
                    and (head := self._row(before + part)) >= 0
                ):
                    found.append(head)
                before = "" if joins else part
        return found

    def _unit(self, word: str) -> tuple[tuple[str, int, bool], ...]:
        """The parts of a word, each with its head, and whether its last letter joins the next."""
        return tuple(
            [(part, self._row(part), part[-1] not in UNJOINED) for part in self._parts(word)]
        )

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        """The words of the archive with their rows: most pairs of neighbours are none, which is known so at
        once."""
        return {word: row for row, word in enumerate(self._lexicon.words)}

    def _with_acronyms(self, words: Sequence[str]) -> Sequence[str]:
        letters = [*map(LETTER_NAMED.get, words)]
        named = len(words) - letters.count(None)
        if named < 2 or not any(one and other for one, other in pairwise(letters)):
            return words
        found, at = [], 0
        while at < len(words):
            size = self._acronym(letters[at : at + MOST_LETTERS]) if letters[at] else 1
            found.append("".join(filter(None, letters[at : at + size])) if size > 1 else words[at])
            at += size
        return found

    def _acronym(self, letters: Sequence[str | None]) -> int:
        """How many letters in a row are the longest acronym of the archive, 1 if they are none."""
        run = "".join(letter for letter in takewhile(bool, letters) if letter)
        return next((size for size in range(len(run), 1, -1) if self._row(run[:size]) >= 0), 1)

    def _parts_of(self, word: str) -> tuple[str, ...]:
        """A word, or the two and more it is made of: it is rare, no dictionary has it, and all of them are
        frequent. They part where letters do not join, which is where a missing space goes unseen."""
        own = self._frequency(word)
        if not own or script(word) != "ur":
            return (word,)
        least = max(LEAST_OF_PARTS, TIMES_OF_PARTS * own)

        def part(some: str) -> bool:
            return (len(some) > 2 or is_stop(some)) and self._frequency(some) >= least

        def found(rest: str) -> tuple[str, ...]:
            if part(rest):
                return (rest,)
            for at in range(len(rest) - 2, 1, -1):
                if rest[at - 1] in UNJOINED and part(rest[:at]) and (behind := found(rest[at:])):
                    return (rest[:at], *behind)
            return ()

        parts = found(word)
        if not parts or BilingualLexicon.load().meanings(word, "ur").found:
            return (word,)
        return parts

    def _is_one_word(self, word: str) -> bool:
        """Whether the archive has a word, and it is none of those that only lack a space."""
        return self._frequency(word) > 0 and len(self._parts(word)) == 1

    def _frequency(self, word: str) -> int:
        """How many articles hold a word in this form."""
        row = self._rows.get(word, -1)
        return int(self._lexicon.frequencies[row]) if row >= 0 else 0

    def _row_of(self, word: str) -> int:
        """The head of a word worth comparing, else -1; numbers are compared as such."""
        if is_stop(word) or len(word) < 2 or word.isdecimal():
            return -1
        return self._lexicon.head(word)

    def _rarity(self, head: int) -> float:
        """How much it says that a text holds a word: -log of the chance that an article does."""
        word = self._lexicon.words[head]
        kind = script(word)
        million = BilingualLexicon.load().frequency(word, kind) if kind != "other" else 0.0
        known = RAREST - math.expm1(-WORDS_OF_AN_ARTICLE * million / 1e6)
        met = float(self._frequencies[head]) + KNOWN_ARTICLES * known
        return math.log((self._size + KNOWN_ARTICLES) / met)


@dataclass(frozen=True)
class Met:
    """As which words of the other language a word is met: heads with weights (0..1], and how surely it
    would be if the other text says the same."""

    heads: Ints
    weights: Floats
    surety: float


class Counterparts:
    """Which words of the other language, as far as the archive holds them, a word is met as."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._model = model = SpellingModel.load()
        self._background = lru_cache(_REMEMBERED)(partial(model.background, channel="english"))
        self._known: dict[int, Met] = {}

    def of(self, head: int) -> Met:
        """The words of the other language that a word is met as."""
        return self.all_of([head])[0]

    def all_of(self, heads: Sequence[int]) -> list[Met]:
        """The same of each of many words, which are looked up together."""
        new = [head for head in dict.fromkeys(heads) if head not in self._known]
        if len(self._known) + len(new) > _REMEMBERED:
            self._known.clear()
            new = [*dict.fromkeys(heads)]
        if new:
            self._known.update(zip(new, self._found(new), strict=True))
        return [self._known[head] for head in heads]

    def _found(self, heads: Sequence[int]) -> list[Met]:
        words = [self._lexicon.words[head] for head in heads]
        kinds = [script(word) for word in words]
        sureties = [0.0] * len(heads)
        found: list[dict[int, float]] = [{} for _ in heads]
        by_sound: dict[Script, list[int]] = {kind: [] for kind in SCRIPTS}
        for at, (word, kind) in enumerate(zip(words, kinds, strict=True)):
            if kind != "other":
                surety = self._by_meaning(word, kind, found[at])
                sureties[at] = max(surety, SURE)
                if surety < SURE or not found[at]:
                    by_sound[kind].append(at)
        for kind, places in by_sound.items():
            sounding = self._sounding([words[at] for at in places], kind)
            for at, like in zip(places, sounding, strict=True):
                for row, chance in like:
                    found[at][row] = max(found[at].get(row, 0.0), chance)
        return [_met(*each) for each in zip(found, sureties, strict=True)]

    def _by_meaning(self, word: str, kind: Script, found: dict[int, float]) -> float:
        """Put what a word is translated by into `found`; how surely its translations are known."""
        meanings = BilingualLexicon.load().meanings(word, kind)
        best = max((each.share for each in meanings.found), default=1.0)
        for each in meanings.found:
            row = self._lexicon.head(each.word)
            if row >= 0 and not is_stop(each.word):
                weight = each.surety * (each.share / best) ** SHARE_POWER
                found[row] = max(found.get(row, 0.0), weight)
        return meanings.surety

    def _sounding(self, words: Sequence[str], kind: Script) -> list[list[tuple[int, float]]]:
        """The heads that words of one script spell in the other, and how likely."""
        lexicon = self._lexicon
        other: Script = "ur" if kind == "en" else "en"
        spelled = lexicon.all_sounding_like(words, other, "english", _SPELLINGS, near=False)
        pairs = [(at, row, log) for at, each in enumerate(spelled) for row, log in each]
        latin = [words[at] if kind == "en" else lexicon.words[row] for at, row, _ in pairs]
        chances = self._model.match_probability(
            np.array([log for _, _, log in pairs], np.float32),
            np.array([self._background(each) for each in latin], np.float32),
            np.array([len(each) for each in latin], np.int32),
            "english",
        )
        found: list[list[tuple[int, float]]] = [[] for _ in words]
        for (at, row, _), chance in zip(pairs, chances.tolist(), strict=True):
            if chance >= SOUND_FROM and not is_stop(lexicon.words[row]):
                found[at].append((int(lexicon.heads[row]), chance))
        return found


def _met(found: Mapping[int, float], surety: float) -> Met:
    return Met(np.array([*found], np.int32), np.array([*found.values()], np.float32), surety)


def shared_numbers(first: Text, second: Text) -> tuple[int, int]:
    """How many quantities two texts share, and how many the one with fewer has."""
    ours, theirs = first.all_numbers, second.all_numbers
    return len(ours & theirs), min(len(ours), len(theirs))


def resemblance(first: Text, second: Text) -> tuple[float, float]:
    """Share of the shingles of both that are in both, and of the shorter one's that are in the other.

    0 for short texts. Broder, "On the resemblance and containment of documents" (SEQUENCES 1997).
    """
    least = min(len(first.shingles), len(second.shingles))
    if least < LEAST_SHINGLES:
        return 0.0, 0.0
    shared = len(np.intersect1d(first.shingles, second.shingles, assume_unique=True))
    union = len(first.shingles) + len(second.shingles) - shared
    return shared / union, shared / least


def like_sentences(first: Text, second: Text, cosines: Floats, alike: float) -> tuple[int, int]:
    """How many sentences say the like with a number in common, and how many with other numbers.

    `cosines` has a row for each passage of `first` and a column for each of `second`. Two passages
    say the like when each is the other's nearest and their cosine reaches `alike`.
    """
    if not (first.all_numbers and second.all_numbers):
        return 0, 0
    nearest, back = cosines.argmax(axis=1), cosines.argmax(axis=0)
    agree = differ = 0
    for row in np.flatnonzero(back[nearest] == np.arange(len(nearest))).tolist():
        ours, theirs = first.numbers[row], second.numbers[int(nearest[row])]
        if ours and theirs and cosines[row, nearest[row]] >= alike:
            agree += bool(ours & theirs)
            differ += not ours & theirs
    return agree, differ


_AT_ONCE = 32
"""Texts that one is compared with together: the table has a byte for each of their possible words."""


@dataclass(frozen=True)
class Common(Parallel):
    """How much of one text others hold, a row for each of the others.

    `title` is the part of its title that is met in their leads (0..1); `covered` the part of the
    whole text that is met in theirs (0..1), of another language and where theirs has at least as
    many words, else 0; `shared` the rarity of what is met of its lead in their text.
    """

    title: Floats
    covered: Floats
    shared: Floats


@dataclass(frozen=True)
class _Words:
    """Words that are looked for: each by the `heads` from its place in `starts` on, with their weights."""

    heads: Ints
    weights: Floats
    starts: Longs
    sureties: Floats


class Overlap:
    """Compares texts of one archive, whose lexicon has `heads` words: what one has in common with
    several others, each word counted by its rarity.

    The words of the others are flags in a table with a column for each word of the lexicon, so that all
    of them are looked up at once.
    """

    def __init__(self, heads: int, counterparts: Counterparts) -> None:
        self._counterparts = counterparts
        self._flags = np.zeros((_AT_ONCE, heads), np.uint8)

    def of(self, text: Text, others: Sequence[Text], *, across: bool) -> Common:
        """Compare a text with others of its own language, or (`across`) of another one."""
        parts = [
            self._compared(text, others[start : start + _AT_ONCE], across)
            for start in range(0, len(others), _AT_ONCE)
        ]
        return parts[0].joined(*parts[1:])

    def _compared(self, text: Text, others: Sequence[Text], across: bool) -> Common:
        longer = np.array([across and len(each.words) >= len(text.words) for each in others])
        # What is not covered needs no more than the lead, which spares most look-ups of a long text.
        chosen = np.ones(len(text.words), bool) if longer.any() else text.lead
        none = np.zeros(len(others), np.float32)
        if not chosen.any():
            return Common(none, none, none)
        words = self._words(text.words[chosen], across)
        for row, each in enumerate(others):
            self._flags[row, each.words] = each.places
        found = self._flags[: len(others), words.heads]
        for row, each in enumerate(others):
            self._flags[row, each.words] = 0
        rarities, title, lead = text.rarities[chosen], text.title[chosen], text.lead[chosen]
        anywhere = np.maximum.reduceat(words.weights * (found > 0), words.starts, axis=1)
        in_lead = np.maximum.reduceat(words.weights * ((found & IN_LEAD) > 0), words.starts, axis=1)
        return Common(
            _part(in_lead[:, title], rarities[title], words.sureties[title]),
            np.where(longer, _part(anywhere, rarities, words.sureties), none),
            anywhere[:, lead] @ rarities[lead],
        )

    def _words(self, heads: Ints, across: bool) -> _Words:
        if not across:
            ones = np.ones(len(heads), np.float32)
            return _Words(heads, ones, np.arange(len(heads)), ones)
        met = self._counterparts.all_of(heads.tolist())
        # A word that both languages write alike is met as itself: it comes first.
        sizes = np.array([1 + len(each.heads) for each in met])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        rows = np.empty(int(sizes.sum()), np.int32)
        weights = np.empty(len(rows), np.float32)
        itself = np.zeros(len(rows), bool)
        itself[starts] = True
        rows[itself], weights[itself] = heads, 1.0
        rows[~itself] = np.concatenate([each.heads for each in met])
        weights[~itself] = np.concatenate([each.weights for each in met])
        return _Words(rows, weights, starts, np.array([each.surety for each in met], np.float32))


def _part(met: Floats, rarities: Floats, sureties: Floats) -> Floats:
    """How much of some words is met, of what could be: a word that is not known may not be met at all."""
    possible = np.maximum(met, sureties) @ rarities
    part: Floats = np.divide(
        met @ rarities, possible, out=np.zeros_like(possible), where=possible > 0
    )
    return part
