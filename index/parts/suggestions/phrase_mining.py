"""Names and phrases of an archive: which runs of words are one thing.

    name     English: written with capitals where no sentence begins; Urdu: sounds like such a name
    phrase   words that stand together far more often than chance lets them
    word     a single word of the language's content

Standing together is measured by normalized pointwise mutual information (Bouma, GSCL 2009) and must
be more than luck by Dunning's likelihood ratio (Computational Linguistics 1993):

    npmi(x, y) = ln(p(xy) / (p(x) p(y))) / -ln p(xy)

A run of three words and more is measured at its weakest end. A run that is nearly always part of a
longer one that was taken is not offered beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from index.arrays import Doubles, Ints, Longs, Mask
from index.parts.suggestions.word_stream import GLUE, SENTENCE, Words
from index.text.analysis import CACHED_WORDS, is_stop, script
from index.text.normalize import Table, normalize

SMALL = 1_000_000
"""Words up to which an archive is small: every name counts, phrases that come twice."""

MIN_NPMI = 0.3
MIN_LIKELIHOOD_RATIO = 15.0
"""About one chance in ten thousand for a pair of words that have nothing to do with each other."""

PART_SHARE = 0.8
"""Share of its occurrences within one longer phrase from which a phrase is only a part of it."""

NAME_SHARE = 0.5
"""Share of a word's or run's occurrences with capitals from which it is a name."""

_LIGHT_WORDS = """
دیا دی دیے دیں دے دیتا دیتے دیتی دینا دینے گیا گئی گئے گئیں رہا رہی رہے جا جاتا جاتی جاتے جائے
جانا جانے جانی کرتا کرتی کرتے کرنا کرنے کرنی کیے لیا لی لیں لیتے لیتی لینے والا والی والے والوں
ہونا ہونے ہوتا ہوتی ہوتے ہوگا ہوگی چکا چکی چکے رکھا رکھنے سکے سکیں چاہیے کہا کہنا بتایا انہیں
انھیں ہمیں مجھے آپ ہم وہاں یہاں اپنا اپنے اپنی ساتھ بعد پہلے لیکن مگر اگر پھر بلکہ جبکہ تاہم چونکہ
کیونکہ بہت کچھ سب کوئی کسی ہر دو تین چار دوسرے دوسری مزید صرف طرح طور وجہ دوران درمیان مطابق ذریعے
خلاف بارے جیسے جیسا جیسی ایسا ایسے ایسی اب تب نیز یعنی وغیرہ آیا آئی آئے آنے لگا لگے لگی پڑا پڑے
پڑی جہاں انکے اسکے اسکی انکی ہوں کرکے رہنے کبھی اسی انہی اسکا نہیں رہ کریں کروں کرو
said says say will would could should can may might must not no also whom whose we you he him me my
our your i there then than so if because while after before about into over under up down out more
most some any all each other another such only just even still very much many one two three own same
here now get got make made go went come came take took being does did during between through against
both these those them until within without around among per rs
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
"""Words of grammar that no phrase begins or ends with, besides the stop words of ranking."""

_LIGHT_UNLESS_NAMES = frozenset({"it", "us", "who"})
"""In capitals they are IT, the US and the WHO."""

_LINKS = frozenset({"of", "e", "o", "ul", "al", "de", "bin"})
"""Words without a capital inside names: Bank of Punjab."""

_INSIDE = _LINKS | {"کا", "کی", "کے", "و", "آف"}
"""Words of grammar that may stand inside a phrase."""


@dataclass(frozen=True)
class Mined:
    """What was found in the runs of one length: masks over them, by kind."""

    runs: Runs
    names: Mask
    phrases: Mask


def mine_phrases(words: Words, lexicon_words: Sequence[str]) -> list[Mined]:
    """The names and phrases of an archive, by length; its single names first.

    Urdu names are not among them yet: `index.parts.suggestions.name_pairs` finds those, by sound.
    """
    total = len(words.stream)
    least = least_count(total)
    counted = count_runs(words, least)
    grammar = _Grammar(lexicon_words)
    capital = _capitals(words, counted[0], lexicon_words)
    nothing = np.zeros(len(counted[0]), bool)
    found = [Mined(counted[0], _named(counted[0], capital, words, grammar), nothing)]
    for runs, shorter in zip(counted[1:], counted, strict=False):
        names = _named(runs, capital, words, grammar)
        together = _together(runs, shorter, counted[0], total, least)
        phrases = together & grammar.whole(runs, words) & ~names
        found.append(Mined(runs, names, phrases))
    for shorter_one, longer in pairwise(found):  # short ones first: a part may have parts
        _drop_parts(longer, shorter_one)
    return found


def least_count(words: int) -> int:
    """How often a run must come in an archive of so many words to be looked at."""
    return 1 if words <= SMALL else 2


def content_words(words: Sequence[str]) -> Mask:
    """Which words of the lexicon say something of their own."""
    return np.fromiter(map(is_content, words), bool, len(words))


def is_content(word: str) -> bool:
    """Whether a normalized word says something of its own: it is none of grammar."""
    return _SAYS_SOMETHING[word] and word not in _LIGHT_UNLESS_NAMES


def _says_something(word: str) -> bool:
    if len(word) < 2 or word in _LIGHT or is_stop(word) or script(word) == "other":
        return False
    return not word.endswith("'s")


_SAYS_SOMETHING: Table[str, bool] = Table(_says_something, CACHED_WORDS)


class _Grammar:
    """Which words may stand at the ends and inside of a phrase."""

    def __init__(self, words: Sequence[str]) -> None:
        size = len(words)
        self.ends = content_words(words)
        self.name_ends = np.fromiter(map(_SAYS_SOMETHING.__getitem__, words), bool, size)
        numbers = np.fromiter((word[:1].isdigit() for word in words), bool, size)
        self.numbers = numbers
        self.inside = self.name_ends | numbers
        self.inside |= np.fromiter((word in _INSIDE for word in words), bool, size)

    def whole(self, runs: Runs, words: Words, *, name: bool = False) -> Mask:
        """Which runs are no piece of a sentence, by their words alone."""
        rows = rows_of(runs, words)
        tail = words.tails[words.stream]
        code = tail | np.r_[tail[1:], False]  # the parts of T20, F-16 and 26th, whatever they are
        first, last = runs.first, runs.first + runs.length - 1
        ends = self.name_ends if name else self.ends
        # The last may be a number: COVID-19.
        fine: Mask = ends[rows[:, 0]] | code[first]
        fine &= ends[rows[:, -1]] | self.numbers[rows[:, -1]] | code[last]
        for place in range(1, runs.length - 1):
            fine &= self.inside[rows[:, place]] | code[first + place]
        return fine & ~pieces(runs, words)


def pieces(runs: Runs, words: Words) -> Mask:
    """Runs that begin or end within a word of letters and digits: the T of T20, and the 20."""
    inside = np.r_[words.glued[words.stream], False]
    return np.asarray(inside[runs.first] | inside[runs.first + runs.length])


def _capitals(words: Words, single: Runs, lexicon_words: Sequence[str]) -> Mask:
    """Places of the stream where a name's word stands.

    At the beginning of a sentence, where every word has a capital, the word's other occurrences
    say whether it is one.
    """
    if not len(single):
        return np.zeros(len(words.stream), bool)
    initial = np.fromiter((_like_a_name(spelling) for spelling in words.spellings), bool)
    upper = initial[words.stream]
    all_capitals = np.fromiter((len(s) > 2 and s.isupper() for s in words.spellings), bool)
    # A dateline is a name where it stands: FAISALABAD: ...
    begins = np.r_[True, words.stream[:-1] == SENTENCE] & ~all_capitals[words.stream]
    telling = (single.at >= 0) & ~words.title_case & ~begins
    size = len(single)
    seen = np.bincount(single.at[telling], minlength=size)
    high = np.bincount(single.at[telling & upper], minlength=size)
    proper = (high > 0) & (high >= NAME_SHARE * seen)
    capital: Mask = upper & (telling | proper[single.at]) & (single.at >= 0)
    # Tanveer Ahmad, who is met only where sentences begin: never in small letters, before a name.
    small = np.bincount(single.at[(single.at >= 0) & ~upper], minlength=size)
    capital[:-1] |= upper[:-1] & begins[:-1] & (small[single.at[:-1]] == 0) & capital[1:]
    tail = words.tails[words.stream]
    capital[1:] |= tail[1:] & capital[:-1]  # T20, F-16
    links = np.fromiter((word in _LINKS for word in lexicon_words), bool, len(lexicon_words))
    rows = words.row_of[words.stream]
    link = (rows >= 0) & links[rows]
    if len(link) > 2:
        capital[1:-1] |= link[1:-1] & capital[:-2] & capital[2:]
    return capital


def _like_a_name(spelling: str) -> bool:
    """A name ends before a possessive: Lahore's Badami Bagh are two."""
    return spelling.lstrip(f"-{GLUE}")[:1].isupper() and not normalize(spelling).endswith("'s")


def _named(runs: Runs, capital: Mask, words: Words, grammar: _Grammar) -> Mask:
    """Runs that stand by themselves in capitals: in nothing longer, and often enough so."""
    length, size = runs.length, len(runs)
    if not size:
        return np.zeros(0, bool)
    before = np.r_[False, capital[:-1]]
    run = capital.copy()
    for offset in range(1, length):
        run &= np.r_[capital[offset:], np.zeros(offset, bool)]
    after = np.r_[capital[length:], np.zeros(length, bool)]
    inside = runs.at[run & (runs.at >= 0)]
    alone = runs.at[run & ~before & ~after & (runs.at >= 0)]
    capitals = np.bincount(inside, minlength=size)
    maximal = np.bincount(alone, minlength=size)
    often = (maximal > 0) & (capitals >= NAME_SHARE * runs.count)
    return often & grammar.whole(runs, words, name=True)


def _together(runs: Runs, shorter: Runs, single: Runs, total: int, least: int) -> Mask:
    """Runs whose words stand together more than chance lets them, at the weaker end."""
    kept = np.flatnonzero((runs.count > least) & (runs.articles >= least))
    for head, tail, behind in ((shorter, single, runs.length - 1), (single, shorter, 1)):
        first = runs.first[kept]
        both = runs.count[kept]
        one, other = head.count[head.at[first]], tail.count[tail.at[first + behind]]
        near = npmi(both, one, other, total) >= MIN_NPMI
        ratios = likelihood_ratio(both[near], one[near], other[near], total)
        near[near] = ratios >= MIN_LIKELIHOOD_RATIO
        kept = kept[near]
    together: Mask = np.zeros(len(runs), bool)
    together[kept] = True
    return together


def npmi(both: Longs, first: Longs, second: Longs, total: int) -> Doubles:
    """Normalized pointwise mutual information of counts among `total`; -1 to 1."""
    expected = first.astype(np.float64) * second / total
    return np.asarray(np.log(both / expected) / np.log(total / both))


def likelihood_ratio(both: Longs, first: Longs, second: Longs, total: int) -> Doubles:
    """-2 log lambda of the two-by-two table of counts, chi-squared with one degree of freedom."""
    seen = np.stack([both, first - both, second - both, total - first - second + both])
    a, b = first.astype(np.float64), second.astype(np.float64)
    expected = (
        np.stack([a * b, a * (total - b), (total - a) * b, (total - a) * (total - b)]) / total
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(seen > 0, seen * np.log(seen / expected), 0.0)
    return np.asarray(2 * parts.sum(axis=0))


def _drop_parts(longer: Mined, shorter: Mined) -> None:
    """Take out the phrases that are only parts of longer ones that were taken."""
    taken = np.flatnonzero(longer.names | longer.phrases)
    first = longer.runs.first[taken]
    for place in (first, first + 1):
        part = shorter.runs.at[place]
        within = longer.runs.count[taken] >= PART_SHARE * shorter.runs.count[part]
        shorter.phrases[part[within]] = False


LONGEST = 4


@dataclass(frozen=True)
class Runs:
    """The runs of one length. `at` says which one begins at each place of the stream, -1 for none.

    `count` is how often each occurs, `articles` in how many articles, `first` the place of its first
    occurrence.
    """

    length: int
    at: Ints
    count: Longs
    articles: Longs
    first: Longs

    def __len__(self) -> int:
        return len(self.count)


def count_runs(words: Words, least: int) -> list[Runs]:
    """Runs of 1 to `LONGEST` words, those of two and more that occur `least` times.

    A run of n words is looked at only where both runs of n - 1 words in it were kept (Agrawal and
    Srikant's apriori rule, VLDB 1994), so the table stays small.
    """
    rows = words.row_of[words.stream] if len(words.stream) else np.empty(0, np.int32)
    found = [_runs(1, rows.astype(np.int64), words, 1)]
    shorter = found[0].at
    for length in range(2, LONGEST + 1):
        keys = np.full(len(rows), -1, np.int64)
        both = (shorter[:-1] >= 0) & (shorter[1:] >= 0)
        last = rows[length - 1 :]
        inside = np.flatnonzero(both)
        inside = inside[inside < len(last)]
        inside = inside[last[inside] >= 0]
        keys[inside] = shorter[inside].astype(np.int64) << 32 | last[inside]
        found.append(_runs(length, keys, words, least))
        shorter = found[-1].at
    return found


def _runs(length: int, keys: Longs, words: Words, least: int) -> Runs:
    """The runs whose `keys` these are, one for each place; -1 where none begins."""
    places = np.flatnonzero(keys >= 0)
    _, first, number, count = np.unique(
        keys[places], return_index=True, return_inverse=True, return_counts=True
    )
    kept = count >= least
    renumbered = np.cumsum(kept) - 1
    at = np.full(len(keys), -1, np.int32)
    lasting = kept[number]
    at[places[lasting]] = renumbered[number[lasting]]
    pairs = at[places[lasting]].astype(np.int64) << 32 | words.article[places[lasting]]
    pairs.sort()
    new = np.r_[True, pairs[1:] != pairs[:-1]] if len(pairs) else np.zeros(0, bool)
    articles = np.bincount(pairs[new] >> 32, minlength=int(kept.sum()))
    return Runs(length, at, count[kept].astype(np.int64), articles, places[first[kept]])


def rows_of(runs: Runs, words: Words) -> Ints:
    """The rows of each run's words in the lexicon; shape (runs, length)."""
    rows: Ints = words.row_of[words.stream[runs.first[:, None] + np.arange(runs.length)]]
    return rows


def spellings_of(words: Words, runs: Runs, wanted: Ints) -> list[str]:
    """Each of the wanted runs as it is most often spelt."""
    if not len(wanted):
        return []
    chosen = np.full(len(runs), -1, np.int32)
    chosen[wanted] = np.arange(len(wanted), dtype=np.int32)
    numbers = np.where(runs.at >= 0, chosen[runs.at], -1)
    places = np.flatnonzero(numbers >= 0)
    mixed = np.zeros(len(places), np.uint64)
    for offset in range(runs.length):  # Knuth's multiplicative hashing, word by word
        spelling = words.stream[places + offset].astype(np.uint64)
        mixed = (mixed ^ spelling) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    order = np.lexsort((mixed, numbers[places]))
    number, mixed = numbers[places][order], mixed[order]
    new = np.flatnonzero(np.r_[True, (number[1:] != number[:-1]) | (mixed[1:] != mixed[:-1])])
    count = np.diff(new, append=len(order))
    best = np.lexsort((-count, number[new]))
    _, at = np.unique(number[new][best], return_index=True)
    shown = places[order[new[best[at]]]]
    return [
        "".join(_spaced(words.spellings[words.stream[place + k]], k) for k in range(runs.length))
        for place in shown.tolist()
    ]


def _spaced(spelling: str, place: int) -> str:
    if spelling.startswith("-"):
        return spelling if place else spelling[1:]
    if spelling.startswith(GLUE):
        return spelling[1:]
    return f" {spelling}" if place else spelling
