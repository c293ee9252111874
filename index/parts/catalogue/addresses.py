"""Where the documents of a segment come from, as hashes: a change asks these which documents are of a file or at an
address, and reads the rows of no others.

The array has a row for each document, by docid. The first number is that of the file it was read from, the second, of a web
page that says whether it is an AMP page (`index.readers.pages.amp_twins`), that of its article's address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.parts.catalogue.writer import Row
from index.store.layout import ADDRESSES_FILE

Addresses = npt.NDArray[np.uint64]
FILE, ARTICLE = 0, 1
"""The columns of the array."""
NONE = 0


def number_of(text: str) -> int:
    """A text in 64 bits; any text may be asked for, also one that no catalogue holds."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def read_addresses(rows: Callable[[str], list[Row]]) -> Addresses:
    """Those of a catalogue file; `rows` answers a query. Raises TypeError, ValueError or AttributeError."""
    # Readers are no part of a search, and take long to import.
    from index.readers.pages.amp_twins import AMP, without_amp

    told = f"""CASE WHEN instr(extra, '"{AMP}"') THEN extra END"""
    found, files = [], dict[str, int]()
    query = f"SELECT origin, url, {told} FROM documents ORDER BY docid"  # noqa: S608
    for origin, url, extra in rows(query):
        if origin not in files:
            files[origin] = number_of(origin)
        page = url and extra and json.loads(extra).get(AMP) is not None
        found.append((files[origin], number_of(without_amp(url)[0]) if page else NONE))
    return np.array(found, np.uint64).reshape(-1, 2)


def save_addresses(addresses: Addresses, directory: Path) -> None:
    """Write them beside the catalogue they are of."""
    np.save(directory / ADDRESSES_FILE, addresses)


def load_addresses(directory: Path, documents: int) -> Addresses:
    """Those stored of so many documents. Raises any of `index.store.array_files.UNREADABLE`."""
    stored: Addresses = np.load(directory / ADDRESSES_FILE, allow_pickle=False)
    if stored.shape != (documents, 2) or stored.dtype != np.uint64:
        raise ValueError(f"it holds {stored.dtype} {stored.shape}")
    return stored
