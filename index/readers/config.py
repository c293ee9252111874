"""How files are read: what one file, one record or one field may weigh, and what was settled of columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo

from index.config import IndexConfig, tomllib
from index.errors import ConfigError
from index.readers.columns.names import NAMES, UNUSED, letters
from index.workers import cores

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class ReaderConfig:
    """Bounds on untrusted input. What exceeds one is reported, never cut without a word.

    A record holds at most what a file may, so by default only the file limits bite.
    """

    max_file_bytes: int = 64 * MEGABYTE
    """A larger file is skipped, unless it is one of rows or lines, which are read one by one. What is
    packed counts as opened. The setting is `[index] max_file_mb`."""
    max_gzip_ratio: int = 200
    """How many times its own size a packed file may open to: text packs 3 to 20 times, a bomb 1,000."""
    gzip_ratio_from: int = 16 * MEGABYTE
    """Below this opened size the ratio does not matter: it is harmless either way."""
    max_opened_bytes: int = 256 * MEGABYTE
    """What a file packed in another may open to, and an archive that can only be opened whole."""
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
    """Title and body of one document, and one line of a file of lines."""
    max_row_chars: int = 8 * MEGABYTE
    """A row of a table in which a quotation mark is open for longer is one where it was never closed."""
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
    columns: Mapping[str, str] = field(default_factory=dict)
    """What a mapping file settles: the field of each column (`names.letters` of its name), or `extra`."""
    timezone: ZoneInfo = field(default_factory=lambda: IndexConfig().timezone)
    """Where the day is looked up of an article that gives Unix seconds for it."""

    workers: int = 1
    """How many processes make documents of the records of a large archive, this one among them."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if limit.name in ("timezone", "columns", "ocr"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ConfigError(
                    f"{limit.name} must be a whole number above 0, not {value!r}.",
                    hint="Leave it out to use the default.",
                )

    @classmethod
    def of(cls, config: IndexConfig) -> ReaderConfig:
        """As the settings of an index say. Raises ConfigError for a mapping file that is none."""
        return cls(
            max_file_bytes=config.max_file_mb * MEGABYTE,
            columns=read_mapping(config.mapping) if config.mapping else {},
            timezone=config.timezone,
            ocr=config.ocr,
            workers=config.workers or cores(),
        )


def read_mapping(path: Path) -> dict[str, str]:
    """What a mapping file says of columns: the field of each, by the letters of its name.

    The file is TOML with one table, `[columns]`: `News_Body = "body"`, `"body.sections" = "body"`.
    Raises ConfigError for one that cannot be read, or names a field that there is not.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(
            f"The mapping file {path} cannot be read: {error.strerror}.",
            hint="Name it by --mapping, or as `mapping` under [index] in the configuration file.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.", hint=_MAPPING) from None
    columns = data.pop("columns", None)
    if data or not isinstance(columns, dict):
        raise ConfigError(f"{path} must hold one table, [columns].", hint=_MAPPING)
    fields_known = (*NAMES, UNUSED)
    for name, meant in columns.items():
        if meant not in fields_known:
            shown = ", ".join(fields_known)
            raise ConfigError(
                f"{path}: {name!r} is to be {meant!r}, which is none of {shown}.", hint=_MAPPING
            )
    return {letters(name): meant for name, meant in columns.items()}


_MAPPING = 'It is written as: [columns], then a line for each column, such as News_Body = "body".'
