"""Where words stand in meaning: kept when an index is built, taken over by the next, checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import archives
import newsroom
import numpy as np
import pytest

from index.documents import Document
from index.encoders.hashed import HashEncoder
from index.encoders.protocol import TokenStates
from index.errors import IndexDamagedError
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.operations.verify import verify
from index.parts.word_states import DIMENSION, WordSpace, WordStates, content_words
from index.passages import passage_text
from index.store.layout import SPACE_FILE, STATES_FILE
from index.store.manifest import current
from index.text.analysis import parted, tokenize


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("states") / "data"
    newsroom.build(data).close()
    return data


def states_of(data: Path) -> WordStates:
    states = WordStates.open(current(data))
    assert states is not None
    return states


def test_content_words_are_those_with_a_subject() -> None:
    text = "وزیرِ داخلہ کی 3 ملاقاتیں: the Interior Minister met IMF officials in 2026"
    assert [token.term for token in content_words(text)] == [
        "وزیر", "داخلہ", "ملاقاتیں", "interior", "minister", "met", "imf", "officials",
    ]  # fmt: skip


def test_every_content_word_of_every_passage_has_a_row(data: Path) -> None:
    index = OpenIndex.open(current(data))
    states = states_of(data)
    seen = 0
    for docid, document in index.catalogue.iter_documents():
        for pid, passage in index.catalogue.passages(docid):
            words = content_words(passage_text(document, passage))
            rows, starts = states.of(pid, 1)
            assert rows.shape == (len(words), DIMENSION)
            assert starts.tolist() == [0, len(words)]
            np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=0.05)
            seen += 1
    assert seen == states.passages
    index.close()


def test_several_passages_come_as_one(data: Path) -> None:
    states = states_of(data)
    rows, starts = states.of(2, 3)
    parts = [states.of(pid, 1)[0] for pid in (2, 3, 4)]
    np.testing.assert_array_equal(rows, np.concatenate(parts))
    assert starts.tolist() == np.cumsum([0, *map(len, parts)]).tolist()


def test_a_word_and_its_translation_lie_close(data: Path) -> None:
    space, encoder = states_of(data).space, newsroom.Bilingual()
    texts = ["وزیر نے عدالت دیکھی", "the minister saw a court"]
    placed = [
        space.place(content_words(text), encoder.token_states([text], query=False)[0], query=False)
        for text in texts
    ]
    cosines = placed[0] @ placed[1].T
    assert cosines[0].argmax() == 0  # وزیر: minister
    assert cosines[1].argmax() == 2  # عدالت: court
    assert cosines[0, 0] > 0.9


def test_a_word_behind_the_last_token_is_nowhere(data: Path) -> None:
    space = states_of(data).space
    text = "heavy rain in the city"
    whole = newsroom.Bilingual().token_states([text], query=True)[0]
    cut = TokenStates(whole.states[:2], whole.offsets[:2])
    placed = space.place(content_words(text), cut, query=True)
    assert placed.any(axis=1).tolist() == [True, True, False]


def test_a_word_is_the_mean_of_its_tokens() -> None:
    space = WordSpace(np.eye(64, DIMENSION, dtype=np.float32), np.zeros((2, 2, 64), np.float32), 1)
    states = np.zeros((3, 64), np.float32)
    states[0, 0] = states[1, 1] = states[2, 2] = 1
    read = TokenStates(states, np.array([(0, 3), (3, 6), (7, 11)]))
    placed = space.place(tokenize("ملاقات rain"), read, query=False)
    np.testing.assert_allclose(placed[0, :3], [0.5**0.5, 0.5**0.5, 0], atol=1e-6)
    np.testing.assert_allclose(placed[1, :3], [0, 0, 1], atol=1e-6)


def test_an_empty_text_has_no_words(data: Path) -> None:
    nothing = newsroom.Bilingual().token_states(["۔ 12"], query=False)[0]
    assert states_of(data).space.place(content_words("۔ 12"), nothing, query=False).shape == (0, 64)


class Counting(newsroom.Bilingual):
    encoded = 0

    def encode_with_states(self, texts, visit):  # type: ignore[no-untyped-def]
        Counting.encoded += len(texts)
        return super().encode_with_states(texts, visit)


def test_a_rebuild_takes_them_over(data: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(data, tmp_path / "data"))
    old = states_of(copy)
    Counting.encoded = 0
    report = rebuild_from(newsroom.ARTICLES, archives.config(copy), encoder=Counting())
    assert report.encoded == Counting.encoded == 0
    new = states_of(copy)
    np.testing.assert_array_equal(new.of(0, new.passages)[0], old.of(0, old.passages)[0])
    assert verify(copy).ok


def test_a_space_of_a_small_archive_is_fitted_again_when_it_has_grown(tmp_path: Path) -> None:
    data = tmp_path / "data"
    newsroom.build(data, newsroom.ARTICLES[:2]).close()
    small = states_of(data).space.fitted
    newsroom.build(data).close()
    grown = states_of(data)
    assert small < grown.space.fitted == grown.passages
    assert verify(data).ok


class NoStates:
    """An encoder that gives vectors and nothing else."""

    def __init__(self) -> None:
        self._encoder = HashEncoder()
        self.info = self._encoder.info
        self.encode_queries = self._encoder.encode_queries
        self.encode_passages = self._encoder.encode_passages


def test_an_encoder_without_states_makes_a_sound_index(tmp_path: Path) -> None:
    data = tmp_path / "data"
    rebuild_from(newsroom.ARTICLES, archives.config(data), encoder=NoStates())
    assert WordStates.open(current(data)) is None
    assert verify(data).ok


@pytest.mark.parametrize("harm", ["cut short", "gone", "not numpy"])
def test_damage_is_named(data: Path, tmp_path: Path, harm: str) -> None:
    generation = Path(shutil.copytree(current(data), tmp_path / "generation"))
    states, space = generation / STATES_FILE, generation / SPACE_FILE
    if harm == "cut short":
        states.write_bytes(states.read_bytes()[:-7])
    elif harm == "gone":
        states.unlink()
    else:
        space.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(IndexDamagedError, match="word states"):
        WordStates.open(generation)


def test_states_of_other_words_are_not_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index whose text analysis found one word less in a passage: that one is encoded anew."""
    texts = ["بارش کراچی میں ہوئی", "The T20 final in Karachi", "rain in Lahore"]
    items = [Document(id=str(n), title="", body=text) for n, text in enumerate(texts)]
    with monkeypatch.context() as patch:
        patch.setattr("index.store.generations.ANALYZER_FINGERPRINT", "before")
        patch.setattr(
            "index.parts.word_states.parted",
            lambda text: parted(text.replace("final", "-----")),
        )
        rebuild_from(items, archives.config(tmp_path), encoder=newsroom.Bilingual())
    report = rebuild_from(items, archives.config(tmp_path), encoder=newsroom.Bilingual())
    assert (report.encoded, report.reused) == (1, 2)
    assert verify(tmp_path).ok
