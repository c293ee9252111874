"""How large the bundled model's numbers get: the ranges its eight-bit inputs are cut to.

A matrix product in eight bits needs the range of its input. Finding it anew for every batch (the
usual "dynamic" quantization) has two faults here. One number far out makes all others coarse, and
this model has such numbers: in a few fixed channels, and at the tokens <s> and </s> only. And a
text's vector would depend on what else is in the batch. So the ranges are fixed: the largest
values over 66,000 tokens of Urdu, Roman Urdu, English and ten other languages, of code, digits,
emoji and single letters. They are a property of the model, hardly of the text: 150 sentences gave
nearly the same numbers. Values beyond a range are cut off, no worse. `benchmarks/encoder_ranges.py`
shows how much of each range a folder of texts uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MARGIN = 1.1  # what the network is given on top of the largest values seen


@dataclass(frozen=True)
class Ranges:
    """The largest values seen in one layer.

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
