"""Which words of a passage stand for which words of the query, whatever the language.

The query runs through the encoder to be searched for, so the state of each of its words in this very
query is at hand; those of the passage's words were kept when it was indexed
(`index.parts.word_states`). Of each pair that is mutually best in a passage the cosine says how
alike they are. In the passage that the semantic arm found, a word is marked from `Marking.CLOSE` on; in any
other, which need not say what the query says, from `Marking.ALIGNED_FROM` on; in both cases more is asked
of a word that the archive knows under a sure name of its own: Lahore is near کراچی in meaning, and
is another place. Only words of the other language are looked for: in one language, words that are
alike in this way are as often opposites as synonyms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.arrays import Floats
from index.documents import TITLE_ORDINAL, Document, Passage
from index.encoders.protocol import Encoder, TokenEncoder
from index.errors import EncoderError
from index.opened import OpenIndex
from index.parts.lexicon.lexicon import Lexicon
from index.parts.word_states import WordStates, content_words, content_words_at
from index.passages import passage_text
from index.text.analysis import script, stem
from index.text.language_codes import ROMAN_URDU
from index.text.normalize import one_keyboard
from search.config import Marking
from search.models import SortedRanges, Span
from search.understand.understanding import Understanding

_Pair = tuple[int, int, float]
"""Which word of the query, which content word of a passage, and their cosine."""


@dataclass(frozen=True)
class Aligner:
    """The words of one query, ready to be met with those of passages.

    `words` are the terms, `surfaces` the typed words they belong to, `vectors` (len(words), 64)
    their places in the space of `states`, `doubts` what is asked of each beyond the usual cosine; `off`
    are stems of words the reader switched off.
    """

    states: WordStates
    words: tuple[str, ...]
    surfaces: tuple[str, ...]
    vectors: Floats
    doubts: tuple[float, ...]
    off: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, understood: Understanding, index: OpenIndex, encoder: Encoder | EncoderError
    ) -> Aligner | None:
        """None where nothing can be aligned: the index has no word states, or the query no words.

        Raises EncoderError.
        """
        states = index.word_states
        if states is None or not isinstance(encoder, TokenEncoder) or understood.literal:
            return None
        text = one_keyboard(understood.text)
        surfaces = _surfaces(understood)
        words = content_words(text)
        vectors = states.space.place(words, encoder.token_states([text], query=True)[0], query=True)
        kept: dict[str, int] = {}
        for at, word in enumerate(words):
            if word.term in surfaces and vectors[at].any():
                kept.setdefault(word.term, at)
        if not kept:
            return None
        typed = tuple(surfaces[word] for word in kept)
        known = _known(understood, index.lexicon)
        return cls(
            states=states,
            words=tuple(kept),
            surfaces=typed,
            vectors=vectors[list(kept.values())],
            doubts=tuple(Marking.DOUBT if word in known else 0.0 for word in typed),
            off=frozenset(
                stem(other.word)
                for meaning in understood.meanings.values()
                for other in meaning.alternatives
                if other.off
            ),
        )

    def near(self, first: int, count: int) -> dict[int, Floats]:
        """The passages, of `count` from pid `first` on, that hold words near enough to the query's, with the
        cosines of its words (rows) and theirs."""
        if not count:
            return {}
        theirs, starts = self.states.of(first, count)
        cosines = self.vectors @ theirs.T
        highest = np.zeros(count, np.float32)
        filled = np.flatnonzero(np.diff(starts))
        if len(filled):
            highest[filled] = np.maximum.reduceat(cosines.max(axis=0), starts[filled])
        return {
            first + at: cosines[:, starts[at] : starts[at + 1]]
            for at in np.flatnonzero(highest >= min(Marking.CLOSE, Marking.ALIGNED_FROM)).tolist()
        }

    def spans(
        self,
        document: Document,
        near: Sequence[tuple[int, Passage, Floats]],
        known: Iterable[Span],
        title: Iterable[Span],
        found: int | None,
    ) -> tuple[list[Span], list[Span]]:
        """Marks in the body and in the title of a document, as offsets there.

        `near` are its passages as the method of that name found them, by pid; `found` is the one that the
        semantic arm found, if it found any. `known` and `title` are the marks that body and title have
        already: what answers a word in a passage leaves it no other there.
        """
        body_known = SortedRanges(known)
        body: list[Span] = []
        headline: list[Span] = []
        for pid, passage, cosines in near:
            if {passage.lang} == self.scripts:
                continue
            pairs = self._mutual(cosines, Marking.CLOSE if pid == found else Marking.ALIGNED_FROM)
            if passage.ordinal == TITLE_ORDINAL:
                headline += self._in_passage(document, passage, title, pairs)
            else:
                inside = body_known.touching(passage.start, passage.end)
                body += self._in_passage(document, passage, inside, pairs)
        return body, headline

    @cached_property
    def scripts(self) -> frozenset[str]:
        """The scripts that the query's words are written in."""
        return frozenset(script(word) for word in self.words)

    def _in_passage(
        self, document: Document, passage: Passage, known: Iterable[Span], pairs: Iterable[_Pair]
    ) -> Iterator[Span]:
        """The marks of those of some pairs whose words are of two languages and not `known` already."""
        answered = {span.word for span in known}
        pairs = [pair for pair in pairs if self.surfaces[pair[0]] not in answered]
        if document.lang == ROMAN_URDU:  # its states are of other letters than are shown
            return
        if not pairs:
            return
        tokens = content_words_at(passage_text(document, passage), [at for _, at, _ in pairs])
        for (word, _, cosine), token in zip(pairs, tokens, strict=True):
            if script(token.term) != script(self.words[word]) and stem(token.term) not in self.off:
                start, end = token.start + passage.start, token.end + passage.start
                yield Span(start, end, "meaning", self.surfaces[word], round(cosine, 3))

    def _mutual(self, cosines: Floats, least: float) -> Iterator[_Pair]:
        """Words of the query and of a passage, each the other's nearest."""
        nearest = cosines.argmax(axis=0)
        for word, at in enumerate(cosines.argmax(axis=1).tolist()):
            cosine = float(cosines[word, at])
            if cosine >= least + self.doubts[word] and int(nearest[at]) == word:
                yield word, at, min(1.0, cosine)


def _surfaces(understood: Understanding) -> Mapping[str, str]:
    """Term of the encoded text -> the word as it was typed. Words to be left out are not in it."""
    found: dict[str, str] = {}
    for atom in understood.query.atoms:
        meaning = understood.of(atom)
        for word in (meaning.resolved,) if meaning.resolved else atom.words:
            found.setdefault(word, atom.surface)
    return found


def _known(understood: Understanding, lexicon: Lexicon) -> set[str]:
    """Typed words that the archive knows in the other script: by a sure alternative, or, of words
    typed in Latin letters, as a word of its English articles."""
    found = set()
    for atom in understood.query.atoms:
        meaning = understood.of(atom)
        sure = any(
            each.weight >= Marking.SURE
            for each in meaning.wanted
            if each.source not in ("roman", "spelling")
        )
        if sure or (meaning.resolved and lexicon.row(atom.words[0]) >= 0):
            found.add(atom.surface)
    return found
