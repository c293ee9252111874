"""Where the words of a phrase that is searched by its meaning stand near each other
(`search.rewrite.phrases_by_meaning`)."""

from __future__ import annotations

import numpy as np

from index.arrays import Mask
from index.opened import OpenIndex
from index.parts.lexicon.lexicon import Lexicon
from search.config import SearchConfig
from search.query.filters import Filters, documents_passing
from search.understand.understanding import Understanding


def documents_nearby(
    understood: Understanding, index: OpenIndex, config: SearchConfig, passing: Mask
) -> Mask:
    """Where the keyword arm may look: `passing`, or, for phrases searched by their meaning, the
    documents of it that hold most of their words, or what these are searched by, near each other."""
    mask = passing
    for words, standing in understood.query.nearby:
        if len(words) < 2:
            continue
        groups = [_forms(word, understood, index.lexicon, config) for word in words]
        least = int(np.ceil(config.nearby_share * len(words)))
        window = config.nearby_window * len(words)
        near = np.zeros(len(mask), bool)
        near[index.keyword.near_documents(groups, window, least=max(least, 2))] = True
        if standing:
            near |= documents_passing(index.columns, (Filters(languages=standing),))
        mask = mask & near
    return mask


def _forms(
    word: str, understood: Understanding, lexicon: Lexicon, config: SearchConfig
) -> tuple[str, ...]:
    """The inflections of a word and of what it is searched by, the most frequent of each."""
    meaning = understood.meanings.get(word)
    found: list[str] = []
    others = [part for each in (meaning.wanted if meaning else ()) for part in each.word.split()]
    for each in (word, *others):
        found += [each, *lexicon.forms(each, config.nearby_forms)]
    return tuple(dict.fromkeys(found))
