"""How to cite an article: as a line of text in either language, and as a BibTeX entry.

The title and the source stand as the newsroom wrote them, whatever the language of the line.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from search.models import DocumentView
from web.present import in_the_open, web_address
from web.text import Text

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_LANGUAGES = {"en": "english", "ur": "urdu"}
_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "{}$&#%_"},
}


@dataclass(frozen=True)
class Citation:
    """A citation as `en`, `ur` or `bibtex`, with the language of the line for the page."""

    format: str
    text: str
    lang: str


def citations(document: DocumentView) -> list[Citation]:
    """A document's citations, the one in its own language first."""
    first = "ur" if document.lang == "ur" else "en"
    order = (first, "en" if first == "ur" else "ur")
    lines = [Citation(lang, plain(document, lang), lang) for lang in order]
    return [*lines, Citation("bibtex", bibtex(document), "en")]


def plain(document: DocumentView, lang: str) -> str:
    """One line: title, source, day, address; what is not known is left out.

    An address that is none of the web's is not passed on."""
    title = _line(document.title) or str(Text(lang)("untitled"))
    source = [_steady(_line(document.source), lang)] if document.source.strip() else []
    day = [Text(lang).date(document.date)] if document.date else []
    if lang == "ur":
        parts = ["، ".join([_steady(f"”{title}“", lang), *source, *day]) + "۔"]
    else:
        ended = title if title[-1] in ".?!…" else f"{title}."
        facts = ", ".join([*source, *day])
        parts = [_steady(f"“{ended}”", lang), *([f"{facts}."] if facts else [])]
    return " ".join([*parts, *filter(None, [in_the_open(web_address(document.url))])])


def bibtex(document: DocumentView) -> str:
    """An `@misc` entry, as every version of BibTeX takes it; biblatex reads `langid` too.

    The title stands in a second pair of braces, which keep its capitals as they are.
    """
    day = document.date
    entries = {
        "title": _braced(f"{{{_tex(document.title)}}}" if document.title.strip() else ""),
        "howpublished": _braced(_tex(document.source)),
        "year": _braced(f"{day.year}" if day else ""),
        "month": _MONTHS[day.month - 1] if day else "",  # a macro that every style knows
        "day": _braced(f"{day.day}" if day else ""),
        "url": _braced(_url(in_the_open(web_address(document.url)))),
        "langid": _braced(_LANGUAGES.get(document.lang, "")),
    }
    lines = [f"  {name} = {value}," for name, value in entries.items() if value]
    return "\n".join([f"@misc{{{_key(document)},", *lines, "}"])


def _braced(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _key(document: DocumentView) -> str:
    """The entry's key: the source in plain letters, the year, and what tells articles apart."""
    letters = unicodedata.normalize("NFKD", document.source.lower())
    source = re.sub(r"[^a-z]", "", letters) or "talash"
    year = f"{document.date.year}" if document.date else ""
    digest = hashlib.blake2b(document.id.encode("utf-8", "replace"), digest_size=3).hexdigest()
    return f"{source[:24]}{year}-{digest}"


def _steady(text: str, lang: str) -> str:
    """A part of the line; one in the other script stands between marks of the line's direction.

    Without them the punctuation around it, and the numbers of the day, would change places.
    """
    mark, others = ("\u200f", {"L"}) if lang == "ur" else ("\u200e", {"R", "AL"})
    foreign = any(unicodedata.bidirectional(letter) in others for letter in text)
    return f"{mark}{text}{mark}" if foreign else text


def _line(text: str) -> str:
    return " ".join(text.split())


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in _line(text))


def _url(text: str) -> str:
    """Braces and backslashes would end the field or begin a command: percent signs need neither."""
    return re.sub(r"[{}\\\s]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), text)
