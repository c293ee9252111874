"""Every `talash` line of the documents and of `--help` is run, the destructive ones too.

Each runs on a copy of its own of a small workplace: an index of the sample archive and of some
articles that the examples name, with the test encoder, and the files that they read.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import webbrowser
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import click
import pytest
from click.testing import CliRunner, Result
from test_docs import NAMES, commands, context_of

from index.collector.articles import write_article
from index.collector.state import State
from index.documents import Document
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.operations.sync import sync
from index.readers import read_paths
from index.store.manifest import current
from web.cli.main import main

EXCLUDED = {
    "serve": "runs until it is stopped: tests/server starts and stops it",
    "fetch watch": "runs until it is stopped; tests/server fetches",
    "index watch": "runs until it is stopped: tests/server starts and stops it",
}
PLACES = {"/srv/news": "srv/news", "/srv/archive": "srv/archive", "/mnt/safe": "mnt/safe"}
"""Folders of somebody's machine, and what stands for them."""

OLDER = "00000003-20260211T093015Z-5e1c"
"""The name of a generation in an example: here that of the one before."""

_PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b|\.\.\.")

DAWN = [
    Document(
        id=f"dawn/{number}",
        title=title,
        body=f"{title}. حیدرآباد میں بدھ کو ۱۲ افراد نے درخواست دی، police said.",
        lang="en",
        date=day,
        source="Dawn",
        tags=("police",),
    )
    for number, title, day in (
        (1881234, "Steel mills reopen", date(2026, 2, 3)),
        (1881235, "Steel mills strike ends", date(2026, 2, 4)),
        (1500001, "Old canal runs dry", date(2019, 12, 31)),
        (1500002, "New year on the canal", date(2020, 1, 1)),
        (1500003, "A canal without a date", None),
    )
]
JANG = Document(
    "jang/7", "پرانی نہر", "پرانی نہر خشک ہو گئی۔", "ur", date(2018, 5, 1), "Jang", "", ("پانی",)
)


# --- the examples ---


def shown(line: str) -> Iterator[tuple[str, ...]]:
    """The words of a line that is an example: what is typed, not what stands for something."""
    words = shlex.split(line)
    if words[:1] == ["talash"] and not any(map(_PLACEHOLDER.search, words)):
        yield tuple(words[1:])


def in_help(command: click.Command = main, name: str = "talash") -> Iterator[str]:
    """Every line of a command's help, and of those below it, that is a `talash` command."""
    for line in (command.help or "").splitlines():
        if line.strip().startswith("talash "):
            yield line.strip()
    if isinstance(command, click.Group):
        context = context_of(command, name, None)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from in_help(found, each)


def examples() -> dict[str, tuple[str, ...]]:
    """Every example once: its line, and the words after `talash`."""
    lines = [*in_help()]
    lines += [shlex.join(words) for name in NAMES for words in commands(name)]
    found = {}
    for line in lines:
        line = line.removeprefix(".venv/bin/")
        typed = re.split(r"\s(?:[|>]|'[|>]')\s", line)[0]
        for words in shown(typed) if typed.startswith("talash ") else ():
            found.setdefault(shlex.join(words), words)
    return found


EXAMPLES = examples()
RUN = [line for line in EXAMPLES if not line.startswith(tuple(EXCLUDED))]


def test_the_examples_are_found() -> None:
    """The tests below are worth what this sees."""
    assert len(RUN) > 45
    commands_shown = {" ".join(words[:2]) for words in EXAMPLES.values()}
    for expected in (
        "fetch add",
        "index delete",
        "index rollback",
        "index restore",
        "index repair",
    ):
        assert expected in commands_shown
    for expected in (
        "index sync",
        "index compact",
        "index unlock",
        "export polio",
        "eval testsets/news",
    ):
        assert expected in commands_shown
    for name in EXCLUDED:
        assert any(line.startswith(name) for line in EXAMPLES), f"{name} has no example"


def test_every_command_with_examples_is_known_to_them() -> None:
    """An example that begins otherwise than `talash` would not be run."""
    for _, command, _ in walk(main):
        text = command.help or ""
        if "Examples:" in text:
            listed = text.partition("Examples:\n")[2].split("\n\n")[0].splitlines()
            wrong = [
                line for line in listed if line.strip() and not line.strip().startswith("talash ")
            ]
            assert wrong == []


def walk(command: click.Command, name: str = "talash") -> Iterator[tuple[str, click.Command, None]]:
    yield name, command, None
    if isinstance(command, click.Group):
        for each, found in command.commands.items():
            yield from walk(found, each)


# --- the workplace ---


@pytest.fixture(scope="session")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files and indexes as the examples name them. To be copied."""
    place = tmp_path_factory.mktemp("examples") / "workplace"
    place.mkdir()
    for article in archives.SEEDS.glob("*/1[168]-*.md"):  # a tenth of them
        (place / "seeds" / article.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(article, place / "seeds" / article.parent.name)
    for folder, names in (
        ("articles", ("flood", "gone")),
        ("incoming", ("snow",)),
        ("2026", ("a",)),
    ):
        (place / folder).mkdir()
        for name in names:
            text = f"---\ntitle: {name} خبر\n---\n{folder} {name} کی تفصیل، ۱۲ جنوری۔\n"
            (place / folder / f"{name}.md").write_text(text, "utf-8")
    for name, identity in (("today", "1"), ("2025", "x/1")):
        line = {"id": identity, "title": f"{name} title", "body": "A new text, نیا متن۔"}
        (place / f"{name}.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    _test_set(place / "testsets" / "news")
    (place / "scraped.csv").write_text("kalam,sarkhi\nخبر کا متن یہاں ہے۔,سرخی\n", "utf-8")
    (place / "mapping.toml").write_text('[columns]\nkalam = "body"\nsarkhi = "title"\n', "utf-8")
    (place / "talash.toml").write_text('[index]\nencoder = "test"\n')
    config = archives.config(place / "data")
    seeds = list(read_paths([place / "seeds"]))
    rebuild_from([*seeds, *DAWN], config)
    rebuild_from([*seeds, *DAWN, JANG], config)
    (place / "mnt" / "safe").mkdir(parents=True)
    shutil.copytree(place / "data", place / "srv" / "archive")
    runner = CliRunner(env={"TALASH_CONFIG": str(place / "talash.toml")})
    for backup in ("talash.tar", "talash.tar.gz", "mnt/safe/talash.tar.gz"):
        words = ["index", "backup", str(place / backup), "--data", str(place / "data")]
        assert runner.invoke(main, words).exit_code == 0
    return place


def _test_set(folder: Path) -> None:
    folder.mkdir(parents=True)
    articles = archives.articles(12)
    files = {
        "documents": [
            {"id": each.id, "lang": each.lang, "title": each.title, "text": each.body}
            for each in articles
        ],
        "queries": [
            {"qid": f"q{at}", "lang": each.lang, "text": each.title}
            for at, each in enumerate(articles[:4])
        ],
        "qrels": [
            {"qid": f"q{at}", "docid": each.id, "rel": 1} for at, each in enumerate(articles[:4])
        ],
    }
    for name, rows in files.items():
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")


@pytest.fixture
def here(workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the workplace, which is the current folder."""
    copy = Path(shutil.copytree(workplace, tmp_path / "workplace"))
    monkeypatch.chdir(copy)
    for variable in [each for each in os.environ if each.startswith("TALASH_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr(webbrowser, "open", lambda url: url.startswith("http"))
    return copy


def run(words: tuple[str, ...], here: Path) -> Result:
    """Run the words of an example; whoever is asked says yes."""
    older = min(path.name for path in (here / "data" / "generations").iterdir())
    typed = [older if word == OLDER else word for word in words]
    for there, stand_in in PLACES.items():
        typed = [word.replace(there, str(here / stand_in)) for word in typed]
    return CliRunner().invoke(main, typed, input="y\n")


def prepare(words: tuple[str, ...]) -> None:
    """What was done the days before: an index that is synced was synced, and a file went since."""
    if words[:2] in (("fetch", "run"), ("fetch", "remove")):
        for folder in ("collected", "srv/news"):
            with State(Path(folder)) as state:
                state.add_feed("https://news.example/rss.xml", 0)
    if words == ("index", "rebuild", "collected/"):
        write_article(Path("collected"), {"url": "https://news.example/1", "title": "ایک خبر"}, 0)
    if words[:2] == ("index", "sync"):
        sync([Path("articles")], archives.config(Path("data")))
        Path("articles/gone.md").unlink()


def data_of(words: tuple[str, ...], here: Path) -> Path:
    return here / "srv" / "archive" if "/srv/archive" in words else here / "data"


def held(data: Path) -> dict[str, Document]:
    """The articles of the index in use."""
    index = OpenIndex.open_current(data)
    try:
        return {each.id: each for _, each in index.catalogue.iter_documents()}
    finally:
        index.close()


def expected(words: tuple[str, ...], before: dict[str, Document]) -> set[str] | None:
    """The ids of the articles that must be there after an example; None where all are new."""
    ids = set(before)
    if words[0] != "index":
        return ids
    if words[1] == "add" or words[1] == "update":
        return ids | {"today.jsonl": {"today.jsonl/1"}, "incoming/": {"snow.md"}}[words[2]]
    if words[1] == "sync":
        assert {"flood.md", "gone.md"} <= ids
        return ids - {"gone.md"}
    if words[1] == "delete" and "--query" not in words:
        return ids - {word for word in words[2:] if word in ids}
    if words[1] == "delete":
        assert words[3] == "source:dawn before:2020-01-01", "say here what is to go"
        return ids - {"dawn/1500001"}
    if words[1] == "rollback":
        return ids - {"jang/7"}
    return None if words[1] == "rebuild" else ids


@pytest.mark.parametrize("line", RUN)
def test_an_example_does_what_it_says(line: str, here: Path) -> None:
    words = EXAMPLES[line]
    prepare(words)
    data = data_of(words, here)
    before, generation = held(data), current(data)
    done = run(words, here)
    assert done.exit_code == 0, f"talash {line}\n{done.output}\n{done.exception!r}"
    after = held(data)
    wanted = expected(words, before)
    if wanted is not None:
        assert set(after) == wanted
    else:
        assert after
        assert current(data) != generation
    for name in set(after) & set(before):
        if words[:2] != ("index", "rebuild"):
            assert replace(after[name], origin="") == replace(before[name], origin="")


def test_json_has_what_the_example_asks_it_for(here: Path) -> None:
    """`| jq '.hits[].title'`, without jq."""
    (line,) = [line for line in in_help() if "| jq" in line]
    typed, _, filtered = line.partition(" | jq ")
    (path,) = shlex.split(filtered)
    done = run(tuple(shlex.split(typed)[1:]), here)
    found = [json.loads(done.stdout)]
    for part in path.strip(".").split("."):
        found = [each[part.removesuffix("[]")] for each in found]
        found = [item for each in found for item in each] if part.endswith("[]") else found
    assert found
    assert all(isinstance(each, str) for each in found)


def test_a_delete_by_query_that_is_not_confirmed_changes_nothing(here: Path) -> None:
    before = current(here / "data")
    done = CliRunner().invoke(main, ["index", "delete", "--query", "source:dawn"], input="n\n")
    assert done.exit_code == 1
    assert current(here / "data") == before
