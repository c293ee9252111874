"""Ids, names, dates and invisible letters that lie about what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator

import hostile
import pytest

from web.present import in_the_open

RLO = "\u202e"
BIDI = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
IDS = ["../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "a//b", ".", "..", "%2e%2e%2f", "a?b#c",
       "C:\\x", "con", f"cod.{RLO}fdp.exe", "خبر/۱۲", "<b>", "x" * 512]  # fmt: skip
ROWS = [
    *({"id": id, "title": f"سیلاب شناخت {n}", "body": f"پانی {n}"} for n, id in enumerate(IDS)),
    {"id": "same", "title": "سیلاب ایک", "body": "پانی"},
    {"id": "same", "title": "سیلاب دو", "body": "دریا"},
    {"id": "y0", "title": "سیلاب سال صفر", "body": "پانی", "date": "0000-01-01"},
    {"id": "y9", "title": "سیلاب سال", "body": "پانی", "date": "99999-12-31"},
    {"id": "e9", "title": "سیلاب زمانہ", "body": "پانی", "date": 9999999999999},
    {"id": "nul", "title": "سیلاب\0 نل", "body": "پا\0نی\x07\x1b[31m", "tags": ["a\0b"]},
    {"id": "lone", "title": "سیلاب \ud800 تنہا", "body": "پانی \udfff", "source": "\ud83d"},
    {
        "id": "url",
        "title": f"سیلاب {RLO}gnp.exe",
        "body": f"پانی {BIDI} دریا",
        "source": f"ڈان{RLO}",
        "url": f"https://bank.example/{RLO}gro.dab",
    },
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hostile.Published]:
    room = hostile.Newsroom(tmp_path_factory.mktemp("names"))
    lines = "\n".join(json.dumps(row) for row in ROWS)
    yield room.publish({"rows.jsonl": lines, f"x{RLO}txt.exe.txt": "سیلاب نام\n\nپانی"})
    room.close()


def test_nothing_is_lost(site) -> None:
    assert site.failures == []
    assert len(site.ids("سیلاب", size="100")) >= len(ROWS)


@pytest.mark.parametrize("id", IDS)
def test_an_id_is_a_name_and_never_a_path(site, id) -> None:
    answer = site.get("/api/v1/search", q=f"شناخت {IDS.index(id)}", size="100")
    assert f"rows.jsonl/{id}" in [hit["id"] for hit in answer.get_json()["hits"]]
    shown = site.document(f"rows.jsonl/{id}")
    assert "root:" not in shown
    assert f"سیلاب شناخت {IDS.index(id)}" in shown


@pytest.mark.parametrize(
    "path", ["../../../etc/passwd", "..%2f..%2f..%2fetc/passwd", "%00", "\ud800"]
)
def test_an_address_reaches_no_file(site, path) -> None:
    for room in ("/documents/", "/api/v1/documents/", "/static/"):
        answer = site.client.get(room + path.encode("utf-8", "surrogatepass").decode("latin-1"))
        assert answer.status_code in (404, 400)
        assert b"root:" not in answer.get_data()


def test_the_same_id_twice_is_two_articles(site) -> None:
    assert {"rows.jsonl/same"} < {
        id for id in site.ids("سیلاب", size="100") if id.startswith("rows.jsonl/same")
    }


@pytest.mark.parametrize("id", ["rows.jsonl/y0", "rows.jsonl/y9"])
def test_a_date_out_of_range_is_none_and_is_kept(site, id) -> None:
    assert site.get(f"/api/v1/documents/{id}").get_json()["date"] is None
    assert id in site.ids("سیلاب", size="100")
    assert id not in site.ids("سیلاب", size="100", **{"from": "0001-01-01"})
    for day in ("0000", "99999", "0000-01-01", "10000-01-01"):
        assert site.get("/", q="سیلاب", **{"from": day}).status_code == 400


def test_control_characters_are_gone_and_surrogates_are_marked(site) -> None:
    nul = site.get("/api/v1/documents/rows.jsonl/nul").get_json()
    assert nul["title"] == "سیلاب نل"
    assert nul["body"] == "پانی[31m"
    assert "\ufffd" in site.get("/api/v1/documents/rows.jsonl/lone").get_json()["title"]
    for answer in site.every_answer("سیلاب تنہا \ud800 \0"):
        assert answer.status_code == 200
        answer.get_data().decode("utf-8")
        assert b"\0" not in answer.get_data()


def test_a_url_is_shown_as_it_leads(site) -> None:
    page = site.document("rows.jsonl/url")
    assert '<bdi class="url" dir="ltr">https://bank.example/%E2%80%AEgro.dab</bdi>' in page
    assert f"example/{RLO}" not in page.replace(f'href="https://bank.example/{RLO}gro.dab"', "")
    assert in_the_open("https://خبر.example/سیلاب") == "https://خبر.example/سیلاب"


def test_a_terminal_gets_no_control_of_direction(site) -> None:
    shown = site.terminal("gnp.exe")
    assert "https://bank.example/gro.dab" in shown
    assert not set(shown) & set(BIDI)


def test_a_title_turns_nothing_around_it(site) -> None:
    page = site.page("gnp.exe")
    assert '<h2 lang="ur" dir="rtl">' in page, "an element with a direction isolates its text"
    assert f"<bdi>ڈان{RLO}</bdi>" in page
    named = site.get("/export.csv", q=f"سیلاب{RLO}exe").headers["Content-Disposition"]
    assert "%E2%80%AE" not in named
