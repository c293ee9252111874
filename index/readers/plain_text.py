"""Plain text: what is scrubbed from every string, and where a headline ends and a body begins."""

from __future__ import annotations

import re
import unicodedata

from index.readers.datelines import dateline_of

_NEWLINES = re.compile("\r\n?|\x85")
_C1_NEWLINES = re.compile("\r\n?")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_C0_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")

_SENTENCE_END = re.compile(r"[۔؟।]|[.!?](?=[\s\"'”’)]|$)")
_ENDS_SENTENCE = re.compile(r"[۔؟।.!?][\"'”’)]?$")
_CLAUSE_END = re.compile(r"[،؛,;]\s|\s[–—-]\s")
_MARKED = re.compile(r"[*_]{1,3}([^*_]+)[*_]{1,3}")
"""A line in bold as chats and Markdown write it."""
_MIN_SENTENCE = 30  # "Dr." and "ISLAMABAD." are no sentences
_WRAP_WIDTHS = (40, 100)  # of the longest line of hard-wrapped text
_MANY_LINES = 20


def scrub(text: str, *, keep_c1: bool = False) -> str:
    """Remove what no text may hold; leave everything a writer can have meant.

    NUL and other control characters upset databases and terminals, lone surrogates cannot be
    written to a file at all, and CRLF would make two texts of one. `keep_c1` leaves the controls that
    stand for bytes of letters in text that was read wrongly, until `mended` has seen it.
    """
    if not _SUSPECT.search(text):
        return text
    text = (_C1_NEWLINES if keep_c1 else _NEWLINES).sub("\n", text)
    text = (_C0_CONTROLS if keep_c1 else _CONTROLS).sub("", text)
    text = _SURROGATES.sub("\ufffd", text)
    return text[1:] if text.startswith("\ufeff") else text


def one_line(text: str) -> str:
    """Collapse white space, for titles, names and tags."""
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether there is a letter or digit to search by."""
    return any(character.isalnum() for character in text)


def split_headline(text: str, *, headline_chars: int, title_chars: int) -> tuple[str, str]:
    """Take a text's headline off its body.

    The first line is the headline if it is short enough to be one and does not open the prose with a
    dateline. Otherwise the title is cut from the first sentence and the body keeps everything, so that
    nothing is lost; so it is with a text of one line that holds more than one sentence.
    """
    text = text.strip()
    first, _, rest = text.partition("\n")
    headline = one_line(first)
    if marked := _MARKED.fullmatch(headline):
        headline = marked[1]
    is_headline = len(headline) <= headline_chars and not headline.endswith(":")
    if is_headline and has_words(headline) and not _is_wrapped(text) and not _is_prose(first, rest):
        return headline, rest.strip()
    return derive_title(text, title_chars), text


def _is_prose(first: str, rest: str) -> bool:
    """Whether a first line is the first paragraph of the text, by its dateline or its sentences."""
    first = first.strip()
    if not _ENDS_SENTENCE.search(first):
        return False
    ends = [end.start() for end in _SENTENCE_END.finditer(first) if end.start() >= _MIN_SENTENCE]
    return dateline_of(first) is not None or (not rest.strip() and len(ends) > 1)


def without_headline(body: str, title: str) -> str:
    """A body that does not begin with its headline once more, where it would count twice."""
    first, _, rest = body.partition("\n")
    return rest.strip() if rest.strip() and one_line(first) == title else body


def derive_title(text: str, limit: int) -> str:
    """Return the first sentence, or as much of it as fits, cut where a clause or a word ends.

    It begins after the dateline, if the text has one.
    """
    text = text.lstrip()
    dateline = dateline_of(text)
    start = one_line(text[dateline.end if dateline else 0 :][: limit * 8]) or one_line(text)
    for end in _SENTENCE_END.finditer(start):
        if end.start() > limit:
            break
        if end.start() >= _MIN_SENTENCE:
            return start[: end.start()].rstrip() + start[end.start()].strip("۔.")
    if len(start) <= limit:
        return start.rstrip("۔.")
    cut = max((m.start() for m in _CLAUSE_END.finditer(start, limit // 2, limit)), default=0)
    cut = cut or start.rfind(" ", limit // 2, limit) + 1 or _letter_border(start, limit)
    return start[:cut].rstrip(" ،؛,;:–—-") + "…"


def _letter_border(text: str, cut: int) -> int:
    """Move a cut inside a word back to where no mark or joiner is parted from its letter."""
    while cut > 1 and (unicodedata.combining(text[cut]) or text[cut] in "\u200c\u200d"):
        cut -= 1
    return cut


def _is_wrapped(text: str) -> bool:
    """Whether the first paragraph is hard-wrapped: its first line is then half a sentence.

    In wrapped text no line has room for the first word of the next.
    """
    lines = [line.strip() for line in text.partition("\n\n")[0].split("\n", _MANY_LINES)]
    widths = [len(line) for line in lines[:-1]]
    if len(widths) < 2 or not _WRAP_WIDTHS[0] <= max(widths) <= _WRAP_WIDTHS[1]:
        return False
    words = [len(line.partition(" ")[0]) for line in lines[1:]]
    return all(a + 1 + b > max(widths) for a, b in zip(widths, words, strict=True))


def shown_member(name: str) -> str:
    """Write the name of a file in an archive as ids and reports have it: archives hold names that no text may
    hold."""
    return one_line(scrub(name))
