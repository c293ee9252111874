"""The commands that change an index, over a real one with the test encoder."""

from __future__ import annotations

import json
from pathlib import Path

import newsroom
import pytest
from click.testing import CliRunner, Result

from index.opened import OpenIndex
from index.operations import build
from index.store.manifest import current_token
from web.cli.main import main

STORY = "کوئٹہ میں زلزلہ\n\nکوئٹہ میں زلزلے کے جھٹکے محسوس کیے گئے۔\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "open_encoder", lambda *_, **__: newsroom.Bilingual())
    newsroom.build(tmp_path / "data").close()
    return tmp_path / "data"


def run(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["index", *words, "--data", "data"], input=answer)


def ids(data: Path) -> set[str]:
    index = OpenIndex.open_current(data)
    try:
        return {each.id for each in index.catalogue.records()}
    finally:
        index.close()


def test_add_update_and_compact(data: Path) -> None:
    Path("quake.txt").write_text(STORY, "utf-8")
    result = run("add", "quake.txt")
    assert result.exit_code == 0, result.output
    assert "1 added, 0 updated, 0 removed, 0 as they were (2 passages encoded)" in result.output
    assert "quake.txt" in ids(data)
    Path("quake.txt").write_text(STORY + "آفٹر شاکس کا خدشہ ہے۔\n", "utf-8")
    refused = run("add", "quake.txt", "--report", "report.json")
    assert "talash index update" in refused.output
    assert json.loads(Path("report.json").read_text("utf-8"))["skipped"][0]["code"] == "id-taken"
    updated = json.loads(run("update", "quake.txt", "--json").stdout)
    assert (updated["updated"], updated["encoded"]) == (1, 1)
    compacted = json.loads(run("compact", "--json").stdout)
    assert (compacted["unchanged"], compacted["encoded"]) == (False, 0)
    assert "Nothing has changed" in run("compact").output


def test_delete_by_id(data: Path) -> None:
    result = run("delete", "en/rain", "no/such")
    assert result.exit_code == 0, result.output
    assert "1 removed" in result.output
    assert "no/such: there is no document of this id" in result.output
    assert "en/rain" not in ids(data)


def test_delete_by_query_asks_first(data: Path) -> None:
    before = ids(data)
    refused = run("delete", "--query", "کراچی بارش", answer="n\n")
    assert refused.exit_code != 0
    assert "ur/بارش" in refused.output
    assert "Delete articles (1)?" in refused.output
    assert ids(data) == before
    assert run("delete", "--query", "کراچی بارش", answer="y\n").exit_code == 0
    assert before - ids(data) == {"ur/بارش"}


def test_every_word_of_the_query_must_be_there(data: Path) -> None:
    name = current_token(data)
    result = run("delete", "--query", "کراچی شترمرغ", "--yes")
    assert result.exit_code == 2
    assert "No article is named by" in result.output
    assert current_token(data) == name


def test_delete_wants_ids_or_a_query(data: Path) -> None:
    assert run("delete").exit_code == 2
    assert run("delete", "a", "--query", "b").exit_code == 2


def test_sync(data: Path) -> None:
    Path("news").mkdir()
    Path("news/quake.txt").write_text(STORY, "utf-8")
    assert "1 added" in run("sync", "news").output
    Path("news/rain.txt").write_text("بارش کی خبر\n\nلاہور میں بارش ہوئی۔\n", "utf-8")
    Path("news/quake.txt").unlink()
    result = run("sync", "news", "--json")
    assert json.loads(result.stdout)["removed"] == 1
    assert {"rain.txt", "en/rain"} <= ids(data)
    Path("news/rain.txt").unlink()
    assert run("sync", "news").exit_code != 0
    assert "rain.txt" in ids(data)


def test_sync_of_a_folder_that_moved(data: Path) -> None:
    Path("articles").mkdir()
    for number in range(3):
        Path(f"articles/{number}.txt").write_text(f"{STORY}نمبر {number}۔\n", "utf-8")
    run("sync", "articles/")
    before = ids(data)
    Path("articles").rename("archive")
    Path("archive/2.txt").unlink()
    result = run("sync", "archive/")
    assert "0 added, 0 updated, 1 removed, 2 as they were (0 passages encoded)" in result.output
    assert "2 of those as they were are read from another file now." in result.output
    assert "articles has moved: it is gone, and its articles are here." in result.output
    assert before - ids(data) == {"2.txt"}
    assert json.loads(run("sync", "archive/", "--json").stdout)["moved_from"] == []


def test_check_shows_what_would_be_understood_and_indexes_nothing(data: Path) -> None:
    Path("a.csv").write_text(
        "News_Title,kahani,Reporter\nکراچی میں بارش,سڑکوں پر پانی جمع ہو گیا۔,الف\n,,ب\n", "utf-8"
    )
    name = current_token(data)
    result = run("check", "a.csv")
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["title", "News_Title", "1", "کراچی", "میں", "بارش"] in lines
    assert ["-", "Reporter", "2", "الف"] in lines or ["-", "Reporter", "1", "الف"] in lines
    assert "1 without a body, 1 without a date" in result.stdout
    assert "record 2: no text" in result.stdout
    Path("map.toml").write_text('[columns]\nKahani = "body"\n', "utf-8")
    settled = json.loads(run("check", "a.csv", "--mapping", "map.toml", "--json").stdout)
    (report,) = settled["files"]
    columns = {each["name"]: each["field"] for each in report["columns"]}
    assert columns == {"News_Title": "title", "kahani": "body", "Reporter": ""}
    assert (report["without_body"], report["unused"]) == (0, ["Reporter"])
    assert current_token(data) == name


@pytest.mark.parametrize("command", ["rebuild", "add", "update", "sync"])
def test_every_command_that_reads_takes_a_mapping(data: Path, command: str) -> None:
    Path("a.csv").write_text("alif,bay\nکراچی میں بارش,سڑکوں پر پانی\n", "utf-8")
    Path("map.toml").write_text('[columns]\nalif = "title"\nbay = "body"\n', "utf-8")
    result = run(command, "a.csv", "--mapping", "map.toml")
    assert result.exit_code == 0, result.output
    assert "a.csv#1" in ids(data)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [("[columns]\na = 'headline'\n", "none of id, title"), ("a = 'title'\n", "[columns]"), ("[", "TOML")],
)  # fmt: skip
def test_a_mapping_that_is_none(data: Path, mapping: str, said: str) -> None:
    Path("map.toml").write_text(mapping, "utf-8")
    result = run("check", "map.toml", "--mapping", "map.toml")
    assert result.exit_code == 2
    assert said in result.output


def test_nothing_that_could_be_read_says_why_and_writes_its_report(data: Path) -> None:
    Path("a.csv").write_text("alif,bay\n1,2\n", "utf-8")
    Path("b.json").write_text("{", "utf-8")
    name = current_token(data)
    result = run("rebuild", "a.csv", "b.json", "--report", "report.json")
    assert result.exit_code != 0
    assert "None of 2 files" in result.output
    assert "a.csv: no column of the header" in result.output
    report = json.loads(Path("report.json").read_text("utf-8"))
    assert [Path(each["path"]).name for each in report["skipped"]] == ["a.csv", "b.json"]
    assert [each["skipped"] for each in report["files"]] == [1, 1]
    assert current_token(data) == name


def test_numbered_files_of_two_newspapers(data: Path) -> None:
    for paper in ("jang", "geo"):
        rows = f"id,title,content\n1,{paper} کی خبر,{paper} کا متن\n"
        Path(f"{paper}.csv").write_text(rows, "utf-8")
    run("add", "geo.csv", "jang.csv")
    assert {"geo.csv/1", "jang.csv/1"} <= ids(data)
    Path("jang.csv").write_text("id,title,content\n1,بدلی ہوئی,متن\n", "utf-8")
    done = json.loads(run("update", "jang.csv", "--json", "--report", "r.json").stdout)
    assert (done["added"], done["updated"]) == (0, 1)
    (report,) = json.loads(Path("r.json").read_text("utf-8"))["files"]
    assert (report["articles"], report["undated"]) == (1, 1)


def test_check_says_what_it_found_in_the_text_and_what_it_left_out(data: Path) -> None:
    Path("a.txt").write_text(
        f"{STORY}ذریعہ: روزنامہ ساحل\nمتعلقہ خبریں\n• لاہور میں دھند\n• ملتان میں سردی\n", "utf-8"
    )
    Path("pictures").mkdir()
    for name in ("one.png", "two.png"):
        Path("pictures", name).write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run("check", "a.txt", "pictures")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "source (in the text) 1 روزنامہ ساحل" in lines
    assert any(line.startswith("title (in the text) 1 ") for line in lines)
    assert any(line.startswith("left out, in characters: ") for line in lines)
    assert not any(line.startswith("!") for line in lines)
    (pictures,) = (line for line in lines if "one.png" in line)
    assert pictures.startswith("pictures/one.png and 1 more: a picture; with `ocr = true`")
