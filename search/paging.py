"""What is served: the one rule for the page, the API and the command line.

A page is served when it begins within the window, however little of it lies there: the last page may
be short, and ends exactly at the window. Links to pages are made by the same numbers.
"""

from __future__ import annotations

from index.errors import RequestError
from search.config import SearchConfig
from search.models import SearchRequest


def check_page(request: SearchRequest, config: SearchConfig) -> None:
    """Raise RequestError for a page that is not served."""
    if request.page < 1:
        raise RequestError("Pages count from 1.", parameter="page", hint="Ask for page 1.")
    if not 1 <= request.size <= config.max_page_size:
        raise RequestError(
            f"size is {request.size:,}; a page holds 1 to {config.max_page_size:,} hits.",
            parameter="size",
            hint="Ask for more pages, or take all hits along as a file (export).",
        )
    last = config.last_page(request.size)
    if request.page > last:
        raise RequestError(
            f"Page {request.page:,} of {request.size:,} hits lies beyond the first "
            f"{config.window:,} hits, which is as far as paging goes.",
            parameter="page",
            hint=f"The last page of this size is {last:,}. Narrow the search, or take all hits "
            "along as a file (export).",
        )


def check_dates(request: SearchRequest) -> None:
    """Raise RequestError for a range of dates that ends before it begins."""
    if request.date_from and request.date_to and request.date_from > request.date_to:
        raise RequestError(
            "The dates are in the wrong order: "
            f"from {request.date_from} is after to {request.date_to}.",
            parameter="from",
            hint="Swap them.",
        )


def positions(request: SearchRequest, found: int) -> range:
    """Positions of the page's hits in a ranking of so many."""
    first = (request.page - 1) * request.size
    return range(first, min(first + request.size, found))
