"""A fetched page made into an article, and an article into a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.collector.addresses import host_of, is_front_of, normalize, same_site
from index.collector.http import Answer
from index.documents import Document, Skipped
from index.errors import CollectError
from index.readers import ReaderConfig, documents_in
from index.readers.content import Content

_LEAST_SHARE = 0.5
"""A page that gives less than this of the text that its feed gives was not understood."""


def read_page(answer: Answer, fields: Mapping[str, Any], config: ReaderConfig) -> dict[str, Any]:
    """The fields of the article on a page; `fields` is what the feed says of it.

    Raises CollectError when there is no article on it.
    """
    page = _first(Content.of_bytes("page.html", answer.body), fields, config)
    told = (
        _first(Content.of_bytes("feed.json", _json(fields)), {}, config)
        if fields.get("body")
        else None
    )
    found = page or told
    if found is None:
        raise CollectError("there is no article on this page")
    body = found.body
    if page and told and len(page.body) < _LEAST_SHARE * len(told.body):
        body = told.body
    canonical = normalize(found.url, answer.url)
    # A page may not take the place of another newspaper's by saying that it is that one, nor may all
    # pages of one be the front page, as templates have them say.
    is_own = canonical and same_site(canonical, answer.url)
    url = canonical if is_own and not is_front_of(canonical, answer.url) else answer.url
    return {
        "title": found.title,
        "body": body,
        "date": found.date.isoformat() if found.date else "",
        "source": _source(found.source, url) or str(fields.get("source") or "") or host_of(url),
        "url": url,
        "tags": list(found.tags),
        "author": str(found.extra.get("author") or fields.get("author") or ""),
    }


def _source(told: str, url: str) -> str:
    """The newspaper's name as its page tells it; a host is none."""
    return "" if told.lower() in host_of(url) else told


def _first(content: Content, fields: Mapping[str, Any], config: ReaderConfig) -> Document | None:
    for item in documents_in(content, fields=fields, config=config):
        if not isinstance(item, Skipped):
            return item
    return None


def digest_of(fields: Mapping[str, Any]) -> str:
    """Digest of what an article says: title and text. Other facts may change without a revision."""
    said = f"{fields['title']}\0{fields['body']}"
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def file_of(url: str) -> str:
    """The file of an article below the folder: its host, then a name that no other address has."""
    host = host_of(url).replace(":", "_")
    name = hashlib.blake2b(url.encode(), digest_size=10).hexdigest()
    return f"{host}/{name[:2]}/{name}.json"


def write_article(folder: Path, fields: Mapping[str, Any], revisions: int) -> Path:
    """Write an article's file, whole or not at all; its path. Raises OSError."""
    path = folder / file_of(fields["url"])
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {name: value for name, value in fields.items() if value}
    if revisions:
        content["revisions"] = revisions
    draft = path.with_name(f".{path.name}.part")  # hidden, so that no index reads it
    draft.write_bytes(_json(content, indent=1))
    return draft.replace(path)


def _json(fields: Mapping[str, Any], indent: int | None = None) -> bytes:
    return json.dumps(dict(fields), ensure_ascii=False, indent=indent).encode(
        "utf-8", "surrogatepass"
    )
