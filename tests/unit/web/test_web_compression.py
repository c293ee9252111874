"""Answers are the same whichever way they are packed."""

from __future__ import annotations

import gzip
from urllib.parse import quote

import brotli
import pytest
from flask import Response, stream_with_context
from flask_compress.compat import compression as packed

from web.http.app import create_app
from web.middleware import compression
from web.settings import Settings

UNPACK = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": packed.zstd.decompress}
WORD = quote("پولیس")
LONG = [f"/?q={WORD}", "/documents/en/0-0.html", "/settings", f"/api/v1/search?q={WORD}",
        f"/api/v1/facets?q={WORD}", "/api/v1/openapi.json", f"/feed.atom?q={WORD}", "/opensearch.xml",
        f"/export.csv?q={WORD}", f"/export.jsonl?q={WORD}", "/static/talash.css", "/static/talash.js",
        "/static/icon.svg"]  # fmt: skip


def test_every_encoding_can_be_unpacked():
    assert set(UNPACK) == set(compression.ENCODINGS)


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize("address", LONG)
def test_what_is_packed_is_what_was_said(client, address, encoding):
    plain = client.get(address)
    answer = client.get(address, headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in plain.headers
    for each in (plain, answer):
        assert "Accept-Encoding" in each.headers["Vary"]
    if len(plain.data) < 500:
        assert answer.data == plain.data
        return
    streamed = address.startswith(("/static/", "/export."))
    files = streamed and encoding not in compression.STREAM_ENCODINGS
    assert answer.headers.get("Content-Encoding") == (None if files else encoding)
    if files:
        assert answer.data == plain.data
        return
    assert len(answer.data) < len(plain.data)
    unpacked = UNPACK[encoding](answer.data)
    if not address.startswith("/api/v1/") or "openapi" in address:  # the others hold timings
        assert unpacked == plain.data
    assert answer.headers.get("Content-Length", len(answer.data)) in (
        str(len(answer.data)),
        len(answer.data),
    )
    assert answer.headers["Cache-Control"] == plain.headers["Cache-Control"]


@pytest.mark.parametrize("address", [f"/api/v1/search?q={WORD}", f"/feed.atom?q={WORD}"])
def test_a_tag_stands_for_every_packing(client, address):
    tags = {
        client.get(address, headers={"Accept-Encoding": each}).headers["ETag"]
        for each in (*UNPACK, "identity")
    }
    (tag,) = tags
    for each in (*UNPACK, "identity"):
        answer = client.get(address, headers={"Accept-Encoding": each, "If-None-Match": tag})
        assert answer.status_code == 304
        assert not answer.data
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_file_that_is_had_already_is_not_sent_again(client):
    for each in (*UNPACK, "identity"):
        known = client.get("/static/talash.css", headers={"Accept-Encoding": each}).headers["ETag"]
        headers = {"Accept-Encoding": each, "If-None-Match": known}
        assert client.get("/static/talash.css", headers=headers).status_code == 304


def test_a_part_of_a_file_is_that_part_of_it(client):
    whole = client.get("/static/talash.css").data
    for encoding in UNPACK:
        headers = {"Range": "bytes=100-1999", "Accept-Encoding": encoding}
        part = client.get("/static/talash.css", headers=headers)
        assert part.status_code == 206
        assert part.data == whole[100:2000]


def test_what_is_short_or_packed_already_is_left_alone(client):
    for address in ("/healthz", "/api/v1/search", "/nowhere", f"/static/{font(client)}"):
        answer = client.get(address, headers={"Accept-Encoding": "gzip, br, zstd"})
        assert "Content-Encoding" not in answer.headers


def font(client) -> str:
    page = client.get("/?ui=ur").get_data(as_text=True)
    return page.partition('href="/static/fonts/')[2].partition('"')[0].join(("fonts/", ""))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.1, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("gzip;q=0, br;q=0, zstd;q=0", None),
        ("identity", None),
        ("deflate, compress", None),
        ("", None),
        ("پولیس".encode().decode("latin-1"), None),
    ],
)
def test_the_client_chooses(client, accepted, encoding):
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding


@pytest.mark.parametrize("encoding", compression.STREAM_ENCODINGS)
def test_a_stream_stays_one(engine, encoding):
    """The first lines are packed before the last are made."""
    app = create_app(Settings(), engine)
    made = []

    @app.get("/stream")
    def stream() -> Response:
        def lines():
            for number in range(20_000):
                made.append(number)
                yield f'{{"id": "{number * 7919 % 20_011}", "title": "پولیس"}}\n'.encode()

        return Response(stream_with_context(lines()), mimetype="application/jsonl")

    answer = app.test_client().get("/stream", headers={"Accept-Encoding": encoding})
    chunks = iter(answer.response)
    first = next(chunks)
    assert len(made) < 20_000
    whole = UNPACK[encoding](first + b"".join(chunks))
    assert whole.count(b"\n") == len(made) == 20_000
    assert "Content-Length" not in answer.headers
