"""Keeping in step with folders: add, replace, remove, and what must never be removed."""

from __future__ import annotations

import threading
from pathlib import Path

import newsroom
import pytest
from archives import config

from index.build import rebuild
from index.editing import ChangeReport
from index.errors import NoDocumentsError
from index.reader import OpenIndex
from index.status import current_token
from index.sync import sync
from index.verify import verify
from index.watch import News, Watcher

ENCODER = newsroom.Bilingual()
RAIN = "کراچی میں بارش\n\nمحکمہ موسمیات نے کراچی میں مزید بارش کی خبر دی۔\n"


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in range(8):
        (folder / f"{number}.txt").write_text(
            f"خبر {number}\n\nیہ خبر نمبر {number} ہے۔\n", "utf-8"
        )
    (folder / "more.jsonl").write_text(
        '{"id": "j1", "title": "Budget", "body": "The budget was passed."}\n'
        '{"id": "j2", "title": "Match", "body": "The match was drawn."}\n',
        "utf-8",
    )
    return folder


@pytest.fixture
def data(tmp_path: Path, news: Path) -> Path:
    rebuild([news], config(tmp_path / "data"), encoder=ENCODER)
    return tmp_path / "data"


def synced(data: Path, *paths: Path) -> ChangeReport:
    return sync(paths, config(data), encoder=ENCODER)


def ids(data: Path) -> set[str]:
    index = OpenIndex.open_current(data)
    try:
        return {each.id for each in index.catalogue.records()}
    finally:
        index.close()


def test_nothing_new(data: Path, news: Path) -> None:
    name = current_token(data)
    report = synced(data, news)
    assert (report.unchanged, report.generation) == (10, name)


def test_new_changed_and_gone(data: Path, news: Path) -> None:
    (news / "new.txt").write_text(RAIN, "utf-8")
    (news / "1.txt").write_text("خبر 1\n\nبدلی ہوئی خبر۔\n", "utf-8")
    (news / "2.txt").unlink()
    report = synced(data, news)
    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 1, 8)
    assert "new.txt" in ids(data)
    assert "2.txt" not in ids(data)
    assert verify(data).ok


def test_a_record_that_left_its_file(data: Path, news: Path) -> None:
    path = news / "more.jsonl"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    assert synced(data, news).removed == 1
    assert "j2" not in ids(data)


def test_a_file_that_broke_keeps_its_articles(data: Path, news: Path) -> None:
    (news / "more.jsonl").write_text("{not json at all\n", "utf-8")
    report = synced(data, news)
    assert report.removed == 0
    assert report.skipped
    assert {"j1", "j2"} <= ids(data)


def test_articles_from_elsewhere_stay(data: Path, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.txt").write_text(RAIN, "utf-8")
    report = synced(data, other)
    assert (report.added, report.removed) == (1, 0)
    (news / "0.txt").unlink()
    assert synced(data, news).removed == 1
    assert "x.txt" in ids(data)


def test_an_id_that_another_folder_has(data: Path, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "1.txt").write_text(RAIN, "utf-8")
    report = synced(data, other)
    assert [(each.path, each.code) for each in report.skipped] == [("1.txt", "id-taken")]
    (news / "1.txt").unlink()  # from now on there is one file of this name
    assert synced(data, other).updated == 1


def test_an_archive_that_moved_house(data: Path, news: Path) -> None:
    moved = news.rename(news.parent / "moved")
    report = synced(data, moved)
    assert (report.added, report.removed, report.encoded) == (0, 0, 0)
    (moved / "3.txt").unlink()
    assert synced(data, moved).removed == 1


def test_an_empty_folder_empties_nothing(data: Path, news: Path) -> None:
    for path in news.iterdir():
        path.unlink()
    with pytest.raises(NoDocumentsError, match="no article under"):
        synced(data, news)
    assert len(ids(data)) == 10


class Watching:
    """A watcher in a thread, and what it has told."""

    def __init__(self, data: Path, news: Path) -> None:
        self.told: list[News] = []
        self._new = threading.Condition()
        self._stop = threading.Event()
        watcher = Watcher([news], config(data), self._tell, encoder=ENCODER, every=0.02, quiet=0.1)
        self._thread = threading.Thread(target=watcher.run, args=(self._stop,), daemon=True)

    def _tell(self, news: News) -> None:
        with self._new:
            self.told.append(news)
            self._new.notify()

    def wait(self, number: int) -> News:
        """What is told as the `number`-th."""
        with self._new:
            assert self._new.wait_for(lambda: len(self.told) > number, timeout=60), self.told
        return self.told[number]

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive()


def test_watching_a_folder(data: Path, news: Path) -> None:
    with Watching(data, news) as watching:
        first = watching.wait(0)
        assert isinstance(first, ChangeReport)
        assert first.unchanged == 10
        (news / "new.txt").write_text(RAIN, "utf-8")
        second = watching.wait(1)
        assert isinstance(second, ChangeReport)
        assert second.added == 1
        assert "new.txt" in ids(data)
        (news / "new.txt").unlink()
        third = watching.wait(2)
        assert isinstance(third, ChangeReport)
        assert third.removed == 1
        compacted = watching.wait(3)  # two of ten documents came and went
        assert not isinstance(compacted, Exception)
        for path in list(news.iterdir()):
            path.unlink()
        assert isinstance(watching.wait(4), NoDocumentsError)
    assert len(ids(data)) == 10
    assert verify(data).ok
