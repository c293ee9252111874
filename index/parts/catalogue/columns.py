"""What filters and sorting need of every document: arrays by docid, put together of those of the segments.

Those of a segment are read from the rows of its catalogue once and stored beside it (`COLUMNS_FILE`), so
that opening an index reads no row of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import Ints, Mask, first_alike
from index.parts.catalogue.addresses import number_of
from index.parts.catalogue.writer import Row
from index.store.array_files import load_arrays
from index.store.layout import COLUMNS_FILE
from index.text.normalize import normalize

NO_DATE = -1
_NAMES = ("lang_names", "source_names", "tag_names")
_PASSAGES = ("doc_first_pid", "doc_passages")


@dataclass(frozen=True)
class Columns:
    """What filters and sorting need of every document, as read-only arrays indexed by docid.

    Codes point into the name tuples beside them; -1 stands for none (and for all of a docid that
    is not `live`). The tags of a document are `tag_codes[tag_indptr[docid]:tag_indptr[docid+1]]`,
    its passages `doc_first_pid[docid]` and the `doc_passages[docid] - 1` pids after it.
    `copy_of` is the first document with the very text of this one: itself, unless it is a copy.
    """

    live: npt.NDArray[np.bool_]
    lang: npt.NDArray[np.int8]
    lang_names: tuple[str, ...]
    date: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    source_names: tuple[str, ...]
    tag_indptr: npt.NDArray[np.int64]
    tag_codes: npt.NDArray[np.int32]
    tag_names: tuple[str, ...]
    doc_first_pid: npt.NDArray[np.int32]
    doc_passages: npt.NDArray[np.int32]
    passage_doc: npt.NDArray[np.int32]
    copy_of: npt.NDArray[np.int32]

    def __len__(self) -> int:
        """Docids ever given: the length of every per-document array."""
        return len(self.live)

    def language_code(self, language: str) -> int:
        """The code of a language; -1 if no document is in it."""
        return self.lang_names.index(language) if language in self.lang_names else -1

    @cached_property
    def firsts(self) -> npt.NDArray[np.bool_]:
        """Mask of the documents that are there, of exact copies only the first."""
        firsts: npt.NDArray[np.bool_] = self.live & (self.copy_of == np.arange(len(self)))
        return firsts

    @cached_property
    def passage_languages(self) -> npt.NDArray[np.int8]:
        """The language code of each passage; -1 for a pid that is none any more."""
        owners = self.passage_doc
        return np.where(owners >= 0, self.lang[owners], -1).astype(np.int8)

    @cached_property
    def text_languages(self) -> npt.NDArray[np.int8]:
        """The language code of each passage, every text counted once: -1 for one of a copy, too. Read-only."""
        languages = self.languages_of(self.firsts)
        languages.setflags(write=False)
        return languages

    def languages_of(self, documents: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        """The language code of each passage of the documents under a mask; -1 for any other."""
        return np.where(documents[self.passage_doc], self.passage_languages, np.int8(-1))

    # Worked out once, for an archive may have a hundred thousand tags, and each search asks for them.

    @cached_property
    def source_keys(self) -> tuple[str, ...]:
        """The sources as names are compared."""
        return normalized(self.source_names)

    @cached_property
    def tag_keys(self) -> tuple[str, ...]:
        """The tags as names are compared."""
        return normalized(self.tag_names)


def normalized(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are compared: one spelling for what counts as one."""
    return tuple(normalize(name) for name in names)


@dataclass(frozen=True)
class SegmentColumns:
    """The columns of one segment: of its docids `docids`, ascending, from `first` up to `end`, and pids
    from `first_pid` up to `end_pid`. `contents` are alike for those of one content hash."""

    first: int
    end: int
    first_pid: int
    end_pid: int
    docids: npt.NDArray[np.int32]
    lang: npt.NDArray[np.int8]
    lang_names: tuple[str, ...]
    date: npt.NDArray[np.int32]
    source: npt.NDArray[np.int32]
    source_names: tuple[str, ...]
    tag_counts: npt.NDArray[np.int32]
    tag_codes: npt.NDArray[np.int32]
    tag_names: tuple[str, ...]
    doc_first_pid: npt.NDArray[np.int32]
    doc_passages: npt.NDArray[np.int32]
    contents: npt.NDArray[np.uint64]

    @classmethod
    def read(cls, rows: Callable[[str], list[Row]]) -> SegmentColumns:
        """Those of a catalogue file; `rows` answers a query. Raises what its damage makes numpy raise."""
        meta: dict[str, str] = dict(rows("SELECT key, value FROM meta"))
        query = "SELECT docid, lang, date, source, tags, first_pid, passages, content_hash"
        found = rows(f"{query} FROM documents ORDER BY docid")
        columns_of = zip(*found) if found else ((),) * 8  # noqa: B905
        docids, langs, dates, sources, tags, first, many, contents = columns_of
        lang_names, lang = _coded(langs)
        source_names, source = _coded(sources)
        days, day = _coded(dates)
        ordinals = np.array([*(date.fromisoformat(d).toordinal() for d in days), NO_DATE])
        parsed = {value: tuple(dict.fromkeys(json.loads(value))) for value in set(tags)}
        tag_names, tag = _coded([name for value in tags for name in parsed[value]])
        made = cls(
            first=int(meta.get("first_docid", 0)),
            end=int(meta["next_docid"]),
            first_pid=int(meta.get("first_pid", 0)),
            end_pid=int(meta["next_pid"]),
            docids=np.array(docids, np.int32),
            lang=np.array(lang, np.int8),
            lang_names=lang_names,
            date=ordinals[day].astype(np.int32),  # code -1, no date, takes the last
            source=np.array(source, np.int32),
            source_names=source_names,
            tag_counts=np.array([len(parsed[value]) for value in tags], np.int32),
            tag_codes=np.array(tag, np.int32),
            tag_names=tag_names,
            doc_first_pid=np.array(first, np.int32),
            doc_passages=np.array(many, np.int32),
            contents=np.array([number_of(each) for each in contents], np.uint64),
        )
        made.require_sound()
        return made

    def save(self, directory: Path) -> None:
        """Write them beside the catalogue they are of: whole or not at all, as workers that begin meanwhile read them
        if they are there."""
        arrays = {
            name: np.frombuffer(json.dumps(value).encode(), np.uint8) if name in _NAMES else value
            for name, value in vars(self).items()
        }
        unfinished = directory / f".{COLUMNS_FILE}"
        np.savez(unfinished, allow_pickle=False, **arrays)
        unfinished.replace(directory / COLUMNS_FILE)

    @classmethod
    def load(cls, directory: Path) -> SegmentColumns:
        """Those stored. Raises any of `index.store.array_files.UNREADABLE`."""
        arrays: dict[str, Any] = dict(load_arrays(directory / COLUMNS_FILE))
        for name in _NAMES:
            arrays[name] = tuple(json.loads(bytes(arrays[name])))
        for name in ("first", "end", "first_pid", "end_pid"):
            arrays[name] = int(arrays[name])
        loaded = cls(**arrays)
        loaded.require_sound()
        return loaded

    def under(self, kept: Mask) -> SegmentColumns:
        """Those of the documents under a mask."""
        if kept.all():
            return self
        each = ("docids", "lang", "date", "source", "tag_counts", *_PASSAGES, "contents")
        tags = self.tag_codes[np.repeat(kept, self.tag_counts)]
        return replace(self, tag_codes=tags, **{name: getattr(self, name)[kept] for name in each})

    def require_sound(self) -> None:
        """Raise ValueError unless the documents and their passages are in their ranges."""
        ids, last = self.docids, self.doc_first_pid.astype(np.int64) + self.doc_passages
        if max(self.end, self.end_pid) >= 2**31 or self.first < 0 or self.first_pid < 0:
            raise ValueError("docids are out of range")
        if len(ids) and not (
            self.first <= ids[0] and ids[-1] < self.end and (np.diff(ids) > 0).all()
        ):
            raise ValueError("docids are out of range")
        if len(ids) and not (
            self.doc_first_pid.min() >= self.first_pid
            and last.max() <= self.end_pid
            and self.doc_passages.min() >= 0
        ):
            raise ValueError("pids are out of range")
        if int(self.tag_counts.sum()) != len(self.tag_codes):
            raise ValueError("its tags are not those of its documents")


def together(segments: Sequence[SegmentColumns], removed: Ints) -> Columns:
    """The columns of an index, of those of its segments, each of which begins where the last ends, and
    the docids that are documents no more. Raises ValueError if they do not follow one another."""
    bounds = [(each.end, each.end_pid) for each in segments]
    begins = [(each.first, each.first_pid) for each in segments[1:]]
    if begins != bounds[:-1]:
        raise ValueError("its segments do not follow one another")
    size, pids = bounds[-1]
    if len(removed) and not 0 <= removed.min() <= removed.max() < size:
        raise ValueError("documents are removed that never were there")
    gone = np.zeros(size, bool)
    gone[removed] = True
    kept = [~gone[each.docids] for each in segments]
    parts = [each.under(own) for each, own in zip(segments, kept, strict=True)]
    columns = _columns(parts, size, pids)
    for value in vars(columns).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return columns


def _columns(parts: Sequence[SegmentColumns], size: int, pids: int) -> Columns:
    """The columns of the documents of some segments, in arrays for so many docids and pids."""

    def joined(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(each, name) for each in parts])

    def named(names: str, codes: str) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
        return _together(
            [getattr(each, names) for each in parts], [getattr(each, codes) for each in parts]
        )

    docids = joined("docids")

    def spread(values: npt.NDArray[Any], empty: int = -1) -> npt.NDArray[Any]:
        found = np.full(size, empty, values.dtype)
        found[docids] = values
        return found

    lang_names, lang = named("lang_names", "lang")
    source_names, source = named("source_names", "source")
    tag_names, tags = named("tag_names", "tag_codes")
    first, many = joined("doc_first_pid"), joined("doc_passages")
    # The passages of each document in turn, and those of none that are behind them.
    begins = np.append(first, pids)
    holes = np.diff(begins) - many
    owners = np.stack([docids, np.full(len(docids), -1, np.int32)], axis=1)
    passage_doc = np.repeat(
        np.append(np.int32(-1), owners), np.append(begins[0], np.stack([many, holes], axis=1))
    )
    copy_of = np.arange(size, dtype=np.int32)
    copy_of[docids] = docids[first_alike(joined("contents"))]
    return Columns(
        live=spread(np.ones(len(docids), bool), 0),
        lang=spread(lang.astype(np.int8)),
        lang_names=lang_names,
        date=spread(joined("date")),
        source=spread(source.astype(np.int32)),
        source_names=source_names,
        tag_indptr=np.concatenate(
            [[0], np.cumsum(spread(joined("tag_counts"), 0), dtype=np.int64)]
        ),
        tag_codes=tags.astype(np.int32),
        tag_names=tag_names,
        doc_first_pid=spread(first),
        doc_passages=spread(many, 0),
        passage_doc=passage_doc,
        copy_of=copy_of,
    )


def _coded(values: Sequence[str | None]) -> tuple[tuple[str, ...], list[int]]:
    names = tuple(sorted({value for value in values if value}))
    codes: dict[str | None, int] = {name: code for code, name in enumerate(names)}
    return names, [codes.get(value, -1) for value in values]


def _together(
    names: Sequence[tuple[str, ...]], codes: Sequence[npt.NDArray[Any]]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The names that are used, in order, and all codes one after another as their places; -1 stays."""
    joined = sorted(set[str]().union(*names))
    place = {name: at for at, name in enumerate(joined)}
    tables = [np.array([*(place[name] for name in own), -1], np.int64) for own in names]
    all_codes = np.concatenate([table[own] for table, own in zip(tables, codes, strict=True)])
    used = np.zeros(len(joined) + 1, bool)  # the last is for those of no name
    used[all_codes] = True
    ranks = np.append(np.cumsum(used[:-1]) - 1, -1)
    return tuple(name for name, own in zip(joined, used.tolist(), strict=False) if own), ranks[
        all_codes
    ]
