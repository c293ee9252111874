"""An answer as people see it in a terminal: hits to stdout, talk about them to stderr.

What a stranger wrote is printed without the control characters a terminal would obey. Urdu goes to the
terminal as it is: to order and join its letters is the terminal's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from rich.console import Console
from rich.text import Text as Line

from search.models import (
    Hit,
    QueryInfo,
    Related,
    SearchResponse,
    Span,
    Suggestions,
)
from web import present
from web.text import Text

STYLES = {"exact": "bold underline green", "variant": "underline green", "meaning": "italic cyan"}
"""Kinds of marks differ in more than colour."""

Piece = tuple[str, str]
"""A stretch of text and its style."""

_INDENT = "   "
_DOT = "  ·  "
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


_DEGRADED = {
    "translation": "Words that no article holds were searched as typed only",
    "marks": "Words of the other language are not marked",
}
"""What is said of a part of the search that did not answer, where it is no arm."""


def plain(text: str) -> str:
    """Text on one line, without characters that a terminal obeys or that turn its order."""
    return _UNSEEN.sub("", _OBEYED.sub(" ", text))


def marked(text: str, spans: Iterable[Span]) -> list[Piece]:
    """Text with its marks; those that are unsure are dim."""
    found = []
    for piece, span in present.segments(text, spans):
        mark = STYLES.get(span.kind, "bold") if span else ""
        unsure = span and span.strength < present.FAINT_BELOW
        found.append((piece, f"{mark} dim" if unsure else mark))
    return found


def printer(*, stderr: bool = False) -> Console:
    """A console of this process that leaves lines to the terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def say(console: Console, *pieces: Piece | str, indent: str = "") -> None:
    """Print one paragraph."""
    given = ((each, "") if isinstance(each, str) else each for each in pieces)
    console.print(Line.assemble(indent, *((plain(text), style) for text, style in given)))


def results(response: SearchResponse, *, explained: bool = False) -> None:
    """The hits with their marks, and with their reasons if `explained`."""
    out, talk = printer(), printer(stderr=True)
    for each in response.degraded:
        said = _DEGRADED.get(each.arm, f"The {each.arm} search did not answer")
        say(talk, (f"{said}: {each.reason}", "yellow"))
    for notice in response.understood.notices:
        say(talk, (notice.message, "yellow"))
    _understood(talk, response.understood)
    if not response.hits:
        say(talk, "Nothing found." if not response.total.value else "No hits on this page.")
        return
    first = first_number(response)
    for number, hit in enumerate(response.hits, first):
        _hit(out, number, hit)
        if explained:
            _explanation(out, hit)
        out.print()
    last = first + len(response.hits) - 1
    say(talk, (f"{first} to {last} of {response.total.value:,}", "dim"))


def first_number(response: SearchResponse) -> int:
    """The number of the first hit shown: numbers go on from page to page."""
    return (response.request.page - 1) * response.request.size + 1


def suggestions(found: Suggestions) -> None:
    """Completions, one a line."""
    out = printer()
    for each in found.suggestions:
        articles = "" if each.kind == "title" else f", {each.count:,}"
        say(out, each.text, (f"   {each.kind}{articles}", "dim"))
    if not found.suggestions:
        say(printer(stderr=True), "Nothing begins like that.")


def related(found: Related) -> None:
    """What belongs to an article, kind by kind."""
    out = printer()
    kinds = (
        ("The same story", found.stories),
        ("Nearly the same text", found.copies),
        ("More like this", found.likes),
    )
    for heading, documents in kinds:
        if documents:
            say(out, (heading, "bold"))
        for each in documents:
            say(out, each.title or each.id, indent=_INDENT)
            facts = _facts(each.source, each.date, each.lang, f"{each.score:.2f}")
            say(out, (facts, "dim"), indent=_INDENT)
            say(out, (each.url or each.id, "blue"), indent=_INDENT)
    if not any(documents for _, documents in kinds):
        say(printer(stderr=True), "Nothing is related to it.")


def _understood(talk: Console, understood: QueryInfo) -> None:
    """What was searched for where that is more or other than what was typed."""
    if understood.resolved:
        say(talk, f"Searching for: {understood.resolved}")
    found = []
    for reading in understood.readings:
        words = [each.word for each in present.alternatives(reading) if not each.off]
        if words:
            found.append(f"{reading.typed} → {', '.join(words)}")
    if found:
        say(talk, (f"Also searched: {'; '.join(found)}", "dim"))
    if understood.did_you_mean:
        say(talk, f"Did you mean: {' | '.join(understood.did_you_mean)}")


def _hit(out: Console, number: int, hit: Hit) -> None:
    title = marked(hit.title or "Untitled", hit.title_spans)
    say(out, *title, indent=f"{number}. ")
    arms = ", ".join(f"{arm.arm} no. {arm.rank}" for arm in hit.explanation.arms if arm.rank)
    say(out, (_facts(hit.source, hit.date, hit.lang, arms), "dim"), indent=_INDENT)
    for each in (hit.snippet, hit.second):
        if each is not None and each.text:
            before, after = "… " if each.cut_before else "", " …" if each.cut_after else ""
            page = (f" (page {each.page})" if each.page else "", "dim")
            say(out, before, *marked(each.text, each.spans), after, page, indent=_INDENT)
    for story in hit.stories:
        label = f"Same story, {_language(story.lang)}: "
        say(out, (label, "dim"), story.title or story.id, indent=_INDENT)
    if hit.copies:
        ids = ", ".join(each.id for each in hit.copies)
        more = f" and {hit.folded - len(hit.copies):,} more" if hit.folded > len(hit.copies) else ""
        say(out, (f"Nearly the same: {ids}{more}", "dim"), indent=_INDENT)
    say(out, (hit.url or hit.id, "blue"), indent=_INDENT)


def _explanation(out: Console, hit: Hit) -> None:
    """Arms with rank, score and share; words with the term that matched and what it added."""
    lines = [f"Score {hit.score:.4f}"]
    for arm in hit.explanation.arms:
        rank = f"no. {arm.rank}" if arm.rank else "not listed"
        lines.append(f"  {arm.arm}: {rank}, score {arm.score:.4f}, share {arm.share:.4f}")
    for word in hit.explanation.words:
        label = word.word if word.term == word.word else f"{word.word} → {word.term}"
        lines.append(f"  {label}: {word.weight:.4f}")
    for line in lines:
        say(out, (line, "dim"), indent=_INDENT)


def _facts(source: str, day: date | None, lang: str, more: str) -> str:
    # The date comes first: behind an Urdu name its numbers would go to the name's other side.
    shown: Iterable[str] = (Text("en").date(day) if day else "", source, _language(lang), more)
    return _DOT.join(each for each in shown if each)


def _language(lang: str) -> str:
    return Text("en").language(lang)
