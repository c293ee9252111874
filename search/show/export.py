"""Everything that answers, as rows: ranked once, then read a chunk of documents at a time.

What is held meanwhile is a few numbers for each document of the answer, and one chunk of texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from search.models import Export, Exported, SearchRequest, facts
from search.rank.folding import fold
from search.show.hits import HitMaker


def export(request: SearchRequest, maker: HitMaker, timings: dict[str, float]) -> Export:
    """The export of what `maker` has ranked."""
    ranking, index = maker.ranking, maker.index
    folded = fold(ranking, index.stories).copies
    copy_of = {copy: leader for leader, copies in folded.items() for copy in copies}
    return Export(
        request=request,
        total=len(ranking.docids),
        copies=len(copy_of),
        rows=_rows(maker, copy_of),
        generation=index.name,
        notices=maker.asked.query.notices,
        degraded=ranking.degraded,
        timings=timings,
    )


def _rows(maker: HitMaker, copy_of: Mapping[int, int]) -> Iterator[Exported]:
    docids, chunk = maker.ranking.docids, maker.config.export_chunk
    for first in range(0, len(docids), chunk):
        positions = range(first, min(first + chunk, len(docids)))
        leaders = [copy_of.get(int(docids[at]), -1) for at in positions]
        known = [leader for leader in dict.fromkeys(leaders) if leader >= 0]
        ids = {
            docid: document.id
            for docid, document in zip(known, maker.index.catalogue.documents(known), strict=True)
        }
        for leader, (document, score, shown) in zip(
            leaders, maker.excerpts(positions), strict=True
        ):
            yield Exported(
                **facts(document),
                tags=document.tags,
                score=score,
                snippet=shown.text,
                copy_of=ids.get(leader, ""),
                body=document.body,
            )
