"""`talash index unlock`: a writer that hangs is named, and ended if asked."""

from __future__ import annotations

from pathlib import Path

import click

from web.cli.options import data_option, json_option, settings_for


@click.command()
@click.option("--force", is_flag=True, help="End the process that is writing.")
@data_option
@json_option
def unlock(force: bool, data: Path | None, as_json: bool) -> None:
    """Say which process is writing the index; with --force, end it.

    A writer that died holds nothing: the next one goes ahead and clears up after it. One that
    lives and does not go on is asked to end, and after ten seconds killed. It must run on this
    machine, and must be the very process that took the lock. The index stays as it is.

    \b
    Examples:
      talash index unlock
      talash index unlock --force --data /srv/archive
    """
    from index.store.lock import holder_in_words
    from index.store.lock import unlock as free
    from web import present
    from web.cli import terminal

    done = free(settings_for(index={"data_dir": data}).index.data_dir, force=force)
    if as_json:
        terminal.write(present.encode(done.to_json(), indent=2))
    elif done.how:
        click.echo(
            f"Ended {holder_in_words(done.holder)} with {done.how}. The next writer may begin."
        )
    elif done.held:
        click.echo("The writer ended by itself. The next one may begin.")
    elif done.holder:
        click.echo(
            f"Nobody is writing: {holder_in_words(done.holder)} has ended. There is nothing to be done."
        )
    else:
        click.echo("Nobody is writing. There is nothing to be done.")
