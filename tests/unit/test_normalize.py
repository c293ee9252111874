"""Golden folds in tests/data/normalize, one file a rule: ``input => expected``, \\u escapes allowed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.text.normalize import NORMALIZER_VERSION, URDU_LETTERS, normalize

CASES = Path(__file__).parents[1] / "data" / "normalize"


def _unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def _golden() -> Iterator[object]:
    for path in sorted(CASES.glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("# "), f"{path.name} does not say what it is about"
        for number, line in enumerate(lines[1:], 2):
            given, _, expected = line.partition(" => ")
            yield pytest.param(_unescaped(given), _unescaped(expected), id=f"{path.stem}:{number}")


@pytest.mark.parametrize(("given", "expected"), list(_golden()))
def test_golden(given: str, expected: str) -> None:
    assert normalize(given) == expected
    assert normalize(expected) == expected


def test_every_letter_rule_gives_a_letter_that_stays() -> None:
    for letter, folded in URDU_LETTERS.items():
        assert normalize(f"ب{letter}ب") == f"ب{folded}ب"


def test_every_character_alone_folds_once_and_for_all() -> None:
    for code in [*range(0x3400), *range(0xD7F0, 0xE010), *range(0xF900, 0x10400)]:
        folded = normalize(chr(code))
        assert normalize(folded) == folded, hex(code)


def test_empty_text_nul_and_lone_surrogates_pass() -> None:
    assert normalize("") == ""
    assert normalize("\0") == "\0"
    assert normalize("کتاب\ud800") == "کتاب\ud800"


def test_what_pyarabic_would_have_damaged() -> None:
    assert normalize("لائبریری") == "لائبریری"
    assert normalize("آم") == "آم"
    assert normalize("اعلیٰ") == "اعلی"


def test_version_is_a_short_name_for_manifests() -> None:
    assert re.fullmatch(r"[\w.-]{1,16}", NORMALIZER_VERSION)


FOLDS = {"2": "fb7e0c8a4e16d881"}
"""Version of the rules -> digest of what they make of every letter and of the golden texts."""


def test_rules_that_fold_otherwise_have_a_version_of_their_own() -> None:
    """An index made by other rules would be searched wrongly, and nobody told. If this fails, raise
    NORMALIZER_VERSION, write both down here, and run `python tests/formats.py`."""
    letters = [
        chr(code)
        for block in (range(0x3000), range(0xFB50, 0xFF00))
        for code in block
        if unicodedata.ucd_3_2_0.category(chr(code)) != "Cn"  # the same in every Python
    ]
    texts = [
        *letters,
        *(f"ب{letter}ب" for letter in letters),
        *(case.values[0] for case in _golden()),
    ]
    digest = hashlib.sha256("\0".join(map(normalize, texts)).encode()).hexdigest()[:16]
    assert digest == FOLDS.get(NORMALIZER_VERSION)
