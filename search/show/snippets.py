"""Which stretches of a body to show for a hit.

Three cases, in this order:

    keyword   wanted words stand in the body: the window that covers most of the query's weight,
              distinct words first, then closeness, then the passage that meaning liked best, then
              an early place
    semantic  none does, but the semantic arm found a passage: its best sentence, marked as a whole
    lead      neither: the opening

"Wanted words" are all that is known to answer the query, those found by alignment included. Where the
window leaves out query words that stand elsewhere in the body, a second one shows them.

A stretch grows to the borders of sentences where they fit, and else is cropped between words.
Its text is the body's own, with every white space character written as one space, so offsets stay
true; ellipses are the page's business (`cut_before`, `cut_after`). Work is bounded: of a very
long body only its opening, the best passage, and the places where words stand as typed are read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index import budget
from index.text.analysis import LONGEST_WORD, is_stop, stem, tokenize
from index.text.sentences import sentences
from search.config import Marking
from search.models import Snippet, Span
from search.show.highlight import Wanted, mark, settle

Range = tuple[int, int]
Worth = tuple[str, int]
"""What counts as the same word, and its weight (whole, so that sums are exact)."""


_SPACE = re.compile(r"\s")
_INK = re.compile(r"\S")


@dataclass(frozen=True)
class Evidence:
    """What is known of a body: its marks, the worth of the query's words, and what meaning liked.

    `spans` are offsets in the body, in order; `worth` has an entry for each of their words.
    `passage` and `sentence` are what the semantic arm liked best.
    """

    spans: Sequence[Span]
    worth: Mapping[str, Worth]
    passage: Range | None = None
    sentence: Range | None = None


def snippet(body: str, lang: str, known: Evidence, max_chars: int) -> Snippet:
    """The stretch of `body` that shows best why it was found, with its marks.

    At most `max_chars` characters, which counts for no less than one word of the longest kind.
    """
    max_chars = max(max_chars, LONGEST_WORD)
    if window := _heaviest(known.spans, known.worth, known.passage, max_chars):
        return _keyword_snippet(body, lang, known.spans, window, max_chars)
    target = _trim(body, *(known.sentence or known.passage or (0, 0)))
    if target[0] < target[1]:
        start, end = _fit(body, target, max_chars)
        meaning = Span(max(target[0], start) - start, min(target[1], end) - start, "meaning")
        return _snippet(body, lang, "semantic", (start, end), (meaning,))
    first = _trim(body, 0, len(body))[0]
    return _snippet(body, lang, "lead", _fit(body, (first, first), max_chars), ())


def second_snippet(
    body: str, lang: str, known: Evidence, first: Snippet, seen: Iterable[str], max_chars: int
) -> Snippet | None:
    """Another stretch, for the query words that are neither in `first` nor among those `seen`.

    None where the body does not hold them.
    """
    max_chars = max(max_chars, LONGEST_WORD)
    shown = {span.word for span in first.spans} | set(seen)
    covered = {known.worth[word][0] for word in shown if word in known.worth}
    stop = first.start + len(first.text)
    rest = [
        span
        for span in known.spans
        if (span.end <= first.start or span.start >= stop)
        and known.worth[span.word][0] not in covered
    ]
    window = _heaviest(rest, known.worth, known.passage, max_chars)
    if window is None:
        return None
    found = _keyword_snippet(body, lang, known.spans, window, max_chars)
    apart = found.start >= stop or found.start + len(found.text) <= first.start
    return found if apart else None


def marks_of(
    body: str, wanted: Wanted, worth: Mapping[str, Worth], passage: Range | None
) -> Evidence:
    """The wanted words of a body; `worth` is that of `worth_of`."""
    budget.check()
    if len(body) <= Marking.READ_CHARS:
        return Evidence(mark(body, wanted), worth, passage, passage)
    found: dict[Range, Span] = {}
    missing = set(worth.values())
    for start, end in _regions(body, wanted, passage) if wanted else ():
        budget.check()
        for span in mark(body[start:end], wanted):
            moved = span.moved(start)
            found[moved.start, moved.end] = moved
            missing.discard(worth[span.word])
        if not missing:
            break
    # Regions overlap, and a row of one word falls into phrases by where its reading begins.
    return Evidence(settle(found.values()), worth, passage, passage)


def _keyword_snippet(
    body: str, lang: str, spans: Sequence[Span], window: Range, max_chars: int
) -> Snippet:
    start, end = _fit(body, window, max_chars)
    inside = tuple(span.moved(-start) for span in spans if start <= span.start and span.end <= end)
    return _snippet(
        body, lang, "keyword", (start, end), inside or _clipped(body, spans, window, (start, end))
    )


def _snippet(body: str, lang: str, kind: str, part: Range, spans: tuple[Span, ...]) -> Snippet:
    start, end = part
    first = _INK.search(body)
    return Snippet(
        text=_SPACE.sub(" ", body[start:end]),
        lang=lang,
        kind=kind,
        start=start,
        cut_before=first is not None and first.start() < start,
        cut_after=_INK.search(body, end) is not None,
        spans=spans,
    )


def worth_of(wanted: Wanted, weights: Mapping[str, float]) -> dict[str, Worth]:
    """What each word of a query is worth: `weights` give that (idf) of a word by its stem, 1 without."""
    worth: dict[str, Worth] = {}
    for phrase, surface in wanted.phrases.items():
        parts = [weights.get(stem(term), 1.0) for term in phrase if not is_stop(term)]
        row = " ".join(phrase)
        worth[surface] = (row, _whole(weights.get(row, sum(parts))))
    for term, surface in wanted.acronyms.items():
        worth[surface] = (term, _whole(weights.get(term, 1.0)))
    for term, surface in wanted.words.items():
        worth[surface] = (stem(term), _whole(weights.get(stem(term), 1.0)))
    for stemmed, surface in wanted.meanings.items():
        worth.setdefault(surface, (surface, _whole(weights.get(stemmed, 1.0))))
    for surface, _, term in wanted.runs.values():
        worth.setdefault(surface, (surface, _whole(weights.get(term, 1.0))))
    return worth


def _whole(weight: float) -> int:
    return max(1, round(weight * 1_000_000))


def _regions(body: str, wanted: Wanted, passage: Range | None) -> Iterator[Range]:
    """What to read of a very long body, most promising first."""
    if passage:
        yield _around(body, *passage)
    for start in range(0, Marking.READ_CHARS, Marking.BLOCK_CHARS):
        yield _around(body, start, start + Marking.BLOCK_CHARS)
    for surface in (*wanted.phrases.values(), *wanted.words.values()):
        at = body.find(surface, Marking.READ_CHARS)
        if at >= 0:
            yield _around(body, at, at + len(surface))


def _around(body: str, start: int, end: int) -> Range:
    """A range with its surroundings, cut at white space: words at its edges are whole."""
    end = min(end, start + Marking.BLOCK_CHARS)
    start, end = max(0, start - Marking.REACH_CHARS), min(len(body), end + Marking.REACH_CHARS)
    if start and (space := _SPACE.search(body, start, end)):
        start = space.end()
    if end < len(body):
        end = _space_before(body, start, end) or end
    return start, end


def _heaviest(
    spans: Sequence[Span],
    worth: Mapping[str, Worth],
    passage: Range | None,
    max_chars: int,
) -> Range | None:
    """Slide over the marks once; at each, the tightest window that ends there."""
    low, high = passage or (0, 0)
    best: tuple[int, int, bool, int] | None = None
    window: Range | None = None
    counts: Counter[str] = Counter()
    left = value = 0
    for right, span in enumerate(spans):
        key, weight = worth[span.word]
        value += 0 if counts[key] else weight
        counts[key] += 1
        while left < right:
            key, weight = worth[spans[left].word]
            if counts[key] == 1 and span.end - spans[left].start <= max_chars:
                break
            counts[key] -= 1
            value -= 0 if counts[key] else weight
            left += 1
        start = spans[left].start
        rank = (value, start - span.end, low <= start and span.end <= high, -start)
        if best is None or rank > best:
            best, window = rank, (start, span.end)
    return window


def _fit(body: str, window: Range, max_chars: int) -> Range:
    """Grow a window to the borders of sentences, or crop between words what is too long."""
    low = max(0, window[0] - max_chars - LONGEST_WORD)
    high = window[0] + 2 * max_chars + LONGEST_WORD
    # Borders that this cut makes are too far off to fit: they are never taken for a sentence's.
    spans = [(start + low, end + low) for start, end in sentences(body[low:high])]
    touched = [
        span for span in spans if span[1] > window[0] and span[0] < max(window[1], window[0] + 1)
    ]
    start = min([window[0], *(span[0] for span in touched[:1])])
    end = max([window[1], *(span[1] for span in touched[-1:])])
    if end - start > max_chars:
        return _crop(body, (start, end), window, max_chars)
    for span in spans:
        if span[0] >= end and span[1] - start <= max_chars:
            end = span[1]
        elif span[0] >= end:
            break
    for span in reversed(spans):
        if span[1] <= start and end - span[0] <= max_chars:
            start = span[0]
        elif span[1] <= start:
            break
    if 2 * (end - start) < max_chars:  # The neighbours are too long: parts of them will do.
        end = _word_end(body, start, end, start + max_chars)
        start = _word_start(body, end - max_chars, start)
    return _trim(body, start, end)


def _crop(body: str, whole: Range, window: Range, max_chars: int) -> Range:
    """The window with words around it, out of sentences that are too long to show."""
    start, end = window
    if end - start > max_chars:
        return _trim(body, start, _word_end(body, start, start, start + max_chars))
    if end - whole[0] <= max_chars:
        start = whole[0]
    elif whole[1] - start <= max_chars:
        start = _word_start(body, whole[1] - max_chars, start)
    else:
        start = _word_start(body, start - (max_chars - (end - start)) // 3, start)
    return _trim(body, start, _word_end(body, start, end, min(whole[1], start + max_chars)))


def _word_start(body: str, least: int, most: int) -> int:
    """The first place from `least` on where a word may begin; `most` is one."""
    if least <= 0 or body[least - 1].isspace():
        return max(0, least)
    space = _SPACE.search(body, least, most)
    return space.end() if space else most


def _word_end(body: str, start: int, least: int, most: int) -> int:
    """The last place up to `most` where a word may end; `least` is one, unless it is `start`."""
    if most >= len(body) or body[most].isspace():
        return min(most, len(body))
    if (space := _space_before(body, least, most)) is not None:
        return space
    if least > start:
        return least
    words = tokenize(body[start : most + LONGEST_WORD])
    ends = [start + word.end for word in words if start + word.end <= most]
    return ends[-1] if ends else _between_letters(body, start, most)


def _between_letters(body: str, start: int, most: int) -> int:
    """Where no word ends at all: at least not between a letter and its mark."""
    end = most
    while end > start and unicodedata.category(body[end])[0] in "MC":
        end -= 1
    return end if end > start else most


def _space_before(body: str, start: int, end: int) -> int | None:
    """The last white space between two places, where a word has ended; None when there is none."""
    for at in range(end - 1, start, -1):
        if body[at].isspace():
            return at
    return None


def _trim(body: str, start: int, end: int) -> Range:
    """A range inside the body without white space at its ends."""
    start = max(0, start)
    end = max(start, min(end, len(body)))
    ink = _INK.search(body, start, end)
    if ink is None:
        return start, start
    while body[end - 1].isspace():
        end -= 1
    return ink.start(), end


def _clipped(body: str, spans: Sequence[Span], window: Range, shown: Range) -> tuple[Span, ...]:
    """The mark of a phrase that is longer than the snippet: as much of it as is shown."""
    whole = next((span for span in spans if (span.start, span.end) == window), None)
    words = tokenize(body[slice(*shown)])
    if whole is None or not words:
        return ()
    return (replace(whole, start=words[0].start, end=words[-1].end),)
