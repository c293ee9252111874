"""Golden cases: `tests/data/query/*.txt` hold a query, `=====` and the tree it is read as."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import test_asking

from index.errors import RequestError
from index.text.analysis import Token, tokenize
from scripts import query_examples
from search.config import SearchConfig
from search.query.conditions import described
from search.query.filters import language_of
from search.query.query import Atom, Query, parse_query
from search.query.syntax import lexemes

TESTS = Path(__file__).parents[1]
CASES = sorted((Path(__file__).parents[1] / "data" / "query").glob("*.txt"))
LIMITS = SearchConfig(max_query_chars=300, max_query_words=12)


def render(query: Query) -> str:
    """A query as lines: what ranks, what is asked, filters, then what is said about it."""
    lines = [f"rank   {' | '.join(map(_atom, group.alternatives))}" for group in query.groups]
    lines += [f"need   {described(condition)}" for condition in query.conditions]
    filters = query.filters
    lines += [f"lang   {language}" for language in filters.languages]
    lines += [f"source {source}" for source in filters.sources]
    lines += [f"tag    {tag}" for tag in filters.tags]
    if filters.date_from or filters.date_to:
        lines.append(f"date   {filters.date_from or ''}..{filters.date_to or ''}")
    if query.everything:
        lines.append("all")
    lines.append(f"script {query.language}")
    lines.append(f"plain  {query.plain}".rstrip())
    lines += [f"note   {notice.code}: {notice.message}" for notice in query.notices]
    return "\n".join(lines)


def _atom(atom: Atom) -> str:
    words = " ".join(atom.words) or atom.pattern
    shown = f'"{words}"' if atom.phrase else words
    shown += f"~{atom.edits}" if atom.edits else "" if atom.within is None else f"~{atom.within}"
    shown += f" <{atom.surface}>" if atom.surface != words else ""
    shown += " (stop)" if atom.stop else ""
    return shown if atom.field == "any" else f"{atom.field}:{shown}"


def read(text: str) -> str:
    try:
        return render(parse_query(text, LIMITS))
    except RequestError as error:
        return f"error  {error.parameter}: {error}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    typed, _, expected = path.read_text(encoding="utf-8").partition("\n=====\n")
    assert read(typed) == expected.rstrip("\n")


def test_golden_cases_are_found() -> None:
    assert len(CASES) >= 30


def test_filters_of_the_request_make_an_empty_query_browsing() -> None:
    query = parse_query(" ", LIMITS, filtered=True)
    assert query.browsing
    assert query.notices == ()


def test_filters_of_the_request_make_exclusions_browsing() -> None:
    query = parse_query("-wheat", LIMITS, filtered=True)
    assert query.browsing
    assert [atom.words for atom in query.excluded] == [("wheat",)]
    assert query.notices == ()


def test_a_query_is_a_value() -> None:
    text = '"night train" OR سیالکوٹ -bus lang:ur'
    assert parse_query(text, LIMITS) == parse_query(text, LIMITS)
    assert len({parse_query(text, LIMITS), parse_query(text, LIMITS)}) == 1


def test_atoms_are_in_the_order_typed() -> None:
    query = parse_query('wheat "night train" OR sugar', LIMITS)
    assert [atom.surface for atom in query.atoms] == ["wheat", "night train", "sugar"]
    assert query.atoms[1] == Atom(("night", "train"), True, "any", "night train")


def test_notices_of_one_sort_do_not_flood() -> None:
    query = parse_query("a:b c:d e:f g:h i:j", LIMITS)
    assert [notice.code for notice in query.notices] == ["field-unknown"] * 3


def test_long_input_is_shown_short_in_notices() -> None:
    query = parse_query(f"lang:{'x' * 200}", LIMITS)
    assert len(query.notices[0].message) < 140


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ur", "ur"),
        ("Urdu", "ur"),
        ("اردو", "ur"),
        ("ur-PK", "ur"),
        ("ENGLISH", "en"),
        ("en_US", "en"),
        ("انگريزي", "en"),
        ("und", "und"),
        ("fr", "fr"),
        ("Persian", "fa"),
        ("فارسى", "fa"),
        ("ps_AF", "ps"),
        ("fas", "fa"),
        ("zh-Hans-CN", "zh"),
        ("ur-Latn-PK", "ur-Latn"),
        ("Urdu (Roman)", "ur-Latn"),
        ("رومن اردو", "ur-Latn"),
        ("news", ""),
        ("", ""),
        ("-", ""),
    ],
)
def test_language_code(name: str, code: str) -> None:
    assert language_of(name) == code


@pytest.mark.parametrize("nasty", ['"', "“„«", "(", "-", "-(", "a:", ":", "OR ", "| ", "''", ".."])
def test_work_grows_with_length_only(nasty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: pieces cut and characters given to the tokenizer."""
    handed = 0

    def counting(text: str) -> list[Token]:
        nonlocal handed
        handed += len(text)
        return tokenize(text)

    monkeypatch.setattr("search.query.leaves.tokenize", counting)
    text = (nasty * 10_000)[:10_000] + " wheat"
    found, _ = lexemes(text)
    parse_query(text, SearchConfig(max_query_chars=20_000))
    assert len(found) <= len(text)
    assert handed <= 2 * len(text)


def test_the_document_shows_how_queries_are_read() -> None:
    text = query_examples.DOCUMENT.read_text("utf-8")
    assert query_examples.rewritten(text) == text, "Run: make docs"


def test_the_document_compares_every_operator_that_is_tested() -> None:
    """The last column of the comparison names tests, cases of them, or notices."""
    text = query_examples.DOCUMENT.read_text("utf-8")
    rows = text.partition("## Beside other engines")[2].splitlines()
    named = {
        name
        for row in rows
        if row.startswith("|")
        for name in re.findall(r"`([^`]+)`", row.rsplit("|", 2)[-2])
    }
    tests = "".join(path.read_text("utf-8") for path in TESTS.glob("*/test_*.py"))
    notices = {code for _, code in test_asking.NOTICES}
    known = {*test_asking.OPERATORS, *notices, *re.findall(r"def (test_\w+)", tests)}
    assert named
    assert named <= known
    assert set(test_asking.OPERATORS) - {"filters in groups", "title"} <= named
