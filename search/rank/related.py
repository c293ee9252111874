"""What belongs to an article: other tellings of its story, copies of its text, and the like.

Stories and copies are links that were found when the index was built
(`index.parts.stories.stories`). "The like" begins with the articles of one running story, which
were found then, too, the languages in turn; what comes after them is found when it is asked for:
the articles whose centroids are nearest, less what all articles of their language share, so that a
list of both languages is fair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from index.documents import Document
from index.errors import RequestError
from index.opened import OpenIndex
from index.parts.stories.evidence import THRESHOLD
from index.parts.stories.stories import Link
from index.parts.vectors import unit
from search.config import Scoring, SearchConfig
from search.models import Hit, Related, RelatedDocument, facts

_Chance = tuple[int, float]
"""A docid and how sure it is that it belongs there."""


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
    chosen: list[tuple[int, str, float]] = []
    for kind in ("story", "copy"):
        same = [link for link in links if link.kind == kind][: Scoring.MOST_LINKED]
        chosen += [(link.docid, kind, link.chance) for link in same]
    running = _running(links, docid, index)[:size]
    chosen += [
        (other, "running" if chance >= THRESHOLD else "like", chance) for other, chance in running
    ]
    listed = {docid, *(link.docid for link in links)}
    likes = _likes(docid, listed, index, size - len(running))
    chosen += [(other, "like", score) for other, score in likes]
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


def _once(pairs: Iterable[_Chance], known: Iterable[int], index: OpenIndex) -> Iterator[_Chance]:
    """One of each group of copies, the first, and none of a group that a `known` docid is of."""
    groups = index.stories.copy_groups
    seen = {int(groups[docid]) for docid in known}
    for docid, chance in pairs:
        if (group := int(groups[docid])) not in seen:
            seen.add(group)
            yield docid, chance


def _running(links: Sequence[Link], docid: int, index: OpenIndex) -> list[_Chance]:
    """The articles of one running story, one of each group of copies: the best of each language, then the
    second of each."""
    pairs = ((link.docid, link.chance) for link in links if link.kind == "running")
    known = {docid, *(link.docid for link in links if link.kind != "running")}
    places: Counter[int] = Counter()
    turns = []
    for other, chance in _once(pairs, known, index):
        language = int(index.columns.lang[other])
        turns.append((places[language], -chance, other))
        places[language] += 1
    turns.sort(key=lambda turn: turn[:2])
    return [(other, -chance) for _, chance, other in turns]


def _likes(docid: int, listed: set[int], index: OpenIndex, size: int) -> Iterator[_Chance]:
    """The nearest documents and their likeness, one of each group of copies."""
    columns, means = index.columns, index.relevance.means
    (centroid,) = index.vectors.centroids(np.array([docid]))
    if columns.lang[docid] < 0 or not centroid.any():
        return iter(())
    vector = unit(centroid - means[columns.lang[docid]])
    others = np.flatnonzero(columns.firsts & (columns.lang >= 0) & (columns.doc_passages > 0))
    products = index.vectors.document_products(vector, others)
    products -= index.relevance.offsets(vector)[columns.lang[others]]
    # Best by inner product first; their exact cosines decide.
    most = (size + len(listed)) * Scoring.LIKES_LOOKED_AT
    near = others[np.lexsort((others, -products))[:most]]
    cosines = unit(index.vectors.centroids(near) - means[columns.lang[near]]) @ vector
    order = np.lexsort((near, -cosines))
    order = order[cosines[order] >= Scoring.LIKE_FROM]
    pairs = ((int(near[at]), min(1.0, float(cosines[at]))) for at in order)
    return islice(_once(pairs, listed, index), size)


def with_relations(
    hits: Sequence[Hit],
    docids: Sequence[int],
    copies: Mapping[int, Sequence[int]],
    index: OpenIndex,
) -> tuple[Hit, ...]:
    """Hits (of these docids) with other tellings of their stories and the copies folded under them."""
    chosen = [
        (_tellings(docid, index), _chances(docid, copies.get(docid, ()), index)) for docid in docids
    ]
    wanted = sorted({other for each in chosen for pairs in each for other, _ in pairs})
    documents = dict(zip(wanted, index.catalogue.documents(wanted), strict=True))
    return tuple(
        replace(
            hit,
            stories=tuple(_shown(documents[other], "story", chance) for other, chance in stories),
            copies=tuple(_shown(documents[other], "copy", chance) for other, chance in same),
            folded=len(copies.get(docid, ())),
        )
        for hit, docid, (stories, same) in zip(hits, docids, chosen, strict=True)
    )


def _tellings(docid: int, index: OpenIndex) -> list[_Chance]:
    """Other tellings of a story, those in another language first, one of each group of copies."""
    languages = index.columns.lang
    links = [link for link in index.stories.of(docid) if link.kind == "story"]
    links.sort(key=lambda link: bool(languages[link.docid] == languages[docid]))
    pairs = ((link.docid, link.chance) for link in links)
    return list(islice(_once(pairs, [docid], index), Scoring.STORIES_OF_A_HIT))


def _chances(docid: int, copies: Iterable[int], index: OpenIndex) -> list[_Chance]:
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
