"""The process that parses untrusted files: what it may do, and how it says what it read.

It is started by `index.readers.sandbox.parent` and gets a file at a time, open, over its socket. Limits of the
system hold for it and its libraries: memory, CPU time, no byte written to any file, no core. On Linux
it leaves the network where the system allows; everywhere Python's own audit events refuse sockets,
programs, and files opened for writing.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import json
import logging
import os
import resource
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

from index.errors import InputError
from index.readers.config import ReaderConfig
from index.readers.content import Content, Shared
from index.readers.records import BadRecord, Member, Note, Record
from index.readers.sandbox.parent import READY, config_from_json

_FORMATS = "index.readers.formats."
_REQUEST_BYTES = 65_536
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_FORBIDDEN = (
    "socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system",
    "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.remove", "os.rename", "os.rmdir", "os.mkdir",
    "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
)  # fmt: skip


def main() -> None:
    """Read files until the parent is gone. Arguments: sys.path, the socket, bytes, seconds."""
    descriptor, memory, seconds = map(int, sys.argv[2:5])
    connection = socket.socket(fileno=descriptor)
    logging.disable(logging.CRITICAL)
    _lock_up(memory)
    connection.sendall(READY)
    while request := _next_request(connection):
        asked, file = request
        try:
            _answer(connection, asked, file, seconds)
        finally:
            os.close(file)


def _lock_up(memory: int) -> None:
    """Give up, for good, what parsing does not need."""
    for limit, value in (
        ("RLIMIT_DATA", memory),
        ("RLIMIT_AS", 4 * memory),  # of libraries, too, and of memory that is never touched
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
    ):
        # macOS has no RLIMIT_DATA that bites, and refuses some values: what it takes, it takes.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, limit), (value, value))
    if sys.platform == "linux":
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)  # refused where users may not
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not for parsers")
    if event == "open":
        _, mode, flags = arguments
        if (flags or 0) & _WRITES or (isinstance(mode, str) and set(mode) & set("wax+")):
            raise PermissionError("parsers write no files")


def _next_request(connection: socket.socket) -> tuple[dict[str, Any], int] | None:
    """The next file and what to read it as; None when there will be none."""
    line, descriptors, _, _ = socket.recv_fds(connection, _REQUEST_BYTES, 1)
    if not line:
        return None
    while not line.endswith(b"\n"):
        line += connection.recv(_REQUEST_BYTES)
    return json.loads(line), descriptors[0]


def _answer(connection: socket.socket, asked: dict[str, Any], file: int, seconds: int) -> None:
    def opened() -> BinaryIO:
        handed = Shared(
            lambda place, size: os.pread(file, size, place), lambda: os.fstat(file).st_size
        )
        return io.BufferedReader(handed, 65_536)

    def send(message: dict[str, Any], raw: bytes = b"") -> None:
        connection.sendall(json.dumps(message, default=str).encode() + b"\n" + raw)
        _give_time(seconds)

    def fail(message: str, hint: str = "") -> None:
        send({"type": "error", "message": message, "hint": hint})

    config = config_from_json(asked["config"])
    content = Content(asked["name"], opened, asked["media_type"])
    _give_time(seconds)
    try:
        for message, raw in _messages(asked["reader"], content, config):
            send(message, raw)
    except InputError as error:
        fail(error.message, error.hint)
    except MemoryError:
        fail(f"takes more than {config.max_parse_bytes // 2**20:,} MB of memory to parse")
    except RecursionError:
        fail("too deeply nested")
    except Exception as error:  # whatever a library makes of a damaged file
        fail(f"damaged: {type(error).__name__}: {error}"[:300])
    else:
        send({"type": "end"})


def _messages(
    reader: str, content: Content, config: ReaderConfig
) -> Iterator[tuple[dict[str, Any], bytes]]:
    if not reader.startswith(_FORMATS):
        raise InputError("no reader of ours")
    module, _, function = reader.partition(":")
    read = getattr(importlib.import_module(module), function)
    for item in read(content, config):
        if isinstance(item, Member):
            inner = item.content
            with inner.open_raw() as file:
                raw = file.read()
            told = {"name": inner.name, "media_type": inner.media_type, "fields": dict(item.fields)}
            yield {"type": "member", "size": len(raw), **told}, raw
        else:
            told = asdict(item)
            told.pop("orders", None)
            yield {"type": _KINDS[type(item)], **told}, b""


_KINDS: dict[type, str] = {Record: "record", BadRecord: "bad", Note: "note"}


def _give_time(seconds: int) -> None:
    """CPU seconds from now on; the system ends the process after them."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    used = int(spent.ru_utime + spent.ru_stime)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, most))
