"""`talash index list`, `rollback`, `backup`, `restore` and `repair`: an index and its older selves."""

from __future__ import annotations

from pathlib import Path

import click

from web.cli.options import data_option, encoder_option, json_option, settings_for


@click.command("list")
@data_option
@json_option
def list_generations(data: Path | None, as_json: bool) -> None:
    """List the generations of the index, newest first; * marks the one in use.

    How many are kept is the setting `[index] keep_generations`.
    """
    from index.operations.versions import generations
    from web import present
    from web.cli import terminal

    found = generations(settings_for(index={"data_dir": data}).index.data_dir)
    if as_json:
        rows = {"generations": [each.to_json() for each in found]}
        terminal.write(present.encode(rows, indent=2))
    else:
        terminal.generations(found)


@click.command()
@click.argument("name", default="")
@data_option
@json_option
def rollback(name: str, data: Path | None, as_json: bool) -> None:
    """Go back to an earlier generation: the one used before, or the one NAMEd.

    Its files are read and checked first. A running server follows. Nothing is removed: naming the
    newer generation goes forward again, until the next write.

    \b
    Examples:
      talash index rollback
      talash index rollback 00000003-20260211T093015Z-5e1c
    """
    from index.operations.versions import rollback as go_back
    from web import present
    from web.cli import terminal

    done = go_back(settings_for(index={"data_dir": data}).index.data_dir, name)
    if as_json:
        terminal.write(present.encode(done.to_json(), indent=2))
    else:
        click.echo(f"{done.generation} is in use ({done.documents:,} documents).")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@click.option("--generation", default="", metavar="NAME", help="Not the one in use but this one.")
@json_option
def backup(file: Path, data: Path | None, generation: str, as_json: bool) -> None:
    """Write the index into one FILE, a tar; gzipped if its name ends in .gz or .tgz.

    It holds what cannot be made again: articles, vectors and word states, each with its checksum.
    Readers and writers may go on meanwhile.

    \b
    Examples:
      talash index backup talash.tar
      talash index backup /mnt/safe/talash.tar.gz --data /srv/archive
    """
    from index.operations.backup import backup as write
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data})
    done = write(settings.index.data_dir, file, generation)
    if as_json:
        terminal.write(present.encode(done.to_json(), indent=2))
    else:
        click.echo(
            f"{done.generation} ({done.documents:,} documents) is in {done.file}, "
            f"{done.size_bytes / 1e6:,.1f} MB."
        )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@data_option
@encoder_option
@json_option
def restore(file: Path, data: Path | None, encoder: str | None, as_json: bool) -> None:
    """Make an index of a backup FILE and use it; the one that was in use stays as a generation.

    Every byte is checked before anything is used. The file may come from a stranger: nothing in it
    is run, and what follows from articles and vectors is made anew. No passage is encoded.

    \b
    Examples:
      talash index restore talash.tar
      talash index restore talash.tar.gz --data /srv/archive
    """
    from index.operations.backup import restore as take_in
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data, "encoder": encoder})
    with terminal.progress() as step:
        done = take_in(file, settings.index, progress=step)
    if as_json:
        terminal.write(present.encode(done.to_json(), indent=2))
    else:
        click.echo(
            f"Restored {done.documents:,} documents in {done.passages:,} passages as "
            f"{done.generation} in {done.seconds:.1f} s."
        )


@click.command()
@data_option
@encoder_option
@json_option
def repair(data: Path | None, encoder: str | None, as_json: bool) -> None:
    """Derive the keyword index, the vector index and all else again, without the articles' files.

    Takes the catalogue, the exact vectors and the word states of the generation in use and makes a
    new one; no passage is encoded. If those are damaged themselves, it says so and changes nothing.
    """
    from index.operations.repair import repair as mend
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data, "encoder": encoder})
    with terminal.progress() as step:
        done = mend(settings.index, progress=step)
    if as_json:
        terminal.write(present.encode(done.to_json(), indent=2))
    else:
        damaged = ", ".join(done.damaged) or "no file"
        click.echo(
            f"Damaged: {damaged}. {done.generation} is in use "
            f"({done.documents:,} documents, made in {done.seconds:.1f} s)."
        )
