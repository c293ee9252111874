"""The keyword index: Whoosh's postings read in blocks, masked, joined over fields, safe under threads.

What is read here in one way is read in another, slower way beside it: the public walk of Whoosh's
matchers, a scan over the texts, one thread instead of eight.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import archives
import numpy as np
import pytest
import whooshs
from whoosh import index as whoosh_index

from index.documents import Document
from index.errors import IndexDamagedError
from index.parts.keyword.keyword_index import EXACT, RANKING, KeywordIndex
from index.parts.keyword.writer import KeywordWriter
from index.store.layout import KEYWORD_TERMS_FILE
from index.text.analysis import is_stop, stem, tokenize

COUNT = 420


def write(directory: Path, documents: list[Document]) -> Path:
    writer = KeywordWriter(directory)
    for docid, document in enumerate(documents):
        writer.add(docid, document)
    writer.finish()
    return directory


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    found = archives.articles(COUNT, seed=8)
    found[3] = Document("ur/phrase", "سٹیل ملز کی بحالی", "کراچی میں سٹیل ملز۔ بحالی پر بات ہوئی")
    found[5] = Document("en/phrase", "Steel Mills", "The mills of steel. Steel mills in Karachi")
    found[6] = Document("ur/across", "سٹیل", "ملز کے مزدور")
    return found


@pytest.fixture(scope="module")
def directory(documents: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("postings") / "keyword", documents)


@pytest.fixture(scope="module")
def index(directory: Path) -> KeywordIndex:
    return KeywordIndex.open(directory)


@pytest.fixture
def copy(directory: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(directory, tmp_path / "keyword"))


def walks(directory: Path, field: str) -> dict[str, dict[int, float]]:
    """Term -> docid -> frequency by Whoosh's public `id()` and `next()`, deleted documents left out."""
    found: dict[str, dict[int, float]] = {}
    with whooshs.reading(), whoosh_index.open_dir(str(directory)).reader() as reader:
        for leaf, _ in reader.leaf_readers():
            docids = leaf.column_reader("docid")
            for term in (raw.decode("utf-8") for raw in leaf.lexicon(field)):
                matcher, postings = leaf.postings(field, term), found.setdefault(term, {})
                while matcher.is_active():
                    postings[int(docids[matcher.id()])] = float(matcher.weight())
                    matcher.next()
    return found


def blocks(index: KeywordIndex, field: str) -> dict[str, dict[int, float]]:
    return {
        term: dict(zip(docids.tolist(), frequencies.tolist(), strict=True))
        for term, docids, frequencies in index.every_posting(field)
    }


def terms_of(index: KeywordIndex, field: str) -> list[str]:
    return [term for term, _, _ in index.every_posting(field)]


def holding(documents: list[Document], words: list[str]) -> list[int]:
    """Docids whose title or body holds the words in a row, by a scan over the texts."""

    def holds(text: str) -> bool:
        found = [token.term for token in tokenize(text)]
        starts = range(len(found) - len(words) + 1)
        return any(found[at : at + len(words)] == words for at in starts)

    return [n for n, each in enumerate(documents) if holds(each.title) or holds(each.body)]


def same(index: KeywordIndex, other: KeywordIndex, terms: list[str], exact: bool) -> None:
    for term in terms:
        ours, theirs = index.posting(term, exact=exact), other.posting(term, exact=exact)
        np.testing.assert_array_equal(ours.docids, theirs.docids)
        np.testing.assert_allclose(ours.tf, theirs.tf, rtol=1e-6)


@pytest.mark.parametrize("field", [*RANKING, *EXACT])
def test_whoosh_reads_the_same_postings(directory: Path, index: KeywordIndex, field: str) -> None:
    assert blocks(index, field) == walks(directory, field)


@pytest.mark.parametrize("count", [1, 255, 256, 65_535, 65_536])
def test_frequencies_and_places_of_any_width(tmp_path: Path, count: int) -> None:
    """Numbers are kept in as few bytes as the largest of a word needs."""
    documents = [
        Document("often", "", "بارش " * count + "تیز ہوا"),
        Document("once", "", "تیز بارش"),
    ]
    index = KeywordIndex.open(write(tmp_path / "keyword", documents))
    assert blocks(index, "body")["بارش"] == {0: count, 1: 1}
    assert index.places("body_exact", "بارش").tolist() == [*range(count), 1]
    assert index.places("body_exact", "تیز").tolist() == [count, 0]
    assert index.phrase_documents(["بارش", "تیز"]).tolist() == [0]
    assert index.phrase_documents(["تیز", "بارش"]).tolist() == [1]


def test_postings_say_what_the_texts_say(index: KeywordIndex, documents: list[Document]) -> None:
    for word in ("بارش", "شہری", "rain", "citizens", "Lahore"):
        (token,) = tokenize(word)
        by_stem, by_word = index.posting(stem(token.term)), index.posting(token.term, exact=True)
        assert by_word.docids.tolist() == holding(documents, [token.term])
        inflected = [
            n
            for n, each in enumerate(documents)
            if any(
                stem(found.term) == stem(token.term)
                for found in tokenize(f"{each.title}\n{each.body}")
            )
        ]
        assert by_stem.docids.tolist() == inflected
        assert by_stem.df == len(by_stem.docids) > 0
        assert all(low < high for low, high in pairwise(by_stem.docids.tolist()))
        assert by_stem.docids[0] == inflected[0]
        assert COUNT not in by_stem.docids
    assert index.posting("citizen").df > index.posting("citizen", exact=True).df


def test_a_word_in_the_title_weighs_more(tmp_path: Path) -> None:
    """Fields of average length, so nothing but the weights is left: 2 in a title, 1 in a body."""
    documents = [
        Document("title", "بارش لاہور", "گندم منڈی"),
        Document("body", "گندم لاہور", "بارش منڈی"),
        Document("both", "بارش منڈی", "بارش بارش"),
    ]
    index = KeywordIndex.open(write(tmp_path / "keyword", documents))
    assert index.posting("بارش").tf.tolist() == pytest.approx([2, 1, 2 + 2])
    assert index.posting("بارش", exact=True).tf.tolist() == pytest.approx([2, 1, 2 + 2])


def test_stop_words_are_kept_for_phrases_only(index: KeywordIndex) -> None:
    for word in ("the", "کے"):
        assert is_stop(word)
        assert index.posting(word).df == 0
        assert index.posting(word, exact=True).df > 0


def test_a_word_that_is_not_there(index: KeywordIndex) -> None:
    for exact in (False, True):
        assert index.posting("ناموجود", exact=exact).df == 0
        assert index.posting("", exact=exact).df == 0
    assert index.phrase_documents(["بارش", "ناموجود"]).tolist() == []
    assert index.field_documents("ناموجود", "title").tolist() == []


def test_field_documents(index: KeywordIndex, documents: list[Document]) -> None:
    wanted = [n for n, each in enumerate(documents) if "بارش" in each.title.split()]
    assert index.field_documents("بارش", "title").tolist() == wanted


def test_phrases_are_words_in_a_row_in_one_field(
    index: KeywordIndex, documents: list[Document]
) -> None:
    assert index.phrase_documents(["سٹیل", "ملز"]).tolist() == [3]
    assert index.phrase_documents(["steel", "mills"]).tolist() == [5]
    assert index.phrase_documents(["mills", "steel"]).tolist() == []
    assert index.phrase_documents(["mills", "of", "steel"]).tolist() == [5]
    assert index.phrase_documents(["mills", "of", "steel"], title_only=True).tolist() == []
    assert index.phrase_documents(["steel", "mills"], title_only=True).tolist() == [5]
    assert index.phrase_documents(["کی"]).tolist() == holding(documents, ["کی"])
    dice = random.Random(2)
    for _ in range(30):
        words = [token.term for token in tokenize(documents[dice.randrange(10, COUNT)].body)]
        at = dice.randrange(len(words) - 3)
        run = words[at : at + dice.randint(2, 3)]
        assert index.phrase_documents(run).tolist() == holding(documents, run)


def test_the_vocabulary_is_every_exact_word(index: KeywordIndex, documents: list[Document]) -> None:
    found = {word: max(fields) for word, *fields in index.vocabulary()}
    words = {t.term for each in documents for t in tokenize(f"{each.title}\n{each.body}")}
    assert set(found) == words
    assert list(found) == sorted(found)
    titles, bodies = (
        sum("بارش" in {t.term for t in tokenize(text)} for text in texts)
        for texts in ((each.title for each in documents), (each.body for each in documents))
    )
    assert found["بارش"] == max(titles, bodies)


def test_deleted_documents_are_masked(copy: Path, documents: list[Document]) -> None:
    """Their postings stay in the files of their segment until it is merged."""
    gone = [n for n in range(0, COUNT, 3) if n != 3]
    index = KeywordIndex.open(copy, removed=np.array(gone, np.int32))
    assert index.document_count == COUNT - len(gone)
    for term in ("بارش", "rain", "لاہور"):
        posting = index.posting(term)
        assert set(gone).isdisjoint(posting.docids.tolist())
        exact = index.posting(term, exact=True).docids.tolist()
        assert exact == [n for n in holding(documents, [term]) if n not in gone]
    assert index.phrase_documents(["steel", "mills"]).tolist() == [5]
    left = {
        term: {docid: count for docid, count in found.items() if docid not in gone}
        for term, found in walks(copy, "body").items()
    }
    assert blocks(index, "body") == {term: found for term, found in left.items() if found}
    assert 6 in gone
    assert index.field_documents(stem("سٹیل"), "title").tolist() == [3]


def test_several_segments_are_one_index(
    tmp_path: Path, documents: list[Document], index: KeywordIndex
) -> None:
    """Docnums begin anew in each; one may be empty."""
    folders = []
    for part in (range(150), range(0), range(150, 151), range(151, COUNT)):
        folders.append(tmp_path / f"keyword{len(folders)}")
        writer = KeywordWriter(folders[-1])
        for docid in part:
            writer.add(docid, documents[docid])
        writer.finish()
    parts = KeywordIndex.open(*folders)
    assert parts.document_count == COUNT
    same(parts, index, terms_of(index, "body"), exact=False)
    same(parts, index, ["the", "کے", "citizens", "شہریوں"], exact=True)
    for words in (["steel", "mills"], ["سٹیل", "ملز"], ["کے"]):
        wanted = index.phrase_documents(words).tolist()
        assert parts.phrase_documents(words).tolist() == wanted


def test_many_postings_are_what_each_is_alone(copy: Path, index: KeywordIndex) -> None:
    """Of documents that are gone none, of several folders all, in the order asked."""
    terms = [*terms_of(index, "body"), "نہیں ہے", "xyzzy", *terms_of(index, "title")]
    asked = [*dict.fromkeys(reversed(terms))]
    for opened in (index, KeywordIndex.open(copy, removed=np.arange(0, COUNT, 3, dtype=np.int32))):
        starts, docids, tf = opened.postings(asked)
        assert len(starts) == len(asked) + 1
        for at, term in enumerate(asked):
            own = slice(starts[at], starts[at + 1])
            alone = opened.posting(term) if " " not in term else opened.posting("xyzzy")
            assert docids[own].tolist() == alone.docids.tolist()
            assert tf[own].tolist() == alone.tf.tolist()
        assert [len(each) for each in opened.postings([])] == [1, 0, 0]


def test_docids_need_not_be_docnums(tmp_path: Path) -> None:
    """A catalogue has holes after deletions; the keyword index then holds docids with gaps."""
    writer = KeywordWriter(tmp_path / "keyword")
    for docid in (4, 9, 70_000):
        writer.add(docid, Document(str(docid), "بارش", "لاہور میں بارش"))
    writer.finish()
    index = KeywordIndex.open(tmp_path / "keyword")
    assert index.posting("بارش").docids.tolist() == [4, 9, 70_000]
    assert index.phrase_documents(["میں", "بارش"]).tolist() == [4, 9, 70_000]
    assert index.document_count == 3


def test_an_empty_index(tmp_path: Path) -> None:
    index = KeywordIndex.open(write(tmp_path / "keyword", []))
    assert index.document_count == 0
    assert index.posting("بارش").df == 0
    assert index.phrase_documents(["بارش"]).tolist() == []
    assert list(index.vocabulary()) == []


def test_what_was_decoded_is_kept_and_belongs_to_one_index(
    tmp_path: Path, index: KeywordIndex
) -> None:
    other = KeywordIndex.open(write(tmp_path / "keyword", [Document("a", "بارش", "بارش")]))
    first = index.posting("بارش")
    assert index.posting("بارش") is first
    assert index.posting("بارش", exact=True) is not first
    assert other.posting("بارش").df == 1 < first.df


@pytest.fixture
def hasty() -> Iterator[None]:
    """Let Python change threads thousands of times as often as it does: races come to light."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_eight_threads_find_what_one_finds(directory: Path, index: KeywordIndex) -> None:
    """Whoosh's posting files have one read position: two that decode at once would mix postings."""
    fresh = KeywordIndex.open(directory)
    terms = terms_of(index, "body") * 2
    random.Random(4).shuffle(terms)

    def look(term: str) -> tuple[list[int], list[float], list[int], list[int]]:
        posting = fresh.posting(term)
        run = fresh.phrase_documents([term, "کے"]).tolist()
        return (
            posting.docids.tolist(),
            posting.tf.tolist(),
            run,
            fresh.field_documents(term, "title").tolist(),
        )

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(look, terms))
    for term, (docids, tf, run, titles) in zip(terms, found, strict=True):
        wanted = index.posting(term)
        assert (docids, tf) == (wanted.docids.tolist(), wanted.tf.tolist())
        assert run == index.phrase_documents([term, "کے"]).tolist()
        assert titles == index.field_documents(term, "title").tolist()


@pytest.mark.usefixtures("hasty")
def test_the_vocabulary_is_read_while_others_search(directory: Path, index: KeywordIndex) -> None:
    fresh = KeywordIndex.open(directory)
    wanted = list(index.vocabulary())
    terms = terms_of(index, "body")
    with ThreadPoolExecutor(4) as pool:
        lists = [pool.submit(lambda: list(fresh.vocabulary())) for _ in range(4)]
        postings = list(pool.map(fresh.posting, terms))
    assert all(each.result() == wanted for each in lists)
    assert [each.df for each in postings] == [index.posting(term).df for term in terms]


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IndexDamagedError, match="talash index rebuild"):
        KeywordIndex.open(tmp_path / "keyword")
    assert not (tmp_path / "keyword").exists()


def test_hashes_of_words_that_are_not_as_written_are_damage(
    tmp_path: Path, documents: list[Document]
) -> None:
    """They say which segments hold a word: a wrong one would hide a document."""
    directory = write(tmp_path / "keyword", documents[:5])
    path = tmp_path / KEYWORD_TERMS_FILE
    whole = path.read_bytes()
    for damaged in (whole[:-4], b"", whole[:8] + b"\0" + whole[9:]):
        path.write_bytes(damaged)
        with pytest.raises(IndexDamagedError):
            KeywordIndex.open(directory)
    path.unlink()  # as an earlier version left it
    assert KeywordIndex.open(directory).document_count == 5


def use(directory: Path) -> None:
    """Open an index and read postings, phrases and the vocabulary."""
    opened = KeywordIndex.open(directory)
    for term in ("بارش", "rain", "river", "لاہور"):
        opened.posting(term), opened.posting(term, exact=True)
        opened.phrase_documents([term, "کے"])
    assert len(list(opened.vocabulary())) > 10


@pytest.mark.parametrize("damage", ["gone", "empty", "short", "noise"])
def test_a_damaged_directory_is_damage(copy: Path, damage: str) -> None:
    """Each file in turn, but for that of stored fields, of which there are none."""
    files = [path for path in sorted(copy.iterdir()) if not path.name.endswith("_stored.col")]
    assert len(files) > 1
    for path in files:
        whole = path.read_bytes()
        noise = random.Random(1).randbytes(len(whole))
        content = {"empty": b"", "short": whole[: len(whole) // 2], "noise": noise}
        path.unlink()
        if damage != "gone":
            path.write_bytes(content[damage])
        with pytest.raises(IndexDamagedError) as caught:
            use(copy)
        assert "talash index rebuild" in caught.value.hint
        path.write_bytes(whole)
    use(copy)


def test_a_damaged_block_is_damage_when_it_is_read(copy: Path) -> None:
    """Sizes are right, so the index opens; what cannot be decoded later is damage, not a crash."""
    (path,) = copy.glob("*.pst")
    whole, dice = path.read_bytes(), random.Random(3)
    told = 0
    for _ in range(60):
        at = dice.randrange(len(whole) - 64)
        path.write_bytes(whole[:at] + dice.randbytes(64) + whole[at + 64 :])
        try:
            use(copy)
        except IndexDamagedError:
            told += 1
    assert told > 0


def test_aborted_leaves_no_index(tmp_path: Path) -> None:
    with KeywordWriter(tmp_path / "keyword") as writer:
        writer.add(0, Document("a", "بارش", "لاہور"))
    opened = KeywordIndex.open(tmp_path / "keyword")
    assert opened.document_count == 0
