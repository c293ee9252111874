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
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin, get_type_hints

from pydantic import Field, SecretStr, TypeAdapter, ValidationError

from index.config import IndexConfig
from index.errors import ConfigError
from search.config import SearchConfig
from web.hints import did_you_mean

# The standard library's parser; Python 3.10 has it under the name it was born with.
tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

FILE_NAME = "talash.toml"
FILE_VARIABLE = "TALASH_CONFIG"
SHORT_NAMES = {"TALASH_DATA": ("index", "data_dir")}

_ORIGIN = r"^(\*|https?://[^/?#\s,*]+)$"
_NO_TOKEN = SecretStr("")
_PUBLIC_URL = r"^(https?://[^/?#\s]+/?)?$"


@dataclass(frozen=True)
class WebConfig:
    """How the page and the API are served.

    `language` is the interface's, until a reader chooses another. `hosts` are the names the server
    answers to; empty means the loopback names when `host` is loopback (so that a page from
    elsewhere cannot reach a private server by rebinding its name), and any name otherwise.

    `cors_origins` are the web origins whose scripts may read `/api/v1/`; `*` is any. `public_url` is
    the address readers know, where a web server in front has another than this one: feeds name it.
    `bidi` is who puts Urdu in order on a terminal, see `web.bidi`.

    The rest is for running a service, see docs/operations-service.md. `proxies` is how many proxies of
    ours stand in front: their word on the client's address is taken. `rate_limit` is requests a
    minute for each client (0: any number; `auto`: see `web.limits`), `rate_burst` how many at once.
    `token` guards all but health and files. `log_queries` and `log_clients` let the log say what was
    searched for and by whom. `grace` is how many seconds running requests get to end.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(le=65_535)] = 8000
    threads: Annotated[int, Field(ge=1, le=256)] = 8
    language: Literal["en", "ur"] = "en"
    hosts: tuple[str, ...] = ()
    cors_origins: tuple[Annotated[str, Field(pattern=_ORIGIN)], ...] = ()
    public_url: Annotated[str, Field(pattern=_PUBLIC_URL)] = ""
    bidi: Literal["auto", "terminal", "visual"] = "auto"
    proxies: Annotated[int, Field(le=10)] = 0
    rate_limit: Literal["auto"] | int = "auto"
    rate_burst: Annotated[int, Field(ge=1)] = 120
    token: SecretStr = _NO_TOKEN
    metrics: bool = False
    log_format: Literal["text", "json", "off"] = "text"
    log_queries: bool = False
    log_clients: Literal["off", "short", "full"] = "off"
    grace: Annotated[float, Field(le=600)] = 10.0


@dataclass(frozen=True)
class Settings:
    """All settings, a section for each package. The fields are the sections of the TOML file."""

    index: IndexConfig = field(default_factory=IndexConfig)
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
    path = _config_file(config, environ, cwd or Path.cwd())
    if path is not None:
        values |= _from_file(path)
    values |= _from_environment(environ)
    for section, given in (overrides or {}).items():
        for name, value in given.items():
            if value is not None:
                values[section, name] = _Given(value, "command line")
    return _build(values)


def _config_file(config: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The file to read: one that was named must exist, the one in this folder may."""
    named = config or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    if named is not None:
        return cwd / named
    return cwd / FILE_NAME if (cwd / FILE_NAME).is_file() else None


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
    names: dict[str, list[str]] = {}
    for each in table():
        names.setdefault(each.section, []).append(each.name)
    return names


def _build(values: _Values) -> Settings:
    checked: dict[str, dict[str, object]] = {}
    for each in table():
        given = values.get((each.section, each.name))
        if given is not None:
            checked.setdefault(each.section, {})[each.name] = _check(each, given)
    sections = get_type_hints(Settings)
    built = Settings(**{name: sections[name](**given) for name, given in checked.items()})
    for each in table():
        _check_limit(each, values, checked, built)
    return built


def _check_limit(
    setting: Setting, values: _Values, checked: Mapping[str, Mapping[str, object]], built: Settings
) -> None:
    """A value that was set above its limit would never be in force: neither one is the right one."""
    given = values.get((setting.section, setting.name))
    if not setting.limit or given is None:
        return
    wanted: Any = checked[setting.section][setting.name]
    most: int = getattr(getattr(built, setting.section), setting.limit)
    if wanted > most:
        limit = f"{setting.section}.{setting.limit}"
        raise ConfigError(
            f"{setting.section}.{setting.name} = {wanted} ({given.origin}) is above {limit}, "
            f"which is {most}.",
            hint=f"Lower {setting.section}.{setting.name} to at most {most}, or raise {limit} "
            f"to {wanted}.",
        )


def _check(setting: Setting, given: _Given) -> object:
    """The value in the setting's type. No number in Talash's settings is negative."""
    value = given.value
    if get_origin(setting.type) is tuple and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        checked: object = TypeAdapter(setting.type).validate_python(value)
    except ValidationError as error:
        raise _wrong(setting, given, error.errors()[0]["msg"]) from None
    if isinstance(checked, (int, float)) and checked < 0:
        raise _wrong(setting, given, "must not be negative")
    if isinstance(checked, Path):
        checked = checked.expanduser()
        return given.base / checked if given.base else checked
    return checked


def _wrong(setting: Setting, given: _Given, why: str) -> ConfigError:
    why = why[0].lower() + why[1:]
    return ConfigError(
        f"{setting.section}.{setting.name} = {given.value!r} ({given.origin}): {why}.",
        hint=f"The default is {setting.default!s}.",
    )
