"""Limits of what is read: what one file, one record or one field may weigh."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from zoneinfo import ZoneInfo

from index.config import IndexConfig
from index.errors import ConfigError

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class ReaderConfig:
    """Bounds on untrusted input. What exceeds one is reported, never cut without a word.

    A record holds at most what a file may, so by default only the file limits bite.
    """

    max_file_bytes: int = 64 * MEGABYTE
    """A larger file is skipped (split it, or raise this)."""
    max_gzip_bytes: int = 256 * MEGABYTE
    """What a `.gz` file may open to."""
    max_gzip_ratio: int = 200
    """How many times its own size a `.gz` may open to: text packs 3 to 20 times, a bomb 1,000."""
    gzip_ratio_from: int = 16 * MEGABYTE
    """Below this opened size the ratio does not matter: it is harmless either way."""
    max_nesting: int = 3
    """How deep files may be packed in one another: a page in a ZIP in a mail."""
    max_members: int = 100_000
    """How many files of one archive are read."""
    max_parse_seconds: int = 120
    """How many seconds of a processor the parser of a binary or XML format may take to the next record
    of a file."""
    max_parse_bytes: int = 768 * MEGABYTE
    """How much memory it may take."""
    ocr: bool = False
    """Whether pictures and scanned pages are read by Tesseract, where it is installed."""
    max_record_chars: int = 64 * MEGABYTE
    """Title and body of one document."""
    max_markup_chars: int = 4 * MEGABYTE
    """A larger HTML or Markdown file is read for its bare text: parsing it fully takes minutes."""
    max_html_elements: int = 15_000
    """The same for a page of more elements, however short. News pages have 500 to 5,000."""
    max_html_tags: int = 500_000
    """A page of more tags is skipped: parsed, each weighs 200 bytes of memory and more."""
    max_markdown_marks: int = 15_000
    """The same for a Markdown file of more signs and lines: a row of brackets costs the parser its square."""
    max_front_matter_chars: int = 65_536
    headline_chars: int = 160
    """A first line longer than this is a paragraph, not a headline."""
    derived_title_chars: int = 140
    """Where a title cut from the first sentence ends."""
    max_title_chars: int = 500
    """A given title longer than this is moved into the body."""
    max_tags: int = 50
    max_tag_chars: int = 100
    max_id_chars: int = 512
    max_extra_chars: int = 65_536
    """JSON size of all unknown fields of a record; what does not fit is dropped and named."""
    timezone: ZoneInfo = field(default_factory=lambda: IndexConfig().timezone)
    """Where the day is looked up of an article that gives Unix seconds for it."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if limit.name in ("timezone", "ocr"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(
                    f"{limit.name} must be a whole number above 0, not {value!r}.",
                    hint="Leave it out to use the default.",
                )
