"""The words of the interface, in English and in Urdu.

One catalogue, so that a missing translation is a failing test and not an English word in the
middle of an Urdu page. Values are escaped when they are put in; the strings themselves are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from search.models import Notice

INTERFACES = ("en", "ur")

_ENGLISH = {
    "name": "Talash",
    "tagline": "Urdu and English news in one search. Ask in either language.",
    "skip": "Skip to the results",
    "search": "Search",
    "search-label": "Search the archive",
    "placeholder": "Words, a “phrase” or a question",
    "home": "To the start page",
    "interface": "اردو",
    "interface-label": "اس صفحے کو اردو میں دیکھیں",
    "title-results": "{query} – Talash",
    "searching-for": "Searching for: {resolved} (you typed: {typed}).",
    "literal-instead": "Search the literal text instead",
    "literal-only": "Searched for the words as typed, not for others that mean or sound the same.",
    "literal-not": "Search for those too",
    "also": "Also searched",
    "also-not": "not searched",
    "word-off": "Do not search for {word}",
    "word-on": "Search for {word} again",
    "same-meaning": "means the same",
    "same-sound": "sounds the same",
    "same-roman": "typed in Latin letters",
    "same-other": "searched too",
    "answers": "answers: {word}",
    "found": "{n} articles",
    "found-one": "1 article",
    "found-how": "{words} by words, {meaning} by meaning only",
    "reachable": "The first {n} can be paged through.",
    "filters": "Filters",
    "languages": "Language",
    "sources": "Source",
    "dates": "Date",
    "from": "From",
    "to": "To",
    "mode": "Search by",
    "mode-hybrid": "Words and meaning",
    "mode-keyword": "Words only",
    "mode-semantic": "Meaning only",
    "sort": "Order",
    "sort-relevance": "Best first",
    "sort-newest": "Newest first",
    "sort-oldest": "Oldest first",
    "apply": "Apply",
    "reset": "Clear all",
    "active": "Filters in force",
    "remove": "Remove this filter:",
    "tag": "Tag",
    "lang-ur": "Urdu",
    "lang-en": "English",
    "lang-und": "Other",
    "by-meaning": "by meaning",
    "by-meaning-long": "Found by its meaning; the underlined sentence is the closest.",
    "why": "Why this result",
    "found-by": "Found by",
    "ranked": "{arm} no. {n}",
    "more": "{n} more",
    "arm-other": "Other",
    "arm-keyword": "Words",
    "arm-semantic": "Meaning",
    "rank": "Rank",
    "score": "Score",
    "share": "Share",
    "typed": "Typed",
    "in-text": "In the index",
    "weight": "Weight",
    "pages": "Pages",
    "page": "Page {n}",
    "page-title": "{query}, page {n} – Talash",
    "previous": "Previous",
    "next": "Next",
    "nothing": "Nothing found for {query}",
    "nothing-here": "There is no page {n} for {query}",
    "first-page": "Go to the first page",
    "try": "You could try:",
    "try-filters": "search without the filters",
    "try-hybrid": "search by words and meaning together",
    "try-fewer": "fewer words, or more common ones",
    "try-other": "the same question in the other language",
    "try-spelling": "another spelling of the names",
    "empty": "Type a few words to search for.",
    "degraded-keyword": "The word search did not answer. These results come from meaning alone.",
    "degraded-semantic": "The meaning search did not answer. These results come from words alone.",
    "degraded-other": "A part of the search did not answer; these results are incomplete.",
    "reason": "Reason",
    "status": "{n} articles in the index",
    "status-by": "{ur} in Urdu, {en} in English",
    "status-date": "indexed {date}",
    "back": "Back to the results",
    "original": "Read at the source",
    "tags": "Tags",
    "passages": "The passages this article is searched by ({n})",
    "best": "Closest to your search in meaning",
    "best-link": "Go to the closest passage",
    "untitled": "Untitled",
    "tips": "What you can type",
    "tip-words": "police training",
    "tip-words-does": "articles with these words, and articles that mean the same in either language",
    "tip-phrase": '"steel mills"',
    "tip-phrase-does": "exactly these words, in this order",
    "tip-not": "cricket -football",
    "tip-not-does": "leave out articles with this word",
    "tip-title": "title:budget",
    "tip-title-does": "the word stands in the headline",
    "tip-date": "flood date:2026-01..2026-02",
    "tip-date-does": "between these dates; also lang:ur and source:",
    "error-400": "This search cannot be run as asked",
    "error-404": "This page is not here",
    "error-405": "This cannot be done here",
    "error-413": "That is too large",
    "error-500": "Something went wrong",
    "error-503": "The archive cannot be searched right now",
    "error-id": "Name this number when you report it: {id}",
    "error-parameter": "In: {parameter}",
    "error-home": "Back to the start page",
    "footer": "Talash, search for news archives",
}

_URDU = {
    "name": "تلاش",
    "tagline": "اردو اور انگریزی خبریں، ایک ہی تلاش میں۔ کسی بھی زبان میں پوچھیے۔",
    "skip": "سیدھے نتائج پر جائیں",
    "search": "تلاش کریں",
    "search-label": "ذخیرے میں تلاش کریں",
    "placeholder": "الفاظ، ”جملہ“ یا سوال",
    "home": "ابتدائی صفحے پر",
    "interface": "English",
    "interface-label": "Show this page in English",
    "title-results": "{query} – تلاش",
    "searching-for": "تلاش کیا گیا: {resolved} (آپ نے لکھا: {typed})۔",
    "literal-instead": "اس کے بجائے صرف لکھا ہوا متن تلاش کریں",
    "literal-only": "صرف لکھے ہوئے الفاظ تلاش کیے گئے، ہم معنی یا ہم آواز الفاظ نہیں۔",
    "literal-not": "وہ بھی تلاش کریں",
    "also": "یہ الفاظ بھی تلاش کیے گئے",
    "also-not": "تلاش نہیں کیے گئے",
    "word-off": "{word} تلاش نہ کریں",
    "word-on": "{word} دوبارہ تلاش کریں",
    "same-meaning": "ہم معنی",
    "same-sound": "ہم آواز",
    "same-roman": "لاطینی حروف میں لکھا گیا",
    "same-other": "یہ بھی تلاش کیا گیا",
    "answers": "جس لفظ کے لیے: {word}",
    "found": "{n} خبریں",
    "found-one": "1 خبر",
    "found-how": "{words} الفاظ سے، {meaning} صرف مفہوم سے",
    "reachable": "پہلی {n} خبریں صفحہ بہ صفحہ دیکھی جا سکتی ہیں۔",
    "filters": "فلٹر",
    "languages": "زبان",
    "sources": "ماخذ",
    "dates": "تاریخ",
    "from": "از",
    "to": "تا",
    "mode": "طریقۂ تلاش",
    "mode-hybrid": "الفاظ اور مفہوم",
    "mode-keyword": "صرف الفاظ",
    "mode-semantic": "صرف مفہوم",
    "sort": "ترتیب",
    "sort-relevance": "بہترین پہلے",
    "sort-newest": "تازہ ترین پہلے",
    "sort-oldest": "پرانی پہلے",
    "apply": "لاگو کریں",
    "reset": "سب ہٹا دیں",
    "active": "لاگو فلٹر",
    "remove": "یہ فلٹر ہٹائیں:",
    "tag": "ٹیگ",
    "lang-ur": "اردو",
    "lang-en": "انگریزی",
    "lang-und": "دیگر",
    "by-meaning": "مفہوم سے",
    "by-meaning-long": "مفہوم کی بنا پر ملی؛ خط کشیدہ جملہ سب سے قریب ہے۔",
    "why": "یہ نتیجہ کیوں",
    "found-by": "کس سے ملا",
    "ranked": "{arm} میں نمبر {n}",
    "more": "مزید {n}",
    "arm-other": "دیگر",
    "arm-keyword": "الفاظ",
    "arm-semantic": "مفہوم",
    "rank": "درجہ",
    "score": "اسکور",
    "share": "حصہ",
    "typed": "لکھا گیا",
    "in-text": "فہرست میں",
    "weight": "وزن",
    "pages": "صفحات",
    "page": "صفحہ {n}",
    "page-title": "{query}، صفحہ {n} – تلاش",
    "previous": "پچھلا",
    "next": "اگلا",
    "nothing": "{query} کے لیے کچھ نہیں ملا",
    "nothing-here": "{query} کے نتائج میں صفحہ {n} موجود نہیں",
    "first-page": "پہلے صفحے پر جائیں",
    "try": "آپ یہ آزما سکتے ہیں:",
    "try-filters": "فلٹر کے بغیر تلاش کریں",
    "try-hybrid": "الفاظ اور مفہوم دونوں سے تلاش کریں",
    "try-fewer": "کم یا زیادہ عام الفاظ",
    "try-other": "یہی سوال دوسری زبان میں",
    "try-spelling": "ناموں کے دوسرے ہجے",
    "empty": "تلاش کے لیے چند الفاظ لکھیے۔",
    "degraded-keyword": "الفاظ کی تلاش نے جواب نہیں دیا۔ یہ نتائج صرف مفہوم سے ہیں۔",
    "degraded-semantic": "مفہوم کی تلاش نے جواب نہیں دیا۔ یہ نتائج صرف الفاظ سے ہیں۔",
    "degraded-other": "تلاش کے ایک حصے نے جواب نہیں دیا؛ یہ نتائج نامکمل ہیں۔",
    "reason": "وجہ",
    "status": "ذخیرے میں {n} خبریں",
    "status-by": "{ur} اردو میں، {en} انگریزی میں",
    "status-date": "فہرست سازی {date}",
    "back": "نتائج پر واپس",
    "original": "اصل ماخذ پر پڑھیں",
    "tags": "ٹیگ",
    "passages": "وہ حصے جن سے یہ خبر تلاش ہوتی ہے ({n})",
    "best": "مفہوم میں آپ کی تلاش کے سب سے قریب",
    "best-link": "قریب ترین حصے پر جائیں",
    "untitled": "بلا عنوان",
    "tips": "آپ کیا لکھ سکتے ہیں",
    "tip-words": "پولیس ٹریننگ",
    "tip-words-does": "جن خبروں میں یہ الفاظ ہوں، یا کسی بھی زبان میں یہی مفہوم ہو",
    "tip-phrase": '"اسٹیل ملز"',
    "tip-phrase-does": "بالکل یہی الفاظ، اسی ترتیب میں",
    "tip-not": "کرکٹ -فٹبال",
    "tip-not-does": "جن خبروں میں یہ لفظ ہو انہیں چھوڑ دیں",
    "tip-title": "title:بجٹ",
    "tip-title-does": "یہ لفظ سرخی میں ہو",
    "tip-date": "سیلاب date:2026-01..2026-02",
    "tip-date-does": 'ان تاریخوں کے درمیان؛ اسی طرح <bdi dir="ltr">lang:ur</bdi> اور <bdi dir="ltr">source:</bdi>',
    "error-400": "یہ تلاش اس طرح نہیں ہو سکتی",
    "error-404": "یہ صفحہ یہاں نہیں ہے",
    "error-405": "یہاں یہ نہیں کیا جا سکتا",
    "error-413": "یہ بہت بڑا ہے",
    "error-500": "کچھ غلط ہو گیا",
    "error-503": "ذخیرے میں اس وقت تلاش نہیں ہو سکتی",
    "error-id": "اطلاع دیتے وقت یہ نمبر بتائیں: {id}",
    "error-parameter": "خانہ: {parameter}",
    "error-home": "ابتدائی صفحے پر واپس",
    "footer": "تلاش: خبروں کے ذخیرے میں تلاش",
}

CATALOGUES = {"en": _ENGLISH, "ur": _URDU}

_URDU_NOTICES = {
    "too-many-words": "صرف ابتدائی الفاظ تلاش کیے گئے، باقی نظر انداز ہوئے۔",
    "only-exclusions": "صرف چھوڑنے کے الفاظ دیے گئے: تلاش کے لیے کوئی لفظ یا فلٹر بھی لکھیے۔",
    "quote-unbalanced": "ایک واوین کا جوڑا نہیں تھا، اسے نظر انداز کیا گیا۔",
    "brackets-ignored": "یہاں قوسین الفاظ کو اکٹھا نہیں کرتے، انہیں نظر انداز کیا گیا۔",
    "or-ignored": "OR صرف الفاظ اور جملوں کے درمیان کام کرتا ہے، یہاں اسے نظر انداز کیا گیا۔",
    "field-empty": "خانے کے بعد کچھ نہیں لکھا گیا؛ اسے عام لفظ سمجھا گیا۔",
    "field-unknown": "ایسا کوئی خانہ نہیں؛ اسے عام الفاظ سمجھا گیا۔",
    "filter-not-excludable": "یہ فلٹر الٹا نہیں ہو سکتا؛ اسے عام الفاظ سمجھا گیا۔",
    "language-unknown": "یہ زبان ذخیرے میں نہیں؛ اسے عام الفاظ سمجھا گیا۔",
    "date-invalid": "تاریخ سمجھ میں نہیں آئی؛ اسے عام الفاظ سمجھا گیا۔",
    "date-reversed": "تاریخ شروع ہونے سے پہلے ختم ہوتی ہے؛ اسے عام الفاظ سمجھا گیا۔",
    "date-conflict": "دونوں تاریخوں میں کوئی دن مشترک نہیں؛ اسے عام الفاظ سمجھا گیا۔",
}
"""By the code of the notice. The engine's own messages are English, and stand where this has none."""

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
}


@dataclass(frozen=True)
class Text:
    """The interface in one language: `text("found", n=3)`."""

    lang: str

    def __call__(self, key: str, **values: object) -> Markup:
        """A string of the catalogue with its values put in, escaped."""
        # The catalogue is ours, and Markup.format escapes what is not.
        return Markup(CATALOGUES[self.lang][key]).format(**values)  # noqa: S704

    def get(self, key: str, otherwise: str) -> Markup:
        """The string `key`, or the string `otherwise` where the catalogue has none."""
        return self(key if key in CATALOGUES[self.lang] else otherwise)

    def notice(self, notice: Notice) -> str:
        """A notice in this language; nothing where the engine's own English has to do."""
        return _URDU_NOTICES.get(notice.code, "") if self.lang == "ur" else ""

    @property
    def dir(self) -> str:
        """The direction the interface is written in."""
        return "rtl" if self.lang == "ur" else "ltr"

    @property
    def other(self) -> str:
        """The interface language to switch to."""
        return "en" if self.lang == "ur" else "ur"

    def date(self, day: date) -> str:
        """A date in words. Urdu newspapers write the digits 0-9, and so does this."""
        return f"{day.day} {_MONTHS[self.lang].split()[day.month - 1]} {day.year}"

    def number(self, value: int) -> str:
        """A whole number with its thousands apart."""
        return f"{value:,}"
