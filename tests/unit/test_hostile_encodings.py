"""Web pages in every encoding that Urdu was ever saved in, and with the wrong one declared: found, or named."""

from __future__ import annotations

from collections.abc import Iterator

import hostile
import pytest

from index.documents import NOTED
from index.readers.decoding import decode_html

# What windows-1256 can write: ي for ی, no ۔; one sentence with marks and ZWNJ, which it has too.
OLD = "سيلاب سے سڑكيں بند ہو گئيں، لوگ خوب\u200cصورت كِتاب لے كر نكلے. وزير اعظم نے پانچ گاؤں كا دورہ كيا."
NEW = "سیلاب سے سڑکیں بند ہو گئیں۔ لوگ خوب\u200cصورت کِتاب لے کر نکلے۔ ۳،۵۰۰ شہری محفوظ ہیں۔"


def page(name: str, text: str, declared: str = "", encoding: str = "utf-8") -> bytes:
    meta = (
        f'<meta http-equiv=content-type content="text/html; charset={declared}">'
        if declared
        else ""
    )
    html = f"<html><head>{meta}<title>{name}</title></head><body><h1>{name}</h1><p>{text}</p></body></html>"
    return html.encode(encoding)


READ = {
    "bom.html": b"\xff\xfe" + page("الف", NEW, "", "utf-16-le"),
    "bom-big.html": b"\xfe\xff" + page("الف", NEW, "utf-8", "utf-16-be"),
    "bare.html": page("الف", NEW, "", "utf-16-le"),
    "bare-big.html": page("الف", NEW, "utf-16", "utf-16-be"),
    "wide.html": b"\xff\xfe\0\0" + page("الف", NEW, "", "utf-32-le"),
    "old.html": page("الف", OLD, "windows-1256", "cp1256"),
    "old-silent.html": page("الف", OLD, "", "cp1256"),
    **{
        f"old-as-{declared}.html": page("الف", OLD, declared, "cp1256")
        for declared in ("utf-8", "utf-7", "utf-16le", "utf-32be", "iso-8859-1", "windows-1252", "unicode_escape",
                         "cp500", "punycode", "idna", "rot13", "zlib", "undefined", "no-such", "us-ascii")
    },
    "old-even.html": page("الف", OLD, "utf-16", "cp1256") + b" ",
    "old-odd.html": page("الف", OLD, "utf-16le", "cp1256") + b" ",
    **{
        f"new-as-{declared}.html": page("الف", NEW, declared)
        for declared in ("windows-1256", "utf-16", "iso-8859-1", "shift_jis", "utf-7", "cp500", "no-such")
    },
    "entities.html": page("الف", "".join(f"&#{ord(c)};" for c in NEW), "us-ascii"),
}  # fmt: skip
REFUSED = {
    "mixed.html": page("الف", NEW) * 3 + page("الف", OLD, "", "cp1256"),
}
DAMAGED = {
    "cut.html": page("الف", NEW)[:-60].rpartition("ہ".encode())[0] + "ہ".encode()[:1],
    "odd.html": b"\xff\xfe" + page("الف", NEW, "", "utf-16-le")[:-1],
    "half.html": b"\xff\xfe" + page("الف", NEW, "", "utf-16-le") + b"\x00\xd8",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hostile.Published]:
    room = hostile.Newsroom(tmp_path_factory.mktemp("encodings"))
    yield room.publish({**READ, **DAMAGED, **REFUSED})
    room.close()


@pytest.mark.parametrize("name", READ)
def test_it_is_read_as_it_was_written(name: str) -> None:
    text = decode_html(READ[name])
    assert (OLD in text) or (NEW in text) or "&#1587;" in text
    assert "\ufffd" not in text


def test_what_is_no_text_in_any_encoding_is_named(site) -> None:
    left_out = {
        each.path.rpartition("/")[2]: each.reason
        for each in site.report.skipped
        if each.code != NOTED
    }
    assert set(left_out) == set(REFUSED)
    assert "not valid UTF-8" in left_out["mixed.html"]


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_costs_its_letter(site, name: str) -> None:
    text = decode_html(DAMAGED[name])
    assert text.count("\ufffd") == 1
    assert NEW[:18] in text
    assert "damaged bytes" in site.reasons()[name]


def test_a_guessed_encoding_is_said(site) -> None:
    assert "guessed: windows-1256" in site.reasons()["old-silent.html"]
    assert "bom.html" not in site.reasons()


@pytest.mark.parametrize("query", ["سیلاب", "سيلاب", '"سڑکیں بند"', "خوبصورت کتاب"])
def test_both_keyboards_find_both_ages(site, query) -> None:
    bodies = {
        site.get(f"/api/v1/documents/{id}").get_json()["body"] for id in site.ids(query, size="50")
    }
    assert any(OLD in body for body in bodies)
    assert any(NEW in body for body in bodies)
    site.page(query)


def test_equal_texts_are_copies_whatever_their_encoding(site) -> None:
    assert site.report.documents == len(hostile.HONEST) + len(READ) + len(DAMAGED)
    assert site.report.documents - site.report.copies == len(hostile.HONEST) + 3
