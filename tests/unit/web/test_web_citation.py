from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from search.models import DocumentView
from web.ui.citation import bibtex, citations, plain


def document(**given: object) -> DocumentView:
    facts: dict[str, object] = {
        "id": "en/0-1.html",
        "title": "Police training to start",
        "body": "",
        "lang": "en",
        "date": date(2026, 1, 7),
        "source": "Daily Sahar",
        "url": "https://news.example/a?b=1&c=2",
        "tags": (),
        "passages": (),
        "generation": "g",
    }
    return DocumentView(**(facts | given))


URDU = document(
    title="پولیس کی تربیت کا نیا پروگرام",
    lang="ur",
    source="روزنامہ ساحل",
    url="https://news.example/ur",
)


def test_a_line_in_either_language():
    assert plain(document(), "en") == (
        "“Police training to start.” Daily Sahar, 7 January 2026. https://news.example/a?b=1&c=2"
    )
    assert plain(URDU, "ur") == (
        "”پولیس کی تربیت کا نیا پروگرام“، روزنامہ ساحل، 7 جنوری 2026۔ https://news.example/ur"
    )
    assert plain(URDU, "en") == (
        "\u200e“پولیس کی تربیت کا نیا پروگرام.”\u200e \u200eروزنامہ ساحل\u200e, 7 January 2026. "
        "https://news.example/ur"
    )


def test_a_question_needs_no_stop():
    assert plain(document(title="Why?", source="", url=""), "en") == "“Why?” 7 January 2026."


def test_marks_of_direction_stand_only_where_scripts_meet():
    assert "\u200f”Police training to start“\u200f، \u200fDaily Sahar\u200f، 7 جنوری" in plain(
        document(), "ur"
    )
    assert not {"\u200e", "\u200f"} & set(plain(document(), "en") + plain(URDU, "ur"))
    assert not {"\u200e", "\u200f"} & set(bibtex(URDU))


def test_what_is_not_known_is_left_out():
    bare = document(title="", date=None, source="", url="", lang="und")
    assert plain(bare, "en") == "“Untitled.”"
    assert plain(bare, "ur") == "”بلا عنوان“۔"
    assert re.fullmatch(r"@misc\{talash-[0-9a-f]{6},\n\}", bibtex(bare))


def test_bibtex():
    lines = bibtex(document()).splitlines()
    assert re.fullmatch(r"@misc\{dailysahar2026-[0-9a-f]{6},", lines[0])
    assert lines[1:] == [
        "  title = {{Police training to start}},",
        "  howpublished = {Daily Sahar},",
        "  year = {2026},",
        "  month = jan,",
        "  day = {7},",
        "  url = {https://news.example/a?b=1&c=2},",
        "  langid = {english},",
        "}",
    ]
    assert "langid = {urdu}" in bibtex(URDU)
    assert bibtex(URDU).startswith("@misc{talash2026-"), "a key is in plain letters"


def test_what_tex_would_obey_is_escaped():
    entry = bibtex(document(title="50% & {more} \\input{x} a_b #1 $2 ~ ^\nnext"))
    assert (
        r"{50\% \& \{more\} \textbackslash{}input\{x\} a\_b \#1 \$2 "
        r"\textasciitilde{} \textasciicircum{} next}"
    ) in entry
    assert "url = {https://news.example/x%7Dy%7Bz}," in bibtex(
        document(url="https://news.example/x}y{z")
    )


def test_only_addresses_of_the_web_are_passed_on():
    assert "javascript" not in "".join(
        each.text for each in citations(document(url="javascript:x"))
    )


def test_its_own_language_comes_first():
    assert [each.format for each in citations(document())] == ["en", "ur", "bibtex"]
    assert [each.format for each in citations(URDU)] == ["ur", "en", "bibtex"]


@given(st.text(), st.text(), st.text())
def test_any_text_gives_one_line_and_an_entry_whose_braces_match(title, source, url):
    article = document(title=title, source=source, url=url)
    assert len(plain(article, "en").splitlines()) == 1
    entry = re.sub(r"\\[{}]", "", bibtex(article))
    depth = 0
    for letter in entry:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
