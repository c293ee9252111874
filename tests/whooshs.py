"""Whoosh's own reading of our posting lists, to stand beside ours: the product never asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from whoosh.formats import Format
from whoosh.matching import ListMatcher

from index.parts.keyword.packed_postings import PackedCodec, PackedPostings, Places, stored_list

_PLACE = np.dtype("<u4")


@contextmanager
def reading() -> Iterator[None]:
    """Whoosh's readers and searchers work within."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PackedCodec, "postings_reader", _postings_reader)
        patch.setattr(Places, "decode_positions", _decode_positions, raising=False)
        yield


def _postings_reader(
    _: PackedCodec, file: Any, info: Any, format_: Format, term: Any = None, scorer: Any = None
) -> ListMatcher:
    read = PackedPostings.of(stored_list(file, info.extent()[0]))
    values = None
    if isinstance(format_, Places):
        places, counts = read.places(np.arange(len(read.docnums)))
        parts = np.split(places.astype(_PLACE), np.cumsum(counts)[:-1])
        values = [part.tobytes() for part in parts]
    return ListMatcher(
        read.docnums.tolist(),
        read.frequencies.tolist(),
        values,
        format_,
        scorer,
        term=term,
        terminfo=info,
    )


def _decode_positions(_: Places, stored: bytes) -> list[int]:
    places: list[int] = np.frombuffer(stored, _PLACE).tolist()
    return places
