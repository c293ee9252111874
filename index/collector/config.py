"""Settings of the collector: defaults stand here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CollectConfig:
    """How news is fetched, and where to.

    `folder` gets a file for each article; the collector's own state is in it, hidden. `contact` is
    told to every server, as an address where its keeper can write to. `every` is the seconds between
    two looks at a feed, `delay` those between two requests to one host (more if its robots.txt says
    so). `recheck` are the hours after which an article is asked for again, to find corrections.

    `allow` names private addresses or networks that may be fetched from, such as `10.1.0.0/16`: a
    page from outside must not lead the collector into the network it stands in.

    `timeout` is the seconds a server may be silent and `longest` those a whole answer may take;
    `max_bytes` is the size of an answer, opened; `max_new` how many new articles are taken from one
    look at a feed.
    """

    folder: Path = Path("collected")
    contact: str = ""
    every: float = 900.0
    delay: float = 5.0
    recheck: tuple[float, ...] = (1.0, 6.0, 24.0, 72.0)
    allow: tuple[str, ...] = ()
    timeout: float = 30.0
    longest: float = 120.0
    max_bytes: int = 20 * 1024 * 1024
    max_new: int = 500
