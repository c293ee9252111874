"""Builds the bundled model's network as an ONNX graph with eight-bit weights.

Inputs `input_ids` and `attention_mask`, int64 (rows, tokens); output `last_hidden_state`, float32
(rows, tokens, dimension). The word embeddings stay in four bits and are exact; every other matrix
becomes int8 with one scale per output, and reads bytes of a fixed range (`Ranges`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from index.arrays import Floats
from index.encoders.bundled.source import Source

MARGIN = 1.1  # what the network is given on top of the largest values seen


@dataclass(frozen=True)
class Ranges:
    """How large the numbers of one layer get, the largest values seen: the ranges its eight-bit inputs are
    cut to.

    A matrix product in eight bits needs the range of its input. Finding it anew for every batch (the
    usual "dynamic" quantization) has two faults here. One number far out makes all others coarse, and
    this model has such numbers: in a few fixed channels, and at the tokens <s> and </s> only. And a
    text's vector would depend on what else is in the batch. So the ranges are fixed: the largest
    values over 66,000 tokens of Urdu, Roman Urdu, English and ten other languages, of code, digits,
    emoji and single letters. They are a property of the model, hardly of the text: 150 sentences gave
    nearly the same numbers. Values beyond a range are cut off, no worse. `benchmarks/encoder_ranges.py`
    shows how much of each range a folder of texts uses.

    `states`: what attention reads. `mixed`: what attention gives. `inner`: what the feed-forward
    network reads, without the channels in `peaks`, whose largest magnitudes stand there.
    `active`: the top of what its activation function gives, without the channels in `spikes`.
    """

    states: tuple[float, float]
    mixed: tuple[float, float]
    inner: tuple[float, float]
    peaks: Mapping[int, float]
    active: float
    spikes: Mapping[int, float]


# fmt: off
MULTILINGUAL_E5_SMALL = (
    Ranges((-3.71, 3.99), (-1.37, 2.0), (-4.59, 4.94), {321: 20.3, 60: 11.5, 15: 10.3, 87: 9.87}, 7.67, {318: 33.4}),
    Ranges((-3.91, 5.56), (-2.16, 2.09), (-5.21, 5.78), {15: 31.6, 321: 16.6, 146: 6.41, 87: 6.39}, 5.37, {1462: 14.0}),
    Ranges((-3.93, 6.06), (-2.18, 2.22), (-4.79, 5.46), {15: 31.0, 321: 11.8, 146: 6.29, 297: 6.04}, 5.55, {354: 12.1}),
    Ranges((-3.78, 6.39), (-1.71, 1.82), (-5.25, 5.76), {15: 36.4, 321: 9.79, 297: 6.71, 146: 6.38}, 6.36, {408: 6.81}),
    Ranges((-3.88, 5.38), (-2.41, 2.47), (-5.54, 5.98), {15: 20.5, 321: 7.56, 297: 6.78, 146: 6.57}, 6.25, {778: 69.8}),
    Ranges((-4.4, 5.06), (-1.8, 2.04), (-5.59, 5.95), {35: 26.4, 15: 10.8, 321: 7.04, 297: 6.92, 345: 6.45}, 6.14, {658: 33.3}),
    Ranges((-4.29, 4.95), (-2.74, 1.86), (-5.41, 5.85), {35: 43.9, 15: 11.5, 297: 6.22, 321: 6.18}, 6.44, {1152: 12.2}),
    Ranges((-4.89, 5.61), (-2.21, 1.9), (-5.65, 5.4), {35: 31.4, 15: 11.0, 297: 6.06}, 5.52, {413: 11.5}),
    Ranges((-4.7, 5.79), (-2.31, 2.92), (-4.83, 5.29), {35: 33.4, 15: 12.2}, 7.49, {}),
    Ranges((-4.36, 5.79), (-3.98, 2.65), (-4.57, 4.67), {35: 25.5, 15: 11.8, 351: 6.9}, 7.38, {}),
    Ranges((-3.74, 7.1), (-2.09, 2.22), (-4.44, 4.73), {35: 23.5, 351: 9.27, 15: 9.12}, 6.77, {}),
    Ranges((-3.44, 6.48), (-3.63, 3.35), (-1.93, 2.79), {35: 6.92}, 1.05, {}),
)
# fmt: on


_MICROSOFT = "com.microsoft"  # onnxruntime's own operators: one pass over memory instead of many
OPSET, IR_VERSION = 17, 8  # old enough for every onnxruntime since 1.13
OUTPUT = "last_hidden_state"
HEADS, JOINED = "heads", "joined"  # shapes: (rows, tokens, heads, width) and the joined one
GELU_LEAST = -0.17

Step = Callable[[str], None]


def build_graph(source: Source, step: Step) -> ModelProto:
    """The whole network. `step` is called with a few words after each part."""
    graph = _Graph()
    states = _embed(graph, source)
    step("word embeddings")
    mask = _mask(graph)
    sizes = source.sizes
    graph.constant(HEADS, np.array([0, 0, sizes.heads, sizes.dimension // sizes.heads], np.int64))
    for layer, ranges in enumerate(MULTILINGUAL_E5_SMALL):
        states = _layer(graph, source, f"l{layer}.", states, mask, ranges)
        step(f"layer {layer + 1} of {sizes.layers}")
    return graph.model(sizes.dimension)


class _Graph:
    """Nodes and constants as they are added; every `add` names its output."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def add(
        self, operator: str, inputs: list[str], name: str = "", own: bool = False, **options: Any
    ) -> str:
        """One operator with one output, whose name is returned. `own`: onnxruntime's own."""
        name = name or f"{operator}_{len(self._nodes)}"
        domain = _MICROSOFT if own else ""
        node = helper.make_node(operator, inputs, [name], name, domain=domain, **options)
        self._nodes.append(node)
        return name

    def model(self, dimension: int) -> ModelProto:
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"])
            for name in ("input_ids", "attention_mask")
        ]
        output = helper.make_tensor_value_info(
            OUTPUT, TensorProto.FLOAT, ["rows", "tokens", dimension]
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
    graph.constant(JOINED, np.array([0, 0, sizes.dimension], np.int64))
    words = graph.add("Reshape", [words, JOINED])

    # All tokens have type 0, so that one row of the type table goes into the positions.
    table = source.floats("emb.pos").reshape(sizes.positions, -1)
    table = table + source.floats("emb.type")[: sizes.dimension]
    length = graph.add("Shape", ["input_ids"], start=1, end=2)
    start = graph.constant("start", np.array([0], np.int64))
    places = graph.add("Slice", [graph.constant("positions", table), start, length])
    return _add_normalize(graph, source, "emb.ln", words, places)


def _mask(graph: _Graph) -> str:
    """0 for tokens and a large negative number for padding, shape (rows, 1, 1, tokens)."""
    mask = graph.add("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    mask = graph.add("Sub", [mask, graph.constant("one", np.array(1, np.float32))])
    mask = graph.add("Mul", [mask, graph.constant("far", np.array(1e4, np.float32))])
    return graph.add("Unsqueeze", [mask, graph.constant("axes", np.array([1, 2], np.int64))])


def _layer(graph: _Graph, source: Source, at: str, states: str, mask: str, ranges: Ranges) -> str:
    """Attention and the feed-forward network, each added to its input and normalized."""
    mixed = _attention(graph, source, at, states, mask, ranges)
    states = _add_normalize(graph, source, f"{at}aln", states, mixed)
    change = _feed_forward(graph, source, at, states, ranges)
    last = at == f"l{source.sizes.layers - 1}."
    return _add_normalize(graph, source, f"{at}oln", states, change, OUTPUT if last else "")


def _attention(
    graph: _Graph, source: Source, at: str, states: str, mask: str, ranges: Ranges
) -> str:
    size, heads = source.sizes.dimension, source.sizes.heads
    read = _quantize(graph, f"{at}states", states, *ranges.states)

    def part(name: str, order: list[int], scale: float = 1) -> str:
        """One of query, key and value, cut into heads, its axes in `order`."""
        weights = source.weights(f"{at}{name}.w", size)
        product = _linear(
            graph, f"{at}{name}", read, weights, source.floats(f"{at}{name}.b"), scale
        )
        return graph.add("Transpose", [graph.add("Reshape", [product, HEADS])], perm=order)

    # Plain operators: onnxruntime's MultiHeadAttention took a quarter longer at these sizes.
    query = part("q", [0, 2, 1, 3], (size // heads) ** -0.5)
    scores = graph.add("MatMul", [query, part("k", [0, 2, 3, 1])])
    shares = graph.add("Softmax", [graph.add("Add", [scores, mask])], axis=-1)
    mixed = graph.add("MatMul", [shares, part("v", [0, 2, 1, 3])])
    mixed = graph.add("Reshape", [graph.add("Transpose", [mixed], perm=[0, 2, 1, 3]), JOINED])
    read = _quantize(graph, f"{at}mixed", mixed, *ranges.mixed)
    weights = source.weights(f"{at}ao.w", size)
    return _linear(graph, f"{at}ao", read, weights, source.floats(f"{at}ao.b"))


def _feed_forward(graph: _Graph, source: Source, at: str, states: str, ranges: Ranges) -> str:
    sizes = source.sizes
    inward = source.weights(f"{at}fi.w", sizes.inner)
    outward = source.weights(f"{at}fo.w", sizes.dimension)
    bias = source.floats(f"{at}fi.b")

    # Channels with peaks are divided down to the range of the others, and their weights multiplied.
    limit = max(-ranges.inner[0], ranges.inner[1])
    scale = np.ones(sizes.dimension, np.float32)
    for channel, peak in ranges.peaks.items():
        scale[channel] = max(peak / limit, 1)
    small = graph.add("Mul", [states, graph.constant(f"{at}small", 1 / scale)])
    inward, bias, outward = _split_spikes(inward * scale, bias, outward, ranges)

    read = _quantize(graph, f"{at}inner", small, -limit, limit)
    active = graph.add("Gelu", [_linear(graph, f"{at}fi", read, inward, bias)], own=True)
    read = _quantize(graph, f"{at}active", active, GELU_LEAST / MARGIN, ranges.active)
    return _linear(graph, f"{at}fo", read, outward, source.floats(f"{at}fo.b"))


def _split_spikes(
    inward: Floats, bias: Floats, outward: Floats, ranges: Ranges
) -> tuple[Floats, Floats, Floats]:
    """More inner channels, so that none has to hold a number beyond `ranges.active`.

    A channel that gives up to 3 tops is joined by two that start one and two tops later; each is
    cut off at the top, and together they give what the one gave: gelu is nearly x there.
    """
    top = np.float32(ranges.active * MARGIN)
    copies = [
        (channel, np.float32(number) * top)
        for channel, spike in ranges.spikes.items()
        for number in range(1, int(np.ceil(spike * MARGIN / top)))
    ]
    channels = [channel for channel, _start in copies]
    starts = np.array([start for _channel, start in copies], np.float32)
    empty = -(len(bias) + len(copies)) % 16  # the products are fastest in multiples of 16
    inward = np.concatenate([inward, inward[channels]])
    bias = np.concatenate([bias, bias[channels] - starts])
    outward = np.concatenate([outward, outward[:, channels]], axis=1)
    return (
        np.pad(inward, ((0, empty), (0, 0))),
        np.pad(bias, (0, empty)),
        np.pad(outward, ((0, 0), (0, empty))),
    )


def _add_normalize(
    graph: _Graph, source: Source, at: str, states: str, change: str, name: str = ""
) -> str:
    weight = graph.constant(f"{at}.w", source.floats(f"{at}.w"))
    bias = graph.constant(f"{at}.b", source.floats(f"{at}.b"))
    total = graph.add("Add", [states, change])
    epsilon = float(source.sizes.epsilon)
    return graph.add("LayerNormalization", [total, weight, bias], name, axis=-1, epsilon=epsilon)


def _quantize(
    graph: _Graph, at: str, states: str, least: float, most: float
) -> tuple[str, str, str]:
    """The states as bytes, their scale and their zero point."""
    least, most = least * MARGIN, most * MARGIN
    step = (most - least) / 255
    scale = graph.constant(f"{at}.s", np.array(step, np.float32))
    zero = graph.constant(f"{at}.z", np.array(round(-least / step), np.uint8))
    return graph.add("QuantizeLinear", [states, scale, zero]), scale, zero


def _linear(
    graph: _Graph,
    at: str,
    read: tuple[str, str, str],
    weights: Floats,
    bias: Floats,
    scale: float = 1,
) -> str:
    """(states @ weights.T + bias) * scale, in eight-bit integers."""
    scales = _weight_scales(weights)
    quantized = np.rint(weights / scales[:, None]).astype(np.int8).T
    states, state_scale, zero = read
    inputs = [
        states,
        graph.constant(f"{at}.w", quantized),
        state_scale,
        graph.constant(f"{at}.s", scales * np.float32(scale)),
        zero,
        "",
        graph.constant(f"{at}.b", bias * np.float32(scale)),
    ]
    return graph.add("MatMulIntegerToFloat", inputs, own=True)


def _weight_scales(weights: Floats) -> Floats:
    """One step per output. Shapes: (outputs, inputs) to (outputs,).

    Processors without VNNI add two neighbouring products, each of up to 255 times a weight, in
    16 bits. With two weights of one sign never above 128 together nothing overflows, and every
    processor gives the same result.
    """
    pairs = weights.reshape(len(weights), -1, 2)
    sums = np.maximum(pairs, 0).sum(axis=2), np.maximum(-pairs, 0).sum(axis=2)
    largest = np.maximum(sums[0].max(axis=1), sums[1].max(axis=1))
    # A pair is at least as large as its larger weight, so 127 bounds single weights as well.
    scales: Floats = (largest / np.float32(127)).astype(np.float32)
    scales[scales == 0] = 1
    return scales
