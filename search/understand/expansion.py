"""What else a word may be found as: translations, and the same name in the other script.

Four witnesses, each with a weight between 0 and 1 (`docs/measured.md` tells how they were set):

    the bundled lexicon   what the two languages translate each other by
    (`index.parts.lexicon.bilingual`)
    the archive           translations learned from its own sentence pairs
    meaning               words of the other language whose vectors are nearest
    sound                 words of the other script that spell the word: names and loanwords

The first two are one dictionary: what the archive teaches is evidence beside what is known already.
A word that it knows is translated, not spelled. Meaning and sound serve what it does not know, and
never stand above a translation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

import numpy as np

from index.arrays import Floats
from index.logistic import logistic
from index.parts.lexicon.bilingual import BilingualLexicon, Meanings, family
from index.parts.lexicon.lexicon import Lexicon, Linked
from index.text.analysis import SCRIPTS, Script, script, stem
from search.config import CacheSizes, SearchConfig, SoundMatching, Translating
from search.method_cache import cached_method
from search.understand.english_spellings import other_spellings
from search.understand.function_words import is_function_word
from search.understand.sound_alikes import SoundAlikes

COSINE_BIAS, COSINE_GAIN, COSINE_LAG = -6.0, 8.5, -3.2
"""P(translation | cosine c, lag behind the nearest neighbour l) = logistic(bias + gain c + lag l).

Fitted on the words of a crowd-made Urdu-English dictionary (Indian Parallel Corpora, CC BY-SA 3.0)
that the evaluation archives hold; on the fifth of them kept aside, neighbours said to be right with
.2, .4 and .6 were so in .22, .51 and .70 of all cases.
"""


_VERB_ENDINGS = ("نا", "نے", "نی", "تا", "تی", "تے", "تیں", "یا", "ئے", "ئی", "ئیں")
"""Of infinitives, imperfects and perfects."""


@dataclass(frozen=True)
class Equivalent:
    """A word of the lexicon that stands for another: `row`, `weight` and the witness's name; or, where
    the row is -1, a phrase, its words with spaces between them."""

    row: int
    weight: float
    source: str
    phrase: str = ""

    @property
    def key(self) -> int | str:
        """What tells it from others."""
        return self.phrase or self.row


@dataclass(frozen=True)
class _Known:
    """The translations of a word that the archive holds, best first. `faint` are those that are too
    unlikely by themselves; `loans` by row what a translation may weigh that sounds like the
    word."""

    found: tuple[Equivalent, ...] = ()
    faint: tuple[Equivalent, ...] = ()
    loans: Mapping[int, float] = field(default_factory=dict)

    @property
    def best(self) -> float:
        return max((each.weight for each in self.found), default=0.0)

    @property
    def rows(self) -> frozenset[int]:
        return frozenset(each.row for each in self.found)


_UNKNOWN = _Known()


class Expander:
    """Finds the alternatives of words, by the lexicon of one index and the bundled one."""

    def __init__(
        self,
        lexicon: Lexicon,
        config: SearchConfig,
        bilingual: BilingualLexicon | None = None,
        holds: Callable[[str], bool] | None = None,
        spelt: Callable[[], Mapping[int, str]] = dict,
    ) -> None:
        """`bilingual` is the bundled lexicon unless given; `holds` says whether the archive holds a
        phrase (without it there are no phrases among the alternatives), `spelt` how the archive mostly
        spells words, by row."""
        if not config.bundled_lexicon:
            bilingual = BilingualLexicon.empty()
        self._holds = holds
        self._like_sound = SoundAlikes(lexicon, spelt, bilingual)
        self._lexicon = lexicon
        self._config = config
        self._given = bilingual
        self._known = cached_method(self._known_of, CacheSizes.WORDS)
        self._sounds = cached_method(self._sounds_of, CacheSizes.WORDS)
        self._alternatives = cached_method(self._alternatives_of, CacheSizes.WORDS)
        self._is_phrase = cached_method(self._is_phrase_of, CacheSizes.WORDS)

    def needs_vector(self, word: str) -> bool:
        """Whether `alternatives` wants the word's vector: nothing translates it, and the lexicon of
        the index has none of it."""
        if not self._config.expansion or not _expandable(word):
            return False
        kind = script(word)
        if kind == "other" or self._lexicon.has_vector(self._lexicon.head(word)):
            return False
        return self._known(word, kind).best < Translating.WELL_KNOWN

    def hear(self, words: Sequence[str]) -> None:
        """Look up together what some normalized words sound like, of which `alternatives` tells much."""
        if self._config.names:
            self._like_sound.hear([word for word in words if _expandable(word)])

    def alternatives(self, word: str, vector: Floats | None = None) -> tuple[Equivalent, ...]:
        """Words of the other language that a normalized word stands for, the likeliest first."""
        return self._alternatives(word, b"" if vector is None else vector.tobytes())

    def _alternatives_of(self, word: str, vector: bytes) -> tuple[Equivalent, ...]:
        kind = script(word)
        if kind == "other" or not _expandable(word):
            return ()
        known = self._known(word, kind) if self._config.expansion else _UNKNOWN
        found = {each.key: each for each in known.found}
        most = Translating.BELOW_TRANSLATIONS * known.best if found else 1.0
        for witness in self._others(word, kind, vector, known):
            if witness.row in known.rows:
                if witness.source == "sound":  # it sounds like its translation: all the surer
                    loan = known.loans.get(witness.row, 1.0)
                    _keep(found, replace(witness, weight=witness.weight * loan))
                continue
            weight = min(
                most, witness.weight * (1.0 - Translating.LEFT_BY_TRANSLATIONS * known.best)
            )
            if weight >= Translating.MIN_WEIGHT:
                _keep(found, replace(witness, weight=weight))
        return tuple(
            sorted(found.values(), key=lambda each: (-each.weight, each.row, each.phrase))[
                : Translating.MOST
            ]
        )

    def phrase(self, words: Sequence[str]) -> tuple[Equivalent, ...]:
        """What words in a row stand for that the bundled lexicon knows as one thing."""
        kind = script(words[0])
        if kind == "other" or not self._config.expansion or not self.knows(words):
            return ()
        return self._known(" ".join(words), kind).found

    def knows(self, words: Sequence[str]) -> bool:
        """Whether the bundled lexicon knows words in a row as one thing."""
        return self._is_phrase(tuple(words))

    def _is_phrase_of(self, words: tuple[str, ...]) -> bool:
        kind = script(words[0])
        return kind != "other" and self._bilingual.is_phrase(words, kind)

    def faint(self, word: str) -> tuple[Equivalent, ...]:
        """Translations of a word that are too unlikely, unless something else speaks for them."""
        kind = script(word)
        known = self._config.expansion and kind != "other" and _expandable(word)
        return self._known(word, kind).faint if known and kind != "other" else ()

    def left_to_sound(self, word: str, other: str) -> float:
        """How much it says (0 to 1) that a word is one of the other language in its own letters:
        little, if both are known to mean something else (snow and سنائے, not catches and کیچز)."""
        kind, their = script(word), script(other)
        if kind == "other" or their == "other" or not self._config.expansion:
            return 1.0
        meanings = self._meanings(word, kind)
        if any(family(each.word) == family(other) for each in meanings.found):
            return 1.0
        known = (
            meanings.surety * meanings.evidence / (meanings.evidence + SoundMatching.HARDLY_KNOWN)
        )
        otherwise = min(
            1.0, self._like_sound.means_otherwise(other, their) / SoundMatching.WELL_KNOWN
        )
        return 1.0 - Translating.LEFT_BY_TRANSLATIONS * known * otherwise

    def of_like_sound(self, word: str) -> tuple[Equivalent, ...]:
        """Words of the other script that spell a normalized word, whatever either means."""
        kind = script(word)
        found = () if kind == "other" else self._like_sound.spelled(word, kind)
        return tuple(Equivalent(row, chance, "sound") for row, chance in found)

    def other_words(self, word: str) -> list[str]:
        """Words of the other script that a word of a name may be: those of like sound first."""
        found = (*self.of_like_sound(word), *self.alternatives(word))
        return list(dict.fromkeys(self._lexicon.words[each.row] for each in found if each.row >= 0))

    def _known_of(self, word: str, kind: Script) -> _Known:
        """The translations of a word that the archive holds, by what is known and what it taught."""
        meanings = self._meanings(word, kind)
        bundled, loans = self._held(kind, meanings)
        taught = self._taught(word)
        first = (
            min(Translating.KNOWN_EVIDENCE, meanings.evidence) * meanings.surety if bundled else 0.0
        )
        second = (
            self._trust * min(Translating.ARCHIVE_EVIDENCE, self._articles(word)) * _best(taught)
        )
        both = max(first + second, 1e-9)
        found = []
        for head in bundled.keys() | taught.keys():
            ours, theirs = bundled.get(head), taught.get(head)
            weight = first * (ours.weight if ours else 0.0)
            weight = (weight + second * (theirs.weight if theirs else 0.0)) / both
            known = ours or theirs
            if known and weight >= Translating.FAINT_FROM:
                found.append(Equivalent(known.row, weight, known.source, known.phrase))
        found.sort(key=lambda each: (-each.weight, each.row, each.phrase))
        sure = [each for each in found if each.weight >= Translating.MIN_WEIGHT][: Translating.MOST]
        return _Known(tuple(sure), tuple(found[len(sure) :]), loans)

    def _meanings(self, word: str, kind: Script) -> Meanings:
        """What the bundled lexicon knows of a word, in the spelling that it knows better."""
        lexicon, spelt = self._bilingual, other_spellings(word) if kind == "en" else ()
        known = lexicon.meanings(word, kind)
        return max([known, *(lexicon.meanings(e, kind) for e in spelt)], key=lambda m: m.evidence)

    def _head(self, word: str, kind: Script) -> int:
        """The head of a translation of a word of language `kind`, an English one in any spelling; -1 if the
        archive does not hold it."""
        spelt = chain((word,), other_spellings(word) if kind == "ur" else ())
        return next((head for each in spelt if (head := self._lexicon.head(each)) >= 0), -1)

    def _held(
        self, kind: Script, meanings: Meanings
    ) -> tuple[dict[int | str, Equivalent], dict[int, float]]:
        """What the bundled lexicon knows and the archive holds, by head or phrase: the commonest of
        its forms; and by row what each may weigh that sounds like the word: a loanword that is
        hardly used, little."""
        forms: dict[int | str, dict[int, float]] = {}
        phrases: dict[int | str, str] = {}
        sureties: dict[int | str, float] = {}
        often: dict[int | str, float] = {}
        best: dict[str, float] = {}
        lexicon = self._lexicon
        for each in meanings.found:
            known = each.share * each.surety
            same = family(each.word)
            best[same] = best.get(same, 0.0) + known
            if known < (Translating.PHRASE_FROM if " " in each.word else Translating.FAINT_SHARE):
                continue
            key: int | str
            if " " in each.word:
                key = same if self._stands(each.word) else -1
                phrases.setdefault(key, each.word)
            else:
                key = self._head(each.word, kind)
            if key != -1 and not is_function_word(each.word):
                row = lexicon.row(each.word)
                weights = forms.setdefault(key, {})
                weights[row] = weights.get(row, 0.0) + known
                sureties[key] = max(sureties.get(key, 0.0), each.surety)
                often[key] = often.get(key, 0.0) + each.share
        shares = _by_verbs({key: sum(weights.values()) for key, weights in forms.items()}, lexicon)
        most = max(shares.values(), default=1.0)
        # What a word hardly ever means it hardly means in an archive that lacks what it does mean.
        lack = min(1.0, most / max(best.values(), default=1.0)) ** Translating.LACK_POWER
        found = {
            key: Equivalent(
                _shown(key, weights) if isinstance(key, int) else -1,
                sureties[key] * lack * (shares[key] / most) ** Translating.SHARE_POWER,
                "meaning",
                phrases.get(key, ""),
            )
            for key, weights in forms.items()
        }
        usual = SoundMatching.LOAN_SHARE * max(often.values(), default=1.0)
        return found, {
            each.row: min(1.0, often[key] / usual) ** SoundMatching.LOAN_POWER
            for key, each in found.items()
        }

    def _stands(self, phrase: str) -> bool:
        """Whether a phrase stands somewhere in the archive."""
        held = all(self._lexicon.head(word) >= 0 for word in phrase.split())
        return held and self._holds is not None and self._holds(phrase)

    def _taught(self, word: str) -> dict[int | str, Equivalent]:
        """What the archive's own sentence pairs say."""
        head = self._lexicon.head(word) if self._config.archive_lexicon else -1
        links = self._lexicon.translations.of(head) if head >= 0 else ()
        return {
            row: Equivalent(
                row, min(1.0, weight * Translating.TRANSLATION_SCALE) * self._trust, "meaning"
            )
            for row, weight in links
            if not is_function_word(self._lexicon.words[row])
        }

    @cached_property
    def _trust(self) -> float:
        """How far what the archive taught is to be believed (0 to 1), by the words that both know well.

        Only an archive that tells its stories in both languages teaches what words mean; in others
        the sentences that were taken for pairs are of like stories.
        """
        lexicon = self._lexicon
        taught = np.flatnonzero(np.diff(lexicon.translations.starts))
        agreed = words = 0.0
        for row in taught[:: max(1, len(taught) // Translating.ASKED)].tolist():
            kind = script(lexicon.words[row])
            if kind == "other":
                continue
            meanings = self._bilingual.meanings(lexicon.words[row], kind)
            if (
                meanings.evidence >= Translating.WELL_ATTESTED
                and meanings.surety >= Translating.ATTESTED_SURETY
            ):
                known = {stem(each.word) for each in meanings.found}
                links = lexicon.translations.of(row)
                right = [weight for other, weight in links if stem(lexicon.words[other]) in known]
                agreed += sum(right) / sum(weight for _, weight in links)
                words += 1
        return min(
            1.0,
            (agreed / Translating.TRUSTED_FROM + Translating.ARCHIVES)
            / (words + Translating.ARCHIVES),
        )

    def _articles(self, word: str) -> int:
        """How many articles hold a word, in its most frequent form."""
        head = self._lexicon.head(word)
        return int(self._lexicon.frequencies[head]) if head >= 0 else 0

    @property
    def _bilingual(self) -> BilingualLexicon:
        return self._given or BilingualLexicon.load()

    def _others(
        self, word: str, kind: Script, vector: bytes, known: _Known
    ) -> Iterator[Equivalent]:
        if self._config.expansion and known.best < Translating.WELL_KNOWN:
            near = self._neighbours(word, kind, vector)
            for row, cosine in near:
                if is_function_word(self._lexicon.words[row]):
                    continue
                lag = near[0][1] - cosine
                logit = COSINE_BIAS + COSINE_GAIN * cosine + COSINE_LAG * lag
                yield Equivalent(row, logistic(logit), "meaning")
        if self._config.names:
            yield from self._sounds(word, kind)

    def _neighbours(self, word: str, kind: Script, vector: bytes) -> Linked:
        head = self._lexicon.head(word)
        if self._lexicon.has_vector(head):
            return self._lexicon.neighbours.of(head)
        if not vector:
            return ()
        own: Floats = np.frombuffer(vector, np.float32)
        return self._lexicon.nearest(own, kind, Translating.NEIGHBOURS)

    def _sounds_of(self, word: str, kind: Script) -> tuple[Equivalent, ...]:
        meant = self._like_sound.of(word, kind, Translating.SOUND_FROM)
        return tuple(Equivalent(row, chance, "sound") for row, chance in meant)


def _expandable(word: str) -> bool:
    return script(word) in SCRIPTS and not is_function_word(word) and len(word) > 1


def _best(found: Mapping[int | str, Equivalent]) -> float:
    return max((each.weight for each in found.values()), default=0.0)


def _by_verbs(shares: Mapping[int | str, float], lexicon: Lexicon) -> dict[int | str, float]:
    """Shares of translations by head or phrase, where all forms of an Urdu verb have what they have together:
    a translation that has one form (ٹیل of tell) is no commoner than بتانے, بتایا and بتاتے."""
    verbs = {key: _verb(lexicon.words[key]) for key in shares if isinstance(key, int) and key >= 0}
    together: dict[str, float] = {}
    for key, verb in verbs.items():
        together[verb] = together.get(verb, 0.0) + shares[key]
    return {key: together[verbs[key]] if key in verbs else share for key, share in shares.items()}


def _verb(word: str) -> str:
    """What the forms of an Urdu verb share; of any other word a part that hardly another translation of
    the same word has."""
    if script(word) != "ur":
        return word
    ending = next((each for each in _VERB_ENDINGS if word.endswith(each)), "")
    cut = len(word) - len(ending) >= Translating.SHORTEST_VERB
    return stem(word.removesuffix(ending) if cut else word)


def _shown(head: int, forms: Mapping[int, float]) -> int:
    """The form of a translation to show: the archive's usual one, unless another is far commoner in
    this sense (چیتا for a leopard, not the چیت of talks)."""
    best = max(forms, key=lambda row: (forms[row], -row))
    return (
        head if best < 0 or forms.get(head, 0.0) >= Translating.HEAD_SHARE * forms[best] else best
    )


def _keep(found: dict[int | str, Equivalent], each: Equivalent) -> None:
    """Of two witnesses for one word the surer speaks."""
    if each.key not in found or found[each.key].weight < each.weight:
        found[each.key] = each
