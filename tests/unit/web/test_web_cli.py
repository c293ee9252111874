from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from desk import Desk

import web.service
from index import errors
from index.documents import Document, Skipped
from index.operations.verify import Check, VerifyReport
from index.readers import FileReport
from search.models import Degraded, Mode
from web.cli import main as cli


@pytest.fixture
def engine(monkeypatch) -> Desk:
    fake = Desk()

    def opened(settings, **_):
        fake.settings = settings
        return fake

    monkeypatch.setattr(web.service, "open_engine", opened)
    return fake


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the command in an empty folder, whatever this machine's environment says."""
    monkeypatch.chdir(tmp_path)
    for name in ("TALASH_DATA", "TALASH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    return lambda *args, **more: CliRunner().invoke(cli.main, [str(a) for a in args], **more)


def stand_in(monkeypatch, module: str, **functions) -> None:
    """Put these functions where a command imports them from."""
    for name, function in functions.items():
        monkeypatch.setattr(f"{module}.{name}", function)


def raising(error: BaseException):
    def fail(*args, **kwargs):
        raise error

    return fail


@dataclass(frozen=True)
class Built:
    generation: str = "g-1"
    documents: int = 60
    passages: int = 1200
    copies: int = 2
    encoded: int = 100
    reused: int = 1100
    seconds: float = 3.25
    unchanged: bool = False
    files: tuple[FileReport, ...] = (
        FileReport("c.csv", 60, without_body=2, undated=5, unused=("Reporter",), repaired=1),
    )
    skipped: tuple[Skipped, ...] = (
        Skipped("a.txt", "not text"),
        Skipped("b.jsonl", "no body", record=3),
    )


# --- search ---


def test_search_prints_hits(run, engine):
    result = run("search", "police", "--size", "3")
    assert result.exit_code == 0
    assert "1. Police training programme" in result.stdout
    assert "Daily Sahar" in result.stdout
    assert "1 to 3 of 34" in result.stderr
    assert engine.closed


def test_search_takes_the_words_as_they_come(run, engine):
    run("search", "police", "training")
    assert engine.asked[0].query == "police training"


def test_search_options_are_the_apis(run, engine):
    result = run(
        "search",
        "police",
        "--mode",
        "keyword",
        "--lang",
        "ur",
        "--lang",
        "en",
        "--source",
        "A",
        "--from",
        "2026",
        "--to",
        "2026-02",
        "--tag",
        "t",
        "--sort",
        "oldest",
        "--page",
        "2",
        "--size",
        "5",
        "--literal",
        "--off",
        "a",
        "--off",
        "ب",
    )
    assert result.exit_code == 0
    (asked,) = engine.asked
    assert (asked.mode, asked.languages, asked.sources, asked.page) == (
        Mode.KEYWORD,
        ("ur", "en"),
        ("A",),
        2,
    )
    assert (str(asked.date_from), str(asked.date_to)) == ("2026-01-01", "2026-02-28")
    assert (asked.literal, asked.off) == (True, ("a", "ب"))


def test_search_json_is_the_apis_own(run, engine, app):
    printed = json.loads(run("search", "پولیس", "--lang", "en", "--json").stdout)
    served = app.test_client().get("/api/v1/search?q=پولیس&lang=en").get_json()
    assert {**printed, "timings": {}} == {**served, "timings": {}}


def test_search_with_nothing_found_is_no_error(run, engine):
    result = run("search", "zzzz")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing found." in result.stderr


def test_search_says_what_did_not_answer(run, engine):
    engine.degraded = (Degraded("semantic", "x", "the model is gone"),)
    assert "The semantic search did not answer: the model is gone" in run("search", "police").stderr
    engine.degraded = (Degraded("translation", "x", "gone"), Degraded("marks", "x", "gone"))
    said = run("search", "police").stderr
    assert "searched as typed only: gone" in said
    assert "not marked: gone" in said


def test_search_says_what_it_searched_for(run, engine):
    said = run("search", "barish", "citizens", "--off", "rain").stderr
    assert "Searching for: بارش citizens\n" in said
    assert "Also searched: barish → بارش; citizens → شہریوں\n" in said
    for nothing_more in (run("search", "barish", "--literal"), run("search", "zzzz")):
        assert nothing_more.exit_code == 0
        assert "earch" not in nothing_more.stderr


def test_search_obeys_no_control_characters(run, monkeypatch):
    hostile = Desk([Document("x", "police \x1b]0;owned\x07", "police\x1b[2J", "en")])
    monkeypatch.setattr(web.service, "open_engine", lambda settings, **_: hostile)
    assert "\x1b" not in run("search", "police", color=False).stdout


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--page", "-1"], "whole number from 1"),
        (["--page", "1000000"], "first 1,000 hits"),
        (["--from", "2026-02", "--to", "2026-01"], "wrong order"),
        (["--off", "x" * 101], "101 characters"),
        (["--lang", "nonsense"], "ur, en, fa"),
        (["--mode", "x"], "'hybrid', 'keyword', 'semantic'"),
    ],
)
def test_search_with_a_wrong_option(run, engine, args, says):
    result = run("search", "police", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr.replace("\n", " ")
    assert engine.asked == []


@pytest.mark.parametrize(("query", "says"), [("", "empty"), ("x" * 10_000, "10,000 characters")])
def test_search_with_a_wrong_query(run, engine, query, says):
    result = run("search", query)
    assert result.exit_code == 2
    assert says in result.stderr


# --- exit codes ---


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigError("x"), 2),
        (errors.RequestError("x"), 2),
        (errors.NotFoundError("x"), 2),
        (errors.IndexMissingError("There is no index.", hint="Run talash index rebuild."), 3),
        (errors.IndexDamagedError("x"), 4),
        (errors.IndexMismatchError("x"), 4),
        (errors.IndexLockedError("x"), 5),
        (errors.IndexWriteError("x"), 6),
        (errors.NoDocumentsError("x"), 7),
        (errors.InputError("x"), 7),
        (errors.EncoderError("x"), 8),
        (errors.StoreError("x"), 1),
        (errors.TalashError("x"), 1),
    ],
)
def test_each_error_has_its_exit_code_and_no_traceback(run, engine, error, code):
    engine.failure = error
    result = run("search", "police")
    assert result.exit_code == code
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert error.message in result.stderr
    assert error.hint in result.stderr
    assert result.stdout == ""
    assert engine.closed


def test_exit_codes_are_in_the_help(run):
    text = run("--help").stdout
    for number in range(9):
        assert f"\n    {number}  " in text


# --- index ---


def test_rebuild(run, monkeypatch, tmp_path):
    (tmp_path / "articles").mkdir()
    seen = {}

    def rebuild(paths, config, *, progress=None):
        seen.update(paths=paths, config=config)
        progress("Reading", 0, 0)
        progress("Encoding", 5, 10)
        return Built()

    stand_in(monkeypatch, "index.operations.build", rebuild=rebuild)
    result = run(
        "index", "rebuild", "articles", "--data", "d", "--encoder", "st:x", "--report", "r.json"
    )
    assert result.exit_code == 0
    assert seen["paths"] == [Path("articles")]
    assert (seen["config"].data_dir, seen["config"].encoder) == (Path("d"), "st:x")
    assert "60 documents in 1,200 passages" in result.stdout
    assert "b.jsonl, record 3: no body" in result.stdout
    assert "Of 60 articles read: 2 without a body, 5 without a date." in result.stdout
    assert "1 letter could not be read" in result.stdout
    assert "Columns kept but not searched: Reporter." in result.stdout
    skipped = json.loads((tmp_path / "r.json").read_text("utf-8"))["skipped"]
    assert [each["path"] for each in skipped] == ["a.txt", "b.jsonl"]
    assert json.loads(run("index", "rebuild", "articles", "--json").stdout)["documents"] == 60


@pytest.mark.parametrize(
    ("error", "code"),
    [(errors.NoDocumentsError("Nothing readable."), 7), (errors.IndexWriteError("Disk full."), 6)],
)
def test_rebuild_that_fails(run, monkeypatch, tmp_path, error, code):
    stand_in(monkeypatch, "index.operations.build", rebuild=raising(error))
    result = run("index", "rebuild", tmp_path)
    assert result.exit_code == code
    assert error.message in result.stderr


def test_rebuild_needs_a_path_that_is_there(run):
    assert run("index", "rebuild").exit_code == 2
    assert run("index", "rebuild", "nowhere").exit_code == 2


def test_a_report_that_cannot_be_written(run, monkeypatch, tmp_path):
    stand_in(monkeypatch, "index.operations.build", rebuild=lambda *args, **kwargs: Built())
    result = run("index", "rebuild", tmp_path, "--report", "no/such/folder/r.json")
    assert result.exit_code == 6


def test_status(run, monkeypatch):
    held = replace(Desk().status(), generation="g-7", passages=1252)
    stand_in(monkeypatch, "index.store.manifest", read_status=lambda data: held)
    text = run("index", "status").stdout
    assert "g-7" in text
    assert "1,252" in text
    assert "en 42, ur 42" in text
    assert json.loads(run("index", "status", "--json").stdout)["languages"] == {"ur": 42, "en": 42}


def test_status_without_an_index(run, monkeypatch):
    stand_in(
        monkeypatch, "index.store.manifest", read_status=raising(errors.IndexMissingError("None."))
    )
    assert run("index", "status").exit_code == 3


def verified(*checks: Check):
    return lambda data, **asked: VerifyReport("g-1", checks)


def test_verify(run, monkeypatch):
    good, bad = Check("manifest", True, "12 files"), Check("vectors", False, "cut short")
    stand_in(monkeypatch, "index.operations.verify", verify=verified(good, bad))
    result = run("index", "verify")
    assert result.exit_code == 4
    assert "BAD" in result.stdout
    assert "cut short" in result.stdout
    assert json.loads(run("index", "verify", "--json").stdout)["checks"][1]["ok"] is False
    stand_in(monkeypatch, "index.operations.verify", verify=verified(good))
    assert run("index", "verify").exit_code == 0


# --- eval ---


@dataclass(frozen=True)
class Row:
    query_language: str = "en"
    document_language: str = "ur"
    mode: str = "hybrid"
    queries: int = 1_204
    metrics: dict = field(default_factory=lambda: {"MRR@10": 0.6789})
    query_type: str = ""


@dataclass(frozen=True)
class Compared(Row):
    baseline: str = "without names"
    differences: dict = field(
        default_factory=lambda: {"MRR@10": SimpleNamespace(mean=0.0341, p=0.0012)}
    )


@dataclass
class Figures:
    rows: tuple = (Row(),)
    arms: tuple = ()
    ablations: tuple = ()


@pytest.fixture
def measured(monkeypatch):
    """What the command asks to be measured; `measured.report` is what it is told."""
    seen = SimpleNamespace(report=Figures())

    def evaluate(directory, config, search_config, modes, **options):
        seen.modes, seen.options = modes, options
        return seen.report

    stand_in(monkeypatch, "search.evaluate.evaluate", evaluate=evaluate)
    return seen


def words(text: str) -> list[str]:
    """The lines of a table, a single space between columns."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_eval(run, measured, tmp_path):
    text = run("eval", tmp_path).stdout
    assert measured.modes == tuple(Mode)
    assert (measured.options["without"], measured.options["by_type"]) == ((), False)
    assert words(text) == ["query documents mode queries MRR@10", "en ur hybrid 1,204 0.679"]
    figures = json.loads(run("eval", tmp_path, "--mode", "keyword", "--json").stdout)
    assert figures["rows"][0]["mode"] == "hybrid"
    assert measured.modes == (Mode.KEYWORD,)


def test_eval_without_parts(run, measured, tmp_path):
    measured.report.arms = (Compared(baseline="semantic"),)
    measured.report.ablations = (Compared(query_type="keywords"), Compared())
    result = run("eval", tmp_path, "--without", "names, roman,")
    assert measured.options["without"] == ("names", "roman")
    lines = words(result.stdout)
    assert "en ur hybrid semantic +0.034 (0.001)" in lines
    assert "en ur keywords hybrid without names +0.034 (0.001)" in lines
    assert "en ur all hybrid without names +0.034 (0.001)" in lines


def test_eval_by_type(run, measured, tmp_path):
    measured.report.rows = (Row(), Row(query_type="phrase7"))
    lines = words(run("eval", tmp_path, "--by-type").stdout)
    assert measured.options["by_type"]
    assert "en ur all hybrid 1,204 0.679" in lines
    assert "en ur phrase7 hybrid 1,204 0.679" in lines


# --- settings ---


def test_settings_from_file_and_command_line(run, engine, tmp_path):
    (tmp_path / "t.toml").write_text("[index]\ndata_dir = 'from-file'\n[search]\nwindow = 50\n")
    assert run("--config", "t.toml", "search", "police").exit_code == 0
    assert engine.settings.index.data_dir == tmp_path / "from-file"
    run("--config", "t.toml", "search", "police", "--data", "given")
    assert engine.settings.index.data_dir == Path("given")
    assert engine.settings.search.window == 50


def test_a_wrong_settings_file(run, engine, tmp_path):
    (tmp_path / "talash.toml").write_text("[web]\nprot = 1\n")
    result = run("search", "police")
    assert result.exit_code == 2
    assert "Did you mean port?" in result.stderr


def test_settings_are_shown(run, monkeypatch):
    monkeypatch.setenv("TALASH_WEB_PORT", "8123")
    assert json.loads(run("settings", "--json").stdout)["web"]["port"] == 8123
    text = run("settings").stdout
    assert "8123" in text
    assert "TALASH_INDEX_DATA_DIR" in text


def test_serve_refuses_a_wrong_address(run):
    result = run("serve", "--host", "no.such.host.invalid", "--port", "0")
    assert result.exit_code == 2
    assert "no.such.host.invalid" in result.stderr


COMMANDS = [
    "",
    "search",
    "suggest",
    "related",
    "serve",
    "eval",
    "settings",
    "index",
    "index rebuild",
    "index status",
    "index verify",
    "index list",
    "index rollback",
    "index backup",
    "index restore",
    "index repair",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(run, command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    if command in ("search", "suggest", "related", "serve", "eval", "index rebuild"):
        assert "Examples:" in result.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys, web.cli.main\n"
        "heavy = {'numpy', 'faiss', 'onnxruntime', 'whoosh', 'flask', 'pydantic', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_web_package_is_ours():
    import web as package

    assert Path(package.__file__).parent == Path(cli.__file__).parents[1]
    assert (Path(package.__file__).parents[1] / "pyproject.toml").is_file()
