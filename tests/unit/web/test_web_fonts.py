from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest

import web
from web.ui.assets import Assets

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
from fonts import FONTS, Font

STATIC = Path(web.__file__).parent / "static"


@pytest.mark.parametrize("font", FONTS, ids=lambda font: font.name)
def test_each_file_is_the_one_of_its_package(font: Font):
    content = (STATIC / "fonts" / font.name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == font.sha256
    readme = (STATIC / "fonts" / "README.md").read_text("utf-8")
    assert f"| `{font.name}` | `{font.package}` | {font.version} | `{font.sha256}` |" in readme


def test_nothing_lies_there_that_is_not_accounted_for():
    found = {path.name for path in (STATIC / "fonts").iterdir()}
    assert found == {font.name for font in FONTS} | {"README.md"}


def test_the_stylesheet_names_every_font_and_no_other():
    named = re.findall(r'url\("fonts/([^"]+)"\)', (STATIC / "type.css").read_text("utf-8"))
    assert sorted(named) == sorted(font.name for font in FONTS if font.name.endswith(".woff2"))


@pytest.mark.parametrize(
    ("face", "interface", "text", "wanted"),
    [
        ("nastaliq", False, False, []),
        ("nastaliq", False, True, ["nastaliq"]),
        ("nastaliq", True, False, ["naskh"]),
        ("nastaliq", True, True, ["naskh", "nastaliq"]),
        ("naskh", False, True, ["naskh"]),
        ("naskh", True, True, ["naskh"]),
        ("system", True, True, []),
    ],
)
def test_a_page_asks_early_for_what_it_will_need(app, face, interface, text, wanted):
    with app.test_request_context():
        fonts = Assets().fonts(face, interface, text)
    assert [re.search("naskh|nastaliq", each)[0] for each in fonts] == wanted
    for each in fonts:
        answer = app.test_client().get(each)
        assert answer.mimetype == "font/woff2"
        assert "immutable" in answer.headers["Cache-Control"]


def test_preloads_of_pages(client):
    def preloads(address: str) -> list[str]:
        page = client.get(address).get_data(as_text=True)
        return re.findall(r'rel="preload" href="/static/fonts/noto-(\w+)', page)

    assert preloads("/") == []
    assert preloads("/?q=police&lang=en") == []
    assert preloads("/?q=police&lang=ur") == ["nastaliq"]
    assert preloads("/?ui=ur") == ["naskh"]
    client.set_cookie("talash", "face=system")
    assert preloads("/?q=police&lang=ur&ui=ur") == []
