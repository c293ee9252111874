"""The pictures in docs/screenshots/: the main states of the pages over the sample archive.

    python scripts/screenshots.py              builds an index of seeds/ for itself
    python scripts/screenshots.py --data DIR   over an index that is there

Run by `make screenshots`. Whoever changes the pages looks at every one of them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from index.config import IndexConfig
from index.operations.build import rebuild
from web.http.app import create_app
from web.serving.server import Server
from web.serving.sockets import listen
from web.settings import Settings, WebConfig

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "screenshots"
MAX_BYTES = 250_000
DARK = {"color_scheme": "dark"}


@dataclass(frozen=True)
class Shot:
    """A picture: what is opened, in which window, and what is done there first."""

    name: str
    address: str
    width: int = 1200
    height: int = 900
    options: dict[str, Any] = field(default_factory=dict)
    typed: str = ""
    click: str = ""
    key: str = ""


SHOTS = (
    Shot("home", "/", height=760),
    Shot("suggestions", "/", height=640, typed="kara"),
    Shot("results-en", "/?q=polio+vaccine"),
    Shot("results-ur-dark", "/?q=سیلاب&ui=ur", options=DARK),
    Shot("results-roman-360", "/?q=karachi+mein+barish", 360, 1100),
    Shot("why", "/?q=smog+schools", height=700, click=".why summary"),
    Shot("document", "/documents/ur/10-polio-week-quetta.md?q=polio+drops", height=860),
    Shot(
        "document-story",
        "/documents/en/10-polio-week-quetta.md?q=پولیو",
        900,
        760,
        key="End",
    ),
    Shot("settings", "/settings", height=1130),
    Shot("help", "/?q=smog", height=640, options=DARK, key="?"),
)


@contextmanager
def site(data: Path) -> Iterator[str]:
    """The address of a server over the index in `data`."""
    listening = listen(WebConfig(port=0))
    app = create_app(Settings(index=IndexConfig(data_dir=data)))
    server = Server(app, listening.sockets, 4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield listening.addresses()[0].rstrip("/")
    server.stop()
    thread.join(10)


def prepare(page: Page, shot: Shot) -> None:
    """Bring a page into the state to be shown."""
    page.goto(shot.address)
    if shot.typed:
        page.locator('#search input[type="search"]').press_sequentially(shot.typed, delay=30)
        page.locator('[role="option"]').first.wait_for()
        page.keyboard.press("ArrowDown")
    if shot.click:
        page.locator(shot.click).first.click()
    if shot.key:
        page.keyboard.press(shot.key)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)


def take(browser: Browser, address: str, shot: Shot) -> None:
    """Take one picture, and see that it is none too large for a repository."""
    size = {"width": shot.width, "height": shot.height}
    context = browser.new_context(base_url=address, viewport=size, **shot.options)
    page = context.new_page()
    prepare(page, shot)
    path = FOLDER / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    if path.stat().st_size > MAX_BYTES:
        raise SystemExit(f"{path.name} is larger than {MAX_BYTES:,} bytes.")


def main() -> None:
    """Take all the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, help="folder with an index of seeds/")
    given = parser.parse_args().data
    chromium = os.environ.get("TALASH_CHROMIUM") or shutil.which("chromium")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if given is None:
            rebuild([ROOT / "seeds"], IndexConfig(data_dir=Path(folder)))
        with site(given or Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            for shot in SHOTS:
                take(browser, address, shot)
            browser.close()


if __name__ == "__main__":
    main()
