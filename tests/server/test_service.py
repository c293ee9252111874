"""The served process: signals, and that nothing in it writes the index."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import newsroom
import pytest
from processes import listening

pytestmark = [pytest.mark.server, pytest.mark.long]

ROOT = Path(__file__).resolve().parents[2]
SLOW = """
import sys, time
from pathlib import Path
from search.live import LiveEngine
real = LiveEngine.search
def slow(self, request):
    if request.query.startswith('slow'):
        print('searching', file=sys.stderr, flush=True)
        while not Path('go-on').exists():
            time.sleep(0.02)
    return real(self, request)
LiveEngine.search = slow
from web.cli.main import main
main(prog_name='talash')
"""


@contextmanager
def serving(data: Path, **environ: str) -> Iterator[tuple[subprocess.Popen, str, list[str]]]:
    words = ["serve", "--data", str(data), "--encoder", "test", "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
    )
    try:
        address, said, _ = listening(process)
        yield process, address, said
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    from index.encoders.hashed import HashEncoder

    newsroom.build(tmp_path / "data", encoder=HashEncoder()).close()
    return tmp_path / "data"


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def refused(url: str) -> bool:
    try:
        status(url)
    except urllib.error.URLError:
        return True
    return False


@pytest.mark.smoke
def test_sigterm_lets_a_running_request_end_and_nobody_new_in(data: Path) -> None:
    with serving(data) as (process, address, said):
        answers: list[int] = []
        url = f"{address}/api/v1/search?q=slow+rain"
        asking = threading.Thread(target=lambda: answers.append(status(url)))
        asking.start()
        _until(lambda: "searching" in "".join(said))
        process.send_signal(signal.SIGTERM)
        _until(lambda: refused(f"{address}/healthz"))
        assert process.poll() is None
        (data.parent / "go-on").touch()
        asking.join(20)
        assert answers == [200]
        assert process.wait(20) == 0
        assert "Traceback" not in "".join(said)


def test_grace_is_an_end(data: Path) -> None:
    with serving(data, TALASH_WEB_GRACE="0.3") as (process, address, said):
        url = f"{address}/api/v1/search?q=slow+rain"
        threading.Thread(target=lambda: _swallow(url), daemon=True).start()
        _until(lambda: "searching" in "".join(said))
        process.send_signal(signal.SIGTERM)
        assert process.wait(1.5 + 10) == 0
        assert "cut off" in "".join(said)


def _swallow(url: str) -> None:
    with contextlib.suppress(OSError):  # the server goes away, which is what is being tested
        status(url)


@pytest.mark.smoke
def test_sighup_reads_settings_again_and_keeps_serving(data: Path) -> None:
    file = data.parent / "talash.toml"
    with serving(data) as (process, address, said):
        assert status(f"{address}/metrics") == 404
        file.write_text("[web]\nmetrics = true\nlog_format = 'json'\n")
        process.send_signal(signal.SIGHUP)
        _until(lambda: status(f"{address}/metrics") == 200)
        file.write_text("[web]\nmetriks = true\n")
        process.send_signal(signal.SIGHUP)
        _until(lambda: "stays as it was" in "".join(said))
        assert status(f"{address}/metrics") == 200
        _until(lambda: '"path": "/metrics"' in said[-1])
        assert json.loads(said[-1])["status"] == 200


def _until(true) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


WATCH = """
import sys, json
data, written, on = sys.argv[1], [], False
def watch(event, args):
    if not on:
        return
    first = str(args[0]) if args else ''
    if event == 'open' and data in first:
        mode, flags = args[1] or '', args[2] or 0
        if any(letter in mode for letter in 'wax+') or flags & 3:
            written.append([event, first])
    elif event == 'sqlite3.connect' and data in first and 'mode=ro' not in first:
        written.append([event, first])
    elif event.startswith(('os.remove', 'os.rename', 'os.mkdir', 'os.rmdir', 'os.truncate',
                           'os.link', 'os.symlink', 'os.chmod', 'shutil.')) and data in str(args):
        written.append([event, str(args)])
sys.addaudithook(watch)
from pathlib import Path
from index.config import IndexConfig
from web.http.app import create_app
from web.settings import Settings
settings = Settings(index=IndexConfig(data_dir=Path(data), encoder='test'))
app = create_app(settings)
on = True
client = app.test_client()
seen = {}
for address in json.load(sys.stdin):
    seen[address] = client.get(address).status_code
client.post('/settings', data={'face': 'naskh'})
open(data + '/probe', 'a').close()
assert written.pop()[1].endswith('probe'), 'the watch does not see'
rules = [rule.endpoint for rule in app.url_map.iter_rules()]
print(json.dumps([written, seen, rules]))
"""


@pytest.mark.smoke
def test_nothing_in_the_web_process_writes_the_index(data: Path) -> None:
    """Every address is asked while each opening for writing, and each file, is watched."""
    q, id = quote("بارش"), quote("ur/بارش")
    paths = ["/", f"/?q={q}", f"/documents/{id}?q={q}", "/settings", "/static/talash.css", "/none"]
    paths += [f"/api/v1/{name}?q={q}" for name in ("search", "facets", "suggest")]
    paths += [f"/api/v1/explain?q={q}&id={id}", f"/api/v1/related?id={id}"]
    original = f"/documents/{id}/original"
    paths += [
        original,
        f"/api/v1/documents/{id}",
        "/api/v1/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    ]
    paths += [f"/{name}?q={q}" for name in ("feed.atom", "suggestions.json")]
    paths += ["/opensearch.xml", f"/export.csv?q={q}", f"/export.jsonl?q={q}"]
    before = digests(data)
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(data)],
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    written, seen, rules = json.loads(done.stdout)
    assert written == []
    failed = {path for path, code in seen.items() if code != 200}
    assert failed == {"/none", "/metrics", original}
    assert len(paths) > len(set(rules))  # every address was asked
    (data / "probe").unlink()
    assert digests(data) == before


def digests(data: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(data)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(data.rglob("*"))
        if path.is_file()
    }
