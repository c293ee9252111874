"""`talash export`: everything that answers, or the whole archive, as a file or a stream."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.options import asked_args, asking_options, for_encoder

if TYPE_CHECKING:
    from web.settings import Settings


@click.command("export")
@click.argument("query", nargs=-1)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to this file, which is there only when it is whole.  [default: standard output]",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "jsonl"]),
    help="Kind of table.  [default: by the name of FILE, else jsonl]",
)
@click.option("--body", is_flag=True, help="Also give each article's whole text.")
@for_encoder
@asking_options
def export(
    query: tuple[str, ...],
    output: Path | None,
    kind: str | None,
    body: bool,
    settings: Settings,
    literal: bool,
    **args: Any,
) -> None:
    """Write every article that answers as CSV or JSON Lines.

    \b
    Examples:
      talash export polio --from 2026 -o polio.csv
      talash export --source 'City Ledger' --body -o ledger.jsonl
      talash export --body > archive.jsonl
      talash export wheat price --lang en | head -n 3

    Without a QUERY everything that passes the filters is taken, without filters the whole archive.
    Copies of a text are rows of their own; `copy_of` names the article that a list would show in
    their place. How many rows there are is said at the end, on standard error. GET /export.csv and
    /export.jsonl give the same. Put -- before a query that begins with a dash.
    """
    from web import parameters
    from web.cli import terminal
    from web.formats import tables
    from web.service import open_engine

    given = asked_args(query, literal, args)
    asked = parameters.parse_search(given, settings.search, required=False)
    if kind is None:
        kind = "csv" if output is not None and output.suffix.lower() == ".csv" else "jsonl"
    with closing(open_engine(settings, careful=False)) as engine:
        found = engine.export(asked)
        for notice in found.notices:
            click.echo(f"Note: {notice.message}", err=True)
        for arm in found.degraded:
            click.echo(f"Warning: the {arm.arm} search did not answer: {arm.reason}", err=True)
        pieces = tables.pieces(kind, found.rows, bodies=body)
        if output is None:
            for piece in pieces:
                terminal.write(piece)
        else:
            _save(output, pieces)
    copies = f", {found.copies:,} of them copies of others" if found.copies else ""
    place = f", in {output}" if output is not None else ""
    click.echo(f"Articles: {found.total:,}{copies}{place}.", err=True)


def _save(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file beside its place and put it there when it is whole.

    What is no plain file (a pipe, a device) is written to as it is.
    """
    from index.errors import IndexWriteError

    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    beside = not path.exists() or path.is_file()
    try:
        try:
            with (part if beside else path).open("wb") as file:
                file.writelines(pieces)
            if beside:
                part.replace(path)
        finally:
            if beside:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise IndexWriteError(f"{path} cannot be written: {error.strerror}.") from error
