"""Evaluation: figures of a small test set, what a part of the search is worth, and luck."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import archives
import pytest
from scipy import stats

from index.encoders.hashed import HashEncoder
from index.errors import InputError, RequestError
from search.config import SearchConfig
from search.engine import SearchEngine
from search.evaluate import evaluate as evaluation
from search.evaluate.evaluate import ANY, BOTH, EvalReport, evaluate
from search.evaluate.significance import paired_difference
from search.models import Mode, SearchRequest

DOCUMENTS = [
    {"id": "en/port", "lang": "en", "title": "Port", "text": "Two cranes came to the port."},
    {"id": "ur/port", "lang": "ur", "title": "ساحل", "text": "ساحل پر دو مشینیں آ گئیں۔"},
    {"id": "en/moon", "lang": "en", "title": "Moon", "text": "A telescope on the roof showed it."},
    {"id": "ur/moon", "lang": "ur", "title": "چاند", "text": "چھت پر دوربین سے چاند دیکھا گیا۔"},
    {"id": "en/wheat", "lang": "en", "title": "Wheat", "text": "Farmers sold wheat in the market."},
]
QUERIES = [
    {"qid": "1", "lang": "en", "text": "cranes port", "type": "keywords"},
    {"qid": "2", "lang": "en", "text": "telescope roof دوربین", "type": "keywords"},
    {"qid": "3", "lang": "en", "text": "xylophone", "type": "question"},
    {"qid": "4", "lang": "en", "text": "wheat " * 1_000, "type": "question"},
    {"qid": "5", "lang": "ur", "text": "دوربین"},
]
RELEVANT = [
    ("1", "en/port", 2),
    ("1", "ur/port", 1),
    ("2", "en/moon", 1),
    ("2", "ur/moon", 1),
    ("3", "en/wheat", 1),
    ("4", "en/wheat", 1),
    ("5", "ur/moon", 1),
    ("5", "gone", 1),
]


@pytest.fixture(scope="module")
def test_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("eval") / "small"
    folder.mkdir()
    qrels = [{"qid": qid, "docid": docid, "rel": rel} for qid, docid, rel in RELEVANT]
    for name, rows in (("documents", DOCUMENTS), ("queries", QUERIES), ("qrels", qrels)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    return folder


@pytest.fixture
def run(test_set: Path):
    def measured(modes: Sequence[Mode] = tuple(Mode), **options: Any) -> EvalReport:
        config = archives.config(test_set.parent / "data")
        return evaluate(test_set, config, SearchConfig(), modes, encoder=HashEncoder(), **options)

    return measured


def row(rows: Sequence[Any], query: str, documents: str, **wanted: str) -> Any:
    (found,) = [
        each
        for each in rows
        if (each.query_language, each.document_language) == (query, documents)
        and all(getattr(each, name) == value for name, value in wanted.items())
    ]
    return found


def test_figures_by_direction(run) -> None:
    report = run([Mode.KEYWORD])
    assert (report.test_set, report.documents, report.refused) == ("small", 5, 1)
    assert [
        (each.query_language, each.document_language, each.queries) for each in report.rows
    ] == [
        ("en", ANY, 3),
        ("en", "en", 3),
        ("en", "ur", 2),
        ("ur", ANY, 1),
        ("ur", "ur", 1),
    ]
    # The first finds the crane story, the second both telescopes, the third nothing.
    assert row(report.rows, "en", "en").metrics["MRR@10"] == pytest.approx(2 / 3, abs=1e-4)
    assert row(report.rows, "en", "ur").metrics["MRR@10"] == 0.5
    assert row(report.rows, "en", ANY).metrics["recall@10"] == 0.5
    assert row(report.rows, "ur", "ur").metrics["nDCG@10"] == 1.0


def test_limits_of_pages_do_not_change_figures(run, test_set: Path) -> None:
    config = archives.config(test_set.parent / "data")
    narrow = SearchConfig(max_page_size=1, window=1)
    found = evaluate(test_set, config, narrow, [Mode.KEYWORD], encoder=HashEncoder())
    assert (found.refused, found.rows) == (1, run([Mode.KEYWORD]).rows)


def test_both_languages_on_the_page(run) -> None:
    """Of the two English queries that both languages answer, one sees both answers."""
    rows = run([Mode.KEYWORD]).rows
    assert row(rows, "en", ANY).metrics[BOTH] == 0.5
    assert [BOTH in each.metrics for each in rows] == [True, False, False, False, False]


def test_by_type(run) -> None:
    rows = run([Mode.KEYWORD], by_type=True).rows
    assert row(rows, "en", "en", query_type="keywords").metrics["MRR@10"] == 1.0
    assert row(rows, "en", "en", query_type="question").metrics["MRR@10"] == 0.0
    assert row(rows, "en", "en", query_type="").queries == 3
    assert row(rows, "ur", "ur").query_type == ""  # of a query without a type


class WithParts(SearchEngine):
    """An engine with parts: without expansion it knows no cranes, without roman nothing at all."""

    def __init__(self, index: Any, encoder: Any, config: SearchConfig) -> None:
        super().__init__(index, encoder, config)
        self.config = config

    def top(self, request: SearchRequest) -> list[tuple[str, float]]:
        if not self.config.expansion and "cranes" in request.query:
            return []
        if not self.config.roman:
            request = replace(request, query="zzz")
        return super().top(request)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(evaluation, "SearchEngine", WithParts)


def test_what_a_part_is_worth(run, parts) -> None:
    report = run([Mode.KEYWORD], without=("expansion", "names"))
    lost = row(report.ablations, "en", "en", baseline="without expansion")
    assert lost.metrics["MRR@10"] == pytest.approx(1 / 3, abs=1e-4)
    assert lost.differences["MRR@10"].mean == pytest.approx(1 / 3, abs=1e-4)
    assert (lost.queries, lost.differences["MRR@10"].p) == (3, 1.0)  # one query proves nothing
    for each in report.ablations:
        if each.baseline == "without names":
            assert {found.mean for found in each.differences.values()} == {0.0}


def test_only_modes_that_a_part_changes(run, parts) -> None:
    report = run(without=("roman", "expansion", "names"))
    modes = {name: set() for name in ("roman", "expansion", "names")}
    for each in report.ablations:
        modes[each.baseline.removeprefix("without ")].add(each.mode)
    assert modes == {
        "roman": {"hybrid", "keyword", "semantic"},
        "expansion": {"hybrid", "keyword", "semantic"},
        "names": {"hybrid", "keyword"},
    }


def test_hybrid_against_the_better_arm(run) -> None:
    report = run()
    assert {each.mode for each in report.arms} == {"hybrid"}
    for each in report.arms:
        at = (each.query_language, each.document_language)
        mrr = {
            mode.value: row(report.rows, *at, mode=mode.value).metrics["MRR@10"] for mode in Mode
        }
        assert mrr[each.baseline] == max(mrr["keyword"], mrr["semantic"])
        assert each.differences["MRR@10"].mean == pytest.approx(
            mrr["hybrid"] - mrr[each.baseline], abs=2e-4
        )
    assert run([Mode.HYBRID, Mode.KEYWORD]).arms == ()


def test_the_report_as_json(run) -> None:
    report = run([Mode.KEYWORD], without=("roman",))
    data = json.loads(json.dumps(asdict(report)))
    assert data["ablations"][0]["differences"]["MRR@10"] == asdict(
        report.ablations[0].differences["MRR@10"]
    )
    assert data["rows"][0]["metrics"] == report.rows[0].metrics


def test_an_unknown_part(run) -> None:
    with pytest.raises(RequestError, match="no part 'roma'") as error:
        run(without=("roma",))
    assert "roman" in error.value.hint


def test_no_test_set(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"it has no documents\.jsonl"):
        evaluate(tmp_path, archives.config(tmp_path / "data"), SearchConfig())


# --- luck ---


def test_few_queries_are_tested_exactly() -> None:
    """Six of six better: of the 64 ways to flip signs, two are as far out."""
    assert paired_difference([1.0] * 6, [0.5] * 6).p == round(2 / 64, 4)
    assert paired_difference([0.5] * 6, [1.0] * 6).mean == -0.5


def test_queries_that_did_not_change_say_nothing() -> None:
    few = paired_difference([1.0] * 6, [0.5] * 6)
    many = paired_difference([1.0] * 6 + [0.3] * 94, [0.5] * 6 + [0.3] * 94)
    assert many.p == few.p
    assert many.mean == pytest.approx(few.mean * 6 / 100)
    same = paired_difference([0.2, 0.4], [0.2, 0.4])
    assert (same.mean, same.p) == (0.0, 1.0)


def test_many_queries_agree_with_the_t_test() -> None:
    dice = random.Random(7)
    baseline = [dice.random() for _ in range(400)]
    for gain in (0.0, 0.012, 0.05):
        values = [value + dice.gauss(gain, 0.1) for value in baseline]
        found = paired_difference(values, baseline)
        assert found.p == pytest.approx(stats.ttest_rel(values, baseline).pvalue, abs=0.02)
        assert found == paired_difference(values, baseline)


def test_copies_of_a_right_answer_are_that_answer(tmp_path: Path) -> None:
    """Whichever of them the judges named: the figures are those of the set with each text once."""
    copies = [{**row, "id": f"{row['id']}/{n}"} for n in range(12) for row in DOCUMENTS]
    figures = []
    for name, documents, end in (("once", DOCUMENTS, ""), ("copied", copies, "/7")):
        folder = tmp_path / name
        folder.mkdir()
        qrels = [{"qid": qid, "docid": f"{docid}{end}", "rel": rel} for qid, docid, rel in RELEVANT]
        for file, rows in (("documents", documents), ("queries", QUERIES), ("qrels", qrels)):
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / f"{file}.jsonl").write_text(lines, "utf-8")
        report = evaluate(
            folder, archives.config(tmp_path / "data"), SearchConfig(), encoder=HashEncoder()
        )
        assert report.documents == len(documents)
        figures.append([(each.mode, each.queries, each.metrics) for each in report.rows])
    assert figures[0] == figures[1]
