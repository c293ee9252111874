"""Bad days of a real server: its generation is retired under it, its files are cut short under it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import archives
import newsroom
import pytest
from processes import listening

from index.encoders.hashed import HashEncoder
from index.operations.backup import backup, restore
from index.operations.build import rebuild_from
from index.store.manifest import current, current_token, generation_names

pytestmark = [
    pytest.mark.server,
    pytest.mark.long,
    pytest.mark.skipif(os.name == "nt", reason="Windows keeps what is open until later"),
]

ROOT = Path(__file__).resolve().parents[2]
SLOW = """
import sys, time
from pathlib import Path
from search.engine import SearchEngine
from web.cli.main import main
place, real = sys.argv.pop(), SearchEngine.search
def slow(self, request):
    if request.query.startswith('slow'):
        Path(place + '.begun').touch()
        while not Path(place + '.go').exists():
            time.sleep(0.02)
    return real(self, request)
SearchEngine.search = slow
main(prog_name='talash')
"""


@contextmanager
def serving(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    words = ["serve", "--data", str(data), "--encoder", "test", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *words, str(data)],
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        address, _, _ = listening(process)
        yield process, address
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    newsroom.build(tmp_path / "data", encoder=HashEncoder()).close()
    return tmp_path / "data"


def ask(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def found(answer: tuple[int, str]) -> tuple[str, list[str]]:
    status, text = answer
    assert status == 200, text
    told = json.loads(text)
    return told["generation"], [hit["id"] for hit in told["hits"]]


def until(true) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_search_ends_on_a_generation_that_is_deleted_meanwhile(data: Path) -> None:
    with serving(data) as (_, address):
        url = f"{address}/api/v1/search?q="
        old = current(data)
        answers: list[tuple[int, str]] = []
        asking = threading.Thread(target=lambda: answers.append(ask(f"{url}slow+rain")))
        asking.start()
        until(data.with_name("data.begun").exists)
        rebuild_from(
            newsroom.ARTICLES[:3],
            archives.config(data, keep_generations=1),
            encoder=HashEncoder(),
        )
        assert not old.exists()
        assert found(ask(f"{url}rain"))[0] == current_token(data)
        data.with_name("data.go").touch()
        asking.join(60)
        generation, ids = found(answers[0])
        assert generation == old.name
        assert "en/rain" in ids


@pytest.mark.parametrize("name", ["vectors.npy", "word_states.bin", "catalogue.sqlite", "keyword"])
def test_a_file_is_cut_short_under_a_server(data: Path, name: str, tmp_path: Path) -> None:
    """It does not die: page and API name the file and the way out, and a restore is served."""
    backup(data, tmp_path / "kept.tar")
    path = current(data) / name
    if path.is_dir():
        path = max(path.iterdir(), key=lambda each: each.stat().st_size)
    with serving(data) as (process, address):
        api, page = f"{address}/api/v1/search?q=rain", f"{address}/?q=rain"
        assert (ask(api)[0], ask(page)[0], ask(f"{address}/readyz")[0]) == (200, 200, 200)
        os.truncate(path, 0)
        for url in (api, page, f"{address}/readyz"):
            status, text = ask(url)
            assert status == 503
            assert path.name in text
            assert "talash index repair" in text
        assert process.poll() is None
        restore(tmp_path / "kept.tar", archives.config(data), encoder=HashEncoder())
        assert "en/rain" in found(ask(api))[1]
        assert (ask(page)[0], ask(f"{address}/readyz")[0]) == (200, 200)
    assert len(generation_names(data)) == 2
