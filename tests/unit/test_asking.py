"""Each operator of the query language, held against which articles of a small archive it leaves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import archives
import pytest

from index.documents import Document
from index.errors import RequestError
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

ARTICLES = [
    # id, language, source, day, tags, title, body
    ("fog", "en", "City Ledger", "2025-12-30", ("weather",), "Fog closes airport", "Dense fog and cold air closed the airport in Multan."),
    ("spring", "en", "City Ledger", "2026-03-02", ("weather",), "A late thaw", "After a cold and windy week the spring came to Gilgit."),
    ("leopard", "en", "City Ledger", "2026-01-15", ("wildlife",), "Snow leopard seen", "A snow leopard was seen near the village, rangers said."),
    ("leopards", "en", "Daybreak Post", "2026-02-20", ("wildlife", "weather"), "Leopards counted", "Rangers counted leopards in the forest, no snow fell."),
    ("derby", "en", "Daybreak Post", "2026-01-31", ("sport",), "City derby", "The cricket match and the hockey match were both drawn in Lahore."),
    ("cricket", "en", "City Ledger", "2026-02-01", ("sport",), "Cricket in Lahore", "The cricket team won at last. Cricket fans cheered."),
    ("hockey", "en", "Morning Mail", "2026-02-28", ("sport", "school, college"), "Hockey lessons", "Girls learn hockey at school in Sialkot."),
    ("vaccine", "en", "Morning Mail", "2024-05-05", ("health",), "Vaccine drive", "The vaccine reached every house; polo was cancelled for polio drops."),
    ("vaccination", "en", "Morning Mail", "", ("health",), "Vaccination halted", "Vaccination was halted by heavy rain."),
    ("کرکٹ", "ur", "شہر نامہ", "2026-01-20", ("کھیل",), "لاہور میں کرکٹ", "کرکٹ ٹیم نے لاہور میں میچ جیت لیا۔ ہاکی کا میچ ملتوی ہوا۔"),
    ("ہاکی", "ur", "شہر نامہ", "2026-03-10", ("کھیل",), "ہاکی کا کیمپ", "سیالکوٹ میں ہاکی کا کیمپ لگایا گیا۔"),
    ("حکومت", "ur", "صبحِ نو", "2026-02-11", (), "حکومتِ سندھ کا اعلان", "حکومت نے اسکولوں کے لیے بجٹ کا اعلان کیا۔ حکومتی ترجمان نے تصدیق کی۔"),
    ("حکم", "ur", "صبحِ نو", "2026-02-12", (), "عدالت کا حکم", "عدالت نے حکم جاری کیا۔"),
]  # fmt: skip


def _documents() -> list[Document]:
    return [
        Document(
            id=name, lang=lang, source=source, tags=tags, title=title, body=body,
            date=date.fromisoformat(day) if day else None,
            url=f"https://www.example.org/news/{at}",
        )
        for at, (name, lang, source, day, tags, title, body) in enumerate(ARTICLES)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SearchEngine:
    data = tmp_path_factory.mktemp("asking")
    archives.build(_documents(), data)
    return archives.open_engine(data)


def found(engine: SearchEngine, query: str, **how: object) -> set[str]:
    """Ids of all hits by words, as typed."""
    request = SearchRequest(query, **{"mode": Mode.KEYWORD, "literal": True, "size": 50, **how})
    return {hit.id for hit in engine.search(request).hits}


def notices(engine: SearchEngine, query: str) -> list[str]:
    request = SearchRequest(query, mode=Mode.KEYWORD)
    return [each.code for each in engine.search(request).understood.notices]


OPERATORS = {
    "and": [
        ("cricket AND hockey", {"derby"}),
        ("cricket && hockey", {"derby"}),
        ("کرکٹ (اور) ہاکی", {"کرکٹ"}),
        ("cricket (aur) hockey", {"derby"}),
        ("cricket AND lahore AND team", {"cricket"}),
    ],
    "or": [
        ("vaccine OR hockey", {"vaccine", "vaccination", "hockey", "derby"}),
        ("vaccine | hockey", {"vaccine", "vaccination", "hockey", "derby"}),
        ("vaccine|hockey", {"vaccine", "vaccination", "hockey", "derby"}),
        ("vaccine || hockey", {"vaccine", "vaccination", "hockey", "derby"}),
        ("کیمپ (یا) بجٹ", {"ہاکی", "حکومت"}),
    ],
    "not": [
        ("cricket NOT hockey", {"cricket"}),
        ("cricket -hockey", {"cricket"}),
        ("cricket !hockey", {"cricket"}),
        ("cricket AND NOT hockey", {"cricket"}),
        ("ہاکی (نہیں) کرکٹ", {"ہاکی"}),
        ("ہاکی −کرکٹ", {"ہاکی"}),
        ('cricket -"at last"', {"derby"}),
    ],
    "plus": [("+cricket +hockey", {"derby"}), ("+snow leopard", {"leopard", "leopards"})],
    "groups": [
        ("(cricket OR leopard) AND lahore", {"cricket", "derby"}),
        ("-(snow OR cricket) rangers match hockey", {"hockey"}),
        ("leopard -(snow AND village)", {"leopards"}),
        ("+(fog OR spring) cold", {"fog", "spring"}),
        ("((cricket AND hockey) OR fog)", {"derby", "fog"}),
    ],
    "precedence": [
        ("fog OR cricket AND hockey", {"fog", "derby"}),
        ("cricket AND hockey OR fog", {"fog", "derby"}),
        ("fog AND NOT cold OR spring", {"spring"}),
    ],
    "excluded fields": [
        ('cricket -source:"City Ledger"', {"derby"}),
        ("cricket -source:(City Ledger)", {"derby"}),
        ("hockey -tag:sport", set()),
        ("hockey -lang:en", set()),
        ("میچ -lang:en", {"کرکٹ"}),
        ("cricket -date:2026-02", {"derby"}),
        ("leopard -title:leopard", set()),
        ("-source:(City Ledger OR Daybreak Post) -lang:ur", {"hockey", "vaccine", "vaccination"}),
        ("NOT lang:ur source:Morning Mail -tag:health", {"hockey"}),
    ],
    "filters in groups": [
        ('cricket AND (source:"Daybreak Post" OR lang:ur)', {"derby"}),
        ("(fog AND lang:en) OR title:کیمپ", {"fog", "ہاکی"}),
        ("date:2024 OR date:2026-03", {"vaccine", "spring", "ہاکی"}),
    ],
    "prefix": [
        ("leop*", {"leopard", "leopards"}),
        ("vaccin*", {"vaccine", "vaccination"}),
        ("حکوم*", {"حکومت"}),
        ("title:leop* snow", {"leopard", "leopards"}),
        ("snow -leopards*", {"leopard"}),
    ],
    "wildcard": [
        ("vacc?ne", {"vaccine"}),
        ("vacc*n", {"vaccination"}),
        ("*pard", {"leopard"}),
        ("pol?o", {"vaccine"}),
        ("حک؟مت", {"حکومت"}),
        ("ہ?کی", {"ہاکی", "کرکٹ"}),
    ],
    "fuzzy": [
        ("polio~", {"vaccine"}),
        ("hokey~", {"hockey", "derby"}),
        ("vacination~2", {"vaccination"}),
        ("leopard~1", {"leopard", "leopards"}),
        ("ہاکے~", {"ہاکی", "کرکٹ"}),
    ],
    "phrase": [
        ('"snow leopard"', {"leopard"}),
        ('“snow leopard”', {"leopard"}),
        ('title:"city derby"', {"derby"}),
        ('"کرکٹ ٹیم"', {"کرکٹ"}),
    ],
    "proximity": [
        ('"cold spring"~5', {"spring"}),
        ('"spring cold"~5', {"spring"}),
        ('"cold spring"~2', set()),
        ('"fog airport"~9', {"fog"}),
        ('"ہاکی کرکٹ"~20', {"کرکٹ"}),
    ],
    "dates": [
        ("date:2026-01..2026-02 sport cricket", {"cricket", "derby"}),
        ("date:[2026-01-01 TO 2026-01-31]", {"leopard", "derby", "کرکٹ"}),
        ("date:{2026-01-15 TO 2026-01-31}", {"کرکٹ"}),
        ("date:>2025 lang:en tag:weather", {"spring", "leopards"}),
        ("date:<=2024", {"vaccine"}),
        ("before:2026", {"fog", "vaccine"}),
        ("after:2026-02", {"spring", "ہاکی"}),
        ("since:2026-02-28", {"hockey", "spring", "ہاکی"}),
        ("until:2025-12-30", {"fog", "vaccine"}),
        ("پہلے:۲۰۲۶", {"fog", "vaccine"}),
        ("after:2025 before:2026-02 lang:ur", {"کرکٹ"}),
    ],
    "lists": [
        ("source:(Morning Mail OR شہر نامہ) hockey ہاکی", {"hockey", "ہاکی", "کرکٹ"}),
        ("lang:(ur OR en) fog", {"fog"}),
        ("tag:(health OR wildlife)", {"vaccine", "vaccination", "leopard", "leopards"}),
        ("source:(City Ledger, Morning Mail) hockey", {"hockey"}),
        ('source:("City Ledger" Daybreak) hockey', {"derby"}),
        ('tag:"school, college"', {"hockey"}),
        ("tag:school, college", {"hockey"}),
    ],
    "everything": [
        ("*", {each[0] for each in ARTICLES}),
        ("*:*", {each[0] for each in ARTICLES}),
        ("* -lang:en", {"کرکٹ", "ہاکی", "حکومت", "حکم"}),
        ("* -کھیل -tag:کھیل -lang:en", {"حکومت", "حکم"}),
    ],
    "addresses": [
        ("https://www.example.org/news/3", {"leopards"}),
        ("http://example.org/news/3/", {"leopards"}),
        ("www.example.org/news/4", {"derby"}),
    ],
    "title": [
        ("title:cricket", {"cricket"}),
        ("intitle:cricket", {"cricket"}),
        ("title:(snow OR vaccine)", {"leopard", "vaccine", "vaccination"}),
        ("title:(snow AND seen)", {"leopard"}),
        ("عنوان:کرکٹ", {"کرکٹ"}),
    ],
}  # fmt: skip
CASES = [
    pytest.param(query, wanted, id=f"{name}: {query}")
    for name, cases in OPERATORS.items()
    for query, wanted in cases
]


@pytest.mark.parametrize(("query", "wanted"), CASES)
def test_an_operator_leaves_what_it_says(
    engine: SearchEngine, query: str, wanted: set[str]
) -> None:
    assert found(engine, query) == wanted


@pytest.mark.parametrize(("query", "wanted"), CASES)
def test_meaning_finds_nothing_that_an_operator_leaves_out(
    engine: SearchEngine, query: str, wanted: set[str]
) -> None:
    """Both arms look only where the conditions are met."""
    demands = engine.search(SearchRequest(query, mode=Mode.KEYWORD, literal=True)).understood
    assert not {each.code for each in demands.notices} - {"filter-completed"}
    hybrid = found(engine, query, mode=Mode.HYBRID)
    if any(mark in query for mark in ("NOT", "AND", "+", "*", "?", "~", '"', "title:", "date:")):
        assert hybrid <= wanted or " OR " in query or "|" in query or hybrid == wanted


NOTICES = [
    ("skardu -5 degrees", "sign-of-number"),
    ("-۵ ڈگری", "sign-of-number"),
    ("call +92 300", "sign-of-number"),
    ("lahore - cricket", "sign-alone"),
    ("cricket AND", "operator-alone"),
    ("NOT", "operator-alone"),
    ("(cricket", "bracket-unbalanced"),
    ("cricket)", "bracket-unbalanced"),
    ('"cricket', "quote-unbalanced"),
    ("cricket^2", "boost-ignored"),
    ("colour:green", "field-unknown"),
    ("title: cricket", "field-empty"),
    ("lang:xx cricket", "language-unknown"),
    ("cricket -lang:xx", "language-unknown"),
    ("source:dawn cricket", "source-unknown"),
    ("cricket -source:dawn", "source-unknown"),
    ("tag:nonsense cricket", "tag-unknown"),
    ("source:City Ledger cricket", "filter-completed"),
    ("source:mail hockey", "filter-completed"),
    ("date:soon cricket", "date-invalid"),
    ("cricket -date:soon", "date-invalid"),
    ("date:2026..2025 cricket", "date-reversed"),
    ("date:2024 date:2026 cricket", "date-conflict"),
    ("c* cricket", "pattern-ignored"),
    ("zzzz* cricket", "pattern-empty"),
    ("zzzzzzz~ cricket", "pattern-empty"),
    ('"snow * leopard"', "pattern-in-phrase"),
    ("cricket *", "star-beside-words"),
    ("COVID-19~", "fuzzy-ignored"),
    ("-(cricket hockey) fog", "group-any"),
    ("-cricket", "only-exclusions"),
    ('"a phrase of nobody"', "phrase-by-meaning"),
    (" ".join(f"word{letter}*" for letter in "abcdefghi"), "patterns-too-many"),
]


@pytest.mark.parametrize(("query", "code"), NOTICES)
def test_what_is_not_obeyed_is_said(engine: SearchEngine, query: str, code: str) -> None:
    assert code in notices(engine, query)


def test_a_notice_names_its_part(engine: SearchEngine) -> None:
    request = SearchRequest("skardu -5 source:dawn", mode=Mode.KEYWORD)
    said = {each.code: each.part for each in engine.search(request).understood.notices}
    assert said == {"sign-of-number": "-5", "source-unknown": "source:dawn"}


def test_one_source_of_a_part_of_its_name(engine: SearchEngine) -> None:
    assert found(engine, "source:mail hockey") == {"hockey"}
    assert found(engine, "source:City Ledger cricket") == {"cricket"}
    assert found(engine, "cricket -source:City Ledger") == {"derby"}
    assert found(engine, "cricket AND source:City Ledger") == {"cricket"}


def test_a_pattern_is_bounded_and_says_so(tmp_path: Path) -> None:
    archives.build(_documents(), tmp_path)
    engine = archives.open_engine(tmp_path, SearchConfig(max_pattern_words=2))
    assert "pattern-cut" in notices(engine, "ca* fo* *")
    response = engine.search(SearchRequest("*e*r*", mode=Mode.KEYWORD))
    assert "pattern-ignored" not in {each.code for each in response.understood.notices}
    assert any("most frequent" in each.message for each in response.understood.notices)


def test_words_of_a_pattern_are_marked(engine: SearchEngine) -> None:
    hit = engine.search(SearchRequest("leop*", mode=Mode.KEYWORD)).hits[0]
    marked = {hit.title[span.start : span.end].lower() for span in hit.title_spans}
    assert marked <= {"leopard", "leopards"}
    assert marked


# --- a query that names what is to be changed ---


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("cricket lahore", {"cricket", "derby"}),
        ("tag:sport -source:ledger", None),
        ('tag:sport -source:"City Ledger"', {"derby", "hockey"}),
        ("source:Morning Mail before:2025", None),
        ('source:"Morning Mail" before:2025-01-01', {"vaccine"}),
        ("(cricket OR hockey) lang:en", {"cricket", "derby", "hockey"}),
        ("(cricket hockey) lang:en", {"derby"}),
        ("-(cricket hockey) lang:en", None),
        ("leop* snow", {"leopard", "leopards"}),
        ("cricket -5", None),
        ('"no such phrase"', set()),
        ("hockey - school", None),
        ("tag:sport -sourse:dawn", None),
        ("snow the leopards", {"leopard", "leopards"}),
        ("کھیل", set()),
        ("ہاکی", {"ہاکی", "کرکٹ"}),
        ("-cricket", None),
        ("* cricket", None),
        ("* lang:ur", {"کرکٹ", "ہاکی", "حکومت", "حکم"}),
    ],
)
def test_a_selection_holds_all_its_words_or_is_refused(
    engine: SearchEngine, query: str, wanted: set[str] | None
) -> None:
    if wanted is None:
        with pytest.raises(RequestError) as refused:
            engine.selection(query)
        assert refused.value.hint
    else:
        assert set(engine.selection(query).ids) == wanted


def test_a_selection_tells_what_stays(engine: SearchEngine) -> None:
    selected = engine.selection("cricket lahore")
    assert selected.of == len(ARTICLES)
    assert {each.id for each in selected.some} == {"cricket", "derby"}
    assert selected.query == "cricket lahore"
