"""Looks for input that breaks a promise, guided by what code each input reaches (atheris).

    python scripts/fuzz.py readers --seconds 600
    python scripts/fuzz.py readers --format pdf --seconds 600
    python scripts/fuzz.py query --seconds 600
    python scripts/fuzz.py query --replay tmp/fuzz/query/crash-...

`readers` takes any bytes under any extension through reading, cutting into passages and the
catalogue; with `--format` all bytes through the reader of that format, begun with valid files of it.
What the sandbox would run is run in this process: a library may say that a file is damaged, our own
code may not fail, no other file may be opened, nothing asked of the network. `query` takes any text through
the query language, marks and snippets. What has to hold is in tests/promises.py. Ends at the first
finding (an exception, or one input that takes longer than `HANG` seconds of a processor), which is
kept for `--replay`; what was learned is kept beside it and used the next time. atheris has wheels for Linux
only: pip install --group fuzz.
"""

from __future__ import annotations

import argparse
import gzip
import io
import itertools
import os
import random
import socket
import sys
import tempfile
import time
import traceback
import zipfile
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]
import trafilatura.utils  # noqa: F401 - it takes seconds: imported by the first page it would pass for a hang

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
LIBRARIES = ["docx", "feedparser", "odf.opendocument", "py7zr", "striprtf.striprtf", "warcio"]
"""Parsers in Python, followed as our own code is."""

with atheris.instrument_imports(include=["index", "search", *LIBRARIES]):
    import containers as c
    import promises
    from valid_files import VALID

    from index import readers as reading
    from index.documents import Document
    from index.errors import InputError
    from index.readers import READABLE
    from index.readers.config import ReaderConfig
    from index.readers.content import Content
    from index.readers.detection import registry

    for library in LIBRARIES:
        import_module(library)

HANG = 20
WAIT = 180
"""Seconds of the clock after which an input hangs that has not come back to Python."""
LONGEST = {"readers": 8_192, "query": 2_048, "format": 32_768}
"""Bytes of an input: small ones run often, and what is large is the limits' tests' business."""

NAMES = [f"file{extension}" for extension in READABLE] + ["file", "file.gz"]
"""An input of `readers` begins with a byte that chooses its name. For `.gz` the rest is packed."""

TOKENS = r"""
title: date: source: lang: tag: OR AND 2026-01..2026-02 ۲۰۲۶-۰۱ " “ ” « -" '' ( ) | خوب‌صورت کِتاب ۔ ، IMFکے U.S. 3,500
<p> </p> <html> <body> <article> <title> <script> <!-- --> &amp; &#1611; <meta charset="windows-1256"> <!DOCTYPE
{"title": "body": "text": "id": "date": "tags": [ ] } null NaN 1e999 \ud800 --- # ## [a](b) ``` title,body; date پڑھیں:
"""
"""What mutation alone would take long to spell."""
BYTES = [b"\n", b"\r\n\r\n", b"\t", b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xe2\x80\xae",
         "ي".encode("cp1256"), "سڑک".encode("utf-16-le")]  # fmt: skip

SECRET = "a line that stands in no input"


def _callers() -> str:
    """Who is asking, for a finding."""
    frames = traceback.extract_stack(limit=6)[:-2]
    return " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))


class Watch:
    """What is opened and asked while a file is read. Python tells of itself; what a library in C opens
    shows in its text: inputs name a file with `SECRET` in it, and an address at which we listen."""

    def __init__(self, folder: Path) -> None:
        self.secret = folder / "secret"
        self.secret.write_text(SECRET)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.file = ""
        foreign = folder / "foreign.txt"
        foreign.write_text("Le gouvernement a annoncé hier une baisse du prix du blé. " * 5)
        list(
            reading.read_paths([foreign])
        )  # the model of other languages is opened when first needed
        programs = {str(ROOT), sys.prefix, sys.base_prefix}
        # py7zr asks how much memory there is.
        self._allowed = (*programs, "/usr/share/zoneinfo", "/proc/stat", "/proc/meminfo")
        self._seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.file:
            return
        if event == "open" and isinstance(arguments[0], (str, bytes)):
            path = os.path.realpath(os.fsdecode(arguments[0]))
            written = set(str(arguments[1] or "")) & set("wax+")
            # Files of its kind beside it say which part of its headline all of a folder have.
            beside = Path(path).parent == Path(self.file).parent
            beside = beside and Path(path).suffix == Path(self.file).suffix != ""
            if written or not (beside or path.startswith((self.file, *self._allowed))):
                self._seen.append(f"open {path} in {_callers()}")
        elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn")):
            self._seen.append(f"{event} {arguments}")

    def of(self, path: Path) -> list[Document]:
        """Read a file, as promised and with no other."""
        self.file = str(path)
        started = time.process_time()
        try:
            documents = promises.of_reading(path)
        finally:
            self.file = ""
        assert time.process_time() - started < HANG, "it hangs"
        seen, self._seen = self._seen, []
        assert not seen, seen
        assert not any(SECRET in f"{each.title} {each.body} {each.extra}" for each in documents)
        try:
            caller = self.listener.accept()[1]
        except BlockingIOError:
            return documents
        raise AssertionError(f"the network was asked from {caller}")

    def hostile(self, raw: bytes) -> bytes:
        """The same file with our secret in place of its text, where it is XML or a ZIP of XML."""
        if zipfile.is_zipfile(io.BytesIO(raw)):
            return c.zipped({name: self.hostile(each) for name, each in members(raw).items()})
        head, mark, rest = raw.rpartition(b"?>") if raw.startswith(b"<?xml") else (b"", b"", raw)
        if not rest.startswith(b"<"):
            return raw
        port = self.listener.getsockname()[1]
        entities = f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/" [<!ENTITY e SYSTEM "{self.secret.as_uri()}">]>'
        return head + mark + entities.encode() + rest.replace(c.BODY.encode(), b"&e;")


def in_this_process(reader: str) -> Callable[..., Iterator[Any]]:
    """In place of `sandboxed`: the same reader, here. A fault of a library is that of the file, ours is one."""

    def read(content: Content, config: ReaderConfig) -> Iterator[Any]:
        module, _, function = reader.partition(":")
        try:
            yield from getattr(import_module(module), function)(content, config)
        except (MemoryError, RecursionError) as error:
            raise InputError(type(error).__name__) from None
        except (InputError, OSError):
            raise
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1].filename
            if type(error).__module__ == "builtins" and Path(place).is_relative_to(ROOT / "index"):
                raise
            raise InputError(f"damaged: {error}") from None

    return read


def readers(folder: Path) -> Callable[[bytes], None]:
    """One input of `readers`: a name and the content of a file."""
    watch = Watch(folder)
    number = itertools.count()

    def one(data: bytes) -> None:
        name = NAMES[data[0] % len(NAMES)] if data else "file"
        content = gzip.compress(data[1:], 1) if name.endswith(".gz") else data[1:]
        path = folder / name
        path.write_bytes(content)
        documents = watch.of(path)
        if documents:
            file = folder / f"{next(number)}.sqlite"
            promises.of_storing(documents, file)
            file.unlink()
        path.unlink()

    return one


def one_format(name: str, watch: Watch, folder: Path) -> Callable[[bytes], None]:
    """One input of a format: a byte that chooses a name of it, and what the file holds."""
    names = [file for file, _ in VALID[name]]
    forced = next(each for each in registry.FORMATS if each.name == name)

    def format_of(content: Content) -> registry.Format:
        return forced if content.name in names else registry.format_of(content)

    setattr(reading, "format_of", format_of)  # noqa: B010 - it is no name of theirs to mypy

    def one(data: bytes) -> None:
        path = folder / names[data[0] % len(names) if data else 0]
        path.write_bytes(data[1:])
        watch.of(path)

    return one


def query(_: Path) -> Callable[[bytes], None]:
    """One input of `query`: a text, with lone surrogates where the bytes are not UTF-8."""

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        promises.of_words(text)
        promises.of_asking(text)

    return one


def members(raw: bytes) -> dict[str, bytes]:
    """The files in a ZIP."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mutated(data: bytes, size: int, seed: int) -> bytes:
    """Another input. A ZIP is changed in one of its files, and sums that would give a change away are
    made anew: else nothing behind them were ever reached."""
    chance = random.Random(seed)
    raw = bytes(data[1:])
    if raw.startswith(b"PK") and chance.random() < 0.8:
        try:
            files = members(raw)
            name = chance.choice(list(files))
            files[name] = bytes(atheris.Mutate(files[name], len(files[name]) + 256))
            changed = c.zipped(files, zipfile.ZIP_STORED)
        except Exception:  # it is no ZIP any more
            changed = b""
        if 0 < len(changed) < size:
            return bytes(data[:1]) + changed
    changed = bytes(atheris.Mutate(data, size))
    return changed[:1] + (summed(changed[1:]) if chance.random() < 0.8 else changed[1:])


def summed(raw: bytes) -> bytes:
    """A tar or 7z archive with the right sums."""
    out = bytearray(raw)
    if raw.startswith(b"7z\xbc\xaf\x27\x1c") and len(raw) > 32:
        at = 32 + int.from_bytes(raw[12:20], "little")
        end = at + int.from_bytes(raw[20:28], "little")
        if end <= len(raw):
            out[28:32] = zlib.crc32(raw[at:end]).to_bytes(4, "little")
        out[8:12] = zlib.crc32(out[12:32]).to_bytes(4, "little")
    for at in range(0, len(raw) - 511, 512):
        if raw[at + 257 : at + 262] == b"ustar":
            out[at + 148 : at + 156] = b" " * 8
            out[at + 148 : at + 156] = b"%06o\0 " % sum(out[at : at + 512])
    return bytes(out)


def examples(target: str, format_name: str, watch: Watch | None) -> Iterator[bytes]:
    """Inputs to begin with: the sample archive and an article in every format; the tests' queries."""
    if watch:
        for number, (_, raw) in enumerate(VALID[format_name]):
            for each in {raw, watch.hostile(raw)}:
                yield bytes([number]) + each
        return
    if target == "query":
        for path in [*ROOT.glob("tests/data/*.tsv"), ROOT / "tests" / "data" / "xss.txt"]:
            yield from path.read_bytes().splitlines()
        return
    kept = [*(ROOT / "seeds").rglob("*.*"), *(ROOT / "tests" / "data").glob("n*/*.*")]
    whole = [(path.suffix, path.read_bytes()) for path in sorted(kept)]
    whole += [(Path(name).suffix, raw) for files in VALID.values() for name, raw in files]
    for number, name in enumerate(NAMES):
        kind = Path(name.removesuffix(".gz")).suffix
        for raw in (raw for suffix, raw in whole if suffix == kind):
            yield bytes([number]) + raw
            text = raw.decode("utf-8", "replace")
            for encoding in ("utf-16", "utf-16-le", "cp1256") if "<" in text or "," in text else ():
                yield bytes([number]) + text.encode(encoding, "replace")


def arguments(seconds: int, replay: Path | None, limits: list[str], folder: Path) -> list[str]:
    """What libFuzzer is told: limits, where to keep what it finds, what to begin with."""
    words = folder / "tokens.txt"
    quoted = ["".join(f"\\x{byte:02x}" for byte in word) for word in
              [*(token.encode() for token in TOKENS.split()), *BYTES]]  # fmt: skip
    words.write_text("".join(f'"{word}"\n' for word in quoted))
    if replay:
        return [sys.argv[0], *limits, str(replay)]
    kept = [f"-dict={words}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    return [sys.argv[0], *limits, f"-max_total_time={seconds}", *kept, str(folder / "corpus")]


def main() -> None:
    """Run one target for so long, or one input again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=["readers", "query"])
    parser.add_argument("--format", choices=sorted(VALID), help="one format of `readers`")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", type=Path, default=ROOT / "tmp" / "fuzz", help="corpus, findings")
    parser.add_argument("--replay", type=Path, help="an input that was kept")
    asked = parser.parse_args()
    setattr(registry, "sandboxed", in_this_process)  # noqa: B010
    work = Path(tempfile.mkdtemp(prefix="talash-fuzz-"))
    watch = Watch(work) if asked.format else None
    if watch:
        one = one_format(asked.format, watch, work)
    else:
        one = {"readers": readers, "query": query}[asked.target](work)
    longest = LONGEST["format" if watch else asked.target]
    folder = asked.keep / (asked.format or asked.target).replace(" ", "-")
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(examples(asked.target, asked.format, watch)):
        (corpus / f"example-{number}").write_bytes(data[:longest])
    # A file of a format is whole or nothing; other inputs begin short.
    growth = 0 if watch else 20
    limits = [
        f"-max_len={longest}",
        f"-len_control={growth}",
        f"-timeout={WAIT}",
        "-rss_limit_mb=4096",
    ]
    told = arguments(asked.seconds, asked.replay, limits, folder)
    atheris.Setup(told, one, **({"custom_mutator": mutated} if watch else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
