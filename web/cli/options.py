"""Options that several commands share, and how a command gets its settings."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

import click

from search.models import Mode, Sort

if TYPE_CHECKING:
    from web.settings import Settings

_F = TypeVar("_F", bound=Callable[..., Any])

MODE = click.Choice([each.value for each in Mode])
_SORT = click.Choice([each.value for each in Sort])
_ASKING = (
    click.option(
        "--mode", type=MODE, help="Search by words, by meaning or both.  [default: hybrid]"
    ),
    click.option(
        "--lang", multiple=True, help="Only this language: ur, en, fa, ... May be repeated."
    ),
    click.option("--source", multiple=True, help="Only this source. May be repeated."),
    click.option("--tag", multiple=True, help="Only documents with this tag. May be repeated."),
    click.option(
        "--from",
        "from_",
        metavar="DATE",
        help="Only from this date on: YYYY, YYYY-MM or YYYY-MM-DD.",
    ),
    click.option("--to", metavar="DATE", help="Only up to this date."),
    click.option(
        "--literal",
        is_flag=True,
        help="Search for the words as typed alone, not by sound and meaning.",
    ),
    click.option(
        "--off",
        metavar="WORD",
        multiple=True,
        help="Leave out this one of the words also searched. May be repeated.",
    ),
    click.option("--sort", type=_SORT, help="Order of the results.  [default: relevance]"),
)


data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the index.  [default: data, or as the settings say]",
)
"""The same wherever a command reads or writes an index."""

encoder_option = click.option(
    "--encoder",
    metavar="SPEC",
    help="What reads the meaning of texts: bundled, a model's folder, st:NAME or a URL.  "
    "[default: the one the index was built with]",
)
"""For building and for searching alike: the two must be the same."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")

mapping_option = click.option(
    "--mapping",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A TOML file that says which column is which field, where names do not (docs/formats.md).",
)
"""Wherever files are read."""

into_option = click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that articles are written to.  [default: collected, or as the settings say]",
)

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True)
)


def asking_options(command: _F) -> _F:
    """What a search can be told, the same wherever one is made."""
    for option in reversed(_ASKING):
        command = option(command)
    return command


def asked_args(query: tuple[str, ...], literal: bool, args: dict[str, Any]) -> dict[str, Any]:
    """The arguments of an address, from those of a command with `asking_options`: from here on it
    is the API's own way, with the same checks and messages."""
    args = {"q": " ".join(query), "from": args.pop("from_"), **args}
    args["literal"] = "1" if literal else ""
    return {
        name: value if isinstance(value, tuple) else (value or "",) for name, value in args.items()
    }


def for_index(command: _F) -> Callable[..., Any]:
    """--data: the command is called with the `settings` in force, of which its other options may name some."""

    @wraps(command)
    def run(
        *,
        data: Path | None,
        encoder: str | None = None,
        mapping: Path | None = None,
        into: Path | None = None,
        **given: Any,
    ) -> Any:
        named: dict[str, object] = {"data_dir": data, "encoder": encoder, "mapping": mapping}
        return command(settings=settings_for(index=named, collect={"folder": into}), **given)

    return data_option(run)


def for_encoder(command: _F) -> Callable[..., Any]:
    """--data and --encoder: the command is called with the `settings` in force."""
    return for_index(encoder_option(command))


def settings_for(**overrides: dict[str, object]) -> Settings:
    """The settings in force, with this command line's word in them."""
    from web import settings

    return settings.load(config=click.get_current_context().find_object(Path), overrides=overrides)


def stopped() -> Event:
    """What is set when this process is told to stop."""
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def show(report: Any, as_json: bool, human: Callable[[Any], object]) -> None:
    """Print what was done: as JSON, or as `human` says it."""
    from web import present
    from web.cli import terminal

    if as_json:
        terminal.write(present.as_json(report, indent=2))
    else:
        human(report)
