"""Records understood by several processes become the same documents, with the same report."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import working

from index.documents import Document, Skipped
from index.errors import WorkerKilledError
from index.readers import FileReport, ReaderConfig, read_paths, side_by_side
from index.readers.records import Record

BODY = "کراچی میں آج تیز بارش ہوئی اور سڑکیں زیر آب آ گئیں۔ شہریوں نے حکومت سے مدد مانگی ہے۔"


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second record of a file is shared already, two at a time."""
    monkeypatch.setattr(side_by_side, "LEAST_SHARED", 1)
    monkeypatch.setattr(side_by_side, "_TOGETHER", 2)


def lines(*records: Any) -> str:
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in records)


def read(path: Path, workers: int) -> tuple[Sequence[Document | Skipped], list[FileReport]]:
    reports: list[FileReport] = []
    items = list(read_paths([path], config=ReaderConfig(workers=workers), tell=reports.append))
    return items, reports


RECORDS: list[Any] = [
    {"id": n % 9, "title": f"خبر {n}", "body": f"{BODY} {n}", "date": f"2024-0{n % 8 + 1}-17"}
    for n in range(40)
]
RECORDS[7] = "{ no record"
RECORDS[15] = {"id": "empty", "title": "۔۔۔", "body": ""}
RECORDS[21] = {
    "id": "undated",
    "title": "Rain in Karachi",
    "body": "Heavy rain.",
    "city": "Karachi",
}


def test_documents_and_report_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(lines(*RECORDS))
    alone, together = read(path, 1), read(path, 3)
    assert together == alone
    documents, skipped = (
        [item for item in together[0] if isinstance(item, kind)] for kind in (Document, Skipped)
    )
    assert len(documents) == 38
    assert [item.record for item in skipped if item.record] == [8, 16]
    assert [each.extra for each in documents] == [
        each.extra for each in alone[0] if isinstance(each, Document)
    ]


def test_several_files_in_a_folder_are_the_same(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(lines(*RECORDS))
    (tmp_path / "c.txt").write_text(BODY)
    assert read(tmp_path, 2) == read(tmp_path, 1)


def test_files_that_are_packed_are_read_one_after_another(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "news.tar.gz", "w:gz") as archive:
        for name in ("a.jsonl", "b.txt", "c.jsonl"):
            text = (lines(*RECORDS) if name.endswith("jsonl") else BODY).encode()
            (member := tarfile.TarInfo(name)).size = len(text)
            archive.addfile(member, BytesIO(text))
    alone, together = read(tmp_path, 1), read(tmp_path, 2)
    assert together == alone
    assert sum(isinstance(item, Document) for item in together[0]) == 2 * 38 + 1


def test_a_reader_that_fails_gives_what_it_had_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(content: Any, config: ReaderConfig) -> Any:
        for number in range(1, 8):
            yield Record(number, {"title": f"خبر {number}", "body": BODY})
        raise ValueError("a fault of a parser")

    class Broken:
        read = staticmethod(broken)

    monkeypatch.setattr("index.readers.format_of", lambda content: Broken)
    path = tmp_path / "news.jsonl"
    path.write_text(BODY)
    alone, together = read(path, 1), read(path, 2)
    assert together == alone
    assert [type(item) for item in together[0]] == [Document] * 7 + [Skipped]


def test_a_worker_that_is_killed_costs_time_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(lines(*RECORDS))
    alone = read(path, 1)
    monkeypatch.setattr(side_by_side, "_TOGETHER", 8)
    monkeypatch.setenv("TALASH_TEST_MARKS", str(tmp_path))
    monkeypatch.setattr(side_by_side, "understand_batch", working.understood_killed_once)
    assert read(path, 2) == alone
    assert (tmp_path / "understood.killed").exists()


def test_workers_that_are_always_killed_are_no_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(lines(*RECORDS))
    monkeypatch.setattr(side_by_side.Workers, "each", working.only_there)
    monkeypatch.setattr(side_by_side, "understand_batch", working.killed)
    with pytest.raises(WorkerKilledError):
        read(path, 2)
