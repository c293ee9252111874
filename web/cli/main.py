"""The `talash` command. The only module that knows exit codes.

Commands import what they need when they run, so that `--help` is there at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import TalashError
from search.models import Mode
from web.cli.changes import add, compact, delete, sync, update, watch
from web.cli.export import export
from web.cli.fetch import fetch
from web.cli.index import index
from web.cli.options import (
    MODE,
    data_option,
    encoder_option,
    for_index,
    json_option,
    settings_for,
    show,
)
from web.cli.search import related, search, suggest

if TYPE_CHECKING:
    from web.settings import Settings

EXIT_CODES = {
    "config-invalid": (2, "the command or a setting is wrong"),
    "request-invalid": (2, ""),
    "index-missing": (3, "there is no index yet"),
    "index-damaged": (4, "the index is damaged, or was built by another program or encoder"),
    "index-mismatch": (4, ""),
    "index-locked": (5, "another process is writing to the index"),
    "index-write-failed": (6, "the disk refused a write"),
    "input-unreadable": (7, "nothing readable in what was given"),
    "encoder-unavailable": (8, "the encoder cannot be loaded or did not answer"),
    "search-timeout": (9, "the search took longer than it may"),
    "collect-failed": (10, "an address cannot be fetched, or another collector is at work"),
    "worker-killed": (11, "a process that builds the index was killed again and again"),
}
"""Exit code and its meaning by error code. A code not here has its parent's; else it is 1."""

_EPILOG = "\b\nExit codes:\n  0  all went well\n  1  an unexpected error\n" + "".join(
    f"  {number}  {meaning}\n" for number, meaning in EXIT_CODES.values() if meaning
)


def exit_code(error: TalashError) -> int:
    """The exit code of an error, from its own code or the nearest ancestor's."""
    codes = (getattr(kind, "code", "") for kind in type(error).__mro__)
    return next((EXIT_CODES[code][0] for code in codes if code in EXIT_CODES), 1)


class _Talash(click.Group):
    """A group that turns Talash's errors into a message and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TalashError as error:
            ctx.exit(fail(error))


def fail(error: TalashError) -> int:
    """Say what went wrong; its exit code."""
    click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(error.message, err=True)
    if error.hint:
        click.echo(error.hint, err=True)
    return exit_code(error)


@click.group(cls=_Talash, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file.  [default: talash.toml, if there is one here]",
)
@click.version_option(package_name="talash")
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Talash (تلاش): search an archive of Urdu and English news, across the two languages.

    \b
    Three commands from a folder of articles to a search page:
      talash index rebuild articles/
      talash search "flood relief"
      talash serve

    The index stands in the folder `data` unless --data, TALASH_DATA or talash.toml name another.
    """
    ctx.obj = config


@main.command()
@data_option
@encoder_option
@click.option(
    "--host",
    multiple=True,
    help="Address to listen on: localhost is both loopback addresses, :: any address, IPv6 and IPv4.  "
    "May be repeated.  [default: 127.0.0.1]",
)
@click.option("--port", type=int, help="Port to listen on; 0 picks a free one.  [default: 8000]")
@click.option(
    "--socket",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Listen on this Unix socket, and on no address.",
)
@click.option("--workers", type=int, help="How many processes answer.  [default: 1]")
@click.pass_context
def serve(
    ctx: click.Context,
    data: Path | None,
    encoder: str | None,
    host: tuple[str, ...],
    port: int | None,
    socket: Path | None,
    workers: int | None,
) -> None:
    """Serve the search page and the JSON API.

    \b
    Examples:
      talash serve
      talash serve --data /srv/archive --port 8080
      talash serve --host localhost --workers 2
      talash serve --socket /run/talash/talash.sock

    A rebuilt index is noticed without a restart. Whoever reaches the address can read the archive,
    unless the setting [web] token asks for a password. To publish it, put a web server with TLS in
    front.
    """
    from web.middleware import logs, security
    from web.serving.sockets import listen
    from web.serving.workers import Order, Workers, answer

    order = Order(
        ctx.find_object(Path),
        {
            "index": {"data_dir": data, "encoder": encoder},
            "web": {"host": host or None, "port": port, "socket": socket, "workers": workers},
        },
    )
    settings = order.settings()
    logs.configure(settings.web)
    listening = listen(settings.web)
    try:
        if warning := security.open_to(settings.web):
            click.secho("Warning: ", fg="yellow", nl=False, err=True)
            click.echo(warning, err=True)
        addresses = listening.addresses(settings.web.path)
        if settings.web.workers > 1:
            ctx.exit(Workers(order, settings, listening, addresses, fail).run())
        answer(order, settings, listening.sockets, addresses)
    finally:
        listening.close()


@main.command("eval")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@for_index
@click.option("--mode", "modes", type=MODE, multiple=True, help="Only this mode. May be repeated.")
@click.option(
    "--without",
    default="",
    metavar="PARTS",
    help="Also measure without each of these parts: expansion, bundled_lexicon, archive_lexicon, names, "
    "roman, spellings.",
)
@click.option("--by-type", is_flag=True, help="Also rows for each type of query.")
@json_option
def evaluate(
    directory: Path,
    settings: Settings,
    modes: tuple[str, ...],
    without: str,
    by_type: bool,
    as_json: bool,
) -> None:
    """Measure the search on a test set.

    DIRECTORY holds documents.jsonl, queries.jsonl and qrels.jsonl. Its index is built or used
    again; MRR@10, nDCG@10 and recall@10 come by query language, document language and mode, and
    for documents of any language both@10: how many of the queries that both languages answer see
    a right document of each. Hybrid is compared with the better single arm; p is from a paired
    permutation test.

    \b
    Examples:
      talash eval testsets/news
      talash eval testsets/news --mode hybrid --json > figures.json
      talash eval testsets/news --without expansion,names,roman
    """
    from search.evaluate.evaluate import evaluate as measure
    from web.cli import terminal

    chosen = tuple(Mode(mode) for mode in modes) or tuple(Mode)
    with terminal.progress() as step:
        report = measure(
            directory,
            settings.index,
            settings.search,
            chosen,
            without=tuple(part.strip() for part in without.split(",") if part.strip()),
            by_type=by_type,
            progress=step,
        )
    show(report, as_json, terminal.evaluation)


@main.command("settings")
@json_option
def show_settings(as_json: bool) -> None:
    """Show every setting, its value in force and its environment variable."""
    from web.cli import terminal
    from web.settings import table, written

    settings = settings_for()
    rows = [(each, getattr(getattr(settings, each.section), each.name)) for each in table()]
    values: dict[str, dict[str, object]] = {}
    for row, value in rows:
        shown = value if isinstance(value, (str, int, float, tuple)) else written(value)
        values.setdefault(row.section, {})[row.name] = shown
    show(values, as_json, lambda _: terminal.settings(rows))


for command in (export, fetch, index, related, search, suggest):
    main.add_command(command)
for command in (add, update, delete, sync, watch, compact):
    index.add_command(command)
