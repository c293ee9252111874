"""The pages: search, a document, an error. All work without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, render_template, request

from index.documents import LANGUAGES
from search.models import Mode, SearchRequest
from web import params, present, view
from web.context import engine, settings
from web.present import Problem
from web.service import IndexStatus
from web.text import INTERFACES, Text

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def search() -> Response:
    """The start page, or the results once there is a query."""
    args = _args()
    query = params.parse_query(args, settings().search)
    if not query:
        return _page("home.html", status=engine().status(), empty=bool(args))
    asked = params.parse_search(args, settings().search)
    response = engine().search(asked)
    links, text = _links(), _text()
    known = [each.value for each in engine().sources()] if asked.sources else []
    return _page(
        "results.html",
        asked=asked,
        response=response,
        status=engine().status(),
        chips=view.chips(asked, links, text),
        languages=view.options(response.facets.languages, asked.languages, LANGUAGES),
        sources=view.options(response.facets.sources, asked.sources, known),
        sources_shown=view.SOURCES_SHOWN,
        last_page=view.last_page(response),
        page_numbers=view.page_numbers(asked.page, view.last_page(response)),
        unfiltered=view.unfiltered(asked),
        readings=view.word_chips(response.understood.readings, asked, links),
        switched=replace(asked, literal=not asked.literal, page=1),
        in_hybrid=replace(asked, mode=Mode.HYBRID, page=1),
    )


@blueprint.get("/documents/<document:id>")
def document(id: str) -> Response:
    """One document, with the marks of the query it was opened from."""
    args = _args()
    asked = params.parse_opened(args, settings().search)
    shown = engine().document(id, asked)
    return _page(
        "document.html",
        asked=asked,
        document=shown,
        paragraphs=present.paragraphs(shown, _text()),
        passages=[each for each in shown.passages if each.ordinal >= 0],
    )


def error_page(problem: Problem) -> Response:
    """The page for an error: what happened, how to mend it, and the search as it was typed."""
    return _page("error.html", problem=problem)


def _args() -> params.Args:
    """The arguments we know. Links that are passed around pick up others; a page lets them be."""
    known = {each.name for each in params.SEARCH}
    given = request.args.to_dict(flat=False)
    return {name: values for name, values in given.items() if name in known}


def _chosen_interface() -> str:
    """The interface language the reader chose, or nothing."""
    chosen = request.args.get("ui", "")
    return chosen if chosen in INTERFACES else ""


def _text() -> Text:
    return Text(_chosen_interface() or settings().web.language)


def _links() -> view.Links:
    return view.Links(_chosen_interface())


def _page(template: str, *, asked: SearchRequest | None = None, **values: object) -> Response:
    """A page of ours. A lone surrogate in a document must not cost the page: see `present`."""
    text = _text()
    given = request.args.items(multi=True)
    others = [(name, value[: _longest()]) for name, value in given if name != "ui"]
    html = render_template(
        template,
        t=text,
        links=_links(),
        asked=asked,
        typed=asked.query if asked else request.args.get("q", "")[: _longest()],
        ui=_chosen_interface(),
        other_interface=view.with_interface(request.path, others, text.other),
        max_query=_longest(),
        indexed=_day,
        **values,
    )
    return Response(html.encode("utf-8", "replace"), mimetype="text/html")


def _longest() -> int:
    return settings().search.max_query_chars


def _day(status: IndexStatus, text: Text) -> str:
    """The day the index was built, in words; as it stands if it is no date we can read."""
    try:
        return text.date(datetime.fromisoformat(status.created.replace("Z", "+00:00")).date())
    except ValueError:
        return status.created
