"""Mail: a message (`.eml`) or a mailbox of any size (`.mbox`), by Python's own parser.

A message is an article, and so is one that it passes on; what is attached to it are documents of their own.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, BinaryIO

from index.documents import ATTACHED_TO, ATTACHMENTS
from index.errors import InputError
from index.readers.config import MEGABYTE, ReaderConfig
from index.readers.content import Content
from index.readers.decoding import decode
from index.readers.formats.forwarded import stories_of, without_marks
from index.readers.formats.subjects import is_encoded, subject_text
from index.readers.formats.xml.markup import markup_text
from index.readers.plain_text import has_words, one_line, scrub
from index.readers.records import SENT, BadRecord, Member, Record

_SEPARATOR = re.compile(rb"From \S.*\d{4}\s*$|From [^\s:]+@|From MAILER-DAEMON|From - ")
_LINE = MEGABYTE
_STUB = 3  # how many times longer the HTML is than a text that only says to look at it
_HEADERS = ("subject", "from", "date", "message-id", "received", "mime-version", "to")


class _Policy(email.policy.EmailPolicy):
    """Reads headers without NUL, at which Python's parser of what they hold fails: the name of an encoding, for one."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Name and value of a header, of its lines."""
        name, value = super().header_source_parse(sourcelines)
        return name, value.replace("\0", "")


_POLICY = _Policy()


def read_mail(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Member]:
    """Read one message and what is attached to it."""
    yield from _message(content.read(config), 0, "", config)


def read_mailbox(content: Content, config: ReaderConfig) -> Iterator[Record | BadRecord | Member]:
    """Read a mailbox, a message at a time."""
    found = 0
    with content.open_raw() as file:
        for number, raw in enumerate(_messages(file, config.max_file_bytes), 1):
            found = number
            if raw is None:
                limit = config.max_file_bytes // MEGABYTE
                yield BadRecord(number, f"a message larger than {limit:,} MB")
                continue
            try:
                yield from _message(raw, number, f"{number}/", config)
            except InputError as error:
                yield BadRecord(number, str(error))
    if not found:
        raise InputError("a mailbox without messages")


def _messages(file: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """The messages of a mailbox; None for one larger than the limit, of which nothing is kept."""
    lines: list[bytes] = []
    size = 0
    started = blank = False
    while line := file.readline(_LINE):
        if (blank or not started) and line.startswith(b"From ") and _SEPARATOR.match(line):
            if started:
                yield b"".join(lines) if size <= limit else None
            started, lines, size = True, [], 0
        elif started:
            size += len(line)
            if size > limit:
                lines.clear()
            else:
                lines.append(line[1:] if line.startswith(b">From ") else line)
        blank = not line.strip()
    if started:
        yield b"".join(lines) if size <= limit else None


def _message(
    raw: bytes, number: int, place: str, config: ReaderConfig
) -> Iterator[Record | BadRecord | Member]:
    message = email.message_from_bytes(raw, policy=_POLICY)
    if not isinstance(message, EmailMessage) or not any(map(message.get, _HEADERS)):
        raise InputError("no mail: it has no headers")
    fields = _headers(message)
    fields["body"] = _text(message)
    raw_subject = next((str(v) for k, v in message.raw_items() if k.lower() == "subject"), "")
    if is_encoded(raw_subject):
        fields["title"] = one_line(scrub(subject_text(raw_subject, fields["body"])))
    if "title" in fields:
        fields["title"] = without_marks(fields["title"])
    attached = list(_attached(message, number))
    names = [place + each.name for each in attached if isinstance(each, Content)]
    first, *others = stories_of(fields)
    if has_words(first["body"]) or has_words(first.get("title", "")):
        yield Record(
            number, {**first, ATTACHMENTS: names} if names else first, stories=tuple(others)
        )
    about = {
        "source": first.get("source"),
        ATTACHED_TO: first.get("title"),
        "message": first.get("id"),
        SENT: first.get("date"),
    }
    about = {key: value for key, value in about.items() if value}
    for each in attached:
        if isinstance(each, BadRecord):
            yield each
        else:
            yield Member(Content(place + each.name, each.open_raw, each.media_type), about)


def _attached(message: EmailMessage, number: int) -> Iterator[Content | BadRecord]:
    """What is attached to a message, each under a name of its own."""
    names: set[str] = set()
    for position, part in enumerate(_attachments(message), 1):
        try:
            found = _attachment(part, position)
        except (LookupError, ValueError, AssertionError) as error:
            yield BadRecord(number, f"attachment {position} is damaged: {error}")
            continue
        if found.name in names:
            found = replace(found, name=f"{position}-{found.name}")
        names.add(found.name)
        yield found


def _headers(message: EmailMessage) -> dict[str, Any]:
    sender = _header(message, "from")
    name, address = parseaddr(sender)
    found = {
        "title": _header(message, "subject"),
        "date": _header(message, "date"),
        "source": name or address,
        "author": sender,
        "to": _header(message, "to"),
        "tags": _header(message, "keywords"),
        "id": _header(message, "message-id").strip("<> "),
        "lang": _header(message, "content-language"),
    }
    return {key: value for key, value in found.items() if value}


def _header(message: EmailMessage, name: str) -> str:
    """A header's text; what is not encoded as it should be is read as its bytes were."""
    try:
        value = str(message.get(name, ""))
    except (
        ValueError,
        LookupError,
        AttributeError,
        IndexError,
        TypeError,
    ):  # its own parser's faults
        value = next((str(v) for k, v in message.raw_items() if k.lower() == name), "")
    raw = value.encode("utf-8", "surrogateescape")
    try:
        value = decode(raw)
    except InputError:
        value = raw.decode("utf-8", "replace")
    return one_line(scrub(value))


def _text(message: EmailMessage) -> str:
    """The body: plain text, unless that is a stub beside the HTML."""
    plain = _joined(message, "plain")
    markup = _joined(message, "html")
    if not markup:
        return plain
    text = markup_text(markup)
    return text if len(plain.strip()) * _STUB < len(text) else plain


def _joined(message: EmailMessage, subtype: str) -> str:
    """All text of a kind that is no attachment, in its order."""
    texts = []
    for part in _parts(message):
        if part.get_content_type() == f"text/{subtype}" and not _is_attached(part):
            texts.append(_decoded(part))
    return "\n\n".join(filter(str.strip, texts))


def _decoded(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        charset = part.get_content_charset() or ""
        text = raw.decode(charset) if charset and charset != "us-ascii" else decode(raw)
    except (LookupError, UnicodeError, InputError, ValueError):
        try:
            text = decode(raw)
        except InputError:
            text = raw.decode("utf-8", "replace")
    text = scrub(text)
    return _reflowed(text) if part.get_param("format") == "flowed" else text


def _reflowed(text: str) -> str:
    """Join the lines that a mail program wrapped, which end in a space (RFC 3676)."""
    return re.sub(r"(?<!^--) \n(?=\S)", " ", text, flags=re.M)


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """All parts but those of messages that are attached."""
    stack = [message]
    while stack:
        part = stack.pop()
        yield part
        if part.get_content_maintype() == "multipart":
            inner = part.get_payload()
            if isinstance(inner, list):
                stack.extend(each for each in reversed(inner) if isinstance(each, EmailMessage))


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return ""


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    for part in _parts(message):
        kind = part.get_content_maintype()
        if (
            kind == "message"
            or (kind != "multipart" and part is not message and _is_attached(part))
            or (part is message and kind not in ("multipart", "text", "message"))
        ):
            yield part


def _attachment(part: EmailMessage, position: int) -> Content:
    """A file that is attached, named as its sender named it."""
    media_type = part.get_content_type()
    name = one_line(scrub(_file_name(part))).replace("/", "_").replace("\\", "_")[-200:]
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], EmailMessage):
            raw = inner[0].as_bytes()
            return Content.of_bytes(name or f"{position}.eml", raw, "message/rfc822")
    decoded = part.get_payload(decode=True)
    if not isinstance(decoded, bytes):
        raise ValueError("it has no content")
    return Content.of_bytes(name or f"attachment-{position}", decoded, media_type)
