"""A record that tells its story in several languages is an article in each of them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from index.documents import SAME_PAGE

H = "تھر میں بارش سے کئی گاؤں زیر آب"
P = "محکمہ موسمیات کے مطابق تھر کے ریگستان میں گزشتہ روز تیز بارش ہوئی جس سے کئی گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی شروع کر دی ہے۔"
EH = "Rain floods villages in Thar"
E = "Heavy rain fell in the desert of Thar yesterday, several villages were flooded and people began to leave them, the department said."
DAY = date(2024, 3, 5)
URDU, ENGLISH = {"title": H, "body": P}, {"title": EH, "body": E}
SHARED = {"date": "2024-03-05", "url": "https://a.example/1"}

WRITTEN: dict[str, dict[str, Any]] = {
    "objects of codes": {"title": {"ur": H, "en": EH}, "body": {"ur": P, "en": E}, **SHARED},
    "objects of names": {"title": {"Urdu": H, "English": EH}, "body": {"Urdu": [P], "English": [E]}, **SHARED},
    "codes with regions": {"title": {"ur-PK": H, "en_US": EH}, "body": {"ur-PK": P, "en_US": E}, "lang": "ur", **SHARED},
    "a language that is not there": {"title": {"ur": H, "en": EH, "hi": None}, "body": {"ur": P, "en": E, "hi": ""}, **SHARED},
    "linked data": {
        "title": [{"@language": "ur", "@value": H}, {"@language": "en", "@value": EH}],
        "body": [{"@language": "ur", "@value": P}, {"@language": "en", "@value": E}],
        **SHARED,
    },
    "articles of codes": {"ur": URDU, "en": ENGLISH, **SHARED},
    "translations in a list": {**URDU, "lang": "ur", **SHARED, "translations": [{"lang": "en", **ENGLISH}]},
    "translations by code": {**SHARED, "translations": {"ur": URDU, "en": ENGLISH}},
    "endings of names": {"title_ur": H, "title_en": EH, "body_ur": P, "body_en": E, **SHARED},
    "names in brackets": {"Headline (Urdu)": H, "Headline (English)": EH, "News (Urdu)": P, "News (English)": E, **SHARED},
    "beginnings of names": {"urduTitle": H, "englishTitle": EH, "urduText": P, "englishText": E, **SHARED},
    "one that is not named": {"title": H, "text": P, "title_en": EH, "text_en": E, **SHARED},
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("as_list", [False, True])
def test_each_language_is_an_article(read, how: str, as_list: bool) -> None:
    value = [WRITTEN[how]] if as_list else WRITTEN[how]
    urdu, english = read("a.json", json.dumps(value, ensure_ascii=False))
    assert (urdu.title, urdu.body, urdu.lang, urdu.date, urdu.url) == (H, P, "ur", DAY, SHARED["url"])  # fmt: skip
    assert (english.title, english.body, english.lang, english.date, english.url) == (EH, E, "en", DAY, SHARED["url"])  # fmt: skip
    assert urdu.extra[SAME_PAGE] == [english.id]
    assert english.extra[SAME_PAGE] == [urdu.id]


def test_columns_of_a_table(read) -> None:
    rows = f'id,title_ur,title_en,body_ur,body_en\n7,{H},{EH},"{P}","{E}"\n8,{H},,"{P}",\n'
    found = read("a.csv", rows)
    assert [(doc.id, doc.lang) for doc in found] == [("a.csv/7", "ur"), ("a.csv/7#1", "en"), ("a.csv/8", "ur")]  # fmt: skip


def test_the_other_fields_of_a_language_are_its_own(read) -> None:
    value = {**WRITTEN["objects of codes"], "source": {"ur": "مثال", "en": "Misal"}, "tags": {"ur": ["بارش"], "en": ["rain"]}}  # fmt: skip
    found = read("a.json", json.dumps(value, ensure_ascii=False))
    assert [(doc.source, doc.tags) for doc in found] == [("مثال", ("بارش",)), ("Misal", ("rain",))]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"title": {"en": EH, "ur": H}, "body": P}, {"title (en)": EH}),
        ({"title": H, "title_en": EH, "body": P}, {"title_en": EH}),
        ({"title": {"ur": H}, "body": {"ur": P}}, {}),
        ({"title": {"ur": H, "en": None}, "body": {"ur": P, "en": None}}, {}),
        ({"title": H, "text": P, "urdu_text": P}, {"urdu_text": P}),  # one text in two columns
        ({"title": H, "text": P, "text_id": "a-1"}, {"text_id": "a-1"}),  # no Indonesian
        ({"title": {"main": H}, "body": {"rendered": f"<p>{P}</p>"}}, {}),
    ],
)
def test_one_text_is_one_article(one, value: dict[str, Any], kept: dict[str, str]) -> None:
    doc = one("a.json", json.dumps(value, ensure_ascii=False))
    assert (doc.title, doc.body, doc.lang) == (H, P, "ur")
    assert doc.extra == kept


def test_headlines_alone_are_one_each(read) -> None:
    value = {"title": {"ur": H, "en": EH}, **SHARED}
    found = read("a.json", json.dumps(value, ensure_ascii=False))
    assert [(doc.title, doc.lang) for doc in found] == [(H, "ur"), (EH, "en")]
