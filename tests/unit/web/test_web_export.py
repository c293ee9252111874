"""Exports as a client gets them: CSV and JSON Lines, streamed, whatever the articles hold."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import quote, unquote

import pytest
from click.testing import CliRunner
from desk import Desk
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import run_wsgi_app

import web.service
from index.documents import Document
from index.errors import IndexDamagedError, IndexMissingError
from search.config import SearchConfig
from search.models import Degraded, Export, Exported, Notice, SearchRequest
from web import context
from web.cli import main as cli
from web.formats import tables
from web.http.app import create_app
from web.serving.server import Server
from web.serving.sockets import listen
from web.settings import Settings, WebConfig

KINDS = ("csv", "jsonl")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def exported(number: int, text: str = "x") -> Exported:
    return Exported(f"a/{number}", text, "ur", None, "", "", (), 0.0, "", "", text)


class Many(Desk):
    """An answer of very many documents, which are made while they are taken."""

    def __init__(self, total: int, failing: int = -1) -> None:
        super().__init__()
        self.total, self.failing, self.given = total, failing, 0
        self.ended = threading.Event()

    def export(self, request: SearchRequest) -> Export:
        return Export(request, self.total, 0, self._rows(), self.served)

    def _rows(self) -> Iterator[Exported]:
        try:
            for number in range(self.total):
                if number == self.failing:
                    raise IndexDamagedError("gone")
                self.given += 1
                yield exported(number, "خبر " * 200)
        finally:
            self.ended.set()


def test_all_hits_are_exported_in_order(client: FlaskClient, engine: Desk):
    rows = [json.loads(line) for line in client.get("/export.jsonl?q=programme").data.splitlines()]
    listed = client.get("/api/v1/search?q=programme&size=100").get_json()["hits"]
    assert [row["id"] for row in rows] == [hit["id"] for hit in listed]
    assert rows[0]["snippet"] == listed[0]["snippet"]["text"]
    assert list(rows[0]) == list(tables.COLUMNS)
    assert rows[0]["tags"] == listed[0]["tags"]


def test_csv_opens_in_a_spreadsheet(client: FlaskClient):
    response = client.get("/export.csv?q=" + quote("پولیس"))
    assert response.mimetype == "text/csv"
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert list(rows[0]) == list(tables.COLUMNS)
    assert any("پولیس" in row["title"] for row in rows)
    assert {row["tags"] for row in rows} == {"خبر; news", "news"}


FORMULAS = (
    *("=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x"),
)


def test_no_cell_is_a_formula():
    bad = [
        Document(f"{f} police", f"{f} police", "police", "en", None, f, f, (f,)) for f in FORMULAS
    ]
    client = create_app(Settings(), Desk(bad)).test_client()
    rows = {row["id"]: row for row in rows_of(client.get("/export.csv").data)}
    assert sorted(rows) == sorted(f"'{each.id}" for each in bad)
    for each in bad:
        row = rows[f"'{each.id}"]
        for name in ("title", "source", "url", "tags"):
            assert row[name].startswith("'" + each.url), (each.url, name)
    lines = [json.loads(line) for line in client.get("/export.jsonl").data.splitlines()]
    titles = {each.title for each in bad}
    assert {line["title"] for line in lines} == titles, "programs get the text as it is"


def test_a_hostile_article_breaks_no_table():
    text = "police <script>&amp;]]> \x00\x0b\ud800\ufffe کِتاب\u200cیں"
    bad = Document('../<a>&"\x00 کتاب#?', text, text, "en", date(2026, 1, 7), text, "javascript:x")
    client = create_app(Settings(), Desk([bad])).test_client()
    (row,) = csv.DictReader(
        io.StringIO(client.get("/export.csv?q=police").data.decode("utf-8-sig"), newline="")
    )
    assert row["title"] == text.replace("\0", "").replace("\ud800", "\ufffd")


@pytest.mark.parametrize(
    ("query", "plain", "full"),
    [
        ("police training", "talash-police-training.csv", "talash-police-training.csv"),
        ("برف snow", "talash-snow.csv", "talash-برف-snow.csv"),
        ("برف", "talash.csv", "talash-برف.csv"),
        (
            '"../../etc" \r\nSet-Cookie: a',
            "talash-etc-Set-Cookie-a.csv",
            "talash-etc-Set-Cookie-a.csv",
        ),
        ("x" * 900, "talash-" + "x" * 53 + ".csv", "talash-" + "x" * 53 + ".csv"),
    ],
)
def test_files_are_named_after_the_query(client: FlaskClient, query, plain, full):
    named = client.get("/export.csv?q=" + quote(query)).headers["Content-Disposition"]
    found = re.fullmatch(r"attachment; filename=\"([\w.-]+)\"; filename\*=UTF-8''(\S+)", named)
    assert (found[1], unquote(found[2])) == (plain, full)


# --- everything, and how many that is ---


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_paging_reaches(kind):
    limits = SearchConfig(max_page_size=5, window=7)
    engine = Desk(limits=limits)
    client = create_app(Settings(search=limits), engine).test_client()
    answer = client.get(f"/export.{kind}?q=programme")
    found = len(rows_of(answer.data) if kind == "csv" else answer.data.splitlines())
    total = client.get("/api/v1/search?q=programme").get_json()["total"]
    assert found == int(answer.headers["X-Total-Count"]) == total["value"] > total["reachable"] == 7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("question", ["", "?q=", "?q=+&lang="])
def test_without_a_question_it_is_the_archive(client: FlaskClient, engine, kind, question):
    answer = client.get(f"/export.{kind}{question}")
    assert int(answer.headers["X-Total-Count"]) == len(engine.documents)
    assert 'filename="talash.' in answer.headers["Content-Disposition"]
    if kind == "csv":
        assert {row["id"] for row in rows_of(answer.data)} == set(engine.documents)


def test_filters_alone_are_enough(client: FlaskClient, engine):
    found = rows_of(client.get("/export.csv?lang=ur&source=" + quote("نیا دور")).data)
    expected = [d.id for d in engine.documents.values() if (d.lang, d.source) == ("ur", "نیا دور")]
    assert sorted(row["id"] for row in found) == sorted(expected)
    assert expected


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_whole_texts_are_given_to_who_asks(client: FlaskClient, engine, value):
    (*_, row) = rows_of(client.get(f"/export.csv?q=police&body={value}").data)
    assert list(row) == [*tables.COLUMNS, "body"]
    assert row["body"].replace("\r\n", "\n") == engine.documents[row["id"]].body
    line = json.loads(client.get(f"/export.jsonl?body={value}").data.splitlines()[0])
    assert line["body"] == engine.documents[line["id"]].body
    assert "body" not in json.loads(client.get("/export.jsonl").data.splitlines()[0])
    assert client.get("/export.csv?q=police&body=0").status_code == 400


def test_a_formula_in_a_body_is_none(client: FlaskClient):
    data = b"".join(tables.pieces("csv", [exported(1, "=cmd|' /C calc'!A0")], bodies=True))
    (row,) = rows_of(data)
    assert row["title"] == row["body"] == "'=cmd|' /C calc'!A0"


def test_an_empty_answer_is_an_empty_table(client: FlaskClient):
    for kind, expected in (("csv", 1), ("jsonl", 0)):
        answer = client.get(f"/export.{kind}?q=zzzz")
        assert answer.headers["X-Total-Count"] == "0"
        assert len(answer.data.splitlines()) == expected


def test_what_was_not_done_is_told_in_headers(client: FlaskClient, engine: Desk):
    plain = client.get("/export.csv?q=programme").headers
    assert not {"X-Notices", "X-Degraded"} & set(dict(plain))
    engine.notices = (Notice("field-unknown", "x: is no field"), Notice("or-ignored", "OR"))
    engine.degraded = (Degraded("semantic", "encoder-unavailable", "no model"),)
    headers = client.get("/export.csv?q=police").headers
    assert headers["X-Notices"] == "field-unknown, or-ignored"
    assert headers["X-Degraded"] == "semantic"
    assert "ETag" not in headers, "it may soon hold more"


# --- streaming ---


def test_nothing_is_read_before_it_is_sent_and_no_more_than_is_taken(app: Flask):
    engine = Many(100_000)
    app.extensions[context.KEY] = (Settings(), engine)
    environ = app.test_request_context("/export.jsonl").request.environ
    stream, status, headers = run_wsgi_app(app, environ)
    assert (status, headers["X-Total-Count"]) == ("200 OK", "100000")
    assert "Content-Length" not in headers
    first = next(iter(stream))
    assert len(first) < 1_000_000
    assert engine.given < 1_000
    stream.close()
    assert engine.ended.is_set()


@pytest.mark.parametrize("kind", KINDS)
def test_head_tells_how_many_without_reading_any(app: Flask, kind):
    engine = Many(1_000)
    app.extensions[context.KEY] = (Settings(), engine)
    for _ in range(20):  # more than may be under way at a time
        answer = app.test_client().head(f"/export.{kind}?q=x")
        answer.close()
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["X-Total-Count"] == "1000"
        assert answer.headers["ETag"]
        assert "Content-Length" not in answer.headers
    assert engine.given == 0


@pytest.mark.parametrize("kind", KINDS)
def test_who_has_it_gets_304_without_a_search(client: FlaskClient, engine: Desk, kind):
    address = f"/export.{kind}?q=police"
    tag = client.get(address).headers["ETag"]
    asked = len(engine.asked)
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, len(engine.asked)) == (304, b"", asked)
    assert client.get(address + "&body=1", headers={"If-None-Match": tag}).status_code == 200
    engine.served = "g-0002"
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_thread_is_left_for_others():
    app = create_app(Settings(web=WebConfig(threads=4)), Many(10_000))
    environ = app.test_request_context("/export.csv").request.environ
    running = [run_wsgi_app(app, dict(environ)) for _ in range(2)]
    for stream, status, _ in running:
        next(iter(stream))
        assert status == "200 OK"
    refused = app.test_client().get("/export.csv")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate-limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert app.test_client().get("/api/v1/search?q=police").status_code == 200
    running[0][0].close()
    assert app.test_client().get("/export.csv").status_code == 200
    for _ in running[1][0]:
        pass  # one that was taken to its end makes room, too
    assert [app.test_client().get("/export.csv").status_code for _ in range(3)] == [200] * 3
    app.extensions[context.KEY] = (Settings(), Desk(failure=IndexMissingError("none")))
    assert [app.test_client().get("/export.csv").status_code for _ in range(5)] == [503] * 5


@contextmanager
def serving(engine: Many) -> Iterator[int]:
    """A server of this engine: its port."""
    found = listen(WebConfig(port=0))
    server = Server(create_app(Settings(), engine), found.sockets, 2)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield found.sockets[0].getsockname()[1]
    server.stop()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def server() -> Iterator[tuple[Many, int]]:
    engine = Many(1_000_000)
    with serving(engine) as port:
        yield engine, port


def begun(port: int) -> socket.socket:
    """A client that has asked and taken the beginning."""
    client = socket.create_connection(("127.0.0.1", port), 30)
    client.sendall(b"GET /export.jsonl HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert client.recv(4_096).startswith(b"HTTP/1.1 200 OK")
    return client


def test_a_client_that_goes_away_ends_the_work(server):
    engine, port = server
    client = begun(port)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    assert engine.ended.wait(30)
    assert engine.given < engine.total
    begun(port).close()  # and its place is free again


def test_a_client_that_reads_slowly_holds_up_the_reading(server):
    engine, port = server
    client = begun(port)
    given = -1
    while given != engine.given:
        given = engine.given
        assert not engine.ended.wait(1)
    assert given < engine.total / 5
    client.close()


def test_a_failure_in_the_middle_is_no_whole_file():
    data = b""
    with serving(Many(1_000, failing=900)) as port:
        client = begun(port)
        while piece := client.recv(65_536):
            data += piece
    assert data
    assert not data.endswith(b"0\r\n\r\n"), "the end of a chunked answer that is whole"


# --- the command ---


@pytest.fixture
def run(monkeypatch, tmp_path):
    engine = Desk()
    monkeypatch.setattr(web.service, "open_engine", lambda settings, **_: engine)
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke
    return lambda *args: run(cli.main, ["export", *args]), engine


def test_the_command_gives_what_the_address_gives(run, client: FlaskClient):
    command, engine = run
    done = command("programme", "--lang", "ur", "--body")
    assert done.exit_code == 0
    assert done.stdout_bytes == client.get("/export.jsonl?q=programme&lang=ur&body=1").data
    assert done.stderr == f"Articles: {len(done.stdout.splitlines())}.\n"
    assert engine.closed


def test_the_command_writes_a_file_of_the_kind_its_name_says(run, tmp_path):
    command, engine = run
    done = command("-o", "all.CSV")
    total = len(engine.documents)
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "",
        f"Articles: {total}, 2 of them copies of others, in all.CSV.\n",
    )
    assert len(rows_of((tmp_path / "all.CSV").read_bytes())) == total
    assert command("--source", "Daily Sahar", "-o", "x.txt").exit_code == 0
    assert json.loads((tmp_path / "x.txt").read_text("utf-8").splitlines()[0])["source"]
    assert command("--format", "csv").stdout.startswith("\ufeffid,title")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.CSV", "x.txt"]


def test_the_command_says_what_was_not_done(run):
    command, engine = run
    engine.notices = (Notice("field-unknown", "bfore: is not a field."),)
    engine.degraded = (Degraded("semantic", "encoder-unavailable", "no model"),)
    done = command("police")
    assert "bfore: is not a field." in done.stderr
    assert "semantic search did not answer: no model" in done.stderr


def test_a_file_that_could_not_be_finished_is_not_there(run, tmp_path, monkeypatch):
    command, _ = run
    (tmp_path / "old.csv").write_text("kept")
    monkeypatch.setattr(web.service, "open_engine", lambda *_, **__: Many(50, failing=40))
    for name in ("old.csv", "new.csv"):
        done = command("-o", name)
        assert done.exit_code == 4
        assert "gone" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "kept"
    refused = command("-o", "no/such/folder/x.csv")
    assert (refused.exit_code, "cannot be written" in refused.stderr) == (6, True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_written_to_as_it_is(run, tmp_path):
    command, engine = run
    os.mkfifo(tmp_path / "pipe")
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert command("-o", "pipe").exit_code == 0
    reader.join(10)
    assert len(taken[0].splitlines()) == len(engine.documents)
