"""Parsers of untrusted binary and XML formats run in a child process, so that a hostile file costs itself.

    read_pdf = sandboxed("index.readers.formats.printed.pdf:read_pdf")

The child gets an open file and nothing else: no path, no environment, no network
(`index.readers.sandbox.child`). What it reads comes back as lines of JSON, never as pickles; the bytes
of a `Member` follow their line. One child serves many files. It is killed, and the next file gets a
new one, when it is silent for much longer than `max_parse_seconds`, when it dies (of its limits of memory
and CPU, or of a fault in a library), and when nobody wants the rest of a file. A file inside another
is read while the outer child waits, so there are as many children as files are nested.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.records import BadRecord, Member, Note, Reader, Record

READY = b'{"type": "ready"}\n'
"""What a child says when it has started."""

_CHUNK = MEGABYTE
_BYTES_PER_CHARACTER = 4
_BUSY = 4  # how much longer than its own time a parser may take where others work, too
_START_SECONDS = 60  # for the interpreter and the library, on a busy machine
_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from index.readers.sandbox.child import main; main()"


def sandboxed(reader: str) -> Reader:
    """A reader that runs another one, named `module:function`, in a child process."""

    def read(
        content: Content, config: ReaderConfig
    ) -> Iterator[Record | BadRecord | Member | Note]:
        with content.open_raw() as opened, _on_disk(opened, config) as file:
            child = _borrow(config)
            try:
                child.ask(
                    {
                        "reader": reader,
                        "name": content.name,
                        "media_type": content.media_type,
                        "config": config_to_json(config),
                    },
                    file,
                )
                yield from child.answers(config)
            finally:
                if child.is_done:
                    _give_back(child)
                else:
                    child.kill()

    return read


def config_to_json(config: ReaderConfig) -> dict[str, Any]:
    """The limits as JSON holds them."""
    values = {name: value for name, value in asdict(config).items() if name != "timezone"}
    return {**values, "timezone": config.timezone.key}


def config_from_json(values: dict[str, Any]) -> ReaderConfig:
    """The limits as `config_to_json` wrote them."""
    return ReaderConfig(**{**values, "timezone": ZoneInfo(values["timezone"])})


def _on_disk(file: BinaryIO, config: ReaderConfig) -> BinaryIO:
    """The file itself where it is one; else a copy without a name, bounded like any packed file."""
    with suppress(OSError):
        file.fileno()
        return file
    copy = tempfile.TemporaryFile()  # noqa: SIM115 - closed where the file is
    size = 0
    while piece := file.read(_CHUNK):
        size += len(piece)
        if size > config.max_opened_bytes:
            copy.close()
            limit = config.max_opened_bytes // MEGABYTE
            raise InputError(f"opens to more than {limit:,} MB.", hint="Raise max_opened_bytes.")
        copy.write(piece)
    copy.flush()
    return copy


class _Child:
    """A child process and the socket to it. It `is_done` when it has no file."""

    def __init__(self, config: ReaderConfig) -> None:
        self.limits = (config.max_parse_bytes, config.max_parse_seconds)
        self.socket, theirs = socket.socketpair()
        arguments = [json.dumps(sys.path), str(theirs.fileno()), *map(str, self.limits)]
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-B", "-c", _BOOT, *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={"LC_ALL": "C.UTF-8"},
            )
        self.is_done = True
        self._buffer = bytearray()
        self._is_new = True

    def ask(self, request: dict[str, Any], file: BinaryIO) -> None:
        """Hand over a file to read. Raises InputError if the child is no more."""
        line = json.dumps(request).encode() + b"\n"
        self.is_done = False
        try:
            socket.send_fds(self.socket, [line], [file.fileno()])
        except OSError:
            raise InputError(self._death()) from None

    def answers(self, config: ReaderConfig) -> Iterator[Record | BadRecord | Member | Note]:
        """What it reads, to the end of the file. Raises InputError as the reader did."""
        longest = config.max_record_chars * _BYTES_PER_CHARACTER
        while True:
            message = json.loads(self._line(longest))
            kind = message.pop("type")
            if kind == "record":
                yield _record(message)
            elif kind == "bad":
                yield BadRecord(**message)
            elif kind == "note":
                yield Note(**message)
            elif kind == "ready":
                self._is_new = False
            elif kind == "member":
                size = message.pop("size")
                if size > config.max_opened_bytes:
                    raise InputError("a file in it is too large.", hint="Raise max_opened_bytes.")
                raw = self._bytes(size)
                fields = message.pop("fields")
                yield Member(Content.of_bytes(raw=raw, **message), fields)
            else:
                self.is_done = True
                if kind == "error":
                    raise InputError(message["message"], hint=message["hint"])
                return

    def _line(self, longest: int) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > longest:
                raise InputError("a record in it is too long.", hint="Raise max_record_chars.")
            self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _bytes(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._receive()
        raw = bytes(self._buffer[:size])
        del self._buffer[:size]
        return raw

    def _receive(self) -> None:
        seconds = self.limits[1] * _BUSY + (_START_SECONDS if self._is_new else 0)
        if not select.select([self.socket], [], [], seconds)[0]:
            raise InputError(f"cannot be parsed in {self.limits[1]:,} seconds")
        try:
            piece = self.socket.recv(_CHUNK)
        except OSError:
            piece = b""
        if not piece:
            raise InputError(self._death())
        self._buffer += piece

    def _death(self) -> str:
        """Say what a child died of, as far as can be known."""
        memory, seconds = self.limits
        try:
            code = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -24:  # SIGXCPU
            return f"cannot be parsed in {seconds:,} seconds"
        return f"its parser stopped (code {code}): damaged, or more than {memory // MEGABYTE:,} MB in memory"

    def kill(self) -> None:
        """End it and all it holds."""
        self.socket.close()
        self.process.kill()
        self.process.wait()


def _record(message: dict[str, Any]) -> Record:
    """A record as JSON brings it. Its order of dates is settled by whoever reads all of them."""
    for name in ("stories", "date_hint"):
        message[name] = tuple(message[name])
    return Record(**message)


_idle: list[_Child] = []
_lock = threading.Lock()
os.register_at_fork(after_in_child=_idle.clear)  # they answer the process that started them


def _borrow(config: ReaderConfig) -> _Child:
    """A child that waits for work under these limits, or a new one."""
    with _lock:
        for child in _idle:
            if child.limits == (config.max_parse_bytes, config.max_parse_seconds):
                _idle.remove(child)
                return child
    return _Child(config)


def _give_back(child: _Child) -> None:
    with _lock:
        _idle.append(child)
        others = _idle[: -ReaderConfig().max_nesting]
        del _idle[: len(others)]
    for each in others:
        each.kill()


@atexit.register
def close_sandbox() -> None:
    """End the children that wait for work; the next file starts one again."""
    with _lock:
        children, _idle[:] = list(_idle), []
    for child in children:
        child.kill()
