"""The small engine of the unit tests, whose results also carry what a whole archive brings along:
a second fragment, the story in the other language, copies, other spellings and a faint mark."""

from __future__ import annotations

from dataclasses import replace

from fake_engine import FakeEngine

from search.models import Hit, SearchRequest, SearchResponse, Snippet, Span

MISSPELLED = "polise"


class StoryEngine(FakeEngine):
    """Every first result of a page has all of it; a misspelled query has another spelling."""

    def search(self, request: SearchRequest) -> SearchResponse:
        response = super().search(request)
        hits = tuple(self._rich(hit) if at == 0 else hit for at, hit in enumerate(response.hits))
        meant = ("police", "police training") if request.query == MISSPELLED else ()
        understood = replace(response.understood, did_you_mean=meant)
        return replace(response, hits=hits, understood=understood)

    def _rich(self, hit: Hit) -> Hit:
        related = self.related(hit.id, 3)
        body = self.documents[hit.id].body
        end = body.index(" ", len(body) // 2)
        text = body[end + 1 :]
        word = text.index(" ")
        faint = Span(0, word, "meaning", "police", 0.4)
        other = Snippet(text, hit.lang, "keyword", end + 1, True, False, (faint,))
        return replace(hit, second=other, stories=related.stories[:3], copies=related.copies[:2])
