"""Files of every container, made by hand, so that each byte of them is known."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP

TITLE = "سیلاب سے متاثرہ علاقوں میں امدادی کیمپ قائم"
BODY = "محکمۂ صحت نے ۱۲ ضلعوں میں ڈاکٹروں کی ٹیمیں روانہ کر دیں۔ خوب\u200cصورت وادی میں سڑکیں کھل گئیں۔"
SECOND = "دوسرا پیراگراف: وزیرِ اعلیٰ نے IMF کے وفد سے ملاقات کی۔"

_LIGATURE = re.compile("ل[\u064b-\u0652]*ا|.", re.S)
_LEFT_TO_RIGHT = re.compile("[A-Za-z0-9۰-۹][A-Za-z0-9۰-۹.,:/ ]*[A-Za-z0-9۰-۹]|[A-Za-z0-9۰-۹]")
_ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")


def zipped(files: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return raw.getvalue()


def docx(body: str, *, core: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """A Word document of this XML inside `w:body`; `core` are its properties, `extra` other parts."""
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    core_part = (
        f'<cp:coreProperties xmlns:cp="{package}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</cp:coreProperties>'
    )
    extra = dict(extra or {})
    notes = (
        f'<Relationship Id="n" Type="{office}/footnotes" Target="footnotes.xml"/>'
        if "word/footnotes.xml" in extra
        else ""
    )
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="word/document.xml"/>'
            f'<Relationship Id="r2" Type="{package}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
            "</Relationships>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{notes}</Relationships>',
            "docProps/core.xml": core_part,
            "word/document.xml": f'<w:document xmlns:w="{w}"><w:body>{body}</w:body></w:document>',
            **{
                name: content.replace("<w:footnotes>", f'<w:footnotes xmlns:w="{w}">')
                for name, content in extra.items()
            },
        }
    )


def paragraph(text: str, style: str = "") -> str:
    """A paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def odt(body: str, *, title: str = "") -> bytes:
    """An OpenDocument text of this XML inside `office:text`."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "meta")
    )
    about = (
        f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{title}</dc:title>' if title else ""
    )
    mimetype = "application/vnd.oasis.opendocument.text"
    return zipped(
        {
            "mimetype": mimetype,
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {spaces}><office:meta>{about}</office:meta></office:document-meta>",
        }
    )


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file of streams, as InPage and old Office write: short ones in the stream for such."""
    sectors: list[bytes] = []
    table: list[int] = []
    last, free = 0xFFFFFFFE, 0xFFFFFFFF

    def put(content: bytes) -> int:
        pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        first = len(sectors)
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), last][: len(pieces)])
        return first if pieces else last

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        coded = name.encode("utf-16-le")
        number = len(entries) + 1
        after, below = (
            (number + 1 if number < len(streams) else free, free) if kind == 2 else (free, 1)
        )
        about = struct.pack("<HBBIII", len(coded) + 2, kind, 1, free, after, below)
        return coded.ljust(64, b"\0") + about + bytes(36) + struct.pack("<IQ", start, size)

    small, mini, entries = b"", [], []
    for name, content in streams.items():
        if len(content) >= 4096:
            entries.append(entry(name, 2, put(content), len(content)))
            continue
        entries.append(entry(name, 2, len(mini), len(content)))
        count = -(-len(content) // 64)
        mini += [*range(len(mini) + 1, len(mini) + count), last]
        small += content.ljust(64 * count, b"\0")
    root = entry("Root Entry", 5, put(small), len(small))
    directory = put(b"".join([root, *entries]))
    short = put(struct.pack(f"<{len(mini)}I", *mini).ljust(512, b"\xff"))
    where = len(sectors)
    table += [0xFFFFFFFD] + [free] * (127 - len(table))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    )
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, directory, 0, 4096, short, 1, last, 0)
    head += struct.pack("<I", where) + b"\xff" * (4 * 108)
    return head + b"".join(sectors) + struct.pack("<128I", *table[:128])


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | int]]]) -> bytes:
    """A workbook of these sheets of texts and numbers."""
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    names, relations = "", ""
    for number, (name, rows) in enumerate(sheets.items(), 1):
        names += f'<sheet name="{name}" sheetId="{number}" r:id="s{number}"/>'
        relations += f'<Relationship Id="s{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        cells = "".join(
            "<row>"
            + "".join(
                f'<c t="inlineStr"><is><t>{cell}</t></is></c>'
                if isinstance(cell, str)
                else f"<c><v>{cell}</v></c>"
                for cell in row
            )
            + "</row>"
            for row in rows
        )
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
        )
    files["xl/workbook.xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
    )
    files["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
    )
    return zipped(files)


def epub(chapters: Mapping[str, tuple[str, str]], *, title: str, date: str = "") -> bytes:
    """A book: its chapters by their files, each a title for the contents ("" for none) and its HTML."""
    items = "".join(
        f'<item id="c{number}" href="{name}" media-type="application/xhtml+xml"/>'
        for number, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    links = "".join(
        f'<li><a href="{name}">{label}</a></li>' for name, (label, _) in chapters.items() if label
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:language>ur</dc:language><dc:date>{date}</dc:date></metadata>"
        f'<manifest>{items}<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/></manifest>'
        f'<spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
            "OEBPS/book.opf": package,
            "OEBPS/nav.xhtml": f"<html><body><nav><ol>{links}</ol></nav></body></html>",
            **{
                f"OEBPS/{name}": f"<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html><html><head><title>{title}</title></head><body>{markup}</body></html>"
                for name, (_, markup) in chapters.items()
            },
        }
    )


def warc(*records: tuple[str, str, bytes]) -> bytes:
    """A web archive of responses: address, the headers of the answer, its body as it was sent."""
    pieces = []
    for address, headers, body in records:
        answer = headers.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
        about = (
            "WARC/1.0\r\nWARC-Type: response\r\n"
            f"WARC-Target-URI: {address}\r\nWARC-Date: 2024-05-01T10:00:00Z\r\n"
            "Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(answer)}\r\n\r\n"
        )
        pieces.append(about.encode() + answer + b"\r\n\r\n")
    return b"".join(pieces)


def mail(title: str, body: str, **how: str) -> EmailMessage:
    """A message with encoded headers."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = title
    message["From"] = "روزنامہ ساحل <desk@sahil.example>"
    message["Date"] = "Mon, 01 Sep 2025 10:00:00 +0500"
    message["Message-ID"] = f"<{abs(hash(title))}@sahil.example>"
    message.set_content(body, **how)
    return message


def pdf(
    pages: Iterable[str],
    *,
    title: str = "",
    heading_size: int = 12,
    objects: int = 0,
    spaces: bool = True,
    steps: int = 0,
) -> bytes:
    """A PDF of pages of lines. Arabic script is drawn as print does: letters from the left to the right
    as they stand, lam-alef as one glyph, each mark over its letter. Without `spaces` their room is left
    empty, as browsers do. With `steps` each letter of a word is so many points above the next (14 at most), as Nastaliq has
    it. `objects` are empty ones beside."""
    glyphs: dict[str, int] = {}
    contents = [
        _page_content(page.split("\n"), glyphs, heading_size, spaces, steps) for page in pages
    ]
    count = len(contents)
    numbers = [7 + 2 * position for position in range(count)]
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{' '.join(f'{n} 0 R' for n in numbers)}]>>".encode(),
        _font(glyphs),
        _stream(b"500 0 d0 50 0 400 700 re f"),
        _stream(_to_unicode(glyphs)),
        _stream(b"0 0 d0 200 750 100 100 re f"),
    ]
    for number, content in zip(numbers, contents, strict=True):
        parts.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents {number + 1} 0 R>>".encode()
        )
        parts.append(_stream(content))
    parts += [b"<</Empty true>>"] * objects
    information = len(parts) + 1
    parts.append(f"<</Title<{('﻿' + title).encode('utf-16-be').hex()}>>>".encode())
    return _written(parts, f"/Info {information} 0 R")


def scanned_pdf(*pictures: bytes) -> bytes:
    """A PDF of pages that are pictures (PGM)."""
    count = len(pictures)
    kids = " ".join(f"{3 + 3 * number} 0 R" for number in range(count))
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {count}/Kids[{kids}]>>".encode(),
    ]
    for picture in pictures:
        header, pixels = picture.split(b"255\n", 1)
        width, height = map(int, header.split()[1:3])
        number = len(parts) + 1
        parts += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Contents {number + 1} 0 R"
            f"/Resources<</XObject<</I {number + 2} 0 R>>>>>>".encode(),
            _stream(f"{width} 0 0 {height} 0 0 cm /I Do".encode()),
            f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
            f"/BitsPerComponent 8/Length {len(pixels)}>>stream\n".encode()
            + pixels
            + b"\nendstream",
        ]
    return _written(parts)


def _written(parts: Sequence[bytes], trailer: str = "") -> bytes:
    """A PDF of these objects, numbered from 1, the first of them its catalogue."""
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, part in enumerate(parts, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + part + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode())
    out.write("".join(f"{place:010} 00000 n \n" for place in places).encode())
    out.write(
        f"trailer<</Size {len(parts) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out.getvalue()


def _page_content(
    lines: Sequence[str], glyphs: dict[str, int], heading_size: int, spaces: bool, steps: int
) -> bytes:
    out = []
    for number, line in enumerate(lines):
        size = heading_size if number == 0 else 12
        y = 760 - (16 if not steps else 40) * number
        clusters = list(_LIGATURE.findall(line))
        if _ARABIC.search(line):
            clusters = _visual(line)
        step = size / 2
        width = step * sum(not _is_mark(each) for each in clusters)
        x = 560 - width if _ARABIC.search(line) else 40
        shown = ""
        place, height = float(x), 0
        for each in clusters:
            if each == " " and not spaces:
                shown += " -500 "
                place, height = place + step, 0
                continue
            code = glyphs.setdefault(each, len(glyphs) + 1)
            glyph = f" 500 <{code:02x}> -500 " if _is_mark(each) else f"<{code:02x}>"
            if steps:
                out.append(f"BT /F {size} Tf 1 0 0 1 {place} {y + height} Tm [{glyph}] TJ ET")
                place, height = place + step * (not _is_mark(each)), min(height + steps, 14)
            else:
                shown += glyph
        if shown:
            out.append(f"BT /F {size} Tf 1 0 0 1 {x} {y} Tm [{shown}] TJ ET")
    return "\n".join(out).encode()


def _visual(line: str) -> list[str]:
    """Glyphs of a line from the left to the right: each letter, then the marks over it."""
    runs = []
    at = 0
    for run in _LEFT_TO_RIGHT.finditer(line):
        runs += [_LIGATURE.findall(line[at : run.start()])[::-1], list(run[0])]
        at = run.end()
    runs.append(_LIGATURE.findall(line[at:])[::-1])
    glyphs: list[str] = []
    waiting: list[str] = []
    for each in (glyph for run in reversed(runs) for glyph in run):
        if _is_mark(each):
            waiting.append(each)
        else:
            glyphs += [each, *reversed(waiting)]
            waiting = []
    return glyphs


def _is_mark(glyph: str) -> bool:
    return all(unicodedata.combining(letter) for letter in glyph)


def _font(glyphs: Mapping[str, int]) -> bytes:
    """A font whose letters are boxes and whose marks are small boxes that take no room."""
    names = "".join(f"/g{code}" for code in glyphs.values())
    forms = "".join(f"/g{code} {6 if _is_mark(each) else 4} 0 R" for each, code in glyphs.items())
    widths = " ".join("0" if _is_mark(each) else "500" for each in glyphs)
    return (
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 500 900]/FontMatrix[0.001 0 0 0.001 0 0]"
        f"/CharProcs<<{forms}>>/Encoding<</Type/Encoding/Differences[1{names}]>>"
        f"/FirstChar 1/LastChar {len(glyphs)}/Widths[{widths}]/Resources<<>>/ToUnicode 5 0 R>>"
    ).encode()


def _to_unicode(glyphs: Mapping[str, int]) -> bytes:
    items = list(glyphs.items())
    blocks = "".join(
        f"{len(part)} beginbfchar\n"
        + "".join(f"<{code:02x}> <{glyph.encode('utf-16-be').hex()}>\n" for glyph, code in part)
        + "endbfchar\n"
        for part in (items[start : start + 100] for start in range(0, len(items), 100))
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T def /CMapType 2 def "
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{blocks}endcmap end end"
    ).encode()


def _stream(content: bytes) -> bytes:
    return f"<</Length {len(content)}>>stream\n".encode() + content + b"\nendstream"
