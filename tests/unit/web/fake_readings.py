"""Words that the fake engine reads as others too: enough for every kind of alternative there is."""

from __future__ import annotations

from dataclasses import replace

from search.models import Alternative, SearchRequest, WordReading

READINGS = {
    each.typed: each
    for each in (
        WordReading(
            "citizens",
            "",
            (
                Alternative("باشندے", "ur", 0.5, "meaning"),
                Alternative("شہریوں", "ur", 0.7, "meaning"),
            ),
        ),
        WordReading(
            "barish",
            "بارش",
            (Alternative("بارش", "ur", 1.0, "roman"), Alternative("rain", "en", 0.6, "meaning")),
        ),
        WordReading("karachi", "", (Alternative("کراچی", "ur", 0.9, "sound"),)),
    )
}


def read(words: list[str], request: SearchRequest) -> tuple[WordReading, ...]:
    """How the words of a request are read; a literal one takes them as they stand."""
    found = [READINGS[word] for word in words if word in READINGS and not request.literal]
    return tuple(
        replace(
            reading,
            alternatives=tuple(
                replace(each, off=each.word in request.off) for each in reading.alternatives
            ),
        )
        for reading in found
    )


def resolve(words: list[str], readings: tuple[WordReading, ...]) -> str:
    """The query in Urdu script, if a word of it was read so."""
    urdu = {each.typed: each.resolved for each in readings if each.resolved}
    return " ".join(urdu.get(word, word) for word in words) if urdu else ""
