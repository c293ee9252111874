"""`talash index ...`: build an index, look at it, check it."""

from __future__ import annotations

from pathlib import Path

import click

from web.cli.options import data_option, encoder_option, json_option, settings_for


@click.group()
def index() -> None:
    """Build the index, show what is in it, check that it is whole."""


@index.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@data_option
@encoder_option
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what was read and skipped, and why, to this JSON file.",
)
@json_option
def rebuild(
    paths: tuple[Path, ...],
    data: Path | None,
    encoder: str | None,
    report: Path | None,
    as_json: bool,
) -> None:
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
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data, "encoder": encoder})
    with terminal.progress() as step:
        built = build.rebuild(list(paths), settings.index, progress=step)
    if report is not None:
        terminal.save(report, present.encode(built.to_json(), indent=2))
    if as_json:
        terminal.write(present.encode(built.to_json(), indent=2))
    else:
        terminal.built(built)


@index.command()
@data_option
@json_option
def status(data: Path | None, as_json: bool) -> None:
    """Show which index is in force and what it holds."""
    from index.store.manifest import read_status
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data})
    facts = read_status(settings.index.data_dir).to_json()
    if as_json:
        terminal.write(present.encode(facts, indent=2))
    else:
        terminal.facts(facts)


@index.command()
@data_option
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
def verify(data: Path | None, deep: bool, sample: int, as_json: bool) -> None:
    """Check every file of the index against its manifest, and the parts against each other.

    With --deep every posting, every row of the vector index and every hash is compared with what
    it follows from, and a sample is encoded again. Exits with 4 if anything is wrong.
    """
    from index.errors import IndexDamagedError
    from web import present
    from web.cli import terminal

    settings = settings_for(index={"data_dir": data})
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
    if as_json:
        terminal.write(present.encode(report.to_json(), indent=2))
    else:
        terminal.checks(report.checks)
    if not report.ok:
        raise IndexDamagedError(
            "The index is damaged.",
            hint="Mend it with: talash index repair; if that cannot: talash index rebuild PATH...",
        )
