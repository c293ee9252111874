"""`talash index ...`: build an index, look at it, check it."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.changes import changes
from web.cli.options import for_index, json_option, show

if TYPE_CHECKING:
    from web.settings import Settings


@click.group()
def index() -> None:
    """Build the index, show what is in it, check that it is whole."""


@index.command()
@partial(changes, anew=True)
def rebuild(paths: tuple[Path, ...]) -> Any:
    """Build the index anew from files and folders.

    Takes .txt, .md, .html, .json, .jsonl and .csv, also gzipped; folders with all that is in
    them. The index that was there keeps serving until the new one is whole, and stays if anything
    goes wrong. Texts that have not changed are not encoded again.

    \b
    Examples:
      talash index rebuild articles/
      talash index rebuild 2025.jsonl 2026/ --data /srv/archive
      talash index rebuild articles/ --report skipped.json
    """
    from index.operations import build

    return partial(build.rebuild, list(paths))


@index.command()
@for_index
@json_option
def status(settings: Settings, as_json: bool) -> None:
    """Show which index is in force and what it holds."""
    from index.store.manifest import read_status
    from web.cli import terminal

    show(read_status(settings.index.data_dir), as_json, terminal.facts)


@index.command()
@for_index
@click.option("--deep", is_flag=True, help="Also hold every part against every other.")
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=100,
    show_default=True,
    metavar="N",
    help="With --deep: encode so many passages and words again; 0 loads no encoder.",
)
@json_option
def verify(settings: Settings, deep: bool, sample: int, as_json: bool) -> None:
    """Check every file of the index against its manifest, and the parts against each other.

    With --deep every posting, every row of the vector index and every hash is compared with what
    it follows from, and a sample is encoded again. Exits with 4 if anything is wrong.
    """
    from index.errors import IndexDamagedError
    from web.cli import terminal

    if deep:
        from index.encoders.registry import open_encoder
        from index.operations.verify import verify_deep

        threads = settings.index.threads
        report = verify_deep(
            settings.index.data_dir,
            sample=sample,
            encoder=lambda made: open_encoder(
                settings.index.encoder or made.encoder.spec, threads=threads
            ),
        )
    else:
        from index.operations.verify import verify as check

        report = check(settings.index.data_dir)
    found = {"ok": report.ok, **asdict(report)}
    show(found, as_json, lambda _: terminal.checks(report.checks))
    if not report.ok:
        raise IndexDamagedError(
            "The index is damaged.",
            hint="Mend it with: talash index repair; if that cannot: talash index rebuild PATH...",
        )
