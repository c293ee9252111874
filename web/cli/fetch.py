"""`talash fetch ...`: follow feeds, sitemaps and section pages, and take their articles in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from web.cli.options import for_encoder, into_option, json_option, settings_for, show, stopped

if TYPE_CHECKING:
    from index.collector.collect import Collector, CollectReport
    from web.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])


def _into(command: _F) -> Callable[..., Any]:
    """--into: the folder that articles are written to, for a command that only looks at it."""

    @into_option
    @wraps(command)
    def run(*, into: Path | None, **given: Any) -> Any:
        return command(settings=settings_for(collect={"folder": into}), **given)

    return run


@click.group()
def fetch() -> None:
    """Follow newspapers: fetch new articles from their feeds into a folder and the index.

    Nothing is fetched but by `run` and `watch`, and nothing ever by the search page. Servers are asked as
    their robots.txt wants, one after another with a delay; see docs/collecting.md.
    """


@fetch.command("add")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@_into
def add_feeds(urls: tuple[str, ...], settings: Settings) -> None:
    """Follow a feed (RSS, Atom, JSON), a sitemap or a section page from now on.

    \b
    Examples:
      talash fetch add https://news.example/rss.xml
      talash fetch add https://news.example/sitemap_news.xml --into /srv/news
    """
    import time

    from index.collector.addresses import normalize
    from index.collector.state import State
    from index.errors import ConfigError

    feeds = {url: normalize(url) for url in urls}
    for url, feed in feeds.items():
        if not feed:
            raise ConfigError(
                f"{url!r} is no address on the web.",
                hint="Write it whole: https://news.example/rss.xml",
            )
    with State(settings.collect.folder) as state:
        for feed in feeds.values():
            fresh = state.add_feed(feed, time.time())
            click.echo(f"{feed} is followed{' from now on' if fresh else ' already'}.")


@fetch.command("list")
@_into
@json_option
def list_feeds(settings: Settings, as_json: bool) -> None:
    """Show what is followed, when each was looked at and what came of it."""
    from index.collector.state import State

    with State(settings.collect.folder) as state:
        feeds = [dict(row) for row in state.feeds()]
    show({"feeds": feeds}, as_json, lambda _: _print_feeds(feeds))


@fetch.command("remove")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@_into
def remove_feeds(urls: tuple[str, ...], settings: Settings) -> None:
    """Follow a feed no more. Its articles stay."""
    from index.collector.addresses import normalize
    from index.collector.state import State
    from index.errors import CollectError

    with State(settings.collect.folder) as state:
        for url in urls:
            if not state.remove_feed(normalize(url)):
                raise CollectError(f"{url} is not followed.", hint="See: talash fetch list")
            click.echo(f"{url} is not followed any more.")


@fetch.command()
@click.argument("url")
@_into
@json_option
def revisions(url: str, settings: Settings, as_json: bool) -> None:
    """Show what an article said before its newspaper corrected it."""
    import json

    from index.collector.addresses import normalize
    from index.collector.state import State

    with State(settings.collect.folder) as state:
        rows = state.revisions(normalize(url))
    found = [
        {"until": _time(row["until"]), "title": fields["title"], "body": fields["body"]}
        for row in rows
        for fields in [json.loads(row["fields"])]
    ]
    show({"url": url, "revisions": found}, as_json, lambda _: _print_revisions(found))


def _fetching(command: _F) -> Callable[..., Any]:
    """What `run` and `watch` can be told: the command is called with a `collector`, and how to print."""

    @into_option
    @for_encoder
    @json_option
    @wraps(command)
    def run(*, settings: Settings, as_json: bool) -> None:
        from index.collector.collect import Collector
        from index.collector.state import State
        from index.errors import CollectError
        from index.readers import ReaderConfig

        with State(settings.collect.folder) as state, state.alone():
            if not state.feeds():
                raise CollectError(
                    "Nothing is followed yet.", hint="Begin with: talash fetch add URL"
                )
            collector = Collector(
                settings.collect,
                state,
                index=lambda files: _index(files, settings),
                reading=ReaderConfig(timezone=settings.index.timezone),
            )
            command(collector, lambda report: _tell(report, as_json))

    return run


@fetch.command()
@_fetching
def run(collector: Collector, tell: Callable[[CollectReport], None]) -> None:
    """Look at all that is due, once, and bring the index up to date.

    \b
    Examples:
      talash fetch run
      talash fetch run --into /srv/news --data /srv/archive
    """
    tell(collector.run())


@fetch.command()
@_fetching
def watch(collector: Collector, tell: Callable[[CollectReport], None]) -> None:
    """Go on fetching until stopped (Ctrl-C)."""
    from index.errors import TalashError

    stop = stopped()
    while not stop.is_set():
        try:
            tell(collector.run(stop))
        except TalashError as error:  # what could not be indexed now is handed over again
            click.echo(str(error), err=True)
        stop.wait(max(1.0, collector.until_due()))


def _index(files: list[Path], settings: Settings) -> None:
    """Bring the index in step with the folder: with these files of it, or all if there is none yet."""
    from index.errors import IndexMissingError
    from index.operations.build import rebuild
    from index.operations.sync import sync
    from index.readers.originals.origins import Origins
    from web.cli import terminal

    folder = settings.collect.folder
    with terminal.progress() as step:
        places = Origins([folder])
        try:
            sync(
                [folder],
                settings.index,
                only={places.shown(str(file)) for file in files},
                progress=step,
            )
        except IndexMissingError:
            rebuild([folder], settings.index, progress=step)


def _tell(report: CollectReport, as_json: bool) -> None:
    from web import present
    from web.cli import terminal

    if as_json:
        terminal.write(present.as_json(report) + b"\n")
        return
    click.echo(
        f"{len(report.new):,} new articles, {len(report.revised):,} corrected, "
        f"{len(report.gone):,} taken down by their newspaper; "
        f"{report.feeds:,} feeds, {report.requests:,} requests."
    )
    for problem in report.problems:
        click.echo(f"  {problem.url}: {problem.reason}", err=True)
    for feed in dict.fromkeys(report.offered):
        click.echo(f"  A page names this feed, which says more: talash fetch add {feed}", err=True)
    if report.waiting:
        click.echo(f"  {report.waiting:,} addresses wait for a later round.", err=True)


def _print_feeds(feeds: list[dict[str, Any]]) -> None:
    if not feeds:
        click.echo("Nothing is followed yet. Begin with: talash fetch add URL", err=True)
    for feed in feeds:
        looked = f"looked at {_time(feed['looked'])}" if feed["looked"] else "not looked at yet"
        kind = f"{feed['kind']}, " if feed["kind"] else ""
        click.echo(f"{feed['url']}\n  {kind}{feed['articles']:,} articles, {looked}")
        if feed["problem"]:
            click.echo(f"  {feed['problem']}", err=True)


def _print_revisions(found: list[dict[str, str]]) -> None:
    from web.cli.terminal_hits import plain

    if not found:
        click.echo("No earlier text of it is known.", err=True)
    for each in found:
        click.echo(f"Until {each['until']}: {plain(each['title'])}\n\n{plain(each['body'])}\n")


def _time(seconds: float) -> str:
    """A moment as people read it, in the zone of this machine."""
    return datetime.fromtimestamp(seconds).astimezone().isoformat(sep=" ", timespec="seconds")
