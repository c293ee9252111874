"""The file an article was read from, for readers who want to see the page itself.

It is served only where `web.originals` names the folder it lies in. What it holds comes from anybody:
only PDF and pictures of points are shown, by the browser's own viewer; all else is saved, and the headers
of every page of ours keep scripts in it from running here.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from flask import Response, send_file, url_for

from index.documents import Document, page_at
from index.errors import InputError, NotFoundError
from index.readers.content import Content
from index.readers.detection.registry import format_of
from index.readers.originals.original import original_of
from search.models import DocumentView
from web.context import settings

_ANY = "application/octet-stream"
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
"""How the pictures begin that every browser shows: what a file is called is not asked."""


def sent(document: Document) -> Response:
    """The file that a document was read from, as it is. Raises NotFoundError, which says why not."""
    try:
        content = original_of(document, settings().web.originals)
        shown_as, file = _shown_as(content), content.open_raw()
    except InputError as error:
        raise NotFoundError(
            f"No original of this document: {error.message}", hint=error.hint
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotFoundError(f"No original of this document: {reason}") from None
    name = PurePosixPath(content.name).name or "original"
    response = send_file(
        file,
        mimetype=shown_as or _ANY,
        as_attachment=not shown_as,
        download_name=name,
        etag=False,
    )
    response.headers["Cache-Control"] = "private, no-cache"
    if not shown_as:
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _shown_as(content: Content) -> str:
    """The media type as which a browser shows a file without running anything of it; else ""."""
    with content.open_raw() as file:
        head = file.read(8)
    for signature, media_type in _PICTURES:
        if head.startswith(signature):
            return media_type
    try:
        return "application/pdf" if format_of(content).name == "pdf" else ""
    except InputError:
        return ""


def address(document: Document) -> str:
    """Where a document's file is; "" where files are not shown."""
    if not settings().web.originals or not document.origin:
        return ""
    return url_for("pages.original", id=document.id)


def page_found(shown: DocumentView, document: Document) -> int:
    """The page of its file that the search leads to: that of the first word marked in the closest passage,
    or at all. 0 where there are no pages."""
    best = next((each for each in shown.passages if each.best and each.ordinal >= 0), None)
    marks = [span.start for span in shown.body_spans]
    if best:
        marks = [place for place in marks if best.start <= place < best.end] + [best.start]
    return page_at(document.extra, marks[0] if marks else 0)
