"""Words of grammar, which stand for nothing outside it: never translated, and no translation of anything.

Stop words (`index.analysis`) are left out of ranking altogether. These are looked for as typed, since
in the news some are names of something (US, WHO, IT, the month of May), but what they mean says nothing
of what a query is about. All are of closed classes: pronouns, determiners, auxiliary and light verbs,
conjunctions, postpositions.
"""

from __future__ import annotations

from index.analysis import is_stop
from index.normalize import normalize

_URDU = """
ہم تم آپ تو میں مجھے مجھ مجھکو ہمیں تمہیں تمھیں تجھے تجھ اسی انہی انھی اسکا اسکی اسکے انکا انکی انکے
میرا میری میرے ہمارا ہماری ہمارے تمہارا تمہاری تمہارے تمھارا تیرا تیری تیرے اپنا اپنی اپنے
انہیں انھیں جنہیں جنھیں جنہوں جنھوں کسی کسے کنہیں جسے جیسے جیسا جیسی ایسا ایسی ایسے ویسے ویسا
وہاں یہاں جہاں وہیں یہیں ابھی تبھی کبھی
کچھ سب ہر ہرایک دیگر خود بعض چند
ہونا ہونے ہوتا ہوتی ہوتے ہوئیں ہوگا ہوگی ہونگے ہوجائے رہا رہی رہے رہیں گئی گئے گیا گئیں جائے جائیں جاتا جاتی جاتے
چکا چکی چکے سکے سکیں پایا پائے کیا کیے کئے کرنا کرنے کرتا کرتی کرتے کریں کرے کرکے کی دیا دی دیے دیئے لیا لی لئے
چاہیے چاہئے تاہم اگر مگر لیکن بلکہ چونکہ کیونکہ چنانچہ ورنہ حالانکہ یعنی
کےلیے کیلئے لئے ساتھ بغیر ذریعے طرف
"""

_ENGLISH = """
i me my mine myself you your yours yourself we us our ours ourselves him himself hers herself it itself
them themselves theirs who whom whose this these those some any each every either neither both such same
other others another
may might can could will would shall should must ought being having doing done am
if because although though while until unless whereas whether than so nor yet
into onto upon about over under between among through during before after above below without within
again further once here there then too very just also not no only
"""

function_words = frozenset(normalize(word) for word in f"{_URDU} {_ENGLISH}".split())


def is_function_word(word: str) -> bool:
    """Whether a normalized word is one of grammar."""
    return word in function_words or is_stop(word)
