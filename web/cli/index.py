"""`talash index ...`: build an index, look at it, check it, go back to an older one, repair it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.changes import changes
from web.cli.options import (
    for_encoder,
    for_index,
    json_option,
    mapping_option,
    paths_argument,
    show,
)

if TYPE_CHECKING:
    from index.encoders.protocol import Encoder
    from index.store.manifest import Manifest
    from web.settings import Settings


@click.group()
def index() -> None:
    """Build the index, show what is in it, check that it is whole."""


@index.command()
@partial(changes, anew=True)
def rebuild(paths: tuple[Path, ...]) -> Any:
    """Build the index anew from files and folders.

    Takes texts, web pages, tables, JSON, feeds, mail, web archives, books, office files and PDF, alone
    or packed (docs/formats.md); folders with all that is in them. The index that was there keeps serving
    until the new one is whole, and stays if anything goes wrong. Texts that have not changed are not
    encoded again.

    \b
    Examples:
      talash index rebuild articles/
      talash index rebuild 2025.jsonl 2026/ --data /srv/archive
      talash index rebuild articles/ --report skipped.json
    """
    from index.operations import build

    return partial(build.rebuild, list(paths))


@index.command()
@paths_argument
@for_index
@mapping_option
@json_option
def check(paths: tuple[Path, ...], settings: Settings, as_json: bool) -> None:
    """Read files and folders without indexing them, and show what was understood.

    For each file: which column was taken for which field, with an example of each, the languages, the
    dates, and what was left out or is doubtful. A column that was taken for the wrong field, or for
    none, is settled by a mapping file:

    \b
      [columns]
      News_Body = "body"
      Reporter = "extra"

    \b
    Examples:
      talash index check articles/
      talash index check scraped.csv --mapping mapping.toml
    """
    from index.documents import Skipped
    from index.readers import FileReport, ReaderConfig, ReadingReport, read_paths
    from web.cli import terminal

    files: list[FileReport] = []
    items = read_paths(paths, config=ReaderConfig.of(settings.index), tell=files.append)
    skipped = tuple(item for item in items if isinstance(item, Skipped))
    show(ReadingReport(tuple(files), skipped), as_json, terminal.understood)


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
    from index.encoders.registry import open_encoder
    from index.errors import IndexDamagedError
    from index.operations import verify as verifying
    from web.cli import terminal

    def encoder(made: Manifest) -> Encoder:
        spec = settings.index.encoder or made.encoder.spec
        return open_encoder(spec, threads=settings.index.threads)

    data = settings.index.data_dir
    report = verifying.verify(data, deep=deep, sample=sample, encoder=encoder)
    found = {"ok": report.ok, **asdict(report)}
    show(found, as_json, lambda _: terminal.checks(report.checks))
    if not report.ok:
        raise IndexDamagedError(
            "The index is damaged.",
            hint="Mend it with: talash index repair; if that cannot: talash index rebuild PATH...",
        )


@index.command("list")
@for_index
@json_option
def list_generations(settings: Settings, as_json: bool) -> None:
    """List the generations of the index, newest first; * marks the one in use.

    How many are kept is the setting `[index] keep_generations`.
    """
    from index.operations.versions import generations
    from web.cli import terminal

    found = generations(settings.index.data_dir)
    rows = {"generations": [asdict(each) for each in found]}
    show(rows, as_json, lambda _: terminal.generations(found))


@index.command()
@click.argument("name", default="")
@for_index
@json_option
def rollback(name: str, settings: Settings, as_json: bool) -> None:
    """Go back to an earlier generation: the one used before, or the one NAMEd.

    Its files are read and checked first. A running server follows. Nothing is removed: naming the
    newer generation goes forward again, until the next write.

    \b
    Examples:
      talash index rollback
      talash index rollback 00000003-20260211T093015Z-5e1c
    """
    from index.operations.versions import rollback as go_back

    done = go_back(settings.index.data_dir, name)
    said = f"{done.generation} is in use ({done.documents:,} documents)."
    show(done, as_json, lambda _: click.echo(said))


@index.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@for_index
@click.option("--generation", default="", metavar="NAME", help="Not the one in use but this one.")
@json_option
def backup(file: Path, settings: Settings, generation: str, as_json: bool) -> None:
    """Write the index into one FILE, a tar; gzipped if its name ends in .gz or .tgz.

    It holds what cannot be made again: articles, vectors and word states, each with its checksum.
    Readers and writers may go on meanwhile.

    \b
    Examples:
      talash index backup talash.tar
      talash index backup /mnt/safe/talash.tar.gz --data /srv/archive
    """
    from index.operations.backup import backup as write

    done = write(settings.index.data_dir, file, generation)
    said = (
        f"{done.generation} ({done.documents:,} documents) is in {done.file}, "
        f"{done.size_bytes / 1e6:,.1f} MB."
    )
    show(done, as_json, lambda _: click.echo(said))


@index.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@for_encoder
@json_option
def restore(file: Path, settings: Settings, as_json: bool) -> None:
    """Make an index of a backup FILE and use it; the one that was in use stays as a generation.

    Every byte is checked before anything is used. The file may come from a stranger: nothing in it
    is run, and what follows from articles and vectors is made anew. No passage is encoded.

    \b
    Examples:
      talash index restore talash.tar
      talash index restore talash.tar.gz --data /srv/archive
    """
    from index.operations.backup import restore as take_in

    _make(partial(take_in, file), settings, as_json, lambda _: f"Restored from {file}.")


@index.command()
@for_encoder
@json_option
def repair(settings: Settings, as_json: bool) -> None:
    """Derive the keyword index, the vector index and all else again, without the articles' files.

    Takes the catalogue, the exact vectors and the word states of the generation in use and makes a
    new one; no passage is encoded. If those are damaged themselves, it says so and changes nothing.
    """
    from index.operations.repair import repair as mend

    _make(mend, settings, as_json, lambda done: f"Damaged: {', '.join(done.damaged) or 'no file'}.")


@index.command()
@for_encoder
@json_option
def upgrade(settings: Settings, as_json: bool) -> None:
    """Bring an index of an earlier version to the present format, without the articles' files.

    No passage is encoded. An index that cannot be brought there is refused, with the rebuild that makes
    it anew; nothing is changed then.
    """
    from index.operations.upgrade import upgrade as bring

    _make(
        bring,
        settings,
        as_json,
        lambda done: (
            "It has the present format already."
            if done.generation == done.previous
            else f"Made of {done.previous}."
        ),
    )


def _make(
    work: Callable[..., Any], settings: Settings, as_json: bool, how: Callable[[Any], str]
) -> None:
    """Make a generation of an index's own truth, with a bar of progress; say `how`, and which is in use."""
    from web.cli import terminal

    with terminal.progress() as step:
        done = work(settings.index, progress=step)
    said = (
        f"{how(done)} {done.generation} is in use "
        f"({done.documents:,} documents, {done.seconds:.1f} s)."
    )
    show(done, as_json, lambda _: click.echo(said))


@index.command()
@for_index
@json_option
def unlock(settings: Settings, as_json: bool) -> None:
    """Say which process is writing the index, and how to end it if it hangs.

    A writer that died holds nothing: the next one goes ahead and clears up after it. The lock is
    never taken from one that lives: end its process, and the index stays as it is.

    \b
    Examples:
      talash index unlock
      talash index unlock --data /srv/archive
    """
    from index.store.lock import holder_in_words, require_free

    holder = require_free(settings.index.data_dir)
    ended = f": {holder_in_words(holder)} has ended" if holder else ""
    said = f"Nobody is writing{ended}. There is nothing to be done."
    show({"held": False, "holder": holder}, as_json, lambda _: click.echo(said))
