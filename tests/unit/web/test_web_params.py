from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import RequestError
from search.config import SearchConfig
from search.models import Mode, SearchRequest, Sort
from web.parameters import (
    SEARCH,
    check_names,
    parse_search,
    to_args,
)

LIMITS = SearchConfig()
MAX_OFF, MAX_OFF_CHARS = LIMITS.max_off_words, LIMITS.max_off_chars


def parse(**args: object) -> SearchRequest:
    given = {"q": "flood", **args}
    given["from"] = given.pop("from_", "")
    lists = {k: v if isinstance(v, list) else [str(v)] for k, v in given.items()}
    return parse_search(lists, LIMITS)


def test_all_parameters():
    asked = parse(
        q=" سیلاب flood ",
        mode="keyword",
        lang=["ur", "en", "ur"],
        source=["Daily Sahar", "نیا دور"],
        tag=["a"],
        from_="2025",
        to="2026-02",
        sort="newest",
        page="2",
        size="20",
        literal="yes",
        off=["شہری", "citizens", "شہری"],
    )
    assert asked == SearchRequest(
        query="سیلاب flood",
        mode=Mode.KEYWORD,
        languages=("ur", "en"),
        sources=("Daily Sahar", "نیا دور"),
        tags=("a",),
        date_from=date(2025, 1, 1),
        date_to=date(2026, 2, 28),
        sort=Sort.NEWEST,
        page=2,
        size=20,
        literal=True,
        off=("شہری", "citizens"),
    )


def test_blank_values_count_as_not_given():
    assert parse(lang=["", " "], from_="", to=" ", mode="", page="", source=[""]) == SearchRequest(
        "flood"
    )
    assert parse(literal="", off=["", " "]) == SearchRequest("flood")


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_a_switch_is_on(value):
    assert parse(literal=value).literal


def test_as_many_words_as_may_be_off():
    words = [f"{number:03}".rjust(MAX_OFF_CHARS, "ا") for number in range(MAX_OFF)]
    assert parse(off=words).off == tuple(words)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_a_year_or_month_is_taken_whole(text, first, last):
    asked = parse(from_=text, to=text)
    assert (asked.date_from, asked.date_to) == (first, last)


@pytest.mark.parametrize(
    ("args", "parameter", "says"),
    [
        ({"q": ""}, "q", "empty"),
        ({"q": " \n "}, "q", "empty"),
        ({"q": "x" * 10_000}, "q", "10,000 characters; the limit is 1,000"),
        ({"q": ["a", "b"]}, "q", "more than once"),
        ({"mode": "fuzzy"}, "mode", "Known: hybrid, keyword, semantic"),
        ({"lang": "klingonese"}, "lang", "Give a code"),
        ({"lang": ["ur", "xx"]}, "lang", "'xx'"),
        ({"sort": "best"}, "sort", "Known: relevance, newest, oldest"),
        ({"page": "-1"}, "page", "whole number from 1"),
        ({"page": "0"}, "page", "whole number from 1"),
        ({"page": "1.5"}, "page", "whole number"),
        ({"page": "9" * 5_000}, "page", "whole number"),
        ({"page": "1000000"}, "page", "first 1,000 hits"),
        ({"page": "101"}, "page", "last page of this size is 100"),
        ({"size": "0"}, "size", "whole number from 1"),
        ({"size": "101"}, "size", "1 to 100 hits"),
        ({"from_": "yesterday"}, "from", "YYYY-MM-DD"),
        ({"from_": "2026-13"}, "from", "no date"),
        ({"to": "2026-00"}, "to", "no date"),
        ({"to": "2026-02-30"}, "to", "no date"),
        ({"to": "0000"}, "to", "no date"),
        ({"to": "2026-1"}, "to", "no date"),
        ({"from_": "2026-02", "to": "2026-01"}, "from", "wrong order"),
        ({"literal": "0"}, "literal", "Known: 1, true, yes"),
        ({"literal": "false"}, "literal", "Known: 1, true, yes"),
        ({"literal": ["1", "yes"]}, "literal", "more than once"),
        ({"off": [str(n) for n in range(MAX_OFF + 1)]}, "off", "names 51 words; it may name 50"),
        ({"off": "x" * (MAX_OFF_CHARS + 1)}, "off", "101 characters"),
        ({"off": ["a", "x" * 10_000]}, "off", "10,000 characters"),
    ],
)
def test_a_wrong_value_names_its_parameter_and_the_mend(args, parameter, says):
    with pytest.raises(RequestError) as caught:
        parse(**args)
    assert caught.value.parameter == parameter
    assert says in str(caught.value)
    assert len(str(caught.value)) < 300, "an error message must not repeat a long value whole"


def test_the_window_can_be_paged_to_its_end():
    assert parse(page="100").page == 100
    assert parse(page="10", size="100").page == 10


def test_unknown_parameter_gets_a_hint():
    with pytest.raises(RequestError, match="Did you mean source") as caught:
        check_names(["q", "sorce"], SEARCH)
    assert caught.value.parameter == "sorce"


def test_a_byte_that_is_no_text_does_not_reach_the_engine():
    assert parse(q="a\udcffb").query == "a?b"


letters = st.characters(exclude_categories=("Cs",))
texts = st.text(letters, min_size=1).filter(str.strip)
words = st.text(letters, min_size=1, max_size=MAX_OFF_CHARS).filter(str.strip)
days = st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1))
queries = texts.map(lambda text: text.replace("\0", "").strip()).filter(bool)  # as they are read
requests = st.builds(
    SearchRequest,
    query=queries,
    mode=st.sampled_from(Mode),
    languages=st.lists(st.sampled_from(("ur", "en", "fa", "ur-Latn", "und")), unique=True).map(
        tuple
    ),
    sources=st.lists(texts, unique=True).map(tuple),
    tags=st.lists(texts, unique=True).map(tuple),
    date_from=days,
    date_to=st.none(),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 10),
    size=st.integers(1, 100),
    literal=st.booleans(),
    off=st.lists(words, unique=True, max_size=MAX_OFF).map(tuple),
)


@given(requests)
def test_a_request_written_as_arguments_is_read_back_the_same(asked):
    args: dict[str, list[str]] = {}
    for name, value in to_args(asked, LIMITS.page_size):
        args.setdefault(name, []).append(value)
    assert parse_search(args, LIMITS) == asked
