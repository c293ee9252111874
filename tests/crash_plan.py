"""What is done to an archive in a crash test, and what the archive must then hold.

The plan knows nothing of how Talash stores anything: an archive is a dictionary of records, and a
command makes another of it by the words of its documentation.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import archives

from index.documents import Document
from index.readers import origin_of, read_paths

Archive = dict[str, tuple[Document, str]]
"""Each record by its id, with the file it was read from (which equality of documents leaves out)."""

KINDS = ("add", "update", "delete", "sync", "rebuild", "compact")
_FILES, _EACH = 6, 6


@dataclass
class Operation:
    """A command of `talash index`, and the archive after it."""

    kind: str
    command: list[str]
    after: Archive


@dataclass
class Plan:
    """Writes the files of operations under `root` and says what they must do."""

    root: Path
    dice: random.Random
    _number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.folder = self.root / "files"
        self.folder.mkdir(parents=True)
        (self.root / "incoming").mkdir()
        for number in range(_FILES):
            self._write(self.folder / f"اخبار-{number}.jsonl", [self._new() for _ in range(_EACH)])

    def rebuild(self) -> Operation:
        """The archive that its folder holds."""
        return Operation("rebuild", ["index", "rebuild", str(self.folder)], _read(self.folder))

    def row(self, archive: Archive, kind: str) -> list[Operation]:
        """Up to three operations one after the other; one of them is of the kind."""
        kinds = [kind, *self.dice.choices(("add", "update", "delete"), k=self.dice.randrange(3))]
        self.dice.shuffle(kinds)
        if self.dice.random() < 0.8:
            self._edit_folder()
        operations = []
        for each in kinds:
            operations.append(self._operation(each, archive))
            archive = operations[-1].after
        return operations

    def _operation(self, kind: str, archive: Archive) -> Operation:
        if kind == "rebuild":
            return self.rebuild()
        if kind == "sync":
            return Operation(kind, ["index", "sync", str(self.folder)], self._synced(archive))
        if kind == "compact":
            return Operation(kind, ["index", "compact"], archive)
        if kind == "delete":
            ids = self.dice.sample(sorted(archive), self.dice.randint(1, 3 + len(archive) // 25))
            after = {each: archive[each] for each in archive if each not in ids}
            return Operation(kind, ["index", "delete", "--", *ids], after)
        path = self.root / "incoming" / f"{self._next()}.jsonl"
        if kind == "add":
            self._write(path, [self._arriving(archive) for _ in range(self.dice.randint(1, 5))])
            after = {**_read(path), **archive}
        else:
            chosen = self.dice.sample(sorted(archive), self.dice.randint(1, 4))
            self._write(path, [self._changed(archive[each][0], archive) for each in chosen])
            after = {**archive, **_read(path)}
        return Operation(kind, ["index", kind, str(path)], after)

    def _synced(self, archive: Archive) -> Archive:
        """What the folder holds, beside what came from elsewhere."""
        elsewhere = {
            each: stored
            for each, stored in archive.items()
            if not stored[1].startswith(origin_of(self.folder))
        }
        return {**_read(self.folder), **elsewhere}

    def _arriving(self, archive: Archive) -> Document:
        """A new article; or the very text of another; or one whose id is there already."""
        new, draw = self._new(), self.dice.random()
        there = self._any(archive)
        if draw < 0.3:
            return replace(new, title=there.title, body=there.body, lang=there.lang)
        return replace(new, id=there.id) if draw < 0.4 else new

    def _changed(self, document: Document, archive: Archive) -> Document:
        """Other facts and the same text, another text, or the text of another article."""
        new, draw = self._new(), self.dice.random()
        if draw < 0.35:
            return replace(
                document, date=date(2026, 3, 1 + self._number % 28), tags=("تازہ", "news"),
                source="ڈان", url=f"https://news.example/{self._number}",
                extra={"desk": f"ڈیسک {self._number}"},
            )  # fmt: skip
        if draw < 0.55:
            there = self._any(archive)
            return replace(document, title=there.title, body=there.body, lang=there.lang)
        if draw < 0.8:
            return replace(document, body=f"{document.body} {new.body}")
        return replace(new, id=document.id)

    def _edit_folder(self) -> None:
        """Files change, come and go; an article may leave a file and come back in another."""
        files = sorted(self.folder.iterdir())
        for path in self.dice.sample(files, self.dice.randint(1, 3)):
            held = {
                each: stored for each, stored in _read(path).items() if self.dice.random() < 0.85
            }
            kept = [
                self._changed(each, held) if self.dice.random() < 0.2 else each
                for each, _ in held.values()
            ]
            self._write(path, [*kept, *(self._new() for _ in range(_EACH - len(kept)))])
        if self.dice.random() < 0.3:
            self.dice.choice(files).unlink()
            extra = self.folder / f"نئی-{self._next()}.jsonl"
            self._write(extra, [self._new() for _ in range(_EACH)])

    def _any(self, archive: Archive) -> Document:
        return archive[self.dice.choice(sorted(archive))][0]

    def _new(self) -> Document:
        return archives.article(self.dice, self._next())

    def _next(self) -> int:
        self._number += 1
        return self._number

    @staticmethod
    def _write(path: Path, documents: list[Document]) -> None:
        path.write_text("\n".join(_line(each) for each in documents) + "\n", "utf-8")


def _line(document: Document) -> str:
    """A record as a newsroom would write it."""
    fields = {
        "id": document.id,
        "title": document.title,
        "body": document.body,
        "lang": document.lang,
        "date": document.date and document.date.isoformat(),
        "source": document.source,
        "url": document.url,
        "tags": list(document.tags),
        **document.extra,
    }
    return json.dumps(fields, ensure_ascii=False)


def _read(path: Path) -> Archive:
    """The records of files. Of those with one id the first counts."""
    found: Archive = {}
    for item in read_paths([path]):
        assert isinstance(item, Document), item
        found.setdefault(item.id, (item, item.origin))
    return found
