"""Settings of searching: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchConfig:
    """Limits of a request and the weights of ranking; the weights were measured (docs/measured.md).

    `window` is how many hits paging can reach; `max_typed_chars` how long a query may be that is
    completed while it is typed; `semantic_depth` how many passages the semantic arm looks at;
    `rescored` for how many of the keyword arm's best the exact relevance is computed.

    `keyword_weight` (0..1) is the keyword arm's part in fusion, `relevance_ceiling` the relevance
    that counts as full; `centroid_weight` the weight of an article as a whole beside its best
    passage; `sense_reach` how little sense a document may make, as a share of the best one's, and
    still be found by meaning alone.

    `translated_words` is up to how many words of content a query is searched by meaning together with
    their translations: few words say little, and a sentence says enough.

    `time_budget` is how many seconds a search may take before it is cut off; 0 for as long as it takes.

    `expansion` (words of the other language), `names` (names written in the other script), `roman`
    (Urdu typed in Latin letters) and `alignment` (marks by the encoder's word states) switch these
    parts of the search off, to see what each is worth.
    """

    max_query_chars: int = 1_000
    max_query_words: int = 64
    time_budget: float = 10.0
    max_page_size: int = 100
    window: int = 1_000
    snippet_chars: int = 280
    max_suggestions: int = 20
    max_typed_chars: int = 200
    semantic_depth: int = 200
    rescored: int = 100
    keyword_weight: float = 0.4
    relevance_ceiling: float = 0.25
    centroid_weight: float = 0.5
    sense_reach: float = 0.4
    translated_words: int = 5
    expansion: bool = True
    names: bool = True
    roman: bool = True
    alignment: bool = True
