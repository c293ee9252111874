"""Reads a folder that holds a text encoder in the usual Hugging Face layout.

    model.onnx | onnx/model.onnx | model_quantized.onnx | onnx/model_quantized.onnx
    tokenizer.json
    config.json                      hidden_size, max_position_embeddings
    talash.json                      optional: prefixes, pooling, name, max_tokens
    1_Pooling/config.json            optional (sentence-transformers): mean or first token
    config_sentence_transformers.json  optional: the prompts "query" and "passage" or "document"

The keys of `talash.json` may also stand in `config.json` under "talash".
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.digests import path_digest
from index.errors import EncoderError

MODEL_FILES = (
    "model.onnx",
    "onnx/model.onnx",
    "model_quantized.onnx",
    "onnx/model_quantized.onnx",
)
EXPORT_HINT = "Export the model with: optimum-cli export onnx --model NAME FOLDER"
POOLINGS = ("mean", "cls")

# These families number their positions from the padding id + 1, so two places are never used.
_OFFSET_FAMILIES = ("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl")
_DEFAULT_TOKENS = 512


@dataclass(frozen=True)
class ModelFolder:
    """What a folder says about its encoder. `id` changes with anything that changes vectors."""

    model: Path
    tokenizer: Path
    id: str
    dimension: int
    max_tokens: int
    pooling: str
    query_prefix: str
    passage_prefix: str
    pad_id: int


def read_model_folder(folder: Path) -> ModelFolder:
    """The folder's contents. Raises EncoderError naming what is missing or wrong."""
    if not folder.is_dir():
        raise EncoderError(
            f"There is no encoder folder {folder}.",
            hint="Give a folder with model.onnx, tokenizer.json and config.json, or 'bundled'.",
        )
    model = _first_model(folder)
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise EncoderError(f"{tokenizer} is missing.", hint=EXPORT_HINT)
    config = _json(folder / "config.json", required=True)
    own = {**_section(config, "talash"), **_json(folder / "talash.json")}
    prompts = _section(_json(folder / "config_sentence_transformers.json"), "prompts")
    _refuse_unknown_modules(folder)

    pooling = str(own.get("pooling") or _pooling(folder))
    if pooling not in POOLINGS:
        raise EncoderError(f"{folder} asks for pooling {pooling!r}.", hint="Known: mean, cls.")
    query_prefix = str(own.get("query_prefix", prompts.get("query", "")))
    document = prompts.get("passage", prompts.get("document", ""))
    passage_prefix = str(own.get("passage_prefix", document))
    max_tokens = _number(own, "max_tokens", folder) or _max_tokens(folder, config)
    rules = json.dumps([pooling, query_prefix, passage_prefix, max_tokens])
    name = str(own.get("name") or config.get("_name_or_path") or folder.name)
    return ModelFolder(
        model=model,
        tokenizer=tokenizer,
        id=f"{name}@{_digest([*_with_weights(model), tokenizer], rules, _known(folder, own))}",
        dimension=_dimension(config, folder),
        max_tokens=max_tokens,
        pooling=pooling,
        query_prefix=query_prefix,
        passage_prefix=passage_prefix,
        pad_id=_number(config, "pad_token_id", folder),
    )


def _first_model(folder: Path) -> Path:
    for name in MODEL_FILES:
        if (folder / name).is_file():
            return folder / name
    raise EncoderError(
        f"{folder / MODEL_FILES[0]} is missing (also looked for: {', '.join(MODEL_FILES[1:])}).",
        hint=EXPORT_HINT,
    )


def _dimension(config: dict[str, Any], folder: Path) -> int:
    for key in ("hidden_size", "dim", "d_model"):
        if dimension := _number(config, key, folder):
            return dimension
    raise EncoderError(f"{folder / 'config.json'} does not say hidden_size.", hint=EXPORT_HINT)


def _max_tokens(folder: Path, config: dict[str, Any]) -> int:
    """The smallest limit that any of the files states."""
    positions = _number(config, "max_position_embeddings", folder)
    if config.get("model_type") in _OFFSET_FAMILIES:
        positions -= 2
    limits = [
        positions,
        _number(_json(folder / "sentence_bert_config.json"), "max_seq_length", folder),
        _number(_json(folder / "tokenizer_config.json"), "model_max_length", folder),
    ]
    return min((limit for limit in limits if limit > 0), default=_DEFAULT_TOKENS)


def _pooling(folder: Path) -> str:
    config = _json(folder / "1_Pooling" / "config.json")
    modes = [
        key for key, value in config.items() if key.startswith("pooling_mode") and value is True
    ]
    if not modes or modes == ["pooling_mode_mean_tokens"]:
        return "mean"
    return "cls" if modes == ["pooling_mode_cls_token"] else " + ".join(modes)


def _refuse_unknown_modules(folder: Path) -> None:
    """sentence-transformers may add layers after pooling; leaving one out gives wrong vectors."""
    path = folder / "modules.json"
    if not path.is_file():
        return
    modules = _parsed(path)
    kinds = [str(module.get("type", "")) for module in modules if isinstance(module, dict)]
    for kind in kinds:
        if kind.rpartition(".")[2] not in ("Transformer", "Pooling", "Normalize"):
            raise EncoderError(
                f"{path} asks for a {kind} layer, which is not in the ONNX file.",
                hint="Use the encoder 'st:FOLDER', which runs all of its layers.",
            )


def _known(folder: Path, own: dict[str, Any]) -> dict[Path, str]:
    """Digests that a converted folder carries along, so that opening need not read every byte."""
    files = own.get("files")
    if not isinstance(files, dict):
        return {}
    return {folder / name: str(facts.get("sha256", "")) for name, facts in files.items()}


def _with_weights(model: Path) -> list[Path]:
    """The model and the files beside it in which large exports keep their weights."""
    beside = [model.with_name(model.name + ending) for ending in ("_data", ".data")]
    return [model, *(path for path in beside if path.is_file())]


def _digest(paths: list[Path], rules: str, known: dict[Path, str]) -> str:
    total = hashlib.sha256(rules.encode())
    for path in paths:
        total.update((known.get(path) or path_digest(path)).encode())
    return total.hexdigest()[:16]


def _section(values: dict[str, Any], key: str) -> dict[str, Any]:
    section = values.get(key, {})
    return section if isinstance(section, dict) else {}


def _number(values: dict[str, Any], key: str, folder: Path) -> int:
    """A whole number, or 0 if it is not there (or absurdly large, as "no limit" is written)."""
    value = values.get(key)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise EncoderError(f"{folder}: {key} is {value!r}, not a number.", hint=EXPORT_HINT)
    return int(value) if 0 < value < 1e6 else 0


def _json(path: Path, *, required: bool = False) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise EncoderError(f"{path} is missing.", hint=EXPORT_HINT)
        return {}
    values = _parsed(path)
    if not isinstance(values, dict):
        raise EncoderError(f"{path} is not a JSON object.", hint=EXPORT_HINT)
    return values


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path} cannot be read: {error}.", hint=EXPORT_HINT) from error
