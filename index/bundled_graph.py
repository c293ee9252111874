"""Builds the bundled model's network as an ONNX graph with eight-bit weights.

Inputs `input_ids` and `attention_mask`, int64 (rows, tokens); output `last_hidden_state`, float32
(rows, tokens, dimension). The word embeddings stay in four bits and are exact; every other matrix
becomes int8 with one scale per output.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, TensorProto, helper, numpy_helper

from index.bundled_source import Floats, Source

_MICROSOFT = "com.microsoft"  # onnxruntime's own operators: one pass over memory instead of many
OPSET, IR_VERSION = 17, 8  # old enough for every onnxruntime since 1.13

Step = Callable[[str], None]


def build_graph(source: Source, step: Step) -> ModelProto:
    """The whole network. `step` is called with a few words after each part."""
    graph = _Graph()
    states = _embed(graph, source)
    step("word embeddings")
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.INT32)
    for layer in range(source.sizes.layers):
        last = layer == source.sizes.layers - 1
        states = _layer(graph, source, f"l{layer}.", states, mask, last)
        step(f"layer {layer + 1} of {source.sizes.layers}")
    return graph.model(source.sizes.dimension)


class _Graph:
    """Nodes and constants as they are added; every `add` names its output."""

    def __init__(self) -> None:
        self._nodes: list[object] = []
        self._constants: list[object] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(
        self, operator: str, inputs: list[str], name: str = "", own: bool = False, **attributes: object
    ) -> str:
        return self.add_many(operator, inputs, 1, name, own, **attributes)[0]

    def add_many(
        self,
        operator: str,
        inputs: list[str],
        outputs: int,
        name: str = "",
        own: bool = False,
        **attributes: object,
    ) -> list[str]:
        stem = name or f"{operator}_{len(self._nodes)}"
        names = [stem, *(f"{stem}_{number}" for number in range(1, outputs))]
        domain = _MICROSOFT if own else ""
        node = helper.make_node(operator, inputs, names, name=stem, domain=domain, **attributes)
        self._nodes.append(node)
        return names

    def model(self, dimension: int) -> ModelProto:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info(
            "last_hidden_state", TensorProto.FLOAT, ["rows", "tokens", dimension]
        )
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], self._constants)
        versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(_MICROSOFT, 1)]
        return helper.make_model(
            graph, opset_imports=versions, ir_version=IR_VERSION, producer_name="talash"
        )


def _embed(graph: _Graph, source: Source) -> str:
    """Word + position + type embeddings, normalized: shape (rows, tokens, dimension)."""
    sizes = source.sizes
    nibbles, scales = source.blocks("emb.word", sizes.vocabulary)
    four = graph.constant("four", np.array(4, np.uint8))
    packed = graph.add("Gather", [graph.constant("word.nibbles", nibbles), "input_ids"])
    high = graph.add("BitShift", [packed, four], direction="RIGHT")
    left = graph.add("BitShift", [packed, four], direction="LEFT")
    low = graph.add("BitShift", [left, four], direction="RIGHT")
    both = graph.add("Concat", [low, high], axis=-1)
    numbers = graph.add("Cast", [both], to=TensorProto.FLOAT)
    numbers = graph.add("Sub", [numbers, graph.constant("eight", np.array(8, np.float32))])
    scale = graph.add("Gather", [graph.constant("word.scales", scales[..., None]), "input_ids"])
    scale = graph.add("Cast", [scale], to=TensorProto.FLOAT)
    words = graph.add("Mul", [numbers, scale])
    shape = graph.constant("shape", np.array([0, 0, sizes.dimension], np.int64))
    words = graph.add("Reshape", [words, shape])

    # All tokens have type 0, so that one row of the type table goes into the positions.
    table = source.floats("emb.pos").reshape(sizes.positions, -1)
    table = table + source.floats("emb.type")[: sizes.dimension]
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    start = graph.constant("start", np.array([0], np.int64))
    places = graph.add("Slice", [graph.constant("positions", table), start, length])
    total = graph.add("Add", [words, places])
    weight = graph.constant("emb.ln.w", source.floats("emb.ln.w"))
    bias = graph.constant("emb.ln.b", source.floats("emb.ln.b"))
    return graph.add(
        "LayerNormalization", [total, weight, bias], axis=-1, epsilon=float(sizes.epsilon)
    )


def _layer(graph: _Graph, source: Source, at: str, states: str, mask: str, last: bool) -> str:
    """Attention and the feed-forward network, each added to its input and normalized."""
    sizes = source.sizes
    joined = np.concatenate([source.weights(f"{at}{part}.w", sizes.dimension) for part in "qkv"])
    biases = np.concatenate([source.floats(f"{at}{part}.b") for part in "qkv"])
    query, key, value = graph.add_many(
        "Split", [_linear(graph, f"{at}qkv", states, joined, biases)], 3, axis=-1
    )
    mixed = graph.add(
        "MultiHeadAttention", [query, key, value, "", mask], own=True, num_heads=sizes.heads
    )
    weights = source.weights(f"{at}ao.w", sizes.dimension)
    mixed = _linear(graph, f"{at}ao", mixed, weights, source.floats(f"{at}ao.b"))
    states = _add_normalize(graph, source, f"{at}aln", states, mixed)

    weights = source.weights(f"{at}fi.w", sizes.inner)
    inner = _linear(graph, f"{at}fi", states, weights, source.floats(f"{at}fi.b"))
    inner = graph.add("Gelu", [inner], own=True)
    weights = source.weights(f"{at}fo.w", sizes.dimension)
    outer = _linear(graph, f"{at}fo", inner, weights, source.floats(f"{at}fo.b"))
    name = "last_hidden_state" if last else ""
    return _add_normalize(graph, source, f"{at}oln", states, outer, name)


def _add_normalize(
    graph: _Graph, source: Source, at: str, states: str, change: str, name: str = ""
) -> str:
    weight = graph.constant(f"{at}.w", source.floats(f"{at}.w"))
    bias = graph.constant(f"{at}.b", source.floats(f"{at}.b"))
    return graph.add(
        "SkipLayerNormalization",
        [states, change, weight, bias],
        name,
        own=True,
        epsilon=float(source.sizes.epsilon),
    )


def _linear(graph: _Graph, at: str, states: str, weights: Floats, bias: Floats) -> str:
    """states @ weights.T + bias, in eight-bit integers."""
    scales = np.abs(weights).max(axis=1) / np.float32(127)
    scales[scales == 0] = 1
    quantized = np.rint(weights / scales[:, None]).astype(np.int8).T
    inputs = [
        states,
        graph.constant(f"{at}.w", quantized),
        graph.constant(f"{at}.s", scales),
        graph.constant(f"{at}.z", np.zeros(len(scales), np.int8)),
        graph.constant(f"{at}.b", bias),
    ]
    return graph.add("DynamicQuantizeMatMul", inputs, own=True)
