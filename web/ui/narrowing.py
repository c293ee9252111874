"""Narrowing by time: the chart beside the results, quick ranges, and how a range is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from search.models import Facets, SearchRequest
from web.text import Text
from web.ui import histogram
from web.ui.histogram import Bar
from web.ui.view import Links, period

QUICK: Final = {"week": 7, "month": 30, "year": 365}
"""Days up to today of each range that one click sets."""


@dataclass(frozen=True)
class Step:
    """A bar of the chart as a link; a bar with nothing in it leads nowhere."""

    bar: Bar
    name: str
    link: str


@dataclass(frozen=True)
class Chart:
    """Bars in the order of time, and what the two ends are called."""

    steps: tuple[Step, ...]
    first: str
    last: str


@dataclass(frozen=True)
class Timeline:
    """The chart of an answer: its whole time, and more closely the range asked for.

    `undated` counts the articles that no date finds.
    """

    whole: Chart
    closer: Chart | None
    undated: int


@dataclass(frozen=True)
class QuickRange:
    """A range of one click: `any`, or one of QUICK."""

    name: str
    link: str
    chosen: bool


def timeline(facets: Facets, asked: SearchRequest, links: Links, text: Text) -> Timeline | None:
    """The chart; None where it would be one bar that nobody chose among."""
    first, last = asked.date_from, asked.date_to
    whole = histogram.bars(facets.months, first, last)
    if not whole or (len(whole) == 1 and not (first or last)):
        return None

    def step(bar: Bar) -> Step:
        """A bar's link; that of the range in force itself takes it off again."""
        name = period(bar.first, bar.last, text)
        if not bar.count:
            return Step(bar, name, "")
        first, last = (None, None) if bar.whole else (bar.first, bar.last)
        return Step(bar, name, links.search(replace(asked, date_from=first, date_to=last, page=1)))

    def chart(bars: tuple[Bar, ...], first: date, last: date) -> Chart:
        return Chart(tuple(map(step, bars)), text.month(first), text.month(last))

    closer = histogram.closer(facets.months, first, last, whole)
    return Timeline(
        # A year's bar at an end may be of a few months only.
        whole=chart(whole, facets.first or whole[0].first, facets.last or whole[-1].last),
        closer=chart(closer, closer[0].first, closer[-1].last) if closer else None,
        undated=facets.undated,
    )


def quick_ranges(
    facets: Facets, asked: SearchRequest, links: Links, today: date
) -> list[QuickRange]:
    """Ranges up to today, and the way back to any time.

    Up to today and not up to the newest article: "last 7 days" means these days to whoever reads
    it. An archive may be old, so a range is offered only where it finds something of this answer
    and leaves something out. It has no end: what is dated later than today is news too.
    """
    dated = (asked.date_from, asked.date_to)

    def quick(name: str, start: date | None) -> QuickRange:
        narrowed = replace(asked, date_from=start, date_to=None, page=1)
        return QuickRange(name, links.search(narrowed), dated == (start, None))

    found = [quick("any", None)]
    for name, days in QUICK.items():
        start = today - timedelta(days=days - 1)
        offered = facets.first and facets.last and facets.first < start <= facets.last
        if offered or dated == (start, None):
            found.append(quick(name, start))
    return found if len(found) > 1 or dated != (None, None) else []
