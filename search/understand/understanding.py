"""What a query means, word by word: as typed, as Roman Urdu, in the other language.

    typed words -> Roman Urdu read (search.understand.roman) -> alternatives found
    (search.understand.expansion)
                -> terms for the keyword arm, text for the semantic arm, and what to tell the reader

All alternatives of a typed word are one concept to the keyword arm, each at its weight. Phrases,
`title:` and words left out are searched as typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import partial

from index import budget
from index.arrays import Ints
from index.encoders.protocol import Encoder, Vectors
from index.errors import EncoderError
from index.opened import OpenIndex
from index.parts.keyword.packed_postings import contained
from index.parts.lexicon.lexicon import Lexicon
from index.text.analysis import is_stop, script, stem
from index.text.compounds import Run
from index.text.language_codes import ROMAN_URDU
from index.text.normalize import normalize, one_keyboard
from index.text.spoken_letters import letters_of
from search.config import CacheSizes, Reading, SearchConfig, SpellingMatching, Translating
from search.method_cache import cached_method
from search.models import Alternative, Degraded, Mode, Notice, SearchRequest, WordReading
from search.query.conditions import Lookup
from search.query.query import Atom, Group, Query
from search.understand.expansion import Equivalent, Expander
from search.understand.expressions import (
    Expression,
    ExpressionFinder,
    holds,
    runs_of,
    terms_of,
    with_expressions,
)
from search.understand.function_words import is_function_word
from search.understand.joined_words import JoinedWords
from search.understand.name_segmentation import NameSegmenter
from search.understand.roman import RomanDecoder, RomanReading
from search.understand.spellings import Spelling, Spellings
from search.understand.split_words import plain_words, with_whole_words

LANGUAGE = "roman-ur"
_FIRST_ARTICLES, _MORE_ARTICLES = 64, 8
"""How many of a word's articles are compared with those of others at first, and how many times as many
each time on."""
_IZAFAT = frozenset({"e", "i", "o"})


@dataclass(frozen=True)
class WordMeaning:
    """One typed word as it is searched: `weight` is that of the word as typed.

    `function_word` says that it is a function word of Roman Urdu, which ranking passes over.
    """

    weight: float = 1.0
    alternatives: tuple[Alternative, ...] = ()
    resolved: str = ""
    function_word: bool = False

    @property
    def wanted(self) -> tuple[Alternative, ...]:
        """The alternatives that the reader did not switch off."""
        return tuple(each for each in self.alternatives if not each.off)


@dataclass(frozen=True)
class Understanding:
    """A query understood: by exact term what each plain word means, and the text to encode.

    `translated` are the likeliest translations of a query of few words, which say little to an encoder
    across languages. `expressions` are words that are one thing together, `terms` what phrases among the
    alternatives are looked up as. `off` are the words that the reader switched off. `notices` say which
    words may be of either language. `literal` says that the reader wants her words as typed and no others.
    `degraded` says what kept words new to the archive from being translated.
    """

    query: Query
    text: str
    language: str
    meanings: Mapping[str, WordMeaning] = field(default_factory=dict)
    resolved: str = ""
    literal: bool = False
    degraded: tuple[Degraded, ...] = ()
    translated: str = ""
    expressions: tuple[Expression, ...] = ()
    terms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    notices: tuple[Notice, ...] = ()

    @property
    def searched(self) -> list[str]:
        """The texts that the semantic arm encodes: the query and, if short, its translations."""
        texts = (self.text, self.translated or self.text)
        return list(dict.fromkeys(map(one_keyboard, texts)))

    @property
    def own_language(self) -> str:
        """The language whose documents hold the query's words as they are: Urdu, of Roman Urdu."""
        return "ur" if self.language == LANGUAGE else self.query.language

    def same(self, atom: Atom) -> tuple[Run, ...]:
        """The other spellings of an atom's name that the reader did not switch off."""
        return tuple(run for run in atom.compound.same if run.surface not in self.off)

    def of(self, atom: Atom) -> WordMeaning:
        """What an atom of the query means; itself, when nothing else is known of it."""
        return self.meanings.get(atom.words[0], _AS_TYPED) if atom.plain else _AS_TYPED

    def terms_of(self, word: str) -> tuple[str, ...]:
        """What an alternative is looked up as: a word by its stem, a phrase as a run of words."""
        return self.terms.get(word) or (stem(word),)

    def words(self, atom: Atom) -> tuple[str, ...]:
        """The words that an atom is looked up by: its own, or those of the archive that fit it."""
        return dict(self.query.forms).get(atom, ()) if atom.loose else atom.words

    def lookup(self, index: OpenIndex, config: SearchConfig) -> Lookup:
        """What the query's conditions are held against: words are also met by sure alternatives."""
        sure = {
            word: tuple(
                term
                for each in meaning.wanted
                if each.weight >= config.required_from
                for term in self.terms_of(each.word)
            )
            for word, meaning in self.meanings.items()
        }
        same = {atom.words: self.same(atom) for atom in self.query.atoms if atom.compound.alone}
        same |= {
            run.words: self.same(atom) for atom in self.query.atoms for run in atom.compound.runs
        }
        names = {words: tuple(run.term for run in runs) for words, runs in same.items() if runs}
        forms, spelt = dict(self.query.forms), dict(self.query.spelt)
        return Lookup(index.columns, index.keyword, forms, sure, names, spelt)

    @property
    def readings(self) -> tuple[WordReading, ...]:
        """What to tell the reader: the words that are searched by more than themselves."""
        shown = [atom for atom in self.query.atoms if atom.plain or atom.compound.same]
        together = {word: each for each in self.expressions for word in each.words}
        found = {}
        for atom in shown:
            expression = together.get(atom.words[0]) if atom.compound.alone else None
            parts = atom.words if atom.compound.alone else (name_of(atom),)
            parts = expression.words if expression else parts
            if parts not in found and (reading := self._reading(atom, expression)):
                found[parts] = reading
        return tuple(found.values())

    def _reading(self, atom: Atom, expression: Expression | None) -> WordReading | None:
        words = expression.words if expression else ()
        meanings = [self.meanings.get(word, _AS_TYPED) for word in words] or [self.of(atom)]
        resolved = " ".join(each.resolved for each in meanings if each.resolved)
        typed = normalize(atom.surface)
        alternatives = [
            each for meaning in meanings for each in meaning.alternatives if each.word != typed
        ]
        others = {
            each.word: each for each in (*self._names(atom), *shown_alternatives(alternatives))
        }
        surface = expression.surface if expression else name_of(atom)
        return (
            WordReading(surface, resolved, tuple(others.values())) if others or resolved else None
        )

    def _names(self, atom: Atom) -> Iterator[Alternative]:
        for run in atom.compound.same:
            off = run.surface in self.off
            yield Alternative(run.surface, script(run.words[0]), 1.0, "sound", off)


def shown_alternatives(alternatives: Sequence[Alternative]) -> Iterator[Alternative]:
    """Alternatives without the rare spellings, but for those that were switched off: they may be wanted."""
    spellings = 0
    for each in alternatives:
        spellings += each.source == "spelling"
        if each.source != "spelling" or spellings <= SpellingMatching.SHOWN or each.off:
            yield each


def name_of(atom: Atom) -> str:
    """A word as typed; the whole name, of a part that says nothing alone."""
    return atom.surface if atom.compound.alone else atom.compound.runs[0].surface


_AS_TYPED = WordMeaning()


def as_typed(query: Query) -> Understanding:
    """A query taken literally."""
    return Understanding(query, query.plain, query.language, literal=True)


def _in_roman_only(index: OpenIndex, word: str) -> bool:
    """Whether a word stands in articles in Roman Urdu and in no other."""
    if (code := index.columns.language_code(ROMAN_URDU)) < 0:
        return False
    docids = index.keyword.posting(word, exact=True).docids
    return bool(len(docids)) and bool((index.columns.lang[docids] == code).all())


class Interpreter:
    """Understands queries, by the words of one index."""

    def __init__(self, index: OpenIndex, config: SearchConfig) -> None:
        self._lexicon = index.lexicon
        self._keyword = index.keyword
        self._config = config
        self._roman = RomanDecoder(index.lexicon, is_roman=partial(_in_roman_only, index))
        self._expander = Expander(
            index.lexicon,
            config,
            holds=partial(holds, index),
            spelt=lambda: index.suggestions.spelt,
        )
        self._expressions = ExpressionFinder(index, self._expander, config)
        self._joined = JoinedWords(index, config, self._expander.other_words)
        self._names = NameSegmenter(index, config, self._expander.other_words)
        self.spellings = Spellings(index.lexicon)
        self._finding = cached_method(self._finding_of, CacheSizes.WORDS)

    def understand(
        self, query: Query, request: SearchRequest, encoder: Encoder | EncoderError
    ) -> Understanding:
        """What a query means. Without an encoder, words new to the archive get no translations."""
        query = self._joined.with_joined_words(query, literal=request.literal)
        if request.literal or query.browsing:
            return as_typed(query)
        pieces: dict[str, Spelling] = {}
        if self._config.spellings:
            query, pieces = with_whole_words(query, self.spellings)
        off = frozenset(request.off)
        query, roman, function_words, notices = self._read_roman(query)
        plain = [atom.words[0] for atom in query.atoms if atom.plain]
        self._expander.hear(
            [word for word in plain if word in self._expanded(word, roman.get(word), off)]
        )
        query = replace(query, groups=tuple(self._names.named(query.groups, function_words)))
        words = list(dict.fromkeys(atom.words[0] for atom in query.atoms if atom.plain))
        english = [word for word in words if word not in roman or not _is_roman(roman[word])]
        resolved = _resolved(query, {word: self._read_as(roman.get(word), off) for word in words})
        text = resolved or query.plain
        # In one call with what the semantic arm is going to ask for.
        with_text = [] if request.mode is Mode.KEYWORD else [text]
        vectors, degraded = self._new_vectors(english, with_text, encoder)
        self._expander.hear(
            [each for word in words for each in self._expanded(word, roman.get(word), off)]
        )
        meanings = {
            word: self._meaning(word, roman.get(word), vectors.get(word), off) for word in words
        }
        meanings = self._otherwise_spelt(query, meanings, pieces, off)
        meanings, expressions = self._with_expressions(query, meanings, off)
        return Understanding(
            query=query,
            text=text,
            translated="" if resolved else _translated(query, meanings, self._config),
            language=LANGUAGE if resolved and _mostly_roman(query, meanings) else query.language,
            meanings=meanings,
            resolved=resolved,
            degraded=degraded,
            expressions=expressions,
            terms={
                each.word: terms_of(each.word, self._lexicon)
                for meaning in meanings.values()
                for each in meaning.alternatives
                if " " in each.word and each.source != "spelling"
            },
            off=off,
            notices=notices,
        )

    def _otherwise_spelt(
        self,
        query: Query,
        meanings: Mapping[str, WordMeaning],
        pieces: Mapping[str, Spelling],
        off: frozenset[str],
    ) -> dict[str, WordMeaning]:
        """Meanings with the other spellings of words and of their translations; of acronyms, with nothing
        that their letters would mean. `pieces` are the words that were typed in pieces."""
        spelt = self._spelt(query, pieces) if self._config.spellings else {}
        found = {
            word: _with_spellings(meaning, spelt.get(word, ()), off)
            for word, meaning in meanings.items()
        }
        for word in {atom.words[0] for atom in query.atoms if atom.plain and atom.compound.letters}:
            found[word] = _of_acronym(word, found[word])
        if self._config.spellings:
            found = {
                word: self._with_spellings_of_translations(word, meaning, off)
                for word, meaning in found.items()
            }
        return found

    def _with_expressions(
        self, query: Query, meanings: Mapping[str, WordMeaning], off: frozenset[str]
    ) -> tuple[dict[str, WordMeaning], tuple[Expression, ...]]:
        """Meanings of words that are one thing together, and which those are."""
        expressions = self._expressions.read(
            query,
            {word: meaning.resolved or word for word, meaning in meanings.items()},
            {word: meaning.alternatives for word, meaning in meanings.items()},
            off,
        )
        expressions = tuple(  # bijli ka bill is not Kabul
            each
            for each in expressions
            if not (meanings[each.words[0]].function_word or meanings[each.words[-1]].function_word)
        )
        return _together(meanings, expressions, self._config), expressions

    def _with_spellings_of_translations(
        self, word: str, meaning: WordMeaning, off: frozenset[str]
    ) -> WordMeaning:
        """A meaning with what depends on how words are spelt in the other language: translations in
        their other spellings, and, of a word without one, those of its own other spellings."""
        kind = script(word)
        sure = [each for each in meaning.wanted if each.weight >= Translating.ENCODED_FROM]
        if kind == "en":
            found = [
                Spelling(each.words, each.chance * other.weight)
                for other in sure[: Translating.SPELT_TRANSLATIONS]
                if other.lang == "ur" and " " not in other.word
                for each in self._finding(other.word, Translating.SPELT_TRANSLATIONS)
            ]
            return _with_spellings(meaning, found, off)
        if kind != "ur" or not self._config.expansion or any(e.lang == "en" for e in sure):
            return meaning
        spelt = [e for e in sure if e.source == "spelling" and " " not in e.word]
        alternatives = _Alternatives(word, self._lexicon, off, self._config.searched_from)
        for each in spelt[:1]:
            alternatives.add(self._expander.alternatives(each.word), each.weight)
        known = {each.word for each in meaning.alternatives}
        more = tuple(each for each in alternatives.best() if each.word not in known)
        return replace(meaning, alternatives=(*more, *meaning.alternatives))

    def _spelt(
        self, query: Query, pieces: Mapping[str, Spelling]
    ) -> dict[str, tuple[Spelling, ...]]:
        """The other spellings of each plain word, alone and as one with those beside it; `pieces` are
        those that were typed."""
        words = plain_words(query)
        plain = dict.fromkeys(atom.words[0] for atom in query.atoms if atom.plain)
        found = {word: [*self._finding(word, SpellingMatching.MOST)] for word in plain}
        for word, typed in pieces.items():
            found[word].append(typed)
        for joined in self.spellings.joined(words):
            for word in words[joined.first : joined.last]:
                if not is_stop(word):
                    found[word].append(joined.spelling)
        return {word: tuple(each) for word, each in found.items()}

    def _finding_of(self, word: str, most: int) -> tuple[Spelling, ...]:
        """The likeliest other spellings of a word that find articles which it and those before them do not."""
        spellings = self.spellings.of(word)
        known = [self._keyword.posting(stem(word)).docids] if spellings else []
        found: list[Spelling] = []
        for each in spellings:
            budget.check()
            articles = self._keyword.posting(stem(each.term)).docids
            if _adds_to(articles, known):
                found.append(each)
                if len(found) == most:
                    break
                known.append(articles)
        return tuple(found)

    def _read_roman(
        self, query: Query
    ) -> tuple[Query, dict[str, RomanReading], set[str], tuple[Notice, ...]]:
        """The Latin words of the query read together, run by run, which of them are function words of Roman
        Urdu, and what may be of either language.

        The query comes with those function words as words, not as acronyms: ke is not KE. It comes without
        the izafat, a vowel mark that Latin letters write as a word: wazir e azam is وزیرِ اعظم.
        """
        found: dict[str, RomanReading] = {}
        notices = []
        function_words: set[str] = set()
        linking: list[Atom] = []
        for run in self._latin_runs(query) if self._config.roman else ():
            run, links = _without_izafat(run)
            read = self._roman.read([atom.words[0] for atom in run])
            if read.urdu >= 0.5 or read.either:
                linking += links
            found |= {atom.words[0]: RomanReading((), 1.0, 0.0) for atom in links}
            if read.either:
                notices.append(_either(" ".join(atom.surface for atom in run)))
            for atom, reading in zip(run, read.words, strict=True):
                if read.urdu < 0.5:  # English may name people as Urdu spells them: it stays English
                    reading = reading.in_english(only_shared=not read.either)
                elif reading.stop:
                    function_words.add(atom.words[0])
                found.setdefault(atom.words[0], reading)
        # Words that are one thing in English are English: supreme court, whatever else they sound like.
        for parts, _ in runs_of(query):
            if script(parts[0]) == "en" and self._expander.knows(parts):
                english = {word: found[word] for word in parts if word in found}
                found |= {word: replace(each, english=1.0) for word, each in english.items()}
        groups = (
            Group(tuple(_as_word(atom, function_words) for atom in group.alternatives))
            for group in query.groups
            if group.alternatives[0] not in linking
        )
        return replace(query, groups=tuple(groups)), found, function_words, tuple(notices)

    def _latin_runs(self, query: Query) -> Iterator[list[Atom]]:
        """Latin words that stand together in the query: no acronyms, but what among Roman Urdu may be
        a function word of it."""
        run: list[Atom] = []
        for atom in (*query.atoms, None):
            if atom and self._may_be_read(atom):
                run.append(atom)
                continue
            sure = [each for each in run if not each.compound.letters]
            if sure and len(sure) < len(run):
                read = self._roman.read([each.words[0] for each in sure])
                run = sure if read.either or read.urdu < 0.5 else run
            if sure:
                yield run
            run = []

    def _may_be_read(self, atom: Atom) -> bool:
        linking = atom.surface in _IZAFAT and not atom.phrase  # of wazir-e-azam, too
        return (atom.plain or linking) and script(atom.words[0]) == "en" and self._may_be_word(atom)

    def _may_be_word(self, atom: Atom) -> bool:
        if not atom.compound.letters:
            return True
        return atom.surface in _IZAFAT or (
            atom.surface.islower() and self._roman.spells_stop_word(atom.words[0])
        )

    def _new_vectors(
        self, words: Sequence[str], with_text: Sequence[str], encoder: Encoder | EncoderError
    ) -> tuple[Mapping[str, Vectors], tuple[Degraded, ...]]:
        """Vectors of the words that are new to the archive, or what kept them from being had."""
        new = [word for word in words if self._expander.needs_vector(word)]
        if not new:
            return {}, ()
        try:
            if isinstance(encoder, EncoderError):
                raise encoder
            texts = [one_keyboard(text) for text in (*new, *with_text)]
            vectors = encoder.encode_queries(texts)[: len(new)]
        except EncoderError as error:
            return {}, (Degraded("translation", error.code, str(error)),)
        return dict(zip(new, vectors, strict=True)), ()

    def _expanded(
        self, word: str, roman: RomanReading | None, off: frozenset[str]
    ) -> dict[str, float]:
        """The words whose translations a typed word is searched by, with their chances: itself, and the Urdu
        words that it may spell."""
        if roman is None:
            return {word: 1.0}
        read = _is_roman(roman)
        found = {}
        if roman.english >= self._config.searched_from and not (read and roman.stop):
            found[word] = roman.english
        for urdu, chance in roman.urdu[: Reading.TWO_HOPS] if read else ():
            if chance >= Reading.TWO_HOPS_FROM and urdu not in off:
                found[urdu] = chance
        return found

    def _read_as(self, roman: RomanReading | None, off: frozenset[str]) -> str:
        """The Urdu word that a Latin word is read as, empty if it is English or the reader will have none."""
        if roman is None or not _is_roman(roman):
            return ""
        word, chance = next((each for each in roman.urdu if each[0] not in off), ("", 0.0))
        return word if chance >= self._config.searched_from else ""

    def _meaning(
        self, word: str, roman: RomanReading | None, vector: Vectors | None, off: frozenset[str]
    ) -> WordMeaning:
        budget.check()
        least = self._config.searched_from
        english = 1.0 if roman is None else roman.english
        found = _Alternatives(word, self._lexicon, off, least)
        expanded = self._expanded(word, roman, off)
        if word in expanded:
            found.add(self._expander.alternatives(word, vector), expanded[word])
        if roman is None:
            return WordMeaning(1.0, found.best())
        for urdu, chance in roman.urdu:
            if self._lexicon.head(urdu) < 0:
                continue  # the archive lacks it: only its translations find anything
            if english == 1.0:  # read as English: its namesakes, and itself in Urdu letters
                chance *= self._expander.left_to_sound(word, urdu)
            if chance >= least and not is_function_word(urdu):
                found.add([Equivalent(-1, chance, "roman", urdu)], 1.0)
        if not _is_roman(roman):
            return WordMeaning(1.0, found.best())
        for urdu, chance in expanded.items():
            if urdu != word:
                found.add(self._expander.alternatives(urdu), chance)
        if not (resolved := self._read_as(roman, off)):
            return WordMeaning(1.0, found.best())  # the reader will have none of it
        weight = 1.0 if resolved in roman.shared else max(english, Reading.AS_TYPED_TOO)
        return WordMeaning(weight, found.best(), resolved, function_word=is_stop(resolved))


def _without_izafat(run: Sequence[Atom]) -> tuple[list[Atom], list[Atom]]:
    """A run of Latin words without those that may be an izafat, and these."""
    places = [at for at in range(1, len(run) - 1) if _may_be_izafat(run, at)]
    words = [atom for at, atom in enumerate(run) if at not in places]
    return words, [run[at] for at in places]


def _may_be_izafat(run: Sequence[Atom], at: int) -> bool:
    """Whether a word of a run may be the vowel that links the words beside it."""
    if run[at].surface not in _IZAFAT:
        return False
    return all(len(run[beside].words[0]) >= Reading.LINKED_LETTERS for beside in (at - 1, at + 1))


def _as_word(atom: Atom, function_words: AbstractSet[str]) -> Atom:
    """An atom, which is no acronym if it is one of the function words of Roman Urdu."""
    if not (atom.plain and atom.words[0] in function_words and atom.compound.letters):
        return atom
    return replace(atom, compound=atom.compound._replace(same=(), letters=False))


def _of_acronym(word: str, meaning: WordMeaning) -> WordMeaning:
    """What an acronym means beside its spellings: what is sure (NAB is نیب, too), and not its letters, which
    translations teach as its parts. Letters said in Urdu mean nothing else."""
    if letters_of(word):
        return replace(meaning, alternatives=())
    others = tuple(
        each
        for each in meaning.alternatives
        if each.weight >= Translating.ENCODED_FROM and not letters_of(each.word)
    )
    return replace(meaning, alternatives=others)


def _with_spellings(
    meaning: WordMeaning, spellings: Sequence[Spelling], off: frozenset[str]
) -> WordMeaning:
    """A meaning with the other spellings of the word beside its alternatives."""
    if not spellings:
        return meaning
    known = {each.word for each in meaning.alternatives}
    chances: dict[str, float] = {}
    for each in spellings:
        if each.term not in known:
            chances[each.term] = max(each.chance, chances.get(each.term, 0.0))
    found = tuple(
        Alternative(term, script(term), round(chance, 3), "spelling", term in off)
        for term, chance in chances.items()
    )
    return replace(meaning, alternatives=(*meaning.alternatives, *found))


class _Alternatives:
    """Gathers the alternatives of one word; of two reasons for one word the stronger stays."""

    def __init__(self, typed: str, lexicon: Lexicon, off: frozenset[str], least: float) -> None:
        self._typed = stem(typed)
        self._lexicon = lexicon
        self._off = off
        self._least = least
        self._found: dict[str, Alternative] = {}

    def add(self, found: Sequence[Equivalent], scale: float) -> None:
        for each in found:
            word = each.phrase or self._lexicon.words[each.row]
            weight = round(each.weight * scale, 3)
            if stem(word) == self._typed:
                continue
            if weight > 0 and (word not in self._found or self._found[word].weight < weight):
                self._found[word] = Alternative(
                    word, script(word), weight, each.source, word in self._off
                )

    def best(self) -> tuple[Alternative, ...]:
        """The weightiest, in order."""
        return tuple(each for each in self.all()[: Translating.MOST] if each.weight >= self._least)

    def all(self) -> list[Alternative]:
        """All of them, the weightiest first."""
        return sorted(self._found.values(), key=lambda each: (-each.weight, each.word))


def _together(
    meanings: Mapping[str, WordMeaning], expressions: Sequence[Expression], config: SearchConfig
) -> dict[str, WordMeaning]:
    """What words mean, those that are one thing with their neighbours first as this."""
    alone = {word: meaning.alternatives for word, meaning in meanings.items()}
    found = with_expressions(alone, expressions, config)
    return {
        word: replace(meaning, alternatives=found.get(word, meaning.alternatives))
        for word, meaning in meanings.items()
    }


def _adds_to(articles: Ints, known: Sequence[Ints]) -> bool:
    """Whether any of some articles is in none of the lists `known`; all ascend. The first few mostly tell."""
    if len(articles) > sum(map(len, known)):
        return True
    start, some = 0, _FIRST_ARTICLES
    while start < len(articles):
        fresh = articles[start : start + some]
        for each in known:
            fresh = fresh[~contained(fresh, each)]
        if len(fresh):
            return True
        start, some = start + some, some * _MORE_ARTICLES
    return False


def _is_roman(reading: RomanReading) -> bool:
    """Whether a Latin word is more likely a known Urdu word than anything else."""
    return reading.english + reading.unknown < 0.5


def _either(words: str) -> Notice:
    return Notice(
        "either-language",
        f"“{words}” may be English or Roman Urdu: it is searched as both.",
        words,
    )


def _resolved(query: Query, read: Mapping[str, str]) -> str:
    """The query's wanted words with Roman Urdu in Urdu script, as each is `read`; empty if none is."""
    if not any(read.values()):
        return ""
    words = [(atom.plain and read[atom.words[0]]) or atom.surface for atom in query.atoms]
    return " ".join(words)


def _translated(query: Query, meanings: Mapping[str, WordMeaning], config: SearchConfig) -> str:
    """The likeliest translations of the words of a short query.

    Not of one in Roman Urdu: what was read for it is a guess already.
    """
    if sum(not atom.stop for atom in query.atoms) > config.translated_words:
        return ""
    found = []
    for atom in query.atoms:
        wanted = meanings[atom.words[0]].wanted if atom.plain else ()
        found += [run.surface for run in atom.compound.same[:1]]
        others = [each for each in wanted if each.source != "spelling"]
        found += [each.word for each in others[:1] if each.weight >= Translating.ENCODED_FROM]
    return " ".join(dict.fromkeys(found))


def _mostly_roman(query: Query, meanings: Mapping[str, WordMeaning]) -> bool:
    latin = [atom for atom in query.atoms if atom.plain and script(atom.words[0]) == "en"]
    read = sum(bool(meanings[atom.words[0]].resolved) for atom in latin)
    return 2 * read >= len(latin)
