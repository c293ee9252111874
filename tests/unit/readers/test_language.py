"""Which language a text is in."""

from __future__ import annotations

import pytest

from index.text.language import detect

ARABIC = (
    "قال الوزير إن الحكومة ستبدأ في تنفيذ المشروع الجديد بعد موافقة البرلمان على الميزانية العامة للدولة، "
    "وتخصيص الأموال اللازمة للمدارس والمستشفيات في جميع المحافظات خلال السنة القادمة."
)
PERSIAN = (
    "وزیر آموزش گفت که دولت برنامه تازه‌ای برای ساخت مدرسه در روستاها دارد و این طرح از بهار آغاز خواهد شد "
    "و مردم می‌توانند در آن شرکت کنند و نظر خود را بگویند تا کار بهتر پیش برود."
)
URDU = (
    "وزیر تعلیم نے کہا ہے کہ حکومت دیہات میں سکول بنانے کا نیا منصوبہ شروع کر رہی ہے اور لوگ اس میں حصہ لے سکتے ہیں "
    "تاکہ کام بہتر طریقے سے آگے بڑھے۔"
)


@pytest.mark.parametrize(
    "text",
    [
        URDU,
        "بارش",
        "صدر پاکستان لاہور",
        "قومی اسمبلی اجلاس جاری",
        "وزیر اعظم کا دورہ کراچی منسوخ",
        "وزير اعظم كا دورہ كراچی منسوخ",
        "وزير اعظم نے كراچي كا دوره منسوخ كر ديا",
        "نارمن (Norman: Nourmands؛ French: Normands) وہ لوگ تھے جنہوں نے",
        "IMF نے قرض کی منظوری دے دی",
        "کُتُب خانہ کھُل گیا",
        "خوش\u200cآمدید کہا گیا",
        f"{URDU} {ARABIC[:60]}",
        f"{URDU} https://example.org/a-very-long-address-in-latin-letters?with=many&words=in-it",
    ],
)
def test_urdu(text: str) -> None:
    assert detect(text) == "ur"


@pytest.mark.parametrize(
    "text",
    [
        "The road is open",
        "Karachi mein barish ho rahi hai",
        "The word کتاب means book in Urdu and in Persian",
        "A" * 200_000,
        "Le café est fermé",
    ],
)
def test_english_and_all_that_is_shown_like_it(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026 17:30 ۲۰۲۶",
        "۔۔۔ !!!",
        ARABIC,
        PERSIAN,
        "أعلنت الوزارة اليوم أن المدارس مفتوحة",
        "این کتاب را برای شما آورده است",
        "د کابل په ښار کې نن ډېر باران وشو او خلک په کورونو کې پاتې شول",
        "ڪراچيءَ ۾ اڄ برسات پئي ۽ شهر جون سڙڪون پاڻي هيٺ اچي ويون",
        "सड़क खुल गई है",
        "Дорога открыта сегодня",
        "道路が開通した",
    ],
)
def test_neither(text: str) -> None:
    assert detect(text) == "und"


def test_majority_decides() -> None:
    english = "The road is open and the buses run again today"
    assert detect(f"{URDU} {english}") == "ur"
    assert detect(f"{URDU[:40]} {english}") == "en"


def test_long_text_is_judged_by_its_parts() -> None:
    assert detect(URDU * 5_000) == "ur"
    assert detect("word " * 500_000) == "en"
