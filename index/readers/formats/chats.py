"""Chats as WhatsApp exports them to a text file: a message is an article.

05/03/2024, 10:01 - Daily Example: *Rain in Thar*              [05/03/24, 10:01:22 AM] Daily Example: Rain in Thar
Heavy rain fell in the desert.                                 Heavy rain fell in the desert.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.readers.plain_text import has_words
from index.readers.records import Note, Record

_MESSAGE = re.compile(
    r"^[\u200e\u200f\u202a-\u202e]*\[?(?P<date>\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4})[,،]? +\d{1,2}[:.]\d\d(?:[:.]\d\d)?"
    r"(?:[ \u202f]?[ap]\.?[ ]?m\.?|[ ](?:صبح|شام|قبل دوپہر|بعد دوپہر))?(?:\]|[ ]-)[ ](?P<text>.*)$",
    re.M | re.I,
)
_SENDER = re.compile(r"[\u200e\u200f]*(?P<name>[^:\n]{1,60}): ?")
_LEFT_OUT = re.compile(
    r"[\u200e\u200f<]*(?:(?:media|image|video|audio|sticker|gif|document|contact card) omitted|this message was deleted"
    r"|you deleted this message|null|میڈیا .{0,20}|یہ پیغام حذف .{0,30})[>.]*",
    re.I,
)
_FEWEST = 3


def messages(text: str) -> list[Record | Note]:
    """The messages of a chat, and how much was left out as none; nothing for a text that is no chat."""
    heads = list(_MESSAGE.finditer(text))
    if len(heads) < _FEWEST or text[: heads[0].start()].strip():
        return []
    found: list[Record | Note] = [*_records(text, heads)]
    if len(found) < _FEWEST - 1:
        return []
    if left_out := len(heads) - len(found):
        found.append(Note(f"left out of a chat, as without a text or a sender: {left_out:,} lines"))
    return found


def _records(text: str, heads: list[re.Match[str]]) -> Iterator[Record]:
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for number, (head, end) in enumerate(zip(heads, ends, strict=True), 1):
        sender = _SENDER.match(head["text"])
        if not sender:  # who came, who left
            continue
        body = text[head.start("text") + sender.end() : end].strip()
        if has_words(body) and not _LEFT_OUT.fullmatch(body):
            name = sender["name"].strip()
            fields = {"body": body, "date": head["date"], "source": name, "author": name}
            yield Record(number, fields, headline_inside=True)
