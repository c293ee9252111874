"""Looks for input that breaks a promise, guided by what code each input reaches (atheris).

    python scripts/fuzz.py readers --seconds 600
    python scripts/fuzz.py query --seconds 600
    python scripts/fuzz.py query --replay tmp/fuzz/query/crash-...

`readers` takes any bytes under any extension through reading, cutting into passages and the
catalogue; `query` takes any text through the query language, marks and snippets. What has to hold is
in tests/promises.py. Ends at the first finding (an exception, or one input that takes longer than
`HANG` seconds), which is kept for `--replay`; what was learned is kept beside it and used the next
time. atheris has wheels for Linux only: pip install --group fuzz.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore]
import trafilatura.utils  # noqa: F401 - it takes seconds: imported by the first page it would pass for a hang

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
with atheris.instrument_imports(include=["index", "search"]):
    import promises

    from index.readers import READABLE

TEXT = "بارش\n\n17 جنوری 2026\nسڑکیں بند ہو گئیں۔ Heavy rain in Karachi.\n\nیہ بھی پڑھیں:\n• الف\n"
ARTICLE = {"id": "1", "title": "بارش", "body": f"<p>{TEXT}</p>", "date": "2026-01-17", "tags": ["موسم"],
           "source": "News", "url": "https://news.example/1", "more": {"n": 1}}  # fmt: skip
ROWS = [["id", "title", "body", "date", "tags"], ["1", "بارش", f'"{TEXT}"', "17/1/2026", "a;b"]]
SAMPLES = {
    ".jso": json.dumps({"articles": [ARTICLE, ARTICLE]}, ensure_ascii=False),
    ".ndj": "\n".join([json.dumps(ARTICLE), "{", json.dumps(ARTICLE, ensure_ascii=False)]),
    ".csv": "\n".join(",".join(row) for row in ROWS),
    ".tsv": "\n".join("\t".join(row) for row in ROWS).replace(TEXT, "سڑک"),
    ".md": f"---\ntitle: بارش\ndate: 2026-01-17\ntags: [a, b]\n---\n# بارش\n\n{TEXT}\n[a](b) **c**\n",
    ".htm": "<!DOCTYPE html><html lang=ur><head><meta charset=utf-8><title>بارش</title>"
    '<meta property="og:title" content="بارش"><script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    f"</head><body><nav>الف</nav><article><h1>بارش</h1><p>{TEXT}</p></article></body></html>",
}
"""A text and an article by the beginning of an extension, for mutations to begin with."""
SAMPLES |= {".mar": SAMPLES[".md"], ".xht": SAMPLES[".htm"]}

HANG = 20
LONGEST = {"readers": 8_192, "query": 2_048}
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


def readers(folder: Path) -> Callable[[bytes], None]:
    """One input of `readers`: a name and the content of a file."""
    number = itertools.count()

    def one(data: bytes) -> None:
        name = NAMES[data[0] % len(NAMES)] if data else "file"
        content = gzip.compress(data[1:], 1) if name.endswith(".gz") else data[1:]
        path = folder / name
        path.write_bytes(content)
        documents = promises.of_reading(path)
        if documents:
            file = folder / f"{next(number)}.sqlite"
            promises.of_storing(documents, file)
            file.unlink()
        path.unlink()

    return one


def query(_: Path) -> Callable[[bytes], None]:
    """One input of `query`: a text, with lone surrogates where the bytes are not UTF-8."""

    def one(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        promises.of_words(text)
        promises.of_asking(text)

    return one


def examples(target: str) -> Iterator[bytes]:
    """Inputs to begin with: the sample archive and an article in every format; the tests' queries."""
    if target == "query":
        for path in [*ROOT.glob("tests/data/*.tsv"), ROOT / "tests" / "data" / "xss.txt"]:
            yield from path.read_bytes().splitlines()
        return
    whole = sorted([*(ROOT / "seeds").rglob("*.*"), *(ROOT / "tests" / "data").glob("n*/*.*")])
    for number, name in enumerate(NAMES):
        kind = Path(name.removesuffix(".gz")).suffix
        yield from (bytes([number]) + path.read_bytes() for path in whole if path.suffix == kind)
        for encoding in ("utf-8", "utf-16", "utf-16-le", "cp1256"):
            yield bytes([number]) + SAMPLES.get(kind[:4], TEXT).encode(encoding, "replace")


def arguments(target: str, seconds: int, replay: Path | None, folder: Path) -> list[str]:
    """What libFuzzer is told: limits, where to keep what it finds, what to begin with."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(examples(target)):
        (corpus / f"example-{number}").write_bytes(data[: LONGEST[target]])
    words = folder / "tokens.txt"
    quoted = ["".join(f"\\x{byte:02x}" for byte in word) for word in
              [*(token.encode() for token in TOKENS.split()), *BYTES]]  # fmt: skip
    words.write_text("".join(f'"{word}"\n' for word in quoted))
    limits = [
        f"-max_len={LONGEST[target]}",
        f"-timeout={HANG}",
        "-rss_limit_mb=4096",
        "-len_control=20",
    ]
    if replay:
        return [sys.argv[0], *limits, str(replay)]
    kept = [f"-dict={words}", f"-artifact_prefix={folder}/", "-print_final_stats=1", str(corpus)]
    return [sys.argv[0], *limits, f"-max_total_time={seconds}", *kept]


def main() -> None:
    """Run one target for so long, or one input again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=LONGEST)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", type=Path, default=ROOT / "tmp" / "fuzz", help="corpus, findings")
    parser.add_argument("--replay", type=Path, help="an input that was kept")
    asked = parser.parse_args()
    told = arguments(asked.target, asked.seconds, asked.replay, asked.keep / asked.target)
    target = {"readers": readers, "query": query}[asked.target]
    atheris.Setup(told, target(Path(tempfile.mkdtemp(prefix="talash-fuzz-"))))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
