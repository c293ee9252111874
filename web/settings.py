"""The one table of settings: every package's configuration, from four places in one order.

    defaults (in each package's dataclass)
      < a TOML file (`talash.toml` here, or --config / TALASH_CONFIG)
        < the environment (TALASH_INDEX_DATA_DIR, TALASH_WEB_PORT, ...; TALASH_DATA for short)
          < the command line

The table is read off the dataclasses, so a field added there is a setting at once and its default
is written in one place. Whatever is unknown or of the wrong type stops the program with a hint: a
misspelled setting that is silently ignored is found months later.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin, get_type_hints
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, TypeAdapter, ValidationError

from index.collector.config import CollectConfig
from index.config import IndexConfig, tomllib
from index.errors import ConfigError
from search.config import SearchConfig

FILE_NAME = "talash.toml"
FILE_VARIABLE = "TALASH_CONFIG"
SHORT_NAMES = {"TALASH_DATA": ("index", "data_dir")}

_ORIGIN = r"^(\*|https?://[^/?#\s,*]+)$"
_NO_TOKEN = SecretStr("")
_PUBLIC_URL = r"^(https?://[^/?#\s]+(/[^?#\s]*)?)?$"
_OF_THE_SOCKET = ("host", "port", "socket", "socket_mode", "workers", "threads", "grace")
_MODE = r"^0?[0-7]{3}$"
_HOST_NAME = re.compile(r"[^\s/:@*\[\]]+|\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]?")

PATH_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+)+")
"""A path that an archive may live under: it stands in every link as it is."""


def _host_name(name: str) -> str:
    if not _HOST_NAME.fullmatch(name):
        raise ValueError("write the bare name, without scheme, port and path: archive.example")
    return name


def _prefix(path: str) -> str:
    path = path.rstrip("/")
    if path and not PATH_PREFIX.fullmatch(path):
        raise ValueError("write a path of letters, digits, and . _ ~ -, such as /archive")
    return path


@dataclass(frozen=True)
class WebConfig:
    """How the page and the API are served.

    `host` are the addresses listened on, see `web.serving.sockets`; `socket` is a Unix socket in
    their place, and `socket_mode` its permissions. `workers` is how many processes answer.

    `language` is the interface's, until a reader chooses another. `hosts` are the names the server
    answers to; empty means the loopback names when only loopback is listened on (so that a page from
    elsewhere cannot reach a private server by rebinding its name), and any name otherwise.

    `cors_origins` are the web origins whose scripts may read `/api/v1/`; `*` is any. `public_url` is
    the address readers know, where a web server in front has another than this one: feeds name it.
    `prefix` is the path that all addresses begin with, as readers know them; where it is not given it
    is the path of `public_url`. `originals` are folders whose files readers may open from the articles
    that were read from them; none unless they are named.

    The rest is for running a service, see docs/operations-service.md. `proxies` is how many proxies of
    ours stand in front: their word on the client's address is taken. `rate_limit` is requests a
    minute for each client (0: any number; `auto`: see `web.middleware.limits`), `rate_burst` how
    many at once. `token` guards all but health and files. `log_queries` and `log_clients` let the
    log say what was searched for and by whom. `grace` is how many seconds running requests get to
    end.
    """

    host: tuple[str, ...] = ("127.0.0.1",)
    port: Annotated[int, Field(le=65_535)] = 8000
    socket: Path | None = None
    socket_mode: Annotated[str, Field(pattern=_MODE)] = "660"
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    language: Literal["en", "ur"] = "en"
    hosts: tuple[Annotated[str, AfterValidator(_host_name)], ...] = ()
    cors_origins: tuple[Annotated[str, Field(pattern=_ORIGIN)], ...] = ()
    public_url: Annotated[str, Field(pattern=_PUBLIC_URL)] = ""
    prefix: Annotated[str, AfterValidator(_prefix)] = ""
    originals: tuple[Path, ...] = ()
    proxies: Annotated[int, Field(le=10)] = 0
    rate_limit: Literal["auto"] | int = "auto"
    rate_burst: Annotated[int, Field(ge=1)] = 120
    token: SecretStr = _NO_TOKEN
    metrics: bool = False
    log_format: Literal["text", "json", "off"] = "text"
    log_queries: bool = False
    log_clients: Literal["off", "short", "full"] = "off"
    grace: Annotated[float, Field(le=600)] = 10.0

    @property
    def path(self) -> str:
        """The path that all addresses begin with, without its last slash; empty for none."""
        return self.prefix or urlsplit(self.public_url).path.rstrip("/")


@dataclass(frozen=True)
class Settings:
    """All settings, a section for each package. The fields are the sections of the TOML file."""

    index: IndexConfig = field(default_factory=IndexConfig)
    collect: CollectConfig = field(default_factory=CollectConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    web: WebConfig = field(default_factory=WebConfig)


@dataclass(frozen=True)
class Setting:
    """A row of the table: where a setting lives, what it may be and what it is called outside.

    `limit` names the setting of the same section that this one may not be above, if there is one.
    """

    section: str
    name: str
    type: Any
    default: object
    variable: str
    limit: str = ""


@dataclass(frozen=True)
class _Given:
    """A value somebody gave, and where: `origin` for the error message, `base` for its paths."""

    value: object
    origin: str
    base: Path | None = None


_Values = dict[tuple[str, str], _Given]


def table() -> Iterator[Setting]:
    """Every setting there is."""
    for section, config in get_type_hints(Settings).items():
        types = get_type_hints(config, include_extras=True)
        defaults = config()
        for each in fields(config):
            variable = f"TALASH_{section}_{each.name}".upper()
            default = getattr(defaults, each.name)
            limit = each.metadata.get("limit", "")
            yield Setting(section, each.name, types[each.name], default, variable, limit)


def load(
    *,
    config: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    overrides: Mapping[str, Mapping[str, object]] | None = None,
) -> Settings:
    """The settings in force. `overrides` is the command line's word; None in it means not given."""
    environ = os.environ if environ is None else environ
    values: _Values = {}
    folder = cwd or Path.cwd()
    # The file that was named must exist, the one in this folder may.
    if named := config or environ.get(FILE_VARIABLE):
        values |= _from_file(folder / named)
    elif (folder / FILE_NAME).is_file():
        values |= _from_file(folder / FILE_NAME)
    values |= _from_environment(environ)
    for section, given in (overrides or {}).items():
        for name, value in given.items():
            if value is not None:
                values[section, name] = _Given(value, "command line")
    return _build(values)


def _from_file(path: Path) -> _Values:
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"There is no settings file {path}.") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # broken TOML, or not UTF-8
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    known = _names()
    values: _Values = {}
    for section, entries in content.items():
        if section not in known:
            hint = did_you_mean(section, known)
            raise ConfigError(f"{path}: there is no section [{section}].", hint=hint)
        if not isinstance(entries, dict):
            raise ConfigError(f"{path}: {section} is a section: write [{section}].")
        for name, value in entries.items():
            if name not in known[section]:
                hint = did_you_mean(name, known[section])
                raise ConfigError(f"{path}: [{section}] has no setting {name}.", hint=hint)
            values[section, name] = _Given(value, str(path), path.parent)
    return values


def _from_environment(environ: Mapping[str, str]) -> _Values:
    """Variables of the table. An empty one counts as not set, as compose files like to have it.

    TALASH_ names outside our sections may belong to other tools and pass, unless they look like a
    slip in one of the short names.
    """
    keys = SHORT_NAMES | {each.variable: (each.section, each.name) for each in table()}
    prefixes = tuple(f"TALASH_{section}_".upper() for section in _names())
    values: _Values = {}
    for variable, value in environ.items():
        if variable in keys and value:
            # The long name is the more deliberate one: it wins over the short.
            if keys[variable] not in values or variable not in SHORT_NAMES:
                values[keys[variable]] = _Given(value, f"environment variable {variable}")
        elif variable not in keys and (
            variable.startswith(prefixes)
            or difflib.get_close_matches(variable, SHORT_NAMES, cutoff=0.85)
        ):
            close = difflib.get_close_matches(variable, keys, n=1)
            hint = f"Did you mean {close[0]}?" if close else "See `talash settings`."
            raise ConfigError(f"There is no setting for {variable}.", hint=hint)
    return values


def _names() -> dict[str, list[str]]:
    sections = get_type_hints(Settings).items()
    return {section: [each.name for each in fields(config)] for section, config in sections}


def _build(values: _Values) -> Settings:
    rows = {key: each for each in table() if (key := (each.section, each.name)) in values}
    checked: dict[tuple[str, str], Any] = {
        key: _check(each, values[key]) for key, each in rows.items()
    }
    built = Settings(
        **{
            section: kind(
                **{name: value for (its, name), value in checked.items() if its == section}
            )
            for section, kind in get_type_hints(Settings).items()
        }
    )
    _agree(built.web)
    for (section, name), wanted in checked.items():
        limit = rows[section, name].limit
        # A value that was set above its limit would never be in force: neither one is the right one.
        if limit and wanted > (most := getattr(getattr(built, section), limit)):
            raise ConfigError(
                f"{section}.{name} = {wanted} ({values[section, name].origin}) is above "
                f"{section}.{limit}, which is {most}.",
                hint=f"Lower {section}.{name} to at most {most}, or raise {section}.{limit} "
                f"to {wanted}.",
            )
    return built


def renewed(old: Settings, new: Settings) -> Settings:
    """What comes into force of new settings without a restart: `[web]`, but for socket and processes."""
    kept = {name: getattr(old.web, name) for name in _OF_THE_SOCKET}
    return replace(old, web=replace(new.web, **kept))


def _agree(web: WebConfig) -> None:
    """Raise ConfigError for settings of which each is right and that do not go together."""
    default = WebConfig()
    if not web.host:
        raise ConfigError("web.host is empty.", hint="The default is 127.0.0.1.")
    if web.socket and (web.host, web.port) != (default.host, default.port):
        raise ConfigError(
            f"web.socket = {str(web.socket)!r} takes the place of web.host and web.port.",
            hint="Leave out the socket, or the host and the port.",
        )
    public = urlsplit(web.public_url).path.rstrip("/")
    if web.prefix and web.public_url and web.prefix != public:
        raise ConfigError(
            f"web.public_url = {web.public_url!r} is not under web.prefix = {web.prefix!r}.",
            hint="Name the prefix in both, or leave one of them out.",
        )
    if public and not PATH_PREFIX.fullmatch(public):
        raise ConfigError(
            f"web.public_url = {web.public_url!r} has a path that cannot be a prefix.",
            hint="Its path may have letters, digits, and . _ ~ -, such as /archive.",
        )


def _check(setting: Setting, given: _Given) -> object:
    """The value in the setting's type. No number in Talash's settings is negative."""
    value = given.value
    if get_origin(setting.type) is tuple and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        checked: object = TypeAdapter(setting.type).validate_python(value)
    except ValidationError as error:
        raise _wrong(
            setting, given, error.errors()[0]["msg"].removeprefix("Value error, ")
        ) from None
    if isinstance(checked, (int, float)) and checked < 0:
        raise _wrong(setting, given, "must not be negative")
    if isinstance(checked, Path):
        return _below(given.base, checked)
    if isinstance(checked, tuple) and any(isinstance(each, Path) for each in checked):
        return tuple(_below(given.base, each) for each in checked)
    return checked


def _below(base: Path | None, path: Path) -> Path:
    """A path of a file of settings, which names it from where the file itself is."""
    path = path.expanduser()
    return base / path if base else path


def _wrong(setting: Setting, given: _Given, why: str) -> ConfigError:
    why = why[0].lower() + why[1:]
    return ConfigError(
        f"{setting.section}.{setting.name} = {given.value!r} ({given.origin}): {why}.",
        hint=f"The default is {written(setting.default) or 'none'}.",
    )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Turns a misspelled name into help: the name probably meant, or all the names there are."""
    names = list(known)
    close = difflib.get_close_matches(word.lower(), names, n=1)
    return f"Did you mean {close[0]}?" if close else f"Known: {', '.join(names)}."


def written(value: object) -> str:
    """A value as people read and write it: lists with commas, and nothing for what is not set."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
