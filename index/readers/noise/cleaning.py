"""Cuts the web page's frame off an article: comment forms, other articles' headlines, buttons.

What is left of it would rank: a page about a meeting would be found by the words of the forty
headlines below it. But cutting prose is worse than leaving noise, so rules match whole lines only
(see `noise_rules`), a section is cut only at a heading that can hardly mean anything else, and a
text that would lose everything is left as it is. Paragraphs and spelling stay as they were.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from index.readers.dates import find_date
from index.readers.noise.rules import BYLINE, RULES, Action, Rule, fold_line

_MAX_LINE = 300  # noise comes in short lines; paragraphs are not even looked at
_HEAD_LINES = 7  # where a byline stands
_PROSE_CHARS = 60  # a line with a full stop and this long, or twice as long without, is prose
_PROSE_STOP = re.compile(r"[۔؟]|[.!?](?=[\s\"'”’)]|$)")
_BULLET = re.compile(r"\s*(?:[•·●▪■◆►▶➤*-]|\d{1,2}[.)])\s+\S")
_HEADLINE_CHARS = 200
_FOOTER_LINES = 4  # how far above `پڑھیں:` the footer of the article may stand

_STARTS = re.compile(
    r"[\W_]*(?:"
    r"پڑ|متعلق|مزيد|مزید|مقبول|تازہ|تازه|اہم خب|اهم خب|ذریع|ذريع|ماخذ|بشکری|بشكري|کلید|كليد|مطلوب|ٹیگ|ٹيگ"
    r"|عنوانات|جملہ|جمله|تمام حق|[شٹ][یيئ]|شئ|ہمیں|هميں|ہم کو|هم كو|ہمار|همار|اشت|ویب|ويب|نیوز|نيوز|انٹر|سپور|اسپور"
    r"|ڈیج|ڈيج|مانیٹر|مانيٹر|سٹاف|اسٹاف|نام|نمائند|خصوصی|خصوصي|تبصر|جواب|اپنا|آپ ک|فیس|فيس|ٹو[یيئ]|ایکس|ايكس|واٹس"
    r"|انسٹا|یوٹ|يوٹ|ای ?میل|اي ?ميل|پرنٹ|اس |اسے|ان |یہ|يہ|يه|یه|بھی|بھي|ضرور|خبر|مضمون|تحریر|تحرير|پوسٹ"
    r"|your email|leave|post|write|add|submit|no comm|comment|\d+ comm|also|read|must|recommend|more|see |related"
    r"|watch|you (?:may|might)|most|trend|latest|editor|source|courtesy|key ?word|tag|topic|filed|©|\(?c\)|copyright"
    r"|share|click|tweet|pin it|like|loading|follow|join|find us|subscri|sign up|we use|this|our|by |accept|ad"
    r"|sponsor|story|web|news|internat|sport|digital|monitor|staff|facebook|twitter|x|whatsapp|linkedin|telegram"
    r"|pinterest|instagram|youtube|tiktok|reddit|e-?mail|messenger|print|copy"
    r"|$)",
    re.I,
)
"""How every rule's lines begin: a line that does not need not be folded. A test holds it true."""

_LONG = re.compile(
    r"[\W_]*(?:کلید|كليد|مطلوب|ٹیگ|ٹيگ|key ?words?|tags?|topics)[^:：]{0,12}[:：]", re.I
)
"""Keyword stuffing knows no bounds."""

_INSIDE = ("سبسکر", "سبسكر", "ights reserved", "IGHTS RESERVED")
"""The same for the rules that begin with anything."""


@dataclass(frozen=True)
class Cleaned:
    """An article without its frame; `lines` counts what went, source and date what it stated."""

    text: str
    lines: int = 0
    source: str = ""
    date: date | None = None


class _Page:
    """The lines of a text, what the rules say of each, and the verdict so far."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.marks = _marks(self.lines)
        self.gone: set[int] = set()
        self.source = ""
        self.date: date | None = None

    def measure(self) -> None:
        """Weigh the text once: a page can be all noise, and every rule asks about its place."""
        self.weights = [0, *accumulate(map(len, self.lines))]
        self.prose = [i for i in range(len(self.lines)) if self._is_prose(i)]

    def _is_prose(self, index: int) -> bool:
        """Whether a line reads like a sentence of an article."""
        line = self.lines[index]
        if len(line) < _PROSE_CHARS or index in self.marks or index in self.gone:
            return False
        return len(line) >= 2 * _PROSE_CHARS or bool(_PROSE_STOP.search(line))

    def has_prose_above(self, index: int) -> bool:
        return bool(self.prose) and self.prose[0] < index

    def has_prose_below(self, index: int) -> bool:
        return bool(self.prose) and self.prose[-1] > index

    def is_smaller_part(self, index: int) -> bool:
        """Whether no more would go from this line on than stays above it."""
        return self.weights[-1] <= 2 * self.weights[index]

    def above(self, index: int, count: int) -> list[int]:
        """List the nearest lines above with anything on them."""
        found: list[int] = []
        while index and len(found) < count:
            index -= 1
            if self.lines[index].strip():
                found.append(index)
        return found

    def cut_from(self, index: int) -> None:
        """Cut a line and all below it."""
        self.gone.update(range(index, len(self.lines)))
        del self.prose[bisect_left(self.prose, index) :]


def clean(text: str) -> Cleaned:
    """Return `text` without the lines that are not part of the article."""
    page = _Page(text)
    _cut_byline(page)
    if not page.marks and not page.gone:
        return Cleaned(text.strip())
    page.measure()
    _cut_tail(page)
    _cut_lists(page)
    _cut_lines(page)
    _cut_groups(page)
    kept = _join(page)
    if not kept:
        return Cleaned(text.strip())
    lines = sum(bool(page.lines[i].strip()) for i in page.gone)
    return Cleaned(kept, lines, page.source, page.date)


def may_match(line: str) -> bool:
    """Whether any rule may match a line: a quick look, as most lines match none."""
    return bool(_STARTS.match(line)) or any(cue in line for cue in _INSIDE)


def _marks(lines: list[str]) -> dict[int, tuple[Rule, re.Match[str]]]:
    """Find the first rule each line matches."""
    marks: dict[int, tuple[Rule, re.Match[str]]] = {}
    for index, line in enumerate(lines):
        if not line or (len(line) > _MAX_LINE and not _LONG.match(line)):
            continue
        if not may_match(line):
            continue
        folded = fold_line(line) or line.strip()
        for rule in RULES:
            if folded and (match := rule.pattern.fullmatch(folded)):
                marks[index] = (rule, match)
                break
    return marks


def _head(page: _Page) -> list[int]:
    """List the first lines with anything on them."""
    return [i for i, line in enumerate(page.lines[: 3 * _HEAD_LINES]) if line.strip()][:_HEAD_LINES]


def _cut_byline(page: _Page) -> None:
    """Take the date off a line near the top that holds nothing but a byline and a date."""
    for index in _head(page):
        if len(page.lines[index]) > 2 * _PROSE_CHARS:
            continue
        found, rest = find_date(fold_line(page.lines[index]))
        if found and BYLINE.fullmatch(find_date(rest)[1].strip()):
            page.gone.add(index)
            page.date = page.date or found


def _cut_tail(page: _Page) -> None:
    """Cut everything below the first heading that ends the article."""
    for index, (rule, _) in page.marks.items():
        if not page.weights[index]:
            continue  # nothing above: whatever it is, it is not the end
        smaller = page.is_smaller_part(index)
        if rule.action is Action.TAIL:
            sure = smaller or page.has_prose_above(index)
        elif rule.action is Action.ARTICLE:
            near = (page.marks.get(i) for i in page.above(index, _FOOTER_LINES))
            footer = any(mark and mark[0].action in _FOOTERS for mark in near)
            sure = page.has_prose_above(index) and (smaller or footer)
        else:
            sure = rule.action is Action.FORM and not page.has_prose_below(index)
        if sure:
            page.cut_from(index)
            return


_ANNOUNCES = (":", "：", "|")  # without one it is a button, and the next line the article's
_FOOTERS = (Action.SOURCE, Action.FOOT)


def _cut_lists(page: _Page) -> None:
    """Cut the headlines of other articles that follow a heading for them."""
    for index, (rule, _) in page.marks.items():
        if index in page.gone:
            continue
        if rule.action is Action.LIST and page.has_prose_above(index):
            items = _items(page, index + 1)
            if sum(len(page.lines[i]) for i in items) <= page.weights[index]:
                page.gone.update((index, *items))
        elif rule.action in (Action.NEXT, Action.ARTICLE):
            items = _items(page, index + 1)
            bullets = [i for i in items if _BULLET.match(page.lines[i])]
            announced = items[:1] if page.lines[index].rstrip("* ").endswith(_ANNOUNCES) else []
            page.gone.update((index, *(bullets or announced)))
        elif rule.action is Action.FORM:
            page.gone.add(index)


def _items(page: _Page, start: int) -> list[int]:
    """List the lines of a list that begins here: bullets, or headlines set close together."""
    items: list[int] = []
    bulleted = False
    for index in range(start, len(page.lines)):
        line = page.lines[index]
        if not line.strip():
            if items and not bulleted:
                break
            continue
        bullet = bool(_BULLET.match(line))
        headline = len(line) <= _HEADLINE_CHARS and not _PROSE_STOP.search(line.rstrip()[-2:])
        if index in page.marks or not (bullet or (headline and not bulleted)):
            break
        bulleted = bulleted or bullet
        items.append(index)
    return items


def _cut_lines(page: _Page) -> None:
    """Cut single lines, those at the edges by where the prose begins and ends."""
    head = set(_head(page))
    for index, (rule, match) in page.marks.items():
        if index in page.gone:
            continue
        foot = bool(page.prose) and index > page.prose[-1]
        if rule.action is Action.SOURCE and (foot or index in head):
            page.gone.add(index)
            page.source = page.source or _original(page.lines[index], match["source"])
        elif (
            rule.action is Action.LINE
            or (rule.action is Action.HEAD and index in head)
            or (rule.action is Action.FOOT and foot)
        ):
            page.gone.add(index)


def _cut_groups(page: _Page) -> None:
    """Cut buttons' captions that stand together, beside other noise or below the prose."""
    groups = {i for i, (rule, _) in page.marks.items() if rule.action is Action.GROUP}
    if not groups:
        return
    filled = [i for i, line in enumerate(page.lines) if line.strip()]
    for place, index in enumerate(filled):
        if index not in groups:
            continue
        beside = filled[max(place - 1, 0) : place] + filled[place + 1 : place + 2]
        foot = bool(page.prose) and index > page.prose[-1]
        if foot or any(i in page.gone or i in groups for i in beside):
            page.gone.add(index)


def _original(line: str, folded_source: str) -> str:
    """Return the source's name as it is spelled in the line, not as it was folded."""
    name = line.split(":" if ":" in line else "：", 1)[-1].strip(" *_|")
    return "" if folded_source.startswith(("http", "www.")) else name


def _join(page: _Page) -> str:
    """Put together what stays; where lines went, one paragraph break stays and not two."""
    kept: list[str] = []
    hole = False
    for index, line in enumerate(page.lines):
        if index in page.gone:
            hole = True
        elif line.strip() or not (hole and (not kept or not kept[-1].strip())):
            kept.append(line)
            hole = hole and not line.strip()
    return "\n".join(kept).strip()
