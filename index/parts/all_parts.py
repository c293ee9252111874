"""What an index is made of, each part after those it needs. Whoever adds a part adds it here."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from index.memory import return_freed_memory
from index.parts import relevance, truth, vectors
from index.parts.bigrams import BigramCounter
from index.parts.catalogue.catalogue import Catalogue
from index.parts.keyword import part as keyword
from index.parts.lexicon import build as lexicon
from index.parts.part import Building, Part
from index.parts.stories import build as stories
from index.parts.suggestions import part as suggestions
from index.progress import Progress
from index.store.layout import REMOVED_FILE

PARTS: tuple[Part, ...] = (
    truth.CATALOGUE,
    truth.EXACT_VECTORS,
    truth.WORD_STATES,
    truth.COLUMNS,
    keyword.PART,
    vectors.PART,
    relevance.PART,
    lexicon.PART,
    suggestions.PART,
    stories.PART,
    stories.FOLLOWED_BY,
)


REMOVED = (REMOVED_FILE,)
"""What a segment's change took out of the segments before it: truth, like its documents."""


def truth_files() -> tuple[str, ...]:
    """The files of a segment that follow from no others."""
    return (*REMOVED, *(name for part in PARTS if part.is_truth for name in part.files))


def saved_files() -> tuple[str, ...]:
    """The files of a backup: the truth, and what spares the encoder work."""
    sparing = (name for part in PARTS if part.spares_encoding for name in part.files)
    return (*truth_files(), *sparing)


def build_parts(building: Building, *, segment: bool = False) -> None:
    """Build every part that is not in the directory yet; in that of a `segment` only those that each
    segment has. No passage is encoded."""
    for part in _missing(building, segment):
        begin_parts(building, segment=segment)
        if part.build and part.name not in building.jobs:
            for name in part.needs:
                _finish(building, name)
            part.build(building)
            return_freed_memory()  # else each part begins beside what the others let go of
    for name in list(building.jobs):
        _finish(building, name)


def begin_parts(
    building: Building, *, segment: bool = False, awaited: Collection[str] = ()
) -> None:
    """Let workers begin with the parts that are built apart and need nothing that is still to be built, nor
    any of the parts that are `awaited` of others."""
    if not building.workers:
        return
    missing = _missing(building, segment)
    unfinished = {*awaited, *building.jobs, *(part.name for part in missing)}
    for part in missing:
        if part.apart and not unfinished.intersection(part.needs):
            job = building.workers.begin(build_apart, part.name, building.directory)
            building.jobs[part.name] = job


def _missing(building: Building, segment: bool) -> list[Part]:
    """The parts that are to be built in this process or another."""
    return [
        part
        for part in PARTS
        if part.build and (part.segmented or not segment)
        if part.name not in building.jobs and not part.is_in(building.directory)
    ]


def _finish(building: Building, name: str) -> None:
    """Wait for a part that a worker builds, if one does."""
    if job := building.jobs.get(name):
        building.bigrams.update(job.wait(building.report))
        del building.jobs[name]


def build_apart(name: str, directory: Path, report: Progress) -> BigramCounter:
    """Build a part in a worker; the pairs of words that were counted on the way."""
    (part,) = (part for part in PARTS if part.name == name)
    part.clear(directory)  # what one that was killed left
    with Catalogue.open(directory) as catalogue:
        building = Building(directory, catalogue, None, ({}, np.empty((0, 0), np.float16)), report)
        if part.build:
            part.build(building)
    return building.bigrams


def changing_files() -> set[str]:
    """Files and folders of a generation that a change writes anew."""
    parts = (part for part in PARTS if not (part.is_truth or part.segmented or part.stays))
    return {name for part in parts for name in part.files}


def derived_by() -> str:
    """What the derived parts of an index follow from beside its truth: the rules and the data that come
    with the program. A rebuild with others makes them anew."""
    return " ".join(part.rules() for part in PARTS if part.rules)
