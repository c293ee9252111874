"""Addresses of our own files, by which browsers may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import url_for

_STATIC = Path(__file__).parents[1] / "static"


class Assets:
    """`asset("talash.css")`: the address of a file, with a digest of its content in it."""

    def __init__(self) -> None:
        self._digests = {
            path.name: hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
            for path in _STATIC.iterdir()
            if path.is_file()
        }
        # The names of fonts carry their own digest, so that a stylesheet can name them.
        self._fonts = {
            face: next((_STATIC / "fonts").glob(f"noto-{face}-*-400-normal.*.woff2")).name
            for face in ("naskh", "nastaliq")
        }

    def __call__(self, name: str) -> str:
        """The address of a file of `web/static/`."""
        return url_for("static", filename=name, v=self._digests[name])

    def fonts(self, face: str, interface: bool, text: bool) -> list[str]:
        """The fonts a page is sure to need: the interface is Urdu, or some text to read is.

        `face` is the reader's (`web.ui.preferences`). The addresses are those the stylesheet has.
        """
        naskh = face != "system" and (interface or (text and face == "naskh"))
        wanted = {"naskh": naskh, "nastaliq": text and face == "nastaliq"}
        return [
            url_for("static", filename=f"fonts/{name}")
            for face, name in self._fonts.items()
            if wanted[face]
        ]
