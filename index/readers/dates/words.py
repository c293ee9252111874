"""What a word of a date means: months of three calendars, days in words, marks.

Months of the Gregorian calendar come from Unicode's CLDR, in the languages of `_LANGUAGES`; beside
them stand the spellings that newsrooms use and CLDR does not know. Words are compared by their `_key`,
so that marks, keyboards and the letters of Urdu's neighbours need no spelling of their own.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import product

from babel import Locale


class Calendar(Enum):
    """Whose months and years a date is written in."""

    GREGORIAN = "gregorian"
    HIJRI = "hijri"
    JALALI = "jalali"


@dataclass(frozen=True)
class Month:
    """A month by its number, from 1."""

    number: int
    calendar: Calendar


@dataclass(frozen=True)
class Day:
    """A number below 100 in words: a day, or a part of a year."""

    number: int


@dataclass(frozen=True)
class Mark:
    """Says whose year it stands at."""

    calendar: Calendar


class Filler(Enum):
    """A word that may stand between the parts of a date and says nothing of it."""

    WORD = "word"


Meaning = Month | Day | Mark | Filler

_DIGITS = {
    code: str(unicodedata.decimal(chr(code)))
    for code in range(128, 0x20000)
    if chr(code).isdecimal()
}
"""Of the planes of Unicode that have any: those behind them are looked through for longer than all else
takes here."""
_FOLD = _DIGITS | str.maketrans(
    {"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "\u00a0": " ", "\u200c": " "}
    | dict.fromkeys(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))), "")
)
_FOLDED = frozenset(map(chr, _FOLD))
_NEIGHBOURS = str.maketrans(
    {"ڈ": "د", "ڊ": "د", "ډ": "د", "ٹ": "ت", "ٽ": "ت", "ټ": "ت", "ګ": "گ", "ڪ": "ک", "ۍ": "ی", "ې": "ی"}
    | {"ے": "ی", "ة": "ہ", "ۃ": "ہ", "ء": "", "ـ": "", "ي": "ی", "ى": "ی", "ه": "ہ", "ı": "i"}
)  # fmt: skip

_LANGUAGES = ("en", "ur", "ar", "fa", "ps", "sd", "pa", "hi", "bn", "fr", "de", "es", "pt", "it",
              "nl", "tr", "ru", "uk", "id", "ms", "sw", "sv", "pl", "ne", "gu", "ta")  # fmt: skip
_SHORT_FORMS = ("en", "fr", "de", "es", "tr")
"""Languages whose shortened months are read, too; those of others are words of their neighbours."""

_SPELLINGS = (
    "jan جنورے",
    "feb فرورے فبروری فیبروری",
    "mar مارچہ",
    "apr ابریل اپرل نیسان",
    "may مئ می ایار أيار",
    "jun یونیہ حزیران",
    "jul جولائ تموز",
    "aug اگسٹ اغسطس آب",
    "sep sept ستامبر سیپٹمبر ایلول أيلول",
    "oct اکٹوبر اکتوبرے آکتوبر",
    "nov نومبرے",
    "dec ڈسمبر دیسمبر",
)
_LEVANTINE = {"کانون الثانی": 1, "شباط": 2, "آذار": 3, "تشرین الاول": 10, "تشرین الثانی": 11,
              "کانون الاول": 12}  # fmt: skip
_HIJRI = (
    ("محرم", "muharram", "moharram"),
    ("صفر", "safar"),
    ("ربیع الاول", "rabi al awwal", "rabi ul awwal", "rabi ul awal", "rabi al awal"),
    ("ربیع الثانی", "ربیع الآخر", "rabi al thani", "rabi us sani", "rabi ul sani"),
    ("جمادی الاول", "جمادی الاولی", "جمادی الاولیٰ", "jumada al awwal", "jumada al ula",
     "jamadi ul awal", "jamadi ul awwal"),
    ("جمادی الثانی", "جمادی الآخر", "جمادی الثانیہ", "جمادی الآخرہ", "jumada al thani",
     "jumada al akhirah", "jamadi us sani"),
    ("رجب", "rajab"),
    ("شعبان", "shaban", "shaaban"),
    ("رمضان", "ramadan", "ramazan", "ramzan"),
    ("شوال", "shawwal", "shawal"),
    ("ذیقعد", "ذیقعدہ", "ذوالقعدہ", "ذی القعدہ", "ذی قعد", "ذی قعدہ", "ذوالقعد", "dhul qadah",
     "zil qad", "ziqad"),
    ("ذوالحجہ", "ذی الحجہ", "ذی الحج", "ذوالحج", "ذی الحجۃ", "ذوالحجۃ", "dhul hijjah", "zil hajj",
     "zilhaj"),
)  # fmt: skip
_JALALI = (
    ("فروردین", "حمل", "farvardin"),
    ("اردیبهشت", "ثور", "ordibehesht"),
    ("خرداد", "جوزا", "khordad"),
    ("تیر", "سرطان", "tir"),
    ("مرداد", "امرداد", "اسد", "mordad"),
    ("شهریور", "سنبله", "shahrivar"),
    ("مهر", "میزان", "mehr"),
    ("آبان", "عقرب", "aban"),
    ("آذر", "قوس", "azar"),
    ("دی", "جدی", "dey"),
    ("بهمن", "دلو", "bahman"),
    ("اسفند", "حوت", "esfand"),
)  # fmt: skip
_NUMBERS = (
    "ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس "
    "اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس تیس اکتیس بتیس تینتیس چونتیس پینتیس "
    "چھتیس سینتیس اڑتیس انتالیس چالیس اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس "
    "اڑتالیس انچاس پچاس اکیاون باون ترپن چون پچپن چھپن ستاون اٹھاون انسٹھ ساٹھ اکسٹھ باسٹھ تریسٹھ "
    "چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر ستر اکہتر بہتر تہتر چوہتر پچہتر چھہتر ستتر اٹھہتر اناسی "
    "اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی نوے اکیانوے بانوے ترانوے چورانوے "
    "پچانوے چھیانوے ستانوے اٹھانوے ننانوے"
)
_MORE_NUMBERS = {"یکم": 1, "پہلی": 1, "اول": 1, "دوم": 2, "سوم": 3, "چھے": 6, "اٹھارا": 18, "بایس": 22,
                 "تیئس": 23, "تیس": 30, "چھبیس": 26, "اٹھایس": 28, "ستایس": 27, "انتالس": 39}  # fmt: skip
_MARKS = {
    Calendar.HIJRI: "ھ ہجری ہ ہق قمری ah hijri",
    Calendar.JALALI: "خورشیدی شمسی ہش ش",
    Calendar.GREGORIAN: "عیسوی میلادی ad ce",
}
_FILLERS = (
    "st nd rd th of the de del den la le er سن سنہ سال ماہ بروز مطابق بمطابق کے کی کو تاریخ واں ویں وین م ع "
    "pkt pst pdt est edt cst cdt mst ist bst cet cest utc gmt "
    "پیر منگل بدھ جمعرات جمعہ ہفتہ اتوار monday tuesday wednesday thursday friday saturday sunday "
    "mon tue tues wed thu thur thurs fri sat sun "
    "المبارک المکرم المعظم المظفر الحرام المرجب المنور الاغر"
)


def fold(text: str) -> str:
    """Fold digits, keyboards and case, so that each form needs writing only once."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFC", text)
    if not _FOLDED.isdisjoint(text):  # asking takes half as long as the table, which few lines need
        text = text.translate(_FOLD)
    return text.casefold()


@lru_cache(maxsize=16_384)
def meaning(word: str) -> Meaning | None:
    """What a folded word, or two or three with a space between, means in a date."""
    return _meanings().get(_key(word))


def _key(word: str) -> str:
    """A word without marks, in the letters of one keyboard."""
    letters = unicodedata.normalize("NFD", fold(word))
    bare = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    return bare.translate(_NEIGHBOURS).replace("-", " ").strip(" .'’")


@lru_cache(maxsize=1)
def _meanings() -> dict[str, Meaning]:
    """Every word of a date by its key. What two languages use for two months is left out."""
    found: dict[str, Meaning] = {}
    for number, word in enumerate(_NUMBERS.split(), 1):
        found[_key(word)] = Day(number)
    found |= {_key(word): Day(number) for word, number in _MORE_NUMBERS.items()}
    found |= {_key(word): Filler.WORD for word in _FILLERS.split()}
    found[""] = Filler.WORD  # ء
    for calendar, words in _MARKS.items():
        found |= {_key(word): Mark(calendar) for word in words.split()}
    for calendar, months in ((Calendar.JALALI, _JALALI), (Calendar.HIJRI, _HIJRI)):
        for number, names in enumerate(months, 1):
            found |= {_key(name): Month(number, calendar) for name in names}
    return found | _gregorian_months()


def _gregorian_months() -> dict[str, Month]:
    numbers: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        widths = ("wide", "abbreviated") if language in _SHORT_FORMS else ("wide",)
        for context, width in product(("format", "stand-alone"), widths):
            for number, name in months[context][width].items():
                numbers.setdefault(_key(name), set()).add(number)
    for number, names in enumerate(_SPELLINGS, 1):
        for name in names.split():
            numbers[_key(name)] = {number}
    for name, number in _LEVANTINE.items():
        numbers[_key(name)] = {number}
    return {
        name: Month(next(iter(each)), Calendar.GREGORIAN)
        for name, each in numbers.items()
        if len(each) == 1 and len(name) > 1
    }
