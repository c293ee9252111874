"""Completions of what is being typed, in Urdu, English or Roman Urdu.

The last word is taken for a beginning, unless a space follows it; those before it are whole. What
they may be is found by `search.suggest.typed_words`, the titles, names and phrases that hold them
by `search.suggest.matches`. If none holds all of them, the first words are kept as typed and the
rest is completed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index import budget
from index.arrays import Ints
from index.errors import RequestError
from index.opened import OpenIndex
from index.parts.suggestions.suggestions import KINDS, LANGUAGES, TITLE
from index.text.analysis import Token, script, tokenize
from search.config import SearchConfig, Suggesting
from search.models import Suggestion, Suggestions
from search.query.syntax import typing_from
from search.suggest.matches import Matches, apart, following, side_by_side
from search.suggest.typed_words import TypedWords

IZAFAT = "e"


_PATTERNS = {"ur": (0, 0, 1), "en": (0, 1, 0)}
"""By the script typed: whose turn it is, that of its own language (0) or of the other (1)."""


@dataclass(frozen=True)
class _Typed:
    """What is being typed: `kept` stands before it, `whole` says that it is one thing to the query
    (in quotes, left out, or in a title), `ended` that its last word is complete."""

    kept: str
    text: str
    tokens: Sequence[Token]
    whole: bool
    ended: bool


class Suggester:
    """Completes queries from the suggestions of one index. Safe under threads."""

    def __init__(self, index: OpenIndex, config: SearchConfig) -> None:
        self._index = index
        self._config = config
        self._words = TypedWords(index.lexicon, index.suggestions, config)

    def suggest(self, text: str, size: int) -> Suggestions:
        """Up to `size` completions of `text`, best first; each is the whole query it would make.

        None for what has no word to complete, for values of filters and for what is too long.
        Raises RequestError for a size that is not served.
        """
        most = self._config.max_suggestions
        if not 1 <= size <= most:
            raise RequestError(
                f"There are 1 to {most} suggestions at a time.",
                parameter="size",
                hint=f"Ask for a size of at most {most}.",
            )
        found: Sequence[Suggestion] = ()
        typed = _read(text) if len(text) <= self._config.max_typed_chars else None
        if typed and typed.tokens:
            # A suggestion is a search: a title that is too long for one leads nowhere.
            longest = self._config.max_query_chars
            found = [each for each in self._complete(typed, size) if len(each.text) <= longest]
        return Suggestions(text, tuple(found), self._index.name)

    def _complete(self, typed: _Typed, size: int) -> list[Suggestion]:
        tokens = typed.tokens
        for first in range(max(0, len(tokens) - Suggesting.MOST_WORDS), len(tokens)):
            budget.check()
            if first and tokens[first].start == tokens[first - 1].end:
                continue  # IMFکے: what completes the one word would stick to the other
            matches = self._matches(tokens[first:], typed.ended, size)
            if len(matches):
                kept = typed.kept + typed.text[: tokens[first].start]
                kind = script(tokens[-1].term)
                entries = self._chosen(matches, kind, size)
                return list(self._suggestions(entries, kept, typed.whole))
            if typed.whole or len(tokens[-1].term) < Suggesting.MIN_LETTERS:
                break
        return []

    def _matches(self, tokens: Sequence[Token], ended: bool, size: int) -> Matches:
        terms = [token.term for token in tokens]
        found = self._in_order(terms, ended)
        # Urdu does not write the e of jang-e-azeem.
        plain = [term for at, term in enumerate(terms) if term != IZAFAT or at == 0]
        if len(plain) < len(terms):
            found = found.joined(self._in_order(plain, ended))
        if len(plain) > 1 and len(found) < size:
            options = [self._words.whole(term) for term in plain[:-1]]
            last = self._words.whole if ended else self._words.beginning
            found = found.joined(apart(self._index.suggestions, [*options, last(plain[-1])]))
        return found

    def _in_order(self, terms: Sequence[str], ended: bool) -> Matches:
        suggestions, words = self._index.suggestions, self._words
        before = [words.whole(term) for term in terms[:-1]]
        if ended:
            last = words.whole(terms[-1])
        elif before:
            last = words.beginning_among(terms[-1], following(suggestions, before))
        else:
            last = words.beginning(terms[-1])
        return side_by_side(suggestions, [*before, last])

    def _chosen(self, matches: Matches, kind: str, size: int) -> list[int]:
        """The entries to offer: sure ones first, no two that say the same, both languages."""
        suggestions, most = self._index.suggestions, size * Suggesting.POOL
        languages, docids = (
            suggestions.languages[matches.entries],
            suggestions.docids[matches.entries],
        )
        # Of one text's copies the first: five hundred same titles would be all there is to choose of.
        once = (docids < 0) | self._index.columns.firsts[docids]
        own = LANGUAGES.index(kind) if kind in LANGUAGES else -1
        if own < 0:
            return list(self._distinct(matches.best(most, once), size))
        lists = [
            list(self._distinct(matches.best(most, among & once), size))
            for among in (languages == own, languages != own)
        ]
        # The same name in the other script is offered though none of it was typed.
        twins = suggestions.twins[np.array(lists[0], np.int32)]
        other = [twin for twin in twins.tolist() if twin >= 0]
        lists[1] = list(dict.fromkeys([*other, *lists[1]]))
        return list(_in_turns(lists, _PATTERNS[kind], size))

    def _distinct(self, entries: Ints, size: int) -> Iterator[int]:
        suggestions, heads = self._index.suggestions, self._index.lexicon.heads
        seen: set[tuple[int, ...]] = set()
        for entry in entries.tolist():
            stems = tuple(heads[suggestions.words(entry)].tolist())
            if stems not in seen and len(seen) < size:
                seen.add(stems)
                yield entry

    def _suggestions(self, entries: Sequence[int], kept: str, whole: bool) -> Iterator[Suggestion]:
        suggestions = self._index.suggestions
        docids = [
            int(suggestions.docids[entry]) for entry in entries if suggestions.kinds[entry] == TITLE
        ]
        titles = dict(zip(docids, self._index.catalogue.documents(docids), strict=True))
        for entry in entries:
            document = titles.get(int(suggestions.docids[entry]))
            text = document.title if document else suggestions.texts[entry]
            if whole:
                text = _as_one(text, kept)
            yield Suggestion(
                text=kept + text,
                lang=document.lang if document else LANGUAGES[suggestions.languages[entry]],
                kind=KINDS[suggestions.kinds[entry]],
                count=int(suggestions.counts[entry]),
                id=document.id if document else "",
            )


def _read(text: str) -> _Typed | None:
    found = typing_from(text)
    if found is None:
        return None
    begin, whole = found
    tail = text[begin:]
    tokens = tokenize(tail)
    ended = bool(tokens) and tokens[-1].end < len(tail)
    return _Typed(text[:begin], tail, tokens, whole, ended)


def _in_turns(lists: Sequence[list[int]], pattern: Sequence[int], size: int) -> Iterator[int]:
    """Entries of both lists by turns; when one is at its end, the rest of the other."""
    given, turn = 0, 0
    waiting = [list(reversed(each)) for each in lists]
    while given < size and (waiting[0] or waiting[1]):
        which = pattern[turn % len(pattern)]
        source = waiting[which] or waiting[1 - which]
        yield source.pop()
        given += 1
        turn += 1


def _as_one(text: str, kept: str) -> str:
    """Several words as one thing to the query: in the quotes that were opened, or in new ones."""
    text = text.replace('"', " ")
    opened = kept[-1:] not in (":", "-", "–", "−")
    if opened:
        return f'{text}"'
    return f'"{text}"' if " " in text else text
