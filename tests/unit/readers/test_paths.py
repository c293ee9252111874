"""Files and folders: order, ids, links, and what is passed over."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

import pytest

from index.documents import Document, Skipped
from index.errors import ConfigError, InputError
from index.readers import IGNORED, FoundFile, ReaderConfig, list_files, read_paths, side_by_side
from index.readers.fields import Used, understand
from index.readers.records import Record


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Headline of {name}\n\nBody.", encoding="utf-8")


def ids(*paths: Path) -> list[str]:
    return [item.id for item in read_paths(paths) if isinstance(item, Document)]


def skips(*paths: Path) -> dict[str, str]:
    return {Path(i.path).name: i.code for i in read_paths(paths) if isinstance(i, Skipped)}


def test_folders_in_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt", "c.md", "خبر.txt", "a.txt")
    assert ids(tmp_path) == ["a/b/c.txt", "a/z.txt", "a.txt", "b.txt", "c.md", "خبر.txt"]


def test_ids_do_not_depend_on_other_files_or_on_where_the_folder_is(tmp_path: Path) -> None:
    write(tmp_path / "one", "a/x.txt")
    write(tmp_path / "two", "a/x.txt", "a/w.txt", "b.txt")
    assert set(ids(tmp_path / "one")) <= set(ids(tmp_path / "two"))


def test_file_named_by_itself_is_known_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt")
    assert ids(tmp_path / "a" / "x.txt") == ["x.txt"]


def test_missing_path_fails_at_once(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    with pytest.raises(InputError, match=r"gone\.txt"):
        read_paths([tmp_path / "a.txt", tmp_path / "gone.txt"])
    with pytest.raises(InputError, match="gone"):
        list_files([tmp_path / "gone"])


def test_what_is_not_an_article_is_counted_apart(tmp_path: Path) -> None:
    write(
        tmp_path, "a.txt", ".hidden.txt", ".git/x.txt", "README.md", "readme-ur.txt", "LICENSE", "LICENSE.txt",
        "picture.jpg", "no_extension", "archive.gz", "License fees rise.txt",
    )  # fmt: skip
    assert ids(tmp_path) == ["License fees rise.txt", "a.txt"]
    found = skips(tmp_path)
    assert len(found) == 9
    assert set(found.values()) == {IGNORED}


@pytest.mark.parametrize(
    "name",
    ["license-fee-hike.md", "Licence_row.txt", "license-2026.txt", "readme-for-ministers.md",
     "copying-in-exams.txt", "Copying from the board.html", "changelog-of-a-war.md",
     "licensed.md", "readmeمضمون.md", "license.jsonl", "readme.csv", "LICENSE.md.txt"],
)  # fmt: skip
def test_an_article_whose_name_begins_like_a_licence(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    (tmp_path / name).write_text('{"title": "A hike", "body": "title"}\n', "utf-8")
    found = list(read_paths([tmp_path]))
    assert not any(isinstance(item, Skipped) and item.code == IGNORED for item in found)


@pytest.mark.parametrize(
    "name",
    ["README", "README.md", "readme.ur.md", "Readme.txt.gz", "LICENSE.txt", "LICENCE.md",
     "LICENSE-MIT.txt", "COPYING.txt", "COPYING.LESSER.md", "CHANGELOG.md", "CONTRIBUTING.md",
     "code-of-conduct.md", "UNLICENSE.txt"],
)  # fmt: skip
def test_what_is_about_the_folder_is_told(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "a.txt")
    (skipped,) = (item for item in read_paths([tmp_path]) if isinstance(item, Skipped))
    assert (skipped.code, Path(skipped.path).name) == (IGNORED, name)
    assert "by its name about the folder" in skipped.reason
    assert "name the file to have it read" in skipped.reason


@pytest.mark.parametrize("name", ["README.md", ".hidden.txt", "news.log", "news", "LICENSE"])
def test_file_named_by_itself_is_always_tried(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    assert ids(tmp_path / name) == [name]
    assert set(ids(tmp_path / name, tmp_path)) == {name}


def test_format_is_guessed_for_an_unknown_extension(read) -> None:
    assert read("dump.data", '{"title": "x"}\n{"title": "y"}\n')[1].title == "y"
    assert (
        read("page.aspx", "<!DOCTYPE html><html><body><h1>A page</h1></body></html>")[0].title
        == "A page"
    )


def test_hidden_folder_named_by_itself_is_read(tmp_path: Path) -> None:
    write(tmp_path, ".news/a.txt")
    assert ids(tmp_path / ".news") == ["a.txt"]
    assert ids(tmp_path, tmp_path / ".news") == ["a.txt"]


def test_nothing_is_read_twice(tmp_path: Path) -> None:
    write(tmp_path, "a/x.txt", "a/b/y.txt")
    both = [
        tmp_path / "a" / "b",
        tmp_path / "a" / "x.txt",
        tmp_path / "a",
        tmp_path / "a" / "b" / ".." / "x.txt",
    ]
    assert ids(*both) == ids(*reversed(both)) == ["b/y.txt", "x.txt"]
    assert len(list(list_files(both))) == 2


def test_links(tmp_path: Path) -> None:
    write(tmp_path / "outside", "o.txt")
    root = tmp_path / "root"
    write(root, "real/x.txt")
    (root / "again").symlink_to(root / "real")
    (root / "far").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    (root / "nothing.txt").symlink_to(root / "gone.txt")
    (root / "self.txt").symlink_to(root / "self.txt")
    (root / "same.txt").symlink_to(root / "real" / "x.txt")
    assert ids(root) == ["far/o.txt", "real/x.txt"]
    assert skips(root) == {
        "again": IGNORED,
        "loop": "input-unreadable",
        "nothing.txt": "input-unreadable",
        "same.txt": IGNORED,
        "self.txt": "input-unreadable",
    }


def test_links_into_a_hidden_store_are_followed(tmp_path: Path) -> None:
    write(tmp_path, ".store/1/x.txt")
    (tmp_path / "x.txt").symlink_to(tmp_path / ".store" / "1" / "x.txt")
    (tmp_path / "news").symlink_to(tmp_path / ".store" / "1")
    assert ids(tmp_path) == ["news/x.txt", "x.txt"]


def test_links_that_multiply_are_followed_once(tmp_path: Path) -> None:
    for level in range(12):
        folder = tmp_path / "outside" / str(level)
        folder.mkdir(parents=True)
        for name in ("p", "q"):
            (folder / name).symlink_to(tmp_path / "outside" / str(level + 1))
    write(tmp_path / "outside" / "12", "x.txt")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "in").symlink_to(tmp_path / "outside" / "0")
    assert len(ids(tmp_path / "root")) == 1


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert skips(tmp_path) == {"pipe.txt": "input-unreadable"}
    assert skips(tmp_path / "pipe.txt") == {"pipe.txt": "input-unreadable"}


def test_no_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.txt", "b.txt")
    opened = Path.open

    def refuse(path: Path, *args, **kwargs):
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    first, second = read_paths([tmp_path])
    assert isinstance(first, Skipped)
    assert "permission denied" in first.reason
    assert isinstance(second, Document)


def test_folder_without_permission_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/x.txt", "b.txt")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert skips(tmp_path) == {"a": "input-unreadable"}


def test_file_that_vanishes_meanwhile_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")

    def gone(file: FoundFile) -> bool:
        if file.path.name == "a.txt":
            file.path.unlink()
        return True

    first, second = read_paths([tmp_path], only=gone)
    assert isinstance(first, Skipped)
    assert isinstance(second, Document)


def test_too_large_is_reported(read) -> None:
    (skipped,) = read("a.txt", "word " * 100, ReaderConfig(max_file_bytes=200))
    assert "max_file_mb" in skipped.reason
    (skipped,) = read("a.txt", "word " * 100, ReaderConfig(max_record_chars=200))
    assert "max_record_chars" in skipped.reason


def test_name_that_is_not_utf8(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb") as file:  # noqa: PTH123
        file.write(b"A headline\n\nA body.")
    (doc,) = read_paths([tmp_path])
    assert doc.id == "\\xff.txt"


@pytest.mark.long
def test_deep_folders(tmp_path: Path) -> None:
    deep = tmp_path / "/".join(["d"] * 500)
    write(deep, "x.txt")
    assert len(ids(tmp_path)) == 1


def test_reading_is_lazy(tmp_path: Path) -> None:
    write(tmp_path, *(f"{n:03}.txt" for n in range(100)))
    opened: list[str] = []
    items = read_paths([tmp_path], only=lambda file: not opened.append(file.path.name))
    assert opened == []
    list(islice(items, 3))
    assert opened == ["000.txt", "001.txt", "002.txt"]


def test_the_files_listed_are_those_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.jsonl", "c.csv", "README.md", "d/e.txt")
    opened: list[FoundFile] = []
    list(read_paths([tmp_path], only=lambda file: not opened.append(file)))
    assert len(opened) == 4
    assert opened == list(list_files([tmp_path]))


def test_nothing_given_gives_nothing() -> None:
    assert list(read_paths([])) == []


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "64"])
def test_limits_are_checked(value: object) -> None:
    with pytest.raises(ConfigError, match="max_tags"):
        ReaderConfig(max_tags=value)  # type: ignore[arg-type]


def test_a_fault_inside_a_parser_costs_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(record: Record, name: str, config: ReaderConfig) -> tuple[Document, Used]:
        if name == "a.md":
            raise ZeroDivisionError("boom")
        return understand(record, name, config)

    monkeypatch.setattr(side_by_side, "understand", fail)
    write(tmp_path, "a.md", "b.txt")
    first, second = read_paths([tmp_path])
    assert "ZeroDivisionError" in first.reason
    assert isinstance(second, Document)
