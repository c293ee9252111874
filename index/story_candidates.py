"""Which pairs of documents are worth comparing: the nearest ones of each document in each language.

Nearness is that of centroids, centred by language. In an archive on one subject everything is near;
so what counts beside the cosine is the margin by which it exceeds what is usual around both (Artetxe
and Schwenk, "Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings", ACL 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.catalogue import Columns
from index.impacts import Floats, Ints
from index.vectors import CENTROIDS_FILE, load_vectors, nearest_rows, unit

NEIGHBOURS = 16
"""Of a document in each language. Of its own, all are candidates; the later half is what is usual."""
CROSS_CANDIDATES = 6
MIN_COSINE, MIN_MARGIN = 0.35, 0.1
"""Below either texts are not compared: no true pair of the sets measured lay there."""
_BLOCK = 4_096


@dataclass(frozen=True)
class Candidates:
    """Pairs worth comparing, each once, `first` < `second`, with their centroids' cosine and margin."""

    first: Ints
    second: Ints
    cosines: Floats
    margins: Floats

    def __len__(self) -> int:
        return len(self.first)

    def take(self, chosen: npt.NDArray[np.bool_] | slice) -> Candidates:
        """The candidates under a mask, or of a stretch."""
        return Candidates(
            self.first[chosen], self.second[chosen], self.cosines[chosen], self.margins[chosen]
        )


class CandidateFinder:
    """Nearest documents over the centroids of one archive."""

    def __init__(self, directory: Path, columns: Columns) -> None:
        self._columns = columns
        self._known = columns.firsts & (columns.doc_passages > 0) & (columns.lang >= 0)
        vectors = load_vectors(directory, CENTROIDS_FILE).astype(np.float32)
        self.means = np.zeros((len(columns.lang_names), vectors.shape[1]), np.float32)
        """The mean centroid of each language."""
        self._members: dict[int, Ints] = {}
        for code in range(len(columns.lang_names)):
            members = np.flatnonzero(self._known & (columns.lang == code)).astype(np.int32)
            if len(members):
                self._members[code] = members
                self.means[code] = vectors[members].mean(axis=0)
                vectors[members] = unit(vectors[members] - self.means[code])
        self._vectors = vectors

    def find(self, docids: Ints) -> Candidates:
        """The candidates that have one of `docids`, in order."""
        asking = docids[self._known[docids]]
        owners, others, cosines, usual = self._nearest(asking)
        near = cosines >= MIN_COSINE
        owners, others, cosines = owners[near], others[near], cosines[near]
        # The margin needs to know what is usual around the others, too.
        beyond = np.setdiff1d(others, asking)
        usual[beyond] = self._nearest(beyond)[3][beyond]
        first, second = np.minimum(owners, others), np.maximum(owners, others)
        _, once = np.unique(first.astype(np.int64) << 32 | second, return_index=True)
        first, second, cosines = first[once], second[once], cosines[once]
        lang = self._columns.lang
        around: Floats = (usual[first, lang[second]] + usual[second, lang[first]]) / np.float32(2)
        found = Candidates(first, second, cosines, cosines - around)
        return found.take(found.margins >= MIN_MARGIN)

    def _nearest(self, docids: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        """Owner, neighbour and cosine of the candidates; and by docid and language what is usual."""
        parts: list[tuple[Ints, Ints, Floats]] = []
        usual = np.zeros((len(self._columns), len(self._columns.lang_names)), np.float32)
        for code, members in self._members.items():
            theirs = self._vectors[members]
            for start in range(0, len(docids), _BLOCK):
                block = docids[start : start + _BLOCK]
                cosines, places = nearest_rows(self._vectors[block], theirs, NEIGHBOURS + 1)
                named = members[places]
                own = (self._columns.lang[block] == code)[:, None]
                cosines[named == block[:, None]] = -2.0  # itself: to the end
                order = np.argsort(-cosines, axis=1, kind="stable")
                cosines = np.take_along_axis(cosines, order, axis=1)
                named = np.take_along_axis(named, order, axis=1)
                place = np.arange(cosines.shape[1])[None, :]
                have = np.minimum(len(members) - own, NEIGHBOURS)
                later = (place >= have // 2) & (place < have)
                sums = np.where(later, cosines, 0).sum(axis=1)
                usual[block, code] = sums / np.maximum(later.sum(axis=1), 1)
                taken = place < np.where(own, have, np.minimum(have, CROSS_CANDIDATES))
                owners = np.repeat(block, taken.sum(axis=1))
                parts.append((owners, named[taken], cosines[taken]))
        if not parts:
            nothing = np.empty(0, np.int32)
            return nothing, nothing, np.empty(0, np.float32), usual
        owners, others, found = (np.concatenate(column) for column in zip(*parts, strict=True))
        return owners, others, found, usual
