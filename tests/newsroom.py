"""A dozen articles in both languages, three pairs of which tell the same story, and their archive.

`Bilingual` is the test encoder with a little dictionary: it reads the Urdu words of `DICTIONARY` as
the English ones, so sentences that say the same lie close, as they do to a real encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import archives
import numpy as np

from index.documents import Document
from index.encoders.hashed import DIMENSION, HashEncoder
from index.encoders.protocol import TokenStates, Vectors
from index.errors import EncoderError
from index.opened import OpenIndex
from index.operations.build import rebuild_from
from index.text.analysis import terms, tokenize
from search.config import SearchConfig
from search.engine import SearchEngine

_URDU = {
    "وزیر-داخلہ": (
        "وزیر داخلہ کی ملاقات",
        "وزیر داخلہ محسن نقوی نے چینی سفیر سے ملاقات کی۔ ملاقات میں شہریوں کے تحفظ پر بات ہوئی۔ "
        "وزیر داخلہ کی ملاقات دو گھنٹے جاری رہی۔",
    ),
    "وزیر-اعظم": (
        "وزیر اعظم کا خطاب",
        "وزیر اعظم نے قوم سے خطاب کیا۔ حکومت نے بجلی کی قیمت کم کرنے کا فیصلہ کیا۔",
    ),
    "بارش": (
        "کراچی میں تیز بارش",
        "کراچی میں بارش کا الرٹ جاری کر دیا گیا۔ محکمہ موسمیات نے کراچی میں مزید بارش کی خبر دی۔",
    ),
    "سیلاب": (
        "سندھ میں سیلاب",
        "سیلاب سے سڑکیں بند ہو گئیں۔ لوگ اپنے گھر چھوڑ کر محفوظ مقامات پر چلے گئے۔",
    ),
    "عدالت": (
        "عدالت کا فیصلہ",
        "عدالت نے نقوش پر فیصلہ محفوظ کر لیا۔ وکیل نے عدالت میں دلائل دیے۔",
    ),
    "کرکٹ": (
        "ٹیم کی فتح",
        "کرکٹ ٹیم نے فائنل جیت لیا۔ کھلاڑی نے سنچری بنائی اور لوگ خوش ہوئے۔",
    ),
}
_ENGLISH = {
    "minister": (
        "Interior minister meets envoy",
        "The interior minister Mohsin Naqvi met the Chinese ambassador. "
        "The meeting was about the safety of citizens. The meeting lasted two hours.",
    ),
    "rain": (
        "Heavy rain in Karachi",
        "A rain alert was issued in Karachi. The weather office forecast more rain.",
    ),
    "court": (
        "Court reserves verdict",
        "The court reserved its verdict. The lawyer argued in court for hours.",
    ),
    "school": (
        "Schools open after the holidays",
        "Students went back to school with new books. Teachers welcomed the students.",
    ),
    "wheat": (
        "Wheat price rises",
        "The price of wheat rose in the market. Farmers asked for a better price.",
    ),
    "hockey": (
        "Hockey team wins",
        "The hockey team won the final. The captain thanked the people of the city.",
    ),
}
ARTICLES = [
    Document(id=f"{lang}/{name}", title=title, body=body, lang=lang)
    for lang, texts in (("ur", _URDU), ("en", _ENGLISH))
    for name, (title, body) in texts.items()
]
DICTIONARY = {
    "وزیر": "minister", "داخلہ": "interior", "ملاقات": "meeting", "سفیر": "ambassador",
    "چینی": "chinese", "شہریوں": "citizens", "تحفظ": "safety", "بارش": "rain", "تیز": "heavy",
    "الرٹ": "alert", "عدالت": "court", "فیصلہ": "verdict", "وکیل": "lawyer", "ٹیم": "team",
    "قیمت": "price", "فائنل": "final", "محکمہ": "office", "موسمیات": "weather", "پولیس": "police",
}  # fmt: skip


class Bilingual(HashEncoder):
    """The test encoder, to which the words of `DICTIONARY` are one. Remembers the queries."""

    def __init__(self) -> None:
        self.queries: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.queries += texts
        return super().encode_queries([_read(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return super().encode_passages([_read(text) for text in texts])

    def token_states(self, texts: Sequence[str], *, query: bool) -> list[TokenStates]:
        found = []
        for text in texts:
            words = tokenize(text)
            read = [DICTIONARY.get(word.term, word.term) for word in words]
            states = [each.states[:1] for each in super().token_states(read, query=query)]
            rows = np.concatenate([np.zeros((0, DIMENSION), np.float32), *states])
            spans = np.array([(word.start, word.end) for word in words], np.int64)
            found.append(TokenStates(rows, spans.reshape(-1, 2)))
        return found

    def encode_with_states(
        self, texts: Sequence[str], visit: Callable[[int, TokenStates], None]
    ) -> Vectors:
        for row, states in enumerate(self.token_states(texts, query=False)):
            visit(row, states)
        return self.encode_passages(texts)


class OnlyWords(Bilingual):
    """Encodes queries and words, but no passage."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError(f"a passage was encoded: {texts[0]}")


@lru_cache(maxsize=4_000)  # every index is fitted to the same strings of nonsense
def _read(text: str) -> str:
    return " ".join(DICTIONARY.get(word, word) for word in terms(text))


def build(
    data_dir: Path, articles: Sequence[Document] = ARTICLES, encoder: HashEncoder | None = None
) -> OpenIndex:
    """Build an archive of articles and open it."""
    rebuild_from(articles, archives.config(data_dir), encoder=encoder or Bilingual())
    return OpenIndex.open_current(data_dir)


def engine(
    index: OpenIndex,
    config: SearchConfig | None = None,
    encoder: HashEncoder | EncoderError | None = None,
) -> SearchEngine:
    """An engine over an open archive."""
    return SearchEngine(index, encoder or Bilingual(), config or SearchConfig())
