"""Which language a text is written in, judged by its letters and its commonest words.

News archives of Pakistan mix two scripts, so counting words settles nearly every document; words rather
than letters, because Urdu leaves its short vowels out and would lose to a list of English names. What
counting cannot settle is which language an Arabic-script text is in: Urdu shares its letters with
Arabic, Persian, Pashto, Sindhi and Punjabi. Urdu gives itself away by letters its neighbours do not write
(ٹ ڈ ڑ ں ے ہ ھ), on average every seventh, and by its commonest words (کا کی کو اور). So a text long
enough to show such evidence must show it; a short headline is given the benefit of the doubt, because
this is an archive of Urdu news. Its neighbours are told by their own letters and words.

Latin letters are English, Roman Urdu (`ur-Latn`), or another language; py3langid says which where
none of the commonest English words stand, and English is what it must be sure against: a headline of
names is English. Other scripts are mostly of one language; those of several ask py3langid, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from index.text.language_codes import ROMAN_URDU
from index.text.normalize import JOINERS, MARKS

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

_NEIGHBOUR_LETTERS = re.compile("[۽۾ټډړږښڼېۍځڅګڪٿٻڀڄڃڇڌڍڏڊڦڱڳڻۄۆۇۈەێڕڵ]")
"""Letters of Pashto, Sindhi, Kurdish and Uighur that Urdu never writes."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_URDU_WORDS = _listed(
    "کا کی کو اور اس پر تھا تھی گیا گئی گئے ہوا ہوئی کیا جو بھی "
    "تو یا سب ہو تک ایک دو کر جا رہا رہی دی لیا والا والی اپنا اپنی"
)
"""Common words without a tell-tale letter: evidence when ہ and ے were typed on an Arabic keyboard.
Several are words of Persian too (پر, تو, یا, دو), hence the threshold `_WORD_SHARE`."""

_OTHER_WORDS = _listed("است این را برای های می شد کرد بود إلى التي الذي هذا هذه أن إن في")
"""The commonest words of Persian and Arabic that Urdu does not write, or not so."""

_FOLD = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ"})
_SHORT = 120  # Arabic-script letters; a list of names below this may lack evidence by chance
_LETTER_SHARE = 0.02  # Urdu news shows 0.10 to 0.22; Arabic that quotes a few Urdu names, 0.01
_WORD_SHARE = 0.10  # Urdu news shows 0.12 to 0.30
_SAMPLE = 4_000  # characters from each of start, middle and end of a long text


_ROMAN_WORDS = _listed(
    "hai hain mein ki ke ka ko se ne kay kia kiya nahi nahin nhi aur gaya gayi gaye raha rahi "
    "rahe liye liya wala wali wale tha thi thay kar karne karna karte karta diya unhon unho hota "
    "hoti hone hua hui huye apne apni jo yeh woh bhi sath saath wajah baad tak kuch bohat bahut "
    "sirf phir yani agar lekin magar"
)
_ROMAN_ONLY = _listed(
    "hai hain mein aur nahi nahin raha rahi rahe gaya gayi liye wajah unhon hota hoti karne kiya "
    "diya hua woh yeh bhi wala wali wale baad"
)
"""Of these, what no other language in Latin letters has as a common word."""

_ENGLISH_WORDS = _listed(
    "the of and to in for on with at from by is are was were be has have had that this as it its "
    "not but after over his her he she they their who which said will an or up out new"
)

_PUNJABI_WORDS = _listed(
    "وچ نوں دا تے اتے ایہ اوہ کیتا کیتی ہن لئی پاروں نیں سن ایس اوس ساڈے تہاڈے جدوں ہویا"
)
_URDU_ONLY_WORDS = _listed("کا کی کے کو میں سے نے پر ہے ہیں اور")
_OWN_LETTERS = {
    "ps": re.compile("[ټډړږښڼېۍځڅ]"),
    "sd": re.compile("[۽۾ٿٻڀڄڃڇڌڍڏڊڦڱڳڻٽڪ]"),
    "ug": re.compile("[ۈۋ]"),
    "ku": re.compile("[ۆێڕڵەۇ]"),
}
_ARABIC_SIGNS = re.compile("[أإةٱؤ]|^ال")
_PERSIAN_SIGNS = re.compile("[پچژگ]")
_PERSIAN_WORDS = _listed("است این را برای های می شد کرد بود که از در به با آن خود شود کند")
_ARABIC_WORDS = _listed("إلى التي الذي هذا هذه أن إن في من على عن مع كان قال")

_BY_SCRIPT: dict[str, tuple[str, ...]] = {
    "DEVANAGARI": ("hi", "mr", "ne"), "BENGALI": ("bn", "as"), "GURMUKHI": ("pa",), "GUJARATI": ("gu",),
    "ORIYA": ("or",), "TAMIL": ("ta",), "TELUGU": ("te",), "KANNADA": ("kn",), "MALAYALAM": ("ml",),
    "SINHALA": ("si",), "THAI": ("th",), "LAO": ("lo",), "TIBETAN": ("dz",), "GEORGIAN": ("ka",),
    "ETHIOPIC": ("am",), "KHMER": ("km",), "GREEK": ("el",), "HEBREW": ("he",), "ARMENIAN": ("hy",),
    "CYRILLIC": ("ru", "uk", "bg", "be", "sr", "kk", "ky", "mn", "mk"), "HANGUL": ("ko",),
    "HIRAGANA": ("ja",), "KATAKANA": ("ja",), "CJK": ("zh",), "SYRIAC": ("syr",), "THAANA": ("dv",),
    "MYANMAR": ("my",),
}  # fmt: skip
_LATIN_LANGUAGES = ("en", "fr", "de", "es", "pt", "it", "nl", "tr", "id", "pl", "sv")
"""More are told apart by what a record says of itself alone: names of South Asia pass for Somali, Hausa."""
_LEAST_LATIN_WORDS = 4
_SURE = 12.0
"""Nats by which py3langid must prefer another language to English."""


def detect(text: str) -> str:
    """The language most words of `text` are in, as `index.text.language_codes` has it; `und` for none.

    >>> detect("وزیر خزانہ نے بجٹ پیش کر دیا"), detect("Budget presented"), detect("2026")
    ('ur', 'en', 'und')
    """
    sample, arabic, latin, other = _words(text)
    if not arabic and not latin and not other:
        return "und"
    if other > max(len(arabic), len(latin)):
        return _by_script(sample)
    return _of_latin(sample, latin) if len(latin) > len(arabic) else _of_arabic(sample, arabic)


def urdu_or_english(text: str) -> str:
    """`ur` or `en` for a text known to be one of them or both, `und` when it is neither: for passages."""
    _, arabic, latin, other = _words(text)
    if (not arabic and not latin) or other > max(len(arabic), len(latin)):
        return "und"
    return "en" if len(latin) > len(arabic) else "ur" if _is_urdu(arabic) else "und"


def _words(text: str) -> tuple[str, list[str], list[str], int]:
    """What is looked at of a text, its words in Arabic and in Latin script, and how many are in others."""
    sample = _sample(text)
    if "://" in sample or "www." in sample or "@" in sample:
        sample = _ADDRESS.sub(" ", sample)
    latin = _LATIN_WORD.findall(sample)
    if sample.isascii():
        return sample, [], latin, 0
    other = len(_OTHER_SCRIPT_WORD.findall(sample))
    return sample, _ARABIC_WORD.findall(sample), latin, other


def _of_latin(sample: str, words: Sequence[str]) -> str:
    """English, Roman Urdu, or what py3langid is sure of."""
    counted = Counter(word.casefold() for word in words)
    english = sum(counted[word] for word in counted.keys() & _ENGLISH_WORDS)
    roman = sum(counted[word] for word in counted.keys() & _ROMAN_WORDS)
    sure = counted.keys() & _ROMAN_ONLY
    if sure and roman >= 2 and roman * 8 >= len(words) and roman > english:
        return ROMAN_URDU
    if english * 12 >= len(words) or (len(counted) < _LEAST_LATIN_WORDS and sample.isascii()):
        return "en"
    return _told(" ".join(words).lower(), _LATIN_LANGUAGES, instead_of="en", surely=_SURE)


def _of_arabic(sample: str, words: list[str]) -> str:
    """Urdu or one of its neighbours."""
    if _is_urdu(words):
        if len(_PUNJABI_WORDS.intersection(words)) < 2:
            return "ur"
        counted = Counter(words)
        punjabi = sum(counted[word] for word in _PUNJABI_WORDS)
        return "pa" if punjabi > sum(counted[word] for word in _URDU_ONLY_WORDS) else "ur"
    letters = "".join(words)
    own = {code: len(sign.findall(letters)) for code, sign in _OWN_LETTERS.items()}
    best = max(own, key=lambda code: own[code])
    if own[best] * 100 >= len(letters):
        return best
    persian = sum(word in _PERSIAN_WORDS or bool(_PERSIAN_SIGNS.search(word)) for word in words)
    arabic = sum(word in _ARABIC_WORDS or bool(_ARABIC_SIGNS.search(word)) for word in words)
    if persian != arabic:
        return "fa" if persian > arabic else "ar"
    return _told(sample, ("fa", "ar"), instead_of="fa")


def _by_script(sample: str) -> str:
    """The language of the script that most letters are of."""
    letters = _OTHER_SCRIPT_WORD.findall(sample)
    counted = Counter(unicodedata.name(each, "").split(" ")[0] for word in letters for each in word)
    if counted["HIRAGANA"] + counted["KATAKANA"] > counted["CJK"] // 10:
        return "ja"
    known = [name for name, _ in counted.most_common() if name in _BY_SCRIPT]
    if not known:
        return "und"
    codes = _BY_SCRIPT[known[0]]
    return codes[0] if len(codes) == 1 else _told(" ".join(letters), codes, instead_of=codes[0])


def _told(text: str, codes: Collection[str], *, instead_of: str, surely: float = 0.0) -> str:
    """The likeliest of some languages, where it is more likely than the usual one by so many nats."""
    ranked = {code: float(score) for code, score in _identifier().rank(text) if code in codes}
    best = max(ranked, key=lambda code: ranked[code], default=instead_of)
    return best if ranked[best] >= ranked.get(instead_of, 0.0) + surely else instead_of


@cache
def _identifier() -> Any:
    # Not at the top: an archive in Urdu and English may never need it, and it takes half a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


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
    foreign = arabic or bool(_ARABIC_SIGNS.match(letters) or re.search("[أإةٱ]", letters))
    return not foreign and not any(word in _OTHER_WORDS for word in words)
