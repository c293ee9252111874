"""What an index has learned after a change, held against a derivation from the whole archive."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import archives
import growing
import newsroom
import numpy as np
import pytest
from inputs import some

from index.documents import Document
from index.errors import IndexDamagedError
from index.operations import merge
from index.operations.change import compact
from index.operations.merge import new_segment
from index.operations.verify import verify
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.build import MIN_COSINE, NEIGHBOURS
from index.parts.lexicon.changes import WordCounts
from index.parts.lexicon.lexicon import Lexicon
from index.parts.relevance import Relevance
from index.parts.stories.stories import Stories
from index.parts.stories.texts import Texts
from index.parts.suggestions.build import sounds_of
from index.parts.suggestions.part import open_suggestions
from index.parts.suggestions.suggestions import TITLE, SuggestionIndex
from index.store.layout import LEXICON_FILE, SUGGESTIONS_FILE, segments
from index.store.manifest import current
from index.text.analysis import SCRIPTS, Script

EXACT = (
    *("words", "frequencies", "field_frequencies", "heads", "stems", "stem_heads"),
    *("_bigram_keys", "_bigram_counts", "bigram_least"),
)
POOL = [*newsroom.ARTICLES, *archives.articles(16, mark="نیا")]


def dated(article: Document, number: int) -> Document:
    return replace(article, date=date(2026, 1, 1 + number % 28) if number % 3 else None)


def agree_with(extended: Path, whole: Path) -> None:
    """Hold what follows changes against what was derived from the same truth."""
    ours, theirs = Lexicon.open(extended), Lexicon.open(whole)
    held, wanted = vars(ours), vars(theirs)
    for name in EXACT:
        np.testing.assert_array_equal(held[name], wanted[name], err_msg=name)
    for kind in SCRIPTS:
        np.testing.assert_array_equal(ours.script_rows(kind), theirs.script_rows(kind))
    sounds_agree(ours, theirs)
    relevance, wanted_relevance = Relevance.load(extended), Relevance.load(whole)
    np.testing.assert_allclose(relevance.means, wanted_relevance.means, atol=1e-6)
    np.testing.assert_array_equal(relevance.noise, wanted_relevance.noise)
    titles_agree(extended, whole)
    links_are_sound(extended)


def sounds_agree(ours: Lexicon, theirs: Lexicon) -> None:
    """The same words sound alike, as much, whichever came since."""
    asked: list[tuple[str, Script]] = [("barish", "ur"), ("wazir", "ur"), ("بارش", "en")]
    for word, kind in asked:
        found = [
            dict(each.sounding_like(word, kind, "english", 40, near=False))
            for each in (ours, theirs)
        ]
        assert found[0].keys() == found[1].keys()
        assert found[0] == pytest.approx(found[1], rel=2e-3)
    rows = ours.script_rows("ur")
    np.testing.assert_allclose(
        ours.beginning_like("kar", rows), theirs.beginning_like("kar", rows), rtol=2e-3
    )


def suggested(directory: Path) -> SuggestionIndex:
    with Catalogue.open(directory) as catalogue:
        return open_suggestions(directory, Lexicon.open(directory), catalogue.columns())


def titles_agree(extended: Path, whole: Path) -> None:
    ours, theirs = suggested(extended), suggested(whole)
    listed = []
    for directory, each in ((extended, ours), (whole, theirs)):
        titles = range(each.titles_from, len(each))
        with Catalogue.open(directory) as catalogue:
            names = catalogue.ids(each.docids[each.titles_from :])
        listed.append(
            [
                (name, each.words(at), each.languages[at])
                for name, at in zip(names, titles, strict=True)
            ]
        )
        assert (each.kinds[each.titles_from :] == TITLE).all()
    assert listed[0] == listed[1]
    words = Lexicon.open(extended).words
    built = sounds_of((row, words[row]) for row in np.unique(ours.rows).tolist())
    for kind in SCRIPTS:
        for name, part in built[kind].arrays().items():
            np.testing.assert_array_equal(ours.sounds[kind].arrays()[name], part)
    named = np.flatnonzero(ours.twins >= 0)
    assert (ours.twins[ours.twins[named]] == named).all()


def links_are_sound(directory: Path) -> None:
    """Links join heads of two scripts, the best first, within the limits."""
    lexicon = Lexicon.open(directory)
    script_of = np.full(len(lexicon.words), -1)
    for code, kind in enumerate(SCRIPTS):
        script_of[lexicon.script_rows(kind)] = code
    for links in (lexicon.translations, lexicon.neighbours):
        for row in range(len(lexicon.words)):
            found = links.of(row)
            assert all(
                lexicon.heads[each] == each for each, _ in (*found, *[(row, 1)] * bool(found))
            )
            assert all({script_of[row], script_of[each]} == {0, 1} for each, _ in found)
            assert len({each for each, _ in found}) == len(found) <= NEIGHBOURS
            weights = [weight for _, weight in found]
            assert weights == sorted(weights, reverse=True)
            if links is lexicon.neighbours and found:
                assert lexicon.has_vector(row)
                assert weights[-1] >= MIN_COSINE - 0.001


def the_docids(data: Path) -> dict[str, int]:
    with Catalogue.open(current(data)) as catalogue:
        return {document.id: docid for docid, document in catalogue.iter_documents()}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsroom without its English rain and Urdu court; to be read only."""
    data = tmp_path_factory.mktemp("kept") / "data"
    articles = [each for each in newsroom.ARTICLES if each.id not in ("en/rain", "ur/عدالت")]
    newsroom.build(data, articles).close()
    return data


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "data"))


RAIN, COURT = (next(a for a in newsroom.ARTICLES if a.id == i) for i in ("en/rain", "ur/عدالت"))


@pytest.mark.parametrize("seed", range(some(3)))
def test_any_row_of_changes_ends_where_a_whole_derivation_does(
    tmp_path: Path, data: Path, seed: int
) -> None:
    dice = random.Random(seed)
    encoder = newsroom.Bilingual()
    for step in range(4):
        here = the_docids(data)
        absent = [dated(each, n) for n, each in enumerate(POOL) if each.id not in here]
        gone = dice.sample(sorted(here.values()), dice.randint(0, len(here) // 2))
        add = dice.sample(absent, dice.randint(0, min(6, len(absent))))
        encoder.queries.clear()
        directory = growing.commit(data, gone, add, encoder)
        assert encoder.queries == []  # words that are new get vectors when all is derived at once
        whole = growing.derived(tmp_path / f"whole-{step}", directory, newsroom.Bilingual())
        agree_with(directory, whole)
    report = verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual())
    assert report.ok, [check for check in report.checks if not check.ok]


def test_what_is_taken_out_and_put_back_leaves_the_counts_as_they_were(data: Path) -> None:
    old = vars(Lexicon.open(current(data)))
    here = the_docids(data)
    gone = [here["ur/بارش"], here["en/minister"], here["en/hockey"]]
    with Catalogue.open(current(data)) as catalogue:
        documents = catalogue.documents(gone)
    growing.commit(data, gone, [])
    now = vars(Lexicon.open(growing.commit(data, [], documents)))
    for name in (*EXACT, "head_vectors", "_vector_at"):
        np.testing.assert_array_equal(now[name], old[name], err_msg=name)
    for name in ("translations", "neighbours"):
        for part in ("starts", "rows", "weights"):
            np.testing.assert_array_equal(getattr(now[name], part), getattr(old[name], part))


def test_without_what_was_learned_the_words_and_their_sounds_are_the_same(data: Path) -> None:
    directory = growing.commit(data, [the_docids(data)["en/wheat"]], [RAIN])
    whole, alone = Lexicon.open(directory), Lexicon.open(directory, learned=False)
    assert (alone.words, alone.stems) == (whole.words, whole.stems)
    for name in ("frequencies", "field_frequencies", "heads", "stem_heads"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(whole, name), err_msg=name)
    for kind, word in (("ur", "karachi"), ("en", "کراچی")):
        found = alone.sounding_like(word, kind, "english", 5)
        assert found == whole.sounding_like(word, kind, "english", 5) != ()
    assert not len(alone.head_vectors)
    assert not any(alone.translations.of(row) or alone.neighbours.of(row) for row in range(9))


def test_a_new_title_is_suggested_at_once_and_an_old_one_no_more(data: Path) -> None:
    here = the_docids(data)
    directory = growing.commit(data, [here["en/wheat"]], [RAIN])
    lexicon, phrases = Lexicon.open(directory), suggested(directory)
    titles = [
        [lexicon.words[row] for row in phrases.words(at)]
        for at in range(phrases.titles_from, len(phrases))
    ]
    assert ["heavy", "rain", "in", "karachi"] in titles
    assert ["wheat", "price", "rises"] not in titles
    rows = phrases.sounds["en"].beginning_like("hevi", latin=True)
    assert lexicon.row("heavy") in rows.tolist()


def test_new_words_have_no_vector_until_all_is_derived_at_once(data: Path) -> None:
    """A search asks the encoder for such a word, as for any that has none."""
    assert Lexicon.open(current(data)).row("weather") < 0
    lexicon = Lexicon.open(growing.commit(data, [], [RAIN]))
    weather, mausam = lexicon.row("weather"), lexicon.row("موسمیات")
    assert weather >= 0
    assert not lexicon.has_vector(weather)
    assert lexicon.has_vector(lexicon.head("موسمیات"))
    vector = newsroom.Bilingual().encode_queries(["weather"])[0]
    nearest = [row for row, _ in lexicon.nearest(vector, "en", NEIGHBOURS)]
    assert mausam in nearest
    compact(archives.config(data), encoder=newsroom.Bilingual())
    lexicon = Lexicon.open(current(data))
    assert lexicon.row("weather") in dict(lexicon.neighbours.of(lexicon.row("موسمیات")))


def test_the_first_article_of_a_language_brings_its_mean(tmp_path: Path) -> None:
    urdu = [each for each in newsroom.ARTICLES if each.lang == "ur"]
    newsroom.build(tmp_path / "data", urdu).close()
    directory = growing.commit(tmp_path / "data", [], [RAIN])
    assert len(Relevance.load(directory).means) == 2
    assert verify(tmp_path / "data").ok


def test_translations_stay_with_their_stems(data: Path) -> None:
    """Learned before, they are kept by stem though its head be another form, and go with a side."""
    before = Lexicon.open(current(data))

    def told(lexicon: Lexicon) -> set[tuple[str, str]]:
        head_stem = dict(zip(lexicon.stem_heads.tolist(), lexicon.stems, strict=True))
        return {
            (head_stem[row], head_stem[other])
            for row in range(len(lexicon.words))
            for other, _ in lexicon.translations.of(row)
        }

    learned = told(before)
    assert learned
    more = Document(id="en/more", title="Ministers", body="Ministers ministers met.", lang="en")
    again = Document(
        id="en/again", title="Ministers meeting", body="The ministers spoke.", lang="en"
    )
    later = Lexicon.open(growing.commit(data, [], [more, again]))
    assert told(later) == learned
    assert later.words[later.head("minister")] == "ministers"
    assert later.has_vector(later.head("minister"))
    here = the_docids(data)
    last = Lexicon.open(growing.commit(data, [here["en/minister"]], []))
    assert (
        told(last)
        == {pair for pair in learned if all(stem in last.stems for stem in pair)}
        < learned
    )


def linked(data: Path) -> set[frozenset[str]]:
    names = {docid: name for name, docid in the_docids(data).items()}
    pairs = Stories.open(current(data)).pairs()
    return {
        frozenset((names[a], names[b]))
        for a, b in zip(pairs.first.tolist(), pairs.second.tolist(), strict=True)
    }


def test_stories_of_the_added_are_linked_and_those_of_the_removed_are_not(data: Path) -> None:
    before = linked(data)
    copy = replace(RAIN, id="en/copy", title="Rain again")
    growing.commit(data, [], [RAIN, copy, COURT])
    found = linked(data)
    assert before <= found
    assert frozenset(("en/rain", "en/copy")) in found or frozenset(("en/rain", "ur/بارش")) in found
    growing.commit(data, [the_docids(data)["en/rain"]], [])
    assert not any("en/rain" in pair for pair in linked(data))
    assert frozenset(("en/copy", "ur/بارش")) in linked(data)
    assert verify(data).ok


def test_words_are_as_rare_as_the_live_documents_make_them(data: Path, tmp_path: Path) -> None:
    """Documents that are gone do not count: texts are compared as in an archive that never had them."""
    here = the_docids(data)
    growing.commit(data, [here["en/hockey"], here["ur/سیلاب"]], [])
    rest = [each for each in newsroom.ARTICLES if each.id in the_docids(data)]
    newsroom.build(tmp_path / "rest", rest).close()
    found = []
    for each in (data, tmp_path / "rest"):
        lexicon, docid = Lexicon.open(current(each)), the_docids(each)["ur/بارش"]
        with Catalogue.open(current(each)) as catalogue:
            text = Texts(catalogue, lexicon).read([docid])[docid]
        found.append(
            {
                lexicon.words[head]: rarity
                for head, rarity in zip(text.words, text.rarities, strict=True)
            }
        )
    assert found[0] == found[1]


def test_almost_everything_may_go_and_come_back(data: Path) -> None:
    here = the_docids(data)
    (last, _), *others = sorted(here.items(), key=lambda each: each[1])
    directory = growing.commit(data, [docid for _, docid in others], [])
    assert verify(data, deep=True, sample=3, encoder=lambda _: newsroom.Bilingual()).ok
    agree_with(directory, growing.derived(data / "none", directory, newsroom.Bilingual()))
    come = [each for each in newsroom.ARTICLES if each.id != last]
    directory = growing.commit(data, [], come)
    assert verify(data).ok
    agree_with(directory, growing.derived(data / "whole", directory, newsroom.Bilingual()))


def test_counts_that_are_not_of_this_lexicon_are_damage(data: Path) -> None:
    for number, body in enumerate(("Unheard words.", "rain")):
        stranger = Document(id="en/x", title=body, body=body, lang="en")
        directory = Path(shutil.copytree(current(data), data / str(number)))
        segment = new_segment(directory)
        WordCounts.of([stranger], [], 30).save(segment)
        with pytest.raises(IndexDamagedError, match="does not count"):
            Lexicon.open(directory)


@pytest.mark.parametrize("name", [LEXICON_FILE, SUGGESTIONS_FILE, "stories.npz", "relevance.npy"])
def test_damage_of_what_was_before_is_told(data: Path, name: str) -> None:
    path = current(data) / name
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(IndexDamagedError):
        growing.commit(data, [0], [])


def test_segments_of_a_size_become_one(data: Path) -> None:
    """Whatever of them is gone by then is left out; numbers stay as they were."""
    more = [replace(RAIN, id=f"en/{n}", title=f"Rain number {n}", date=None) for n in range(12)]
    for n, each in enumerate(more[:9]):
        growing.commit(data, [], [each])
        assert len(segments(current(data))) == 2 + n
    before = the_docids(data)
    growing.commit(data, [before["en/3"], before["en/wheat"]], [])
    generation = current(data)
    assert len(segments(generation)) == 2
    now = the_docids(data)
    assert now == {name: at for name, at in before.items() if name not in ("en/3", "en/wheat")}
    report = verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual())
    assert report.ok, [check for check in report.checks if not check.ok]
    agree_with(generation, growing.derived(data / "whole", generation, newsroom.Bilingual()))


def test_what_is_damaged_is_not_merged(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that is written anew would be sealed with its damage in it."""
    monkeypatch.setattr(merge, "TOGETHER", 2)
    growing.commit(data, [], [RAIN])
    before = current(data)
    path = segments(before)[1] / "vectors.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"segments/00000001/vectors\.npy is damaged"):
        growing.commit(data, [], [COURT])
    assert current(data) == before


@pytest.mark.long
def test_very_many_segments_are_one_index(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "TOGETHER", 10_000)
    for n in range(12):
        growing.commit(data, [], [replace(RAIN, id=f"en/{n}", title=f"Rain number {n}")])
    generation = current(data)
    assert len(segments(generation)) == 13
    agree_with(generation, growing.derived(data / "whole", generation, newsroom.Bilingual()))
    report = verify(data, deep=True, sample=5, encoder=lambda _: newsroom.Bilingual())
    assert report.ok, [check for check in report.checks if not check.ok]


def test_bytes_of_a_change_are_its_own(data: Path) -> None:
    """Every other file is that of the generation before."""
    before = {path.stat().st_ino for path in current(data).rglob("*") if path.is_file()}
    growing.commit(data, [the_docids(data)["en/wheat"]], [RAIN])
    generation = current(data)
    new = [
        path.relative_to(generation).as_posix()
        for path in generation.rglob("*")
        if path.is_file() and path.stat().st_ino not in before
    ]
    outside = {name for name in new if not name.startswith("segments/00000001/")}
    assert outside == {"manifest.json", "relevance.npy", "stories.npz"}
