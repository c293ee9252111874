"""Urdu on a terminal that shows every letter from left to right, apart, as most of them do.

Some terminals put right-to-left text in order and join its letters themselves; to them text goes
as it is. For the others it is laid out here: joined letters, in the order in which the eye meets
them, each with the number of the letter it came from, so that marks stay on their words.

The order is the Unicode Bidirectional Algorithm (UAX #9) but for explicit embeddings, overrides and
isolates: those characters are taken out before, as a stranger's text has no business to use them on
a terminal. Joined forms are the Arabic presentation forms, read from the Unicode database.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

TERMINAL, VISUAL, AUTO = "terminal", "visual", "auto"

_CONTROLS = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MIRRORED = str.maketrans("()[]{}<>«»‹›⟨⟩", ")(][}{><»«›‹⟩⟨")
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_VTE_ORDERS = 5800  # VTE 0.58, the widget of GNOME Terminal and its kin, was the first to do so


def who_orders(environ: Mapping[str, str] | None = None) -> str:
    """Whether this terminal orders text itself (`terminal`) or not (`visual`), as far as it says.

    VTE, Konsole, mlterm and Apple's Terminal order text and can be told by their variables. What
    does not say what it is gets the visual order: that is what most of the others need.
    """
    given = os.environ if environ is None else environ
    if given.get("TMUX") or given.get("STY"):
        return VISUAL  # tmux and screen draw cells of their own, whatever is around them
    vte = given.get("VTE_VERSION", "")
    orders = vte.isascii() and vte.isdigit() and int(vte) >= _VTE_ORDERS
    named = any(given.get(name) for name in ("KONSOLE_VERSION", "MLTERM"))
    return TERMINAL if orders or named or _apple(given) else VISUAL


def _apple(given: Mapping[str, str]) -> bool:
    return given.get("TERM_PROGRAM") == "Apple_Terminal"


def without_controls(text: str) -> str:
    """The text without the invisible characters that steer direction; joiners stay."""
    return _CONTROLS.sub("", text)


def visual(text: str, rtl: bool) -> list[tuple[str, int]]:
    """One line as it is to be drawn from left to right: glyphs, and the index of each in `text`.

    `rtl` is the direction of the paragraph the line is of. Marks follow the letter they sit on.
    """
    levels = _levels(text, int(rtl))
    cells: list[tuple[int, list[tuple[str, int]]]] = []
    for at, glyph in enumerate(_joined(text)):
        if glyph and _mark(text[at]) and cells:
            cells[-1][1].append((glyph, at))
        elif glyph:
            turned = glyph.translate(_MIRRORED) if levels[at] % 2 else glyph
            cells.append((levels[at], [(turned, at)]))
    for level in range(max((each for each, _ in cells), default=0), 0, -1):
        _turn(cells, level)
    return [glyph for _, cell in cells for glyph in cell]


def _turn(cells: list[tuple[int, list[tuple[str, int]]]], level: int) -> None:
    """Reverse every run of cells at this level or above (L2)."""
    start = 0
    while start < len(cells):
        end = start
        while end < len(cells) and cells[end][0] >= level:
            end += 1
        cells[start:end] = cells[start:end][::-1]
        start = end + 1


# --- levels ---


def _levels(text: str, base: int) -> list[int]:
    """The embedding level of each character of a line without explicit embeddings."""
    original = [unicodedata.bidirectional(each) or "L" for each in text]
    own = "R" if base else "L"
    kinds = _neutral(_bracketed(text, _weak(original, own), own), own)
    rise = {"R": (1, 0), "L": (0, 1), "AN": (2, 1), "EN": (2, 1)}
    levels = [base + rise[kind][base] for kind in kinds]
    for at in range(len(text) - 1, -1, -1):  # L1: white space at the end of the line
        if original[at] not in ("WS", "B", "S", "BN"):
            break
        levels[at] = base
    return levels


_BETWEEN = (("CS", "EN"), ("CS", "AN"), ("ES", "EN"))
_SIDES = {"L": "L", "R": "R", "EN": "R", "AN": "R"}


def _weak(kinds: Sequence[str], own: str) -> list[str]:
    """Rules W1 to W7: marks, numbers and what stands between them."""
    found = list(kinds)
    strong, before = own, own
    for at, kind in enumerate(found):
        if kind in ("NSM", "BN"):
            found[at] = before  # W1; a BN takes part in nothing, so it goes with what is before
        elif kind == "EN" and strong == "AL":
            found[at] = "AN"  # W2
        if kind in ("L", "R", "AL"):
            strong = kind
        before = found[at]
    found = ["R" if kind == "AL" else kind for kind in found]  # W3
    for at in range(1, len(found) - 1):  # W4
        left, kind, right = found[at - 1 : at + 2]
        if left == right and (kind, left) in _BETWEEN:
            found[at] = left
    found = _terminators(found)
    strong = own
    for at, kind in enumerate(found):  # W7
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            found[at] = "L"
    return found


def _terminators(kinds: list[str]) -> list[str]:
    """W5 and W6: signs beside a number go with it, all other separators are neutral."""
    runs = re.finditer(r"(?:ET )+", "".join(f"{kind:<3}" for kind in kinds))
    for run in runs:
        start, end = run.start() // 3, run.end() // 3
        beside = {*kinds[max(start - 1, 0) : start], *kinds[end : end + 1]}
        if "EN" in beside:
            kinds[start:end] = ["EN"] * (end - start)
    return ["ON" if kind in ("ET", "ES", "CS") else kind for kind in kinds]


def _bracketed(text: str, kinds: list[str], own: str) -> list[str]:
    """Rule N0: a pair of brackets goes with what is in it, or with what is before it."""
    found = list(kinds)
    for start, end in _pairs(text, kinds):
        inside = {_SIDES[kind] for kind in found[start + 1 : end] if kind in _SIDES}
        if not inside:
            continue
        before = (_SIDES[kind] for kind in found[start::-1] if kind in _SIDES)
        side = own if own in inside or next(before, own) == own else inside.pop()
        found[start] = found[end] = side
    return found


def _pairs(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Where brackets open and close, by where they open; unpaired ones are left out (BD16)."""
    opened: list[tuple[str, int]] = []
    pairs = []
    for at, each in enumerate(text):
        if kinds[at] != "ON":
            continue
        if each in _BRACKETS:
            opened.append((_BRACKETS[each], at))
        elif closing := [n for n, (close, _) in enumerate(opened) if close == each]:
            pairs.append((opened[closing[-1]][1], at))
            del opened[closing[-1] :]
    return sorted(pairs)


def _neutral(kinds: list[str], own: str) -> list[str]:
    """Rules N1 and N2: neutrals between two of one direction go with them, others with the line."""
    found = list(kinds)
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end] not in _SIDES:
            end += 1
        left = _SIDES[found[start - 1]] if start else own
        right = _SIDES[found[end]] if end < len(found) else own
        found[start:end] = [left if left == right else own] * (end - start)
        start = end + 1
    return found


# --- joining ---


_LAM_ALEF = ("لا", "لآ", "لأ", "لإ")


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Presentation forms of a letter (or of lam and alef): `isolated`, `initial`, `medial`, `final`."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE80, 0xFEFD)):
        form, _, letters = unicodedata.decomposition(chr(code)).partition(" ")
        plain = "".join(chr(int(each, 16)) for each in letters.split())
        if len(plain) == 1 or plain in _LAM_ALEF:
            found.setdefault(plain, {}).setdefault(form.strip("<>"), chr(code))
    # This letter has no forms of its own: those of the letter, and the mark.
    found["ۂ"] = {form: glyph + "\u0654" for form, glyph in found["ہ"].items()}
    return found


_JOINERS = ("\u200d", "ـ")
_UNSEEN = ("\u200c", "\u200d")


def _joined(text: str) -> list[str]:
    """Each character's glyph; empty for what joins or parts letters without being seen."""
    glyphs, forms = list(text), _forms()
    places = [at for at, each in enumerate(text) if not _mark(each)]
    letters = [*(text[at] for at in places), ""]
    at = 0
    while at < len(places):
        letter = letters[at]
        if letter + letters[at + 1] in forms and letters[at + 1]:
            letter += letters[at + 1]
            glyphs[places[at + 1]] = ""
        end = at + len(letter)
        if letter in forms:
            before = letters[at - 1] if at else ""
            form = _form(forms[letter], _forward(before), _backward(letters[end]))
            glyphs[places[at]] = form
        elif letter in _UNSEEN:
            glyphs[places[at]] = ""
        at = end
    return glyphs


def _mark(each: str) -> bool:
    return unicodedata.bidirectional(each) == "NSM"


def _form(forms: Mapping[str, str], joins_before: bool, joins_after: bool) -> str:
    """The glyph between its neighbours; a letter that does not join on a side stays open there."""
    before, after = joins_before and "final" in forms, joins_after and "initial" in forms
    wanted = {(True, True): "medial", (True, False): "final", (False, True): "initial"}
    return forms.get(wanted.get((before, after), "isolated")) or forms["isolated"]


def _forward(letter: str) -> bool:
    """Whether a letter joins to the one after it."""
    return letter in _JOINERS or "initial" in _forms().get(letter, ())


def _backward(letter: str) -> bool:
    """Whether a letter joins to the one before it."""
    return letter in _JOINERS or "final" in _forms().get(letter, ())
