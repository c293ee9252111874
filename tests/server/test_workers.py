"""Several processes that answer on the same sockets: `talash serve --workers`."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import newsroom
import pytest
from processes import listening

from index.encoders.hashed import HashEncoder

pytestmark = [
    pytest.mark.server,
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc"),
]

ROOT = Path(__file__).resolve().parents[2]
SERVE = "from web.cli.main import main; main(prog_name='talash')"

SLOW = """
import sys, time
from pathlib import Path
from search.live import LiveEngine
real = LiveEngine.search
def slow(self, request):
    print("searching", file=sys.stderr, flush=True)
    while not Path("go-on").exists():
        time.sleep(0.02)
    return real(self, request)
LiveEngine.search = slow
"""


@contextmanager
def serving(
    data: Path, *words: str, **environ: str
) -> Iterator[tuple[subprocess.Popen, str, list]]:
    command = ["serve", "--data", str(data), "--encoder", "test", "--port", "0", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, *command, *words],
        stderr=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environ,
    )
    try:
        address, said, _ = listening(process)
        until(lambda: len(workers(process)) == 2)
        yield process, address, said
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    newsroom.build(tmp_path / "data", encoder=HashEncoder()).close()
    return tmp_path / "data"


def workers(process: subprocess.Popen) -> set[int]:
    """The workers of a server; what else Python starts beside them is left out."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = set()
    for pid in children:
        with_arguments = Path(f"/proc/{pid}/cmdline").read_bytes()
        if b"spawn_main" in with_arguments:
            found.add(int(pid))
    return found


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


def refused(url: str) -> bool:
    try:
        get(url)
    except OSError:  # no connection, or one that ends without an answer
        return True
    return False


def asked_of_each(process: subprocess.Popen, url: str) -> list[str]:
    """The answer of each worker: the other one stands still meanwhile."""
    answers = []
    both = workers(process)
    assert len(both) == 2
    for other in both:
        os.kill(other, signal.SIGSTOP)
        try:
            answers.append(get(url))
        finally:
            os.kill(other, signal.SIGCONT)
    return answers


@pytest.mark.smoke
def test_each_worker_answers_and_follows_a_rebuild(data: Path) -> None:
    with serving(data) as (process, address, _):
        url = f"{address}/readyz"
        first = asked_of_each(process, url)
        assert first[0] == first[1]
        newsroom.build(data, newsroom.ARTICLES[3:], HashEncoder()).close()
        second = asked_of_each(process, url)
        assert second[0] == second[1] != first[0]


def test_figures_are_those_of_all_workers(data: Path) -> None:
    with serving(data, TALASH_WEB_METRICS="1") as (process, address, _):
        for _ in range(3):
            asked_of_each(process, f"{address}/api/v1/search?q=rain")
        for figures in asked_of_each(process, f"{address}/metrics"):
            count = r'talash_requests_total\{endpoint="api.search",method="GET",status="200"\} 6\.0'
            assert re.search(count, figures)
            assert "talash_documents " in figures


@pytest.mark.smoke
def test_a_worker_that_dies_is_replaced(data: Path) -> None:
    with serving(data) as (process, address, said):
        killed = min(workers(process))
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers(process) - {killed}) == 2)
        assert "another takes its place" in "".join(said)
        assert len(asked_of_each(process, f"{address}/healthz")) == 2


def test_sigterm_to_all_lets_requests_end_and_nobody_new_in(data: Path) -> None:
    """As a service manager does that signals each process of the service."""
    (data.parent / "sitecustomize.py").write_text(SLOW)
    path = os.pathsep.join((str(data.parent), str(ROOT)))
    with serving(data, PYTHONPATH=path) as (process, address, said):
        answers: list[str] = []
        url = f"{address}/api/v1/search?q=rain"
        asking = threading.Thread(target=lambda: answers.append(get(url)))
        asking.start()
        until(lambda: any("searching" in line for line in said))
        for pid in (process.pid, *workers(process)):
            os.kill(pid, signal.SIGTERM)
        until(lambda: refused(f"{address}/healthz"))
        assert process.poll() is None
        (data.parent / "go-on").touch()
        asking.join(20)
        assert '"total"' in answers[0]
        assert process.wait(20) == 0
        assert "Traceback" not in "".join(said)


def test_workers_end_when_the_first_process_is_killed(data: Path) -> None:
    with serving(data) as (process, address, _):
        children = workers(process)
        process.kill()
        process.wait()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children))
        with pytest.raises(urllib.error.URLError):
            get(f"{address}/healthz")


def test_sighup_reaches_every_worker(data: Path) -> None:
    file = data.parent / "talash.toml"
    with serving(data) as (process, address, said):
        # One that still begins would die of the signal, and be replaced by one with the new settings.
        asked_of_each(process, f"{address}/readyz")
        file.write_text("[web]\nmetrics = true\n")
        process.send_signal(signal.SIGHUP)
        until(lambda: "".join(said).count("Reloaded.") == 2)
        assert len(asked_of_each(process, f"{address}/metrics")) == 2
        # Settings that cannot be read keep no worker from being replaced.
        file.write_text("[web]\nmetriks = true\n")
        process.send_signal(signal.SIGHUP)
        until(lambda: "".join(said).count("stays as it was") == 2)
        killed = min(workers(process))
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers(process) - {killed}) == 2)
        assert len(asked_of_each(process, f"{address}/metrics")) == 2


def test_what_no_worker_could_serve_with_ends_the_server(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SERVE, "serve", "--data", str(data), "--port=0", "--workers=2"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TALASH_WEB_TOKEN": "short"},
        timeout=60,
    )
    assert done.returncode == 2
    assert "web.token" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_a_unix_socket(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "s"
    command = ["serve", "--data", str(data), "--encoder=test", "--workers=2", f"--socket={path}"]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, *command],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stderr
        said = next(line for line in process.stderr if "Talash is at" in line)
        assert f"unix:{path}" in said
        until(lambda: len(workers(process)) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not path.exists()
