"""Log lines: one a request, as text or JSON, and all else that is logged in the same shape.

By default a line holds neither what was searched for nor who asked.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import unicodedata
from ipaddress import ip_network
from urllib.parse import quote

from flask import Response, request

from web.middleware import forwarded
from web.middleware.observing import RequestRecord
from web.settings import WebConfig

ACCESS = logging.getLogger("talash.access")
_MOST_CHARS = 500
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """A record as one JSON object; a request's members stand beside time, level and logger."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, in ASCII: nothing in it can break a line or a terminal."""
        time_utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{time_utc}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        members = getattr(record, "members", None)
        line |= members if members is not None else {"message": record.getMessage()}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure(config: WebConfig) -> None:
    """Send the process's log to standard error in the format of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    json_lines = config.log_format == "json"
    handler.setFormatter(JsonLines() if json_lines else logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    ACCESS.setLevel(logging.WARNING if config.log_format == "off" else logging.INFO)
    logging.getLogger("talash.serve").setLevel(logging.INFO)


def log_request(config: WebConfig, observed: RequestRecord, response: Response) -> None:
    """Write the line of a request that was answered."""
    if not ACCESS.isEnabledFor(logging.INFO):
        return
    members = _members(config, observed, response)
    ACCESS.info("%s", _as_text(members), extra={"members": members})


def _members(config: WebConfig, observed: RequestRecord, response: Response) -> dict[str, object]:
    members: dict[str, object] = {
        "id": observed.id,
        "method": request.method[:16],
        "path": quote(request.path.encode("utf-8", "replace"), safe="/")[:_MOST_CHARS],
        "status": response.status_code,
        "ms": observed.milliseconds,
    }
    if observed.searches:
        members |= {"hits": observed.hits, "stages": observed.stages}
    if observed.generation:
        members["generation"] = observed.generation
    if config.log_queries and "q" in request.args:
        members["query"] = request.args["q"][:_MOST_CHARS]
    if client := shown_client(request.remote_addr or "", config.log_clients):
        members["client"] = client
    return members


def shown_client(address: str, how: str) -> str:
    """A client's address as the log may hold it: whole, as its network (/24, /48), or not at all."""
    found = forwarded.parsed(address)
    if how == "off" or found is None:
        return ""
    kept = 24 if found.version == 4 else 48
    return str(found) if how == "full" else str(ip_network((found, kept), strict=False))


def _as_text(members: dict[str, object]) -> str:
    """`name=value` pairs; what came from outside is quoted, with signs that act escaped."""
    parts = []
    for name, value in members.items():
        if isinstance(value, dict):
            parts += [f"{name}.{key}={spent}" for key, spent in value.items()]
        elif name == "query":
            parts.append(f"{name}={_quoted(str(value))}")
        else:
            parts.append(f"{name}={_plain(str(value))}")
    return " ".join(parts)


def _plain(text: str) -> str:
    """A value that holds nothing but what stands in a word, else quoted."""
    return text if text.isascii() and text.isprintable() and " " not in text else _quoted(text)


def _quoted(text: str) -> str:
    """Urdu as it is; controls, bidi overrides and line separators as escapes."""
    shown = "".join(
        f"\\u{ord(char):04x}" if unicodedata.category(char)[0] in "CZ" and char != " " else char
        for char in text.replace("\\", "\\\\").replace('"', '\\"')
    )
    return f'"{shown}"'
