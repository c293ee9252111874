"""The sockets a server listens on: TCP addresses, or a Unix socket.

An address that stands for several is all of them: `localhost` is both loopback addresses, a name
is every address it has, and `::` is any address of this machine, IPv6 and IPv4. Each is a socket of
its own, so that every client is seen with the address it has.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ConfigError
from web.settings import WebConfig

_ANY = {"::": "0.0.0.0"}  # noqa: S104 - what the owner asked for
_SHOWN = {"::": "::1", "0.0.0.0": "127.0.0.1"}  # noqa: S104
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
_TRIES = 10
_Address = tuple[socket.AddressFamily, tuple[Any, ...]]


@dataclass(frozen=True)
class Listening:
    """Sockets that listen, and the file of a Unix one: its path, device and number."""

    sockets: tuple[socket.socket, ...]
    file: tuple[Path, int, int] | None = None

    def addresses(self, prefix: str = "") -> list[str]:
        """Where a browser of this machine finds them; `unix:PATH` for a Unix socket."""
        if self.file:
            return [f"unix:{self.file[0]}"]
        found = []
        for each in self.sockets:
            name, port = each.getsockname()[:2]
            host = _SHOWN.get(name, name)
            shown = f"[{host}]" if ":" in host else host
            found.append(f"http://{shown}:{port}{prefix}/")
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Close them, and take away the file, unless it is a later server's already."""
        for each in self.sockets:
            each.close()
        if self.file:
            path, *identity = self.file
            with contextlib.suppress(OSError):
                now = path.stat()
                if [now.st_dev, now.st_ino] == identity:
                    path.unlink()


def listen(web: WebConfig) -> Listening:
    """What the settings say, listening. Raises ConfigError."""
    if web.socket is not None:
        return _listen_unix(web.socket, int(web.socket_mode, 8))
    addresses = {host: list(_addresses(host)) for host in web.host}
    for _ in range(_TRIES if web.port == 0 else 1):
        try:
            return _listen_tcp(addresses, web.port)
        except OSError as error:
            problem = error  # the free port that the first address got may be taken at another
    raise ConfigError(
        f"Cannot listen on {', '.join(web.host)} port {web.port}: {problem.strerror}.",
        hint="Another server may be running there; choose a port with --port.",
    ) from problem


def _addresses(host: str) -> Iterator[_Address]:
    """Every address that a host stands for."""
    bare = host.strip("[]")
    for name in filter(None, (bare, _ANY.get(bare))):
        try:
            found = socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        except (socket.gaierror, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "that is no name"
            raise ConfigError(f"There is no host {host!r}: {why}.") from error
        yield from ((family, address) for family, _, _, _, address in found)


def _listen_tcp(hosts: dict[str, list[_Address]], port: int) -> Listening:
    """A socket for each address; of one host those that this machine has. All on one port."""
    bound: dict[_Address, socket.socket] = {}
    with contextlib.ExitStack() as undo:
        for addresses in hosts.values():
            missing: OSError | None = None
            for each in addresses:
                if each in bound:
                    continue
                try:
                    family, (name, _, *scope) = each
                    made = socket.create_server((name, port, *scope), family=family)
                except OSError as error:
                    if error.errno not in _NOT_HERE:
                        raise
                    missing = error
                    continue
                bound[each] = undo.enter_context(made)
                port = port or made.getsockname()[1]
            if missing and not any(each in bound for each in addresses):
                raise missing
        undo.pop_all()
    return Listening(tuple(bound.values()))


def _listen_unix(path: Path, mode: int) -> Listening:
    """A Unix socket at `path`; one that a server left behind there is taken away."""
    if not hasattr(socket, "AF_UNIX"):
        raise ConfigError("There are no Unix sockets here.", hint="Listen on [web] host and port.")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _take_away_stale(path)
        made.bind(os.fspath(path))
        path.chmod(mode)  # until it listens nobody can connect, whatever its mode
        made.listen()
        file = path.stat()
    except OSError as error:
        made.close()
        raise ConfigError(
            f"Cannot listen on {path}: {error.strerror or error}.",
            hint="Its folder must exist and be writable, and the path be shorter than 100 bytes.",
        ) from error
    return Listening((made,), (path, file.st_dev, file.st_ino))


def _take_away_stale(path: Path) -> None:
    """Make room for a socket. Raises ConfigError where anything but a dead one is in the way."""
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            raise ConfigError(f"{path} is there and no socket.", hint="Choose another path.")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.connect(os.fspath(path))
    except FileNotFoundError:
        return
    except ConnectionRefusedError:
        path.unlink()
        return
    raise ConfigError(
        f"Another server listens on {path}.", hint="End it first, or choose another --socket."
    )
