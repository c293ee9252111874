"""Answers are sent compressed to who takes them so: a page of results shrinks to a quarter.

Nothing secret is ever in an answer beside what a reader typed, so its size tells nothing (BREACH): a
token comes with requests only, pages hold no token of a form, and of the cookie they show nothing but
words of a fixed list.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_compress import Compress

ENCODINGS = ("zstd", "br", "gzip")
"""What is offered, the least work for its size first."""
STREAM_ENCODINGS = ("zstd", "gzip")
"""For what is sent while it is made. Brotli holds back megabytes before its first byte."""
MEDIA = (
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "text/plain",
    "image/svg+xml",
    "application/json",
    "application/jsonl",
    "application/problem+json",
    "application/atom+xml",
    "application/opensearchdescription+xml",
    "application/x-suggestions+json",
)
"""Kinds of text that we answer with. Fonts (WOFF2) are compressed as they are."""


def install(app: Flask) -> None:
    """Compress the app's answers, streams too; very short ones are sent as they are.

    An ETag of ours is weak and stands for all encodings of an answer, so a 304 needs none.
    """
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=MEDIA,
        COMPRESS_ALGORITHM=ENCODINGS,
        COMPRESS_ALGORITHM_STREAMING=STREAM_ENCODINGS,
    )
    compress = Compress(app)

    @app.after_request
    def shrink(response: Response) -> Response:
        # The library takes an encoding that is refused by `q=0`, and a part of a file for the whole.
        wanted = any(request.accept_encodings.quality(each) for each in ENCODINGS)
        if wanted and response.status_code != 206:
            return compress.after_request(response)
        response.vary.add("Accept-Encoding")
        return response
