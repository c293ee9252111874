"""What the names of columns mean, as scrapers, dumps and people write them in English and Urdu.

A name is known whole (`pubDate`) or by its parts: what says no more than that it is of an article
(`news_`, `full`, `خبر کا`) is left out, plurals are singular, and what remains must be words for one
field alone. `News_Body`, `articleText`, `Article Texts` and `cleaned_text` are bodies; `text_length`,
`image_url` and `author_name` are nothing that an article has a place for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from index.text.normalize import normalize

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "docid", "documentid", "articleid", "newsid", "uuid", "guid", "identifier", "idstr", "tweetid", "postid", "messageid", "شناخت"),
    "title": ("title", "headline", "heading", "newstitle", "articletitle", "subject", "name",
              "عنوان", "سرخی", "ہیڈلائن", "شہ سرخی", "ٹائٹل", "ہیڈنگ", "unwan", "unvan", "surkhi"),
    "body": ("body", "text", "content", "article", "articlebody", "articletext", "newstext",
             "news", "fulltext", "maintext", "bodytext", "story", "contenttext", "contenthtml",
             "contentencoded", "passage", "detail", "message", "paragraphs", "blocks", "plaintext", "متن", "خبر", "مضمون", "تفصیل",
             "تفصیلات", "مواد", "ٹیکسٹ", "آرٹیکل", "matan", "matn", "tafseel",
             "description", "summary", "excerpt", "abstract", "snippet", "lead", "leadparagraph",
             "trailtext", "standfirst", "teaser", "intro", "synopsis", "خلاصہ"),
    "date": ("date", "published", "publishedat", "publishedon", "publisheddate", "datepublished",
             "pubdate", "publicationdate", "publishdate", "publishtime", "dateposted", "posted",
             "postedat", "datetime", "timestamp", "dcdate", "firstpublished", "displaydate", "created", "createdat",
             "datecreated", "firstcreated", "versioncreated", "issued", "تاریخ", "تاریخ اشاعت", "اشاعت", "ڈیٹ", "tareekh", "tarikh", "time", "updated",
             "updatedat", "dateupdated", "lastupdated", "modified", "modifiedat", "datemodified",
             "datemodify", "lastmodified", "lastpublished", "seendate", "dateline"),
    "source": ("source", "publisher", "newspaper", "sitename", "site", "outlet", "publication",
               "agency", "provider", "sourcename", "medianame", "sourcehostname", "website", "paper", "channel",
               "ذریعہ", "ماخذ", "اخبار", "ادارہ", "سورس", "ویب سائٹ", "zariya", "akhbar", "hostname", "domain", "sourcedomain"),
    "url": ("url", "link", "permalink", "canonicalurl", "canonical", "canonicallink", "href", "urlsource",
            "sourceurl", "articleurl", "pageurl", "weburl", "uri", "mainentityofpage", "لنک", "ربط"),
    "tags": ("tags", "tag", "keywords", "keyword", "categories", "category", "topics", "topic",
             "labels", "label", "section", "sections", "newscategory", "ٹیگز", "زمرہ", "موضوع", "کیٹیگری"),
    "lang": ("lang", "language", "langcode", "languagecode", "locale", "inlanguage", "زبان", "zaban", "zuban"),
}  # fmt: skip
"""Field of a Document: the names it goes by, best first."""

SUMMARY = NAMES["body"].index("description")
"""From this rank on, names of a body are those of a summary, which stands in for one."""

UNUSED = "extra"
"""What a mapping calls a column that is to be none of the fields."""

_BY_NAME = {
    "".join(name.split()): (rank, field)
    for field, names in NAMES.items()
    for rank, name in enumerate(names)
}
_ARTICLE_WORDS = (
    "news article story post item entry blog full main raw clean cleaned plain original web page doc "
    "document og dc dcterms meta schema rss feed wp s t txt the of is at on in short long complete urdu english element "
    "ur en khabar data field col column value crawled parsed extracted markdown خبر خبروں نیوز مضمون مکمل پوری کا کی کے"
)
_OF_AN_ARTICLE = frozenset(_ARTICLE_WORDS.split())
"""Parts that say no more of a column than that it is of an article."""
_WORDS = {
    "title": "title headline heading head line text سرخی عنوان",
    "body": "body text content maintext paragraph para section sections detail html description summary متن تفصیل تفصیلات مواد",
    "date": "date dt time datetime timestamp pub publish published publishing publication post posted "
    "posting create created creation release released issue issued utc iso gmt day first at on text string تاریخ اشاعت "
    "وقت شائع شدہ ہونے ہوئی ہوا update updated modify modified last seen version",
    "source": "source publisher newspaper paper site outlet publication agency provider website channel "
    "name اخبار ادارہ ایجنسی ذریعہ ماخذ نام",
    "url": "url link permalink canonical href uri لنک ربط",
    "tags": "tag keyword category topic label section name زمرہ ٹیگز موضوع",
    "lang": "lang language locale code زبان",
}
_VOCABULARY = {field: frozenset(words.split()) for field, words in _WORDS.items()}
_ALONE_NO_FIELD = "name first last at on line head code html نام seen version ہونے ہوئی ہوا"
_NO_FIELD_BY_THEMSELVES = frozenset(_ALONE_NO_FIELD.split())
_LATER = frozenset(("update", "updated", "modify", "modified", "last", "seen"))
_WHOLE_ARTICLE = frozenset(("article", "story", "post", "خبر", "مضمون"))
_LANGUAGES = frozenset(("urdu", "english", "ur", "en"))
_BY_PARTS = 0.5
_NO_PLURALS = frozenset(("news", "links", "urls"))  # those that a page has: not its own
_LATE = 100.0
_DATE_PARTS = {
    "year": frozenset(["year", "yr", "yyyy", "yy", "y", "سال", "سن"]),
    "month": frozenset(["month", "mon", "mm", "mo", "m", "مہینہ", "ماہ"]),
    "day": frozenset(["day", "dd", "dy", "d", "دن", "یوم"]),
}
_MAX_NAME = 200
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z]+|\d+")
_DURATION = re.compile(r"[Tt]ime[\W_]*[Oo]n(?![a-z])")  # time_on_page, timeOnSite
_NAME_LETTERS = re.compile(r"[\W_]+")


def field_of(name: str, columns: Mapping[str, str] | None = None) -> str:
    """Return the field of a Document that a name stands for, or ""."""
    known = place_of(name, columns or {})
    return known[1] if known else ""


def place_of(name: str, columns: Mapping[str, str]) -> tuple[float, str] | None:
    """The rank and the field of a name; of several names of one field the least rank is the best.
    `columns` is what was settled beforehand, by `letters` of names."""
    settled = columns.get(letters(name[:_MAX_NAME])) if columns else None
    if settled is not None:
        return None if settled == UNUSED else (-1.0, settled)
    return _place(name[:_MAX_NAME])


def inner_place_of(path: tuple[str, ...], columns: Mapping[str, str]) -> tuple[float, str] | None:
    """As `place_of`, of a name in objects, whose whole path may be settled."""
    settled = columns.get(letters(".".join(path)[:_MAX_NAME])) if columns else None
    if settled is not None:
        return None if settled == UNUSED else (-_LATE * 10, settled)
    return _place(path[-1][:_MAX_NAME])


def date_parts(names: Iterable[Any]) -> tuple[str, str, str] | None:
    """The names of year, month and day, where a column each has them: `Year`, `pub_month`, `Date_Day`, `سال`."""
    found: dict[str, str] = {}
    for name in names:
        part = _date_part(name[:_MAX_NAME]) if isinstance(name, str) else ""
        if part:
            found.setdefault(part, name)
    return (found["year"], found["month"], found["day"]) if len(found) == 3 else None


@lru_cache(maxsize=4096)
def _date_part(name: str) -> str:
    words = [normalize(word.casefold()) for word in _PARTS.findall(name)]
    for part, own in _DATE_PARTS.items():
        if sum(word in own for word in words) == 1:
            rest = {word for word in words if word not in own} - _OF_AN_ARTICLE
            return part if rest <= _VOCABULARY["date"] - {"day"} else ""
    return ""


@lru_cache(maxsize=4096)
def letters(name: str) -> str:
    """The letters and digits of a name, which alone tell it from another."""
    return _NAME_LETTERS.sub("", normalize(name.casefold()))


@lru_cache(maxsize=4096)
def _place(name: str) -> tuple[float, str] | None:
    if found := _BY_NAME.get(letters(name)):
        return found
    if _DURATION.search(name):
        return None
    words = [_singular(normalize(part.casefold())) for part in _PARTS.findall(name)]
    bodies = _WHOLE_ARTICLE.intersection(words)
    words = [word for word in words if word not in _OF_AN_ARTICLE and not word.isdigit()]
    if not words:
        bare = "".join(
            letters(part) for part in _PARTS.findall(name) if letters(part) not in _LANGUAGES
        )
        if found := _BY_NAME.get(bare):  # `News (Urdu)`
            return found[0] + _BY_PARTS, found[1]
        return (SUMMARY - _BY_PARTS, "body") if bodies else None
    if found := _BY_NAME.get("".join(words)):
        return found[0] + _BY_PARTS, found[1]
    for field, vocabulary in _VOCABULARY.items():
        if vocabulary.issuperset(words) and not _NO_FIELD_BY_THEMSELVES.issuperset(words):
            late = _LATE if field == "date" and not _LATER.isdisjoint(words) else 0.0
            known = [_BY_NAME[word] for word in words if word in _BY_NAME]
            ranks = [rank for rank, of in known if of == field]
            return max(ranks, default=10) + _BY_PARTS + late, field
    return None


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    plural = word.endswith("s") and not word.endswith("ss") and len(word) > 3
    return word[:-1] if plural and word not in _BY_NAME and word not in _NO_PLURALS else word
