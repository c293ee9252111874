"""Cursors: how a program asks for the next page of the very answer it has begun to read.

A cursor is opaque to the client. It holds the generation, the page that comes next and a digest of
the question, so that pages of two indexes or of two questions are never joined unnoticed. It is no
secret and gives no right: who makes one up gets a page of his own question, or an error.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, replace

from index.errors import CursorExpiredError, RequestError
from search.models import SearchRequest, SearchResponse
from web.parameters import MAX_CURSOR_CHARS, to_args

_FORM = re.compile(r"1\n([\w-]{1,80})\n(\d{1,9})\n([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """Where an answer goes on: page `page` of the question `digest` in `generation`."""

    generation: str
    page: int
    digest: str

    def __str__(self) -> str:
        plain = f"1\n{self.generation}\n{self.page}\n{self.digest}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    def check(self, generation: str) -> None:
        """Raise CursorExpiredError unless this is the generation that answered."""
        if generation != self.generation:
            raise CursorExpiredError(
                "The index was rebuilt since this cursor was given.",
                parameter="cursor",
                hint="Ask again without a cursor, from the first page.",
            )


def read(text: str, asked: SearchRequest) -> Cursor:
    """The cursor a client sent with a question. Raises RequestError when it is not one for it."""
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = _FORM.fullmatch(plain.decode("ascii"))
    except (binascii.Error, ValueError):
        found = None
    if found is None or len(text) > MAX_CURSOR_CHARS or not int(found[2]):
        raise RequestError(
            "The cursor is none that was given here.",
            parameter="cursor",
            hint="Take it as it is from `next` in an answer.",
        )
    if found[3] != _digest(asked):
        raise RequestError(
            "The cursor belongs to another question.",
            parameter="cursor",
            hint="Repeat all the parameters of the first page, and add the cursor.",
        )
    return Cursor(found[1], int(found[2]), found[3])


def after(response: SearchResponse, window: int) -> str | None:
    """The cursor to the page after this one; None when there is none, or paging goes no further."""
    asked = response.request
    end = asked.page * asked.size
    if end >= min(response.total.reachable, window):
        return None
    return str(Cursor(response.generation, asked.page + 1, _digest(asked)))


def _digest(asked: SearchRequest) -> str:
    """Stands for the question, whichever page of it."""
    question = repr(to_args(replace(asked, page=1), size=0))
    return hashlib.blake2b(question.encode("utf-8", "replace"), digest_size=8).hexdigest()
