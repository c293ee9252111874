"""Words that stand for a person or carry a verb: never translated, and no translation of anything.

Stop words (`index.text.analysis`) are left out of ranking altogether. These are looked for as
typed, since in the news some are names of something (US, WHO, IT, the month of May), but what else
they may be said by tells nothing of what a query is about. All are of closed classes: pronouns,
demonstratives, and auxiliary and light verbs. What relates things (after, against, بغیر) is
translated like any word, unless all it could be translated by are stop words (بطور, as).
"""

from __future__ import annotations

from index.text.analysis import is_stop
from index.text.normalize import normalize

_URDU = """
ہم تم آپ تو مجھے مجھ ہمیں تمہیں تمھیں تجھے تجھ انہی انھی میرا میری میرے ہمارا ہماری ہمارے
تمہارا تمہاری تمہارے تمھارا تیرا تیری تیرے اپنا اپنی اپنے انہیں انھیں جنہیں جنھیں جنہوں جنھوں
کسی کسے جسے ایسا ایسی ایسے خود
ہونا ہونے ہوتا ہوتی ہوتے ہوئیں ہوگا ہوگی رہا رہی رہے گئی گئے گیا گئیں جائے جائیں جاتا جاتی جاتے
چکا چکی چکے سکے سکیں پایا پائے کیے کئے کرنا کرنے کرتا کرتی کرتے کریں کرے دیا دی دیے دیئے لیا لی لئے
ہونی کرنی جانی دوں کروں ڈالا ڈالی ڈالے کرائی کرایا کروائی کروایا
دینگے دیںگے لینگے ہونگے کرینگے جائینگے آئینگے
چاہیے چاہئے
بطور برائے دریں کیساتھ کیلئے
"""

_ENGLISH = """
i me my mine myself you your yours yourself we us our ours ourselves him himself hers herself it itself
them themselves theirs who whom whose these those
may might can could will would shall should must being having doing done am
"""

function_words = frozenset(normalize(word) for word in f"{_URDU} {_ENGLISH}".split())


def is_function_word(word: str) -> bool:
    """Whether a normalized word is one of these, or a stop word."""
    return word in function_words or is_stop(word)
