"""Keeping in step with folders: add, replace, remove, and what must never be removed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import newsroom
import pytest
from archives import config
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import some

from index.errors import NoDocumentsError
from index.opened import OpenIndex
from index.operations.build import rebuild
from index.operations.change import ChangeReport, update
from index.operations.sync import sync
from index.operations.verify import verify
from index.operations.watch import News, Watcher
from index.readers import read_paths
from index.readers.originals import origins as places_module
from index.store.manifest import current_token

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
    assert {"more.jsonl/j1", "more.jsonl/j2"} <= ids(data)


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
    assert (report.added, report.updated, report.skipped) == (1, 0, ())
    assert {"1.txt", "1.txt~2"} <= ids(data)
    (
        news / "1.txt"
    ).unlink()  # from now on there is one file of this name: no reason for another id
    report = synced(data, other)
    assert (report.unchanged, report.added, report.updated) == (1, 0, 0)
    assert synced(data, news).removed == 1
    assert "1.txt~2" in ids(data)


def test_a_file_named_by_itself_keeps_the_ids_it_has_with_its_folder(
    data: Path, news: Path
) -> None:
    papers = news / "papers"
    papers.mkdir()
    rows = papers / "jang.csv"
    rows.write_text("id,title,content\n1,جنگ کی خبر,جنگ کا متن\n2,دوم,متن دوم\n", "utf-8")
    synced(data, news)
    rows.write_text("id,title,content\n1,جنگ کی خبر,نیا متن\n2,دوم,متن دوم\n", "utf-8")
    report = update(read_paths([rows]), config(data), encoder=ENCODER)
    assert (report.added, report.updated, report.unchanged) == (0, 1, 1)
    rows.write_text("id,title,content\n1,جنگ کی خبر,نیا متن\n", "utf-8")
    report = synced(data, rows)
    assert (report.added, report.removed, report.unchanged) == (0, 1, 1)
    assert synced(data, news).unchanged == 11


def test_two_newspapers_that_number_their_articles(tmp_path: Path) -> None:
    """Numbers from 1 in files of one name, and in files of one folder: all are kept, and an update of
    one changes nothing of another."""
    data = tmp_path / "data"
    files = [tmp_path / name for name in ("جنگ/2024.csv", "جیو/2024.csv", "جیو/2025.csv")]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        paper = f"{file.parent.name} {file.stem}"
        file.write_text(f"id,title,content\n1,{paper} کی خبر,متن\n2,{paper} دوم,متن دوم\n", "utf-8")
    report = rebuild(files[:2], config(data), encoder=ENCODER)
    assert (report.documents, report.skipped) == (4, ())
    assert ids(data) == {"2024.csv/1", "2024.csv/2", "2024.csv/1~2", "2024.csv/2~2"}
    before = titles(data)
    files[1].write_text("id,title,content\n1,بدلی ہوئی خبر,متن\n", "utf-8")
    report = update(read_paths(files[1:]), config(data), encoder=ENCODER)
    assert (report.added, report.updated) == (2, 1)
    changed = {key for key, title in before.items() if titles(data)[key] != title}
    assert changed == {key for key, title in before.items() if title == "جیو 2024 کی خبر"}


def test_a_folder_that_moved_is_known(data: Path, news: Path) -> None:
    """All is as it was, but for where it is; what did not come along is gone."""
    moved = news.rename(news.parent / "archive")
    (moved / "3.txt").unlink()
    (moved / "4.txt").write_text("خبر 4\n\nبدلی ہوئی خبر۔\n", "utf-8")
    (moved / "new.txt").write_text(RAIN, "utf-8")
    report = synced(data, moved)
    assert (report.added, report.updated, report.removed) == (1, 1, 1)
    assert (report.unchanged, report.moved, report.moved_from) == (8, 8, (str(news),))
    assert report.encoded == 3
    assert not report.skipped
    assert "3.txt" not in ids(data)
    assert places(data) == {str(moved)}
    name = current_token(data)
    again = synced(data, moved)
    assert (again.unchanged, again.moved, again.moved_from) == (10, 0, ())
    assert current_token(data) == name
    (moved / "5.txt").unlink()
    assert synced(data, moved).removed == 1
    assert verify(data).ok


def test_nothing_is_encoded_when_a_folder_moves(data: Path, news: Path) -> None:
    moved = news.rename(news.parent / "archive")
    report = synced(data, moved)
    assert (report.unchanged, report.moved, report.encoded, report.reused) == (10, 10, 0, 20)
    assert verify(data).ok


def test_files_moved_into_another_folder_that_is_there_already(data: Path, news: Path) -> None:
    """As by mv articles/* archive/: the old folder is still there, and empty."""
    archive = news / "2026"
    archive.mkdir()
    for path in [path for path in news.iterdir() if path != archive]:
        path.rename(archive / path.name)
    (archive / "0.txt").unlink()
    report = synced(data, archive)
    assert (report.removed, report.unchanged, report.moved_from) == (1, 9, (str(news),))


def test_two_folders_that_moved(data: Path, news: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for number in range(4):
        (other / f"o{number}.txt").write_text(f"Report {number}\n\nIt is {number}.\n", "utf-8")
    synced(data, other)
    moved = [news.rename(tmp_path / "z"), other.rename(tmp_path / "a")]
    (moved[0] / "1.txt").unlink()
    (moved[1] / "o1.txt").unlink()
    report = synced(data, *moved)
    assert (report.removed, report.unchanged, report.added) == (2, 12, 0)
    assert set(report.moved_from) == {str(news), str(other)}
    assert not {"1.txt", "o1.txt"} & ids(data)


def test_a_file_that_was_named_and_moved(data: Path, news: Path, tmp_path: Path) -> None:
    path = tmp_path / "today.jsonl"
    lines = [f'{{"id": "t{n}", "title": "Item {n}", "body": "It is {n}."}}\n' for n in range(4)]
    path.write_text("".join(lines), "utf-8")
    synced(data, path)
    (tmp_path / "later").mkdir()
    later = path.rename(tmp_path / "later" / "today.jsonl")
    later.write_text("".join(lines[:3]), "utf-8")
    report = synced(data, later)
    assert (report.removed, report.unchanged, report.moved_from) == (1, 3, (str(path),))
    assert len(ids(data)) == 10 + 3


def test_what_only_looks_like_a_folder_that_moved(data: Path, news: Path, tmp_path: Path) -> None:
    """Names as another newspaper has them, or some of the articles: nothing is taken out."""
    kept = {path.name: path.read_text("utf-8") for path in news.iterdir()}
    for path in news.iterdir():
        path.unlink()
    geo, part = tmp_path / "geo", tmp_path / "part"
    for folder in (geo, part):
        folder.mkdir()
    for name in sorted(kept)[:4]:
        (part / name).write_text(kept[name], "utf-8")
    report = synced(data, part)
    assert (report.removed, report.unchanged, report.moved_from) == (0, 4, ())
    for number in range(2, 8):
        (geo / f"{number}.txt").write_text(f"Other {number}\n\nIt is other.\n", "utf-8")
    report = synced(data, geo)
    assert (report.removed, report.moved_from) == (0, ())
    assert {"more.jsonl/j1", "more.jsonl/j2"} <= ids(data)


def test_a_folder_whose_files_are_still_there_has_not_moved(data: Path, news: Path) -> None:
    copy = Path(shutil.copytree(news, news.parent / "copy"))
    (copy / "1.txt").unlink()
    (copy / "2.txt").write_text("خبر 2\n\nبدلی ہوئی خبر۔\n", "utf-8")
    report = synced(data, copy)
    assert (report.unchanged, report.moved, report.removed, report.moved_from) == (8, 0, 0, ())
    assert (report.added, report.skipped) == (1, ())
    assert {"2.txt", "2.txt~2"} <= ids(data)


def test_a_folder_of_which_a_file_is_still_there_has_not_moved(data: Path, news: Path) -> None:
    """Most of it was taken elsewhere, word for word; what was left behind keeps its article."""
    archive = news.parent / "archive"
    archive.mkdir()
    for path in sorted(news.iterdir())[1:]:
        path.rename(archive / path.name)
    report = synced(data, archive)
    assert (report.unchanged, report.removed, report.moved_from) == (9, 0, ())
    assert "0.txt" in ids(data)


def test_a_folder_that_may_not_be_looked_into_is_not_gone(
    data: Path, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Path(shutil.copytree(news, news.parent / "archive"))
    (moved / "1.txt").unlink()
    shutil.rmtree(news)
    looked = os.lstat

    def refuse(path: object, **how: object) -> os.stat_result:
        if str(path).startswith(str(news)):
            raise PermissionError(13, "Permission denied")
        return looked(path, **how)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(places_module.os, "lstat", refuse)
    report = synced(data, moved)
    assert (report.removed, report.moved, report.moved_from) == (0, 0, ())
    monkeypatch.undo()
    assert synced(data, moved).removed == 1


def test_what_moved_and_cannot_be_read_stays(data: Path, news: Path) -> None:
    moved = news.rename(news.parent / "archive")
    (moved / "more.jsonl").write_text("{not json at all\n", "utf-8")
    (moved / "3.txt").write_bytes(bytes(range(256)) * 40)
    (moved / "4.txt").unlink()
    report = synced(data, moved)
    assert report.moved_from == (str(news),)
    assert report.removed == 1
    assert {"more.jsonl/j1", "more.jsonl/j2", "3.txt"} <= ids(data)


@pytest.mark.parametrize("way", ["relative", "slash", "dots", "link", "link in a link"])
def test_a_root_by_any_name(
    data: Path, news: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.chdir(news.parent)
    (news.parent / "link").symlink_to(news)
    (news.parent / "far").symlink_to(news.parent)
    name = current_token(data)
    path = {
        "relative": Path("news"),
        "slash": f"{news}/",  # type: ignore[dict-item]
        "dots": news / ".." / "news",
        "link": news.parent / "link",
        "link in a link": Path("far") / "link",
    }[way]
    report = synced(data, Path(path))
    assert (report.unchanged, report.moved, report.skipped) == (10, 0, ())
    assert current_token(data) == name
    (news / "1.txt").unlink()
    (news / "2.txt").write_text("خبر 2\n\nبدلی ہوئی خبر۔\n", "utf-8")
    report = synced(data, Path(path))
    assert (report.removed, report.updated, report.unchanged) == (1, 1, 8)
    assert synced(data, news).unchanged == 9


def test_a_link_that_leads_elsewhere_now(data: Path, news: Path) -> None:
    """As where a new release is put beside the old one, and a link switched over."""
    link = news.parent / "current"
    link.symlink_to(news)
    synced(data, link)
    later = Path(shutil.copytree(news, news.parent / "later"))
    (later / "1.txt").unlink()
    (later / "2.txt").write_text("خبر 2\n\nبدلی ہوئی خبر۔\n", "utf-8")
    rebuild([link], config(data), encoder=ENCODER)
    link.unlink()
    link.symlink_to(later)
    report = synced(data, link)
    assert (report.removed, report.updated, report.unchanged, report.skipped) == (1, 1, 8, ())


@pytest.mark.parametrize("first", ["a", "b", "c"])
def test_an_id_stays_with_its_file(tmp_path: Path, first: str) -> None:
    """Which of two files with one id was there first does not change with names or their order."""
    folders = {name: tmp_path / name for name in "abc"}
    for name, folder in folders.items():
        folder.mkdir()
        (folder / "1.txt").write_text(f"Of {name}\n\nWhat {name} says.\n", "utf-8")
        (folder / f"{name}.txt").write_text(f"Own {name}\n\nOnly {name} has it.\n", "utf-8")
    data = tmp_path / "data"
    rebuild([folders[first]], config(data), encoder=ENCODER)
    synced(data, *folders.values())
    title = titles(data)["1.txt"]
    assert title == f"Of {first}"
    kept = titles(data)
    assert set(kept) >= {"1.txt", "1.txt~2", "1.txt~3"}
    name = current_token(data)
    assert not synced(data, *reversed(folders.values())).skipped
    assert current_token(data) == name
    (folders[first] / "1.txt").unlink()
    assert synced(data, *folders.values()).removed == 1
    del kept["1.txt"]
    assert titles(data) == kept


RECORD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["1", "2", "x", 3, "\ud800", ""]),
        "title": st.sampled_from(["خبر", "Rain", "بارش\u200c", "\ud800"]),
        "text": st.sampled_from(["کراچی میں بارش ہوئی۔", "It rained.", "یہ بھی پڑھیں: کچھ", ""]),
        "lang": st.sampled_from(["ur", "en", "fr", "Urdu", 7]),
        "date": st.sampled_from(["2026-01-05", "5 جنوری 2026", "soon", 1767571200]),
        "source": st.sampled_from(["Dawn", "جنگ"]),
        "tags": st.sampled_from([["a, b"], "a, b", "موسم"]),
        "x": st.sampled_from(
            [float("nan"), float("inf"), {"\ud800": 1} | {"\ufffd": 2}, 1.0, 10**30]
        ),
    },
)


@settings(max_examples=some(10), deadline=None)
@given(files=st.lists(st.lists(RECORD, min_size=1, max_size=4), min_size=1, max_size=3))
def test_a_sync_after_a_sync_or_a_rebuild_writes_nothing(files: list[list[dict]]) -> None:
    """For any records: copies, labels that differ, ids that meet, values that JSON does not know."""
    with tempfile.TemporaryDirectory() as root:
        folder, data = Path(root) / "news", Path(root) / "data"
        folder.mkdir()
        (folder / "own.txt").write_text(RAIN, "utf-8")
        for number, records in enumerate(files):
            lines = "".join(json.dumps(each) + "\n" for each in records)
            (folder / f"{number}.jsonl").write_text(lines, "utf-8")
        rebuild([folder], config(data), encoder=ENCODER)
        name = current_token(data)
        report = synced(data, folder)
        assert (report.generation, report.added, report.updated) == (name, 0, 0)
        (folder / "own.txt").write_text(f"{RAIN} پھر۔", "utf-8")
        assert synced(data, folder).updated == 1
        name = current_token(data)
        assert synced(data, folder).generation == name


def test_twins_with_another_label_are_at_rest(data: Path, tmp_path: Path) -> None:
    twins = tmp_path / "twins"
    twins.mkdir()
    record = {"title": "Rain", "body": "کراچی میں بارش ہوئی۔"}
    for lang in ("ur", "en", "fr"):
        line = json.dumps({**record, "id": lang, "lang": lang})
        (twins / f"{lang}.jsonl").write_text(line, "utf-8")
    assert synced(data, twins).added == 3
    name = current_token(data)
    report = synced(data, twins)
    assert (report.unchanged, report.updated, current_token(data)) == (3, 0, name)


def titles(data: Path) -> dict[str, str]:
    index = OpenIndex.open_current(data)
    try:
        return {each.id: each.title for each in index.catalogue.records()}
    finally:
        index.close()


def places(data: Path) -> set[str]:
    """The roots of all articles; each was read from a file below its root."""
    index = OpenIndex.open_current(data)
    try:
        articles = list(index.catalogue.records())
        assert all(Path(each.origin).is_relative_to(each.root) for each in articles)
        return {each.root for each in articles}
    finally:
        index.close()


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
        self.watcher = Watcher([news], config(data), self._tell, encoder=ENCODER, every=0.02)
        self._thread = threading.Thread(target=self.watcher.run, args=(self._stop,), daemon=True)

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
        watching.watcher.quiet = 0.0  # from now on any look that finds nothing new is a quiet time
        compacted = watching.wait(3)  # two of ten documents came and went
        assert not isinstance(compacted, Exception)
        for path in list(news.iterdir()):
            path.unlink()
        assert isinstance(watching.wait(4), NoDocumentsError)
    assert len(ids(data)) == 10
    assert verify(data).ok


PAGE = "<html{}><head><title>{}</title><link rel='canonical' href='https://misal.example/{}'></head><body><h1>{}</h1><p>{}</p></body></html>"


def page(number: int, *, amp: bool = False) -> str:
    title = f"تھر میں بارش {number}"
    text = f"محکمہ موسمیات کے مطابق تھر کے {number} گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی شروع کر دی ہے۔"
    return PAGE.format(" amp" if amp else "", title, number, title, text)


@pytest.mark.parametrize("amp_first", [False, True])
@pytest.mark.parametrize("how", ["file", "folder"])
def test_the_amp_twin_of_a_page_comes_later(tmp_path: Path, amp_first: bool, how: str) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"{number}.html").write_text(page(number, amp=amp_first), "utf-8")
    data = tmp_path / "data"
    rebuild([folder], config(data), encoder=ENCODER)
    later = folder / "2-amp.html"
    later.write_text(page(2, amp=not amp_first), "utf-8")
    report = update(read_paths([later if how == "file" else folder]), config(data), encoder=ENCODER)
    skipped = [each.reason for each in report.skipped if "AMP" in each.reason]
    assert all("https://misal.example/2" in reason for reason in skipped)
    assert skipped
    assert ids(data) == {"1.html", "2.html"}
    synced(data, folder)
    assert len(ids(data)) == 2
    (folder / "2.html").unlink()
    synced(data, folder)
    assert ids(data) == {"1.html", "2-amp.html"}


def test_a_page_is_updated_though_its_twin_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "1.html").write_text(page(1), "utf-8")
    (folder / "1-amp.html").write_text(page(1, amp=True), "utf-8")
    (folder / "2.html").write_text(page(2), "utf-8")
    data = tmp_path / "data"
    rebuild([folder], config(data), encoder=ENCODER)
    (kept,) = ids(data) - {"2.html"}
    (folder / kept).write_text(page(1, amp="amp" in kept).replace("نقل", "تیزی سے نقل"), "utf-8")
    report = update(read_paths([folder / kept]), config(data), encoder=ENCODER)
    assert (report.updated, report.added) == (1, 0)


def test_pages_of_folders_apart_are_no_twins(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.html").write_text(page(1, amp=name == "b"), "utf-8")
    data = tmp_path / "data"
    rebuild([tmp_path / "a"], config(data), encoder=ENCODER)
    report = update(read_paths([tmp_path / "b"]), config(data), encoder=ENCODER)
    assert report.added == 1


def test_files_that_are_looked_at_alone(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "1.html").write_text(page(1), "utf-8")
    data = tmp_path / "data"
    rebuild([folder], config(data), encoder=ENCODER)
    twin = folder / "1-amp.html"
    twin.write_text(page(1, amp=True), "utf-8")
    report = sync([folder], config(data), only={str(twin)}, encoder=ENCODER)
    assert (report.added, ids(data)) == (0, {"1.html"})
    (folder / "1.html").unlink()
    report = sync([folder], config(data), only={str(twin), str(folder / "1.html")}, encoder=ENCODER)
    assert ids(data) == {"1-amp.html"}
