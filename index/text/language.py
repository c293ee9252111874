"""Which language a text is written in, judged by its script: Urdu, English or neither.

News archives mix two scripts, so counting words settles nearly every document; words rather than
letters, because Urdu leaves its short vowels out and would lose to a list of English names. What
counting cannot settle is which language an Arabic-script text is in: Urdu shares its letters with
Arabic, Persian, Pashto and Sindhi. Urdu gives itself away by letters its neighbours do not write
(ٹ ڈ ڑ ں ے ہ ھ), on average every seventh, and by its commonest words (کا کی کو اور). So a text long
enough to show such evidence must show it; a short headline is given the benefit of the doubt,
because this is an archive of Urdu news.

Roman Urdu, and any other language in Latin letters, counts as `en`: it is displayed the same way,
and search decides word by word what a Roman token may mean.
"""

from __future__ import annotations

import re
from typing import Literal

from index.text.normalize import JOINERS, MARKS

Language = Literal["ur", "en", "und"]

_ARABIC_LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
    "\u0750-\u077f\ufb50-\ufbb1\ufbd3-\ufd3d\ufe70-\ufefc"
)
_ARABIC_WORD = re.compile(f"[{_ARABIC_LETTERS}][{_ARABIC_LETTERS}\u0640{MARKS}{JOINERS}]*")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]['’A-Za-z\u00c0-\u024f]*")
_OTHER_SCRIPT_WORD = re.compile(
    "[\u0370-\u05ff\u0700-\u074f\u0780-\u1cff\u1f00-\u1fff\u3040-\ud7ff]+"
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S{1,64}@\S{1,255}")

_URDU_LETTERS = re.compile("[ٹڈڑںےۓہھۂۃ]")
"""Letters Urdu writes and Arabic and Persian do not."""

_NEIGHBOUR_LETTERS = re.compile("[ټډړږښڼېۍځڅګڪٿٻڀڄڃڇڌڍڏڊڦڱڳڻۄۆۇۈەێڕڵ]")
"""Letters of Pashto, Sindhi, Kurdish and Uighur that Urdu never writes."""

_COMMON_URDU = (
    "کا کی کو اور اس پر تھا تھی گیا گئی گئے ہوا ہوئی کیا جو بھی "
    "تو یا سب ہو تک ایک دو کر جا رہا رہی دی لیا والا والی اپنا اپنی"
)
_URDU_WORDS = frozenset(_COMMON_URDU.split())
"""Common words without a tell-tale letter: evidence when ہ and ے were typed on an Arabic keyboard.
Several are words of Persian too (پر, تو, یا, دو), hence the threshold `_WORD_SHARE`."""

_COMMON_OTHER = "است این را برای های می شد کرد بود إلى التي الذي هذا هذه أن إن في"
_OTHER_WORDS = frozenset(_COMMON_OTHER.split())
"""The commonest words of Persian and Arabic that Urdu does not write, or not so."""

_FOLD = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ"})
_SHORT = 120  # Arabic-script letters; a list of names below this may lack evidence by chance
_LETTER_SHARE = 0.02  # Urdu news shows 0.10 to 0.22; Arabic that quotes a few Urdu names, 0.01
_WORD_SHARE = 0.10  # Urdu news shows 0.12 to 0.30
_SAMPLE = 4_000  # characters from each of start, middle and end of a long text


def detect(text: str) -> Language:
    """Return the language most words of `text` are in: `ur`, `en`, or `und` when neither.

    >>> detect("وزیر خزانہ نے بجٹ پیش کر دیا"), detect("Budget presented"), detect("2026")
    ('ur', 'en', 'und')
    """
    sample = _sample(text)
    if "://" in sample or "www." in sample or "@" in sample:
        sample = _ADDRESS.sub(" ", sample)
    arabic = _ARABIC_WORD.findall(sample)
    latin = len(_LATIN_WORD.findall(sample))
    if not arabic and not latin:
        return "und"
    if len(_OTHER_SCRIPT_WORD.findall(sample)) > max(len(arabic), latin):
        return "und"
    if latin > len(arabic):
        return "en"
    return "ur" if _is_urdu(arabic) else "und"


def _sample(text: str) -> str:
    """Keep the work bounded: a book is judged by its start, middle and end."""
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = (len(text) - _SAMPLE) // 2
    return "\n".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))


def _is_urdu(words: list[str]) -> bool:
    """Tell Urdu from the other languages written in Arabic script."""
    letters = "".join(words)
    urdu = len(_URDU_LETTERS.findall(letters))
    if len(_NEIGHBOUR_LETTERS.findall(letters)) > max(urdu // 3, len(letters) // 100):
        return False
    if urdu and (len(letters) < _SHORT or urdu >= _LETTER_SHARE * len(letters)):
        return True
    common = sum(word.translate(_FOLD) in _URDU_WORDS for word in words)
    if common and (len(letters) < _SHORT or common >= _WORD_SHARE * len(words)):
        return True
    if len(letters) >= _SHORT:
        return False
    articles = sum(word.startswith("ال") for word in words)
    arabic = articles >= 3 and articles * 4 >= len(words)
    return not arabic and not any(word in _OTHER_WORDS for word in words)
