"""What a person typed, as groups of words to rank by and conditions to meet. Never a syntax error.

    word              may occur; more words and rarer ones rank higher
    "some words"      must occur, in this order; `"..."~5` near each other
    +word  a AND b    must occur
    -word  NOT word   must not occur; so may a group, a phrase or a filter: -(a OR b), -source:x
    a OR b            alternatives: one of them is enough
    leop*  vacc?ne    words of the archive that fit;  polio~  those spelt nearly so
    title:word        must occur in the title
    source: tag: lang: date: before: after: since: until:      filters
    *                 every article

`search.query.grammar` makes a tree of the text. Here each leaf finds its role (words, a pattern, a
filter), and the tree becomes two things: *groups* of alternatives, which documents are ranked by,
and *conditions*, which a document must meet. Words side by side ask for nothing, they only rank;
marks (quotes, signs, operators, fields, patterns) ask. Whatever makes no sense in its role becomes
plain words, with a notice that says so.

Single quotes are no quotes: headlines put them around names and apostrophes look the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from index.errors import RequestError
from index.text.analysis import script
from search.config import Parsing, SearchConfig
from search.models import Notice
from search.query.conditions import All, AnyOf, Atom, Condition, Holds, Not, atoms_of, filters_only
from search.query.filters import Filters, Names
from search.query.grammar import Either, Every, Leaf, Must, Node, Side, Without, parse, written
from search.query.leaves import Leaves, Words

__all__ = ["Atom", "Filters", "Group", "Query", "parse_query"]

_HINT = 'Type a word, a "phrase", or a filter such as lang:ur.'


@dataclass(frozen=True)
class Group:
    """Alternatives joined by OR, usually one."""

    alternatives: tuple[Atom, ...]

    @property
    def stop(self) -> bool:
        """Whether only stop words are in it."""
        return all(atom.stop for atom in self.alternatives)


@dataclass(frozen=True)
class Query:
    """A query as understood.

    `text` is what was typed, `plain` its wanted words in their original spelling, for the semantic
    arm; `written` is the query as it was read, with its brackets and operators. A document must meet
    all `conditions` and pass `filters`. `everything` says that all articles are asked for.
    `language` goes by the script of the wanted words: `ur`, `en` or `und`.

    `forms` are the words of the archive that patterns stand for (`search.rewrite.patterns`), `nearby`
    the words of phrases that are searched by their meaning, but in the languages beside them
    (`search.rewrite.phrases_by_meaning`), `spelt` the other ways to write its phrases
    (`search.rewrite.phrase_spellings`).
    """

    text: str
    groups: tuple[Group, ...] = ()
    conditions: tuple[Condition, ...] = ()
    filters: Filters = field(default_factory=Filters)
    notices: tuple[Notice, ...] = ()
    language: str = "und"
    plain: str = ""
    written: str = ""
    everything: bool = False
    forms: tuple[tuple[Atom, tuple[str, ...]], ...] = ()
    nearby: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()
    spelt: tuple[tuple[Atom, tuple[tuple[str, ...], ...]], ...] = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All wanted atoms in the order typed."""
        return tuple(atom for group in self.groups for atom in group.alternatives)

    @property
    def excluded(self) -> tuple[Atom, ...]:
        """What must not occur."""
        return tuple(atoms_of(self.conditions, wanted=False))

    @property
    def browsing(self) -> bool:
        """Nothing is looked for by words: what is shown is whatever the filters leave."""
        return not self.groups

    @property
    def lists(self) -> bool:
        """Whether it asks for articles without any word: by filters, or for all of them."""
        by_filters = any(filters_only(condition) for condition in self.conditions)
        return self.everything or by_filters or self.filters != Filters()


def parse_query(
    text: str,
    config: SearchConfig,
    *,
    filtered: bool = False,
    names: Names | None = None,
    every_word: bool = False,
) -> Query:
    """Read a query.

    `filtered`: the request has filters of its own, so no words means browsing. With `names`, filters
    that name nothing in the archive are completed or said. `every_word`: words side by side must all
    occur, too.

    Raises RequestError when the query is too long, or when there is nothing in it to search for.
    A query of exclusions alone is not an error: it carries the notice `only-exclusions`, no groups
    and no filters, and the answer to it is empty.
    """
    text = text.strip()
    if len(text) > config.max_query_chars:
        raise RequestError(
            f"The query is {len(text):,} characters long; "
            f"at most {config.max_query_chars:,} are searched.",
            parameter="q",
            hint="Search for the few words that matter most.",
        )
    tree, oddities = parse(text)
    leaves = Leaves(config, names)
    for oddity in oddities:
        leaves.note(oddity.code, oddity.part)
    tree = leaves.completed(tree)
    leaves.read(tree)
    builder = _Builder(leaves, every_word=every_word)
    builder.add(tree)
    if leaves.everything and builder.groups:
        leaves.note("star-beside-words", "*")
    query = Query(
        text=text,
        groups=_flag_stop_words(builder.groups),
        conditions=tuple(dict.fromkeys(builder.conditions)),
        filters=leaves.filters(),
        notices=_once(leaves.notices),
        language=_language(builder.groups),
        plain=" ".join(leaves.plain),
        written=written(tree),
        everything=leaves.everything,
    )
    if query.groups or query.lists or filtered:
        return query
    if not query.conditions:
        problem = "has no word in it" if text else "is empty"
        raise RequestError(f"The query {problem}.", parameter="q", hint=_HINT)
    alone = Notice(
        "only-exclusions",
        "Only words to leave out were given: add a word to look for, or a filter.",
    )
    return replace(query, notices=_once([*query.notices, alone]))


class _Builder:
    """Groups and conditions of a tree whose leaves were read."""

    def __init__(self, leaves: Leaves, *, every_word: bool) -> None:
        self.groups: list[Group] = []
        self.conditions: list[Condition] = []
        self._leaves = leaves
        self._every_word = every_word

    def add(self, node: Node) -> None:
        """Take in a part that stands on its own."""
        if isinstance(node, Side):
            for part in node.parts:
                self.add(part)
        elif isinstance(node, Every):
            for part in node.parts:
                self.add(part if isinstance(part, (Must, Without)) else Must(part))
        elif isinstance(node, Either) or not self._leaves.is_general_filter(node):
            self.groups.extend(_groups(node, self._leaves))
            marked = isinstance(node, (Without, Must)) or self._every_word or self._demands(node)
            condition = _strict(node, self._leaves) if marked else None
            if condition is not None:
                self.conditions.append(condition)

    def _demands(self, node: Node) -> bool:
        """Whether a mark in it asks for something: only words and OR between them do not."""
        if isinstance(node, Leaf):
            read = self._leaves.of(node)
            return read is not None and not (isinstance(read, Words) and not read.demanding)
        if isinstance(node, Either):
            return any(self._demands(part) for part in node.parts) and not (
                self._leaves.is_general_filter(node)
            )
        return not isinstance(node, Side) or any(self._demands(part) for part in node.parts)


def _groups(node: Node, leaves: Leaves) -> list[Group]:
    """What documents are ranked by in a part: its wanted words."""
    if isinstance(node, Leaf):
        read = leaves.of(node)
        return [Group((atom,)) for atom in read.atoms] if isinstance(read, Words) else []
    if isinstance(node, Without):
        return []
    if isinstance(node, Must):
        return _groups(node.part, leaves)
    below = [group for part in node.parts for group in _groups(part, leaves)]
    if isinstance(node, Either) and below:
        return [Group(tuple(atom for group in below for atom in group.alternatives))]
    return below


def _strict(node: Node, leaves: Leaves) -> Condition | None:
    """What a document must meet for a part to hold. None for a part that asks for nothing."""
    if isinstance(node, Leaf):
        read = leaves.of(node)
        return Holds(read.run) if isinstance(read, Words) else read
    if isinstance(node, Without):
        below = _strict(node.part, leaves)
        return None if below is None else below.part if isinstance(below, Not) else Not(below)
    if isinstance(node, Must):
        return _strict(node.part, leaves)
    if isinstance(node, Side):
        return _strict_side(node, leaves)
    parts = [part for each in node.parts if (part := _strict(each, leaves)) is not None]
    return _joined(parts, All if isinstance(node, Every) else AnyOf)


def _strict_side(node: Side, leaves: Leaves) -> Condition | None:
    """Parts side by side in a group: what marks ask for, and any of the plain words."""
    demanded: list[Condition] = []
    words: list[Condition] = []
    for part in node.parts:
        condition = _strict(part, leaves)
        if condition is not None:
            plain = isinstance(condition, Holds) and not condition.atom.demanding
            (words if plain else demanded).append(condition)
    if len(words) > 1:
        leaves.note("group-any", written(node))
    any_word = _joined(words, AnyOf)
    return _joined([*demanded, *([any_word] if any_word else [])], All)


def _joined(parts: Sequence[Condition], kind: type[All] | type[AnyOf]) -> Condition | None:
    if len(parts) > 1:
        return kind(tuple(parts))
    return parts[0] if parts else None


def _flag_stop_words(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Stop words keep their flag, unless the query has nothing else to rank by."""
    if not all(group.stop for group in groups):
        return tuple(groups)
    return tuple(
        Group(tuple(replace(atom, stop=False) for atom in group.alternatives)) for group in groups
    )


def _language(groups: Iterable[Group]) -> str:
    """The script most letters are in. A tie is Urdu: Urdu takes in IMF, English takes in no قرض."""
    letters = {"ur": 0, "en": 0, "other": 0}
    for group in groups:
        for atom in group.alternatives:
            for word in atom.words or (atom.pattern,):
                letters[script(word)] += sum(letter.isalpha() for letter in word)
    best = max(letters, key=lambda name: letters[name])
    return best if letters[best] and best != "other" else "und"


def _once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Each notice once, and no flood of one sort."""
    kept: list[Notice] = []
    for notice in dict.fromkeys(notices):
        if sum(other.code == notice.code for other in kept) < Parsing.NOTICES_PER_CODE:
            kept.append(notice)
    return tuple(kept)
