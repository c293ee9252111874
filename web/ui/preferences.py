"""What a reader has set for herself: kept in one cookie of her own browser, and nowhere else.

There is no login and the server remembers nothing. The cookie holds only words of the lists below;
anything else in it counts as not set. It is applied to `<html>` when the page is written, so that a
page never shows in one dress and changes into another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

COOKIE = "talash"
MAX_AGE = 365 * 24 * 3600
"""Seconds a browser keeps the cookie; each change of a setting begins the year anew."""

CHOICES = {
    "face": ("nastaliq", "naskh", "system"),
    "size": ("normal", "small", "large", "larger"),
    "theme": ("system", "light", "dark"),
    "ui": ("", "en", "ur"),
    "keys": ("on", "off"),
}
"""What each setting may be; the first is what it is when nothing was chosen."""


@dataclass(frozen=True)
class Preferences:
    """A reader's settings.

    `face` is that of Urdu text, `ui` the interface's language (empty: the server's), `keys` whether
    single letters are shortcuts.
    """

    face: str = "nastaliq"
    size: str = "normal"
    theme: str = "system"
    ui: str = ""
    keys: str = "on"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Preferences:
        """The settings among some values. What is not on the lists is left as if not given."""
        return cls(**{name: given[name] for name in CHOICES if given.get(name) in CHOICES[name]})

    @classmethod
    def from_cookie(cls, value: str) -> Preferences:
        """The settings in a cookie, however broken it is."""
        try:
            return cls.of(dict(parse_qsl(value, max_num_fields=2 * len(CHOICES))))
        except ValueError:  # more fields than we ever wrote
            return cls()

    def to_cookie(self) -> str:
        """The value of the cookie: what differs from the defaults, and nothing where all is."""
        return urlencode({k: v for k, v in vars(self).items() if v != CHOICES[k][0]})

    @property
    def color_scheme(self) -> str:
        """The CSS `color-scheme` that goes with the theme."""
        return {"light": "light", "dark": "dark"}.get(self.theme, "light dark")


def way_back(address: str, home: str = "/") -> str:
    """An address of this archive to return to; its start page where it leads anywhere else.

    Browsers read `//host` and `/\\host` as another host, drop tabs and line ends before, and go up
    for `..`, however it is encoded: under a path prefix to what else the host serves.
    """
    if not address.startswith(home) or address[1:2] in ("/", "\\") or not address.isprintable():
        return home
    try:
        parts = urlsplit(address)
    except ValueError:
        return home
    goes_up = home != "/" and ".." in unquote(parts.path).replace("\\", "/").split("/")
    return home if parts.scheme or parts.netloc or goes_up else address
