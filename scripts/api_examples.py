"""Writes the examples of the documents from the running product: `make docs`.

    <!-- example: /api/v1/facets?q=flood first: 3 -->

Below such a line stands a JSON block: what the product answers to that address over the sample
archive. Behind the address may stand which members to show (`only: query.text hits.id`), which to
leave out (`but: facets`) and how many items of each list (`first: 3`). An example that differs from
the answer in nothing but timings, names of generations and the last digits of scores stays as it is.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("README.md", "docs/api.md")
WIDTH = 108
CHANGING = ("generation", "timings", "next")

_EXAMPLE = re.compile(r"(<!-- example: (\S+)(.*?) -->\n```json\n)(.*?)(```)", re.S)
_DIRECTIVE = re.compile(r"(only|but|first): ([^:]+?)(?= \w+:|$)")


@dataclass(frozen=True)
class Example:
    """An example in a document: its address, which parts of the answer it shows, and its text."""

    address: str
    only: tuple[str, ...]
    but: tuple[str, ...]
    first: int | None
    text: str

    @property
    def path(self) -> str:
        """The address without its question."""
        return self.address.partition("?")[0]

    def shown(self, body: Any) -> Any:
        """The parts of an answer that this example shows."""
        kept = _only(body, self.only) if self.only else body
        return _first(_without(kept, self.but), self.first)


def examples(name: str) -> list[Example]:
    """The examples of one document, in order."""
    return [_read(found) for found in _EXAMPLE.finditer((ROOT / name).read_text("utf-8"))]


def _read(found: re.Match[str]) -> Example:
    given = {key: value.split() for key, value in _DIRECTIVE.findall(found[3].strip())}
    first = int(given["first"][0]) if "first" in given else None
    return Example(
        found[2], tuple(given.get("only", ())), tuple(given.get("but", ())), first, found[4]
    )


@contextmanager
def product(data: Path) -> Iterator[Any]:
    """A client of the whole product, in this process, over the index of the sample archive in `data`."""
    from index.config import IndexConfig
    from search.live import LiveEngine
    from web.http.app import create_app
    from web.settings import Settings

    settings = Settings(index=IndexConfig(data_dir=data))
    engine = LiveEngine(settings.index, settings.search).opened()
    try:
        yield create_app(settings, engine).test_client()
    finally:
        engine.close()


def answer(client: Any, address: str) -> Any:
    """What the product answers, as JSON."""
    path, _, question = address.partition("?")
    pairs = parse_qsl(question, keep_blank_values=True)
    return client.get(quote(path), query_string=pairs).get_json(force=True)


def same(old: Any, new: Any) -> bool:
    """Whether two answers say the same: scores to a twentieth, timings and generations not at all."""
    if isinstance(old, dict) and isinstance(new, dict):
        return list(old) == list(new) and all(
            key in CHANGING or same(old[key], new[key]) for key in old
        )
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if isinstance(old, float) and isinstance(new, (int, float)):
        return math.isclose(old, new, rel_tol=0.05, abs_tol=0.01)
    return bool(old == new and type(old) is type(new))


def pretty(value: Any, indent: int = 0, room: int = WIDTH) -> str:
    """JSON that reads well: what fits in a line stands in one."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= room or not isinstance(value, (dict, list)) or not value:
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {pretty(each, indent + 2)}" for key, each in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [pretty(each, indent + 2) for each in value]
        opening, closing = "[", "]"
    return f"{opening}\n{pad}" + f",\n{pad}".join(parts) + f"\n{' ' * indent}{closing}"


def _only(body: Any, paths: tuple[str, ...]) -> Any:
    if isinstance(body, list):
        return [_only(each, paths) for each in body]
    if not isinstance(body, dict):
        return body
    kept = {}
    for key, value in body.items():
        under = tuple(path.partition(".")[2] for path in paths if path.partition(".")[0] == key)
        if under:
            kept[key] = value if "" in under else _only(value, under)
    return kept


def _without(body: Any, paths: tuple[str, ...]) -> Any:
    if isinstance(body, list):
        return [_without(each, paths) for each in body]
    if not isinstance(body, dict):
        return body
    under = {
        key: tuple(p.partition(".")[2] for p in paths if p.partition(".")[0] == key) for key in body
    }
    return {key: _without(value, under[key]) for key, value in body.items() if "" not in under[key]}


def _first(body: Any, count: int | None) -> Any:
    if isinstance(body, dict):
        return {key: _first(value, count) for key, value in body.items()}
    return [_first(each, count) for each in body[:count]] if isinstance(body, list) else body


def main() -> None:
    """Write every example that is not what the product answers now."""
    from index.config import IndexConfig
    from index.operations.build import rebuild

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        rebuild([ROOT / "seeds"], IndexConfig(data_dir=data))
        with product(data) as client:
            for name in NAMES:
                path = ROOT / name
                path.write_text(
                    _EXAMPLE.sub(lambda found: _renewed(found, client), path.read_text("utf-8")),
                    "utf-8",
                )


def _renewed(found: re.Match[str], client: Any) -> str:
    example = _read(found)
    new = example.shown(answer(client, example.address))
    try:
        if same(json.loads(example.text), new):
            return found[0]
    except ValueError:
        pass  # a new example, or one broken by hand
    return f"{found[1]}{pretty(new)}\n{found[5]}"


if __name__ == "__main__":
    main()
