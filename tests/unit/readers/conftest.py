"""Helpers of the readers' tests: write files, read them back as documents and skips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.documents import Document, Skipped
from index.readers import NOTED, FileReport, ReaderConfig, read_paths

Read = Callable[..., list[Document | Skipped]]
One = Callable[..., Document]


def is_note(item: Document | Skipped) -> bool:
    """Whether it says something of what was read all the same."""
    return isinstance(item, Skipped) and item.code == NOTED


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write `content` under `name` and read that file by itself."""

    def read_one(
        name: str,
        content: str | bytes,
        config: ReaderConfig = ReaderConfig(),  # noqa: B008
    ) -> list[Document | Skipped]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return list(read_paths([path], config=config))

    return read_one


@pytest.fixture
def said(read: Read, tmp_path: Path) -> Callable[[str, str], FileReport]:
    """As `read`, for what the report says of the file."""

    def report(name: str, content: str) -> FileReport:
        read(name, content)
        found: list[FileReport] = []
        list(read_paths([tmp_path / name], tell=found.append))
        return found[0]

    return report


@pytest.fixture
def one(read: Read) -> One:
    """As `read`, for content that must give exactly one document."""

    def read_document(name: str, content: str | bytes) -> Document:
        (item,) = (each for each in read(name, content) if not is_note(each))
        assert isinstance(item, Document), item
        return item

    return read_document
