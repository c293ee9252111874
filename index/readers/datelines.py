"""The dateline that opens a news text: the place, and often the agency and the day, before the prose.

    اسلام آباد (نمائندہ خصوصی) ...      LAHORE: ...      KARACHI, Jan 7 (Agency) — ...

It stays in the text, which is the newsroom's; a title cut from the text begins after it. A name before
a colon is more often a speaker than a place, so a place alone is believed only when it is one that
datelines name all the time or is in capitals; before a bracket, when the bracket names a newsroom or
a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from index.readers.dates import find_date, fold

_MAX_HEAD = 160  # a dateline is looked for no further into a text
_MAX_PLACE = 34
_MAX_WORDS = 4

_PLACES = re.compile(
    "اسلام آباد|لاہور|لا ہور|کراچی|راولپنڈی|پشاور|کوئٹہ|ملتان|فیصل آباد|حیدرآباد|حیدر آباد|سکھر|گوجرانوالہ"
    "|سیالکوٹ|شیخوپورہ|سرگودھا|بہاولپور|مظفرآباد|مظفر آباد|گلگت|سکردو|لاڑکانہ|نوابشاہ|گوادر|تربت|مردان|ایبٹ آباد"
    "|سوات|مری|ڈیرہ غازی خان|رحیم یار خان|نئی دہلی|نئی دلی|دہلی|ممبئی|لکھنو|سری نگر|سرینگر|کولکتہ|ڈھاکا|ڈھاکہ|کابل"
    "|قندھار|تہران|بیجنگ|ریاض|جدہ|مکہ مکرمہ|مدینہ منورہ|دبئی|ابوظہبی|ابوظبی|ابو ظہبی|شارجہ|دوحہ|مسقط|کویت سٹی"
    "|بغداد|دمشق|بیروت|قاہرہ|یروشلم|مقبوضہ بیت المقدس|غزہ|انقرہ|استنبول|ماسکو|کیف|لندن|پیرس|برلن|روم|برسلز|جنیوا"
    "|ویانا|میڈرڈ|واشنگٹن|نیویارک|اقوام متحدہ|کیلی فورنیا|کیلیفورنیا|اوٹاوا|ٹورنٹو|ٹوکیو|سیول|جکارتہ|کولمبو|سڈنی"
    "|میلبرن|کینبرا|نیروبی|کھٹمنڈو"
    "|islamabad|lahore|karachi|rawalpindi|peshawar|quetta|multan|faisalabad|hyderabad|sukkur|gujranwala|sialkot"
    "|muzaffarabad|gilgit|gwadar|new delhi|delhi|mumbai|srinagar|dhaka|kabul|tehran|beijing|riyadh|jeddah|dubai"
    "|abu dhabi|sharjah|doha|baghdad|damascus|beirut|cairo|jerusalem|gaza|ankara|istanbul|moscow|kyiv|london|paris"
    "|berlin|rome|brussels|geneva|vienna|washington|new york|united nations|tokyo|seoul|jakarta|colombo|kathmandu"
)  # fmt: skip
_NEWSROOM = re.compile(
    r"آن لائن|این این آئی|اے پی پی|آئی این پی|این پی|اے ایف پی|رائٹرز|ثناء|صباح|یو این آئی|پی ٹی آئی نیوز|نمائندہ|نمائندے"
    r"|نامہ نگار|رپورٹر|نیوز|ڈیسک|اخبار|مانیٹرنگ|ایجنسی|ایجنسیاں|وقائع|بیورو|کامرس|پوائنٹ|خصوصی|ویب|خبر نگار|سٹاف|اسٹاف"
    r"|\b(?:app|inp|nni|ini|ani|pti|ians|afp|ap|reuters|online|xinhua|dpa|apa|agenc(?:y|ies)|news|correspondent"
    r"|reporter|desk|bureau|monitoring|staff|web)\b"
)
_BRACKET = re.compile(
    r"(?P<place>[^()\n:۔.؟!]{2,34}?)[\s,،]*\((?P<inside>[^()\n]{2,90})\)[\s:،,–—-]*"
)
_ALONE = re.compile(r"(?P<place>[^()\n:۔.؟!–—]{2,60}?)\s*(?:[:：]|\s?[–—]{1,2}|--|\s-)\s*")


@dataclass(frozen=True)
class Dateline:
    """A dateline: `end` is where the prose begins; what it does not say is empty."""

    place: str
    end: int
    date: date | None = None


def dateline_of(text: str) -> Dateline | None:
    """Read the dateline at the very start of a text, or return None."""
    head = text[:_MAX_HEAD]
    if match := _BRACKET.match(head):
        inside = fold(match["inside"])
        day, _ = find_date(inside)
        place, before = _place(match["place"])
        if place and (day or before or _NEWSROOM.search(inside)) and _is_place(place, place, True):
            return Dateline(place, match.end(), day or before)
    if (match := _ALONE.match(head)) and not text[match.end() : match.end() + 2].startswith("//"):
        place, day = _place(match["place"])
        if place and _is_place(place, match["place"], False):
            return Dateline(place, match.end(), day)
    return None


def _place(written: str) -> tuple[str, date | None]:
    """Part a place from the day that may follow it (`KARACHI, Jan 7 2026`)."""
    day, rest = find_date(fold(written))
    if not day:
        return " ".join(written.split()).strip(" ,،*"), None
    comma = re.split("[,،]", written, maxsplit=1)[0].strip(" *")
    return (comma if fold(comma) in fold(rest) else ""), day


def _is_place(place: str, written: str, newsroom: bool) -> bool:
    """Whether these words can be the place of a dateline; beside a newsroom's name any few words can."""
    if len(place) > _MAX_PLACE or len(place.split()) > _MAX_WORDS or any(map(str.isdigit, place)):
        return False
    names = [name.strip() for name in re.split(r"[/،,]", fold(place)) if name.strip()]
    capitals = place.isupper() and len(place) > 3
    return newsroom or capitals or (bool(names) and all(map(_PLACES.fullmatch, names)))
