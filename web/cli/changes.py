"""`talash index add`, `update`, `delete`, `sync`, `watch` and `compact`: an index that follows its news."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.cli.options import for_encoder, json_option, mapping_option, paths_argument, show, stopped

if TYPE_CHECKING:
    from index.config import IndexConfig
    from search.engine import Selection
    from web.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])
_Work = Callable[..., Any]
"""A change of the index: called with its settings and `progress`, it gives a report."""


def change_options(command: _F) -> Callable[..., Any]:
    """What every change can be told, in the order of the help."""
    report = click.option(
        "--report",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write what was read and skipped, and why, to this JSON file.",
    )
    return for_encoder(report(json_option(command)))


def changes(
    command: Callable[[tuple[Path, ...]], _Work], *, anew: bool = False
) -> Callable[..., None]:
    """A command over files and folders: it says what is done with them, the rest is alike."""

    @paths_argument
    @change_options
    @mapping_option
    @wraps(command)
    def run(
        paths: tuple[Path, ...], settings: Settings, report: Path | None, as_json: bool
    ) -> None:
        do(command(paths), settings, report, as_json, anew=anew)

    return run


def do(
    work: _Work, settings: Settings, report: Path | None, as_json: bool, *, anew: bool = False
) -> None:
    """Change an index or make it `anew`, with a bar of progress, and say what was done."""
    from index.errors import NoDocumentsError
    from index.readers import ReadingReport
    from web import present
    from web.cli import terminal

    try:
        with terminal.progress() as step:
            done = work(settings.index, progress=step)
    except NoDocumentsError as error:
        if report is not None:
            tried = ReadingReport(error.files, error.skipped, error.message)
            terminal.save(report, present.as_json(tried, indent=2))
        raise
    if report is not None:
        terminal.save(report, present.as_json(done, indent=2))
    show(done, as_json, terminal.built if anew else terminal.changed)


def _of_files(edit: _Work, paths: tuple[Path, ...]) -> _Work:
    """A change by the articles in files and folders."""
    from index.readers import FileReport, ReaderConfig, read_paths

    def work(config: IndexConfig, **how: Any) -> Any:
        files: list[FileReport] = []
        items = read_paths(paths, config=ReaderConfig.of(config), tell=files.append)
        return replace(edit(items, config, **how), files=tuple(files))

    return work


@click.command()
@changes
def add(paths: tuple[Path, ...]) -> _Work:
    """Add the articles of files and folders to the index.

    Only the new articles are encoded and written; the rest stays as it is. An article whose id is there
    already is left alone; if it says something else now, that is reported. A text that is there
    under another id is an article of its own.

    \b
    Examples:
      talash index add today.jsonl
      talash index add incoming/ --data /srv/archive
    """
    from index.operations import change

    return _of_files(change.add, paths)


@click.command()
@changes
def update(paths: tuple[Path, ...]) -> _Work:
    """Add the articles of files and folders; those that were read from them before are replaced.

    An article is known by its file and its id in there, so nothing that another file brought is
    touched.

    Sentences that have not changed are not encoded again.

    \b
    Examples:
      talash index update today.jsonl
    """
    from index.operations import change

    return _of_files(change.update, paths)


@click.command()
@changes
def sync(paths: tuple[Path, ...]) -> _Work:
    """Let the index hold what files and folders hold: add, replace, remove.

    Only articles that were read from these paths are ever removed, and none whose file is there
    but cannot be read. A folder that has moved is known by its articles; name it by its new path.

    \b
    Examples:
      talash index sync articles/
    """
    from index.operations import sync as synching

    return partial(synching.sync, paths)


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--query",
    metavar="QUERY",
    help="Every article that holds all these words, in any form, and passes the filters typed "
    "with them. A query of which any part is not understood is refused.",
)
@click.option("--yes", is_flag=True, help="With --query: do not ask.")
@change_options
def delete(
    ids: tuple[str, ...],
    query: str | None,
    yes: bool,
    settings: Settings,
    report: Path | None,
    as_json: bool,
) -> None:
    """Take articles out of the index, by their ids or by a query.

    The generation before still holds them, for going back, until it is retired. Each id is one
    article: a copy that another newspaper printed word for word has an id of its own, and stays.

    With --query, what would go is shown first. Nothing in the query is guessed: a field, a date or a
    name that the archive does not know, a word whose sign is not sure: any of them refuses it all.

    \b
    Examples:
      talash index delete dawn.jsonl/1881234 dawn.jsonl/1881235
      talash index delete --query 'source:dawn before:2020-01-01'
    """
    from index.operations import change

    if bool(ids) == bool(query):
        raise click.UsageError("Give ids, or a query with --query.")
    if query:
        selected = _selected(query, settings)
        ids = selected.ids
        if not yes and not click.confirm(f"Delete articles ({len(ids):,})?", err=True):
            raise click.Abort
    do(partial(change.delete, ids), settings, report, as_json)


def _selected(query: str, settings: Settings) -> Selection:
    """The articles a query names, the first few shown. Words alone decide: no encoder."""
    from index.errors import EncoderError, NotFoundError
    from index.opened import OpenIndex
    from search.engine import SearchEngine
    from web.cli.terminal_hits import plain

    index = OpenIndex.open_current(settings.index.data_dir)
    engine = SearchEngine(index, EncoderError("Not needed."), settings.search)
    try:
        found = engine.selection(query)
    finally:
        engine.close()
    if not found.ids:
        raise NotFoundError(f"No article is named by {query!r}.", parameter="query")
    click.echo(f"Read as: {plain(found.query)}", err=True)
    for document in found.some:
        facts = [str(document.date or "no date"), document.source, document.title]
        click.echo(f"  {plain(document.id)}  {plain(' · '.join(filter(None, facts)))}", err=True)
    if more := len(found.ids) - len(found.some):
        click.echo(f"  ... and {more:,} more", err=True)
    click.echo(
        f"Articles that would go: {len(found.ids):,}. That would stay: {found.of - len(found.ids):,}.",
        err=True,
    )
    return found


@click.command()
@paths_argument
@for_encoder
@mapping_option
@json_option
def watch(paths: tuple[Path, ...], settings: Settings, as_json: bool) -> None:
    """Sync files and folders, then follow them until stopped (Ctrl-C).

    A new file is searchable within seconds. When nothing comes for a minute and a tenth of the
    index has changed, it is made compact. With --json each change is a line.
    """
    from index.operations.watch import Watcher

    Watcher(list(paths), settings.index, lambda news: _news(news, as_json)).run(stopped())


def _news(news: Any, as_json: bool) -> None:
    """What a watcher tells: a report, or an error it goes on from."""
    from index.errors import TalashError
    from index.operations.build import BuildReport
    from web import present
    from web.cli import terminal

    if isinstance(news, TalashError):
        click.echo(f"{news.message} {news.hint or ''}".strip(), err=True)
    elif as_json:
        terminal.write(present.as_json(news) + b"\n")
    elif isinstance(news, BuildReport):
        terminal.built(news)
    else:
        terminal.changed(news)


@click.command()
@for_encoder
@json_option
def compact(settings: Settings, as_json: bool) -> None:
    """Make the index anew out of itself: no holes, everything learned again, nothing encoded.

    Adding and deleting stay fast without it; what Talash learns of an archive (translations, names,
    suggestions) is then learned of all of it.
    """
    from index.operations.change import compact as make_compact

    do(make_compact, settings, None, as_json, anew=True)
