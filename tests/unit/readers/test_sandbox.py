"""The child that parses: what it may not do, and what becomes of a file that costs too much."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from containers import TITLE, docx, paragraph

import index
from index.errors import InputError
from index.readers import ReaderConfig
from index.readers.content import Content
from index.readers.records import BadRecord, Member, Note, Record
from index.readers.sandbox.parent import close_sandbox, config_from_json, config_to_json, sandboxed

HOSTILE = """
import os, socket, subprocess, time
from pathlib import Path
from index.errors import InputError
from index.readers.content import Content
from index.readers.records import BadRecord, Member, Note, Record

def everything(content, config):
    with content.open_raw() as one, content.open_raw() as two:
        assert one.read(2) == b"he"
        assert two.read() == b"hello"
        two.seek(-2, 2)
        assert two.read() == b"lo" and one.read(1) == b"l"
    yield Record(1, {"title": "سرخی\\ud800", "n": [1, None]}, headline_inside=True, pages=(0, 5))
    yield BadRecord(2, "bad")
    yield Note("noted", 3)
    yield Member(Content.of_bytes("a.bin", bytes(range(256)) * 5000, "text/html"), {"url": "x"})

def spin(content, config):
    yield Note("begun")
    while True:
        pass

def sleep(content, config):
    time.sleep(60)
    yield Note("awake")

def grow(content, config):
    yield Note("begun")
    rows = []
    while True:
        rows.append(bytes(10_000_000))

def die(content, config):
    yield Note("begun")
    os._exit(3)

def refuse(content, config):
    raise InputError("no.", hint="Mend it.")
    yield

def break_(content, config):
    yield Note("begun")
    raise KeyError("what")

def endless(content, config):
    while True:
        yield Note("more")

def try_(content, config):
    tries = {
        "write": lambda: open("/tmp/talash-sandbox-test", "w"),
        "append": lambda: os.open("/tmp/talash-sandbox-test", os.O_WRONLY | os.O_CREAT),
        "socket": lambda: socket.socket(),
        "connect": lambda: socket.create_connection(("127.0.0.1", 9)),
        "program": lambda: subprocess.run(["true"]),
        "system": lambda: os.system("true"),
        "fork": lambda: os.fork(),
        "remove": lambda: os.remove("/tmp/nothing"),
    }
    for name, attempt in tries.items():
        try:
            attempt()
        except PermissionError:
            continue
        except Exception as error:
            yield Note(f"{name}: {error!r}")
        else:
            yield Note(name)
    yield Note(f"environment {sorted(os.environ)}")
"""


SHADOW = """
__path__ = [{real!r}]
import index.readers.formats
index.readers.formats.__path__.append({here!r})
"""
"""A package `index` that is the product's, with a format more."""


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Reads as something that got hold of a parser would."""
    (tmp_path / "index").mkdir()
    (tmp_path / "hostile.py").write_text(HOSTILE, "utf-8")
    shadow = SHADOW.format(real=str(Path(index.__file__).parent), here=str(tmp_path))
    (tmp_path / "index" / "__init__.py").write_text(shadow, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("TALASH_WEB_TOKEN", "a secret of the server")
    close_sandbox()

    def read(function: str, **limits: int) -> Iterator[Any]:
        config = ReaderConfig(**{"max_parse_seconds": 2, "max_parse_bytes": 256 * 2**20, **limits})
        reader = sandboxed(f"index.readers.formats.hostile:{function}")
        return reader(Content.of_bytes("a", b"hello"), config)

    yield read
    close_sandbox()


def test_all_that_a_reader_yields_comes_back(hostile) -> None:
    record, bad, note, member = hostile("everything")
    assert record == Record(1, {"title": "سرخی\ud800", "n": [1, None]}, True, pages=[0, 5])
    assert (bad, note) == (BadRecord(2, "bad"), Note("noted", 3))
    assert isinstance(member, Member)
    assert (member.content.name, member.content.media_type) == ("a.bin", "text/html")
    assert member.fields == {"url": "x"}
    assert member.content.open_raw().read() == bytes(range(256)) * 5000


@pytest.mark.long
@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("spin", "2 seconds"),
        ("sleep", "2 seconds"),
        ("grow", "256 MB"),
        ("die", "code 3"),
        ("refuse", "no. Mend it."),
        ("break_", "KeyError"),
    ],
)
def test_a_file_that_costs_too_much_is_reported_and_the_next_is_read(
    hostile, function: str, said: str
) -> None:
    began = time.monotonic()
    with pytest.raises(InputError) as refused:
        list(hostile(function))
    assert said in str(refused.value)
    assert time.monotonic() - began < 90
    assert len(list(hostile("everything"))) == 4


def test_what_is_yielded_for_ever_can_be_left(hostile) -> None:
    endless = hostile("endless")
    assert [next(endless) for _ in range(50)] == [Note("more")] * 50
    endless.close()
    assert len(list(hostile("everything"))) == 4


def test_parsers_write_nothing_ask_nobody_and_start_nothing(hostile) -> None:
    (said,) = hostile("try_")
    assert "environment" in said.reason
    assert "TOKEN" not in said.reason
    assert not Path("/tmp/talash-sandbox-test").exists()


def test_the_limits_survive_the_trip() -> None:
    config = ReaderConfig(max_file_bytes=7, ocr=True)
    assert config_from_json(config_to_json(config)) == config


def test_only_readers_of_formats_run(tmp_path) -> None:
    reader = sandboxed("os:listdir")
    with pytest.raises(InputError, match="no reader"):
        list(reader(Content.of_bytes("a", b""), ReaderConfig()))


def test_the_next_file_is_read_after_one_that_was_not_wanted() -> None:
    reader = sandboxed("index.readers.formats.office.docx:read_docx")
    raw = docx(paragraph(TITLE) + paragraph("متن"))
    unfinished = reader(Content.of_bytes("a.docx", raw), ReaderConfig())
    next(unfinished)
    unfinished.close()
    assert len(list(reader(Content.of_bytes("a.docx", raw), ReaderConfig()))) == 1
    close_sandbox()
    assert len(list(reader(Content.of_bytes("a.docx", raw), ReaderConfig()))) == 1


def test_one_child_serves_many_files() -> None:
    reader = sandboxed("index.readers.formats.office.docx:read_docx")
    content = Content.of_bytes("a.docx", docx(paragraph(TITLE)))
    list(reader(content, ReaderConfig()))
    began = time.monotonic()
    for _ in range(20):
        list(reader(content, ReaderConfig()))
    assert time.monotonic() - began < 20
