"""What belongs to an article: other tellings of its story, copies of its text, and the like.

Stories and copies are links that were found when the index was built
(`index.parts.stories.stories`). "The like" begins with the articles of one running story, which
were found then, too, the languages in turn; what comes after them is found when it is asked for:
the articles whose centroids are nearest, less what all articles of their language share, so that a
list of both languages is fair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.documents import Document
from index.errors import RequestError
from index.opened import OpenIndex
from index.parts.stories.evidence import THRESHOLD
from index.parts.stories.stories import Link
from index.parts.vectors import unit
from search.config import Scoring, SearchConfig
from search.models import Hit, Related, RelatedDocument, facts


def related(docid: int, index: OpenIndex, size: int, config: SearchConfig) -> Related:
    """What belongs to a document; at most `size` that are like it.

    Raises RequestError for a size that is not served.
    """
    most = config.max_related
    if not 0 <= size <= most:
        raise RequestError(
            f"0 to {most} articles like it can be listed.",
            parameter="size",
            hint=f"Ask for a size of at most {most}.",
        )
    links = index.stories.of(docid)
    chosen: list[tuple[int, str, float]] = [
        (link.docid, link.kind, link.chance) for link in _capped(links)
    ]
    running = _running(links, docid, index)[:size]
    chosen += [
        (link.docid, "running" if link.chance >= THRESHOLD else "like", link.chance)
        for link in running
    ]
    listed = {docid, *(link.docid for link in links)}
    left = size - len(running)
    chosen += [(other, "like", score) for other, score in _likes(docid, listed, index, left)]
    documents = index.catalogue.documents([docid, *(other for other, _, _ in chosen)])
    found = [
        _shown(document, relation, score)
        for document, (_, relation, score) in zip(documents[1:], chosen, strict=True)
    ]
    return Related(
        id=documents[0].id,
        stories=tuple(each for each in found if each.relation == "story"),
        copies=tuple(each for each in found if each.relation == "copy"),
        likes=tuple(each for each in found if each.relation in ("running", "like")),
        generation=index.name,
    )


def _capped(links: Sequence[Link]) -> Iterator[Link]:
    for kind in ("story", "copy"):
        yield from [link for link in links if link.kind == kind][: Scoring.MOST_LINKED]


def _running(links: Sequence[Link], docid: int, index: OpenIndex) -> list[Link]:
    """The articles of one running story, one of each group of copies: the best of each language, then the
    second of each."""
    columns, groups = index.columns, index.stories.copy_groups
    seen = {int(groups[link.docid]) for link in links if link.kind != "running"}
    seen.add(int(groups[docid]))
    places: dict[int, int] = {}
    turns = []
    for link in links:
        if link.kind == "running" and int(groups[link.docid]) not in seen:
            seen.add(int(groups[link.docid]))
            language = int(columns.lang[link.docid])
            turns.append((places.get(language, 0), link))
            places[language] = places.get(language, 0) + 1
    return [link for _, link in sorted(turns, key=lambda turn: (turn[0], -turn[1].chance))]


def _likes(
    docid: int, listed: set[int], index: OpenIndex, size: int
) -> Iterator[tuple[int, float]]:
    """The nearest documents and their likeness, one of each group of copies."""
    columns, means = index.columns, index.relevance.means
    (centroid,) = index.vectors.centroids(np.array([docid]))
    if columns.lang[docid] < 0 or not centroid.any():
        return
    vector = unit(centroid - means[columns.lang[docid]])
    others = np.flatnonzero(columns.firsts & (columns.lang >= 0) & (columns.doc_passages > 0))
    products = index.vectors.document_products(vector, others)
    products -= index.relevance.offsets(vector)[columns.lang[others]]
    # Best by inner product first; their exact cosines decide.
    most = (size + len(listed)) * Scoring.LIKES_LOOKED_AT
    near = others[np.lexsort((others, -products))[:most]]
    cosines = unit(index.vectors.centroids(near) - means[columns.lang[near]]) @ vector
    groups = index.stories.copy_groups
    seen = {int(groups[other]) for other in listed}
    left = size
    for at in np.lexsort((near, -cosines)).tolist():
        if left == 0 or cosines[at] < Scoring.LIKE_FROM:
            return
        other = int(near[at])
        if int(groups[other]) not in seen:
            seen.add(int(groups[other]))
            left -= 1
            yield other, min(1.0, float(cosines[at]))


def with_relations(
    hits: Sequence[Hit],
    docids: Sequence[int],
    copies: Mapping[int, Sequence[int]],
    index: OpenIndex,
) -> tuple[Hit, ...]:
    """Hits (of these docids) with other tellings of their stories and the copies folded under them."""
    chosen = [
        _Chosen(_tellings(docid, index), _chances(docid, copies.get(docid, ()), index))
        for docid in docids
    ]
    wanted = {other for each in chosen for other, _ in (*each.stories, *each.copies)}
    documents = dict(zip(sorted(wanted), index.catalogue.documents(sorted(wanted)), strict=True))
    return tuple(
        replace(
            hit,
            stories=tuple(_shown(documents[other], "story", c) for other, c in each.stories),
            copies=tuple(_shown(documents[other], "copy", c) for other, c in each.copies),
            folded=len(copies.get(docid, ())),
        )
        for hit, docid, each in zip(hits, docids, chosen, strict=True)
    )


@dataclass(frozen=True)
class _Chosen:
    """Docids and probabilities of what is shown with one hit."""

    stories: list[tuple[int, float]]
    copies: list[tuple[int, float]]


def _tellings(docid: int, index: OpenIndex) -> list[tuple[int, float]]:
    """Other tellings of a story, those in another language first, one of each group of copies."""
    columns, groups = index.columns, index.stories.copy_groups
    links = [link for link in index.stories.of(docid) if link.kind == "story"]
    links.sort(key=lambda link: bool(columns.lang[link.docid] == columns.lang[docid]))
    seen = {int(groups[docid])}
    found = []
    for link in links:
        if int(groups[link.docid]) not in seen:
            seen.add(int(groups[link.docid]))
            found.append((link.docid, link.chance))
    return found[: Scoring.STORIES_OF_A_HIT]


def _chances(docid: int, copies: Iterable[int], index: OpenIndex) -> list[tuple[int, float]]:
    """The first copies with their probabilities: of a copy of a copy, that of the weaker link."""
    shown = list(copies)[: Scoring.COPIES_OF_A_HIT]
    direct = _copy_links(docid, index)
    weakest = max(direct.values(), default=0.0)
    return [
        (other, direct.get(other) or min(weakest, max(_copy_links(other, index).values())))
        for other in shown
    ]


def _copy_links(docid: int, index: OpenIndex) -> dict[int, float]:
    return {link.docid: link.chance for link in index.stories.of(docid) if link.kind == "copy"}


def _shown(document: Document, relation: str, score: float) -> RelatedDocument:
    return RelatedDocument(
        **facts(document),
        relation=relation,
        score=round(score, 4),
    )
