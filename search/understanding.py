"""What a query means, word by word: as typed, as Roman Urdu, in the other language.

    typed words -> Roman Urdu read (search.roman) -> alternatives found (search.expansion)
                -> terms for the keyword arm, text for the semantic arm, and what to tell the reader

All alternatives of a typed word are one concept to the keyword arm, each at its weight. Phrases,
`title:` and words left out are searched as typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from index import budget
from index.analysis import is_stop, script, stem
from index.encoder import Encoder, Vectors
from index.errors import EncoderError
from index.lexicon import Lexicon
from index.normalize import one_keyboard
from search.config import SearchConfig
from search.expansion import MOST, Expander, Found
from search.models import Alternative, SearchRequest, WordReading
from search.query import Atom, Query
from search.roman import RomanReader, RomanReading

MIN_CHANCE = 0.05
"""Of a reading, and weight of an alternative, that is searched for."""

AS_TYPED_TOO = 0.3
"""Weight a word keeps as it was typed, when it is read as Roman Urdu: names stand in English texts."""

MIN_RESOLVED = 0.15
"""Of the reading that stands for the word, once the reader has switched others off."""

SHOWN_FROM = 0.25
"""Weight from which the reader is told of an alternative; those below are searched, and add little."""

TRANSLATED_FROM = 0.5
"""Weight from which a translation is encoded with the query."""

LANGUAGE = "roman-ur"
_TWO_HOPS, _TWO_HOPS_FROM = 3, 0.2
"""Urdu readings of a Roman word whose English alternatives are looked up, and their least chance."""


@dataclass(frozen=True)
class WordMeaning:
    """One typed word as it is searched: `weight` is that of the word as typed.

    `silent` says that it is a function word of Roman Urdu, which ranking passes over.
    """

    weight: float = 1.0
    alternatives: tuple[Alternative, ...] = ()
    resolved: str = ""
    silent: bool = False

    @property
    def wanted(self) -> tuple[Alternative, ...]:
        """The alternatives that the reader did not switch off."""
        return tuple(each for each in self.alternatives if not each.off)


@dataclass(frozen=True)
class Understanding:
    """A query understood: by exact term what each plain word means, and the text to encode.

    `searched` is the text as the semantic arm encodes it: a few words, which say little, with what they
    are in the other language. `literal` says that the reader wants her words as typed and no others.
    """

    query: Query
    text: str
    language: str
    meanings: Mapping[str, WordMeaning] = field(default_factory=dict)
    resolved: str = ""
    literal: bool = False
    searched: str = ""

    def of(self, atom: Atom) -> WordMeaning:
        """What an atom of the query means; itself, when nothing else is known of it."""
        return self.meanings.get(atom.words[0], _AS_TYPED) if _plain(atom) else _AS_TYPED

    @property
    def readings(self) -> tuple[WordReading, ...]:
        """What to tell the reader: the words that are searched by more than themselves."""
        atoms = {atom.words[0]: atom for atom in self.query.atoms if _plain(atom)}
        found = []
        for atom in atoms.values():
            meaning = self.of(atom)
            shown = tuple(each for each in meaning.alternatives if each.weight >= SHOWN_FROM)
            if shown or meaning.resolved:
                found.append(WordReading(atom.surface, meaning.resolved, shown))
        return tuple(found)


_AS_TYPED = WordMeaning()


def as_typed(query: Query) -> Understanding:
    """A query taken literally."""
    return Understanding(query, query.plain, query.language, literal=True, searched=query.plain)


class Reader:
    """Understands queries, by the lexicon of one index."""

    def __init__(self, lexicon: Lexicon, config: SearchConfig) -> None:
        self._lexicon = lexicon
        self._config = config
        self._roman = RomanReader(lexicon)
        self._expander = Expander(lexicon, config)

    def understand(
        self, query: Query, request: SearchRequest, encoder: Encoder | EncoderError
    ) -> Understanding:
        """What a query means. Without an encoder, words new to the archive get no translations."""
        if request.literal or query.browsing:
            return as_typed(query)
        off = frozenset(request.off)
        roman = self._read_roman(query)
        words = list(dict.fromkeys(atom.words[0] for atom in query.atoms if _plain(atom)))
        english = [word for word in words if word not in roman or not _is_roman(roman[word])]
        vectors = self._new_vectors(english, encoder)
        meanings = {
            word: self._meaning(word, roman.get(word), vectors.get(word), off) for word in words
        }
        resolved = _resolved(query, meanings)
        text = resolved or query.plain
        translated = "" if resolved else _translated(query, meanings, self._config)
        return Understanding(
            query=query,
            text=text,
            searched=f"{text} {translated}".strip(),
            language=LANGUAGE if resolved and _mostly_roman(query, meanings) else query.language,
            meanings=meanings,
            resolved=resolved,
        )

    def _read_roman(self, query: Query) -> dict[str, RomanReading]:
        """The Latin words of the query read together, run by run."""
        found: dict[str, RomanReading] = {}
        if not self._config.roman:
            return found
        for run in _latin_runs(query):
            readings = self._roman.read(run)
            # Words of both languages do not say which it is, unless there are no others.
            telling = [reading for reading in readings if not reading.shared] or readings
            urdu = sum(1.0 - reading.english for reading in telling)
            for word, reading in zip(run, readings, strict=True):
                # An English query may name people as Urdu spells them: it stays English.
                english = reading.english if 2 * urdu >= len(telling) else 1.0
                found.setdefault(word, replace(reading, english=english))
        return found

    def _new_vectors(
        self, words: Sequence[str], encoder: Encoder | EncoderError
    ) -> Mapping[str, Vectors]:
        new = [word for word in words if self._expander.needs_vector(word)]
        if not new or isinstance(encoder, EncoderError):
            return {}
        try:
            vectors = encoder.encode_queries([one_keyboard(word) for word in new])
        except EncoderError:
            return {}  # the semantic arm, which asks next, reports it
        return dict(zip(new, vectors, strict=True))

    def _meaning(
        self, word: str, roman: RomanReading | None, vector: Vectors | None, off: frozenset[str]
    ) -> WordMeaning:
        budget.check()
        english = 1.0 if roman is None else roman.english
        found = _Alternatives(word, self._lexicon, off)
        if english >= MIN_CHANCE:
            found.add(self._expander.alternatives(word, vector), english)
        if roman is None:
            return WordMeaning(1.0, found.best())
        for row, chance in roman.urdu:
            if chance >= MIN_CHANCE and not is_stop(self._lexicon.words[row]):
                found.add([Found(row, chance, "roman")], 1.0)
        if not _is_roman(roman):
            return WordMeaning(1.0, found.best())
        for row, chance in roman.urdu[:_TWO_HOPS]:
            if chance >= _TWO_HOPS_FROM and self._lexicon.words[row] not in off:
                found.add(self._expander.alternatives(self._lexicon.words[row]), chance)
        best = next((row for row in roman.urdu if self._lexicon.words[row[0]] not in off), (0, 0.0))
        if best[1] < MIN_RESOLVED:
            return WordMeaning(1.0, found.best())  # the reader will have none of it
        resolved = self._lexicon.words[best[0]]
        weight = 1.0 if best[0] in roman.shared else max(english, AS_TYPED_TOO)
        return WordMeaning(weight, found.best(), resolved, silent=is_stop(resolved))


class _Alternatives:
    """Gathers the alternatives of one word; of two reasons for one word the stronger stays."""

    def __init__(self, typed: str, lexicon: Lexicon, off: frozenset[str]) -> None:
        self._typed = stem(typed)
        self._lexicon = lexicon
        self._off = off
        self._found: dict[str, Alternative] = {}

    def add(self, found: Sequence[Found], scale: float) -> None:
        for each in found:
            word = self._lexicon.words[each.row]
            weight = round(each.weight * scale, 3)
            if stem(word) == self._typed:
                continue
            if weight > 0 and (word not in self._found or self._found[word].weight < weight):
                self._found[word] = Alternative(
                    word, script(word), weight, each.source, word in self._off
                )

    def best(self) -> tuple[Alternative, ...]:
        """The weightiest, in order."""
        ranked = sorted(self._found.values(), key=lambda each: (-each.weight, each.word))
        return tuple(each for each in ranked[:MOST] if each.weight >= MIN_CHANCE)


def _is_roman(reading: RomanReading) -> bool:
    """Whether a Latin word is more likely a known Urdu word than anything else."""
    return reading.english + reading.unknown < 0.5


def _plain(atom: Atom) -> bool:
    """Whether an atom may be read otherwise: a single word, anywhere in a document."""
    return not atom.phrase and atom.field == "any" and len(atom.words) == 1


def _latin_runs(query: Query) -> Iterator[list[str]]:
    """Latin words that stand together in the query."""
    run: list[str] = []
    for atom in query.atoms:
        if _plain(atom) and script(atom.words[0]) == "en":
            run.append(atom.words[0])
        elif run:
            yield run
            run = []
    if run:
        yield run


def _resolved(query: Query, meanings: Mapping[str, WordMeaning]) -> str:
    """The query's wanted words with Roman Urdu in Urdu script; empty if there is none."""
    if not any(meaning.resolved for meaning in meanings.values()):
        return ""
    words = []
    for atom in query.atoms:
        resolved = meanings[atom.words[0]].resolved if _plain(atom) else ""
        words.append(resolved or atom.surface)
    return " ".join(words)


def _translated(query: Query, meanings: Mapping[str, WordMeaning], config: SearchConfig) -> str:
    """The likeliest translations of the words of a short query.

    Not of one in Roman Urdu: what was read for it is a guess already.
    """
    content = [atom for atom in query.atoms if not atom.stop]
    if len(content) > config.translated_words:
        return ""
    found = []
    for atom in content:
        wanted = meanings[atom.words[0]].wanted if _plain(atom) else ()
        found += [each.word for each in wanted[:1] if each.weight >= TRANSLATED_FROM]
    return " ".join(dict.fromkeys(found))


def _mostly_roman(query: Query, meanings: Mapping[str, WordMeaning]) -> bool:
    latin = [atom for atom in query.atoms if _plain(atom) and script(atom.words[0]) == "en"]
    read = sum(bool(meanings[atom.words[0]].resolved) for atom in latin)
    return 2 * read >= len(latin)
