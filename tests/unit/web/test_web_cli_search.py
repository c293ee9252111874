"""What people see of an answer in a terminal, and the commands beside `talash search`."""

from __future__ import annotations

import io
import json
import re
import webbrowser
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import web.service
from search.models import (
    QueryInfo,
    RelatedDocument,
    SearchRequest,
    Snippet,
    Span,
)
from web.cli import main as cli
from web.cli import terminal_hits
from web.cli.terminal_hits import marked, plain, say

STORY = RelatedDocument(
    "ur/1", "کراچی میں بارش", "ur", date(2026, 1, 7), "نیا دور", "https://x.example/1", "story", 0.9
)


@pytest.fixture
def engine(monkeypatch) -> Desk:
    fake = Desk()
    monkeypatch.setattr(web.service, "open_engine", lambda settings, **_: fake)
    return fake


@pytest.fixture
def run(engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("TALASH_DATA", "TALASH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return lambda *args: CliRunner().invoke(cli.main, [str(each) for each in args])


# --- marks ---


def printed(pieces, **more) -> str:
    """What a colour terminal is sent."""
    told = io.StringIO()
    console = Console(file=told, force_terminal=True, color_system="standard", width=60, **more)
    say(console, *pieces)
    return told.getvalue()


def test_kinds_of_marks_differ_without_colour():
    text = "abc"
    spans = [Span(0, 1, "exact"), Span(1, 2, "variant"), Span(2, 3, "meaning")]
    sent = printed(marked(text, spans))
    codes = [set(code.split(";")) for code in re.findall(r"\x1b\[([\d;]+)m[abc]", sent)]
    colours = {str(number) for number in range(30, 38)}
    assert [code - colours for code in codes] == [{"1", "4"}, {"4"}, {"3"}]


def test_an_unsure_mark_is_dim():
    sure, unsure = (printed(marked("a", [Span(0, 1, "meaning", "b", s)])) for s in (0.5, 0.4))
    assert "\x1b[3;" in sure
    assert "\x1b[2;3;" in unsure


@given(st.text())
def test_a_terminal_obeys_nothing_in_a_text(text):
    shown = plain(text)
    assert all(each >= " " and not "\x7f" <= each <= "\x9f" for each in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )


def test_no_terminal_gets_texts_as_they_are(run):
    shown = run("search", "پولیس").stdout
    assert "پولیس کی تربیت" in shown
    assert "\x1b" not in shown


# --- hits ---


def response(**changes):
    found = Desk().search(SearchRequest("police", size=1))
    hit = replace(found.hits[0], **changes)
    return replace(found, hits=(hit,))


def test_all_of_a_hit_is_shown(capsys):
    second = Snippet("Citizens welcomed it.", "en", "keyword", 90, True, False, (), page=4)
    copy = replace(STORY, id="en/copy", relation="copy")
    terminal_hits.results(response(second=second, stories=(STORY,), copies=(copy,), folded=4))
    out = capsys.readouterr().out
    assert "   … Citizens welcomed it. (page 4)\n" in out
    assert "   Same story, Urdu: کراچی میں بارش\n" in out
    assert "   Nearly the same: en/copy and 3 more\n" in out


def test_what_was_meant_is_asked(capsys):
    understood = QueryInfo("en", ("polise",), did_you_mean=("police", "پولیس"))
    terminal_hits.results(replace(response(), understood=understood))
    assert "Did you mean: police | پولیس\n" in capsys.readouterr().err


def test_the_reasons_are_shown_when_asked_for(run):
    plain, explained = run("search", "barish"), run("search", "barish", "--explain")
    assert "Score" not in plain.stdout
    assert re.search(r"\n     keyword: no\. 1, score \d\.\d{4}, share 0\.\d{4}\n", explained.stdout)
    assert re.search(r"\n     barish → بارش: \d\.\d{4}\n", explained.stdout)


# --- --open ---


@pytest.fixture
def opened(monkeypatch):
    seen = []
    monkeypatch.setattr(webbrowser, "open", lambda url: seen.append(url) or True)
    return seen


def test_a_hit_is_opened_by_its_number(run, engine, opened):
    hits = engine.search(SearchRequest("police", size=3, page=2)).hits
    result = run("search", "police", "--size", "3", "--page", "2", "--open", "5")
    assert result.exit_code == 0
    assert opened == [hits[1].url]
    assert f"Opening {hits[1].url}" in result.stderr


@pytest.mark.parametrize("number", ["0", "-1", "4", "99"])
def test_a_hit_that_is_not_there_is_not_opened(run, opened, number):
    result = run("search", "police", "--size", "3", "--open", number)
    assert (result.exit_code, opened) == (2, [])
    assert f"no result {number}" in result.stderr


def test_only_web_addresses_are_opened(run, engine, opened):
    hits = engine.search(SearchRequest("police", size=30)).hits
    number = next(at for at, hit in enumerate(hits, 1) if hit.url.startswith("javascript:"))
    result = run("search", "police", "--size", "30", "--open", number)
    assert (result.exit_code, opened) == (2, [])
    assert "no web address" in result.stderr


def test_a_browser_that_cannot_be_opened_is_an_error(run, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    result = run("search", "police", "--open", "1")
    assert result.exit_code == 1
    assert "http" in result.stderr.partition("No browser could be opened.")[2]


# --- suggest, related ---


def test_suggest(run):
    result = run("suggest", "bud", "--size", "3")
    assert result.exit_code == 0
    assert result.stdout.count("title") == 1
    assert len(result.stdout.splitlines()) == 3
    assert "Nothing begins like that." in run("suggest", "zzzz").stderr
    assert run("suggest", "pol", "--size", "21").exit_code == 2


def test_related(run):
    result = run("related", "en/0-1.html", "--size", "1")
    copied = run("related", "en/2-13.html", "--size", "1")
    assert result.exit_code == copied.exit_code == 0
    for heading in ("The same story", "More like this"):
        assert heading in result.stdout
    assert "Nearly the same text" in copied.stdout
    missing = run("related", "none")
    assert (missing.exit_code, missing.stdout) == (2, "")


def test_what_they_print_as_json_is_the_apis_own(run, app):
    client = app.test_client()
    for args, address in (
        (("suggest", "pol"), "/api/v1/suggest?q=pol"),
        (("related", "en/0-1.html"), "/api/v1/related?id=en/0-1.html"),
    ):
        assert json.loads(run(*args, "--json").stdout) == client.get(address).get_json()
