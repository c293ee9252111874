"""The sockets a server listens on: which, on what terms, and what is left of them afterwards."""

from __future__ import annotations

import errno
import http.client
import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Desk

from index.errors import ConfigError
from web.http.app import create_app
from web.middleware import security
from web.middleware.limits import rate_of
from web.serving import sockets
from web.serving.server import Server
from web.serving.sockets import listen
from web.settings import Settings, WebConfig, load

V6 = socket.has_ipv6
try:
    socket.create_server(("::1", 0), family=socket.AF_INET6).close()
except OSError:
    V6 = False
needs_v6 = pytest.mark.skipif(not V6, reason="this machine has no IPv6")


@contextmanager
def serving(**web) -> Iterator[sockets.Listening]:
    config = WebConfig(**web)
    found = listen(config)
    server = Server(create_app(Settings(web=config), Desk()), found.sockets, 2)
    running = threading.Thread(target=server.run)
    running.start()
    try:
        yield found
    finally:
        server.stop()
        running.join(10)
        found.close()


def answers(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as caller:
        return caller.connect_ex((host, port)) == 0


def ask(path: Path, address: str, host: str = "localhost") -> http.client.HTTPResponse:
    caller = http.client.HTTPConnection(host)
    caller.sock = socket.socket(socket.AF_UNIX)
    caller.sock.connect(str(path))
    caller.request("GET", address)
    answer = caller.getresponse()
    answer.text = answer.read().decode()  # type: ignore[attr-defined]
    caller.close()
    return answer


@needs_v6
@pytest.mark.parametrize(
    ("host", "urls"),
    [
        (("127.0.0.1",), ["http://127.0.0.1:{}/"]),
        (("::1",), ["http://[::1]:{}/"]),
        (("[::1]",), ["http://[::1]:{}/"]),
        (("127.0.0.1", "::1"), ["http://127.0.0.1:{}/", "http://[::1]:{}/"]),
        (("::1", "127.0.0.1"), ["http://[::1]:{}/", "http://127.0.0.1:{}/"]),
        (("::",), ["http://[::1]:{}/", "http://127.0.0.1:{}/"]),
        (("0.0.0.0",), ["http://127.0.0.1:{}/"]),
        (("::", "0.0.0.0", "::"), ["http://[::1]:{}/", "http://127.0.0.1:{}/"]),
    ],
)
def test_every_address_that_is_told_answers_and_no_other(host, urls):
    with serving(host=host, port=0) as found:
        port = found.sockets[0].getsockname()[1]
        assert found.addresses() == [each.format(port) for each in urls]
        assert answers("127.0.0.1", port) == any("127" in each for each in urls)
        assert answers("::1", port) == any("::1" in each for each in urls)
    assert not answers("127.0.0.1", port)


def test_localhost_is_every_loopback_address_that_it_names():
    named = {each[4][0] for each in socket.getaddrinfo("localhost", 0, type=socket.SOCK_STREAM)}
    with serving(host=("localhost",), port=0) as found:
        bound = {each.getsockname()[0] for each in found.sockets}
        assert bound
        assert bound <= named
        assert bound == named or not V6
        assert len({each.getsockname()[1] for each in found.sockets}) == 1


def test_addresses_that_the_machine_has_not_are_left_out_of_a_name_only(monkeypatch):
    """No IPv6 here: `::` and `localhost` still serve IPv4; an address asked for by itself fails."""
    real = socket.create_server

    def without_v6(address, *, family):
        if family == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return real(address, family=family)

    monkeypatch.setattr(socket, "create_server", without_v6)
    for host in ("::", "localhost"):
        with serving(host=(host,), port=0) as found:
            assert answers("127.0.0.1", found.sockets[0].getsockname()[1])
    with pytest.raises(ConfigError, match="Cannot assign"):
        listen(WebConfig(host=("127.0.0.1", "::1"), port=0))


def test_of_several_sockets_none_is_left_when_one_fails():
    with socket.create_server(("127.0.0.2", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match="--port"):
            listen(WebConfig(host=("127.0.0.1", "127.0.0.2"), port=port))
        assert not answers("127.0.0.1", port)


def test_the_prefix_is_in_the_address_that_is_told():
    found = listen(WebConfig(port=0, prefix="/archive"))
    (address,) = found.addresses("/archive")
    assert address.endswith("/archive/")
    found.close()


def test_a_unix_socket_serves_and_leaves_nothing(tmp_path):
    path = tmp_path / "talash.sock"
    with serving(socket=path, metrics=True) as found:
        assert found.addresses() == [f"unix:{path}"]
        for host in ("localhost", "archive.example"):
            assert ask(path, "/?q=police", host).status == 200
        for address in ("/healthz", "/metrics"):
            assert ask(path, address).status == 200
    assert not path.exists()


def test_behind_a_unix_socket_readers_are_told_apart(tmp_path):
    path = tmp_path / "talash.sock"
    with serving(socket=path, proxies=1, rate_limit=1, rate_burst=1):
        asked = []
        for client in ("203.0.113.7:1", "203.0.113.7:2", "203.0.113.8:1"):
            caller = http.client.HTTPConnection("localhost")
            caller.sock = socket.socket(socket.AF_UNIX)
            caller.sock.connect(str(path))
            caller.request("GET", "/", headers={"X-Forwarded-For": client})
            asked.append(caller.getresponse().status)
            caller.close()
    assert asked == [200, 429, 200]


@pytest.mark.parametrize("mode", ["660", "0600", "666"])
def test_its_permissions_are_those_of_the_setting(tmp_path, mode):
    found = listen(WebConfig(socket=tmp_path / "s", socket_mode=mode))
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == int(mode, 8)
    found.close()


def test_a_socket_that_a_killed_server_left_is_replaced(tmp_path):
    path = tmp_path / "s"
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with serving(socket=path):
        assert ask(path, "/healthz").status == 200


def test_one_that_is_in_use_is_left_alone(tmp_path):
    path = tmp_path / "s"
    with serving(socket=path):
        with pytest.raises(ConfigError, match="Another server"):
            listen(WebConfig(socket=path))
        assert ask(path, "/healthz").status == 200


def test_a_later_servers_socket_is_not_taken_away(tmp_path):
    path = tmp_path / "s"
    first = listen(WebConfig(socket=path))
    path.unlink()
    second = listen(WebConfig(socket=path))
    first.close()
    assert path.exists()
    second.close()
    assert not path.exists()


def test_what_is_no_socket_is_never_taken_away(tmp_path):
    for path in (tmp_path / "file", tmp_path):
        if path != tmp_path:
            path.write_text("an article")
        with pytest.raises(ConfigError, match="no socket"):
            listen(WebConfig(socket=path))
    assert (tmp_path / "file").read_text() == "an article"


@pytest.mark.parametrize("path", ["none/s", "x" * 120])
def test_a_path_that_cannot_be_is_an_error_with_a_hint(tmp_path, path):
    with pytest.raises(ConfigError, match="folder"):
        listen(WebConfig(socket=tmp_path / path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do anything")
def test_a_folder_that_is_not_ours_is_an_error(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="writable"):
        listen(WebConfig(socket=tmp_path / "s"))


@pytest.mark.parametrize(
    ("web", "warned", "limited", "names"),
    [
        ({}, "", 0, {"localhost", "127.0.0.1", "::1"}),
        ({"host": ("localhost", "::1")}, "", 0, {"localhost", "127.0.0.1", "::1"}),
        ({"host": ("127.0.0.1", "192.0.2.1")}, "192.0.2.1 can be reached", 600, set()),
        ({"host": ("::",)}, ":: can be reached", 600, set()),
        ({"host": ("127.0.0.1",), "proxies": 1}, "", 600, {"localhost", "127.0.0.1", "::1"}),
        ({"socket": Path("s")}, "", 0, set()),
        ({"socket": Path("s"), "proxies": 1}, "", 600, set()),
        ({"socket": Path("s"), "socket_mode": "666"}, "Every user of this machine", 0, set()),
    ],
)
def test_what_follows_from_who_can_reach_the_server(web, warned, limited, names):
    config = WebConfig(**web)
    told = security.open_to(config)
    assert warned in told
    assert bool(warned) == bool(told)
    assert rate_of(config) == limited
    assert security.host_names(config) == names


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SOCKET": "/run/s", "HOST": "::"}, "Leave out the socket"),
        ({"SOCKET": "/run/s", "PORT": "8080"}, "Leave out the socket"),
        ({"SOCKET_MODE": "rw"}, "660"),
        ({"SOCKET_MODE": "888"}, "660"),
        ({"HOST": ","}, "127.0.0.1"),
        ({"WORKERS": "0"}, "workers"),
        ({"HOSTS": "https://archive.example"}, "without scheme"),
        ({"HOSTS": "archive.example:443"}, "without scheme"),
        ({"HOSTS": "archive.example/x"}, "without scheme"),
        ({"HOSTS": "*.example"}, "without scheme"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_the_start(given, named):
    with pytest.raises(ConfigError) as caught:
        load(environ={f"TALASH_WEB_{name}": value for name, value in given.items()})
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "name", ["archive.example", "127.0.0.1", "::1", "[2001:db8::1]", "خبر.example"]
)
def test_names_that_a_server_may_have(name):
    assert load(environ={"TALASH_WEB_HOSTS": name}).web.hosts == (name,)
