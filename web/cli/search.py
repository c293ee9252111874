"""`talash search`, `talash suggest`, `talash related`: asking the index from a terminal."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from web.cli.options import asked_args, asking_options, for_encoder, json_option, show

if TYPE_CHECKING:
    from search.models import SearchResponse
    from web.settings import Settings


@click.command()
@click.argument("query", nargs=-1, required=True)
@for_encoder
@asking_options
@click.option("--page", metavar="N", help="Which page of the results.  [default: 1]")
@click.option("--size", metavar="N", help="Results a page.  [default: 10, or as the settings say]")
@click.option("--explain", is_flag=True, help="Say why each result is there: arms, ranks, words.")
@click.option(
    "--open", "open_", type=int, metavar="N", help="Open the web page of result N in a browser."
)
@json_option
def search(
    query: tuple[str, ...],
    settings: Settings,
    literal: bool,
    explain: bool,
    open_: int | None,
    as_json: bool,
    **args: Any,
) -> None:
    """Search the index.

    \b
    Examples:
      talash search police training
      talash search 'پولیس ٹریننگ' --lang en
      talash search '"steel mills" -strike' --from 2026-01 --sort newest
      talash search budget --json | jq '.hits[].title'
      talash search snow leopard --open 1

    Marked words are the ones you typed (bold, underlined), other inflections of them (underlined)
    and words that mean the same (italic; dim where that is not sure).

    --json prints what GET /api/v1/search answers. Put -- before a query that begins with a dash.
    """
    from web import parameters, present
    from web.cli import terminal_hits
    from web.http import cursor
    from web.service import open_engine

    asked = parameters.parse_search(asked_args(query, literal, args), settings.search)
    with closing(open_engine(settings, careful=False)) as engine:
        response = engine.search(asked)
    body = present.search_body(response, cursor.after(response, settings.search.window))
    show(body, as_json, lambda _: terminal_hits.results(response, explained=explain))
    if open_ is not None:
        _open(response, open_)


def _open(response: SearchResponse, number: int) -> None:
    """Show the web page of a hit in the reader's browser."""
    import webbrowser

    from index.errors import RequestError, TalashError
    from web import present
    from web.cli import terminal_hits
    from web.cli.terminal_hits import plain

    at = number - terminal_hits.first_number(response)
    if not 0 <= at < len(response.hits):
        raise RequestError(f"There is no result {number} here to open.", parameter="open")
    hit = response.hits[at]
    address = present.web_address(hit.url)
    if not address:
        raise RequestError(
            f"Result {number} has no web address to open.",
            parameter="open",
            hint=f"It is the document {plain(hit.id)}; `talash serve` shows it.",
        )
    click.echo(f"Opening {plain(address)}", err=True)
    if not webbrowser.open(address):
        raise TalashError("No browser could be opened.", hint=f"The address is {plain(address)}")


@click.command()
@click.argument("text", nargs=-1, required=True)
@for_encoder
@click.option(
    "--size", metavar="N", help="How many, at most.  [default: 8, or as the settings say]"
)
@json_option
def suggest(text: tuple[str, ...], settings: Settings, size: str | None, as_json: bool) -> None:
    """Complete what is being typed, from the titles, names and words of the index.

    \b
    Examples:
      talash suggest mohsin na
      talash suggest 'برفا' --json
    """
    from web import parameters
    from web.cli import terminal_hits
    from web.service import open_engine

    given = {"q": (" ".join(text),), "size": (size or "",)}
    typed, most = parameters.parse_suggest(given, settings.search)
    with closing(open_engine(settings, careful=False)) as engine:
        found = engine.suggest(typed, most)
    show(found, as_json, terminal_hits.suggestions)


@click.command()
@click.argument("id")
@for_encoder
@click.option(
    "--size",
    metavar="N",
    help="How many articles like it, at most.  [default: 5, or as the settings say]",
)
@json_option
def related(id: str, settings: Settings, size: str | None, as_json: bool) -> None:
    """Show what belongs to an article: its story in the other language, copies, articles like it.

    ID is the article's id, as `talash search --json` shows it.

    \b
    Examples:
      talash related ur/16-water-filter.md
      talash related en/16-water-filter.md --size 3 --json
    """
    from web import parameters
    from web.cli import terminal_hits
    from web.service import open_engine

    name, most = parameters.parse_related({"id": (id,), "size": (size or "",)}, settings.search)
    with closing(open_engine(settings, careful=False)) as engine:
        found = engine.related(name, most)
    show(found, as_json, terminal_hits.related)
