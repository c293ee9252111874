from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest
from click.testing import CliRunner
from desk import Desk

from index.errors import ConfigError
from index.version import VERSION
from web.cli.main import main
from web.http.app import create_app
from web.serving.server import Server
from web.serving.sockets import listen
from web.settings import Settings, WebConfig


class Slow(Desk):
    """Takes its time, and says when it has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def search(self, request):
        self.begun.set()
        self.go_on.wait(10)
        return super().search(request)


def served(engine: Desk, **web) -> tuple[Server, str]:
    config = WebConfig(**{"port": 0} | web)
    listening = listen(config)
    app = create_app(Settings(web=config), engine)
    return Server(app, listening.sockets, 2), listening.addresses(config.path)[0]


def test_it_serves_and_ends_without_dropping_a_request():
    engine = Slow()
    server, url = served(engine)
    running = threading.Thread(target=server.run)
    running.start()
    answers = []

    def ask():
        with urllib.request.urlopen(url + "api/v1/search?q=police") as answer:
            answers.append((answer.status, len(answer.read())))

    asking = threading.Thread(target=ask)
    asking.start()
    assert engine.begun.wait(10)
    server.stop()
    engine.go_on.set()
    asking.join(10)
    running.join(10)
    assert not running.is_alive()
    assert answers
    assert answers[0][0] == 200
    with pytest.raises(OSError, match="refused"):
        ask()


def test_a_port_that_is_taken_is_an_error_with_a_hint():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="--port"):
            listen(WebConfig(port=port))


def test_a_long_urdu_query_gets_our_answer_and_not_the_servers():
    server, url = served(Desk())
    running = threading.Thread(target=server.run)
    running.start()
    try:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url + "api/v1/search?q=" + "%D8%A7" * 10_000)
        assert caught.value.code == 400
        assert b"10,000 characters" in caught.value.read()
    finally:
        server.stop()
        running.join(10)


def test_an_app_for_other_servers_follows_the_same_settings(tmp_path, monkeypatch):
    import web.wsgi

    monkeypatch.chdir(tmp_path)
    (tmp_path / "talash.toml").write_text("[web]\nprefix = '/archive'\nhosts = ['news.example']\n")
    app = web.wsgi.create()
    assert app.wsgi_app is not web.wsgi.create().wsgi_app
    client = app.test_client()
    assert client.get("/archive/healthz").status_code == 200
    assert client.get("/archive/readyz").status_code == 503  # there is no index here
    assert client.get("/archive/", headers={"Host": "evil.example"}).status_code == 400
    monkeypatch.setenv("TALASH_WEB_PREFIX", "archive")
    with pytest.raises(ConfigError, match="prefix"):
        web.wsgi.create()


def test_the_version_is_looked_up_once(monkeypatch):
    from importlib import metadata

    client = create_app(Settings(), Desk()).test_client()
    monkeypatch.setattr(metadata, "version", lambda name: pytest.fail("asked again"))
    assert client.get("/healthz").get_json()["version"] == VERSION
    assert client.get("/api/v1/search?q=police").status_code == 200
    assert client.get("/api/v1/openapi.json").get_json()["info"]["version"] == VERSION


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--socket", "s", "--port", "8001"), "Leave out the socket"),
        (("--socket", "s", "--host", "::"), "Leave out the socket"),
        (("--host", "no.such.host.invalid"), "no.such.host.invalid"),
        (("--workers", "0"), "workers"),
        (("--workers", "1000"), "workers"),
    ],
)
def test_a_command_line_that_cannot_be_is_refused(words, named):
    done = CliRunner().invoke(main, ["serve", *words])
    assert done.exit_code == 2
    assert named in done.stderr


def test_the_command_serves_until_it_is_asked_to_end():
    script = "from web.cli.main import main; main()"
    command = [sys.executable, "-c", script, "serve", "--port", "0", "--data", str(Desk().data)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        said = next(line for line in process.stderr if "Talash is at" in line)
        address = re.search(r"http://127\.0\.0\.1:\d+/", said).group()
        with urllib.request.urlopen(address + "healthz") as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()
