"""Whatever is typed is read: no error but the documented ones, and no word but the tokenizer's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import RequestError
from index.text.analysis import script, terms, tokenize
from search.config import SearchConfig
from search.query.conditions import atoms_of
from search.query.grammar import leaves_of, parse, written
from search.query.leaves import Leaves
from search.query.query import Atom, Query, parse_query

untimed = settings(deadline=None)
"""The first English word loads the stemmer, which is slow on a busy machine."""

LIMITS = SearchConfig(max_query_chars=200, max_query_words=20)
URDU = "ابپتٹجچحخدڈرڑزسشصطعغفقکگلمنںوہھءیےئؤآۂۃكيىهةأ"
MARKS = "\u064b\u064e\u064f\u0650\u0651\u0654\u0670\u0640\u200c\u200d\u200e\u200f\u202b\ufeff"
SIGNS = "\"“”„«»‘’'`-–−—:.…,،؛;()[]{}|&/\\+*?؟!۔_@#%٪ \t\n\u00a0\u2028"
PARTS = [
    *[
        "OR",
        "AND",
        "NOT",
        "|",
        "||",
        "&&",
        "(نہیں)",
        "(یا)",
        "(aur)",
        "+",
        "!",
        "*",
        "leop*",
        "~",
        "~2",
    ],
    *[
        "title:",
        "source:",
        "lang:",
        "tag:",
        "date:",
        "before:",
        "زبان:",
        "foo:",
        "[a TO b]",
        ">2025",
    ],
    *["ur", "en", "xx", "اردو", "2026-01", "۲۰۲۶", "..", "2026-02-30", "https://a.example/b?c=d"],
    *["کتاب", "كِتَاب", "خوب\u200cصورت", "کے", "the", "COVID-19", "U.S.", "3,500", "O’Brien", "''"],
]

any_text = st.text(max_size=250)
urdu_text = st.text(st.sampled_from(URDU * 3 + MARKS + SIGNS + "abcXYZ0129۰۹٣"), max_size=220)
typed_text = st.lists(st.sampled_from([*PARTS, *'"“”-–−() ', " ", " ", " "]), max_size=40).map(
    "".join
)
texts = any_text | urdu_text | typed_text


def read(text: str) -> Query | None:
    try:
        return parse_query(text, LIMITS)
    except RequestError as error:
        return _refused(error)


def _refused(error: RequestError) -> None:
    assert error.parameter == "q"
    assert error.hint


@untimed
@given(texts)
@example('-"')
@example('title:"')
@example("date:9999-12..")
@example("date:٢٠٢٦..")
@example("NOT NOT")
def test_never_an_undocumented_error(text: str) -> None:
    query = read(text)
    if query is None:
        assert len(text.strip()) > 200 or not _plain_words(text)
    else:
        assert query.groups or query.conditions or query.lists


def _plain_words(text: str) -> bool:
    """Words that no sign could have given another sense."""
    return bool(tokenize(text)) and all(char.isalnum() or char.isspace() for char in text)


@untimed
@given(texts)
def test_every_word_is_the_tokenizers(text: str) -> None:
    query = read(text)
    for atom in _all_atoms(query) if query else ():
        if atom.pattern:
            assert atom.words == ()
            assert "*" in atom.pattern or "?" in atom.pattern
        else:
            assert tuple(token.term for token in tokenize(atom.surface)) == atom.words != ()
            assert atom.phrase or len(atom.words) == 1


def _all_atoms(query: Query) -> tuple[Atom, ...]:
    return (*query.atoms, *query.excluded, *atoms_of(query.conditions))


@untimed
@given(texts)
def test_limits_hold(text: str) -> None:
    query = read(text)
    if query:
        assert sum(len(atom.words) for atom in query.atoms) <= LIMITS.max_query_words
        patterns = {atom for atom in _all_atoms(query) if atom.loose}
        assert len(patterns) <= LIMITS.max_patterns
        first, last = query.filters.date_from, query.filters.date_to
        assert first is None or last is None or first <= last
        assert set(query.filters.languages) <= {"ur", "en", "und"}
        assert len(query.notices) == len(set(query.notices))


@untimed
@given(texts)
def test_same_text_same_tree(text: str) -> None:
    assert read(text) == read(text) == read(f" {text}\n")


@untimed
@given(texts)
def test_ranking_has_words_unless_there_are_none(text: str) -> None:
    query = read(text)
    if query and query.groups:
        assert not all(group.stop for group in query.groups)
        assert tokenize(query.plain) or all(atom.pattern for atom in query.atoms)


@untimed
@given(
    st.lists(
        st.sampled_from(["wheat", "گندم", "the", "کی", "کِتاب", "B2", "۵"]), min_size=1, max_size=9
    )
)
def test_plain_words_are_one_group_each(words: list[str]) -> None:
    query = parse_query(" ".join(words), LIMITS)
    typed = [part for word in words for part in (["B", "2"] if word == "B2" else [word])]
    assert [group.alternatives[0].surface for group in query.groups] == typed
    assert all(len(group.alternatives) == 1 for group in query.groups)
    assert query.conditions == ()
    assert query.plain == " ".join(words)
    assert query.notices == ()


@untimed
@given(
    st.lists(
        st.sampled_from(["polio", "who", "it", "the", "t20", "k-electric", "rs1,400", "lahore"]),
        min_size=2,
        max_size=6,
    )
)
def test_capitals_say_nothing_where_all_are(words: list[str]) -> None:
    small, capital = (
        parse_query(text, LIMITS) for text in (" ".join(words), " ".join(words).upper())
    )
    if any(len(word) > 1 and word.isalpha() for word in words):
        assert (capital.groups, capital.plain) == (small.groups, small.plain)


@dataclass(frozen=True)
class Wish:
    """An atom, and how somebody typed it."""

    words: tuple[str, ...]
    phrase: bool
    field: str
    typed: str


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Well-formed words, phrases and title words in many styles."""
    words = draw(
        st.lists(st.sampled_from(["wheat", "گندم", "pier", "سڑک", "کی"]), min_size=1, max_size=3)
    )
    phrase = len(words) > 1 or draw(st.booleans())
    opener, closer = (
        draw(st.sampled_from(["“”", "”“", '""', "«»", "„“", "＂＂"])) if phrase else ("", "")
    )
    field = draw(st.sampled_from(["any", "title"]))
    prefix = "" if field == "any" else draw(st.sampled_from(["title:", "Title:", "عنوان:"]))
    return Wish(tuple(words), phrase, field, f"{prefix}{opener}{' '.join(words)}{closer}")


@untimed
@given(
    st.lists(st.lists(wishes(), min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(wishes(), max_size=2),
)
def test_what_is_well_formed_is_read_as_meant(
    groups: list[list[Wish]], unwanted: list[Wish]
) -> None:
    limits = SearchConfig()
    typed = [" OR ".join(wish.typed for wish in group) for group in groups]
    typed += [f"-{wish.typed}" for wish in unwanted]
    query = parse_query(" ".join(typed), limits)
    got = [[(a.words, a.phrase, a.field) for a in group.alternatives] for group in query.groups]
    assert got == [[(wish.words, wish.phrase, wish.field) for wish in group] for group in groups]
    excluded = [(a.words, a.phrase, a.field) for a in query.excluded]
    wanted = [(wish.words, wish.phrase, wish.field) for wish in unwanted]
    assert excluded == list(dict.fromkeys(wanted))
    assert query.notices == ()


@untimed
@given(texts)
def test_language_is_a_script_that_occurs(text: str) -> None:
    query = read(text)
    if query and query.language != "und":
        words = {word for atom in query.atoms for word in atom.words or (atom.pattern,)}
        assert query.language in {script(word) for word in words}


@untimed
@given(texts)
@example('a"b')
@example("-(x OR y) AND z")
@example("title:(a OR b) OR OR c")
@example("-(OR")
@example("-(-A")
@example("0,&&")
@example("(a~&&b)&&c")
@example('0"(0"0(')
@example("(x a(b ) c")
@example("+(-A) -(+B)")
def test_what_was_read_reads_the_same_again(text: str) -> None:
    tree, _ = parse(text)
    again, oddities = parse(written(tree))
    assert again == tree
    assert written(again) == written(tree)
    # What was odd was settled, but for words that look like operators.
    assert {each.code for each in oddities} <= {"operator-alone", "brackets-too-deep"}


@untimed
@given(texts)
@example("wheat -lang:xx *")
@example('"snow * leopard"')
@example("0\u200e0")
@example("B:(")
@example("AA:(A:")
@example("title:(lang:ur)")
def test_no_part_is_lost_in_silence(text: str) -> None:
    """Every word typed is read, stands in a notice, or is an operator's."""
    query = read(text)
    if query is None or any(notice.code == "too-many-words" for notice in query.notices):
        return
    said = " ".join(f"{notice.part} {notice.message}" for notice in query.notices)
    known = {*terms(query.written), *terms(said), *OPERATOR_WORDS}
    full = len(query.notices) >= 3  # of a flood of one sort only the first are said
    seen = text.translate(dict.fromkeys(map(ord, "\u061c\u200b\u200e\u200f\u2060\ufeff"), None))
    seen = re.sub("[\u202a-\u202e\u2066-\u2069]", "", seen)  # what no reader sees parts no words
    assert full or set(terms(seen.replace('"', " "))) <= known


OPERATOR_WORDS = {"or", "and", "not", "یا", "اور", "نہیں", "ya", "aur", "nahin", "nahi"}


@untimed
@given(texts)
def test_every_leaf_is_read_or_said(text: str) -> None:
    tree, _ = parse(text)
    leaves = Leaves(LIMITS, None)
    leaves.read(tree)
    for leaf in leaves_of(tree):
        if leaves.of(leaf) is None and terms(leaf.value):
            assert leaves.notices
