"""How much of each fixed eight-bit range of the bundled encoder a folder of texts uses.

    python benchmarks/encoder_ranges.py [PATH] [--texts N]

`index/encoders/bundled/graph.py` holds the ranges. This runs the converted model on texts of your
kind and prints, for each of them, the share of it that was needed and how many numbers were beyond
it. More than a few in a million beyond would mean that such texts need wider ranges. The spikes
that are split on purpose (`active`, at the tokens <s> and </s>) are not counted.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from encoder_speed import SEEDS, read_texts, spread
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from index.encoders.bundled.model import bundled_model_folder


def with_inputs_shown(model: Any) -> tuple[Any, dict[str, tuple[float, float]]]:
    """The model giving out what it quantizes, and the range of each by the name of that output."""
    constants = {entry.name: entry for entry in model.graph.initializer}
    ranges = {}
    for node in model.graph.node:
        if node.op_type == "QuantizeLinear":
            step, zero = (numpy_helper.to_array(constants[name]) for name in node.input[1:])
            ranges[node.input[0]] = (-float(zero) * float(step), (255 - float(zero)) * float(step))
            shown = helper.make_tensor_value_info(node.input[0], TensorProto.FLOAT, None)
            model.graph.output.append(shown)
    return model, ranges


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("path", nargs="?", type=Path, default=SEEDS)
    parser.add_argument("--texts", type=int, default=100)
    options = parser.parse_args()

    folder = bundled_model_folder()
    model, ranges = with_inputs_shown(onnx.load(str(folder / "model.onnx")))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(512)
    used = {name: [0.0, 0.0, 0, 0] for name in ranges}
    for text in spread(list(read_texts(options.path)), options.texts):
        ids = np.array([tokenizer.encode("passage: " + text).ids])
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        for name, found in zip(ranges, session.run(list(ranges), given), strict=True):
            values = found[0, 1:-1]
            least, most = ranges[name]
            step = (most - least) / 255
            row = used[name]
            row[1] = max(row[1], float(values.max() / most))
            row[0] = max(row[0], float(values.min() / least))
            row[2] += int(((values < least - step) | (values > most + step)).sum())
            row[3] += values.size
    print(f"{'':10}{'input':8}{'low':>8}{'high':>8}{'beyond':>8} of")
    for at, (low, high, beyond, size) in enumerate(used.values()):
        part = ("states", "mixed", "inner", "active")[at % 4]
        print(f"layer {at // 4 + 1:<4}{part:8}{low:8.0%}{high:8.0%}{beyond:8} {size}")


if __name__ == "__main__":
    main()
