"""Does an index hold what it must? Every file is held against its manifest, and every part of the index
(`index.parts.all_parts`) is asked what it can be asked.

A deep verify holds each part against what it follows from, too:

    documents, passages   their hashes, against their texts
    keyword postings      every word of every document with its positions, against the catalogue
    vector index          every row, against the exact vectors; the centroids too
    word pairs            counted again
    sample                passages and words encoded again, and the relevance floor fitted again

Texts are read once, whoever asks for them. Reads everything and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from index.encoders.protocol import Encoder
from index.errors import IndexDamagedError, StoreError
from index.parts import all_parts
from index.parts.catalogue.catalogue import Catalogue
from index.parts.part import Article, Checking, Part, Question, articles
from index.store.layout import MANIFEST
from index.store.manifest import Manifest, current, current_token, file_problem, read_manifest


@dataclass(frozen=True)
class Check:
    """One thing looked at. `detail` says what was found, good or bad."""

    name: str
    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class VerifyReport:
    """All checks of one generation. It is sound if none failed."""

    generation: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)


def verify(
    data_dir: Path,
    *,
    deep: bool = False,
    sample: int = 0,
    encoder: Callable[[Manifest], Encoder] | None = None,
) -> VerifyReport:
    """Check the current index from end to end; reads all of it, changes nothing.

    `deep` holds every part against what it follows from, too: `sample` passages, spread over the
    archive, and as many words are encoded again by the encoder that `encoder` opens. Damage is
    reported, not raised. Raises IndexMissingError if there is no index, and EncoderError if the
    encoder cannot be opened.
    """
    while True:
        try:
            path = current(data_dir)
        except IndexDamagedError as error:
            return VerifyReport("", (Check("current generation", False, error.message),))
        report = VerifyReport(path.name, tuple(_checks(path, deep, sample, encoder)))
        if report.ok or current_token(data_dir) == path.name:
            return report  # else it was retired while we looked


def _checks(
    path: Path, deep: bool, sample: int, encoder: Callable[[Manifest], Encoder] | None
) -> Iterator[Check]:
    try:
        manifest = read_manifest(path)
    except StoreError as error:
        yield Check("manifest", False, error.message)
        return
    yield Check("manifest", True, f"format {manifest.format_version}, made {manifest.created}")
    for name, entry in manifest.files.items():
        problem = file_problem(path / name, entry, checksum=True)
        yield Check(f"file {name}", not problem, problem or f"{entry.size} bytes")
    yield _answer("no other files", lambda: _no_strays(path, manifest))
    try:
        catalogue = Catalogue.open(path, stored=False)
    except StoreError as error:
        yield Check("catalogue", False, error.message)
        return
    with catalogue:
        opened = encoder(manifest) if encoder and deep and sample else None
        checking = Checking(path, manifest, catalogue, opened, sample)
        yield from ask(all_parts.PARTS, checking, deep=deep)


def ask(
    parts: Iterable[Part],
    checking: Checking,
    *,
    deep: bool,
    visit: Callable[[], None] = lambda: None,
) -> Iterator[Check]:
    """The answers to all questions about parts, those of a deep verify last. Damage is an answer.

    All texts are read once, before the first answer; `visit` is called for each article.
    """
    asked = [question for part in parts if part.check for question in part.check(checking)]
    chosen = [question for question in asked if not question.deep]
    chosen += [question for question in asked if deep and question.deep]
    names = [f"deep: {question.name}" if question.deep else question.name for question in chosen]
    read = _read(dict(zip(names, chosen, strict=True)), checking.catalogue, visit)
    for name, question in zip(names, chosen, strict=True):
        if isinstance(question.find, Generator):
            yield read[name]
        else:
            yield _answer(name, question.find)


def _read(
    questions: dict[str, Question], catalogue: Catalogue, visit: Callable[[], None]
) -> dict[str, Check]:
    """The answers, by name, to the questions that have to read the texts."""
    answers: dict[str, Check] = {}
    readers = {
        name: question.find
        for name, question in questions.items()
        if isinstance(question.find, Generator)
    }

    def send(article: Article | None) -> None:
        for name, reader in list(readers.items()):
            try:
                reader.send(article)
            except StopIteration as end:
                answers[name] = Check(name, True, end.value)
            except Exception as error:
                answers[name] = _damage(name, error)
            else:
                continue
            del readers[name]

    send(None)  # each runs to where it waits for the first article
    texts = articles(catalogue)
    while readers:
        try:
            article = next(texts, None)
        except Exception as error:
            return answers | {name: _damage(name, error) for name in readers}
        send(article)
        if article is None:
            break
        visit()
    return answers


def _answer(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name, True, find())
    except Exception as error:
        return _damage(name, error)


def _damage(name: str, error: Exception) -> Check:
    """Damage is reported, not raised; whatever a damaged file makes a library raise is damage."""
    found = error.message if isinstance(error, StoreError) else f"{type(error).__name__}: {error}"
    return Check(name, False, found)


def _no_strays(path: Path, manifest: Manifest) -> str:
    found = {f.relative_to(path).as_posix() for f in path.rglob("*") if not f.is_dir()}
    if strays := sorted(found - set(manifest.files) - {MANIFEST}):
        raise IndexDamagedError(f"not in the manifest: {', '.join(strays[:5])}")
    return f"{len(manifest.files)} files"
