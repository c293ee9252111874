"""Which language a text is in."""

from __future__ import annotations

import pytest

from index.text.language import detect, urdu_or_english

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
        "The word کتاب means book in Urdu and in Persian",
        "A" * 200_000,
        "Quetta blast kills six",
        "Maryam Nawaz visits Jinnah Hospital Lahore",
    ],
)
def test_english(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize("text", ["", "2026 17:30 ۲۰۲۶", "۔۔۔ !!!"])
def test_no_words(text: str) -> None:
    assert detect(text) == "und"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ARABIC, "ar"),
        (PERSIAN, "fa"),
        ("أعلنت الوزارة اليوم أن المدارس مفتوحة", "ar"),
        ("ارتفاع أسعار النفط", "ar"),
        ("این کتاب را برای شما آورده است", "fa"),
        ("د کابل په ښار کې نن ډېر باران وشو او خلک په کورونو کې پاتې شول", "ps"),
        ("ڪراچيءَ ۾ اڄ برسات پئي ۽ شهر جون سڙڪون پاڻي هيٺ اچي ويون", "sd"),
        ("پنڈ وچ سکول بنایا گیا تے لوکاں نوں خوشی ہوئی، ایہ کم پہلے نئیں ہویا", "pa"),
        ("ਪੰਜਾਬ ਸਰਕਾਰ ਨੇ ਨਵਾਂ ਐਲਾਨ ਕੀਤਾ", "pa"),
        ("सड़क खुल गई है", "hi"),
        ("সড়ক আবার খুলে দেওয়া হয়েছে", "bn"),
        ("Дорога открыта сегодня", "ru"),
        ("道路が開通した", "ja"),
        ("政府今天宣布开放道路", "zh"),
        ("도로가 다시 열렸다", "ko"),
        ("La route est ouverte et les bus circulent de nouveau", "fr"),
        ("Yol yeniden açıldı ve otobüsler çalışıyor", "tr"),
        ("La carretera está abierta y los autobuses circulan", "es"),
        ("Die Straße ist offen und die Busse fahren wieder", "de"),
        ("Karachi mein barish ho rahi hai", "ur-Latn"),
        ("Wazir-e-azam ne bijli ki qeemat kam karne ka elaan kar diya", "ur-Latn"),
        ("Police ne 3 logon ko giraftar kar liya hai, case file ho gaya", "ur-Latn"),
    ],
)
def test_other_languages(text: str, code: str) -> None:
    assert detect(text) == code


@pytest.mark.parametrize("text", [ARABIC, PERSIAN, "सड़क खुल गई है", "2026"])
def test_passages_are_asked_for_two_languages_only(text: str) -> None:
    assert urdu_or_english(text) == "und"
    assert urdu_or_english(URDU) == "ur"
    assert urdu_or_english("La route est ouverte") == "en"


def test_majority_decides() -> None:
    english = "The road is open and the buses run again today"
    assert detect(f"{URDU} {english}") == "ur"
    assert detect(f"{URDU[:40]} {english}") == "en"


def test_long_text_is_judged_by_its_parts() -> None:
    assert detect(URDU * 5_000) == "ur"
    assert detect("word " * 500_000) == "en"
