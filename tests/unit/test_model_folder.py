"""A user's own model: what is read from its folder, and what is said when something is missing.

The model is a table of three words and their vectors, so every result can be worked out by hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from index.encoders.model_folder import read_model_folder
from index.encoders.onnx import LocalEncoder
from index.encoders.registry import open_encoder
from index.errors import EncoderError

WORDS = {"<s>": [8, 0], "<pad>": [9, 9], "red": [0, 4], "blue": [0, 1], "q:": [6, 6], "?": [2, 2]}


def write_model(path: Path, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> None:
    table = numpy_helper.from_array(np.array(list(WORDS.values()), np.float32), "table")
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])]
    given = [helper.make_tensor_value_info(name, TensorProto.INT64, ["b", "t"]) for name in inputs]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["b", "t", 2])
    graph = helper.make_graph(nodes, "tiny", given, [output], [table])
    versions = [helper.make_opsetid("", 17)]
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=8), str(path))


def write_json(path: Path, values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), "utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model, its tokenizer (which puts <s> in front) and a minimal config."""
    root = tmp_path / "model"
    write_model(root / "model.onnx")
    vocabulary = {word: at for at, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 0)]
    )
    tokenizer.save(str(root / "tokenizer.json"))
    write_json(root / "config.json", {"hidden_size": 2, "pad_token_id": 1})
    return root


def unit(*numbers: float) -> list[float]:
    return (np.array(numbers) / np.linalg.norm(numbers)).tolist()


def test_the_mean_of_the_tokens_without_padding(folder: Path) -> None:
    vectors = open_encoder(str(folder)).encode_passages(["red", "red blue blue", ""])
    wanted = [unit(8 / 2, 4 / 2), unit(8 / 4, 6 / 4), unit(8, 0)]
    np.testing.assert_allclose(vectors, wanted, rtol=1e-6)


def test_the_first_token_where_the_folder_says_so(folder: Path) -> None:
    write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": 2, "pooling_mode_cls_token": True},
    )
    vectors = LocalEncoder(folder).encode_passages(["red", "blue blue"])
    np.testing.assert_allclose(vectors, [[1, 0], [1, 0]])


def test_prefixes_stand_in_front_and_are_no_tokens_of_the_text(folder: Path) -> None:
    write_json(folder / "talash.json", {"query_prefix": "q: ", "name": "tiny"})
    encoder = LocalEncoder(folder)
    asked, told = encoder.encode_queries(["red"])[0], encoder.encode_passages(["red"])[0]
    np.testing.assert_allclose(asked, unit(14 / 3, 10 / 3), rtol=1e-6)
    np.testing.assert_allclose(told, unit(4, 2), rtol=1e-6)
    (states,) = encoder.token_states([" red  blue"], query=True)
    assert states.offsets.tolist() == [[1, 4], [6, 10]]
    np.testing.assert_array_equal(states.states, [[0, 4], [0, 1]])
    assert encoder.info.id.startswith("tiny@")


def test_prompts_of_sentence_transformers_are_prefixes(folder: Path) -> None:
    prompts = {"prompts": {"query": "q: ", "document": "red "}}
    write_json(folder / "config_sentence_transformers.json", prompts)
    found = read_model_folder(folder)
    assert (found.query_prefix, found.passage_prefix) == ("q: ", "red ")


@pytest.mark.parametrize("name", ["onnx/model.onnx", "model_quantized.onnx"])
def test_the_usual_places_of_the_model(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / "model.onnx").rename(folder / name)
    assert LocalEncoder(folder).encode_queries(["red"]).shape == (1, 2)


def test_a_model_that_wants_token_types(folder: Path) -> None:
    write_model(folder / "model.onnx", ("input_ids", "attention_mask", "token_type_ids"))
    assert LocalEncoder(folder).encode_queries(["red"]).shape == (1, 2)


def test_the_identity_changes_with_whatever_changes_vectors(folder: Path) -> None:
    seen = [read_model_folder(folder).id]
    write_json(folder / "talash.json", {"query_prefix": "q: "})
    seen.append(read_model_folder(folder).id)
    write_json(folder / "talash.json", {"pooling": "cls"})
    seen.append(read_model_folder(folder).id)
    (folder / "model.onnx_data").write_bytes(b"weights")
    seen.append(read_model_folder(folder).id)
    write_model(folder / "model.onnx", ("input_ids",))
    seen.append(read_model_folder(folder).id)
    assert len(set(seen)) == 5
    assert read_model_folder(folder).id == seen[-1]


@pytest.mark.parametrize(
    ("config", "extra", "limit"),
    [
        ({}, {}, 512),
        ({"max_position_embeddings": 128}, {}, 128),
        ({"max_position_embeddings": 514, "model_type": "xlm-roberta"}, {}, 512),
        (
            {"max_position_embeddings": 512},
            {"sentence_bert_config.json": {"max_seq_length": 99}},
            99,
        ),
        ({}, {"tokenizer_config.json": {"model_max_length": 1e30}}, 512),
        ({"max_position_embeddings": 512}, {"talash.json": {"max_tokens": 5}}, 5),
    ],
)
def test_the_length_limit(
    folder: Path, config: dict[str, Any], extra: dict[str, Any], limit: int
) -> None:
    write_json(folder / "config.json", {"hidden_size": 2, **config})
    for name, values in extra.items():
        write_json(folder / name, values)
    assert LocalEncoder(folder).info.max_tokens == limit


def test_what_is_beyond_the_limit_is_not_read(folder: Path) -> None:
    write_json(folder / "talash.json", {"max_tokens": 3})
    one, other = LocalEncoder(folder).encode_passages(["red red blue", "red red red red"])
    np.testing.assert_array_equal(one, other)


def test_batches_of_many_texts_keep_the_order(folder: Path) -> None:
    texts = [("red " * (at % 7) + "blue " * (at % 5)).strip() for at in range(3000)]
    encoder = LocalEncoder(folder, threads=3)
    many = encoder.encode_passages(texts)
    few = encoder.encode_passages(texts[:35])
    np.testing.assert_allclose(many, np.resize(few, (3000, 2)), rtol=1e-5)


def test_query_vectors_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = LocalEncoder(folder, query_cache=8)
    first = encoder.encode_queries(["red", "blue", "red"])
    monkeypatch.setattr("onnxruntime.InferenceSession.run", lambda *_: pytest.fail("ran again"))
    first[0] = 7  # the caller's own array
    np.testing.assert_allclose(encoder.encode_queries(["red"])[0], unit(4, 2), rtol=1e-6)


# What is said when something is wrong


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named_with_the_mend(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderError) as caught:
        LocalEncoder(folder)
    assert str(folder / name) in caught.value.message
    assert "optimum-cli export onnx" in caught.value.hint


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no encoder folder") as caught:
        open_encoder(str(tmp_path / "absent"))
    assert "bundled" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("config.json", "{", "cannot be read"),
        ("config.json", "[]", "not a JSON object"),
        ("config.json", "{}", "hidden_size"),
        ("config.json", '{"hidden_size": "many"}', "not a number"),
        ("talash.json", '{"pooling": "max"}', "pooling 'max'"),
        ("modules.json", '[{"type": "sentence_transformers.models.Dense"}]', "st:FOLDER"),
        ("1_Pooling/config.json", '{"pooling_mode_max_tokens": true}', "pooling_mode_max_tokens"),
        ("model.onnx", "not a model", "model.onnx cannot be loaded"),
        ("tokenizer.json", "{}", "tokenizer.json cannot be loaded"),
    ],
)
def test_a_wrong_file_is_named(folder: Path, name: str, text: str, says: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(EncoderError) as caught:
        LocalEncoder(folder)
    assert says in str(caught.value)


def test_a_model_that_is_no_text_encoder(folder: Path) -> None:
    write_model(folder / "model.onnx", ("input_ids", "pixel_values"))
    with pytest.raises(EncoderError, match="pixel_values"):
        LocalEncoder(folder)


def test_a_wrong_dimension_in_the_config_is_found(folder: Path) -> None:
    write_json(folder / "config.json", {"hidden_size": 3})
    with pytest.raises(EncoderError, match="hidden_size"):
        LocalEncoder(folder)
