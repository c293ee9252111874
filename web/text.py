"""The words of the interface, in English and in Urdu.

They stand in gettext catalogues, `web/translations/{en,ur}/LC_MESSAGES/messages.po`, under keys:
English is a translation like Urdu, so that a missing string is a failing test (and a KeyError) and
not an English word in the middle of an Urdu page. `make messages` compiles them. Which language a
page is in is decided in `web.http.pages`; nothing here needs an app or a request, for the command
line speaks through it too. Values are escaped when they are put in; the strings themselves are
ours.
"""

from __future__ import annotations

import datetime
import gettext
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markupsafe import Markup

from index.text.language_codes import primary
from search.models import Notice

INTERFACES = ("en", "ur")
TRANSLATIONS = Path(__file__).parent / "translations"


class _Missing(gettext.NullTranslations):
    """What the catalogue falls back on: a key that is not in it is a mistake of ours."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise KeyError(msgid1)

    def pgettext(self, context: str, message: str) -> str:
        return ""


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    """The compiled catalogue of an interface language, read once."""
    found = gettext.translation("messages", TRANSLATIONS, [lang])
    found.add_fallback(_Missing())
    return found


@cache
def _string(lang: str, key: str) -> Markup:
    """A string as it stands in the catalogue, which is ours: a page asks for the same few again."""
    return Markup(_catalogue(lang).gettext(key))  # noqa: S704


@lru_cache(maxsize=4096)
def _date(lang: str, pattern: str, day: datetime.date) -> str:
    # Babel takes a tenth of a second to load, which `talash --help` need not spend. Urdu newspapers
    # write the digits 0-9, and so does Babel unless it is told otherwise.
    from babel.dates import format_date

    return format_date(day, pattern, locale=lang)


@lru_cache(maxsize=512)
def _language(lang: str, code: str) -> str:
    """A language's name in another, by Unicode's CLDR; empty for none that it knows."""
    from babel import Locale

    return str(Locale.parse(lang).languages.get(code, ""))


@dataclass(frozen=True)
class Text:
    """The interface in one language: `text("page", n=3)`, `text.count("found", 1200)`."""

    lang: str

    def __call__(self, key: str, **values: object) -> Markup:
        """A string of the catalogue with its values put in, escaped."""
        string = _string(self.lang, key)
        return string.format(**values) if values else string

    def count(self, key: str, n: int, **values: object) -> Markup:
        """A string in the form its number asks for; the number itself is the value `n`."""
        form = _catalogue(self.lang).ngettext(key, key, n)
        return Markup(form).format(n=self.number(n), **values)  # noqa: S704

    def get(self, key: str, otherwise: str) -> Markup:
        """The string `key`, or the string `otherwise` where the catalogue has none."""
        try:
            return self(key)
        except KeyError:
            return self(otherwise)

    def language(self, code: str) -> str:
        """What a language is called."""
        try:
            return str(self(f"lang-{code}"))
        except KeyError:
            return _language(self.lang, primary(code)) or str(self("lang-und"))

    def notice(self, notice: Notice) -> str:
        """A notice in this language; nothing where the engine's own English has to do.

        What was typed keeps its own direction inside it.
        """
        said = _catalogue(self.lang).pgettext("notice", notice.code)
        return said.replace("{part}", f"\u2068{notice.part}\u2069")

    @property
    def dir(self) -> str:
        """The direction the interface is written in."""
        return "rtl" if self.lang == "ur" else "ltr"

    @property
    def other(self) -> str:
        """The interface language to switch to."""
        return "en" if self.lang == "ur" else "ur"

    def date(self, day: datetime.date) -> str:
        """A date in words: 7 January 2026."""
        return _date(self.lang, "d MMMM y", day)

    def month(self, day: datetime.date) -> str:
        """The month of a day in words: January 2026."""
        return _date(self.lang, "LLLL y", day)

    def number(self, value: int) -> str:
        """A whole number with its thousands apart."""
        if 0 <= value < 1000:
            return str(value)
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.lang)
