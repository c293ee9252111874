"""Writes the bundled model's vocabulary as a `tokenizer.json`, the usual format.

The normalization map becomes a `Precompiled` normalizer, the one the model was trained with: the
tokenizer then keeps track of which original characters every token came from, even where the map
changes the length of the text (one ligature letter becoming eighteen letters, say).
"""

from __future__ import annotations

import base64
import json
import struct
import unicodedata
from collections.abc import Mapping
from typing import Any, Union

from index.encoders.bundled.source import Pieces

_SPACE = "▁"  # the sign that stands for the space before a word in the vocabulary
_UNLIKELY = -100.0  # logarithm of a probability; the rarest real piece has -20

# A node of the trie: byte -> node, and _END -> the value stored at this node.
_Node = dict[int, Union[int, "_Node"]]
_END = -1


def build_tokenizer(pieces: Pieces, normalization: Mapping[str, str]) -> str:
    """The text of `tokenizer.json`.

    It is written by hand, not by the tokenizers library: its digest is part of the encoder's
    identity, and must not change with the library's version.
    """
    space = {"type": "Metaspace", "replacement": _SPACE, "prepend_scheme": "always", "split": True}
    # Control pieces such as <s> stand in the file with probability 1. A text may hold the same
    # letters (they are HTML, too), which must not become control tokens.
    vocabulary = [
        (text, score if score < 0 else _UNLIKELY)
        for text, score in zip(pieces.texts, pieces.scores, strict=True)
    ]
    charsmap = base64.b64encode(_characters_map(normalization)).decode("ascii")
    content: dict[str, Any] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Precompiled", "precompiled_charsmap": charsmap},
        # Pieces never hold a space inside, so cutting at spaces first changes no result; it keeps
        # the space out of the offsets and lets the tokenizer reuse the words it has seen.
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [{"type": "WhitespaceSplit"}, space],
        },
        "post_processor": _frame(pieces),
        "decoder": space,
        "model": {
            "type": "Unigram",
            "unk_id": pieces.unknown,
            "vocab": vocabulary,
            "byte_fallback": False,
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _frame(pieces: Pieces) -> dict[str, Any]:
    """<s> before and </s> after every text."""
    ends = {name: pieces.texts[name] for name in (pieces.bos, pieces.eos)}
    marks = [{"SpecialToken": {"id": text, "type_id": 0}} for text in ends.values()]
    first, last = {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}
    return {
        "type": "TemplateProcessing",
        "single": [marks[0], first, marks[1]],
        "pair": [marks[0], first, marks[1], last, marks[1]],
        "special_tokens": {
            text: {"id": text, "ids": [number], "tokens": [text]} for number, text in ends.items()
        },
    }


def _characters_map(normalization: Mapping[str, str]) -> bytes:
    """The map in SentencePiece's layout: size of the trie, the trie, the replacements.

    The trie (a double array) leads from the UTF-8 bytes of a text to the place of its replacement,
    each of which ends with a zero byte.
    """
    entries = {**_composed(normalization), **normalization}
    replacements = bytearray()
    places: dict[str, int] = {}
    for text in entries.values():
        if text not in places:
            places[text] = len(replacements)
            replacements += text.encode() + b"\0"
    trie = _DoubleArray({key.encode(): places[text] for key, text in entries.items()}).packed()
    return struct.pack("<I", len(trie)) + trie + bytes(replacements)


def _composed(normalization: Mapping[str, str]) -> dict[str, str]:
    """Letter + mark -> the one letter they compose, such as U+0627 U+0653 -> U+0622.

    The model was trained on composed letters, but the map holds single code points only. Planes
    beyond the first are left out: they grow with every Unicode version, and the file written here
    has to be the same under every version of Python.
    """
    found: dict[str, str] = {}
    for code in range(0xC0, 0xFB50):
        letter = chr(code)
        parts = unicodedata.decomposition(letter)
        if not parts or "<" in parts or letter in normalization:
            continue
        pair = "".join(chr(int(part, 16)) for part in parts.split())
        if len(pair) == 2 and unicodedata.normalize("NFC", pair) == letter:
            found[pair] = letter
    return found


class _DoubleArray:
    """A trie in one array of 32-bit units, in the layout of the Darts library.

    A unit holds the byte that leads to it (bits 0 to 7), whether a key ends here (bit 8) and, from
    bit 10, the exclusive or of its own place and its children's base; the child for byte b stands
    at base ^ b. Where a key ends, the child for byte 0 holds the key's value, with bit 31 set.
    """

    def __init__(self, entries: Mapping[bytes, int]) -> None:
        self._units = [0] * 256
        self._used = bytearray(256)
        self._used[0] = 1
        self._bases: set[int] = set()
        self._start = 1
        root: _Node = {}
        for key, value in sorted(entries.items()):
            node = root
            for byte in key:
                child = node.setdefault(byte, {})
                assert isinstance(child, dict)
                node = child
            node[_END] = value
        self._place(root, 0, 0)

    def packed(self) -> bytes:
        """The units, little endian. Whole blocks of 256, so no lookup leaves the array."""
        return struct.pack(f"<{len(self._units)}I", *self._units)

    def _place(self, node: _Node, place: int, label: int) -> None:
        base = self._base_for([max(byte, 0) for byte in node])
        self._units[place] = (base ^ place) << 10 | (_END in node) << 8 | label
        for byte, child in node.items():
            if isinstance(child, dict):
                self._place(child, base ^ byte, byte)
            else:
                self._units[base] = 1 << 31 | child

    def _base_for(self, labels: list[int]) -> int:
        """A base of its own at which every child's place is free; the places become used.

        Two nodes of one base would see each other's children as their own.
        """
        base = self._start
        while base in self._bases or any(self._is_used(base ^ label) for label in labels):
            base += 1
        self._bases.add(base)
        for label in labels:
            self._used[base ^ label] = 1
        # Leave behind what is nearly full: a few places lost, and no search over all of it again.
        self._start += (base - self._start) // 4
        return base

    def _is_used(self, place: int) -> bool:
        if place >= len(self._units):
            self._units += [0] * 256
            self._used += bytes(256)
        return self._used[place] == 1
