"""How well the product's own search answers a test set.

A test set is a directory of three JSONL files: `documents.jsonl` (id, lang, title, text),
`queries.jsonl` (qid, lang, text and, if you like, type) and `qrels.jsonl` (qid, docid, rel). Every
figure comes from the same trip a search from the page takes, up to the snippets; the measures come
from `ir_measures`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R, nDCG

from index.config import IndexConfig
from index.documents import Skipped
from index.encoders.protocol import Encoder
from index.encoders.registry import open_encoder
from index.errors import InputError, RequestError, StoreError
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.progress import Progress
from index.readers import ReaderConfig, read_paths
from search.config import SearchConfig
from search.encoder_guard import EncoderGuard
from search.engine import SearchEngine
from search.evaluate.significance import (
    MAIN,
    Comparison,
    RowKey,
    compare,
    hybrid_against_better_arm,
    means,
)
from search.models import Mode, SearchRequest

CUTOFF = 10
ANY = "any"
BOTH = f"both@{CUTOFF}"
"""The share of queries answered in several languages that see a right document of each."""

PARTS = {
    "expansion": tuple(Mode),
    "bundled_lexicon": tuple(Mode),
    "archive_lexicon": tuple(Mode),
    "names": (Mode.HYBRID, Mode.KEYWORD),
    "roman": tuple(Mode),
    "spellings": (Mode.HYBRID, Mode.KEYWORD),
}
"""Parts of the search that a field of SearchConfig switches off, and the modes each is part of."""

_MEASURES = {MAIN: RR @ CUTOFF, "nDCG@10": nDCG @ CUTOFF, "recall@10": R @ CUTOFF}
_DOCUMENTS = ("documents.jsonl", "documents.jsonl.gz")
_FILES = ("queries.jsonl", "qrels.jsonl")
_MOST_BYTES = 1 << 34
"""What the documents of a test set may come to: its maker is trusted, and it is read whole."""
_STAMP = "eval.json"


@dataclass(frozen=True)
class TestQuery:
    """A question of a test set and the documents that answer it, with their grades."""

    id: str
    text: str
    language: str
    relevant: dict[str, int]
    type: str = ""


@dataclass(frozen=True)
class EvalRow:
    """Figures of one direction: queries of one language into documents of one (or `any`).

    `query_type` is empty for the queries of all types together.
    """

    query_language: str
    document_language: str
    mode: str
    queries: int
    metrics: dict[str, float]
    query_type: str = ""


@dataclass(frozen=True)
class EvalReport:
    """All figures of a test set. `refused` counts queries the product would not search.

    `arms` compares hybrid with the better single arm, `ablations` each row with the same search
    short of a part.
    """

    test_set: str
    documents: int
    encoder: str
    rows: tuple[EvalRow, ...]
    refused: int
    arms: tuple[Comparison, ...] = ()
    ablations: tuple[Comparison, ...] = ()


_Run = dict[str, dict[str, float]]
"""By query: the ids and scores of a page."""
_ByLanguage = dict[str, dict[str, int]]
"""Relevant documents with their grades, by their language, and under `any` all of them."""


def evaluate(
    directory: Path,
    config: IndexConfig,
    search_config: SearchConfig,
    modes: Sequence[Mode] = tuple(Mode),
    *,
    without: Sequence[str] = (),
    by_type: bool = False,
    progress: Progress | None = None,
    encoder: Encoder | None = None,
) -> EvalReport:
    """Build (or use again) an index of the test set's documents and ask it every query.

    Each of the `PARTS` named in `without` is also switched off and its worth reported; `by_type`
    adds rows for each type of query. The index is kept below `config.data_dir` in a directory of
    its own and never touches the archive there. Raises InputError when a file of the test set is
    missing or damaged, RequestError for a part that does not exist, EncoderError when the encoder
    fails on the way: figures of words alone would not be those of the search.
    """
    documents = documents_of(directory)
    _check_parts(without)
    # What readers may page through must not cut off what is measured.
    search_config = replace(
        search_config,
        max_page_size=max(CUTOFF, search_config.max_page_size),
        window=max(CUTOFF, search_config.window),
    )
    config = replace(config, data_dir=config.data_dir / "eval" / directory.resolve().name)
    encoder = encoder or open_encoder(config.encoder, threads=config.threads)
    ensure_index(documents, config, encoder, progress)
    index = OpenIndex.open_current(config.data_dir)
    try:
        searches = _searches(index, encoder, search_config, modes, without)
        queries = read_queries(directory, index)
        relevant = _relevant(queries, index)
        runs, refused = _ask(searches, queries, relevant, by_type, progress)
    finally:
        index.close()
    figures = {
        name: {key: _figures(key, run[key], relevant) for key in sorted(run, key=RowKey.order)}
        for name, run in runs.items()
    }
    full = figures[""]
    return EvalReport(
        test_set=directory.resolve().name,
        documents=index.manifest.counts.documents,
        encoder=encoder.info.id,
        rows=tuple(
            EvalRow(**key.named(), queries=len(measured[MAIN]), metrics=means(measured))
            for key, measured in full.items()
        ),
        refused=refused,
        arms=tuple(hybrid_against_better_arm(full)),
        ablations=tuple(
            compare(full, key, figures[part], key, f"without {part}")
            for part in without
            for key in figures[part]
        ),
    )


def _searches(
    index: OpenIndex,
    encoder: Encoder,
    config: SearchConfig,
    modes: Sequence[Mode],
    without: Sequence[str],
) -> dict[str, tuple[SearchEngine, Sequence[Mode]]]:
    """The whole search, by the name "", and those short of a part; with the modes to ask each in."""
    guard = EncoderGuard(encoder, config)
    searches = {"": (SearchEngine(index, guard, config), modes)}
    for part in without:
        engine = SearchEngine(index, guard, replace(config, **{part: False}))
        searches[part] = (engine, [mode for mode in modes if mode in PARTS[part]])
    return searches


def _relevant(queries: Sequence[TestQuery], index: OpenIndex) -> dict[str, _ByLanguage]:
    """By query; in an archive of one language, any is that one and not listed."""
    found = {query.id: relevant_by_language(query, index) for query in queries}
    if sum(map(bool, index.manifest.counts.languages.values())) < 2:
        for each in found.values():
            each.pop(ANY, None)
    return found


def _check_parts(names: Sequence[str]) -> None:
    for part in names:
        if part not in PARTS:
            raise RequestError(
                f"The search has no part {part!r} to switch off.",
                parameter="without",
                hint=f"Its parts: {', '.join(PARTS)}.",
            )


def documents_of(directory: Path) -> Path:
    """The documents of a test set, packed or not. Raises InputError if a file of it is missing."""
    there = [name for name in (*_DOCUMENTS, *_FILES) if (directory / name).is_file()]
    for name in (_DOCUMENTS[0], *_FILES):
        if name not in there and f"{name}.gz" not in there:
            raise InputError(
                f"{directory} is no test set: it has no {name}.",
                hint="It needs documents.jsonl (or .gz), queries.jsonl and qrels.jsonl.",
            )
    return directory / there[0]


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
    reading = ReaderConfig(max_file_bytes=_MOST_BYTES)
    # The qrels name documents by their ids in this one file.
    items = (
        item
        if isinstance(item, Skipped)
        else replace(item, id=item.id.removeprefix(f"{documents.name}/"))
        for item in read_paths([documents], config=reading)
    )
    report = rebuild_from(items, config, progress=progress, encoder=encoder)
    stamp.write_text(json.dumps({"documents": digest, "generation": report.generation}), "utf-8")


def read_queries(directory: Path, index: OpenIndex) -> list[TestQuery]:
    """Queries with the relevant documents the index holds.

    Exact copies are one document, whose id is that of the first, as in `SearchEngine.top`: whichever
    of them a judge named, an answer with the same text is right.
    """
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    names: dict[str, str | None] = {}
    for row in _rows(directory / "qrels.jsonl", ("qid", "docid", "rel")):
        name = str(row["docid"])
        if name not in names:
            docid = index.catalogue.docid_of(name)
            first = None if docid is None else int(index.columns.copy_of[docid])
            names[name] = None if first is None else index.catalogue.document(first).id
        found = names[name]
        if found is not None and int(row["rel"]) > 0:
            relevant[str(row["qid"])][found] = int(row["rel"])
    return [
        TestQuery(
            id=str(row["qid"]),
            text=str(row["text"]),
            language=str(row["lang"]),
            relevant=relevant[str(row["qid"])],
            type=str(row.get("type", "")),
        )
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


def _ask(
    searches: Mapping[str, tuple[SearchEngine, Sequence[Mode]]],
    queries: Sequence[TestQuery],
    relevant: Mapping[str, _ByLanguage],
    by_type: bool,
    progress: Progress | None,
) -> tuple[dict[str, dict[RowKey, _Run]], int]:
    """By search (whole, or short of a part, with the modes to ask it in) and row: a page of ids and
    scores for each query. And how many queries were refused.

    All searches get a question before the next is asked: its vector is still known.
    """
    runs: dict[str, dict[RowKey, _Run]] = {name: defaultdict(dict) for name in searches}
    refused = set()
    for number, query in enumerate(queries, 1):
        targets = [each for each, right in relevant[query.id].items() if right]
        try:
            for name, (engine, modes) in searches.items():
                for target, mode in product(targets, modes):
                    languages = () if target == ANY else (target,)
                    request = SearchRequest(query.text, mode=mode, languages=languages, size=CUTOFF)
                    key = RowKey(query.language, target, "", mode)
                    found = runs[name][key][query.id] = dict(engine.top(request))
                    if by_type and query.type:
                        runs[name][key._replace(query_type=query.type)][query.id] = found
        except RequestError:
            refused.add(query.id)
        if progress:
            progress("asking", number, len(queries))
    return runs, len(refused)


def relevant_by_language(query: TestQuery, index: OpenIndex) -> _ByLanguage:
    """The relevant documents of a query by their language, and under `any` all of them."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    columns = index.columns
    for name, grade in query.relevant.items():
        docid = index.catalogue.docid_of(name)
        if docid is not None:
            found[columns.lang_names[columns.lang[docid]]][name] = grade
            found[ANY][name] = grade
    return found


def _figures(
    key: RowKey, run: _Run, relevant: Mapping[str, _ByLanguage]
) -> dict[str, dict[str, float]]:
    """Each measure of each query asked; a query that found nothing has 0."""
    names = {measure: name for name, measure in _MEASURES.items()}
    figures = {name: dict.fromkeys(run, 0.0) for name in _MEASURES}
    right = {query: relevant[query][key.document_language] for query in run}
    for each in ir_measures.iter_calc(list(names), right, run):
        figures[names[each.measure]][each.query_id] = each.value
    if key.document_language == ANY and (both := _both(run, relevant)):
        figures[BOTH] = both
    return figures


def _both(run: _Run, relevant: Mapping[str, _ByLanguage]) -> dict[str, float]:
    """Of the queries with relevant documents in several languages: 1 where each is on the page."""
    found = {}
    for query, page in run.items():
        languages = [right for name, right in relevant[query].items() if name != ANY]
        if len(languages) > 1:
            found[query] = float(all(right.keys() & page for right in languages))
    return found
