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

from index.documents import Document
from index.errors import IndexDamagedError, IndexMismatchError
from index.incremental.learned import Change, extend
from index.operations.verify import verify, verify_deep
from index.parts.catalogue.catalogue import Catalogue
from index.parts.lexicon.build import MIN_COSINE, NEIGHBOURS
from index.parts.lexicon.lexicon import Lexicon, load_word_vectors
from index.parts.relevance import Relevance
from index.parts.stories.stories import Stories
from index.parts.stories.texts import Texts
from index.parts.suggestions.build import sounds_of
from index.parts.suggestions.suggestions import TITLE, SuggestionIndex
from index.store.layout import CATALOGUE_FILE, LEXICON_FILE, SUGGESTIONS_FILE
from index.store.manifest import current
from index.text.analysis import SCRIPTS, Script

EXACT = (
    *("words", "frequencies", "field_frequencies", "heads", "stems", "stem_heads"),
    *("head_vectors", "bigram_keys", "bigram_counts", "bigram_least", "ur_rows", "en_rows"),
)
POOL = [*newsroom.ARTICLES, *archives.articles(16, mark="نیا")]


def dated(article: Document, number: int) -> Document:
    return replace(article, date=date(2026, 1, 1 + number % 28) if number % 3 else None)


def agree_with(extended: Path, whole: Path) -> None:
    """Hold what was extended against what was derived from the same truth."""
    with np.load(extended / LEXICON_FILE) as ours, np.load(whole / LEXICON_FILE) as theirs:
        assert set(ours) == set(theirs)
        for name in EXACT:
            np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
            assert ours[name].dtype == theirs[name].dtype, name
        for name in (name for name in ours if "_sounds_" in name):
            assert ours[name].dtype == theirs[name].dtype, name
            np.testing.assert_allclose(ours[name], theirs[name], rtol=2e-3, err_msg=name)
    np.testing.assert_array_equal(load_word_vectors(extended)[1], load_word_vectors(whole)[1])
    ours, theirs = Relevance.load(extended), Relevance.load(whole)
    np.testing.assert_allclose(ours.means, theirs.means, atol=1e-6)
    np.testing.assert_array_equal(ours.noise, theirs.noise)
    titles_agree(extended, whole)
    links_are_sound(extended)


def titles_agree(extended: Path, whole: Path) -> None:
    size = len(Lexicon.open(extended).words)
    ours, theirs = SuggestionIndex.open(extended, size), SuggestionIndex.open(whole, size)
    listed = []
    for each in (ours, theirs):
        titles = range(each.titles_from, len(each))
        listed.append([(int(each.docids[at]), each.words(at), each.languages[at]) for at in titles])
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


def own_neighbours(directory: Path, word: str, kind: Script) -> set[int]:
    """The neighbours of a word by its vector, from nothing."""
    lexicon = Lexicon.open(directory)
    words, vectors = load_word_vectors(directory)
    vector = vectors[words.index(word)].astype(np.float32)
    return {
        row for row, cosine in lexicon.nearest(vector, kind, NEIGHBOURS) if cosine >= MIN_COSINE
    }


def the_docids(data: Path) -> dict[str, int]:
    with Catalogue.open(current(data) / CATALOGUE_FILE) as catalogue:
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


@pytest.mark.parametrize("seed", range(6))
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
        words_before, _ = load_word_vectors(current(data))
        encoder.queries.clear()
        directory = growing.commit(data, gone, add, encoder)
        fresh = set(load_word_vectors(directory)[0]) - set(words_before)
        assert sorted(encoder.queries) == sorted(fresh)  # each once, and nothing else
        whole = growing.derived(tmp_path / f"whole-{step}", directory, newsroom.Bilingual())
        agree_with(directory, whole)
    report = verify_deep(data, sample=5, encoder=lambda _: newsroom.Bilingual())
    assert report.ok, [check for check in report.checks if not check.ok]


def test_what_is_taken_out_and_put_back_leaves_the_counts_as_they_were(data: Path) -> None:
    before = current(data)
    with np.load(before / LEXICON_FILE) as stored:
        old = dict(stored)
    here = the_docids(data)
    gone = [here["ur/بارش"], here["en/minister"], here["en/hockey"]]
    with Catalogue.open(before / CATALOGUE_FILE) as catalogue:
        documents = catalogue.documents(gone)
    directory = growing.commit(data, gone, documents)  # one change: an update
    with np.load(directory / LEXICON_FILE) as stored:
        for name, part in stored.items():
            np.testing.assert_array_equal(part, old[name], err_msg=name)


def test_a_new_title_is_suggested_at_once_and_an_old_one_no_more(data: Path) -> None:
    here = the_docids(data)
    directory = growing.commit(data, [here["en/wheat"]], [RAIN])
    lexicon = Lexicon.open(directory)
    phrases = SuggestionIndex.open(directory, len(lexicon.words))
    titles = [
        [lexicon.words[row] for row in phrases.words(at)]
        for at in range(phrases.titles_from, len(phrases))
    ]
    assert ["heavy", "rain", "in", "karachi"] in titles
    assert ["wheat", "price", "rises"] not in titles
    rows = phrases.sounds["en"].beginning_like("hevi", latin=True)
    assert lexicon.row("heavy") in rows.tolist()


def test_new_words_are_neighbours_and_become_neighbours_of_old_ones(data: Path) -> None:
    assert Lexicon.open(current(data)).row("weather") < 0
    directory = growing.commit(data, [], [RAIN])
    lexicon = Lexicon.open(directory)
    weather, mausam = lexicon.row("weather"), lexicon.row("موسمیات")
    assert weather in dict(lexicon.neighbours.of(mausam))
    assert dict(lexicon.neighbours.of(weather)).keys() == own_neighbours(directory, "weather", "en")


def test_the_first_article_of_a_language_brings_neighbours(tmp_path: Path) -> None:
    urdu = [each for each in newsroom.ARTICLES if each.lang == "ur"]
    newsroom.build(tmp_path / "data", urdu).close()
    directory = growing.commit(tmp_path / "data", [], [RAIN])
    lexicon = Lexicon.open(directory)
    assert lexicon.row("rain") in dict(lexicon.neighbours.of(lexicon.row("بارش")))
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
        with Catalogue.open(current(each) / CATALOGUE_FILE) as catalogue:
            text = Texts(catalogue, lexicon).read([docid])[docid]
        found.append(
            {
                lexicon.words[head]: rarity
                for head, rarity in zip(text.words, text.rarities, strict=True)
            }
        )
    assert found[0] == found[1]


def test_everything_may_go_and_come_back(data: Path) -> None:
    here = the_docids(data)
    directory = growing.commit(data, list(here.values()), [])
    lexicon = Lexicon.open(directory)
    assert list(lexicon.words) == []
    assert verify_deep(data, sample=3, encoder=lambda _: newsroom.Bilingual()).ok
    assert growing.derived(data / "none", directory, newsroom.Bilingual())
    assert len(SuggestionIndex.open(directory, 0)) == 0
    assert len(Relevance.load(directory).means) == 1
    directory = growing.commit(data, [], newsroom.ARTICLES)
    assert verify(data).ok
    agree_with(directory, growing.derived(data / "whole", directory, newsroom.Bilingual()))


def removing(data: Path, into: Path, document: Document) -> Change:
    """A change that removes one document; the truth of it is in `into`."""
    into.mkdir()
    growing.changed(into, current(data), newsroom.Bilingual(), [0], [])
    return Change({0: document}, np.empty(0, np.int32))


def run(data: Path, into: Path, change: Change) -> None:
    with Catalogue.open(into / CATALOGUE_FILE) as catalogue:
        extend(into, current(data), catalogue, change, newsroom.Bilingual(), growing.quiet)


def test_documents_that_the_lexicon_does_not_count_are_damage(data: Path, tmp_path: Path) -> None:
    for number, body in enumerate(("Unheard words.", "rain")):
        document = Document(id="en/x", title=body, body=body, lang="en")
        into = tmp_path / str(number)
        change = removing(data, into, document)
        with pytest.raises(IndexDamagedError, match="does not count"):
            run(data, into, change)


def test_a_lexicon_of_an_earlier_version_is_refused(data: Path, tmp_path: Path) -> None:
    with Catalogue.open(current(data) / CATALOGUE_FILE) as catalogue:
        change = removing(data, tmp_path / "into", catalogue.document(0))
    path = current(data) / LEXICON_FILE
    with np.load(path) as stored:
        arrays = {name: part for name, part in stored.items() if name != "field_frequencies"}
    np.savez(path, **arrays)
    with pytest.raises(IndexMismatchError) as caught:
        run(data, tmp_path / "into", change)
    assert "rebuild" in caught.value.hint


@pytest.mark.parametrize("name", [LEXICON_FILE, SUGGESTIONS_FILE, "stories.npz", "relevance.npy"])
def test_damage_of_what_was_before_is_told(data: Path, tmp_path: Path, name: str) -> None:
    with Catalogue.open(current(data) / CATALOGUE_FILE) as catalogue:
        change = removing(data, tmp_path / "into", catalogue.document(0))
    path = current(data) / name
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(IndexDamagedError):
        run(data, tmp_path / "into", change)
