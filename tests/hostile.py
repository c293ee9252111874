"""A hostile file's whole way through the product: folder, rebuild, server, feeds, exports, terminal.

A `Newsroom` is a folder with a few honest Urdu and English articles, to which a test adds what it
likes; `publish` builds it with the test encoder and opens the served app over it.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import archives
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from index.documents import Skipped
from index.operations.build import BuildReport, rebuild
from search.config import SearchConfig
from search.live import LiveEngine
from search.models import SearchRequest
from web.cli import terminal_hits
from web.http.app import create_app
from web.service import open_engine
from web.settings import Settings

HONEST = {
    "honest/سیلاب.txt": "سندھ میں سیلاب\n\nسیلاب سے سڑکیں بند ہو گئیں۔ لوگ خوب\u200cصورت کِتاب لے کر نکلے۔",
    "honest/بارش.txt": "date ۲۰۲۶-۰۱-۱۷\nكراچي ميں تیز بارش\n\nمحکمہ موسمیات نے 3,500 شہریوں کو خبر دی۔",
    "honest/rain.txt": "Heavy rain in Karachi\n\nA rain alert was issued in Karachi on Monday.",
}
"""Articles with ZWNJ, vowel marks, both keyboards and mixed digits."""


@dataclass
class Published:
    """An archive that is served: what a reader, a program and a terminal get of it."""

    report: BuildReport
    engine: LiveEngine
    client: FlaskClient

    @property
    def failures(self) -> list[Skipped]:
        """What could not be read, without what is no article."""
        return [each for each in self.report.skipped if each.code != "input-ignored"]

    def reasons(self) -> dict[str, str]:
        """File name -> why it (or its first bad record) was left out."""
        return {Path(each.path).name: each.reason for each in reversed(self.failures)}

    def get(self, path: str, **args: str) -> TestResponse:
        """Ask the app."""
        return self.client.get(
            f"{path}?{urlencode(args, errors='surrogatepass')}" if args else path
        )

    def page(self, query: str, **args: str) -> str:
        """The page of results, which must be one."""
        return text_of(self.get("/", q=query, **args))

    def document(self, id: str, **args: str) -> str:
        """The page of a document, which must be there."""
        return text_of(self.get(f"/documents/{quote(id, safe='', errors='replace')}", **args))

    def api(self, query: str, **args: str) -> dict[str, Any]:
        """The API's answer."""
        return json.loads(text_of(self.get("/api/v1/search", q=query, **args)))

    def ids(self, query: str, **args: str) -> list[str]:
        """The ids of the hits."""
        return [hit["id"] for hit in self.api(query, **args)["hits"]]

    def terminal(self, query: str) -> str:
        """What `talash search` prints of the hits."""
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            terminal_hits.results(self.engine.search(SearchRequest(query)))
        return shown.getvalue()

    def every_answer(self, query: str) -> list[TestResponse]:
        """Page, API, feed, exports and suggestions of one query, and the pages of its hits."""
        args = {"q": query}
        answers = [
            self.get(path, **args)
            for path in ("/", "/api/v1/search", "/feed.atom", "/export.csv", "/export.jsonl")
        ]
        answers += [
            self.get("/api/v1/suggest", q=query[:150]),
            self.get("/suggestions.json", **args),
        ]
        for hit in self.engine.search(SearchRequest(query)).hits[:3]:
            name = quote(hit.id, safe="", errors="replace")
            answers += [
                self.get(f"/documents/{name}", **args),
                self.get(f"/api/v1/documents/{name}"),
            ]
        return answers


@dataclass
class Newsroom:
    """A folder of files, honest and other ones."""

    root: Path
    files: dict[str, bytes | str] = field(default_factory=lambda: dict(HONEST))
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def write(self, files: Mapping[str, bytes | str]) -> None:
        """Put files into the folder."""
        for name, content in files.items():
            path = self.root / "articles" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def publish(self, files: Mapping[str, bytes | str] | None = None) -> Published:
        """Build and serve the folder: its honest articles must be found whatever stands beside."""
        self.write({**self.files, **(files or {})})
        # No limit by the clock, which says more of the machine than of a search.
        settings = Settings(
            index=archives.config(self.root / "data"), search=SearchConfig(time_budget=0)
        )
        report = rebuild([self.root / "articles"], settings.index)
        engine = open_engine(settings)
        self._open.callback(engine.close)
        return Published(report, engine, create_app(settings, engine).test_client())

    def close(self) -> None:
        """Close what was opened."""
        self._open.close()


def payloads() -> list[str]:
    """The cross-site scripting corpus."""
    lines = (Path(__file__).parent / "data" / "xss.txt").read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("# ")]


def poisoned() -> dict[str, str]:
    """Files with every payload in every field of an article, and in the name of a file."""
    rows = [
        {
            "id": f"{number} {payload}",
            "title": f"سیلاب {payload}",
            "body": f"سیلاب سے سڑکیں بند {payload} ہو گئیں۔ flood {payload}\n{payload}",
            "source": f"ڈان {payload}"[:190],
            "url": f"https://news.example/{number}?{payload}".replace(" ", "+")
            if number % 2
            else payload,
            "tags": [f"{payload}"[:90], "موسم"],
            "date": "2026-01-17",
            "author": payload,
        }
        for number, payload in enumerate(payloads())
    ]
    named = {
        f"named/{payload.replace('/', '_')[:60]}.txt": f"سیلاب {payload}\n\nپانی {payload}"
        for payload in payloads()[::4]
    }
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return {"poison.jsonl": lines, **named}


def text_of(answer: TestResponse) -> str:
    """The text of an answer that must be a good one, and UTF-8."""
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    return answer.get_data().decode("utf-8")
