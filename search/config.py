"""Every number of searching, with its reason: the settings first, then the constants.

Settings are the fields of `SearchConfig`. They are grouped by idea in the dataclasses that it
inherits, and set by file, environment variable or command line (`web.settings`). Constants are in
the classes below it, one for each part of a search; they cannot be set, because what was measured
or tested holds for these values together.

"Measured:" names the section of docs/measured.md where a number was chosen or compared with others.
A number without a source has no measurement of its own: it was chosen by judgement and holds with
the figures of its part as a whole.

Not here are the coefficients of fitted models, which belong to the formula they were fitted with:
those of `search.understand.sound_alikes`, the logistic of cosines in `search.understand.expansion`,
and whatever is kept in `index/data`. What an evaluation counts is in `search.evaluate`, tolerances
of floating-point sums and tables of letters stand where they are used.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Annotated, Final

from pydantic import Field

Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class QueryLimits:
    """What a query may hold. More of it is answered with a notice or an error, never cut in silence."""

    max_query_chars: Annotated[int, Field(ge=1, le=5_000)] = 1_000
    """Characters of a query. The bound is what addresses have room for, percent-encoded twice in the
    link to the settings (`web.serving.server.MAX_HEADER_BYTES`)."""

    max_query_words: Count = 64
    """Words of a query."""

    max_patterns: int = 8
    """Patterns (`leop*`, `polio~`) that are looked up in a query."""

    min_pattern_letters: Count = 2
    """Letters that a pattern must have."""

    max_pattern_words: Count = 200
    """Words that one pattern may stand for, the most frequent ones."""

    words_between: int = field(default=5, metadata={"limit": "max_words_between"})
    """Other words that `"a b"~` allows between its own."""

    max_words_between: Count = 50
    """The most of them that can be asked for."""

    max_typed_chars: Count = 200
    """Characters of a query that is completed while it is typed."""

    max_off_words: int = 50
    """Words that a reader may switch off in a query."""

    max_off_chars: Count = 100
    """Characters of each of them."""

    max_id_chars: Count = 4_000
    """Characters of the id of a document that is asked for by parameter."""


@dataclass(frozen=True)
class Sizes:
    """How much is given: where nothing was asked for, and at most.

    A size names its bound in the metadata as `limit`. A lower bound lowers its default;
    `web.settings` refuses a size that was set above its bound.
    """

    page_size: Count = field(default=10, metadata={"limit": "max_page_size"})
    """Hits of a page."""

    feed_size: Count = field(default=20, metadata={"limit": "max_page_size"})
    """Entries of a feed."""

    max_page_size: Count = 100

    window: Count = 1_000
    """Hits that paging can reach: the last page ends there. An export has no end."""

    export_chunk: Count = 100
    """Documents that an export reads at a time."""

    snippet_chars: Count = 280
    """Characters of a snippet."""

    suggestions: Count = field(default=8, metadata={"limit": "max_suggestions"})
    """Completions of a half-typed query."""

    max_suggestions: Count = 20

    related: Count = field(default=5, metadata={"limit": "max_related"})
    """Articles that are like another."""

    max_related: Count = 20


@dataclass(frozen=True)
class Times:
    """How long a search may take, in seconds.

    Words and snippets of a search on a large archive take a tenth of the budget; most embedding
    servers answer in well under a second.
    """

    time_budget: float = 10.0
    """After which a search is cut off; 0 for as long as it takes."""

    encoder_share: float = 0.3
    """The encoder's part (0..1) of the time that a search has left; the rest is for the words."""

    encoder_rest: float = 5.0
    """For how long an encoder that failed is left alone: twice as long after each further failure."""

    encoder_longest_rest: float = 300.0
    """Where the doubling ends."""


@dataclass(frozen=True)
class WordWeights:
    """What a word counts that was not typed as it is searched: a weight of 1 is the word itself."""

    required_from: Share = 0.5
    """Weight from which another word meets a condition (AND, +) in the place of the one typed: about
    the chance that it is right."""

    searched_from: Share = 0.05
    """Weight from which a word is searched by another one (a translation, a reading, a name in the
    other script); the reader sees every one of them. Measured: Answers."""

    sure_from: Share = 0.5
    """Weight, as a share of the weightiest of its concept, from which such a word makes a document found
    by words: lighter ones only add to the score of documents found otherwise. Measured: Answers."""

    likely_from: Share = 0.25
    """Weight from which the weightiest of each language makes a document found by words, too."""

    joined_weight: Share = 0.5
    """Of the joined form of a hyphenated word: exminister for ex-minister."""

    letter_weight: Share = 0.2
    """Of a letter of an acronym that is spelled out: ٹی of پی ٹی آئی."""

    part_weight: Share = 0.45
    """Of what a word of a phrase means alone (minister of prime minister), beside a sure translation
    of the phrase. Measured: The bundled lexicon."""

    acronym_word_weight: Share = 0.02
    """Of the word that an acronym looks like: it for IT."""

    acronym_always: Share = 0.9
    """Share of the articles with a word that have it in capitals, from which it is looked for as any
    word is."""

    acronym_mostly: Share = 0.5
    """The same share, below which the translations of an acronym are those of the other word."""


@dataclass(frozen=True)
class Ranking:
    """How the scores of both arms are made and joined."""

    semantic_depth: Count = 200
    """Passages of each language that the semantic arm looks at."""

    rescored: int = 100
    """Of the keyword arm's best documents, those whose exact relevance is computed."""

    keyword_weight: Share = 0.45
    """The keyword arm's part in fusion, the semantic arm has the rest. Measured: Fusion (.4 and .5 are the
    rows beside it)."""

    relevance_ceiling: Annotated[float, Field(gt=0)] = 0.25
    """The relevance that counts as full. Measured: Fusion."""

    centroid_weight: float = 0.5
    """Weight of an article as a whole beside its best passage. Measured: Passages, Fusion."""

    similarity_reach: Share = 0.4
    """How little similar a document may be, as a share of the best one, and still be found by meaning
    alone. Measured: Answers."""

    translated_words: int = 12
    """Up to how many words of content a query is searched by meaning in the other language with its
    translations, too. Few words say little, and a sentence says enough."""

    translations_share: Share = 0.4
    """What the vector of the translations counts beside the query's own."""

    exact_abroad: Share = 0.5
    """How much of what the very words typed add a document of another language is given that holds their
    translations. Measured: Everyday queries, and lists of both languages, as the two below."""

    language_scale: Annotated[float, Field(ge=1)] = 1.2
    """Up to how many times the relevance of each language is raised to that of the query's own, by their
    best matches."""

    joined_scale: Annotated[float, Field(ge=1)] = 1.6
    """Up to how many times a language is raised that would not be among the first documents."""

    near_title: Share = 0.99
    """Score of a title that is the query but for stop words, where one that is the query has 1."""


@dataclass(frozen=True)
class Answering:
    """Which documents answer at all: those of a list by relevance, and of one by date."""

    found_coverage: Share = 0.4
    """How much of what a query asks for a document must hold to be found by words, beside the one that
    holds most."""

    found_rarity: Share = 0.33
    """How rare that must be, as a share of the logarithm of the number of documents. Measured: Senses in
    context (removed), and what words find."""

    answer_coverage: Share = 0.75
    """Of what the query asks for, the part that a document of a list by date holds
    (`search.rank.answers`). Measured: Answers, as the three below."""

    answer_score: Share = 0.4
    """Of the highest keyword score possible."""

    answer_similarity: Share = 0.5
    """Of the similarity of the best match."""

    answer_nearest: Share = 0.85
    """Of the same, for a document that holds half of `answer_coverage`; and where none holds enough, for any."""

    nearby_share: Share = 0.6
    """A phrase that is asked by its meaning is found by words where at least this share of its words stand
    close together."""

    nearby_forms: Count = 12
    """Inflections of each of them (or of what it is searched by) that are looked for."""

    nearby_window: Count = 4
    """How close: within so many times the length of the phrase."""


@dataclass(frozen=True)
class Switches:
    """Parts of the search that can be switched off, to see what each is worth (`talash eval --without`)."""

    expansion: bool = True
    """Words of the other language."""

    bundled_lexicon: bool = True
    """Of these, what the product knows."""

    archive_lexicon: bool = True
    """Of these, what the archive taught."""

    names: bool = True
    """Names written in the other script."""

    roman: bool = True
    """Urdu typed in Latin letters."""

    alignment: bool = True
    """Marks by the encoder's word states."""

    spellings: bool = True
    """Other ways to write an Urdu word."""


@dataclass(frozen=True)
class SearchConfig(
    Switches, Answering, Ranking, WordWeights, Times, Sizes, QueryLimits
):  # fields come in the order of this page: the last base's first
    """The settings of searching; defaults stand here and nowhere else."""

    def __post_init__(self) -> None:
        for each in fields(self):
            if limit := each.metadata.get("limit"):
                lower = min(getattr(self, each.name), getattr(self, limit))
                object.__setattr__(self, each.name, lower)

    def last_page(self, size: int) -> int:
        """The last page of this size that is served; it may be shorter than the others."""
        return -(-self.window // size)


# Constants: understanding


class Parsing:
    """A query's syntax (`search.query`)."""

    MOST_DEPTH: Final = 20
    """Brackets inside brackets; deeper ones do not group."""

    MOST_NAMES: Final = 200
    """Lexemes that are looked at for the end of a list of names."""

    MOST_NAME_WORDS: Final = 6
    """Words of the name of a source or a tag."""

    MOST_NAMES_SHOWN: Final = 5
    """Names of the archive that a notice offers."""

    SHOWN_CHARS: Final = 40
    """Characters of a part of the query that a notice quotes."""

    NOTICES_PER_CODE: Final = 3

    SHORT_WORD: Final = 5
    """Letters of a word up to which `~` alone allows one other letter, and two in longer ones (as
    Elasticsearch's AUTO)."""

    CHECKED_WORDS: Final = 5_000
    """Words that a pattern is held against between two looks at the clock."""


class Reading:
    """Roman Urdu and the language of a query (`search.understand.roman`, `.understanding`).

    Measured: Roman Urdu; The language of a query.
    """

    CANDIDATES: Final = 12
    """Urdu words of the archive considered for a typed word."""

    BUNDLED_CANDIDATES: Final = 40
    """The commonest words of the bundled lexicon that share a phonetic key with a typed word, among which
    those that the archive lacks are considered."""

    BUNDLED: Final = 0.7
    """Chance that an Urdu word which the archive has not met is one of the bundled lexicon."""

    UNMET: Final = 0.5
    """Times in a million that a word of the bundled lexicon is taken to be met which only a dictionary
    lists; one that was met once has 1.5."""

    LINKED_LETTERS: Final = 3
    """Letters that words linked by an izafat have at least."""

    PRIOR_WEIGHT: Final = 0.6
    """How much frequency counts beside spelling: words people ask for are rarer than words of texts."""

    STAY: Final = 0.98
    """That the next word is of the same language."""

    UNKNOWN_ENGLISH: Final = 0.1
    """Share of English words that the archive does not hold: people ask in more English than it has."""

    BIGRAM_SHARE: Final = 0.3
    """How much of an Urdu word's chance its left neighbour decides."""

    SHARED_FROM: Final = 0.4
    """Chance that an English word and an Urdu one translate each other, from which the Urdu word is taken
    for the English one in Urdu letters where it sounds like it."""

    SHARED_SAYS: Final = 0.5
    """How much a word of both languages may say for English, in nats. Chosen with `NAME_SAYS`,
    `ENGLISH_IN_URDU`, `URDU_IN_ENGLISH` and `ENGLISH_FIRST` from 1,440 combinations, on runs of 1 to 4
    words of web addresses that newsrooms wrote in either language."""

    NAME_SAYS: Final = 1.0
    """How much it may say for Urdu, if it is hardly known in English; in nats."""

    ENGLISH_IN_URDU: Final = 0.3
    """Chance that a word of a Roman Urdu query is English."""

    URDU_IN_ENGLISH: Final = 0.05
    """Chance that a word of an English query is Urdu."""

    ENGLISH_FIRST: Final = 1.5
    """Odds that a run which may as well be either is English, where the archive has English."""

    ENGLISH_FROM: Final = 5.0
    """Times in a million that a word of English at large is met; rarer ones are Urdu in English texts too."""

    ANOTHER_WORD: Final = 0.8
    """How surely an Urdu word must be known to mean something, to be no mere name: لوگ is people, not a
    log."""

    LIKELY: Final = 0.15
    """Chance from which an Urdu word is searched beside an English one that it may be."""

    LIKELIER: Final = 2.0
    """Nats by which an Urdu word is likelier than a name that is spelt like it, to be as usual in English."""

    SPELT_FROM: Final = 0.3
    """Chance that a typed word spells an Urdu one (`index.sound.transliteration`) from which it may be that;
    below it is Urdu that the archive lacks: wusatullah is no استولا."""

    SURELY_SPELT: Final = 0.85
    """The same chance from which it may be one that the archive lacks, or a name: of 4,000 typed words, read by
    the bundled lexicon alone, the likeliest reading was right for 59 of 1,694 below it and for 1,481 of 2,244 above."""

    EITHER_WITHIN: Final = 1.0
    """Nats within which an Urdu word and an English one are as likely."""

    AS_USUAL: Final = 0.25
    """How often a loanword must be met in the archive's Urdu, beside the likeliest translation."""

    EITHER_FROM: Final = 0.25
    """Chance from which the less likely language of a run is one it may have been asked in."""

    MEANINGS: Final = 3
    """Meanings of an Urdu word that are compared with how it sounds."""

    NAMESAKES: Final = 2
    """Likeliest spellings of a name that are taken for it."""

    AS_TYPED_TOO: Final = 0.3
    """Weight a word keeps as it was typed, when it is read as Roman Urdu: names stand in English texts."""

    TWO_HOPS: Final = 3
    """Urdu readings of a Roman word whose English alternatives are looked up."""

    TWO_HOPS_FROM: Final = 0.2
    """Least chance of such a reading."""


class Translating:
    """Words of the other language (`search.understand.expansion`, `.expressions`, `.understanding`).

    Measured: A few words; The bundled lexicon.
    """

    MOST: Final = 5
    """Alternatives of a word; more only add weak ones."""

    TRANSLATION_SCALE: Final = 2.0
    """From the weight of a translation that the archive taught to that of an alternative."""

    SHARE_POWER: Final = 0.7
    """What a rarer translation weighs beside the commonest: (ratio of their chances) ^ power. Synonyms
    share what a word is translated by, and each of them is right."""

    LACK_POWER: Final = 0.3
    """What the commonest translation that an archive holds weighs beside the commonest of all: (ratio) ^
    power."""

    KNOWN_EVIDENCE: Final = 20.0
    """As how many observations the bundled lexicon counts at most."""

    ARCHIVE_EVIDENCE: Final = 10.0
    """As how many an archive counts at most, which teaches a word by the articles that hold it, as far as
    it is sure."""

    TRUSTED_FROM: Final = 0.85
    """Of the words that both know, for what part an archive that is to be trusted agrees with the bundled
    lexicon. It was .84 and .92 where all stories are told in both languages, .38 in archives of two
    newsrooms."""

    ASKED: Final = 200
    """Words that an archive is tried on."""

    WELL_ATTESTED: Final = 20.0
    """Evidence (observations) of the words that count in that."""

    ATTESTED_SURETY: Final = 0.9
    """Surety of the words that count in that."""

    ARCHIVES: Final = 5.0
    """Trusted archives that outweigh a handful of words."""

    HEAD_SHARE: Final = 0.3
    """How common the usual form of a translation must be, beside its commonest, to be the one shown."""

    SOUND_FROM: Final = 0.3
    """Probability from which a word of like sound is taken for the word meant
    (`search.understand.sound_alikes`)."""

    LEFT_BY_TRANSLATIONS: Final = 0.9
    """How much of their weight a sure translation takes from meaning and sound."""

    BELOW_TRANSLATIONS: Final = 0.8
    """What meaning and sound may weigh at most, as a part of the best translation."""

    MIN_WEIGHT: Final = 0.15
    """Least weight of an alternative."""

    FAINT_FROM: Final = 0.005
    """Least weight of one that is none unless its neighbours speak for it
    (`search.understand.expressions`)."""

    FAINT_SHARE: Final = 0.002
    """Least share of what a word is translated by that is looked at."""

    PHRASE_FROM: Final = 0.02
    """Least share of a phrase, whose places in the archive have to be looked up."""

    WELL_KNOWN: Final = (1.0 - MIN_WEIGHT) / LEFT_BY_TRANSLATIONS
    """Weight of a translation beside which no neighbour could weigh anything."""

    NEIGHBOURS: Final = 16
    """Nearest words by their vectors that are looked at."""

    SHORTEST_VERB: Final = 2
    """Letters that must stand before the ending of an Urdu verb."""

    LONGEST_RUN: Final = 3
    """Words of a run that is translated as one: the bundled lexicon knows no longer phrases."""

    FORMS: Final = 12
    """Inflections by which each word of such a run is looked up, the most frequent ones."""

    COMPOSED_POWER: Final = 0.25
    """What is composed weighs (product of the chances of both words) ^ power: that the archive has them as
    one thing speaks for them. Of two such runs the likelier one takes its share as synonyms do."""

    COMPOSED_FROM: Final = 0.25
    """Least weight of what is composed."""

    ENCODED_FROM: Final = 0.5
    """Weight from which a translation is encoded with the query."""

    SPELT_TRANSLATIONS: Final = 2
    """Translations whose other spellings are searched, and how many of each."""


class SoundMatching:
    """Words and names by their sound (`search.understand.sound_alikes`, `.name_segmentation`).
    Measured: Names."""

    SPELLED_FROM: Final = 0.3
    """Chance from which one word may spell another at all."""

    HARDLY_KNOWN: Final = 2.0
    """Of as many observations of a word's translations half is believed."""

    LOAN_SHARE: Final = 0.3
    """How often a loanword must be the word that it sounds like, beside the one that it is most, to be as
    good as that: بیئر is beer, and hardly ever a bear."""

    LOAN_POWER: Final = 0.7
    """What a rarer one weighs: (ratio / `LOAN_SHARE`) ^ power."""

    WELL_KNOWN: Final = 0.5
    """How surely a word means what sounds otherwise, to be looked for by its own consonants only."""

    LEAST_SHARE: Final = 0.01
    """Of a translation that is looked at: its share times its surety."""

    SPELLINGS: Final = 8
    """Words that sound alike and are judged, the likeliest."""

    MOST_LETTERS: Final = 10
    """Letters of a word that count in the logistic."""

    HARDLY_HELD: Final = 2
    """Articles that hold a word at most, if it may be a slip for words in a row that are spelt like it."""

    MUCH_OFTENER: Final = 10
    """How many times as many articles must hold these words in a row: شاہ رخ of Shahrukh, not شاہرکن."""

    PARTED_FROM: Final = 0.7
    """Chance from which a name is spelled by words that part it otherwise (Mustafizur Rahman)."""

    PIECE_FROM: Final = 0.15
    """Chance from which a piece of a word spells a word: the whole must still be sure."""

    BOUND: Final = 0.5
    """Share of the articles with a word that must have it beside a function word, to be a name with it."""

    IN_A_ROW: Final = 0.05
    """Share of the articles with the rarer of two words that must have them in a row."""

    SHORTEST: Final = 6
    """Letters of a word that may be two; shorter pieces sound like anything."""

    LONGEST: Final = 20
    """Letters of the same, at most."""

    KNOWN: Final = 0.5
    """Surety from which a word is one that the bundled lexicon knows."""

    SHORTEST_PIECE: Final = 2
    """Letters of a piece of a word that is spelled by a word of the other script."""

    SHORTEST_OWN: Final = 3
    """Letters of a piece that is a word of the same script."""

    MOST_PIECES: Final = 3
    """Words that a name may be."""

    PIECE_SPELLINGS: Final = 4
    """Words that a piece may spell, the likeliest."""

    MOST_WAYS: Final = 12
    """Ways to part a word that are followed, the likeliest."""


class AcronymMatching:
    """Letters in capitals, and spelled out (`search.understand.acronyms`). Measured: Names."""

    LONGEST: Final = 6
    """Letters; longer words in capitals are shouted."""

    MOST_INITIALS: Final = 2
    """Letters before a name that may be a part of it: اے آر رحمان, but not پی ٹی آئی احتجاج."""

    SHORTEST_UNKNOWN: Final = 3
    """Letters of a word in small letters that may be an acronym though the archive's English has it not."""

    SPELLED_OUT: Final = 3
    """Letters in a row that are an acronym though the archive has it nowhere: they mean nothing by
    themselves."""

    MOST_RUNS: Final = 24
    """Ways to write one acronym that are looked up."""

    MOST_WORDS: Final = 4
    """Ways to write one of its letters, or the name after it."""


class SpellingMatching:
    """Other ways to write an Urdu word (`search.understand.spellings`, `search.rewrite.phrase_spellings`).

    Set while 558 pairs of such ways were read; measured: One Urdu word, many spellings. The log odds
    that two words are one are

        BIAS - COST cost of the letters + LIKENESS context + RATIO log of their frequencies' ratio
    """

    MOST: Final = 8
    """Other spellings of a word; more only add rare slips."""

    LEAST: Final = 0.5
    """Chance from which another word is taken for another spelling."""

    LEAST_OF_COMMON: Final = 0.6
    """The same of two words that are both common: most such are two words."""

    COMMON: Final = 20
    """Times in the archive from which a word is common."""

    SURE: Final = 0.95
    """Chance of a spelling whose parts are those of the word, where the archive says that they are one."""

    BIAS: Final = 1.6
    COST: Final = 1.2
    LIKENESS: Final = 1.3
    RATIO: Final = 0.35

    USUAL_LENGTH: Final = 5
    """Letters of a word in which a difference weighs what it costs: more in shorter ones, less in longer."""

    LEAST_PART: Final = 0.6
    """What it weighs at least, in a long word."""

    LIKENESS_RANGE: Final = (-2.5, 3.0)
    """What the company of two words may say at most, against and for them."""

    LIKENESS_OF_ANOTHER: Final = 0.5
    """What it may say at most for two words of which one has another letter that is easily heard."""

    SAME: Final = 0.7
    """Log odds for two words that the bundled lexicon translates alike (so it does plurals and causatives,
    too)."""

    OTHER: Final = 3.0
    """Log odds against two that it translates otherwise."""

    LOAN: Final = 1.0
    """Log odds for two words that spell one English word, which one of them is known to be."""

    LOAN_SHARE: Final = 0.2
    """Share of its translations that such a word is at least."""

    LOAN_USUAL: Final = 7.0
    """How often such an English word is met (`BilingualLexicon.frequency`)."""

    LOAN_SPELLED: Final = 0.8
    """Chance that a word spells it from which it does (`index.sound.transliteration`)."""

    SHARED: Final = 0.3
    """Share of translations in common from which they are the same."""

    ATTESTED: Final = 10.0
    """Evidence (observations) from which translations are sure."""

    MOST_RATIO: Final = 8.0
    """Log of the frequencies' ratio that counts at most."""

    NEW_RATIO: Final = 4.0
    """The same of a word that the archive lacks: it says less."""

    LONG_WORD: Final = 5
    """Letters of a word that is looked up with `EDITS` edits, others with one."""

    EDITS: Final = 2

    LOOKED_AT: Final = 24
    """Candidates of a word whose contexts are compared, those likeliest by their letters and frequency."""

    TOGETHER: Final = 3.0
    """Log of how much more often than by chance the parts of one word stand together, for parts of which
    one is a stop word or a letter."""

    TOGETHER_WORDS: Final = 2.0
    """The same for words. Of such pairs of 26,000 Urdu articles, 60 just above it were read: three were
    two words (کم رہ is not کمرہ). What a stop word met once says counts half."""

    SLIP: Final = 8
    """Times that words apart are more frequent than as one, from which that is a slip of the space bar."""

    MOST_WALKED: Final = 8_000
    """How frequent the rarest part of a word may be that is looked for apart: where words stand in a row is
    found by walking through the articles of the rarest, and words like ہوگا (ہو گا) tell little."""

    PIECE: Final = 0.1
    """How much rarer than a word its parts are, of which one is no word."""

    LONGEST_RUN: Final = 3
    """Words that may be one word, and parts of a word."""

    MOST_RUNS: Final = 3
    """Ways to write a word apart, the most frequent."""

    NEVER_MET: Final = 0.1
    """Times that parts count as met together that never were."""

    LEAST_LETTERS: Final = 3
    """Letters of a word that has other spellings."""

    SHOWN: Final = 3
    """Other spellings of a word that are shown to the reader, the most frequent ones: the rest are slips."""

    OF_A_PHRASE: Final = 8
    """Other spellings that a phrase is looked for in."""

    OF_A_WORD_OF_A_PHRASE: Final = 3
    """Other spellings of each of its words that are put together for that."""


class SpellingCosts:
    """What a difference between two Urdu words costs (`search.understand.spelling_costs`).

    Set with `SpellingMatching`, on the same pairs. A sum above `MOST` is no spelling of the word.
    """

    MOST: Final = 3.5

    WRITTEN: Final = 0.1
    """Letters that are two ways to write one."""

    TWO_EYED: Final = 0.3
    """ھ for ہ."""

    INITIAL_ALEF: Final = 0.4
    """سکول for اسکول."""

    HAMZA: Final = 0.5
    """A hamza or its seat, beside a vowel."""

    SOUND: Final = 0.6
    """Letters of one sound."""

    MADDA: Final = 0.9
    """آ for ا at the beginning."""

    DOUBLED: Final = 1.0
    """A letter written twice."""

    ASPIRATE: Final = 1.1
    """An aspirate more."""

    VOWEL: Final = 1.3
    """A vowel more or another."""

    FINAL_NASAL: Final = 1.6
    """ن for ں at the end."""

    NEAR: Final = 1.7
    """Letters of near sound."""

    SWAPPED: Final = 1.8
    """Two letters in the wrong order."""

    EYE: Final = 2.2
    """Letters that look alike."""

    OTHER: Final = 3.0
    """Any other letter."""

    VERB: Final = 1.5
    """What one vowel more in an infinitive or participle costs more: most make another verb."""

    FIRST_LETTER: Final = 0.7
    """What a difference in the first letter costs more: people seldom err there."""

    AT_THE_END: Final = 1.0
    """What a difference in the last letter costs more: endings say what a word does in its sentence."""

    CAUSATIVE_LETTERS: Final = 5
    """Letters from the وا of a causative to its end: کروائی, کرواتے."""


# Constants: ranking and showing


class Scoring:
    """The arms, their fusion, lists and counts (`search.rank`)."""

    SPELT_WEIGHT: Final = 0.9
    """What a phrase written otherwise counts, beside one as it was typed."""

    EXACT_WEIGHT: Final = 0.5
    """What the very words typed add to their stems. Measured: Text analysis."""

    SCORE_DIGITS: Final = 6
    """Decimals of a score that is shown."""

    ABOVE: Final = 0.001
    """How far a title is lifted above the highest score, where that is beyond 1."""

    BEHIND: Final = 1e-4
    """How far the best match of a language that was brought to the scale of another stays behind its best."""

    FIRST: Final = 8
    """Places of a list among which each language is to be, if it can: of ten that are shown, so that some are
    left. Measured: Everyday queries, and lists of both languages."""

    FEW_CONCEPTS: Final = 3
    """Concepts of a query up to which `found_coverage` is the part of them that a document must hold."""

    TAGS_COUNTED: Final = 50
    """Tags that are listed, the most frequent ones; chosen tags beyond them are listed too."""

    MAX_MONTHS: Final = 240
    """The longest time that is counted by month; a longer one is counted by year."""

    SHOWN_OF_A_SELECTION: Final = 10
    """Documents of a selection that are given whole."""

    MOST_LINKED: Final = 50
    """Stories, and copies, of one article that are listed."""

    STORIES_OF_A_HIT: Final = 3
    """Stories of a hit that are listed with it."""

    COPIES_OF_A_HIT: Final = 10
    """Copies of a hit that are listed with it."""

    LIKE_FROM: Final = 0.4
    """Centred cosine from which articles are on a like subject: 6 of 100 pairs of the sample archive that
    tell different stories reach it."""

    LIKES_LOOKED_AT: Final = 4
    """Likes that are looked at, as a multiple of those asked for: some are linked or copies already."""


class Marking:
    """Words marked in a text (`search.show`). Measured: Words lit up across languages."""

    MARKED_FROM: Final = 0.25
    """Weight from which an alternative is sure enough to be marked."""

    CLOSE: Final = 0.5
    """Least cosine of two words in a passage that means what the query means: nine in ten such pairs are
    right."""

    ALIGNED_FROM: Final = 0.65
    """Least cosine elsewhere. Of the words of a query, .04 and fewer are found in a passage that has nothing
    to do with it, at .5 up to .1."""

    DOUBT: Final = 0.15
    """What is added for a word that has an alternative of weight `SURE` in the other script. It halves the
    false alarms and costs a hundredth of the recall."""

    SURE: Final = 0.5

    SECOND_SHARE: Final = 60
    """Length of a second snippet, per cent of the first's."""

    READ_CHARS: Final = 100_000
    """Characters of a body that are read for words: all of nearly every article, 40 ms of a book."""

    BLOCK_CHARS: Final = 20_000
    """Characters of a longer body that are read at a time."""

    REACH_CHARS: Final = 1_000
    """Characters read on each side of a place worth a look."""


# Constants: typing


class Suggesting:
    """Completions (`search.suggest`). Set on the golden prefixes of `tests/data`; measured: Suggestions."""

    INFLECTED: Final = 0.9
    """Chance that an inflection of the typed word is meant."""

    SOUND_FROM: Final = 0.5
    """Chance from which a Latin spelling counts as that of an Urdu word."""

    SOUND_WEIGHT: Final = 0.8
    """What a word counts that is found by its sound."""

    EDIT_WEIGHTS: Final = (0.75, 0.6, 0.4)
    """Of a word that sounds like the typed one, spelt so many letters differently."""

    MOST_SCORED: Final = 150
    """Words that sound alike and are looked at, the most frequent ones."""

    SOUND_LETTERS: Final = 2
    """Letters from which a word is also looked up by sound."""

    EDIT_LETTERS: Final = 4
    """Letters from which it is looked up with one edit."""

    TWO_EDITS_LETTERS: Final = 7
    """Letters from which it is looked up with two."""

    SPELLINGS: Final = 12
    """Urdu words that a Latin one may spell, the likeliest."""

    SURE: Final = 0.85
    """Chance from which the words are those typed, inflected at most."""

    TITLE_GAIN: Final = 0.0
    """What a match is ranked by: what it is (the first four), how sure its words are (times their chance),
    the logarithm of its articles (times this), whether it begins with what was typed, how much longer it
    is (less this for each word), and whether the words stand apart (less this)."""
    NAME_GAIN: Final = 1.6
    PHRASE_GAIN: Final = 1.5
    WORD_GAIN: Final = 1.2
    CHANCE_GAIN: Final = 5.0
    ARTICLES_GAIN: Final = 0.7
    FROM_THE_START: Final = 1.2
    EACH_FURTHER_WORD: Final = 0.25
    APART: Final = 3.0

    MOST_WORDS: Final = 8
    """Words before the end that are completed together."""

    MIN_LETTERS: Final = 3
    """Letters of a last word that is completed without the words before it."""

    POOL: Final = 4
    """Matches looked at for each suggestion wanted: some say the same."""


class Correcting:
    """Corrections of a query that found little (`search.suggest.corrections`, `.near_words`).

    Set on the golden queries of `tests/data/misspelt.tsv`; measured: Suggestions.
    """

    MOST: Final = 3
    """Corrections that are offered."""

    FEW: Final = 5
    """Articles from which a word together with its neighbours is well enough found."""

    MUCH_MORE: Final = 20
    """Times that a word must be more frequent than a rare one it is offered for."""

    RARE_IN: Final = 5_000
    """A word is rare that is in no more than one of so many articles."""

    LETTERS: Final = 3
    """Letters of a word that may be misspelt."""

    TRIED: Final = 4
    """Changes that are tried, the likeliest."""

    MOST_SUSPECTS: Final = 4
    """Words that are looked at, the first ones: all combinations of what they may be meant for are tried."""

    COST: Final = 3.0
    """Logarithms of articles that a slip of cost 1 weighs up."""

    SURE: Final = 0.5
    """Weight from which an alternative of a word counts as finding it."""

    COMPANY: Final = 0.5
    """Share of the other words' rarity that an article must hold."""

    EASY: Final = 0.3
    """Cost of an Urdu letter for one of the same sound, and of a ھ more; any other slip costs 1."""

    EASY_LATIN: Final = 0.6
    """Cost of a Latin letter for one that sounds alike."""

    SWAPPED: Final = 0.8
    """Cost of two letters in the wrong order."""

    DOUBLED: Final = 0.4
    """Cost of a letter typed twice."""

    SPACE: Final = 0.5
    """Cost of a space too many or too few."""

    FIRST_LETTER: Final = 0.4
    """What a slip costs more in the first letter, where people seldom err."""

    ALIKE_IN_SOUND: Final = 0.7
    """Share of its cost that a slip has which does not change how the word sounds."""

    LETTERS_AND_COSTS: Final = ((3, 0.4), (5, 1.1), (6, 1.5))
    """Letters up to which a word may be meant for another at such a cost."""

    MOST_COST: Final = 2.0
    """The same in longer words."""

    WEIGHED: Final = 25
    """Near words whose cost is computed, the most frequent of the nearest."""

    LONGEST: Final = 24
    """Letters of a word that is corrected."""


# Constants: memory and waiting


class CacheSizes:
    """Answers that are remembered, for each method whose answers are (`search.method_cache`)."""

    WORDS: Final = 10_000
    """Words, and neighbours that may be a name, of which each kind of answer is kept, 2 kB each at most. With
    2,000, one word in seven of 1,500 headlines was looked up twice."""

    PIECES: Final = 8_000
    SPELLING_COSTS: Final = 1_000
    TYPED_WORDS: Final = 4_000
    NEAR_WORDS: Final = 2_000


class Waiting:
    """An index that is being opened, and an export that is being read (`search.live`)."""

    INDEX_SECONDS: Final = 5.0
    """Seconds that a request waits for another thread which is opening the index."""

    ENCODER_SECONDS: Final = 5.0
    """Seconds from when the encoder was first begun to be opened, in which requests that want it wait (the
    bundled one takes one or two, on a busy machine more); later ones go on without it."""

    ROWS_UNGUARDED: Final = 100
    """Rows of an export that are read between two looks at the files."""
