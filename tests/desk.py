"""The engine of the product over a small archive, for tests of what stands on it: pages, API, commands.

Three stories are told fourteen times in both languages, with later dates and other sources; each
telling ends in words of its own, but for the last three of the budget in English, which are copies.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import archives

from index.documents import Document

URDU_ID, ENGLISH_ID = "اردو/story 0#3.txt", "en/0-1.html"
TELLINGS = 14
COPIED = 11
"""From this telling on the budget in English is one text."""

_STORIES = [
    (
        "پولیس کی تربیت کا نیا پروگرام، دونوں ملکوں میں اتفاق",
        "پولیس افسروں کی تربیت کا نیا پروگرام اگلے ماہ شروع ہوگا۔ حکام کے مطابق IT کے ماہرین بھی اس میں شریک ہوں گے۔\n\n"
        "پروگرام تین ماہ جاری رہے گا اور اس میں دو سو افسر حصہ لیں گے۔ شہریوں نے اس فیصلے کا خیر مقدم کیا ہے۔",
        "Police training programme to start next month",
        "Two hundred officers will take part in a new police training programme. Officials say the course lasts three months.\n\n"
        "Citizens welcomed the decision. The programme was agreed by both countries after long talks.",
    ),
    (
        "کراچی میں بارش کے بعد سڑکیں زیرِ آب، ٹریفک متاثر",
        "کراچی میں منگل کی شام تیز بارش ہوئی جس کے بعد کئی سڑکیں زیرِ آب آگئیں۔ محکمۂ موسمیات نے مزید بارش کی پیش گوئی کی ہے۔",
        "Roads under water in Karachi after evening rain",
        "Heavy rain on Tuesday evening left several roads of Karachi under water. The weather office expects more rain this week.",
    ),
    (
        "IMF سے مذاکرات: بجٹ میں صحت کا حصہ بڑھانے پر غور",
        "بجٹ میں صحت کے لیے رقم بڑھانے پر غور کیا جا رہا ہے۔ تعلیم کے محکموں کو بھی زیادہ رقم ملے گی۔",
        "Budget may give health a larger share",
        "The budget under discussion gives health a larger share. Schools & clinics <in small towns> would gain most.",
    ),
]
_SOURCES = ("Daily Sahar", "روزنامہ ساحل", "The Harbour Post", "نیا دور")
_TOLD = frozenset(
    [
        "پولیس",
        "بارش",
        "شہریوں",
        "شہری",
        "شہر",
        "کراچی",
        "بجٹ",
        "سڑک",
        "موسم",
        "پانی",
        "سیلاب",
        "police",
        "rain",
        "flood",
        "citizen",
        "citizens",
        "city",
        "Karachi",
        "budget",
        "road",
        "weather",
        "water",
        "price",
        "to",
        "at",
        "in",
        "of",
        "the",
    ]
)
"""Words that only the stories themselves hold."""


def corpus(tellings: int = TELLINGS) -> list[Document]:
    """Two articles a story and telling."""
    dice, documents = random.Random(11), []
    for number in range(tellings):
        for story, (ur_title, ur_body, en_title, en_body) in enumerate(_STORIES):
            day = date(2026, 1, 7) + timedelta(days=number * 9 + story)
            suffix = f" ({number + 1})" if number else ""
            copy = story == 2 and number >= COPIED
            documents.append(
                Document(
                    id=f"اردو/story {story}#{number}.txt",
                    title=ur_title + suffix,
                    body=ur_body + "\n\n" + _words(dice, archives.URDU) + "۔",
                    lang="ur",
                    date=day,
                    source=_SOURCES[1 + 2 * (number % 2)],
                    url=f"https://example.org/ur/{story}/{number}",
                    tags=("خبر", "news"),
                )
            )
            documents.append(
                Document(
                    id=f"en/{story}-{number}.html",
                    title=en_title if copy else en_title + suffix,
                    body=en_body
                    + "\n\n"
                    + _words(random.Random(5) if copy else dice, archives.ENGLISH)
                    + ".",
                    lang="en",
                    date=day if number % 5 else None,
                    source=_SOURCES[2 * (number % 2)],
                    url="javascript:alert(1)"
                    if number == 1
                    else f"http://example.org/{story}/{number}",
                    tags=("news",),
                )
            )
    return documents


def _words(dice: random.Random, vocabulary: Sequence[str]) -> str:
    return " ".join(dice.sample([each for each in vocabulary if each not in _TOLD], 40))
