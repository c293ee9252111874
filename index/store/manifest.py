"""What a data directory says of itself: which index is current, and what it is made of.

The reading side of `index.store.generations`, which tells how the directory is laid out.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from dataclasses import fields as dataclass_fields
from pathlib import Path, PurePosixPath
from typing import Any, Literal, TypeVar

from index.digests import file_digest, same_blocks
from index.errors import (
    REBUILD,
    UPGRADE,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
)
from index.store.layout import CURRENT, GENERATIONS_DIR, MANIFEST
from index.text.analysis import ANALYZER_FINGERPRINT
from index.text.normalize import NORMALIZER_VERSION

FORMAT_VERSION = 6
OPENED = (5, FORMAT_VERSION)
"""Formats that are read as they are: an index of one segment is as it was in the fifth."""
UPGRADED = (4, *OPENED)
"""Formats that `index.operations.upgrade` brings to ours."""
REUSED = (3, *UPGRADED)
"""Formats whose passages and vectors are as ours: a rebuild takes them over, whatever else differs."""
GENERATION_NAME = re.compile(r"(\d{8})-\d{8}T\d{6}Z-[0-9a-f]{4}", re.ASCII)

_OPEN_TRIES = 100
_T = TypeVar("_T")


@dataclass(frozen=True)
class EncoderStamp:
    """Which encoder made the vectors; `spec` is the setting that names it (`bundled`, a path)."""

    id: str
    dimension: int
    spec: str


@dataclass(frozen=True)
class Counts:
    """What a generation holds; `languages` counts documents.

    `copies` counts the documents whose very text an earlier one has, too.
    """

    documents: int
    passages: int
    copies: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FileEntry:
    """Size in bytes and SHA-256 (hex) of one file."""

    size: int
    sha256: str


@dataclass(frozen=True)
class IndexStatus:
    """The current index at a glance. `encoder` is its id, `size_bytes` that of all its files."""

    generation: str
    documents: int
    passages: int
    languages: Mapping[str, int]
    created: str
    encoder: str
    size_bytes: int
    data_dir: str


@dataclass(frozen=True)
class Manifest:
    """What a generation is made of. `build` keeps how (passage size and the like), for rebuilds,
    `follows` the generation that was in use when this one was made, for going back to it. Of files of which a
    change reads parts, `blocks` has the digests of all blocks (`index.digests`).

    In every format, past and to come, `format_version` and `checksum` (over the canonical JSON of
    all other fields) are there, so that damage can be told from another version.
    """

    format_version: int
    talash_version: str
    created: str
    normalizer_version: str
    analyzer_fingerprint: str
    encoder: EncoderStamp
    counts: Counts
    files: Mapping[str, FileEntry]
    build: Mapping[str, Any] = field(default_factory=dict)
    follows: str = ""
    blocks: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields and their checksum, ready for `json.dumps`."""
        fields = asdict(self)
        return fields | {"checksum": _checksum(fields)}

    @classmethod
    def from_json(cls, data: Any, formats: Collection[int] = OPENED) -> Manifest:
        """The manifest that `to_json` gave; of an older one of `formats` what ours has, too.

        Raises ValueError, TypeError or LookupError if the data is no sound manifest and
        IndexMismatchError if another format version wrote it.
        """
        fields = dict(data)
        if fields.pop("checksum", None) != _checksum(fields):
            raise ValueError("its checksum is wrong")
        if fields["format_version"] not in formats:
            wrote, by = fields["format_version"], fields.get("talash_version", "unknown")
            message = f"The index has format {wrote} (Talash {by}), this program {FORMAT_VERSION}."
            raise IndexMismatchError(message, hint=UPGRADE if wrote in UPGRADED else REBUILD)
        fields["encoder"] = EncoderStamp(**fields["encoder"])
        fields["counts"] = Counts(**_known(Counts, fields["counts"]))
        fields["files"] = {name: FileEntry(**entry) for name, entry in fields["files"].items()}
        if not all(_inside(name) for name in fields["files"]):
            raise ValueError("it names a file outside its directory")
        return cls(**_known(cls, fields))

    def facts(self, path: Path) -> dict[str, Any]:
        """What is told of the generation in `path`; `size_bytes` is of all files. Raises OSError."""
        own = (path / MANIFEST).stat().st_size
        return {
            "created": self.created,
            "documents": self.counts.documents,
            "passages": self.counts.passages,
            "languages": dict(self.counts.languages),
            "encoder": self.encoder.id,
            "size_bytes": own + sum(entry.size for entry in self.files.values()),
        }

    def require_ours(self, encoder_id: str = "") -> None:
        """Raise IndexMismatchError unless the index was built as this program would build it: with its
        text analysis and, if one is named, with this encoder."""
        for what, ours, theirs in (
            ("normalizer", NORMALIZER_VERSION, self.normalizer_version),
            ("analyzer", ANALYZER_FINGERPRINT, self.analyzer_fingerprint),
            ("encoder", encoder_id or self.encoder.id, self.encoder.id),
        ):
            if ours != theirs:
                message = f"The index was built with {what} {theirs}, this program uses {ours}."
                raise IndexMismatchError(message)


def generation_names(data_dir: Path) -> list[str]:
    """Names of the complete generations, oldest first."""
    try:
        found = os.listdir(data_dir / GENERATIONS_DIR)  # noqa: PTH208
    except OSError:
        return []
    return sorted(name for name in found if GENERATION_NAME.fullmatch(name))


def read_current(data_dir: Path) -> str:
    """What CURRENT says, "" if there is none. Raises IndexDamagedError if it cannot be read."""
    try:
        with (data_dir / CURRENT).open("rb") as file:
            return file.read(200).decode("utf-8", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        message = f"{data_dir / 'CURRENT'} cannot be read: {error.strerror or error}."
        raise IndexDamagedError(message) from error


def current(data_dir: Path) -> Path:
    """Directory of the generation in use.

    Raises IndexMissingError if there is none, IndexDamagedError if CURRENT does not name one.
    """
    while True:
        name = read_current(data_dir)
        if not name:
            raise IndexMissingError(f"There is no index in {data_dir}.")
        path = data_dir / GENERATIONS_DIR / name
        if not GENERATION_NAME.fullmatch(name):
            raise IndexDamagedError(f"{data_dir / 'CURRENT'} is damaged: it names no generation.")
        if path.is_dir():
            return path
        if read_current(data_dir) == name:
            raise IndexDamagedError(f"{data_dir / 'CURRENT'} names {name}, which is not there.")


def current_token(data_dir: Path) -> str:
    """Changes whenever another generation becomes current; "" without an index. Never raises."""
    try:
        return read_current(data_dir)
    except IndexDamagedError:
        return ""


def open_current(data_dir: Path, opener: Callable[[Path], _T]) -> _T:
    """`opener(directory of the current generation)`, again if it was retired meanwhile.

    `opener` opens every file it will ever need. Raises what `current` and `opener` raise.
    """
    for _ in range(_OPEN_TRIES):
        path = current(data_dir)
        try:
            return opener(path)
        except Exception:
            if current_token(data_dir) == path.name:
                raise
    return opener(current(data_dir))


def open_manifest(
    path: Path,
    check: Literal["sizes", "checksums"] = "sizes",
    formats: Collection[int] = OPENED,
) -> Manifest:
    """Read the manifest of the generation in `path` and hold its files against it.

    Raises IndexDamagedError, which names the file that is gone, cut short or (with `checksums`)
    altered, and IndexMismatchError if another format version wrote it.
    """
    manifest = read_manifest(path, formats)
    for name, entry in manifest.files.items():
        if problem := file_problem(path / name, entry, checksum=check == "checksums"):
            raise IndexDamagedError(f"{path / name} {problem}.")
    return manifest


def read_manifest(path: Path, formats: Collection[int] = OPENED) -> Manifest:
    """The manifest of the generation in `path`, its files not looked at.

    Raises IndexDamagedError or IndexMismatchError.
    """
    try:
        data = json.loads((path / MANIFEST).read_text("utf-8"))
        return Manifest.from_json(data, formats)
    except OSError as error:
        message = f"{path / MANIFEST} cannot be read: {error.strerror or error}."
        raise IndexDamagedError(message) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(f"{path / MANIFEST} is damaged: {error}.") from error


def file_problem(path: Path, entry: FileEntry, *, checksum: bool) -> str:
    """What is wrong with a file, in words that follow its name; "" if nothing."""
    try:
        size = path.stat().st_size
        if size != entry.size:
            return f"is damaged: {size} bytes instead of {entry.size}"
        if checksum:
            with path.open("rb") as file:
                if file_digest(file) != entry.sha256:
                    return "is damaged: its content was altered"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return ""


def blocks_problem(path: Path, digests: str, numbers: Iterable[int]) -> str:
    """What is wrong with some blocks of a file, in words that follow its name; "" if nothing."""
    try:
        with path.open("rb") as file:
            same = same_blocks(file, digests, numbers)
            return "" if same else "is damaged: its content was altered"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def read_status(data_dir: Path) -> IndexStatus:
    """Status of the current index, from its manifest; every file has the size it should have.

    Raises IndexMissingError, IndexDamagedError or IndexMismatchError.
    """

    def read(path: Path) -> IndexStatus:
        facts = open_manifest(path, "sizes").facts(path)
        return IndexStatus(generation=path.name, data_dir=str(data_dir), **facts)

    return open_current(data_dir, read)


def _checksum(fields: Mapping[str, Any]) -> str:
    text = json.dumps(fields, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _known(kind: type[Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Of the fields stored those that the dataclass has: other releases may tell others."""
    names = {each.name for each in dataclass_fields(kind)}
    return {name: value for name, value in fields.items() if name in names}


def _inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and ".." not in parts and parts[0] != "/" and not set(name) & set("\\:\0")
