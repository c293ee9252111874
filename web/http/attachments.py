"""From a message to what came with it, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from index.documents import ATTACHED_TO, ATTACHMENTS, Document
from index.errors import NotFoundError
from web.context import engine

_MOST = 50


def attachments_of(message: Document) -> list[Document]:
    """The documents that came with a message, as far as they are there."""
    names = message.extra.get(ATTACHMENTS, ())[:_MOST]
    found = (_first(f"{place}/{name}" for place in _places(message.id)) for name in names)
    return [each for each in found if each and each.extra.get(ATTACHED_TO) == message.title]


def message_of(attached: Document) -> Document | None:
    """The message that a document came with."""
    title, own = attached.extra.get(ATTACHED_TO), attached.extra.get("message")
    if not title:
        return None
    places = list(_places(attached.id))[1:]
    ids = [id for place in places for id in ((f"{place}/{own}", place) if own else (place,))]
    message = _first(ids)
    return message if message and message.title == title else None


def _places(id: str) -> Iterator[str]:
    """An id, and those of what a document may lie in, from the inside."""
    place = id
    while place:
        yield place
        place, _, _ = place.rpartition("/" if "/" in place else "#")


def _first(ids: Iterable[str]) -> Document | None:
    for id in ids:
        with suppress(NotFoundError):
            return engine().stored(id)
    return None
