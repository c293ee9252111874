"""The documents say what the program does: commands, links, names, tables and examples are checked.

python -I tests/unit/test_docs.py      prints docs/cli-reference.md (`make docs` writes it)
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path

import click
import pytest

from index.readers import READABLE
from search.config import SearchConfig
from search.query.query import parse_query
from web import parameters
from web.cli.main import main
from web.http import openapi
from web.http.app import create_app
from web.parameters import Param
from web.settings import FILE_VARIABLE, SHORT_NAMES, Settings, load, table

ROOT = Path(__file__).resolve().parents[2]
CLI_REFERENCE = ROOT / "docs" / "cli-reference.md"
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "seeds" / "README.md"])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCS]
WIDTH = 92

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_LOCAL = re.compile(
    r"http://unix:/|https?://(127\.0\.0\.1|localhost)[:/]|https?://[\w.-]+\.example(/|$)"
)


# --- reading Markdown ---


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(name: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text(name))


def blocks(name: str, language: str) -> list[str]:
    return [content for kind, content in _FENCE.findall(text(name)) if kind == language]


def rows(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    _, found, section = text(name).partition(f"\n## {heading}\n")
    assert found, f"{name} has no section {heading!r}"
    section = section.partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [
        [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines[2:]
    ]


def code(cell: str) -> list[str]:
    return _SPAN.findall(cell)


def commands(name: str) -> Iterator[list[str]]:
    """Words of every command a document shows, in a `sh` block or in a line."""
    for block in blocks(name, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield from _simple_commands(line)
    for span in _SPAN.findall(prose(name)):
        if span.startswith(("talash ", "make ")):
            yield shlex.split(span)


def _simple_commands(line: str) -> Iterator[list[str]]:
    """The commands of a line, without variables set before them and comments behind them."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    command: list[str] = []
    for word in [*words, ";"]:
        if word in (";", "|", "||", "&&", "&"):
            while command and re.fullmatch(r"[A-Z_]+=.*", command[0]):
                del command[0]
            if command:
                yield command
            command = []
        else:
            command.append(word)


# --- commands ---


def check_talash(words: list[str]) -> None:
    """Parse a command line as the program would, without running it."""
    command: click.Command = main
    context = context_of(main, "talash", None)
    while isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(list(words))
        assert rest, f"{context.command_path} needs a command"
        found = command.get_command(context, rest[0])
        assert found, f"{context.command_path} has no command {rest[0]!r}"
        command, words = found, rest[1:]
        context = context_of(command, rest[0], context)
    given, rest, _ = command.make_parser(context).parse_args(list(words))
    assert not rest, f"{context.command_path} takes no {rest}"
    for param in command.params:
        value = given.get(param.name or "")
        if isinstance(param, click.Argument) and param.required:
            missing = not value or not isinstance(value, (str, tuple))
            assert not missing, f"{context.command_path} needs {param.human_readable_name}"
        if isinstance(param.type, click.Choice) and value:
            for each in value if param.multiple else [value]:
                param.type.convert(each, param, context)


def context_of(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    """The context in which the program itself would run a command, as wide as the reference."""
    settings = command.context_settings
    return click.Context(command, info_name=name, parent=parent, terminal_width=WIDTH, **settings)


def check_make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", text("Makefile"), re.M)
    variables = re.findall(r"\$[({](\w+)[)}]", text("Makefile"))
    for word in words:
        name, assigns, _ = word.partition("=")
        assert name in (variables if assigns else targets), f"make knows no {name}"


def check_curl(words: list[str]) -> None:
    """Addresses the server has, with parameters it knows."""
    (url,) = [word for word in words if word.startswith("http")]
    path, _, query = url.partition("?")
    rules = create_app(Settings(), NoEngine()).url_map.bind("127.0.0.1")
    endpoint, _ = rules.match(re.sub(r"^http://[^/]+", "", path))
    (template,) = {rule.rule for rule in rules.map.iter_rules() if rule.endpoint == endpoint}
    described = openapi.describe()["paths"][re.sub(r"<\w+:(\w+)>", r"{\1}", template)]["get"]
    known = [Param(each["name"], str, "") for each in described["parameters"]]
    names = re.findall(r"(?:^|&)(\w+)=", query)
    parameters.check_names([*names, *sent(words)], known)


def sent(words: list[str]) -> dict[str, str]:
    """What a curl command sends beside its address."""
    pairs = pairwise(words)
    given = [after for option, after in pairs if option in ("-d", "--data-urlencode")]
    return {name: value for name, _, value in (each.partition("=") for each in given)}


class NoEngine:
    """Stands where an engine would: nothing here may ask it anything."""

    def close(self) -> None:
        """Nothing to close."""


@pytest.mark.parametrize("name", NAMES)
def test_commands_exist(name: str) -> None:
    checks = {"talash": check_talash, "make": check_make}
    for words in commands(name):
        program = words[0].removeprefix(".venv/bin/")
        words = words[: words.index(">")] if ">" in words else words
        if program == "curl":
            check_curl(words[1:])
        elif program in checks:
            try:
                checks[program](words[1:])
            except click.ClickException as error:
                raise AssertionError(f"{name}: {shlex.join(words)}: {error.message}") from None
        elif program == "python":
            script = next(word for word in words[1:] if not word.startswith("-"))
            assert (ROOT / script).is_file() or words[1] == "-m", shlex.join(words)


def test_commands_are_found() -> None:
    """The test above is worth what it sees."""
    readme = [words[0] for words in commands("README.md")]
    assert {"make", "talash", "curl"} <= set(readme)
    for wrong in (["index", "rebuilt", "x"], ["serve", "--prot", "1"], ["search"], ["eval"]):
        with pytest.raises((AssertionError, click.ClickException)):
            check_talash(wrong)


# --- the command line's reference ---


def cli_reference() -> str:
    """docs/cli-reference.md: what every `--help` says."""
    parts = ["# Command line reference\n", "Written by `make docs` from what `--help` says.\n"]
    for path, context in _contexts(main, "talash", None):
        help_text = "\n".join(line.rstrip() for line in context.get_help().splitlines())
        parts.append(f"## {path}\n\n```text\n{help_text}\n```\n")
    return "\n".join(parts)


def _contexts(
    command: click.Command, name: str, parent: click.Context | None
) -> Iterator[tuple[str, click.Context]]:
    context = context_of(command, name, parent)
    yield context.command_path, context
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from _contexts(found, each, context)


def test_the_cli_reference_is_up_to_date() -> None:
    assert CLI_REFERENCE.read_text("utf-8") == cli_reference(), "Run: make docs"


# --- links and names ---


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    """Files exist, headings exist, and a name in code stands in the file it links to."""
    for label, target in _LINK.findall(prose(name)):
        place, _, anchor = target.partition("#")
        assert "://" not in target, f"{name} links to {target}: keep to files of the project"
        path = (ROOT / name).parent / place if place else ROOT / name
        assert path.exists(), f"{name} links to {target}, which is not there"
        assert path.resolve().is_relative_to(ROOT), f"{name} links out of the project: {target}"
        if anchor:
            assert anchor in _anchors(path), f"{name}: {place} has no heading #{anchor}"
        for span in code(label):
            if path.suffix == ".py" and "/" not in span and not span.endswith(".py"):
                assert span in _defined(path), f"{name}: {place} has no {span}"
            elif "/" in span or "." in span:
                assert path.resolve() == (ROOT / span).resolve(), f"{name}: {span} is not {target}"


@cache
def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text("utf-8")), re.M)
    plain = (re.sub(r"[^\w\s-]", "", heading.lower()) for heading in headings)
    return {re.sub(r"\s", "-", heading.strip()) for heading in plain}


@cache
def _defined(path: Path) -> set[str]:
    """Names a file defines: functions, classes, `Class.method`, module constants."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{m.name}" for m in node.body if isinstance(m, ast.FunctionDef)}
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {each.id for each in targets if isinstance(each, ast.Name)}
    return names


def test_architecture_asks_questions() -> None:
    """Its headings are the questions each folder answers, and each answer names a place."""
    sections = re.split(r"^### ", text("ARCHITECTURE.md"), flags=re.M)[1:]
    assert len(sections) > 10
    for section in sections:
        heading, _, body = section.partition("\n## ")[0].partition("\n")
        assert heading.endswith("?"), heading
        assert _LINK.search(body), f"{heading} names no file"


def test_every_folder_is_on_the_map() -> None:
    packages = [
        path.parent
        for name in ("index", "search", "web")
        for path in ROOT.glob(f"{name}/**/__init__.py")
    ]
    folders = {path.relative_to(ROOT).as_posix() for path in packages} - {"index", "search", "web"}
    assert set(re.findall(r"^\| \[([\w/]+)\]", text("ARCHITECTURE.md"), flags=re.M)) == folders


@pytest.mark.parametrize("name", [*NAMES, "Makefile", ".ci/run"])
def test_no_address_outside_and_no_path_of_a_machine(name: str) -> None:
    urls = re.findall(r"https?://\S+", text(name))
    assert [url for url in urls if not _LOCAL.match(url)] == []
    assert re.findall(r"(?<![\w.$~])/(?:home|root|work|opt|Users)/\S*", text(name)) == []


@pytest.mark.parametrize("folder", ["index", "search", "web", "benchmarks"])
def test_files_named_in_the_code_exist(folder: str) -> None:
    """Docstrings that send a reader to a benchmark or a document."""
    for path in (ROOT / folder).rglob("*.py"):
        named = re.findall(r"\b(?:benchmarks/\w+\.py|docs/[\w-]+\.md)", path.read_text("utf-8"))
        assert [each for each in named if not (ROOT / each).is_file()] == [], path


# --- settings ---


@pytest.mark.parametrize("name", NAMES)
def test_settings_exist(name: str, tmp_path: Path) -> None:
    known = {(each.section, each.name) for each in table()}
    assert set(re.findall(r"\[(index|search|web)\] (\w+)", text(name))) <= known
    for block in blocks(name, "toml"):
        file = tmp_path / "talash.toml"
        file.write_text(block, "utf-8")
        assert load(config=file, environ={}) != Settings()


@pytest.mark.parametrize("name", [each for each in NAMES if each != "CHANGELOG.md"])
def test_environment_variables_exist(name: str) -> None:
    known = {FILE_VARIABLE, *SHORT_NAMES, *(each.variable for each in table())}
    sources = [*ROOT.glob("index/**/*.py"), *ROOT.glob("web/**/*.py"), *ROOT.glob("tests/*/*.py")]
    for variable in set(re.findall(r"TALASH_[A-Z_]+", text(name))) - known:
        quoted = f'"{variable}"'
        assert any(quoted in path.read_text("utf-8") for path in sources), variable


# --- tables and examples of the README ---


def test_every_query_in_the_table_is_understood_as_it_stands() -> None:
    found = [span for row in rows("README.md", "What you can type") for span in code(row[0])]
    for query in found:
        assert parse_query(unescape(query), SearchConfig()).notices == (), query
    for field in ("title", "lang", "source", "tag", "date"):
        assert any(f"{field}:" in query for query in found), field
    assert any(" OR " in query for query in found)
    assert any(" -" in query for query in found)


def test_the_table_of_formats_is_what_is_read() -> None:
    found = {span for row in rows("README.md", "Your own archive") for span in code(row[0])}
    assert found == {
        extension for extension in READABLE if not extension.endswith((".gz", ".bz2", ".zst"))
    }


def test_every_fault_has_its_test() -> None:
    files = {path.name: path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py")}
    tests = {name for content in files.values() for name in re.findall(r"def (test_\w+)", content)}
    for heading in ("Hostile input", "Bad days of an index"):
        for row in rows("docs/faults.md", heading):
            named = code(row[-1])
            assert named, row[0]
            assert set(named) <= tests | set(files), row[0]


if __name__ == "__main__":
    import sys

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(cli_reference(), end="")
