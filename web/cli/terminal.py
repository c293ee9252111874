"""What people see of Talash in a terminal. Results go to stdout, progress and talk to stderr."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from index.documents import IGNORED, NOTED
from index.errors import IndexWriteError
from web.cli.terminal_hits import plain
from web.settings import Setting, written

_SKIPPED_SHOWN = 20
_FILES_SHOWN = 50
_UNUSED_SHOWN = 12
_WIDE = 160


def write(data: bytes) -> None:
    """Bytes for a program to read, as they are."""
    click.echo(data, nl=False)


def save(path: Path, data: bytes) -> None:
    """Write a file the command line asked for."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise IndexWriteError(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage, called as `step(stage, done, total)`; a total of 0 is not known yet.

    Nothing is drawn where nobody watches: in a log file bars are noise.
    """
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, Any] = {}

    def step(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bars.add_task(stage, total=None)
        bars.update(tasks[stage], completed=done, total=total or None)

    with bars:
        yield step


def built(report: Any) -> None:
    """What a rebuild did, and what it left out."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"Indexed {report.documents:,} documents in {report.passages:,} passages "
        f"({report.encoded:,} encoded, {report.reused:,} taken over) in {report.seconds:.1f} s."
    )
    if report.copies:
        console.print(f"{report.copies:,} of the documents have the text of another.")
    if report.unchanged:
        console.print(f"Nothing has changed; {report.generation} stays in use.")
    _read(console, report.files)
    _skipped(console, report.skipped)


def changed(report: Any) -> None:
    """What a change of the index did, and what it left out."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        f"{report.added:,} added, {report.updated:,} updated, {report.removed:,} removed, "
        f"{report.unchanged:,} as they were ({report.encoded:,} passages encoded) "
        f"in {report.seconds:.1f} s."
    )
    if report.moved:
        console.print(f"{report.moved:,} of those as they were are read from another file now.")
    for place in report.moved_from:
        console.print(Text(f"{place} has moved: it is gone, and its articles are here."))
    compacted = " It was made compact." if report.compacted else ""
    console.print(f"{report.generation} holds {report.documents:,} documents.{compacted}")
    _read(console, report.files)
    _skipped(console, report.skipped)


def _skipped(console: Console, skipped: Sequence[Any]) -> None:
    """What was left out, and what is to be known of what was read."""
    ignored = [each for each in skipped if each.code == IGNORED]
    for heading, rows in (
        ("Skipped", [each for each in skipped if each.code not in (IGNORED, NOTED)]),
        ("Notes", [each for each in skipped if each.code == NOTED]),
    ):
        _listed(console, heading, [f"{_place(each)}: {each.reason}" for each in rows])
    by_reason: dict[str, list[str]] = {}
    for each in ignored:
        by_reason.setdefault(each.reason, []).append(each.path)
    files = [f"{paths[0]}{_more(len(paths) - 1)}: {reason}" for reason, paths in by_reason.items()]
    _listed(console, "Passed over, by their names", files)


def _listed(console: Console, heading: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    console.print(f"{heading}:")
    for line in lines[:_SKIPPED_SHOWN]:
        console.print(Text(f"  {plain(line)}"))
    if more := len(lines) - len(lines[:_SKIPPED_SHOWN]):
        console.print(f"  ... and {more:,} more; --report FILE.json has them all.")


def _place(row: Any) -> str:
    return f"{row.path}, record {row.record}" if row.record else row.path


def _more(count: int) -> str:
    return f" and {count:,} more" if count else ""


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _read(console: Console, files: Sequence[Any]) -> None:
    """The sums of what was understood of files, where there is something to be known."""
    said = ", ".join(_gaps(files))
    if said:
        articles = _counted(sum(each.articles for each in files), "article")
        console.print(f"Of {articles} read: {said}.")
    if repaired := sum(each.repaired for each in files):
        letters = _counted(repaired, "letter")
        console.print(f"{letters} could not be read; U+FFFD stands for each.")
    if cut := _sum_of(each.cut for each in files):
        characters = _counted(sum(cut.values()), "character")
        console.print(Text(f"Left out of texts: {characters}, by rule: {_by_rule(cut)}."))
    unused = Counter(name for each in files for name in each.unused)
    if unused:
        names = ", ".join(name for name, _ in unused.most_common(_UNUSED_SHOWN))
        more = _more(max(0, len(unused) - _UNUSED_SHOWN))
        console.print(Text(f"Columns kept but not searched: {names}{more}."))


def _gaps(files: Sequence[Any]) -> Iterator[str]:
    """What articles lack, where some lack it."""
    for what, count in (
        ("without a body", sum(each.without_body for each in files)),
        ("without a date", sum(each.undated for each in files)),
        (
            "with a date that was not understood",
            sum(each.dates_not_understood for each in files),
        ),
    ):
        if count:
            yield f"{count:,} {what}"


def _by_rule(cut: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} {count:,}" for rule, count in cut.items())


def _sum_of(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def understood(report: Any) -> None:
    """What was understood of each file: its columns with an example, its languages and dates."""
    console = _wide_console()
    for each in report.files[:_FILES_SHOWN]:
        console.print(Text(plain(each.path), "bold"))
        for line in _summary(each):
            console.print(f"  {line}")
        table = _table("  field", "column", "filled", "example", right=("filled",))
        for column in sorted(each.columns, key=lambda column: (not column.field, column.field)):
            style = "" if column.field else "dim"
            name = column.name or "(in the text)"
            cells = (f"  {column.field or '-'}", name, f"{column.filled:,}", column.example)
            table.add_row(*(Text(plain(cell), style) for cell in cells))
        if each.columns:
            console.print(table)
        for note in each.notes:
            if note.reason in each.cut:
                continue
            example = f": {note.example}" if note.example else ""
            times = f", {note.count:,} times" if note.count > 1 else ""
            place = f", first in record {note.first}" if note.first else ""
            said = f"  ! {note.reason}{times}{place}{example}"
            console.print(Text(plain(said), "yellow"))
    if more := len(report.files) - len(report.files[:_FILES_SHOWN]):
        console.print(f"... and {_counted(more, 'file')} more; --json has them all.")
    _read(console, report.files)
    _skipped(console, [each for each in report.skipped if each.code != NOTED])


def _summary(file: Any) -> Iterator[str]:
    """What was understood of a file as a whole, in lines."""
    languages = ", ".join(f"{lang} {count:,}" for lang, count in file.languages.items())
    dates = dict.fromkeys(str(date) for date in (file.first, file.last) if date)
    if file.articles:
        articles = _counted(file.articles, "article")
        yield ", ".join([f"{articles} ({languages})", *([" to ".join(dates)] if dates else [])])
    if file.skipped:
        yield f"{file.skipped:,} could not be read"
    if said := ", ".join(_gaps([file])):
        yield said
    if file.encoding:
        yield f"encoding, guessed: {file.encoding}"
    if file.cut:
        yield f"left out, in characters: {_by_rule(file.cut)}"


def facts(status: Any) -> None:
    """Names and values, a line each."""
    table = Table.grid(padding=(0, 2))
    for name, value in vars(status).items():
        if isinstance(value, Mapping):
            value = ", ".join(f"{key} {count:,}" for key, count in value.items())
        table.add_row(
            Text(name, "dim"), Text(f"{value:,}" if isinstance(value, int) else f"{value}")
        )
    Console(highlight=False).print(table)


def _table(*headings: str, right: Container[str] = ()) -> Table:
    """An empty table; columns of figures are set to the `right`."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left")
    return table


def _wide_console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE  # a file has no edge to wrap at
    return console


def generations(rows: Iterable[Any]) -> None:
    """The generations of an index, newest first; * is the one in use."""
    right = ("documents", "passages", "MB")
    table = _table("", "name", "created", *right, "problem", right=right)
    table.columns[1].no_wrap = True
    for each in rows:
        figures = (f"{each.documents:,}", f"{each.passages:,}", f"{each.size_bytes / 1e6:,.1f}")
        table.add_row(
            "*" if each.current else "",
            each.name,
            Text(each.created),
            *(figures if not each.problem else ("", "", "")),
            Text(each.problem, "red"),
        )
    _wide_console().print(table)


def checks(rows: Iterable[Any]) -> None:
    """The checks of an index, good and bad."""
    table = Table.grid(padding=(0, 2))
    for each in rows:
        verdict = Text("ok", "green") if each.ok else Text("BAD", "bold red")
        table.add_row(verdict, each.name, Text(each.detail))
    Console(highlight=False).print(table)


def evaluation(report: Any) -> None:
    """Figures by query language, document language and mode, and what was compared with what."""
    console = _wide_console()
    rows = list(report.rows)
    metrics = list(dict.fromkeys(name for row in rows for name in row.metrics))
    table = _figures(rows, "mode", "queries", *metrics)
    for row in rows:
        figures = (f"{row.metrics[name]:.3f}" if name in row.metrics else "" for name in metrics)
        table.add_row(*_labels(row, rows), row.mode, f"{row.queries:,}", *figures)
    console.print(table)
    for heading, compared in (
        ("Above the better single arm", report.arms),
        ("Above the same search without a part", report.ablations),
    ):
        if compared:
            console.print(Text(f"\n{heading} (p, paired permutation test)\n", "bold"))
            console.print(_comparisons(compared, metrics))


def _comparisons(compared: Sequence[Any], metrics: Sequence[str]) -> Table:
    table = _figures(compared, "mode", "above", *metrics)
    for row in compared:
        cells = []
        for name in metrics:
            found = row.differences.get(name)
            chance = f"{found.p:.3f}" if found and found.p >= 0.001 else "<.001"
            cells.append(f"{found.mean:+.3f} ({chance})" if found else "")
        table.add_row(*_labels(row, compared), row.mode, row.baseline, *cells)
    return table


def _figures(rows: Iterable[Any], *headings: str) -> Table:
    """An empty table whose first columns are the rows' labels."""
    typed = ("type",) if any(row.query_type for row in rows) else ()
    right = set(headings) - {"mode", "above"}
    return _table("query", "documents", *typed, *headings, right=right)


def _labels(row: Any, rows: Iterable[Any]) -> list[str]:
    labels = [row.query_language, row.document_language]
    return [*labels, row.query_type or "all"] if any(each.query_type for each in rows) else labels


def settings(rows: Iterable[tuple[Setting, object]]) -> None:
    """The table of settings: what is in force, and how to change it from the environment."""
    table = _table("setting", "value", "default", "environment")
    for each, value in rows:
        style = "bold" if value != each.default else ""
        table.add_row(
            f"{each.section}.{each.name}",
            Text(written(value), style),
            Text(written(each.default), "dim"),
            Text(each.variable, "dim"),
        )
    _wide_console().print(table)
