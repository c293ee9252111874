"""Names of languages as codes: `ur`, `fa`, and `ur-Latn` for Urdu in Latin letters.

A code is the primary subtag of BCP 47: regions are dropped, and scripts but for Roman Urdu, which is read
in a way of its own. Names are those that Unicode's CLDR has in English and in Urdu.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from index.text.normalize import normalize

ROMAN_URDU = "ur-Latn"

_MORE_NAMES = {"farsi": "fa", "dari": "fa", "shahmukhi": "pa", "pnb": "pa", "العربية": "ar", "gurmukhi": "pa", "panjabi": "pa",
               "pushto": "ps", "فارسى": "fa", "انگلش": "en", "فارسی": "fa", "سندھی": "sd", "پشتو": "ps"}  # fmt: skip
_NOT_ONE = frozenset(("und", "mul", "mis", "zxx", "root"))
_LATIN = frozenset(("latn", "latin", "roman", "رومن"))
_PARTS = re.compile(r"[-_\s()/,]+")


@lru_cache(maxsize=4096)
def language_code(name: str) -> str:
    """The code of a language as people and programs name it; empty for none.

    >>> [language_code(name) for name in ("ur-PK", "Urdu", "fas", "فارسی", "zh_Hans_CN", "Roman Urdu", "x")]
    ['ur', 'ur', 'fa', 'fa', 'zh', 'ur-Latn', '']
    """
    parts = [part for part in _PARTS.split(normalize(name)) if part]
    named = [part for part in parts if part not in _LATIN]
    if not named:
        return ""
    code = _names().get(" ".join(named)) or _names().get(named[0], "")
    return ROMAN_URDU if code == "ur" and len(named) < len(parts) else code


def primary(code: str) -> str:
    """The language of a code, whatever its script: `ur` for `ur-Latn`."""
    return code.partition("-")[0]


def _named_in(language: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale.parse(language).languages.items()}


@cache
def _names() -> dict[str, str]:
    """Codes by code, by the three letters of ISO 639-2 and by name; of two names the first counts."""
    english, urdu = (_named_in(language) for language in ("en", "ur"))
    codes = {code for code in english if code.isalpha() and code not in _NOT_ONE}
    found = {code: code for code in codes}
    for alias, code in get_global("language_aliases").items():
        if code in codes and alias.isalpha():
            found.setdefault(normalize(alias), code)
    for names in (english, urdu):
        for code, name in names.items():
            if code in codes:
                found.setdefault(normalize(name), code)
    return found | {normalize(name): code for name, code in _MORE_NAMES.items()}
