"""How an Urdu word is written in Latin letters: a noisy channel, learned from pairs.

log P(latin | urdu) comes from a monotone alignment model in the family of Brill and Moore, "An
improved error model for noisy channel spelling correction" (ACL 2000), and Jiampojamarn, Kondrak
and Sherif, "Applying many-to-many alignments and hidden Markov models to letter-to-phoneme
conversion" (NAACL 2007), trained by expectation maximization (`training/train_spelling.py`).

The Urdu word is read as a row of *sites*, left to right: its letters (بھ is one) and, behind each
letter that may carry one, the short vowel that Urdu does not write. Each site emits a *chunk* of
0 to 3 Latin letters, and the chunks together are the Latin word:

    وزیر    و    -    ز    -    ی    -    ر    -
    wazeer  w    a    z         ee        r

    P(latin | urdu) = sum over segmentations of  product over sites of  P(chunk | context of site)

A context is the site's letter with some neighbours, from none to two on each side. What was seen
in the wider context leans on the narrower one (a Dirichlet prior: MacKay and Peto, 1995):

    P(c | context) = (n(context, c) + m * P(c | narrower context)) / (n(context) + m)

Two *channels* have parameters of their own: `typed` is how Pakistanis type Urdu (wazir, wazeer,
vazir), `english` how English spells the names and loanwords that Urdu writes as they sound.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from index.arrays import Doubles, Floats, Ints, Longs, distinct
from index.logistic import logistic
from index.sound.forward import LONGEST_CHUNK as LONGEST_CHUNK
from index.sound.forward import PER_LETTER, before_any, forward, logs, steps
from index.sound.forward import ragged as ragged
from index.text.normalize import normalize

Channel = Literal["typed", "english"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
LONGEST_LATIN = 32
"""Latin letters of a word that are looked at; what runs on longer is no word."""

BREADTH = 64
"""Chunks that a letter is known to emit, among them the `LONGEST_CHUNK` + 1 lengths of others."""

_PLAIN = "اآبپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہءیےئھ"
_ASPIRATED = "بپتٹجچدڈرڑکگلمن"
SYMBOLS: tuple[str, ...] = ("", *_PLAIN, *(letter + "ھ" for letter in _ASPIRATED), "?")
"""Letters by number: 0 is the end of the word, the last is any letter not listed."""

_NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS)}
_OTHER = len(SYMBOLS) - 1
VOWEL_SITE = len(SYMBOLS)
"""What stands for the letter in the context of a site that is a short vowel."""

SITES = VOWEL_SITE + 1
_VOWEL_BEHIND = np.array([symbol not in {*"اآےںء"} for symbol in SYMBOLS], np.int64)
_NUMBERS = np.array([_NUMBER.get(chr(code), _OTHER) for code in range(0x700)])
"""The number of every character below the last, which stands for all beyond."""

_ASPIRATES = np.array([_NUMBER.get(f"{symbol}ھ", 0) if symbol else 0 for symbol in SYMBOLS])
"""By number what a letter is together with the ھ behind it; 0 where they stay two."""


# Classes of neighbours: the end, vowels singly, h and its like, aspirates, other consonants.
_CLASSES = {"": 0, "ا": 1, "آ": 1, "و": 2, "ی": 3, "ے": 3, "ئ": 3, "ع": 4, "ہ": 5, "ح": 5, "ں": 6}
CLASS_OF = np.array([_CLASSES.get(s, 8 if len(s) > 1 else 7) for s in SYMBOLS], np.int64)

WINDOWS: tuple[tuple[int, ...], ...] = ((), (), (-1, 1), (-1, 1, 2), (-2, -1, 1, 2))
"""The letters beside a site that each level of context looks at; level 1 sees their classes."""

LEVELS = len(WINDOWS)


COUNT_UNIT = 2
"""Expected counts are stored as whole numbers of this part."""

NGRAM_BITS = 14
_DIGRAPHS = tuple("bcdgjkpstz")
_ANY_LETTER = (0.1, 0.005, 1e-5, 1e-7)
_AT_ONCE = 4096
_PAIRS_AT_ONCE = 256
_REMEMBERED = 8192
_BACKGROUNDS = 1 << 15
"""An Urdu word is held against dozens of Latin ones."""


_NO_LATIN = re.compile("[^a-z]")
_THRICE = re.compile(r"(.)\1{2,}")
_TWO_DIGRAPHS = re.compile(r"([bcdgjkpstz])h\1h+")


@lru_cache(maxsize=_REMEMBERED)
def fold_latin(word: str) -> str:
    """A Latin word as the model reads it: a-z only, no letter thrice, each digraph doubled once.

    naa-muraadi is naamuraadi; bachchaa is bacchaa; pleeease is pleease.
    """
    letters = _NO_LATIN.sub("", normalize(word))
    letters = _THRICE.sub(r"\1\1", letters)
    letters = _TWO_DIGRAPHS.sub(r"\1\1h", letters)
    return letters.replace("hh", "h")[:LONGEST_LATIN]


def urdu_symbols(words: Sequence[str]) -> tuple[Longs, Longs]:
    """The letters of normalized Urdu words by their numbers in `SYMBOLS`, one word after another, and how
    many each has."""
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    owners = np.repeat(np.arange(len(words)), np.fromiter(map(len, words), np.int64, len(words)))
    numbers = _NUMBERS[np.minimum(letters, len(_NUMBERS) - 1)]
    aspirates = _ASPIRATES[numbers[:-1]]
    one = (letters[1:] == ord("ھ")) & (owners[1:] == owners[:-1]) & (aspirates > 0)
    numbers[:-1][one] = aspirates[one]
    kept = np.append(True, ~one)[: len(numbers)]
    numbers, owners = numbers[kept], owners[kept]
    sizes = np.bincount(owners, minlength=len(words))
    if (sizes > LONGEST_LATIN).any():
        place = np.arange(len(owners)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        numbers, sizes = numbers[place < LONGEST_LATIN], np.minimum(sizes, LONGEST_LATIN)
    return numbers, sizes


def site_keys(words: Sequence[str]) -> tuple[list[Longs], Ints]:
    """The contexts of every site of `words`: for each level the keys, and where words begin.

    Longs are flat over all sites, as wide contexts as `WINDOWS` says; the second array has one more
    entry than there are words.
    """
    symbols, sizes = urdu_symbols(words)
    # Two ends stand before the first word and behind each.
    at = np.arange(len(symbols)) + 2 * np.repeat(np.arange(1, len(words) + 1), sizes)
    text = np.zeros(len(symbols) + 2 * (len(words) + 1), np.int64)
    text[at] = symbols
    sites = 1 + _VOWEL_BEHIND[symbols]
    ends = np.append(0, np.cumsum(sites))
    starts = ends[np.append(0, np.cumsum(sizes))]
    place = np.repeat(at, sites)
    is_vowel = np.zeros(len(place), bool)
    is_vowel[ends[1:] - 1] = sites == 2
    own = np.where(is_vowel, VOWEL_SITE, text[place])
    # A vowel site stands between two letters: its window is the letters on its two sides.
    left, right = place + is_vowel, place
    levels = []
    for level, window in enumerate(WINDOWS):
        key = own
        for offset in window if level != 1 else ():
            neighbour = text[(left if offset < 0 else right) + offset]
            key = key * SITES + neighbour
        if level == 1:
            for neighbour in (text[left - 1], text[right + 1]):
                key = key * SITES + CLASS_OF[neighbour]
        levels.append(key.astype(np.int64))
    return levels, starts.astype(np.int32)


def narrower_keys(keys: Longs, level: int) -> Longs:
    """The keys of the contexts of `level` - 1 that those of `level` widen."""
    if level == 1:
        return keys // SITES**2
    if level == 2:
        beside = CLASS_OF[keys // SITES % SITES] * SITES + CLASS_OF[keys % SITES]
        return keys // SITES**2 * SITES**2 + beside
    if level == 3:
        return keys // SITES
    return keys // SITES**4 * SITES**3 + keys % SITES**3


def latin_codes(letters: npt.NDArray[np.uint8]) -> Ints:
    """The chunks of folded words as numbers.

    `letters` are ASCII codes, a word a column, filled up with zeros: shape (longest, words).
    ``[k, j, w]`` is the code of the k letters before the place j: their digits to base 27, a being
    1. Shape (LONGEST_CHUNK + 1, longest + 1, words); where j < k it means nothing.
    """
    longest, words = letters.shape
    digits = np.zeros((longest + LONGEST_CHUNK + 1, words), np.int32)
    np.maximum(letters.astype(np.int32) - 96, 0, out=digits[LONGEST_CHUNK + 1 :])
    codes = np.zeros((LONGEST_CHUNK + 1, longest + 1, words), np.int32)
    for length in range(1, LONGEST_CHUNK + 1):
        first = LONGEST_CHUNK + 1 - length
        added = digits[first : first + longest + 1]
        codes[length] = codes[length - 1] + added * 27 ** (length - 1)
    return codes


class _Parameters:
    """One channel: P(chunk | context) as a table, a row for each context, level by level.

    Row 0 is no site at all and emits nothing; row 1 is a letter never seen in training and emits
    any. Columns are the chunks of the row's own letter (`columns`, a row for each chunk and a place for
    each letter); columns 1 to `LONGEST_CHUNK` are any other chunk of that length. Values are scaled
    by e^(`PER_LETTER` * length), to keep the product of a long word within float32.
    """

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]], channel: str) -> None:
        codes = weights[f"{channel}_chunks"]
        lengths = np.sum(codes[:, :, None] >= np.array([1, 27, 27**2]), axis=2)
        self.columns = np.zeros((27**LONGEST_CHUNK, SITES), np.uint8)
        for length in range(1, LONGEST_CHUNK + 1):
            self.columns[27 ** (length - 1) :] = length
        site, place = np.nonzero(codes)
        self.columns[codes[site, place], site] = place
        lengths[:, 1 : LONGEST_CHUNK + 1] = np.arange(1, LONGEST_CHUNK + 1)
        scale = np.exp(PER_LETTER * lengths)

        self.keys: list[Longs] = [
            np.cumsum(weights[f"{channel}_keys{level}"], dtype=np.int64) for level in range(LEVELS)
        ]
        ends = 2 + np.cumsum([len(keys) for keys in self.keys])
        self.first: list[int] = [2, *ends[:-1].tolist()]
        self.owner = np.zeros(int(ends[-1]), np.uint8)
        self.table = np.zeros((len(self.owner), BREADTH), np.float32)
        self.owner[1] = _OTHER
        self.table[0, 0] = 1.0
        self.table[1, : LONGEST_CHUNK + 1] = _ANY_LETTER * scale[_OTHER, : LONGEST_CHUNK + 1]
        narrower = np.empty((0, BREADTH))
        for level, (window, keys) in enumerate(zip(WINDOWS, self.keys, strict=True)):
            counts = np.zeros((len(keys), BREADTH))
            at = np.cumsum(weights[f"{channel}_at{level}"])
            counts.reshape(-1)[at] = weights[f"{channel}_n{level}"]
            counts /= COUNT_UNIT
            if level:
                beside = np.searchsorted(self.keys[level - 1], narrower_keys(keys, level))
                counts += float(weights[f"{channel}_prior"][level]) * narrower[beside]
            counts /= counts.sum(axis=1, keepdims=True)
            narrower = counts
            own = slice(self.first[level], self.first[level] + len(keys))
            self.owner[own] = owners = keys // SITES ** (2 if level == 1 else len(window))
            np.multiply(counts, scale[owners], out=self.table[own], casting="same_kind")
            others = weights["others"] * scale[owners, 1 : LONGEST_CHUNK + 1]
            self.table[own, 1 : LONGEST_CHUNK + 1] = others
        self._codes = codes
        self._rates = np.zeros((len(self.table), 26), np.float32)
        self._rated = np.zeros(len(self.table), bool)
        self._rated[0] = True

    def letter_rates(self, rows: Ints) -> Floats:
        """How often contexts emit each of a-z on average; shape (len(rows), 26)."""
        new = distinct(rows[~self._rated[rows]])
        sites = self.owner[new]
        for site in distinct(sites).tolist():
            own = new[sites == site]
            self._rates[own] = self.table[own] @ self._holds[site]
        self._rated[new] = True
        return self._rates[rows]

    @cached_property
    def _holds(self) -> Doubles:
        """How often each chunk of a site holds each of a-z, at the scale of the table. In double precision:
        what is left of it in an index is the same however many threads add it up."""
        digits = np.stack([self._codes // 27**place % 27 for place in range(LONGEST_CHUNK)])
        holds: Doubles = (digits[..., None] == np.arange(1, 27)).sum(axis=0).astype(np.float64)
        holds /= np.exp(PER_LETTER * holds.sum(axis=2, keepdims=True))
        return holds

    def rows(self, levels: Sequence[Longs]) -> Ints:
        """The row of the widest context known of each site; `levels` as `site_keys` gives them."""
        rows = np.ones(len(levels[0]), np.int32)
        for known, first, keys in zip(self.keys, self.first, levels, strict=True):
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            found = known[at] == keys
            rows[found] = at[found] + first
        return rows


class SpellingModel:
    """The bundled weights, ready for use; make it with `load`."""

    def __init__(self, weights: Mapping[str, npt.NDArray[Any]]) -> None:
        self._channels = {channel: _Parameters(weights, channel) for channel in CHANNELS}
        self._letters = {
            "typed": weights["background"].astype(np.float32),
            "english": weights["english_background"].astype(np.float32),
        }
        self._english = weights["english"] * weights["english_unit"]
        self._english_bias = float(weights["english_bias"])
        self._match = {c: weights[f"{c}_match"].astype(np.float64).tolist() for c in CHANNELS}
        # A search asks for the same words from several sides.
        self._background = lru_cache(_BACKGROUNDS)(self._background_of)
        self._odds = lru_cache(_REMEMBERED)(self._odds_of)

    @classmethod
    def load(cls) -> SpellingModel:
        """The bundled model, read once."""
        return _bundled()

    @staticmethod
    @cache
    def bundled_version() -> str:
        """The version of the bundled model, which need not be made for it."""
        return hashlib.blake2b(_BUNDLED.read_bytes(), digest_size=8).hexdigest()

    def sites(self, urdu: Sequence[str]) -> tuple[dict[Channel, Ints], Ints]:
        """Urdu words as `score_pairs` reads them: for each channel a number for the context of each
        site, flat, and where words begin (one entry more than words)."""
        levels, starts = site_keys(urdu)
        return {name: known.rows(levels) for name, known in self._channels.items()}, starts

    def letter_rates(self, sites: Mapping[Channel, Ints], starts: Ints) -> Floats:
        """How often a-z are expected in each word as either channel spells it; shape (words, 26)."""
        words = len(starts) - 1
        total: Floats = np.zeros((words, 26), np.float32)
        for channel, first in product(CHANNELS, range(0, words, _AT_ONCE)):
            ends = starts[first : first + _AT_ONCE + 1]
            rates = self._channels[channel].letter_rates(sites[channel][ends[0] : ends[-1]])
            sums = np.zeros((len(rates) + 1, 26))
            np.cumsum(rates, axis=0, out=sums[1:])
            total[first : first + _AT_ONCE] += np.diff(sums[ends - ends[0]], axis=0)
        total /= len(CHANNELS)
        return total

    def log_likelihood(self, latin: str, urdu: Sequence[str], channel: Channel = "typed") -> Floats:
        """Log P(latin | word), natural, for each normalized Urdu word; shape (len(urdu),)."""
        return self.log_likelihoods([latin], [urdu], channel)[0]

    def log_likelihoods(
        self, latin: Sequence[str], urdu: Sequence[Sequence[str]], channel: Channel
    ) -> list[Floats]:
        """`log_likelihood` of each of many Latin words, each with Urdu words of its own, faster."""
        counts = [len(each) for each in urdu]
        if not sum(counts):
            return [np.empty(0, np.float32) for _ in latin]
        folded = [fold_latin(word) for word in latin]
        letters = np.frombuffer("".join(folded).encode(), np.uint8)
        starts = np.cumsum([0, *map(len, folded)]).astype(np.int32)
        asked = np.repeat(np.arange(len(latin), dtype=np.int32), counts)
        levels, site_starts = site_keys([word for each in urdu for word in each])
        sites = self._channels[channel].rows(levels)
        own = np.arange(len(asked), dtype=np.int32)
        scores = self.score_pairs((letters, starts, asked), (sites, site_starts, own), channel)
        return np.split(scores, np.cumsum(counts)[:-1])

    def score_beginning(
        self, latin: str, sites: Ints, starts: Ints, rows: Ints, channel: Channel
    ) -> Floats:
        """Log P(latin | the first sites of the word, as many as spell it best), for `rows` of the words that
        `sites` made; `latin` is folded.

        The last letter may be the first of a digraph: `dak` begins داخلہ, which has kh.
        """
        letters = len(latin)
        longer = latin + "h" if latin.endswith(_DIGRAPHS) else latin
        emissions = self._emissions(longer, sites, starts, rows, channel)
        scale = np.exp(-PER_LETTER * np.arange(len(longer) - letters + 1)).astype(np.float32)[
            :, None
        ]
        best: Floats = np.zeros(len(rows), np.float32)
        for reached in steps(emissions, before_any(len(rows), len(longer))):
            np.maximum(best, (reached[letters:] * scale).max(axis=0), out=best)
        return logs(best, letters)

    def _emissions(
        self, latin: str, sites: Ints, starts: Ints, rows: Ints, channel: Channel
    ) -> Iterator[Floats]:
        """For each site of the words its P(chunk of k letters before the place j)."""
        parameters = self._channels[channel]
        codes = latin_codes(np.frombuffer(latin.encode(), np.uint8)[:, None])[..., 0]
        contexts = ragged(sites, starts, rows)
        cells = parameters.columns.take(codes.ravel(), axis=0).astype(np.intp)
        cells = cells.take(parameters.owner.take(contexts), axis=1)
        cells += contexts * BREADTH
        chances = parameters.table.ravel().take(cells).reshape(*codes.shape, *contexts.shape)
        return (chances[:, :, site] for site in range(len(contexts)))

    def score_pairs(
        self,
        latin: tuple[npt.NDArray[np.uint8], Ints, Ints],
        urdu: tuple[Ints, Ints, Ints],
        channel: Channel,
    ) -> Floats:
        """Log P(latin | urdu) of pairs of words, many of each: the letters of all folded Latin words, where
        words begin, and which is in each pair; of Urdu words the sites (`sites`) in place of letters."""
        parameters = self._channels[channel]
        (letters, letter_starts, first), (sites, site_starts, second) = latin, urdu
        lengths, widths = np.diff(letter_starts)[first], np.diff(site_starts)[second]
        found: Floats = np.empty(len(first), np.float32)
        order = np.lexsort((lengths, widths))  # little is filled up where the like are together
        for start in range(0, len(order), _PAIRS_AT_ONCE):
            some = order[start : start + _PAIRS_AT_ONCE]
            codes = latin_codes(ragged(letters, letter_starts, first[some])) * np.int32(SITES)
            contexts = ragged(sites, site_starts, second[some])
            # All sites at once: for the few pairs of a search the calls cost more than the numbers.
            owners = parameters.owner.take(contexts)[:, None, None]
            cells = parameters.columns.ravel().take(codes + owners)
            cells = cells + (contexts * np.int32(BREADTH))[:, None, None]
            places, words = codes.shape[1:]
            reached = forward(parameters.table.ravel().take(cells), words, places - 1)
            found[some] = logs(reached[lengths[some], np.arange(words)], lengths[some])
        return found

    def background(self, latin: str, channel: Channel = "typed") -> float:
        """Log P(latin) of any Latin word at all: letter trigrams, end included, of typed words or, in
        channel `english`, of English words and names."""
        return self._background(fold_latin(latin), channel)

    def _background_of(self, folded: str, channel: Channel) -> float:
        letters = [0, 0, *(ord(letter) - 96 for letter in folded), 0]
        return float(self._letters[channel][letters[:-2], letters[1:-1], letters[2:]].sum())

    def english_odds(self, latin: str) -> float:
        """Log odds that a Latin word is English, not typed Urdu, by its letter n-grams alone."""
        return self._odds(fold_latin(latin))

    def _odds_of(self, word: str) -> float:
        if not word:
            return 0.0
        return float(self._english[ngrams(word)].sum()) + self._english_bias

    def match_probability(
        self, loglik: Floats, background: float | Floats, length: int | Ints, channel: Channel
    ) -> Floats:
        """P(this Latin word spells this Urdu word), by logistic regression on held-out pairs.

        Features: (loglik - background) / length, and loglik / length.
        """
        log = np.asarray(loglik, np.float64)
        logit = self._match_logit(log, background, np.maximum(length, 1), channel)
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), np.float32)

    def match_probabilities(
        self, latin: Sequence[str], logs: Sequence[float], channel: Channel
    ) -> list[float]:
        """`match_probability` of a few Latin words, each with its log P(latin | urdu)."""
        words = {  # often one, with many that it may be
            word: (self.background(word, channel), max(1, len(fold_latin(word))))
            for word in dict.fromkeys(latin)
        }
        return [
            logistic(self._match_logit(log, *words[word], channel))
            for word, log in zip(latin, logs, strict=True)
        ]

    def _match_logit(self, loglik: Any, background: Any, letters: Any, channel: Channel) -> Any:
        """Of numbers, or of arrays of them."""
        bias, gain, plain = self._match[channel]
        return bias + gain * (loglik - background) / letters + plain * loglik / letters


def ngrams(word: str) -> Ints:
    """Buckets of the letter n-grams (2 to 5, ends marked) of a folded word, for `english_odds`."""
    letters = [0, *(ord(letter) - 96 for letter in word), 27]
    found = []
    for size in range(2, 6):
        for start in range(len(letters) - size + 1):
            code = size
            for letter in letters[start : start + size]:
                code = code * 28 + letter
            found.append(code * 2654435761 % 2**32 >> 32 - NGRAM_BITS)
    return np.array(found, np.int32)


@cache
def _bundled() -> SpellingModel:
    with np.load(_BUNDLED, allow_pickle=False) as weights:
        return SpellingModel(dict(weights))


_BUNDLED = Path(__file__).parents[1] / "data" / "spelling.npz"
