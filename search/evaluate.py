"""How well the product's own search answers a test set.

A test set is a directory of three JSONL files: `documents.jsonl` (id, lang, title, text),
`queries.jsonl` (qid, lang, text) and `qrels.jsonl` (qid, docid, rel). Every figure comes from the
same trip a search from the page takes, up to the snippets; the measures come from `ir_measures`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG

from index.build import Progress, rebuild
from index.config import IndexConfig
from index.encoder import Encoder
from index.encoders import open_encoder
from index.errors import InputError, RequestError, StoreError
from index.reader import OpenIndex
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import Mode, SearchRequest

CUTOFF = 10
ANY = "any"
_MEASURES = {"MRR@10": RR @ CUTOFF, "nDCG@10": nDCG @ CUTOFF, "recall@10": R @ CUTOFF}
_FILES = ("documents.jsonl", "queries.jsonl", "qrels.jsonl")
_STAMP = "eval.json"


@dataclass(frozen=True)
class TestQuery:
    """A question of a test set and the documents that answer it, with their grades."""

    id: str
    text: str
    language: str
    relevant: dict[str, int]


@dataclass(frozen=True)
class EvalRow:
    """Figures of one direction: queries of one language into documents of one (or `any`)."""

    query_language: str
    document_language: str
    mode: str
    queries: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class EvalReport:
    """All figures of a test set. `refused` counts queries the product would not search."""

    test_set: str
    documents: int
    encoder: str
    rows: tuple[EvalRow, ...]
    refused: int

    def to_json(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return asdict(self)


def evaluate(
    directory: Path,
    config: IndexConfig,
    search_config: SearchConfig,
    modes: Sequence[Mode] = tuple(Mode),
    *,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> EvalReport:
    """Build (or use again) an index of the test set's documents and ask it every query.

    The index is kept below `config.data_dir` in a directory of its own and never touches the
    archive there. Raises InputError when a file of the test set is missing or damaged.
    """
    for name in _FILES:
        if not (directory / name).is_file():
            raise InputError(
                f"{directory} is no test set: it has no {name}.",
                hint="It needs documents.jsonl, queries.jsonl and qrels.jsonl.",
            )
    config = replace(config, data_dir=config.data_dir / "eval" / directory.resolve().name)
    encoder = encoder or open_encoder(config.encoder, threads=config.threads)
    ensure_index(directory / "documents.jsonl", config, encoder, progress)
    index = OpenIndex.open_current(config.data_dir)
    try:
        engine = SearchEngine(index, encoder, search_config)
        queries = read_queries(directory, index)
        rows, refused = _measure(engine, index, queries, modes, progress)
        documents, encoder_id = index.manifest.counts.documents, encoder.info.id
    finally:
        index.close()
    return EvalReport(directory.resolve().name, documents, encoder_id, tuple(rows), refused)


def ensure_index(
    documents: Path, config: IndexConfig, encoder: Encoder, progress: Progress | None
) -> None:
    """Build the test set's index unless the one there is of these documents, rules and encoder."""
    digest = hashlib.sha256(documents.read_bytes()).hexdigest()
    stamp = config.data_dir / _STAMP
    try:
        with_index = OpenIndex.open_current(config.data_dir)
        wanted = {"documents": digest, "generation": with_index.name}
        fits = with_index.manifest.encoder.id == encoder.info.id
        with_index.close()
        if fits and json.loads(stamp.read_text("utf-8")) == wanted:
            return
    except (StoreError, OSError, ValueError):
        pass
    report = rebuild([documents], config, progress=progress, encoder=encoder)
    stamp.write_text(json.dumps({"documents": digest, "generation": report.generation}), "utf-8")


def read_queries(directory: Path, index: OpenIndex) -> list[TestQuery]:
    """Queries with the relevant documents the index holds, a duplicate's id made its twin's."""
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    names: dict[str, str | None] = {}
    for row in _rows(directory / "qrels.jsonl", ("qid", "docid", "rel")):
        name = str(row["docid"])
        if name not in names:
            docid = index.catalogue.docid_of(name)
            names[name] = None if docid is None else index.catalogue.document(docid).id
        found = names[name]
        if found is not None and int(row["rel"]) > 0:
            relevant[str(row["qid"])][found] = int(row["rel"])
    return [
        TestQuery(str(row["qid"]), str(row["text"]), str(row["lang"]), relevant[str(row["qid"])])
        for row in _rows(directory / "queries.jsonl", ("qid", "text", "lang"))
    ]


def _rows(path: Path, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                row = json.loads(line)
                if missing := [field for field in fields if field not in row]:
                    raise ValueError(f"it has no {', '.join(missing)}")
            except (ValueError, TypeError) as error:
                raise InputError(f"{path}, line {number} cannot be used: {error}.") from error
            yield row


def _measure(
    engine: SearchEngine,
    index: OpenIndex,
    queries: Sequence[TestQuery],
    modes: Sequence[Mode],
    progress: Progress | None,
) -> tuple[list[EvalRow], int]:
    """One row for each query language, document language and mode that has queries."""
    languages = [name for name, count in index.manifest.counts.languages.items() if count]
    targets = [*sorted(languages), ANY] if len(languages) > 1 else sorted(languages)
    ids = {query.id: relevant_by_language(query, index) for query in queries}
    runs: dict[tuple[str, str, Mode], dict[str, dict[str, float]]] = defaultdict(dict)
    refused = 0
    for number, query in enumerate(queries, 1):
        try:
            for target in targets:
                if ids[query.id].get(target):
                    for mode in modes:
                        run = engine.top(_request(query, target, mode))
                        runs[query.language, target, mode][query.id] = dict(run)
        except RequestError:
            refused += 1
        if progress:
            progress("asking", number, len(queries))
    rows = [_row(key, run, {name: ids[name][key[1]] for name in run}) for key, run in runs.items()]
    order: Callable[[EvalRow], Any] = lambda row: (  # noqa: E731
        row.query_language,
        row.document_language,
        list(Mode).index(Mode(row.mode)),
    )
    return sorted(rows, key=order), refused


def _request(query: TestQuery, target: str, mode: Mode) -> SearchRequest:
    languages = () if target == ANY else (target,)
    return SearchRequest(query.text, mode=mode, languages=languages, size=CUTOFF)


def relevant_by_language(query: TestQuery, index: OpenIndex) -> dict[str, dict[str, int]]:
    """The relevant documents of a query by their language, and under `any` all of them."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    columns = index.columns
    for name, grade in query.relevant.items():
        docid = index.catalogue.docid_of(name)
        if docid is not None:
            found[columns.lang_names[columns.lang[docid]]][name] = grade
            found[ANY][name] = grade
    return found


def _row(
    key: tuple[str, str, Mode],
    run: dict[str, dict[str, float]],
    relevant: dict[str, dict[str, int]],
) -> EvalRow:
    """Means over all queries asked; a query that found nothing counts as 0."""
    totals = dict.fromkeys(_MEASURES, 0.0)
    names = {measure: name for name, measure in _MEASURES.items()}
    for value in ir_measures.iter_calc(list(names), relevant, run):
        totals[names[value.measure]] += value.value
    metrics = {name: round(total / len(run), 4) for name, total in totals.items()}
    return EvalRow(key[0], key[1], key[2].value, len(run), metrics)
