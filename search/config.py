"""Settings of searching: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated

from pydantic import Field

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class SearchConfig:
    """Limits of a request and the weights of ranking; the weights were measured (docs/measured.md).

    Sizes that are given where none was asked for, and what bounds them: `page_size` of a page of
    hits and `feed_size` of a feed (`max_page_size`), `suggestions` (`max_suggestions`), `related`
    articles (`max_related`). A lower bound lowers its default; `web.settings` refuses a size that
    was set above its bound. The metadata of a field names its `limit`.

    `window` is how many hits paging can reach: the last page ends there. An export has no end; it
    reads `export_chunk` documents at a time. `max_query_chars` is at most what addresses have room
    for, percent-encoded twice in the link to the settings (`web.serving.server.MAX_HEADER_BYTES`);
    `max_typed_chars` how long a query may be that is completed while it is typed. `max_off_words`
    is how many words a reader may switch off, `max_off_chars` how long each may be, `max_id_chars`
    how long the id of a document may be that is asked for by parameter.

    `semantic_depth` is how many passages of each language the semantic arm looks at; `rescored` for how many of the
    keyword arm's best the exact relevance is computed.

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

    Weights of a word beside what it is a part of: `joined_weight` that of the joined form of a
    hyphenated word (exminister for ex-minister), `letter_weight` that of a letter of an acronym spelled
    out (ٹی of پی ٹی آئی), `part_weight` that of what a word of a phrase means alone (minister of prime
    minister) beside a sure translation of the phrase, `acronym_word_weight` that of the word that an acronym looks like (it for IT).
    Where at least `acronym_always` of the articles with a word have it in capitals it is looked for as
    any word is, where fewer than `acronym_mostly` its translations are those of the other word.
    `searched_from` is the weight from which a word is searched by another one (a translation, a
    reading, a name in the other script); the reader sees every one of them. `sure_from` is the weight,
    as a share of the weightiest of its concept, from which such a word makes a document found by words:
    lighter ones only add to the score of documents found otherwise,
    but for the weightiest of each language, if it weighs at least `likely_from`.

    A list of both languages is on one scale: `exact_abroad` is how much of what the very words typed
    add a document of another language is given that holds their translations; the relevance of each
    language is raised to that of the query's own by their best matches, up to `language_scale` times,
    and a language that would not be among the first documents is raised up to `joined_scale` times.

    `found_cover` is how much of what a query asks for a document must hold to be found by words, beside
    the one that holds most, and `found_rarity` how rare this must be: of the logarithm of the number of
    documents. `answer_mass` (of what the query asks for), `answer_score` (of the highest keyword score possible),
    `answer_sense` and `answer_nearest` (of the sense that the best match makes) say what answers well
    enough for a list that is not ranked (`search.rank.answers`). `near_title` is the score of a
    title that is the query but for stop words, where one that is the query has 1.

    `translated_words` is up to how many words of content a query is searched by meaning in the other
    language with its translations, too, and `translations_share` what their vector counts beside the
    query's own. Few words say little, and a sentence says enough.

    `time_budget` is how many seconds a search may take before it is cut off; 0 for as long as it takes.

    `encoder_share` (0..1) is the encoder's part of the time a search has left, the rest is for the words.
    One that failed is left alone for `encoder_rest` seconds, twice as long after each further failure,
    up to `encoder_longest_rest`. (Words and snippets of a search on a large archive take a tenth of
    the budget; most embedding servers answer in well under a second.)

    `expansion` (words of the other language), of it `bundled_lexicon` (what the product knows) and
    `archive_lexicon` (what the archive taught), `names` (names written in the other script), `roman`
    (Urdu typed in Latin letters), `alignment` (marks by the encoder's word states) and `spellings`
    (other ways to write an Urdu word) switch these parts of the search off, to see what each is worth.
    """

    max_query_chars: Annotated[int, Field(ge=1, le=5_000)] = 1_000
    max_query_words: Count = 64
    max_patterns: int = 8
    min_pattern_letters: Count = 2
    max_pattern_words: Count = 200
    words_between: int = field(default=5, metadata={"limit": "max_words_between"})
    max_words_between: Count = 50
    required_from: Share = 0.5
    nearby_share: Share = 0.6
    nearby_forms: Count = 12
    nearby_window: Count = 4
    time_budget: float = 10.0
    encoder_share: float = 0.3
    encoder_rest: float = 5.0
    encoder_longest_rest: float = 300.0
    page_size: Count = field(default=10, metadata={"limit": "max_page_size"})
    feed_size: Count = field(default=20, metadata={"limit": "max_page_size"})
    max_page_size: Count = 100
    window: Count = 1_000
    export_chunk: Count = 100
    snippet_chars: Count = 280
    suggestions: Count = field(default=8, metadata={"limit": "max_suggestions"})
    max_suggestions: Count = 20
    max_typed_chars: Count = 200
    related: Count = field(default=5, metadata={"limit": "max_related"})
    max_related: Count = 20
    max_off_words: int = 50
    max_off_chars: Count = 100
    max_id_chars: Count = 4_000
    semantic_depth: Count = 200
    rescored: int = 100
    keyword_weight: Share = 0.45
    relevance_ceiling: Annotated[float, Field(gt=0)] = 0.25
    centroid_weight: float = 0.5
    sense_reach: Share = 0.4
    joined_weight: Share = 0.5
    letter_weight: Share = 0.2
    acronym_word_weight: Share = 0.02
    part_weight: Share = 0.45
    acronym_always: Share = 0.9
    acronym_mostly: Share = 0.5
    searched_from: Share = 0.05
    sure_from: Share = 0.5
    exact_abroad: Share = 0.5
    language_scale: Annotated[float, Field(ge=1)] = 1.2
    joined_scale: Annotated[float, Field(ge=1)] = 1.6
    likely_from: Share = 0.25
    found_cover: Share = 0.4
    found_rarity: Share = 0.33
    answer_mass: Share = 0.75
    answer_score: Share = 0.4
    answer_sense: Share = 0.5
    answer_nearest: Share = 0.85
    near_title: Share = 0.99
    translated_words: int = 12
    translations_share: Share = 0.4
    expansion: bool = True
    bundled_lexicon: bool = True
    archive_lexicon: bool = True
    names: bool = True
    roman: bool = True
    alignment: bool = True
    spellings: bool = True

    def __post_init__(self) -> None:
        for each in fields(self):
            if limit := each.metadata.get("limit"):
                lower = min(getattr(self, each.name), getattr(self, limit))
                object.__setattr__(self, each.name, lower)

    def last_page(self, size: int) -> int:
        """The last page of this size that is served; it may be shorter than the others."""
        return -(-self.window // size)
