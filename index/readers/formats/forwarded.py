"""Mail that was passed on: the message in a message's text, with the head that mail programs write above it.

---------- Forwarded message ---------        -----Original Message-----        ---------- فارورڈ کردہ پیغام ---------
From: Daily Example <desk@misal.example>      From: Desk [mailto:desk@...]      منجانب: روزنامہ مثال <desk@misal.example>
Date: Tue, Mar 5, 2024 at 10:00 AM            Sent: Tuesday, March 5, 2024      تاریخ: منگل، 5 مارچ، 2024
Subject: Rain in Thar                         To: A. Khan                       موضوع: تھر میں بارش
To: <a@b.example>                             Subject: RE: Rain in Thar         بنام: <a@b.example>
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from index.readers.dates import parse_date
from index.readers.plain_text import has_words

_NAMES = {
    "from": "from|sender|منجانب|از|ازطرف|از طرف|جانب سے|بھیجنے والا|ارسال کنندہ|مرسل|فرستندہ|من",
    "date": "date|sent|sent on|تاریخ|التاريخ|بھیجا گیا|بھیجی گئی|ارسال کردہ|ارسال شدہ|ارسال کیا گیا|روانہ کردہ",
    "subject": "subject|موضوع|عنوان|مضمون|الموضوع",
    "to": "to|بنام|بہ نام|برائے|کو|وصول کنندہ|إلى",
    "other": "cc|bcc|reply-to|organization|attachments|importance|newsgroups|resent-from|نقل|کاپی|سی سی|جوابی پتہ",
}
_KINDS = {name: kind for kind, names in _NAMES.items() for name in names.split("|")}
_LABEL = re.compile(r"\**(?P<name>[^\W\d][^:：\n]{0,20}?)\s*[:：]\**(?:\s*·)?\s*(?P<value>.*)")
_RULE = re.compile(
    r"[-_=*\s]*(?:begin\s+)?(?:forwarded(?:\s+(?:message|mail|email|by\b.{0,80}))|original\s+(?:message|mail)|weitergeleitete\s+nachricht"
    r"|(?:فارورڈ|آگے|اصل|منتقل|ارسال)\s[^\n:]{0,30}(?:پیغام|میل|خط)|رسالة معاد توجيهها)[-_=*\s:]*",
    re.I,
)
_WROTE = re.compile(
    r"(?:on\s+)?(?P<date>.{6,60}?\d.{0,30}?)(?:,|،|\s+کو|>?\s+at\s+[\d: apm.]+,?)\s+(?P<from>[^,،\n]{2,80}?)\s*(?:wrote|نے (?:لکھا|تحریر کیا))\s*[:：]",
    re.I,
)
"""The line above a text that is quoted: `On Tue, 5 Mar 2024, Daily Example <desk@...> wrote:`."""
_QUOTED = re.compile(r"[ \t]?>[ \t]?")
_MARKS = " \t*\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_FEWEST = 2  # labelled lines below a line that says that a message follows
_FEWEST_ALONE = 3
_MOST_LINES = 30
_NEAR = 5  # lines below which the text begins that was answered
_OF_ONE = ("author", "date", "source", "title", "body", "to")
"""Fields that a message that is passed on has of its own."""
_PASSED_ON = re.compile(
    r"\A(?:(?:re|fwd?|aw|wg|fw|tr|جواب|فارورڈ|آگے)\s*(?:\[\d+\])?\s*:\s*)+(?=\S)", re.I
)
_MOST_PASSED_ON = 50
_PROSE_LINE, _LEAST_PROSE = 60, 200
"""Characters of a line of prose, and of so many lines that they are an article."""
_ADDRESS = re.compile(r"\s*[\[<]?(?:mailto:)?[\w.+-]+@[\w.-]+[\]>]*\s*$")


@dataclass(frozen=True)
class Forwarded:
    """A message in another: what stands `above` it, its `text`, and what its head says: `from`, `date`, `subject`,
    `to`, those that are there."""

    above: str
    head: Mapping[str, str]
    text: str


def forwarded(text: str) -> Forwarded | None:
    """The message that a message's text passes on, if it does."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        head, end = _head_at(lines, place, line)
        if not head:
            continue
        below = lines[end:]
        behind: list[str] = []
        if _QUOTED.match(lines[end - 1]) or _is_quoted(below):
            below, behind = _unquoted(below)
        above = "\n".join([*lines[:place], *behind])
        return Forwarded(_bare(above), head, "\n".join(below).strip())
    return None


def sender_name(sender: str) -> str:
    """The name of a sender, its address where it has none."""
    name, address = parseaddr(sender)
    return (_ADDRESS.sub("", name or sender).strip("\"' *") or address or sender).strip()


def _head_at(lines: Sequence[str], place: int, line: str) -> tuple[dict[str, str], int]:
    """The head that begins with a line, and the line behind it; nothing where none begins."""
    own = _bare_line(line)
    if len(own) > 200 or not own:
        return {}, 0
    if _RULE.fullmatch(own):
        head, end = _labelled(lines, place + 1)
        return (head, end) if len(head) >= _FEWEST else ({}, 0)
    if (wrote := _WROTE.fullmatch(own)) and _is_quoted(lines[place + 1 : place + _NEAR]):
        if parse_date(wrote["date"]):
            return {"from": wrote["from"], "date": wrote["date"]}, place + 1
        return {}, 0
    label = _LABEL.fullmatch(own)
    if not label or _kind(label["name"]) not in ("from", "date", "subject"):
        return {}, 0
    head, end = _labelled(lines, place)
    is_head = len(head) >= _FEWEST_ALONE and "from" in head and "date" in head
    return (head, end) if is_head else ({}, 0)


def _labelled(lines: Sequence[str], start: int) -> tuple[dict[str, str], int]:
    """The labelled lines from a line on, blank ones between them or not, and where they end."""
    head: dict[str, str] = {}
    last, end = "", start
    for place in range(start, min(start + _MOST_LINES, len(lines))):
        own = _bare_line(lines[place])
        if not own:
            continue
        label = _LABEL.fullmatch(own)
        kind = _kind(label["name"]) if label else ""
        if label and kind and (kind == "other" or kind not in head):
            head[kind] = label["value"].strip(_MARKS)
        elif place == end and last and _goes_on(last, head[last], lines[place]):
            head[last] += f" {own}"
        else:
            break
        last, end = kind or last, place + 1
    head.pop("other", None)
    return {name: value for name, value in head.items() if value}, end


def _goes_on(kind: str, value: str, line: str) -> bool:
    """Whether a line is the rest of the one above: of a list of addresses, or set in."""
    if kind in ("to", "other", "from"):
        return "@" in line or value.endswith((",", ";"))
    return line[:1] in " \t" and bool(line.strip())


def _kind(name: str) -> str:
    return _KINDS.get(" ".join(name.strip(_MARKS).lower().split()), "")


def _bare_line(line: str) -> str:
    while quoted := _QUOTED.match(line):
        line = line[quoted.end() :]
    return line.strip(_MARKS)


def _is_quoted(lines: Sequence[str]) -> bool:
    return bool(_QUOTED.match(next((line for line in lines if line.strip()), "")))


def _unquoted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Lines without one mark of quoting, up to the first that has none; and those from there on."""
    found: list[str] = []
    for place, line in enumerate(lines):
        quoted = _QUOTED.match(line)
        if line.strip() and not quoted:
            return found, list(lines[place:])
        found.append(line[quoted.end() :] if quoted else line)
    return found, []


def _bare(text: str) -> str:
    """What was written above a message, without the lines that are drawn."""
    lines = (line for line in text.split("\n") if line.strip(_MARKS + "-_=") or not line.strip())
    return "\n".join(lines).strip()


def stories_of(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a message as articles: its own, or those of the message that it passes on, which is of another day
    and sender; both where more than a word is written above it. A message that is passed on may pass on another."""
    stories: list[dict[str, Any]] = []
    inner = dict(fields)
    for _ in range(_MOST_PASSED_ON):
        found = forwarded(str(inner.get("body", "")))
        if found is None or not has_words(found.text):
            break
        own, inner = _parted(inner, found)
        stories += own
    return [*stories, inner]


def _parted(outer: dict[str, Any], found: Forwarded) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The fields of a message itself, if it is an article, and those of the message that it passes on."""
    passed_on = {"forwarded by": outer.pop("author", ""), "forwarded as": outer.get("title", "")}
    inner = {**{name: value for name, value in outer.items() if name not in _OF_ONE}, **passed_on}
    inner["body"] = found.text
    if sender := found.head.get("from", ""):
        inner |= {"source": sender_name(sender), "author": sender}
    if "to" in found.head:
        inner["to"] = found.head["to"]
    inner["title"] = without_marks(found.head.get("subject", "")) or outer.get("title", "")
    if parse_date(found.head.get("date")):
        inner |= {"date": found.head["date"], "forwarded on": outer.get("date", "")}
    else:
        inner["date"] = outer.get("date", "")
    if inner["title"] == passed_on["forwarded as"]:
        del inner["forwarded as"]
    prose = sum(len(line) for line in found.above.split("\n") if len(line) >= _PROSE_LINE)
    own = []
    if prose >= _LEAST_PROSE:
        own = [{**outer, "author": passed_on["forwarded by"], "body": found.above}]
    elif has_words(found.above):
        inner["forwarded with"] = found.above
    return own, {name: value for name, value in inner.items() if value}


def without_marks(subject: str) -> str:
    """A subject without what programs put before that of a message that is answered or passed on."""
    return _PASSED_ON.sub("", subject.strip())
