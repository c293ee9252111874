"""The vector index: nearest passages by meaning. The only room that knows FAISS.

`vectors.npy` holds the exact vectors (float16, row number = pid) and is part of the truth; two
files derive from it: `centroids.npy` (row number = docid), the mean of each document's passages,
and `vectors.faiss`, which finds neighbours fast. The kind of FAISS index follows the number of
vectors (figures in docs/measured.md):

    up to 50,000     exact inner product
    up to 200,000    8-bit scalar quantizer, best candidates rescored with the exact vectors
    beyond           inverted lists over the same quantizer, rescored

Inner product of unit vectors is their cosine. FAISS rows stay in here: the outside speaks pids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.errors import IndexDamagedError
from index.impacts import Floats, Ints
from index.status import REBUILD

VECTORS_FILE = "vectors.npy"
CENTROIDS_FILE = "centroids.npy"
FAISS_FILE = "vectors.faiss"

EXACT_UP_TO = 50_000
QUANTIZED_UP_TO = 200_000
_RESCORED = 4
"""Candidates fetched from a quantized index, as a multiple of what was asked for."""
_PROBES = 48
_TRAINING_ROWS = 100_000
_CHUNK = 16_384


@dataclass(frozen=True)
class Neighbours:
    """The nearest passages to a query: pids and their inner products, best first."""

    pids: Ints
    scores: Floats


class VectorFile:
    """Exact vectors on disk while an index is being built: rows come in the order of pids."""

    def __init__(self, path: Path, rows: int, dimension: int) -> None:
        # Written plainly, not mapped: on a full disk a mapped write kills the process.
        self._file = path.open("wb")
        header = {"descr": "<f2", "fortran_order": False, "shape": (rows, dimension)}
        np.lib.format.write_array_header_1_0(self._file, header)
        self._left = rows

    def append(self, vectors: Floats) -> None:
        """Store the unit vectors of the next pids."""
        self._file.write(vectors.astype("<f2").tobytes())
        self._left -= len(vectors)

    def finish(self) -> None:
        """Close the file; every row must have come."""
        self._file.close()
        if self._left:
            raise ValueError(f"{self._left} vectors are missing")


def load_vectors(directory: Path, name: str = VECTORS_FILE) -> npt.NDArray[np.float16]:
    """The exact vectors of a generation, mapped, not read. Raises IndexDamagedError."""
    try:
        rows: npt.NDArray[np.float16] = np.load(directory / name, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise IndexDamagedError(
            f"The vectors in {directory} cannot be read ({error}).", hint=REBUILD
        ) from error
    return rows


def build_centroids(directory: Path, first_pid: Ints, passages: Ints) -> None:
    """Derive `centroids.npy`: document d has `passages[d]` pids from `first_pid[d]` on."""
    rows = load_vectors(directory)
    centroids = np.zeros((len(first_pid), rows.shape[1]), np.float16)
    for docid, (first, count) in enumerate(zip(first_pid, passages, strict=True)):
        if count > 0:
            mean = rows[first : first + count].astype(np.float32).mean(axis=0)
            centroids[docid] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    np.save(directory / CENTROIDS_FILE, centroids)


def build_faiss(directory: Path) -> None:
    """Derive `vectors.faiss` from `vectors.npy` in the directory of a generation."""
    rows = load_vectors(directory)
    count, dimension = rows.shape
    index = _new_index(count, dimension)
    if not index.is_trained:
        step = max(1, count // _TRAINING_ROWS)
        index.train(np.ascontiguousarray(rows[::step], dtype=np.float32))
    for chunk in _chunks(rows):
        index.add(chunk)
    # Through memory and a plain file: FAISS's own writer reports a full disk as RuntimeError.
    (directory / FAISS_FILE).write_bytes(faiss.serialize_index(index).tobytes())


def _new_index(count: int, dimension: int) -> faiss.Index:
    metric = faiss.METRIC_INNER_PRODUCT
    if count <= EXACT_UP_TO:
        return faiss.IndexFlat(dimension, metric)
    quantizer = faiss.ScalarQuantizer.QT_8bit
    if count <= QUANTIZED_UP_TO:
        return faiss.IndexScalarQuantizer(dimension, quantizer, metric)
    lists = int(4 * np.sqrt(count))
    coarse = faiss.IndexFlat(dimension, metric)
    index = faiss.IndexIVFScalarQuantizer(coarse, dimension, lists, quantizer, metric, False)
    index.own_fields = True
    coarse.this.disown()
    index.nprobe = _PROBES
    return index


def _chunks(rows: npt.NDArray[np.float16]) -> Iterator[Floats]:
    for start in range(0, len(rows), _CHUNK):
        yield np.ascontiguousarray(rows[start : start + _CHUNK], dtype=np.float32)


class VectorIndex:
    """An open vector index of one generation. Searching is safe under threads."""

    def __init__(
        self, rows: npt.NDArray[np.float16], centroids: npt.NDArray[np.float16], index: faiss.Index
    ) -> None:
        self._rows = rows
        self._centroids = centroids
        self._index = index
        self._exact = isinstance(index, faiss.IndexFlat)
        self.count = int(index.ntotal)
        self.dimension = int(index.d)

    @classmethod
    def open(cls, directory: Path) -> VectorIndex:
        """Open the vectors in `directory`; raises IndexDamagedError when the two files disagree."""
        rows = load_vectors(directory)
        centroids = load_vectors(directory, CENTROIDS_FILE)
        try:
            index = faiss.read_index(str(directory / FAISS_FILE))
        except RuntimeError as error:
            raise IndexDamagedError(
                f"The vector index in {directory} cannot be read ({error}).", hint=REBUILD
            ) from error
        if rows.shape != (index.ntotal, index.d) or rows.dtype != np.float16:
            raise IndexDamagedError(
                f"The vector index in {directory} holds {index.ntotal} vectors of {index.d} "
                f"dimensions, its exact vectors are {rows.shape}.",
                hint=REBUILD,
            )
        return cls(rows, centroids, index)

    def search(
        self, query: Floats, k: int, allowed: npt.NDArray[np.bool_] | None = None
    ) -> Neighbours:
        """The `k` passages whose inner product with `query` (shape (dimension,)) is highest.

        `allowed` is a mask over pids; passages outside it are not looked at. Fewer than `k` come
        back when there are fewer. Scores are exact to float16, best first.
        """
        fetch = min(k if self._exact else k * _RESCORED, self.count)
        if fetch == 0:
            return Neighbours(np.empty(0, np.int32), np.empty(0, np.float32))
        parameters = self._parameters(allowed)
        scores, pids = self._index.search(query[None, :], fetch, params=parameters)
        found = pids[0] >= 0  # FAISS pads with -1
        pids, scores = pids[0][found].astype(np.int32), scores[0][found]
        if not self._exact:
            scores = self.products(query, pids)
        # Ties are broken by pid, so that an order never depends on how it was searched.
        order = np.lexsort((pids, -scores))[:k]
        return Neighbours(pids[order], scores[order].astype(np.float32))

    def products(self, query: Floats, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact inner products of `query` with the passages `pids`, in their order."""
        products: Floats = self._rows[pids].astype(np.float32) @ query
        return products

    def document_products(self, query: Floats, docids: npt.NDArray[np.integer]) -> Floats:
        """Inner products of `query` with the centroids of the documents, in their order."""
        products: Floats = self._centroids[docids].astype(np.float32) @ query
        return products

    def vectors(self, pids: npt.NDArray[np.integer]) -> Floats:
        """Exact vectors of the passages `pids`, shape (len(pids), dimension)."""
        vectors: Floats = self._rows[pids].astype(np.float32)
        return vectors

    def _parameters(self, allowed: npt.NDArray[np.bool_] | None) -> faiss.SearchParameters | None:
        if allowed is None:
            return None
        selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
        if isinstance(self._index, faiss.IndexIVF):
            return faiss.SearchParametersIVF(sel=selector, nprobe=_PROBES)
        return faiss.SearchParameters(sel=selector)
