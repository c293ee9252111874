"""The pages: search, a document, the reader's settings, an error. All work without JavaScript."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import get_locale

from index.documents import LANGUAGES, SAME_PAGE, Document, ocr_confidence
from index.errors import NotFoundError, RequestError, TalashError
from index.store.manifest import IndexStatus
from search.models import Mode, Related, SearchRequest
from web import parameters
from web.addresses import here, home
from web.context import engine, settings, today
from web.http import originals
from web.http.attachments import attachments_of, message_of
from web.middleware import observing
from web.parameters import SEARCH
from web.present import Problem
from web.text import INTERFACES, Text
from web.ui import narrowing, paragraphs, view
from web.ui.citation import citations
from web.ui.preferences import CHOICES, COOKIE, MAX_AGE, Preferences, way_back

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def search() -> Response:
    """The start page, or the results once there is a query."""
    args = _args()
    query = parameters.query_text(args, settings().search)
    if not query:
        return _page("home.html", status=engine().status(), empty=bool(args))
    asked = parameters.parse_search(args, settings().search)
    response = observing.recorded_search(asked)
    links, text = _links(), _text()
    return _page(
        "results.html",
        asked=asked,
        response=response,
        status=engine().status(),
        chips=view.chips(asked, links, text),
        languages=view.options(response.facets.languages, asked.languages, LANGUAGES),
        sources=view.options(response.facets.sources, asked.sources),
        tags=view.options(response.facets.tags, asked.tags)[: view.TAGS_OFFERED],
        values_shown=view.VALUES_SHOWN,
        timeline=narrowing.timeline(response.facets, asked, links, text),
        quick_ranges=narrowing.quick_ranges(response.facets, asked, links, today()),
        last_page=view.last_page(response),
        page_numbers=view.page_numbers(asked.page, view.last_page(response)),
        unfiltered=view.unfiltered(asked),
        readings=view.word_chips(response.understood.readings, asked, links),
        switched=replace(asked, literal=not asked.literal, page=1),
        in_hybrid=replace(asked, mode=Mode.HYBRID, page=1),
        urdu=any(each.lang == "ur" for each in response.hits),
    )


@blueprint.get("/documents/<document:id>")
def document(id: str) -> Response:
    """One document, with the marks of the query it was opened from."""
    args = _args()
    asked = parameters.parse_opened(args, settings().search)
    shown = engine().document(id, asked)
    stored = engine().stored(id)
    related, failure = _related(id)
    return _page(
        "document.html",
        asked=asked,
        document=shown,
        paragraphs=paragraphs.paragraphs(shown, _text(), stored.extra),
        cut=paragraphs.is_cut(shown),
        passages_shown=paragraphs.PASSAGES_SHOWN,
        passages=[each for each in shown.passages if each.ordinal >= 0],
        related=related,
        same_page=_same_page(stored),
        attached_to=message_of(stored),
        attachments=attachments_of(stored),
        ocr=ocr_confidence(stored.extra),
        failure=failure,
        citations=citations(shown),
        original=originals.address(stored),
        page_found=originals.page_found(shown, stored),
        urdu=shown.lang == "ur",
    )


def _same_page(document: Document) -> list[Document]:
    """The other articles of the page or file that an article stands in, as far as they are there."""
    found = []
    for other in document.extra.get(SAME_PAGE, ()):
        with suppress(NotFoundError):
            found.append(engine().stored(other))
    return found


@blueprint.get("/documents/<document:id>/original")
def original(id: str) -> Response:
    """The file a document was read from, where `web.originals` lets it be shown."""
    try:
        stored = engine().stored(id)
    except NotFoundError:  # the id of an article may itself end like this
        return document(f"{id}/original")
    return originals.sent(stored)


@blueprint.get("/settings")
def reader_settings() -> Response:
    """What a reader may set for herself."""
    return _page("settings.html", choices=CHOICES, back=_way_back(request.args.get("back")))


@blueprint.post("/settings")
def set_settings() -> Response:
    """Put the chosen settings into the reader's cookie; nothing of the archive is written."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise RequestError("Settings can only be changed on this site's own page.")
    chosen = Preferences.of(request.form)
    response = Response(status=303, headers={"Location": _way_back(request.form.get("back"))})
    response.set_cookie(
        COOKIE,
        chosen.to_cookie(),
        max_age=MAX_AGE,
        path=request.root_path or "/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def error_page(problem: Problem) -> Response:
    """The page for an error: what happened, how to mend it, and the search as it was typed."""
    return _page("error.html", problem=problem)


def _args() -> parameters.Args:
    """The arguments we know. Links that are passed around pick up others; a page lets them be.

    The filters' form carries along what the reader switched off, and in `for` the query that it was
    switched off in: to another question, typed over that one, it does not apply.
    """
    given = request.args.to_dict(flat=False)
    known = {each.name for each in SEARCH}
    if "for" in given and _words(given["for"]) != _words(given.get("q", [])):
        known -= {"literal", "off"}
    return {name: values for name, values in given.items() if name in known}


def _words(values: list[str]) -> list[str]:
    return " ".join(values).split()


def _chosen_interface() -> str:
    """The interface language the reader chose, or nothing."""
    chosen = request.args.get("ui", "")
    return chosen if chosen in INTERFACES else ""


def _preferences() -> Preferences:
    return Preferences.from_cookie(request.cookies.get(COOKIE, ""))


def interface() -> str:
    """The language of the interface for this request: Flask-Babel's locale selector.

    The address has the first word, then the reader's settings, then the server's.
    """
    return _chosen_interface() or _preferences().ui or settings().web.language


def _related(id: str) -> tuple[Related | None, str]:
    """What belongs to a document; or nothing, and why. The document can be read without it."""
    try:
        most = settings().search.max_related
        return engine().related(id, min(view.RELATED_SHOWN, most)), ""
    except NotFoundError:
        raise  # the document itself went, with a new index
    except TalashError as error:
        return None, error.message


def _text() -> Text:
    return Text(str(get_locale()))


def _links() -> view.Links:
    return view.Links(_chosen_interface(), settings().search)


def _page(template: str, *, asked: SearchRequest | None = None, **values: object) -> Response:
    """A page of ours. A lone surrogate in a document must not cost the page: see `present`."""
    text = _text()
    given = request.args.items(multi=True)
    others = [
        (name, value[: _longest()] if name == "q" else value)
        for name, value in given
        if name != "ui"
    ]
    preferences = _preferences()
    html = render_template(
        template,
        t=text,
        links=_links(),
        asked=asked,
        typed=asked.query if asked else request.args.get("q", "")[: _longest()].replace("\0", ""),
        ui=_chosen_interface(),
        other_interface=view.address(here(), [*others, ("ui", text.other)]),
        preferences=preferences,
        settings_address=_settings_address(others),
        max_query=_longest(),
        page_size=settings().search.page_size,
        indexed=_day,
        **values,
    )
    response = Response(html.encode("utf-8", "replace"), mimetype="text/html")
    response.vary.add("Cookie")
    return response


def _settings_address(args: list[tuple[str, str]]) -> str:
    """The settings, with the way back to this page (of the settings themselves: to where they lead).

    Without `ui`: an interface language in the address would go before the one chosen there.
    """
    inside = request.endpoint == "pages.reader_settings"
    back = request.args.get("back") if inside else view.address(here(), args)
    keep = [("ui", _chosen_interface())] if _chosen_interface() else []
    return view.address(url_for("pages.reader_settings"), [("back", _way_back(back)), *keep])


def _way_back(address: str | None) -> str:
    return way_back(address or "", home())


def _longest() -> int:
    return settings().search.max_query_chars


def _day(status: IndexStatus, text: Text) -> str:
    """The day the index was built, in words; as it stands if it is no date we can read."""
    try:
        created = datetime.fromisoformat(status.created.replace("Z", "+00:00"))
        return text.date(created.astimezone(settings().index.timezone).date())
    except ValueError:
        return status.created
