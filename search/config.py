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

    `max_patterns` (`leop*`, `polio~`) are looked up in a query, each of at least
    `min_pattern_letters` letters and for at most `max_pattern_words` words, the most frequent ones.
    `words_between` is how many other words `"a b"~` allows between its own, `max_words_between` the
    most that can be asked for. `required_from` is the weight from which another word meets a
    condition (AND, +) in the place of the one typed: about the chance that it is right.

    A phrase that is asked by its meaning is found by words where at least `nearby_share` of its words
    (or what they are searched by, each in up to `nearby_forms` inflections) stand within
    `nearby_window` times its length.

    `time_budget` is how many seconds a search may take before it is cut off; 0 for as long as it takes.

    `encoder_share` (0..1) is the encoder's part of the time a search has left, the rest is for the words.
    One that failed is left alone for `encoder_rest` seconds, twice as long after each further failure,
    up to `encoder_longest_rest`. (Words and snippets of a search on a large archive take a tenth of
    the budget; most embedding servers answer in well under a second.)

    `expansion` (words of the other language), `names` (names written in the other script), `roman`
    (Urdu typed in Latin letters) and `alignment` (marks by the encoder's word states) switch these
    parts of the search off, to see what each is worth.
    """

    max_query_chars: int = 1_000
    max_query_words: int = 64
    max_patterns: int = 8
    min_pattern_letters: int = 2
    max_pattern_words: int = 200
    words_between: int = 5
    max_words_between: int = 50
    required_from: float = 0.5
    nearby_share: float = 0.6
    nearby_forms: int = 12
    nearby_window: int = 4
    time_budget: float = 10.0
    encoder_share: float = 0.3
    encoder_rest: float = 5.0
    encoder_longest_rest: float = 300.0
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
    expansion: bool = True
    names: bool = True
    roman: bool = True
    alignment: bool = True
