"""An answer as people see it in a terminal: hits to stdout, talk about them to stderr."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from search.models import (
    Hit,
    QueryInfo,
    Related,
    RelatedDocument,
    SearchResponse,
    Snippet,
    Suggestions,
)
from web import present
from web.cli.terminal_text import Printer, marked
from web.text import Text

_INDENT = "   "
_DOT = "  ·  "


_DEGRADED = {
    "translation": "Words that no article holds were searched as typed only",
    "marks": "Words of the other language are not marked",
}
"""What is said of a part of the search that did not answer, where it is no arm."""


def results(response: SearchResponse, bidi: str, *, explained: bool = False) -> None:
    """The hits with their marks, and with their reasons if `explained`."""
    out, talk = Printer.to(bidi), Printer.to(bidi, stderr=True)
    for each in response.degraded:
        said = _DEGRADED.get(each.arm, f"The {each.arm} search did not answer")
        talk.line((f"{said}: {each.reason}", "yellow"))
    for notice in response.understood.notices:
        talk.line((notice.message, "yellow"))
    _understood(talk, response.understood)
    if not response.hits:
        talk.line("Nothing found." if not response.total.value else "No hits on this page.")
        return
    first = first_number(response)
    for number, hit in enumerate(response.hits, first):
        _hit(out, number, hit)
        if explained:
            _explanation(out, hit)
        out.line()
    last = first + len(response.hits) - 1
    talk.line((f"{first} to {last} of {response.total.value:,}", "dim"))


def first_number(response: SearchResponse) -> int:
    """The number of the first hit shown: numbers go on from page to page."""
    return (response.request.page - 1) * response.request.size + 1


def suggestions(found: Suggestions, bidi: str) -> None:
    """Completions, one a line."""
    out = Printer.to(bidi)
    for each in found.suggestions:
        articles = "" if each.kind == "title" else f", {each.count:,}"
        out.line(each.text, (f"   {each.kind}{articles}", "dim"))
    if not found.suggestions:
        Printer.to(bidi, stderr=True).line("Nothing begins like that.")


def related(found: Related, bidi: str) -> None:
    """What belongs to an article, kind by kind."""
    out = Printer.to(bidi)
    kinds = (
        ("The same story", found.stories),
        ("Nearly the same text", found.copies),
        ("More like this", found.likes),
    )
    for heading, documents in kinds:
        if documents:
            out.line((heading, "bold"))
        for each in documents:
            _belonging(out, each)
    if not any(documents for _, documents in kinds):
        Printer.to(bidi, stderr=True).line("Nothing is related to it.")


def _understood(talk: Printer, understood: QueryInfo) -> None:
    """What was searched for where that is more or other than what was typed."""
    if understood.resolved:
        talk.line(f"Searching for: {understood.resolved}")
    found = []
    for reading in understood.readings:
        words = [each.word for each in present.alternatives(reading) if not each.off]
        if words:
            found.append(f"{reading.typed} → {', '.join(words)}")
    if found:
        talk.line((f"Also searched: {'; '.join(found)}", "dim"))
    if understood.did_you_mean:
        talk.line(f"Did you mean: {' | '.join(understood.did_you_mean)}")


def _hit(out: Printer, number: int, hit: Hit) -> None:
    title = marked(hit.title or "Untitled", hit.title_spans)
    out.line(*title, indent=f"{number}. ", rtl=_rtl(hit.lang))
    arms = ", ".join(f"{arm.arm} no. {arm.rank}" for arm in hit.explanation.arms if arm.rank)
    out.line((_facts(hit.source, hit.date, hit.lang, arms), "dim"), indent=_INDENT, rtl=False)
    for each in (hit.snippet, hit.second):
        if each is not None and each.text:
            _snippet(out, each)
    for story in hit.stories:
        told = f"Same story, {_language(story.lang)}: "
        out.line((told, "dim"), story.title or story.id, indent=_INDENT, rtl=False)
    if hit.copies:
        ids = ", ".join(each.id for each in hit.copies)
        more = f" and {hit.folded - len(hit.copies):,} more" if hit.folded > len(hit.copies) else ""
        out.line((f"Nearly the same: {ids}{more}", "dim"), indent=_INDENT, rtl=False)
    out.line((hit.url or hit.id, "blue"), indent=_INDENT, rtl=False)


def _snippet(out: Printer, each: Snippet) -> None:
    before, after = "… " if each.cut_before else "", " …" if each.cut_after else ""
    text = marked(each.text, each.spans)
    out.line(before, *text, after, indent=_INDENT, rtl=_rtl(each.lang))


def _explanation(out: Printer, hit: Hit) -> None:
    """Arms with rank, score and share; words with the term that matched and what it added."""
    lines = [f"Score {hit.score:.4f}"]
    for arm in hit.explanation.arms:
        rank = f"no. {arm.rank}" if arm.rank else "not listed"
        lines.append(f"  {arm.arm}: {rank}, score {arm.score:.4f}, share {arm.share:.4f}")
    for word in hit.explanation.words:
        told = word.word if word.term == word.word else f"{word.word} → {word.term}"
        lines.append(f"  {told}: {word.weight:.4f}")
    for line in lines:
        out.line((line, "dim"), indent=_INDENT, rtl=False)


def _belonging(out: Printer, each: RelatedDocument) -> None:
    out.line(each.title or each.id, indent=_INDENT, rtl=_rtl(each.lang))
    facts = _facts(each.source, each.date, each.lang, f"{each.score:.2f}")
    out.line((facts, "dim"), indent=_INDENT, rtl=False)
    out.line((each.url or each.id, "blue"), indent=_INDENT, rtl=False)


def _facts(source: str, day: date | None, lang: str, more: str) -> str:
    # The date comes first: behind an Urdu name its numbers would go to the name's other side.
    shown: Iterable[str] = (Text("en").date(day) if day else "", source, _language(lang), more)
    return _DOT.join(each for each in shown if each)


def _language(lang: str) -> str:
    return str(Text("en").get(f"lang-{lang}", "lang-und"))


def _rtl(lang: str) -> bool | None:
    return None if lang in ("", "und") else lang in present.RTL
