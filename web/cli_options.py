"""Options that several commands share, and how a command gets its settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from web.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])


def data_option(command: _F) -> _F:
    """--data, the same wherever a command reads or writes an index."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the index.  [default: data, or as the settings say]",
    )(command)


def encoder_option(command: _F) -> _F:
    """--encoder, for building and for searching alike: the two must be the same."""
    return click.option(
        "--encoder",
        metavar="SPEC",
        help="What reads the meaning of texts: bundled, a model's folder, st:NAME or a URL.  "
        "[default: the one the index was built with]",
    )(command)


def json_option(command: _F) -> _F:
    """--json, for output that a program reads."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(
        command
    )


def bidi_option(command: _F) -> _F:
    """--bidi, wherever Urdu is printed for people."""
    return click.option(
        "--bidi",
        type=click.Choice(["auto", "terminal", "visual"]),
        help="Who puts Urdu letters in order and joins them: the terminal, or Talash (visual).  "
        "[default: auto, by what the terminal says it is]",
    )(command)


def settings_for(**overrides: dict[str, object]) -> Settings:
    """The settings in force, with this command line's word in them."""
    from web import settings

    return settings.load(config=click.get_current_context().find_object(Path), overrides=overrides)
