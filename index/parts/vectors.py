"""The vector index: nearest passages by meaning. The only module that knows FAISS.

Of each segment `vectors.npy` holds the exact vectors (float16, a row for each pid) and is part of the
truth; the rest derives from it: `centroids.npy` (a row for each docid), the mean of each document's
passages, and the FAISS indexes, one for each language, which find neighbours fast (figures in
docs/measured.md):

    up to 10,000 passages   exact inner product
    beyond                  4-bit product quantizer, two dimensions a code, scanned whole in the
                            processor's registers; the best candidates are rescored exactly.
                            It cannot skip what a condition leaves out, so more candidates are
                            fetched then, and of few passages all are scored.

An encoder finds less in common across languages than within one, so as many passages of each are
looked for, and one scan of all would have to go far for those of the other language. Inverted lists
were tried: at a quarter of the lists a scan of 350,000 passages took two thirds of the time and found
.95 of the best twenty instead of .98. FAISS rows stay in here: the outside speaks pids.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from urllib.parse import quote

import faiss
import numpy as np
import numpy.typing as npt

from index.arrays import Codes, Floats, Ints, Longs, Rows, evenly, widened
from index.errors import IndexDamagedError
from index.parts.part import Building, Checking, Opening, Part, Question
from index.store.array_files import damage_named
from index.store.layout import CENTROIDS_FILE, FAISS_DIR, VECTORS_FILE, holding

EXACT_UP_TO = 10_000
"""Passages of a language. Beyond, a scan of codes finds the same best twenty in a third of the time."""
_RESCORED = 4
"""Candidates fetched from a quantized index, as a multiple of what was asked for."""
_ALL_SCORED = 8_192
"""Passages that meet a condition, up to which all are scored: about what a scan costs."""
_WIDER = 1.5
"""How many times as many candidates are fetched as should do when a condition leaves some out."""
_TRAINING_ROWS = 100_000
_CHUNK = 16_384
LISTS_LOOKED_AT = 64
_RESCORED_AT_ONCE = 256
_SAMPLED, _ROUNDS = 64, 10
"""Rows a list that its centre is learned from, and rounds of that."""
HALF_ROWS = 16_384
"""Rows of half precision that are compared at once."""
_PIECE = 1 << 20
_READING = Lock()
_NO_PIDS = np.empty(0, np.int64)
_CENTROID_ERROR = 0.002
"""Of one number: float16 holds numbers below one to a two-thousandth."""
LEAST_COSINE = 0.98
"""Of a vector and what the encoder makes of its text today. The bundled model gives 1.0000 on the
machine that built the index; other processors and servers round otherwise."""


@dataclass(frozen=True)
class Neighbours:
    """The nearest passages to a query: pids and their inner products, best first."""

    pids: Ints
    scores: Floats


class VectorFile:
    """Exact vectors on disk while an index is being built: rows come in the order of pids."""

    def __init__(self, path: Path, rows: int, dimension: int) -> None:
        # Written plainly, not mapped: on a full disk a mapped write kills the process.
        self._file = path.open("w+b")
        header = {"descr": "<f2", "fortran_order": False, "shape": (rows, dimension)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._begin, self._width = self._file.tell(), 2 * dimension
        self._left = rows

    def append(self, vectors: Floats | npt.NDArray[np.float16]) -> None:
        """Store the unit vectors of the next pids."""
        self._file.write(vectors.astype("<f2").tobytes())
        self._left -= len(vectors)

    def row(self, pid: int) -> npt.NDArray[np.float16]:
        """The vector of a pid that has come."""
        self._file.flush()
        start = self._begin + pid * self._width
        return np.frombuffer(os.pread(self._file.fileno(), self._width, start), "<f2")

    def finish(self) -> None:
        """Close the file; every row must have come."""
        self._file.close()
        if self._left:
            raise ValueError(f"{self._left} vectors are missing")

    def abort(self) -> None:
        """Let go of the file, whatever is in it."""
        self._file.close()


def load_vectors(directory: Path, name: str = VECTORS_FILE) -> npt.NDArray[np.float16]:
    """The exact vectors of a generation, mapped, not read. Raises IndexDamagedError."""
    with damage_named(f"The vectors in {directory}"):
        mapped = np.load(directory / name, mmap_mode="r", allow_pickle=False)
    rows: npt.NDArray[np.float16] = np.asarray(mapped)  # parts of a memmap cost more to take
    return rows


def rows_of(generation: Path, name: str = VECTORS_FILE) -> Rows:
    """The vectors of all segments of a generation, mapped, not read. Raises IndexDamagedError."""
    with damage_named(f"The vectors in {generation}"):
        return Rows([load_vectors(path.parent, name) for path in holding(generation, name)])


def build_centroids(directory: Path, first_row: Ints, passages: Ints) -> None:
    """Derive `centroids.npy` of a segment: its document d has `passages[d]` rows from `first_row[d]` on."""
    np.save(directory / CENTROIDS_FILE, centroids_of(load_vectors(directory), first_row, passages))


def centroids_of(
    rows: npt.NDArray[np.float16] | Rows, first_pid: Ints, passages: Ints
) -> npt.NDArray[np.float16]:
    """The mean of each document's passages, at length 1; zero for a docid without any."""
    centroids = np.zeros((len(first_pid), rows.shape[1]), np.float16)
    pairs = zip(first_pid.tolist(), passages.tolist(), strict=True)
    for docid, (first, count) in enumerate(pairs):
        if count > 0:
            mean = rows[first : first + count].astype(np.float32).mean(axis=0)
            centroids[docid] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return centroids


def build_faiss(directory: Path, languages: Codes, names: Sequence[str], first: int = 0) -> None:
    """Derive the FAISS files from `vectors.npy` in the directory of a segment.

    `languages` has for each of its pids, which are `first` and those that follow, the code of its
    language, a place in `names`; pids of -1 are no passages and are left out.
    """
    rows = load_vectors(directory)
    (directory / FAISS_DIR).mkdir(exist_ok=True)
    for code, name in enumerate(names):
        places = np.flatnonzero(languages == code)
        if len(places):
            _write(_filled(rows, places, first), faiss_file(directory, name))


def faiss_file(directory: Path, language: str) -> Path:
    """The FAISS index of the passages in one language."""
    return directory / FAISS_DIR / f"{quote(language, safe='')}.faiss"


def unit(vectors: Floats) -> Floats:
    """Vectors (rows or one) at length 1."""
    scaled: Floats = vectors / lengths(vectors)[..., None]
    return scaled


def lengths(vectors: Floats) -> Floats:
    """The lengths of vectors (rows or one), never 0."""
    found: Floats = np.maximum(np.linalg.norm(vectors, axis=-1), np.float32(1e-9))
    return found


def nearest_rows(queries: Floats, base: Floats, k: int) -> tuple[Floats, Ints]:
    """Inner products and places of the `k` rows of `base` nearest to each query, best first.

    Both results have shape (len(queries), k), k at most len(base).
    """
    scores, places = faiss.knn(queries, base, min(k, len(base)), faiss.METRIC_INNER_PRODUCT)
    return scores, places.astype(np.int32)


def nearest_stored(queries: Floats, rows: Rows, chosen: Ints, k: int) -> tuple[Floats, Ints]:
    """Inner products and places of those `chosen` of stored rows (float16) that are nearest to each query, as
    `nearest_rows` gives them. Some at a time are brought to full precision."""
    best = np.empty((len(queries), 0), np.float32)
    places = np.empty((len(queries), 0), np.int32)
    for start in range(0, len(chosen), HALF_ROWS):
        some = chosen[start : start + HALF_ROWS]
        products, at = nearest_rows(queries, widened(rows[some]), k)
        best = np.concatenate([best, products], axis=1)
        places = np.concatenate([places, some[at]], axis=1)
        order = np.argsort(-best, axis=1, kind="stable")[:, :k]
        best = np.take_along_axis(best, order, axis=1)
        places = np.take_along_axis(places, order, axis=1)
    return best, places


class InvertedLists:
    """Rows among which the nearest of many queries are found without looking at all of them: FAISS parts them into
    lists around centres, and the lists of the nearest centres are looked through. Of the ten nearest of 8,000 and of
    12,000 articles .994 are found; at 100,000 rows a query meets a twentieth of them.

    A byte is held of each number of a row. What is nearest by those is compared as it is stored."""

    def __init__(self, rows: Rows, chosen: Ints) -> None:
        """Of the `chosen` ones of some rows."""
        self._rows, self._chosen = rows, chosen
        count, dimension, metric = len(chosen), rows.shape[1], faiss.METRIC_INNER_PRODUCT
        centres, kind = faiss.IndexFlatIP(dimension), faiss.ScalarQuantizer.QT_8bit
        lists = 4 * math.isqrt(count)
        self._index = faiss.IndexIVFScalarQuantizer(centres, dimension, lists, kind, metric)
        how = self._index.cp
        how.min_points_per_centroid, how.max_points_per_centroid, how.niter = 1, _SAMPLED, _ROUNDS
        self._index.nprobe = min(LISTS_LOOKED_AT, lists)
        self._index.train(widened(rows[chosen[evenly(count, _SAMPLED * lists)]]))
        for start in range(0, count, _CHUNK):
            self._index.add(widened(rows[chosen[start : start + _CHUNK]]))

    def nearest(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        """Inner products and places of the rows nearest to each query, as `nearest_rows` gives them."""
        k = min(k, len(self._chosen))
        parts = [
            self._nearest(queries[start : start + _RESCORED_AT_ONCE], k)
            for start in range(0, len(queries), _RESCORED_AT_ONCE)
        ]
        scores, places = zip(*parts, strict=True)
        return np.concatenate(scores), np.concatenate(places)

    def _nearest(self, queries: Floats, k: int) -> tuple[Floats, Ints]:
        _, found = self._index.search(queries, min(2 * k, len(self._chosen)))
        places = self._chosen[found]
        scores = np.einsum(
            "qd,qkd->qk",
            queries,
            widened(self._rows[places.ravel()]).reshape(*places.shape, -1),
        )
        scores[found < 0] = -np.inf
        best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        scores, places = (np.take_along_axis(each, best, axis=1) for each in (scores, places))
        short = np.flatnonzero(np.isinf(scores[:, -1]))  # their lists hold fewer than k
        if len(short):
            scores[short], places[short] = nearest_stored(
                queries[short], self._rows, self._chosen, k
            )
        return scores, places


def _filled(rows: npt.NDArray[np.float16], pids: Longs, first: int) -> faiss.IndexIDMap:
    """An index of some rows, the first of which is that of the pid `first`; of the kind that their number
    asks for."""
    dimension, metric = rows.shape[1], faiss.METRIC_INNER_PRODUCT
    if len(pids) <= EXACT_UP_TO or dimension % 2:
        inner = faiss.IndexFlat(dimension, metric)
    else:
        inner = faiss.IndexPQFastScan(dimension, dimension // 2, 4, metric)
        step = max(1, len(pids) // _TRAINING_ROWS)
        inner.train(rows[pids[::step]].astype(np.float32))
    index = faiss.IndexIDMap(inner)
    for start in range(0, len(pids), _CHUNK):
        chunk = pids[start : start + _CHUNK]
        index.add_with_ids(rows[chunk].astype(np.float32), chunk + first)
    return index


def _inner(index: faiss.IndexIDMap) -> faiss.Index:
    """The index behind the pids of one."""
    return faiss.downcast_index(index.index)


def _write(index: faiss.Index, path: Path) -> None:
    """Write an index piece by piece. Raises OSError as any writing does: FAISS's own writer reports a
    full disk as RuntimeError."""
    failed: list[OSError] = []

    def put(piece: bytes) -> int:
        try:
            return file.write(piece)
        except OSError as error:
            failed.append(error)
            return 0

    with path.open("wb") as file:
        try:
            faiss.write_index(index, faiss.PyCallbackIOWriter(put, _PIECE))
        except RuntimeError:
            if not failed:
                raise
    if failed:
        raise failed[0]


def chunks(rows: npt.NDArray[np.float16] | Rows) -> Iterator[tuple[int, Floats]]:
    """Rows as numbers to compute with, some at a time, each time with the place of the first."""
    for start in range(0, len(rows), _CHUNK):
        yield start, np.ascontiguousarray(rows[start : start + _CHUNK], dtype=np.float32)


class VectorIndex:
    """An open vector index of one generation. Searching is safe under threads."""

    def __init__(
        self, rows: Rows, centroids: Rows, indexes: Mapping[int, Sequence[faiss.IndexIDMap]]
    ) -> None:
        self._rows = rows
        self._centroids = centroids
        self._indexes = indexes
        self._of_languages: tuple[Codes, list[_Bits]] | None = None
        self.count = len(rows)
        self.dimension = int(rows.shape[1])

    @classmethod
    def open(cls, directory: Path, languages: Codes, names: Sequence[str]) -> VectorIndex:
        """Open the vectors in `directory`; raises IndexDamagedError when the files disagree.

        `languages` are the codes of all pids and `names` what they stand for, as in `build_faiss`.
        Of a language without a name there are no passages any more.
        """
        rows, centroids = rows_of(directory), rows_of(directory, CENTROIDS_FILE)
        if len(languages) != len(rows):
            message = f"{directory} holds {len(rows)} vectors of {len(languages)} passages."
            raise IndexDamagedError(message)
        indexes: dict[int, list[faiss.IndexIDMap]] = {}
        missing = languages >= 0
        vectors = holding(directory, VECTORS_FILE)
        for at, segment in enumerate(path.parent for path in vectors):
            bounds = int(rows.starts[at]), int(rows.starts[at + 1])
            here = languages[slice(*bounds)]
            for code, name in enumerate(names):
                if not (here == code).any():
                    continue
                path = faiss_file(segment, name)
                index = _open_faiss(path, rows, bounds)
                indexes.setdefault(code, []).append(index)
                pids = _pids(index)
                if ((languages[pids] != code) & (languages[pids] >= 0)).any():
                    raise IndexDamagedError(f"{path} holds passages of others.")
                missing[pids] = False
        if missing.any():
            message = f"{directory} holds no vectors of {int(missing.sum())} passages."
            raise IndexDamagedError(message)
        if centroids.shape[1:] != rows.shape[1:]:
            raise IndexDamagedError(
                f"The centroids in {directory} are {centroids.shape}, the vectors {rows.shape}."
            )
        return cls(rows, centroids, indexes)

    def check_rows(self) -> str:
        """Hold every row of the FAISS files against the exact vectors. Raises IndexDamagedError."""
        total = 0
        for index in (each for some in self._indexes.values() for each in some):
            pids, inner = _pids(index), _inner(index)
            for start in range(0, len(pids), _CHUNK):
                _check_part(inner, start, self._rows, pids[start : start + _CHUNK])
            total += len(pids)
        return f"{total} rows are those of the exact vectors"

    def nearest(self, queries: Floats, k: int, languages: Codes) -> list[Neighbours]:
        """The `k` passages of each language whose inner product with its query is highest.

        `queries` has a row for each language code. `languages` has the code of every pid; of those
        that are not to be found it is -1. What such an array says is remembered if nobody may write to it:
        most searches give the same. Fewer than `k` come back when there are fewer. Scores
        are exact to float16, best first, equal ones by pid, so that an order never depends on how it was
        searched.
        """
        allowed = self._allowed(languages, len(queries))
        return [
            self._nearest(self._indexes.get(code, ()), query, k, bits)
            for code, (query, bits) in enumerate(zip(queries, allowed, strict=True))
        ]

    def _allowed(self, languages: Codes, count: int) -> list[_Bits]:
        """The pids of each language."""
        known = self._of_languages
        if known is not None and known[0] is languages and len(known[1]) == count:
            return known[1]
        allowed = [_Bits(languages == code) for code in range(count)]
        if not languages.flags.writeable:
            self._of_languages = languages, allowed
        return allowed

    def _nearest(
        self,
        indexes: Sequence[faiss.IndexIDMap],
        query: Floats,
        k: int,
        bits: _Bits,
    ) -> Neighbours:
        found = [self._nearest_of(index, query, k, bits) for index in indexes]
        if not found:
            return Neighbours(np.empty(0, np.int32), np.empty(0, np.float32))
        pids, scores = (np.concatenate(part) for part in zip(*found, strict=True))
        order = np.lexsort((pids, -scores))[:k]
        return Neighbours(pids[order].astype(np.int32), scores[order].astype(np.float32))

    def _nearest_of(
        self, index: faiss.IndexIDMap, query: Floats, k: int, bits: _Bits
    ) -> tuple[Longs, Floats]:
        """The nearest passages of one segment, in no order."""
        first, last = self._bounds(index)
        count = bits.count_within(first, last)
        if isinstance(_inner(index), faiss.IndexFlat):
            return self._scanned(index, query, min(k, count), bits, count)
        if count <= _ALL_SCORED:
            pids = np.flatnonzero(bits.allowed[first:last]) + first
        else:
            most = min(k * _RESCORED, count)
            pids = self._candidates(index, query, most, bits.allowed, count)
        return pids, self.products(query, pids)

    def _bounds(self, index: faiss.IndexIDMap) -> tuple[int, int]:
        """The pids of the segment that an index is of: from the first up to the second."""
        if len(self._rows.parts) == 1:
            return 0, len(self._rows)
        at = int(np.searchsorted(self._rows.starts, index.id_map.at(0), side="right"))
        return int(self._rows.starts[at - 1]), int(self._rows.starts[at])

    @staticmethod
    def _scanned(
        index: faiss.IndexIDMap, query: Floats, k: int, bits: _Bits, count: int
    ) -> tuple[Longs, Floats]:
        """Pids and scores by an exact scan of those allowed."""
        if not k:
            return _NO_PIDS, np.empty(0, np.float32)
        parameters = None
        if count < index.ntotal:
            chosen = faiss.IDSelectorBitmap(bits.packed)
            parameters = faiss.SearchParameters(
                sel=faiss.IDSelectorTranslated(index.id_map, chosen)
            )
        return _search(index, query, k, parameters)

    @staticmethod
    def _candidates(
        index: faiss.IndexIDMap, query: Floats, k: int, allowed: npt.NDArray[np.bool_], count: int
    ) -> Longs:
        """The `k` pids that are nearest by their codes, of those allowed."""
        total = int(index.ntotal)
        fetch = k if count == total else int(k * total / count * _WIDER)
        while True:
            pids, _ = _search(index, query, min(fetch, total))
            pids = pids[allowed[pids]][:k]
            if len(pids) == k or fetch >= total:
                return pids
            fetch *= 4  # what is allowed lies far from the query

    def products(self, query: Floats, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact inner products of `query`, shape (dimension,) or (dimension, k), with the passages
        `pids`, in their order."""
        products: Floats = self.vectors(pids) @ query
        return products

    def document_products(self, query: Floats, docids: npt.NDArray[np.integer]) -> Floats:
        """Inner products of `query`, shape (dimension,) or (dimension, k), with the centroids of the
        documents, in their order."""
        products: Floats = self.centroids(docids) @ query
        return products

    def centroids(self, docids: npt.NDArray[np.integer]) -> Floats:
        """Centroids of the documents, shape (len(docids), dimension)."""
        return widened(self._centroids[docids])

    def vectors(self, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact vectors of the passages `pids`, shape (len(pids), dimension)."""
        return widened(self._rows[pids])


@dataclass(frozen=True)
class _Bits:
    """Which pids may be found, and the same as FAISS takes it: packed once for all segments."""

    allowed: npt.NDArray[np.bool_]

    @cached_property
    def packed(self) -> npt.NDArray[np.uint8]:
        """A bit each."""
        return np.packbits(self.allowed, bitorder="little")

    @cached_property
    def _count(self) -> int:
        return int(np.count_nonzero(self.allowed))

    def count_within(self, first: int, last: int) -> int:
        """How many there are from one pid up to another."""
        if (first, last) == (0, len(self.allowed)):
            return self._count
        return int(np.count_nonzero(self.allowed[first:last]))


def _check_part(inner: faiss.Index, start: int, rows: Rows, pids: Longs) -> None:
    """Raise IndexDamagedError unless a FAISS index holds the rows of `pids` from row `start` on."""
    wanted = rows[pids].astype(np.float32)
    held = inner.reconstruct_n(start, len(pids))
    if isinstance(inner, faiss.IndexPQFastScan):
        wanted = inner.pq.decode(inner.pq.compute_codes(wanted))
    if len(bad := np.flatnonzero((held != wanted).any(axis=1))):
        raise IndexDamagedError(f"the vector index has another vector of passage {pids[bad[0]]}")


def _pids(index: faiss.IndexIDMap) -> Longs:
    """The pid of each row of an index, which must stay open: they are its own, not copied."""
    if not (size := index.id_map.size()):
        return _NO_PIDS
    pids: Longs = faiss.rev_swig_ptr(index.id_map.data(), size)
    return pids


def _search(
    index: faiss.IndexIDMap, query: Floats, k: int, parameters: faiss.SearchParameters | None = None
) -> tuple[Longs, Floats]:
    """Pids and scores of the rows that an index finds nearest.

    Its rows are asked for and made pids here. FAISS does that with a team of threads even for one
    query, which wait for each other on a machine that has other work: milliseconds for microseconds.
    """
    scores, rows = _inner(index).search(query[None, :], k, params=parameters)
    return _pids(index)[rows[0]], scores[0]


@contextmanager
def _no_vector_beyond(size: int) -> Iterator[None]:
    """Let FAISS read nothing larger (bytes): it makes room for as much as a file says that it holds before
    it reads it, and with one bit turned that is all memory. The limit is one for the process."""
    with _READING:
        before = faiss.get_deserialization_vector_byte_limit()
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            yield
        finally:
            faiss.set_deserialization_vector_byte_limit(before)


def _open_faiss(path: Path, rows: Rows, bounds: tuple[int, int]) -> faiss.IndexIDMap:
    """Read a FAISS index of some of these rows, from the first of `bounds` up to the second. Raises
    IndexDamagedError if it is of others."""
    with damage_named(path), _no_vector_beyond(path.stat().st_size):
        index = faiss.read_index(str(path))
    whole = isinstance(index, faiss.IndexIDMap)
    pids = _pids(index) if whole else _NO_PIDS
    if (
        not whole
        or index.d != rows.shape[1]
        or rows.dtype != np.float16
        or index.ntotal != len(pids)
    ):
        raise IndexDamagedError(
            f"{path} holds {index.ntotal} vectors of {index.d} dimensions, "
            f"the exact vectors are {rows.shape}."
        )
    if len(pids) and not bounds[0] <= int(pids.min()) <= int(pids.max()) < bounds[1]:
        raise IndexDamagedError(f"{path} holds passages that are not there.")
    return index


def require_alike(stored: Floats, made: Floats, names: list[str]) -> str:
    """Hold vectors (rows, each of a name) against what the encoder makes of their texts today.

    Raises IndexDamagedError.
    """
    cosines = np.einsum("ij,ij->i", stored, made)
    worst = int(np.argmin(np.nan_to_num(cosines, nan=-1.0)))
    if not cosines[worst] >= LEAST_COSINE:
        message = f"the vector of {names[worst]} is not what the encoder makes of it"
        raise IndexDamagedError(f"{message} (cosine {cosines[worst]:.3f})")
    return f"{len(names)} encoded again, cosine {cosines[worst]:.4f} and more"


def _build(building: Building) -> None:
    building.report("building the vector index", 0, 0)
    (file,) = building.catalogue.files
    columns, own = building.catalogue.columns(), file.columns
    size, docids = own.end - own.first, own.docids - own.first
    first_row, passages = np.zeros(size, np.int32), np.zeros(size, np.int32)
    first_row[docids], passages[docids] = own.doc_first_pid - own.first_pid, own.doc_passages
    build_centroids(building.directory, first_row, passages)
    languages = columns.passage_languages[own.first_pid :]
    build_faiss(building.directory, languages, columns.lang_names, own.first_pid)


def _open(opening: Opening | Checking) -> VectorIndex:
    columns = opening.catalogue.columns()
    return VectorIndex.open(opening.directory, columns.passage_languages, columns.lang_names)


def _check(checking: Checking) -> Iterator[Question]:
    yield Question("vector index", lambda: f"{_open(checking).count} rows")
    yield Question("vector index", lambda: _open(checking).check_rows(), deep=True)
    yield Question("centroids", lambda: _centroids(checking), deep=True)


def _centroids(checking: Checking) -> str:
    columns, rows = checking.columns, rows_of(checking.directory)
    stored = rows_of(checking.directory, CENTROIDS_FILE)
    made = centroids_of(rows, columns.doc_first_pid, columns.doc_passages)
    if stored.shape != made.shape or not np.allclose(
        stored[columns.live].astype(np.float32),
        made[columns.live].astype(np.float32),
        rtol=0,
        atol=_CENTROID_ERROR,
    ):
        raise IndexDamagedError("the centroids are not the means of their documents' passages")
    return f"{len(made)} are the means of their passages"


PART = Part(
    "vectors",
    (CENTROIDS_FILE, FAISS_DIR),
    needs=("catalogue", "exact_vectors"),
    build=_build,
    open=_open,
    check=_check,
    segmented=True,
    apart=True,
)
