"""What was understood, and the links that change it: the block above the hits."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from desk import Desk
from flask.testing import FlaskClient

from search.models import Alternative, SearchRequest, WordReading
from web.cli import terminal_hits
from web.text import INTERFACES, Text

CITIZENS = "شہریوں"


@dataclass(frozen=True)
class Chip:
    """A word as the page shows it."""

    word: str
    attributes: str
    off: bool
    href: str

    @property
    def arguments(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.href).query)


def get(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def chips(page: str) -> dict[str, Chip]:
    block = page.partition('<details class="also"')[2].partition("</details>")[0]
    found = {}
    for attributes, inner in re.findall(r"<dd><a([^>]*)>(.*?)</a></dd>", block):
        word = html.unescape(re.sub(r"<[^>]+>", "", inner))
        (href,) = re.findall(r'href="([^"]*)"', attributes)
        found[word] = Chip(
            word, attributes + inner, 'class="off"' in attributes, html.unescape(href)
        )
    return found


def line(page: str) -> str:
    """The line that says what was searched for."""
    return page.partition('<p class="understood">')[2].partition("</p>")[0]


def links(page: str) -> list[dict[str, list[str]]]:
    """Arguments of every link that goes on with this search, and of none that leaves it."""
    hrefs = [html.unescape(each) for each in re.findall(r'href="([^"#][^"]*)"', page)]
    found = [parse_qs(urlsplit(each).query) for each in hrefs]
    return [each for each in found if "q" in each]


def test_roman_urdu_is_shown_as_it_was_read(client):
    shown = line(get(client, "/?q=barish"))
    assert '<bdi class="resolved" lang="ur" dir="rtl">بارش</bdi>' in shown
    assert 'you typed: <bdi class="asked">barish</bdi>' in shown


def test_the_way_to_the_literal_text_and_back(client, engine: Desk):
    page = get(client, "/?q=barish&lang=en&page=2&size=5")
    (there,) = re.findall(r'href="([^"]+)">Search the literal text instead', page)
    assert parse_qs(urlsplit(html.unescape(there)).query) == {
        "q": ["barish"], "lang": ["en"], "literal": ["1"], "size": ["5"],
    }  # fmt: skip
    literal = get(client, html.unescape(there))
    assert engine.asked[-1].literal
    assert "Searched for the words as typed" in line(literal)
    assert chips(literal) == {}
    (back,) = re.findall(r'href="([^"]+)">Search for those too', literal)
    get(client, html.unescape(back))
    assert engine.asked[-1] == SearchRequest("barish", languages=("en",), size=5)


def test_a_query_in_its_own_script_can_be_taken_literally_too(client):
    page = get(client, "/?q=citizens")
    assert line(page) == "", "nothing was read otherwise than typed"
    assert page.count("Search the literal text instead") == 1


def test_nothing_is_said_where_nothing_was_read_otherwise(client):
    page = get(client, "/?q=zzzz")
    assert 'class="understood"' not in page
    assert 'class="also"' not in page


def test_a_word_is_switched_off_and_on_again(client, engine: Desk):
    on = chips(get(client, "/?q=barish&lang=ur&ui=en&page=2&size=5"))["rain"]
    assert not on.off
    assert 'lang="en" dir="ltr"' in on.attributes
    assert 'aria-label="Do not search for rain"' in on.attributes
    assert 'title="means the same"' in on.attributes
    assert on.arguments == {
        "q": ["barish"], "lang": ["ur"], "size": ["5"], "ui": ["en"], "off": ["rain"],
    }  # fmt: skip
    page = get(client, on.href)
    assert engine.asked[-1].off == ("rain",)
    assert '<details class="also" open>' in page
    off = chips(page)["rain"]
    assert off.off
    assert 'aria-label="Search for rain again"' in off.attributes
    assert "off" not in off.arguments
    other = chips(page)["بارش"]
    assert not other.off
    assert other.arguments["off"] == ["rain", "بارش"]


def test_a_word_that_no_reading_names_can_be_taken_back(client):
    page = get(client, "/?q=citizens&off=gone&off=" + quote(CITIZENS))
    assert re.findall(r"<dt>(.*?)</dt>", page) == ["<bdi>citizens</bdi>", "not searched"]
    assert chips(page)["gone"].off
    assert chips(page)["gone"].arguments["off"] == [CITIZENS]
    assert "gone" in chips(get(client, "/?q=zzzz&off=gone")), "also where it is all there is"
    assert chips(get(client, "/?q=zzzz&off=gone&literal=1")) == {}


def test_the_kind_of_each_alternative_is_told(client, engine: Desk):
    told = (
        Alternative("بارش", "ur", 1.0, "roman"),
        Alternative("rain", "en", 0.6, "meaning"),
        Alternative("کراچی", "ur", 0.9, "sound"),
        Alternative("x", "und", 0.1, "unheard-of"),
    )
    engine.readings = (WordReading("barish", "بارش", told),)
    for ui in INTERFACES:
        found = chips(get(client, f"/?q=barish&ui={ui}"))
        for word, kind in {
            "بارش": "roman",
            "rain": "meaning",
            "کراچی": "sound",
            "x": "other",
        }.items():
            assert f'title="{Text(ui)(f"same-{kind}")}"' in found[word].attributes


def test_best_alternatives_come_first_and_not_all_of_many(client, engine: Desk):
    many = tuple(Alternative(f"w{n}", "en", n / 100, "meaning") for n in range(1, 31))
    engine.readings = (WordReading("many", "", many),)
    assert list(chips(get(client, "/?q=many"))) == [f"w{n}" for n in range(30, 22, -1)]


def test_what_a_word_was_read_as_is_shown_once(client, engine: Desk):
    meaning = Alternative("arrest", "en", 0.5, "meaning")
    rain = (Alternative("بارش", "ur", 1.0, "roman"), Alternative("rain", "en", 0.6, "meaning"))
    engine.readings = (
        WordReading("giraftari", "گرفتاری", (meaning,)),
        WordReading("barish", "بارش", rain),
    )
    terms = re.findall(r"<dt>(.*?)</dt>", get(client, "/?q=giraftari+barish"))
    assert terms == [
        '<bdi>giraftari</bdi> <bdi lang="ur" dir="rtl">گرفتاری</bdi>',
        "<bdi>barish</bdi>",
    ]


def test_words_of_the_archive_stay_text(client, engine: Desk):
    hostile = '"><script>{q}'
    word = Alternative(hostile, 'ur"><b>', 0.5, 'x"><i>')
    engine.readings = (WordReading(hostile, hostile, (word,)),)
    page = get(client, "/?q=bad")
    assert "<script>{q}" not in page
    assert "<b>" not in page
    assert chips(page)[hostile].arguments["off"] == [hostile]


def test_it_is_said_also_where_nothing_was_found(client):
    page = get(client, f"/?q=citizens&tag=none&off={quote(CITIZENS)}")
    assert "Nothing found for" in page
    assert chips(page)[CITIZENS].off


@pytest.mark.parametrize("ui", ["en", "ur"])
@pytest.mark.parametrize("address", ["/?q=citizens&off=A&off=B&size=2&page=3", "/?q=citizens&off=A&off=B&lang=ur&mode=keyword&tag=none"])  # fmt: skip
def test_every_link_keeps_what_the_reader_chose(client, address, ui):
    found = links(get(client, f"{address}&literal=true&ui={ui}"))
    assert len(found) >= 4
    for arguments in found:
        assert arguments["off"] == ["A", "B"]
    literal = [each for each in found if "literal" in each]
    assert len(literal) == len(found) - 1, "all but the way to search by sound and meaning too"


def test_a_document_leads_back_to_what_the_reader_chose(client):
    page = get(client, "/documents/en/0-2.html?q=citizens&off=A&literal=1")
    assert 'href="/?q=citizens&amp;literal=1&amp;off=A"' in page


def test_another_query_begins_afresh(client):
    """The form carries what is off along, and the query it belongs to: it ends with that query."""
    page = get(client, "/?q=citizens&off=شہری&off=B&literal=1")
    fields = dict.fromkeys(
        re.findall(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"", page)
    )
    assert list(fields) == [("for", "citizens"), ("literal", "1"), ("off", "شہری"), ("off", "B")]
    for typed, kept in (("citizens", True), ("+citizens++", True), ("barish", False)):
        page = get(client, f"/?q={typed}&for=citizens&literal=1&off=شہری&lang=ur")
        assert ('name="literal"' in page) == kept
        assert ('name="off" value="شہری"' in page) == kept
        assert 'name="lang" value="ur" form="search" checked' in page, "filters stay"
    assert 'name="for"' not in get(client, "/?q=citizens")


def test_marks_and_evidence_name_the_word_that_was_typed(client):
    urdu, page = (get(client, f"/?q=barish&ui=ur&lang={lang}") for lang in ("ur", "en"))
    assert (
        f'<mark class="meaning" title="{Text("ur")("answers", word="barish")}">rain</mark>' in page
    )
    assert '<th scope="row"><bdi>barish</bdi></th><td><bdi>بارش</bdi></td>' in urdu
    assert re.search(r'<bdi class="word" dir="auto" title="[^"]*barish">rain</bdi>', page)
    typed = get(client, "/?q=rain&ui=ur&lang=en")
    assert '<bdi class="word" dir="auto">rain</bdi>' in typed


def test_a_terminal_obeys_no_word_of_the_archive(engine: Desk, capsys):
    word = Alternative("\x1b[2J", "en", 0.5, "meaning")
    engine.readings = (WordReading("bad", "\x1b]0;x\x07", (word,)),)
    terminal_hits.results(engine.search(SearchRequest("bad")))
    said = capsys.readouterr().err
    assert "Searching for:" in said
    assert "Also searched:" in said
    assert "\x1b" not in said
