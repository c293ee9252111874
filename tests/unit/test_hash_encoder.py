"""The tests' own encoder keeps every promise a real one makes, except meaning."""

from __future__ import annotations

import numpy as np
import pytest

from index.encoders.hashed import DIMENSION, HashEncoder
from index.encoders.protocol import Encoder, TokenEncoder
from index.encoders.registry import open_encoder

TEXTS = ["کراچی میں بارش", "Rain in Karachi", "", "   ", "۔", "\ud800", "a\x00b"]


def test_it_is_a_token_encoder() -> None:
    encoder = open_encoder("test")
    assert isinstance(encoder, HashEncoder)
    assert isinstance(encoder, Encoder)
    assert isinstance(encoder, TokenEncoder)
    assert encoder.info.dimension == DIMENSION == 64


@pytest.mark.parametrize("side", ["encode_queries", "encode_passages"])
def test_rows_are_unit_vectors(side: str) -> None:
    vectors = getattr(HashEncoder(), side)(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSION)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


def test_no_texts_give_no_rows() -> None:
    assert HashEncoder().encode_passages([]).shape == (0, DIMENSION)
    assert HashEncoder().token_states([], query=True) == []


def test_the_vectors_are_the_same_on_every_machine() -> None:
    vector = HashEncoder().encode_passages(["بارش rain"])[0]
    assert np.flatnonzero(vector).tolist() == [28, 30, 37, 45, 52, 54, 63]


def test_shared_words_bring_texts_together() -> None:
    one, near, far = HashEncoder().encode_passages(
        ["heavy rain in Lahore", "rain floods Lahore", "cricket final tonight"]
    )
    assert one @ near > 0.3 > one @ far


def test_marks_and_joiners_do_not_change_a_word() -> None:
    plain, marked, joined = HashEncoder().encode_queries(["کتاب", "کِتَاب", "کت\u200cاب"])
    np.testing.assert_array_equal(plain, marked)
    np.testing.assert_array_equal(plain, joined)


def test_states_stand_for_the_words_of_the_text() -> None:
    text = "  کِتاب اور the-book!"
    (states,) = HashEncoder().token_states([text], query=False)
    assert [text[start:end] for start, end in states.offsets] == ["کِتاب", "اور", "the", "book"]
    assert states.states.shape == (4, DIMENSION)
    np.testing.assert_allclose(
        states.states[3], HashEncoder().encode_queries(["book"])[0], atol=1e-6
    )


def test_a_text_without_words_has_no_states() -> None:
    (states,) = HashEncoder().token_states(["۔ !"], query=True)
    assert states.states.shape == (0, DIMENSION)
    assert states.offsets.shape == (0, 2)
