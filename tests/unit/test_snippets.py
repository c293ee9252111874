"""What of a body is shown. Marks are written into the text as in test_highlight: [exact] {variant}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest

from index.text.analysis import Token, tokenize, tokenize_from
from index.text.sentences import sentences
from search.config import Marking, SearchConfig
from search.models import Snippet
from search.query.query import parse_query
from search.show.highlight import Wanted
from search.show.snippets import marks_of, second_snippet, snippet, worth_of
from search.understand.understanding import as_typed

SIGNS = {"exact": "[]", "variant": "{}", "meaning": "<>"}
HARBOUR = (
    "The harbour opened before dawn. Fishing boats left in small groups. "
    "By noon the market had sold out of tuna, and the ice sellers went home. "
    "A new pier is planned for next spring. The council will vote on its cost. "
    "Boats from the north may land there too."
)
ORCHARD = (
    "باغ میں آم کے درخت لگائے گئے۔ بارش کے بعد پھل جلد پک گئے۔ "
    "کسانوں نے منڈی تک سڑک مانگی۔ ضلعی دفتر نے وعدہ کیا کہ سڑک اگلے سال بنے گی۔"
)


def show(found: Snippet) -> str:
    out, at = "", 0
    for span in found.spans:
        opener, closer = SIGNS[span.kind]
        out += found.text[at : span.start] + opener + found.text[span.start : span.end] + closer
        at = span.end
    out += found.text[at:]
    return f"{'…' * found.cut_before}{out}{'…' * found.cut_after}"


def cut(
    body: str,
    query: str,
    max_chars: int = 90,
    *,
    passage: tuple[int, int] | None = None,
    sentence: tuple[int, int] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Snippet:
    wanted = Wanted.of(as_typed(parse_query(query, SearchConfig())))
    known = marks_of(body, wanted, worth_of(wanted, weights or {}), passage)
    return snippet(body, "en", replace(known, sentence=sentence), max_chars)


def place(body: str, part: str) -> tuple[int, int]:
    return body.index(part), body.index(part) + len(part)


class TestKeyword:
    def test_whole_sentences_around_the_word(self) -> None:
        found = cut(HARBOUR, "pier")
        assert show(found) == (
            "…A new [pier] is planned for next spring. The council will vote on its cost.…"
        )
        assert found.kind == "keyword"
        assert found.start == HARBOUR.index("A new")

    def test_sentences_before_fill_what_is_left_at_the_end(self) -> None:
        assert show(cut(HARBOUR, "north")) == (
            "…The council will vote on its cost. Boats from the [north] may land there too."
        )

    def test_a_sentence_too_long_is_cropped_between_words(self) -> None:
        assert show(cut(HARBOUR, "sellers", 64)) == (
            "…By noon the market had sold out of tuna, and the ice [sellers]…"
        )
        long = f"Then {'one more ' * 40}boat came, {'and again ' * 40}until noon."
        assert show(cut(long, "boat", 64)) == (
            "…one more one more [boat] came, and again and again and again and…"
        )
        assert show(cut(long, "noon", 64)) == (
            "…and again and again and again and again and again until [noon]."
        )

    def test_urdu(self) -> None:
        assert show(cut(ORCHARD, "پھل", 64)) == (
            "…بارش کے بعد [پھل] جلد پک گئے۔ کسانوں نے منڈی تک سڑک مانگی۔…"
        )

    def test_distinct_words_count_before_many_of_one(self) -> None:
        body = "boats boats boats. " + "x " * 100 + "Boats and ice. " + "y " * 100
        assert "[Boats] and [ice]" in show(cut(body, "boats ice"))

    def test_rare_words_count_more(self) -> None:
        body = "Ice was sold. " + "x " * 100 + "Tuna was sold."
        assert "[Ice]" in show(cut(body, "ice tuna", weights={"ice": 5.0, "tuna": 1.0}))
        assert "[Tuna]" in show(cut(body, "ice tuna", weights={"ice": 1.0, "tuna": 5.0}))

    def test_weights_are_by_stem(self) -> None:
        body = "Ice was sold. " + "x " * 100 + "One boat was sold."
        assert "{boat}" in show(cut(body, "ice boats", weights={"ice": 1.0, "boat": 5.0}))

    def test_closeness_counts_before_an_early_place(self) -> None:
        body = "Ice was sold with much tuna. " + "x " * 100 + "Ice, tuna and more."
        assert show(cut(body, "ice tuna", 64)).endswith("[Ice], [tuna] and more.")

    def test_among_equals_the_best_passage_counts_before_an_early_place(self) -> None:
        body = "Ice was sold. " + "x " * 100 + "Ice was melting."
        assert "was sold" in cut(body, "ice", 64).text
        near = place(body, "Ice was melting.")
        assert "was melting" in cut(body, "ice", 64, passage=near, sentence=near).text

    def test_a_word_in_the_body_counts_before_the_best_sentence(self) -> None:
        found = cut(HARBOUR, "pier", sentence=place(HARBOUR, "The harbour opened before dawn."))
        assert found.kind == "keyword"

    def test_phrase_longer_than_the_snippet(self) -> None:
        phrase = "the market had sold out of tuna, and the ice sellers went home"
        found = cut(HARBOUR * 2, f'"{phrase}. A new pier is planned"', 64)
        assert show(found) == "…[the market had sold out of tuna, and the ice sellers went home].…"

    def test_words_far_apart_in_one_phrase(self) -> None:
        found = cut(f"ice{' ' * 1000}tuna", '"ice tuna"')
        assert show(found) == "[ice]…"

    def test_line_breaks_are_spaces_and_offsets_stay_true(self) -> None:
        body = "Market report\r\n\r\nIce\u00a0and\ttuna\u2028were sold.\n"
        found = cut(body, "tuna")
        assert found.text == "Market report    Ice and tuna were sold."
        assert show(found) == "Market report    Ice and [tuna] were sold."
        assert len(found.text) == len(body.rstrip())

    def test_marks_and_joiners_stay_with_their_letters(self) -> None:
        body = "یہ خوب\u200cصورت کِتَاب " * 40
        found = cut(body, "کتاب", 64)
        assert found.text.strip() == found.text
        assert found.text.split()[0] in body.split()
        assert found.text.split()[-1] in body.split()


class TestSemantic:
    def test_the_sentence_is_marked_as_a_whole(self) -> None:
        part = place(HARBOUR, "Fishing boats left in small groups.")
        found = cut(HARBOUR, "trawlers", 64, passage=(0, 120), sentence=part)
        assert found.kind == "semantic"
        assert show(found) == "…<Fishing boats left in small groups.>…"

    def test_neighbours_are_shown_where_they_fit(self) -> None:
        part = place(HARBOUR, "Fishing boats left in small groups.")
        found = cut(HARBOUR, "trawlers", 90, sentence=part)
        assert show(found) == (
            "The harbour opened before dawn. <Fishing boats left in small groups.>…"
        )

    def test_a_long_sentence_is_cropped_between_words(self) -> None:
        part = place(
            HARBOUR, "By noon the market had sold out of tuna, and the ice sellers went home."
        )
        assert show(cut(HARBOUR, "trawlers", 64, sentence=part)) == (
            "…<By noon the market had sold out of tuna, and the ice sellers>…"
        )

    def test_a_passage_without_a_sentence_is_shown_from_its_start(self) -> None:
        found = cut(ORCHARD, "trawlers", 64, passage=place(ORCHARD, "بارش کے بعد پھل جلد پک گئے۔"))
        assert found.kind == "semantic"
        assert "<بارش کے بعد پھل جلد پک گئے۔>" in show(found)

    def test_a_sentence_outside_the_body_is_no_trouble(self) -> None:
        assert cut("Ice.", "trawlers", sentence=(900, 950)).kind == "lead"
        assert show(cut("Ice sold.", "trawlers", sentence=(4, 950))) == "Ice <sold.>"


class TestLead:
    def test_opening_sentences(self) -> None:
        found = cut(f"\n  {HARBOUR}", "trawlers")
        assert found.kind == "lead"
        assert show(found) == "The harbour opened before dawn. Fishing boats left in small groups.…"
        assert found.start == 3

    def test_short_opening_is_filled_with_part_of_the_next_sentence(self) -> None:
        found = cut("MARKET\n" + "the ice sellers and the fishers met again " * 5, "trawlers", 64)
        assert found.text == "MARKET the ice sellers and the fishers met again the ice sellers"

    @pytest.mark.parametrize("body", ["", "   \n ", "\u200f"])
    def test_nothing_to_show(self, body: str) -> None:
        found = cut(body, "ice")
        assert found.text.strip("\u200f") == ""
        assert (found.cut_before, found.cut_after, found.spans) == (False, False, ())

    def test_browsing_has_no_marks(self) -> None:
        assert cut(HARBOUR, "lang:en").kind == "lead"


class TestBounds:
    """Counted, not timed: characters given to the tokenizer and to the sentence splitter."""

    @pytest.fixture
    def handed(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
        counts = {"words": 0, "sentences": 0}

        def words(text: str) -> list[Token]:
            counts["words"] += len(text)
            return tokenize(text)

        def splits(text: str) -> list[tuple[int, int]]:
            counts["sentences"] += len(text)
            return sentences(text)

        def words_from(text: str, start: int, most: int) -> list[Token]:
            found = tokenize_from(text, start, most)
            counts["words"] += found[-1].end - start if found else 0
            return found

        monkeypatch.setattr("search.show.highlight.tokenize_from", words_from)
        monkeypatch.setattr("search.show.snippets.tokenize", words)
        monkeypatch.setattr("search.show.snippets.sentences", splits)
        return counts

    @pytest.mark.long
    @pytest.mark.parametrize(
        "unit", ["ice ", "a", "اَ\u200c", "(", " ", "x. ", "1,1,", "\u200c", "\n", "ice-"]
    )
    @pytest.mark.parametrize("query", ["ice zzz", '"ice ice ice zzz"'])
    def test_a_long_body(self, unit: str, query: str, handed: dict[str, int]) -> None:
        body = (unit * 1_000_000)[:1_000_000]
        found = cut(body, query, 280, passage=(500_000, 600_000), sentence=(500_000, 600_000))
        assert len(found.text) <= 280
        words_of_a_phrase = 4  # read again from each word that may begin it
        assert handed["words"] <= 1.5 * words_of_a_phrase * Marking.READ_CHARS
        assert handed["sentences"] <= 2_000

    def test_words_deep_in_a_long_body_are_found(self) -> None:
        body = "x y z. " * 50_000 + "The ice sellers went home. " + "x y z. " * 50_000
        assert "The [ice] {sellers} went home." in show(cut(body, "ice seller"))
        near = place(body, "The ice sellers went home.")
        assert "[Sellers]" not in show(cut(body, "Seller"))
        assert "{sellers}" in show(cut(body, "Seller", passage=near))

    def test_marks_of_a_long_body_are_apart(self) -> None:
        """Found by hypothesis: a row of one word gave other pairs to each region that was read."""
        wanted = Wanted({"سڑک": "سڑک"}, {("کتاب", "کتاب"): "کتاب کتاب"})
        spans = marks_of("کِتاب " * 30_000, wanted, worth_of(wanted, {}), (500, 900)).spans
        assert len(spans) > 10_000 // 2
        assert all(one.end <= other.start for one, other in pairwise(spans))


class TestSecondFragment:
    BODY = (
        "Ice was scarce in the old harbour. "
        + "Nothing else happened there for a long and quiet while. " * 4
        + "At noon the tuna came in, and buyers ran. "
        + "Nothing else happened there for a long and quiet while. " * 4
        + "ایک کتاب بھی ملی۔"
    )

    def second(self, query: str, max_chars: int = 90, seen: tuple[str, ...] = ()) -> str:
        wanted = Wanted.of(as_typed(parse_query(query, SearchConfig())))
        known = marks_of(self.BODY, wanted, worth_of(wanted, {}), None)
        first = snippet(self.BODY, "en", known, max_chars)
        found = second_snippet(self.BODY, "en", known, first, seen, max_chars)
        return show(found) if found else ""

    def test_it_shows_what_the_first_leaves_out(self) -> None:
        assert "[tuna] came in" in self.second("ice tuna")

    def test_there_is_none_where_the_first_shows_all(self) -> None:
        assert self.second("ice harbour") == ""

    def test_there_is_none_for_what_the_title_shows(self) -> None:
        assert self.second("ice tuna", seen=("tuna",)) == ""

    def test_there_is_none_for_words_that_stand_nowhere(self) -> None:
        assert self.second("ice trawlers") == ""

    def test_it_never_repeats_the_first(self) -> None:
        found = self.second("ice tuna کتاب", 120)
        assert "[Ice]" not in found
        assert "[tuna]" in found or "[کتاب]" in found
