"""Writes how queries are read into docs/query-language.md: `make docs`.

A table whose head is `| query | ranked by | must hold | said |` is made of its first column: each
query is read as the search reads it, over the sources and tags of the sample archive.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

from search.config import SearchConfig
from search.query.conditions import described
from search.query.filters import NameList, Names
from search.query.query import Query, parse_query

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "query-language.md"
HEAD = "| query | ranked by | must hold | said |\n| --- | --- | --- | --- |\n"
NAMES = Names(
    frozenset(("ur", "en")),
    NameList(("City Ledger", "Daybreak Post", "The Indus Window", "شہر نامہ", "صبحِ نو")),
    NameList(("weather", "sports", "health", "موسم", "کھیل")),
)

_TABLE = re.compile(re.escape(HEAD) + r"((?:\|.*\|\n)+)")
_ROW = re.compile(r"\| `((?:[^`])+)` \|")


def rewritten(text: str) -> str:
    """The document with its tables made anew."""
    return _TABLE.sub(lambda table: HEAD + "".join(map(_row, _ROW.findall(table[1]))), text)


def _row(shown: str) -> str:
    query = parse_query(unescape(shown).replace("\\|", "|"), SearchConfig(), names=NAMES)
    cells = (f"`{shown}`", _ranked_by(query), _must_hold(query), _said(query))
    return "| " + " | ".join(cell.replace("||", "\\|\\|") or " " for cell in cells) + " |\n"


def _ranked_by(query: Query) -> str:
    groups = [" or ".join(atom.surface for atom in group.alternatives) for group in query.groups]
    return ", ".join(groups) or ("every article" if query.everything else "")


def _must_hold(query: Query) -> str:
    filters = query.filters
    shown = [described(condition) for condition in query.conditions]
    named = (("lang", filters.languages), ("source", filters.sources), ("tag", filters.tags))
    shown += [
        " or ".join(f"{name}:{value}" for value in values) for name, values in named if values
    ]
    if filters.date_from or filters.date_to:
        shown.append(f"date:{filters.date_from or ''}..{filters.date_to or ''}")
    return ", ".join(shown)


def _said(query: Query) -> str:
    return "; ".join(f"{notice.code}" for notice in query.notices)


if __name__ == "__main__":
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text("utf-8")), "utf-8")
