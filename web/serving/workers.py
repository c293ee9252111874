"""What `talash serve` runs: a process that answers, or several of them on the same sockets."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import multiprocessing.connection
import multiprocessing.process
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import cast

import click

from index.errors import TalashError
from web.middleware import logs
from web.serving.sockets import Listening
from web.settings import Settings, load, renewed

log = logging.getLogger("talash.serve")

_PAUSE = 1.0
"""Seconds before a worker that was killed is replaced, so that one killed again and again costs little."""
_SHARED_FIGURES = "PROMETHEUS_MULTIPROC_DIR"  # see web.middleware.metrics, which is slow to load


Fail = Callable[[TalashError], int]
"""Says what went wrong; returns the exit status."""


@dataclass(frozen=True)
class Order:
    """What the command line said: the settings can be read again by it, in any process."""

    config: Path | None = None
    overrides: dict[str, dict[str, object]] = field(default_factory=dict)

    def settings(self) -> Settings:
        """The settings in force now. Raises ConfigError."""
        return load(config=self.config, overrides=self.overrides)


def answer(
    order: Order,
    settings: Settings,
    sockets: Sequence[socket.socket],
    announce: Sequence[str],
    *,
    alone: bool = True,
) -> None:
    """Answer on sockets until a signal says to end; tell people the addresses in `announce`."""
    from web.http.app import create_app
    from web.service import open_engine
    from web.serving.server import Reloader, Server, follow_signals

    engine = open_engine(settings)
    drained = True
    try:
        server = Server(
            create_app(settings, engine), sockets, settings.web.threads, settings.web.grace
        )
        follow_signals(server, alone=alone)
        server.on_reload = Reloader(server, engine, settings, order.settings)
        if announce:
            # Health is told from the first moment on, also while an encoder takes its time to load.
            Thread(target=_announce, args=(engine.ready, announce), daemon=True).start()
        if not alone:
            Thread(target=_end_with_parent, args=(server.stop,), daemon=True).start()
        drained = server.run()
    finally:
        if drained:  # else a search may still be reading
            engine.close()


def _announce(ready: Callable[[], None], addresses: Sequence[str]) -> None:
    """A server without an index still starts, and serves the index once there is one."""
    try:
        ready()
    except TalashError as error:
        click.secho("Warning: ", fg="yellow", nl=False, err=True)
        click.echo(str(error), err=True)
    click.echo(f"Talash is at {' and '.join(addresses)} (stop it with ctrl-C)", err=True)


def _end_with_parent(stop: Callable[[], None]) -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        stop()


def _work(
    order: Order,
    settings: Settings,
    sockets: Sequence[socket.socket],
    announce: Sequence[str],
    fail: Fail,
) -> None:
    """A worker's whole life, in a process of its own."""
    # ctrl-C is sent to all processes of a terminal: the parent passes it on, in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        logs.configure(settings.web)
        answer(order, settings, sockets, announce, alone=False)
    except TalashError as error:
        sys.exit(fail(error))


@dataclass
class Workers:
    """Processes that answer on the same sockets. One that is killed is replaced.

    They share nothing but sockets, files and figures: each opens the index and notices a new one.
    """

    order: Order
    settings: Settings
    listening: Listening
    announce: Sequence[str]
    fail: Fail

    def __post_init__(self) -> None:
        # Not forked: a copy of a process that has threads or an open index is no safe place to begin.
        self._context = multiprocessing.get_context("spawn")
        self._running: dict[int, multiprocessing.process.BaseProcess] = {}
        self._stopping = False

    def run(self) -> int:
        """Keep the workers until a signal says to end; the exit status is that of what went wrong."""
        status = 0
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, frame: self.stop())
        signal.signal(signal.SIGHUP, lambda signum, frame: self.reload())
        with tempfile.TemporaryDirectory(prefix="talash-figures-") as figures:
            os.environ.setdefault(_SHARED_FIGURES, figures)
            for first in (True, *[False] * (self.settings.web.workers - 1)):
                self._start(self.announce if first else ())
            while self._running:
                for ended in multiprocessing.connection.wait(list(self._running)):
                    status = self._follow_up(cast("int", ended)) or status
        return status

    def stop(self) -> None:
        """Let nobody new in, and end each worker when it has answered. A second time: at once."""
        again, self._stopping = self._stopping, True
        for each in self.listening.sockets:
            each.close()
        self._pass_on(signal.SIGKILL if again else signal.SIGTERM)

    def reload(self) -> None:
        """Let every worker reload, and those to come begin with the same settings."""
        with contextlib.suppress(TalashError):  # which each of them logs
            self.settings = renewed(self.settings, self.order.settings())
        self._pass_on(signal.SIGHUP)

    def _start(self, announce: Sequence[str] = ()) -> None:
        how = (self.order, self.settings, self.listening.sockets, announce, self.fail)
        process = self._context.Process(target=_work, args=how)
        process.start()
        self._running[process.sentinel] = process
        if self._stopping:  # meanwhile
            process.terminate()

    def _follow_up(self, sentinel: int) -> int:
        """See to a worker that ended; the exit status when the server ends for it, else 0.

        One that ended with an error of its own said it: another would meet the same.
        """
        process = self._running.pop(sentinel)
        process.join()
        code = process.exitcode or 0
        if not self._stopping and code > 0:
            self.stop()
            return code
        if not self._stopping:
            log.warning("A worker was killed (signal %d); another takes its place.", -code)
            time.sleep(_PAUSE)
        if not self._stopping:
            self._start()
        return 0

    def _pass_on(self, number: signal.Signals) -> None:
        for process in list(self._running.values()):
            if process.is_alive() and process.pid:
                os.kill(process.pid, number)
