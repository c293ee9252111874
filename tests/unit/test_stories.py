"""Story links: what is stored of them, how damage is told, how they settle and what weighs."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Document
from index.errors import IndexDamagedError, IndexMismatchError, StoreError
from index.opened import OpenIndex
from index.operations.verify import verify
from index.parts.keyword.part import open_keyword
from index.parts.stories import build, candidates
from index.parts.stories.build import StoryFinder, settle
from index.parts.stories.candidates import (
    WordCandidates,
    best_of,
    document_vectors,
    write_document_vectors,
)
from index.parts.stories.compare import judged
from index.parts.stories.counterparts import Counterparts
from index.parts.stories.evidence import (
    THRESHOLD,
    Evidence,
    by_date,
    copy_chance,
    event_chance,
    running_chance,
    running_instead,
    settled_chance,
    within_reach,
)
from index.parts.stories.overlap import Overlap
from index.parts.stories.stories import COPY, RUNNING, STORY, Pairs, Stories
from index.parts.stories.texts import Texts
from index.parts.vectors import rows_of
from index.store.layout import STORIES_FILE
from index.store.manifest import current
from index.workers import Workers
from search.config import SearchConfig
from search.rank.related import related


def pairs(*found: tuple[int, int, int, float]) -> Pairs:
    columns = list(zip(*found, strict=True)) or [()] * 4
    types = (np.int32, np.int32, np.int8, np.float32)
    return Pairs(*(np.array(part, kind) for part, kind in zip(columns, types, strict=True)))


def linked(stories: Stories, docid: int) -> list[tuple[int, str]]:
    return [(link.docid, link.kind) for link in stories.of(docid)]


# -- stored ------------------------------------------------------------------------------------------

SOME = pairs((0, 3, STORY, 0.75), (0, 1, COPY, 1.0), (1, 4, COPY, 0.5), (2, 3, STORY, 0.875))


def test_links_go_both_ways_best_first() -> None:
    stories = Stories.of_pairs(SOME, 6)
    assert linked(stories, 0) == [(1, "copy"), (3, "story")]
    assert linked(stories, 3) == [(2, "story"), (0, "story")]
    assert [link.chance for link in stories.of(3)] == [0.875, 0.75]
    assert linked(stories, 5) == []
    assert len(stories) == 6


def test_no_links() -> None:
    stories = Stories.of_pairs(pairs(), 2)
    assert (linked(stories, 0), len(stories.pairs()), stories.copy_groups.tolist()) == (
        [],
        0,
        [0, 1],
    )


def test_copies_of_copies_are_one_group_and_tellings_are_not() -> None:
    assert Stories.of_pairs(SOME, 6).copy_groups.tolist() == [0, 0, 2, 3, 0, 5]


@given(st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=20))
def test_copy_groups_are_connected_components(drawn: set[tuple[int, int]]) -> None:
    edges = {(min(edge), max(edge)) for edge in drawn if edge[0] != edge[1]}
    group = {docid: {docid} for docid in range(15)}
    for a, b in edges:
        joined = group[a] | group[b]
        group.update(dict.fromkeys(joined, joined))
    stories = Stories.of_pairs(pairs(*((a, b, COPY, 0.9) for a, b in sorted(edges))), 15)
    assert stories.copy_groups.tolist() == [min(group[docid]) for docid in range(15)]


def test_what_is_saved_is_opened(tmp_path: Path) -> None:
    stories = Stories.of_pairs(SOME, 6)
    stories.save(tmp_path)
    assert Stories.open(tmp_path).same(stories)
    assert Stories.of_pairs(stories.pairs(), 6).same(stories)


def refused(folder: Path, error: type[StoreError]) -> str:
    with pytest.raises(error) as caught:
        Stories.open(folder)
    assert "talash index rebuild" in caught.value.hint
    return caught.value.message


def test_missing_links(tmp_path: Path) -> None:
    assert "without story links" in refused(tmp_path, IndexMismatchError)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("starts", lambda starts: starts[:-2]),
        ("starts", lambda starts: starts[::-1].copy()),
        ("starts", lambda starts: starts[:0]),
        ("others", lambda others: others + 100),
        ("others", lambda others: others[1:]),
        ("kinds", lambda kinds: kinds + 5),
        ("chances", lambda chances: chances * np.float16("nan")),
        ("chances", lambda chances: chances - 1),
    ],
)
def test_parts_that_disagree(
    tmp_path: Path, name: str, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    Stories.of_pairs(SOME, 6).save(tmp_path)
    with np.load(tmp_path / STORIES_FILE) as stored:
        parts = dict(stored)
    np.savez(tmp_path / STORIES_FILE, **{**parts, name: change(parts[name])})
    assert "cannot be read" in refused(tmp_path, IndexDamagedError)


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_links_cut_short(tmp_path: Path, share: float) -> None:
    Stories.of_pairs(SOME, 6).save(tmp_path)
    content = (tmp_path / STORIES_FILE).read_bytes()
    (tmp_path / STORIES_FILE).write_bytes(content[: int(len(content) * share)])
    refused(tmp_path, IndexDamagedError)


# -- settling ----------------------------------------------------------------------------------------

LANGUAGES = np.array([0, 0, 0, 1, 1, 1], np.int8)


def settled(*found: tuple[int, int, int, float]) -> set[tuple[int, int]]:
    """The pairs that are still said to tell one event, or to be copies."""
    left = settle(pairs(*found), LANGUAGES)
    assert len(left) == len(found), "the others are of one running story"
    kept = left.take(left.kinds != RUNNING)
    return set(zip(kept.first.tolist(), kept.second.tolist(), strict=True))


def test_of_a_series_the_likeliest_pair_stays() -> None:
    found = settled((0, 3, STORY, 0.9), (0, 4, STORY, 0.8), (1, 3, STORY, 0.7), (1, 4, STORY, 0.6))
    assert found == {(0, 3)}


def test_a_second_telling_stays_if_it_is_linked_with_the_first() -> None:
    beside = (3, 4, STORY, 0.6)
    assert settled((0, 3, STORY, 0.9), (0, 4, STORY, 0.8), beside) == {(0, 3), (0, 4), (3, 4)}
    assert settled((0, 3, STORY, 0.9), (0, 4, STORY, 0.8)) == {(0, 3)}


def test_what_does_not_agree_is_as_sure_a_running_story_as_it_was() -> None:
    sure = settled_chance(LIKELY)
    left = settle(pairs((0, 3, STORY, sure + 0.01), (0, 4, STORY, sure)), LANGUAGES)
    assert left.kinds.tolist() == [STORY, RUNNING]
    assert left.chances[1] == pytest.approx(running_chance(LIKELY), abs=1e-4)
    again = settle(left, LANGUAGES)
    assert again.kinds.tolist() == left.kinds.tolist()
    assert again.chances.tolist() == left.chances.tolist()
    assert (running_instead(np.array([0.0, 1.0], np.float32)) > 0).all()


def test_a_running_story_settles_nothing() -> None:
    running = (0, 3, RUNNING, 0.99)
    assert settled(running, (0, 4, STORY, 0.6), (1, 3, STORY, 0.5)) == {(0, 4), (1, 3)}


def test_pairs_of_one_language_stay() -> None:
    assert settled((0, 1, COPY, 0.9), (0, 2, STORY, 0.6)) == {(0, 1), (0, 2)}
    assert settled() == set()


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] < pair[1]),
        st.tuples(st.sampled_from([STORY, COPY, RUNNING]), st.sampled_from([0.25, 0.5, 0.75])),
    )
)
def test_pairs_settle_as_the_words_say(found: dict[tuple[int, int], tuple[int, float]]) -> None:
    """A counterpart is the likeliest in that language, or linked with the likeliest in its own."""
    kept = {pair: chance for pair, (kind, chance) in found.items() if kind != RUNNING}

    def agrees(docid: int, other: int) -> bool:
        likeliest = max(
            (chance, -pair[0], -pair[1], next(each for each in pair if each != docid))
            for pair, chance in kept.items()
            if docid in pair and {LANGUAGES[each] for each in pair} == {0, 1}
        )[-1]
        return likeliest == other or (min(likeliest, other), max(likeliest, other)) in kept

    wanted = {
        (a, b) for a, b in kept if LANGUAGES[a] == LANGUAGES[b] or (agrees(a, b) and agrees(b, a))
    }
    rows = [(*pair, *how) for pair, how in found.items()]
    assert settled(*rows) == wanted


# -- evidence ----------------------------------------------------------------------------------------

LIKELY = Evidence(margin=0.35, titles=0.6, covered=0.6, shared=50.0, days=1)
WITHIN = replace(LIKELY, same_language=True)


def test_dates_count_but_need_not_be_there() -> None:
    assert event_chance(LIKELY) > event_chance(replace(LIKELY, days=None)) > THRESHOLD
    assert event_chance(replace(LIKELY, days=30)) < THRESHOLD
    assert by_date(0) == by_date(1) > by_date(2) > by_date(9) > by_date(40) == by_date(4_000)


@pytest.mark.parametrize("whole", [LIKELY, WITHIN])
@pytest.mark.parametrize(
    "weaker", [{"margin": 0.0}, {"titles": 0.2}, {"shared": 10.0}, {"days": 4}]
)
def test_every_evidence_counts(whole: Evidence, weaker: dict[str, float]) -> None:
    less = replace(whole, **weaker)
    assert event_chance(less) < event_chance(whole)
    assert running_chance(less) < running_chance(whole)


def test_more_of_the_text_never_counts_against() -> None:
    """Of one language it counts nothing: there the rare words of the leads say it all."""
    assert event_chance(replace(LIKELY, covered=0.3)) < event_chance(LIKELY)
    assert event_chance(replace(WITHIN, covered=0.3)) <= event_chance(WITHIN)


@given(
    st.floats(-1, 1),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 500),
    st.none() | st.integers(0, 5_000),
    st.booleans(),
)
def test_one_event_is_never_surer_than_one_running_story(
    margin: float, titles: float, covered: float, shared: float, days: int | None, same: bool
) -> None:
    evidence = Evidence(margin, titles, covered, shared, days, same_language=same)
    assert 0.0 <= event_chance(evidence) <= running_chance(evidence) <= 1.0


def test_shared_numbers_count_and_other_numbers_in_like_sentences_against() -> None:
    assert event_chance(replace(LIKELY, shared_numbers=3, fewer_numbers=3)) > event_chance(LIKELY)
    assert event_chance(replace(LIKELY, differ=1)) == event_chance(LIKELY)  # between languages
    assert event_chance(replace(LIKELY, differ=3)) < event_chance(replace(LIKELY, differ=2))
    assert event_chance(replace(LIKELY, agree=3, differ=3)) == event_chance(LIKELY)


def test_a_report_of_a_series_is_neither_a_copy_nor_the_same_event() -> None:
    words = replace(WITHIN, margin=0.8, resemblance=0.8, containment=0.9)
    assert judged(words)[0] == COPY
    other = replace(words, shared_numbers=1, fewer_numbers=6)
    assert judged(other)[0] == RUNNING
    assert copy_chance(replace(words, shared_numbers=5, fewer_numbers=6)) == copy_chance(words)


def test_a_quotation_is_no_copy() -> None:
    assert copy_chance(replace(WITHIN, resemblance=0.2, containment=1.0)) == 0.0


def test_what_is_not_read_would_not_have_been_linked() -> None:
    """A pair that is likely enough is within reach, whatever speaks for it."""
    for same in (False, True):
        assert reached((LIKELY.margin, 0.6, 1), (-0.5, 0.1, 100), same=same) == [True, False]
        assert reached((0.0, 0.6, 1), (0.0, 0.6, math.nan), (0.0, 0.6, 100), same=same)[-1] is False
    assert reached((-0.1, 0.95, 4_000), same=True) == [True], "a copy, years later"
    assert reached((-0.1, 0.95, 4_000), same=False) == [False]


def reached(*of: tuple[float, float, float], same: bool) -> list[bool]:
    """Whether margins, cosines and days are within reach."""
    margins, cosines, days = np.array(of).T
    found: list[bool] = within_reach(
        margins.astype(np.float32), cosines.astype(np.float32), days, np.full(len(of), same)
    ).tolist()
    return found


# -- built -------------------------------------------------------------------------------------------

BODY = (
    "Five coaches of the express left the rails near the junction early on Thursday. Twenty people "
    "were hurt, railway officials said. Villagers reached the wreck first with tractors and torches. "
    "They took the wounded to the hospital in town. The line will open again by the evening. "
    "An inquiry has been ordered into the state of the track and the speed of the train."
)
URDU = (
    "جمعرات کی صبح ایکسپریس کی پانچ بوگیاں جنکشن کے قریب پٹڑی سے اتر گئیں۔ ریلوے حکام کے مطابق بیس "
    "مسافر زخمی ہوئے۔ دیہاتی ٹریکٹر اور ٹارچیں لے کر سب سے پہلے پہنچے۔ زخمیوں کو شہر کے ہسپتال "
    "منتقل کیا گیا۔ شام تک لائن کھول دی جائے گی۔ پٹڑی کی حالت اور ٹرین کی رفتار کی تحقیقات کا حکم دے "
    "دیا گیا ہے۔"
)
ARABIC_KEYBOARD = str.maketrans({"ی": "ي", "ک": "ك", "ہ": "ه"})
WIRE = [
    Document("wire", "Train leaves the rails", BODY, "en", date(2026, 4, 2)),
    Document("edited", "Coaches derail", BODY.replace("early on", "on"), "en"),
    Document(
        "cut", "Derailment", BODY[: BODY.index("An inquiry")].rstrip(), "en", date(2026, 4, 3)
    ),
    Document("urdu", "ٹرین پٹڑی سے اتر گئی", URDU, "ur", date(2026, 4, 2)),
    Document("keyboard", "ایک ٹرین کو حادثہ", URDU.translate(ARABIC_KEYBOARD), "ur"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> OpenIndex:
    articles = [*newsroom.ARTICLES, *archives.articles(20), *WIRE]
    return newsroom.build(tmp_path_factory.mktemp("wire") / "data", articles)


def names_of(index: OpenIndex, name: str, kind: str) -> set[str]:
    docid = index.catalogue.docid_of(name)
    assert docid is not None
    found = [link.docid for link in index.stories.of(docid) if link.kind == kind]
    return {document.id for document in index.catalogue.documents(found)}


def test_copies_are_found_whatever_was_edited(index: OpenIndex) -> None:
    assert names_of(index, "wire", "copy") == {"edited", "cut"}
    assert names_of(index, "cut", "copy") == {"wire", "edited"}
    assert names_of(index, "urdu", "copy") == {"keyboard"}
    copies = index.stories.pairs()
    assert (copies.kinds == COPY).sum() == 4


def test_documents_are_linked_as_when_all_are_built(index: OpenIndex, tmp_path: Path) -> None:
    """Asked for one document, the finder says of it what it says when it is asked for all."""
    generation = current_of(index, tmp_path)
    finder = StoryFinder.of(generation, index.catalogue, index.lexicon, index.manifest.encoder.id)
    whole = finder.find(np.arange(len(index.columns), dtype=np.int32))
    for docid in range(len(index.columns)):
        mine = (whole.first == docid) | (whole.second == docid)
        alone = finder.find(np.array([docid], np.int32))
        found = set(zip(alone.first.tolist(), alone.second.tolist(), strict=True))
        wanted = whole.take(mine)
        # Its own candidates; those that name it without being named by it come with the others.
        assert found <= set(zip(wanted.first.tolist(), wanted.second.tolist(), strict=True))
    assert len(whole) >= 4


def test_documents_of_a_large_archive_are_linked_alike(
    index: OpenIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neighbours are looked for in lists where there are many documents; of few the lists hold all."""
    generation = current_of(index, tmp_path)
    everyone = np.arange(len(index.columns), dtype=np.int32)

    def links() -> Pairs:
        encoder = index.manifest.encoder.id
        finder = StoryFinder.of(generation, index.catalogue, index.lexicon, encoder)
        return finder.find(everyone)

    compared = links()
    monkeypatch.setattr(candidates, "MOST_COMPARED", 0)
    listed = links()
    assert np.array_equal(compared.first, listed.first)
    assert np.array_equal(compared.second, listed.second)
    assert np.allclose(compared.chances, listed.chances, atol=1e-5)


def test_candidates_measured_piece_by_piece_are_those_measured_together(
    index: OpenIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little is held at once, also of a few documents, around whose neighbours it is still to be
    learned what is usual."""
    generation = current_of(index, tmp_path)
    encoder = index.manifest.encoder.id
    everyone = np.arange(len(index.columns), dtype=np.int32)
    for asked in (everyone, everyone[2:5]):
        found = []
        for many in (1, 1 << 20):
            monkeypatch.setattr(candidates, "MEASURED_AT_ONCE", many)
            finder = StoryFinder.of(generation, index.catalogue, index.lexicon, encoder)
            found.append(finder.find(asked))
        assert len(found[0])
        for ours, theirs in zip(vars(found[0]).values(), vars(found[1]).values(), strict=True):
            assert np.array_equal(ours, theirs)


def test_links_that_workers_make_are_those_of_one_process(
    index: OpenIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "PAIRS_AT_ONCE", 3)
    monkeypatch.setattr(build, "ASKED_AT_ONCE", 3)
    generation = current_of(index, tmp_path)
    everyone = np.arange(len(index.columns), dtype=np.int32)
    encoder = index.manifest.encoder.id
    with Workers(1) as workers:
        alone, shared = (
            StoryFinder.of(generation, index.catalogue, index.lexicon, encoder).find(everyone, by)
            for by in (None, workers)
        )
    assert len(alone)
    for ours, theirs in zip(vars(alone).values(), vars(shared).values(), strict=True):
        assert np.array_equal(ours, theirs)


def test_vectors_of_documents_are_written_as_they_are_made(
    index: OpenIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "BLOCK", 3)
    columns, rows = index.columns, rows_of(current_of(index, tmp_path))
    own = np.zeros((len(columns.lang_names), rows.shape[1]), np.float32)
    for first, end in ((0, len(columns)), (2, 7), (4, 4)):
        write_document_vectors(tmp_path / "made.npy", rows, columns, own, first, end)
        wanted = document_vectors(rows, columns, own, first, end).astype(np.float16)
        assert np.array_equal(np.load(tmp_path / "made.npy"), wanted)


def current_of(index: OpenIndex, tmp_path: Path) -> Path:
    newsroom.build(tmp_path / "data", [d for _, d in index.catalogue.iter_documents()])
    return current(tmp_path / "data")


def test_an_archive_of_one_article_and_of_one_language(tmp_path: Path) -> None:
    for name, articles in (("one", WIRE[:1]), ("english", WIRE[:3])):
        opened = newsroom.build(tmp_path / name, articles)
        assert len(opened.stories) == len(articles)
        opened.close()


def test_links_of_another_archive_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    newsroom.build(data, newsroom.ARTICLES).close()
    kept = tmp_path / "kept"
    shutil.copytree(current(data), kept)
    Stories.of_pairs(pairs((0, 1, STORY, 0.9)), 2).save(kept)
    failed = [check for check in verify(data).checks if not check.ok]
    assert failed == []
    shutil.copy(kept / STORIES_FILE, current(data) / STORIES_FILE)
    names = {check.name for check in verify(data).checks if not check.ok}
    assert names == {f"file {STORIES_FILE}", "story links"}
    with pytest.raises(IndexDamagedError):
        OpenIndex.open_current(data)


# -- asked for ---------------------------------------------------------------------------------------


def test_a_running_story_comes_first_among_the_like_the_languages_in_turn(index: OpenIndex) -> None:
    """What is sure enough is said to be running, the rest only comes first; copies are named once."""

    def docid(name: str) -> int:
        found = index.catalogue.docid_of(name)
        assert found is not None
        return found

    asked, wire, edited = docid("en/minister"), docid("wire"), docid("edited")
    others = [docid("en/rain"), docid("urdu"), docid("ur/بارش")]
    found = pairs(
        (asked, wire, RUNNING, 0.9),
        (asked, edited, RUNNING, 0.8),
        (wire, edited, COPY, 0.95),
        (asked, others[0], RUNNING, 0.7),
        (asked, others[1], RUNNING, 0.3),
        (asked, others[2], RUNNING, 0.2),
    )
    stories = Stories.of_pairs(found, len(index.columns), index.columns.copy_of)
    likes = related(asked, replace(index, stories=stories), 5, SearchConfig()).likes
    expected = [("wire", "running"), ("urdu", "like"), ("en/rain", "running"), ("ur/بارش", "like")]
    assert [(each.id, each.relation) for each in likes[:4]] == expected
    assert related(asked, replace(index, stories=stories), 1, SearchConfig()).likes == likes[:1]
    assert related(asked, replace(index, stories=stories), 5, SearchConfig()).stories == ()


# -- words ----


def test_texts_compared_together_are_as_compared_alone(index: OpenIndex) -> None:
    """However many they are, and in whatever order."""
    counterparts = Counterparts(index.lexicon)
    docids = np.flatnonzero(index.columns.firsts).tolist()
    texts = Texts(index.catalogue, index.lexicon).read(docids)
    overlap = Overlap(len(index.lexicon.words), counterparts)
    lang = index.columns.lang
    for docid in docids[::5]:
        for across in (False, True):
            others = [o for o in docids if o != docid and (lang[o] != lang[docid]) == across]
            together = overlap.of(texts[docid], [texts[other] for other in others], across=across)
            for at in range(0, len(others), 7):
                (title,), (covered,), (shared,) = vars(
                    overlap.of(texts[docid], [texts[others[at]]], across=across)
                ).values()
                # Rounding apart: sums of more words are added up in another order.
                assert together.title[at] == pytest.approx(title, abs=1e-5)
                assert together.covered[at] == pytest.approx(covered, abs=1e-5)
                assert together.shared[at] == pytest.approx(shared, rel=1e-5)


def test_a_remembered_text_holds_nothing_of_others(index: OpenIndex) -> None:
    """A part of an array keeps all of it: those read with it would stay as long."""
    texts = Texts(index.catalogue, index.lexicon).read(range(len(index.columns)))
    for text in texts.values():
        assert all(part.base is None for part in vars(text).values())


def test_a_text_is_all_met_in_itself(index: OpenIndex) -> None:
    """And of one language a word that stands elsewhere in the other is shared, but no title."""
    docid = index.catalogue.docid_of("wire") or 0
    text = Texts(index.catalogue, index.lexicon).read([docid])[docid]
    overlap = Overlap(len(index.lexicon.words), Counterparts(index.lexicon))
    common = overlap.of(text, [text], across=False)
    assert common.title.tolist() == pytest.approx([1.0])
    assert common.covered.tolist() == [0.0]
    assert common.shared.tolist() == pytest.approx([text.rarities[text.lead].sum()])
    across = overlap.of(text, [text], across=True)
    assert across.covered.tolist() == pytest.approx([1.0])
    late = replace(text, places=np.ones_like(text.places))
    common = overlap.of(text, [late], across=False)
    assert common.title.tolist() == [0.0]
    assert common.shared.tolist() == pytest.approx([text.rarities[text.lead].sum()])


FREQUENT = "وزارت کے ترجمان سے بات ہوئی اور دوبارہ مذاکرات کا اعلان ہوا"
WRITTEN = {
    "acronym": ("ur", "کالعدم ٹی۔ایل۔پی کے احتجاج پر پی ٹی آئی کا ردعمل"),
    "latin": ("en", "TLP ends its march, PTI leader says"),
    "glued": ("ur", "مذاکرات سےدوبارہ انکار، ترجمان کےاعلان"),
    "apart": ("ur", "وزیر اعظم آج مظفر آباد جائیں گے"),
    "joined": ("ur", "وزیراعظم مظفرآباد پہنچ گئے"),
    "name": ("ur", "باجوڑ میں مظاہرہ"),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The words that are compared of each article of `WRITTEN`, where most know how a word is written."""
    usual = [Document(f"u{at}", f"خبر {at}", f"{FREQUENT} {at}", "ur") for at in range(100)]
    asked = [Document(name, text, text, lang) for name, (lang, text) in WRITTEN.items()]
    opened = newsroom.build(tmp_path_factory.mktemp("written") / "data", [*usual, *asked])
    docids = {name: opened.catalogue.docid_of(name) or 0 for name in WRITTEN}
    read = Texts(opened.catalogue, opened.lexicon).read(docids.values())
    found = {
        name: {opened.lexicon.words[head] for head in read[docid].words.tolist()}
        for name, docid in docids.items()
    }
    opened.close()
    return found


def test_letters_named_in_urdu_are_the_acronym_of_the_archive(
    written: dict[str, set[str]],
) -> None:
    assert {"tlp", "pti"} <= written["acronym"]
    assert not {"ایل", "پی", "ٹی"} & written["acronym"]


def test_words_written_as_one_are_parted_if_they_are_frequent_apart(
    written: dict[str, set[str]],
) -> None:
    assert {"دوبارہ", "اعلان"} <= written["glued"]
    assert not {"سےدوبارہ", "کےاعلان"} & written["glued"]
    assert "باجوڑ" in written["name"]


def test_words_that_others_write_as_one_are_that_one_too(written: dict[str, set[str]]) -> None:
    assert {"وزیر", "اعظم"} <= written["apart"]
    assert {"وزیراعظم", "مظفرآباد"} <= written["apart"] & written["joined"]


@given(st.integers(0, 1_000), st.integers(1, 7))
def test_the_best_in_each_language_are_found(seed: int, most: int) -> None:
    """Of equals those that come first; none that scores nothing."""
    generator = np.random.default_rng(seed)
    lang = generator.integers(0, 3, 40).astype(np.int8)
    there = np.sort(generator.choice(160, generator.integers(0, 160), replace=False))
    owners, docids = (there // 40 * 7).astype(np.int32), (there % 40).astype(np.int32)
    scores = generator.integers(0, 5, len(there)).astype(np.float32) / 3
    found = best_of(owners, docids, scores, lang, most)
    wanted: list[tuple[int, int]] = []
    for owner in np.unique(owners).tolist():
        for code in range(3):
            own = np.flatnonzero((owners == owner) & (lang[docids] == code) & (scores > 0))
            best = own[np.lexsort((docids[own], -scores[own]))][:most]
            wanted += [(owner, docid) for docid in docids[best].tolist()]
    assert [*zip(*map(np.ndarray.tolist, found), strict=True)] == wanted


# -- candidates --------------------------------------------------------------------------------------


def test_rare_words_of_a_lead_find_the_other_language(index: OpenIndex, tmp_path: Path) -> None:
    """Names and known words are met in the other script, in the first article and in the last."""
    generation = current_of(index, tmp_path)
    texts, counterparts = Texts(index.catalogue, index.lexicon), Counterparts(index.lexicon)
    keyword = open_keyword(generation)
    words = WordCandidates(keyword, index.columns, index.lexicon, texts, counterparts)
    wire = index.catalogue.docid_of("wire")
    assert wire is not None
    found = words.find(np.array([wire], np.int32))
    keyword.close()
    best = [other for _, others in found for other in others[:2].tolist()]
    assert set(best) == {index.catalogue.docid_of(name) for name in ("urdu", "keyboard")}


def test_words_of_the_other_script_are_met_and_the_rarest_count_most(index: OpenIndex) -> None:
    texts, counterparts = Texts(index.catalogue, index.lexicon), Counterparts(index.lexicon)
    names = ["wire", "urdu", "en/rain"]
    docids = [index.catalogue.docid_of(name) or 0 for name in names]
    read = texts.read(docids)
    wire, urdu, rain = (read[docid] for docid in docids)
    overlap = Overlap(len(index.lexicon.words), counterparts)
    common = overlap.of(urdu, [wire, rain], across=True)
    assert common.shared[0] > common.shared[1]
    right, wrong = (overlap.of(each, [urdu], across=True) for each in (wire, rain))
    assert right.shared[0] > wrong.shared[0]
    assert max(common.covered[0], right.covered[0]) > max(common.covered[1], wrong.covered[0])
    heads = np.array([index.lexicon.head(word) for word in ("railway", "people")])
    railway, people = texts.rarities(heads).tolist()
    assert railway > people
