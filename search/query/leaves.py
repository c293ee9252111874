"""The leaves of a query's tree: each becomes words, a pattern or a filter, or says why it does not.

A leaf that makes no sense in its role becomes plain words, with a notice. Under a minus it cannot:
that would leave out more than was meant, so it is left alone, and the notice says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.text.analysis import Token, is_stop, tokenize
from index.text.compounds import Compound, acronym, typed_as_one
from index.text.normalize import normalize
from search.config import Parsing, SearchConfig
from search.models import Notice
from search.query.conditions import Among, Atom, Field, Passes
from search.query.date_ranges import OPERATORS, DateRange, date_range
from search.query.filters import Filters, NameList, Names, language_of
from search.query.grammar import Either, Leaf, Must, Node, Side, Without
from search.query.syntax import split_values

_FIELDS = {"lang": "languages", "source": "sources", "tag": "tags"}
_NAMED = ("source", "tag")
"""Fields whose values are names of the archive, which may have spaces in them."""

_EVERYTHING = re.compile(r"\*(?::\*)?")
_PATTERN = re.compile(r"\*|(?<=\w)[?؟](?=[\w*])")
_PATTERN_CHARS = re.compile(r"[\w\u0640\u064b-\u065f\u0670\u200c\u200d*?؟'’]+")

_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_CODE = re.compile(r"://|^www\.|\w@\w")
"""Web and mail addresses: typed as one thing, their parts belong together."""

ODDITIES = {
    "quote-unbalanced": "A quotation mark has no partner and was ignored.",
    "dropped-with-quote": "{part} stood before that quotation mark and was ignored with it.",
    "bracket-unbalanced": "A bracket has no partner; what stands beside it was read without it.",
    "brackets-too-deep": "Brackets inside so many brackets do not group; they were ignored.",
    "operator-alone": "{part} needs a part on each side; it was not taken for an operator.",
    "sign-alone": "{part} stands alone and was read as a dash; a sign stands right before its word.",
    "sign-of-number": "{part} was read as a number; to leave it out or ask for it, write NOT or AND before it.",
    "boost-ignored": "{part}: words cannot be given a weight here; it was ignored.",
    "group-any": "{part} is met by any of its words; write AND between them for all.",
    "star-beside-words": "* is every article; beside words it asks for nothing.",
    "field-unknown": "{part} is not a field of the search; taken as plain words.",
    "field-empty": "{part} needs its value right after the colon; taken as a plain word.",
    "pattern-in-phrase": "* and ? are not read inside quotation marks; the words were searched in a row.",
}
"""What is said of a part of the query that is not obeyed as it was typed, by the notice's code."""

DATE_PROBLEMS = {
    "date-invalid": "is not a date (2026, 2026-01 or 2026-01-31)",
    "date-reversed": "ends before it begins",
    "date-conflict": "shares no day with the other date: filter",
}


@dataclass(frozen=True)
class Words:
    """Words of a leaf: `atoms` to rank by, one each or one run, and `run`, all as one thing.

    `text` is what was typed, for the semantic arm; a pattern has nothing to say to it.
    """

    atoms: tuple[Atom, ...]
    run: Atom
    text: str = ""

    @property
    def demanding(self) -> bool:
        """Whether its marks ask that it occur."""
        return any(atom.demanding for atom in self.atoms)


Read = Words | Passes | Among
"""What a leaf was read as."""


class Leaves:
    """Reads the leaves of one query, and gathers notices and filters on the way."""

    def __init__(self, config: SearchConfig, names: Names | None) -> None:
        self.notices: list[Notice] = []
        self.plain: list[str] = []
        self.everything = False
        self._config = config
        self._names = names
        self._words_left = config.max_query_words
        self._patterns_left = config.max_patterns
        self._read: dict[int, Read] = {}
        self._general: set[int] = set()
        self._values: dict[str, list[str]] = {"lang": [], "source": [], "tag": []}
        self._dates = DateRange()

    def of(self, leaf: Leaf) -> Read | None:
        """What a leaf was read as; None for one that asks for nothing."""
        return self._read.get(id(leaf))

    def is_general_filter(self, node: Node) -> bool:
        """Whether a part is among `filters()`, which hold for the query as a whole."""
        if isinstance(node, Either):
            return all(self.is_general_filter(part) for part in node.parts)
        return id(node) in self._general

    def filters(self) -> Filters:
        """The filters that stand on their own; values of one field are alternatives."""
        return Filters(
            languages=tuple(self._values["lang"]),
            sources=tuple(self._values["source"]),
            tags=tuple(self._values["tag"]),
            date_from=self._dates.first,
            date_to=self._dates.last,
        )

    def note(self, code: str, part: str) -> None:
        """Say what became of a part of the query, by a code of `ODDITIES`."""
        part = _shown(part)
        self._note(code, ODDITIES[code].format(part=part), part)

    # --- names with spaces -------------------------------------------------------------------

    def completed(self, side: Side) -> Side:
        """The tree, with the names of sources and tags that were typed without quotes whole."""
        if self._names is None:
            return side
        parts: list[Node] = []
        at = 0
        while at < len(side.parts):
            part = side.parts[at]
            at += 1
            if isinstance(part, Side):
                part = self.completed(part)
            leaf = _last_leaf(part)
            if leaf and leaf.field in _NAMED and leaf.value and not leaf.quoted:
                name, used = self._name_over(leaf, side.parts[at : at + Parsing.MOST_NAME_WORDS])
                if used:
                    part = _with_last(part, replace(leaf, value=name, quoted=True))
                    at += used
                    self._note_completed(leaf, name)
            parts.append(part)
        return replace(side, parts=tuple(parts))

    def _name_over(self, leaf: Leaf, following: Sequence[Node]) -> tuple[str, int]:
        """The longest known name that begins with a leaf's value, and how many words it takes."""
        words = [leaf.value]
        best = ("", 0)
        for used, part in enumerate(following, 1):
            if not (isinstance(part, Leaf) and not part.quoted and not part.name):
                break
            words.append(part.value)
            if name := self._known(leaf.field, " ".join(words)):
                best = (name, used)
        return best if not self._known(leaf.field, leaf.value) else ("", 0)

    def _known(self, field: str, value: str) -> str:
        """The archive's own spelling of a name; empty if it has none such."""
        return self._list(field).known(value)

    def _list(self, field: str) -> NameList:
        assert self._names is not None
        return self._names.sources if field == "source" else self._names.tags

    def _note_completed(self, leaf: Leaf, name: str) -> None:
        self._note(
            "filter-completed",
            f'{leaf.name}:{_shown(leaf.value)} was read as {leaf.name}:"{_shown(name)}".',
            _shown(f"{leaf.name}:{leaf.value}"),
        )

    # --- reading -----------------------------------------------------------------------------

    def read(self, node: Node, *, general: bool = True, negated: bool = False) -> None:
        """Read all leaves below a part, in the order typed.

        `general`: the part stands on its own, so its filters hold for the whole query. `negated`: it
        is below a minus.
        """
        if isinstance(node, Leaf):
            found = self._leaf(node, general=general, negated=negated)
            if found is not None:
                self._read[id(node)] = found
            if isinstance(found, Words) and found.text and not negated:
                self.plain.append(" ".join(found.text.split()))
        elif isinstance(node, Without):
            self.read(node.part, general=False, negated=True)
        elif isinstance(node, Must):
            self.read(node.part, general=general and isinstance(node.part, Leaf), negated=negated)
        elif isinstance(node, Side):
            for part in node.parts:
                self.read(part, general=general, negated=negated)
        else:
            # Values of one field that takes alternatives.
            fields = {part.field if isinstance(part, Leaf) else "" for part in node.parts}
            same = isinstance(node, Either) and len(fields) == 1 and fields <= {"lang", *_NAMED}
            for part in node.parts:
                self.read(part, general=general and same, negated=negated)

    def _leaf(self, leaf: Leaf, *, general: bool, negated: bool) -> Read | None:
        if leaf.field and leaf.field != "title":
            return self._filter(leaf, general=general, negated=negated)
        if leaf.name and not leaf.field:
            return self._not_a_field(leaf, negated=negated)
        if leaf.field == "title":
            if leaf.joined:
                return self._words(leaf, "title", negated=negated)
            return self._without_value(leaf)
        if not leaf.quoted and _EVERYTHING.fullmatch(leaf.value):
            self.everything = self.everything or not negated
            return None
        if not leaf.quoted and self._names and _ADDRESS.match(leaf.value):
            docids = self._names.located(leaf.value)
            if docids:
                return Among(docids, leaf.value)
        return self._words(leaf, "any", negated=negated)

    def _not_a_field(self, leaf: Leaf, *, negated: bool) -> Read | None:
        if not leaf.joined:  # prose: a word with a colon behind it
            return self._words(replace(leaf, value=leaf.name), "any", negated=negated)
        self.note("field-unknown", f"{leaf.name}:")
        if not leaf.quoted:
            whole = replace(leaf, value=f"{leaf.name}:{leaf.value}")
            return self._words(whole, "any", negated=negated)
        before = self._words(replace(leaf, value=leaf.name, quoted=False, suffix=""), "any")
        phrase = self._words(leaf, "any", negated=negated)
        if before is None or phrase is None:
            return phrase or before
        text = f"{before.text} {phrase.text}"
        return Words((*before.atoms, *phrase.atoms), phrase.run, text)

    def _without_value(self, leaf: Leaf) -> Read | None:
        self.note("field-empty", f"{leaf.name}:")
        return self._words(replace(leaf, value=leaf.name), "any")

    def _words(self, leaf: Leaf, field: Field, *, negated: bool = False) -> Words | None:
        text = leaf.value
        if not leaf.quoted and _PATTERN.search(text):
            found = self._pattern(leaf, field)
            if found is not None:
                return found
        elif leaf.quoted and _PATTERN.search(text):
            self.note("pattern-in-phrase", f'"{text}"')
        tokens = tokenize(text)
        kept = self._within_limit(tokens)
        if len(kept) < len(tokens):
            if negated:  # A part of an exclusion would leave out more than asked.
                return None
            text = text[: kept[-1].end] if kept else ""
        if not kept:
            return None
        run = _run(text, kept, field, quoted=leaf.quoted)
        if leaf.suffix:
            run = self._suffixed(run, leaf)
        if leaf.quoted or field != "any" or leaf.suffix or _CODE.search(leaf.value):
            return Words((run,), run, text)
        compound = typed_as_one(text, kept)
        atoms = tuple(_word(text, *each) for each in zip(kept, compound, strict=True))
        return Words(atoms, replace(run, compound=Compound(joined=compound[0].joined)), text)

    def _within_limit(self, tokens: Sequence[Token]) -> Sequence[Token]:
        kept = tokens[: self._words_left]
        self._words_left -= len(kept)
        if len(kept) < len(tokens):
            most = self._config.max_query_words
            message = f"Only the first {most} words were searched; the rest was ignored."
            self._note("too-many-words", message)
        return kept

    def _suffixed(self, run: Atom, leaf: Leaf) -> Atom:
        """A run with `~`: near each other for several words, spelt nearly so for one."""
        number = leaf.suffix.lstrip("~")
        if leaf.quoted and len(run.words) > 1:
            most = self._config.max_words_between
            return replace(run, within=min(int(number or self._config.words_between), most))
        if len(run.words) > 1 or self._patterns_left <= 0:
            self._note(
                "fuzzy-ignored",
                f"{_shown(leaf.value)}{leaf.suffix}: only a single word can be "
                "searched by nearly its spelling; the mark was ignored.",
                leaf.suffix,
            )
            return run
        self._patterns_left -= 1
        edits = (
            min(int(number), 2) if number else 1 if len(run.words[0]) <= Parsing.SHORT_WORD else 2
        )
        return replace(run, phrase=False, edits=edits)

    def _pattern(self, leaf: Leaf, field: Field) -> Words | None:
        """A word with `*` or `?` in it; None, with a notice, for one that is none."""
        typed = leaf.value
        parts = [normalize(part) for part in re.split(r"[*?؟]", typed)]
        signs = re.findall(r"[*?؟]", typed)
        letters = sum(map(len, parts))
        if "*" not in typed and not _PATTERN_CHARS.fullmatch(typed):
            return None  # the ? of an address
        if not _PATTERN_CHARS.fullmatch(typed) or letters < self._config.min_pattern_letters:
            self._note(
                "pattern-ignored",
                f"{_shown(typed)} is no pattern: it takes at least "
                f"{self._config.min_pattern_letters} letters, and nothing but letters, digits, "
                "* and ?; searched as plain words.",
                _shown(typed),
            )
            return None
        if self._patterns_left <= 0:
            self._note(
                "patterns-too-many",
                f"Only {self._config.max_patterns} patterns are searched; "
                f"{_shown(typed)} was searched as plain words.",
                _shown(typed),
            )
            return None
        self._patterns_left -= 1
        folded = parts[0] + "".join(
            ("*" if sign == "*" else "?") + part
            for sign, part in zip(signs, parts[1:], strict=True)
        )
        atom = Atom((), False, field, typed, pattern=re.sub(r"\*+", "*", folded))
        return Words((atom,), atom)

    # --- filters -----------------------------------------------------------------------------

    def _filter(self, leaf: Leaf, *, general: bool, negated: bool) -> Read | None:
        """Take a filter in, or give its value back as words and say why."""
        if not leaf.joined or not leaf.value:
            return self._without_value(leaf)
        if leaf.field in ("lang", *_NAMED):
            values = self._languages(leaf) if leaf.field == "lang" else self._named(leaf)
            if not values:
                message = f"{_shown(leaf.value)} is not a language of this index (ur, en)"
                return self._refused(leaf, "language-unknown", message, negated)
            return self._value_filter(leaf, values, general=general)
        found = date_range(OPERATORS.get(leaf.field, "") + leaf.value)
        if isinstance(found, DateRange) and general:
            shared = self._dates.shared(found)
            if shared is not None:
                self._dates = shared
                self._general.add(id(leaf))
        if not isinstance(found, DateRange) or (general and id(leaf) not in self._general):
            code = found if isinstance(found, str) else "date-conflict"
            message = f"{_shown(leaf.value)} {DATE_PROBLEMS[code]}"
            return self._refused(leaf, code, message, negated)
        return Passes(Filters(date_from=found.first, date_to=found.last))

    def _value_filter(self, leaf: Leaf, values: Sequence[str], *, general: bool) -> Passes:
        if general:
            self._general.add(id(leaf))
            known = self._values[leaf.field]
            known.extend(value for value in values if value not in known)
        chosen: dict[str, Any] = {_FIELDS[leaf.field]: tuple(values)}
        return Passes(Filters(**chosen))

    def _refused(self, leaf: Leaf, code: str, message: str, negated: bool) -> Words | None:
        part = _shown(f"{leaf.name}:{leaf.value}")
        if negated:
            self._note(code, f"{message}; it was ignored.", part)
            return None
        self._note(code, f"{message}; taken as plain words.", part)
        return self._words(replace(leaf, name="", field="", suffix=""), "any")

    def _languages(self, leaf: Leaf) -> list[str]:
        typed = [leaf.value] if leaf.quoted else split_values(leaf.value)
        known = self._names.languages if self._names else frozenset[str]()
        codes = [language_of(value) or (value if value in known else "") for value in typed]
        return list(dict.fromkeys(codes)) if all(codes) else []

    def _named(self, leaf: Leaf) -> list[str]:
        """The names that a filter means; one that the archive does not hold stays, and is said."""
        if self._names is None:
            return [leaf.value] if leaf.quoted else split_values(leaf.value)
        if leaf.quoted or self._known(leaf.field, leaf.value):
            return [self._name(leaf, leaf.value)]
        typed = split_values(leaf.value)
        words = leaf.value.split()
        if len(words) > 1 and all(self._known(leaf.field, word) for word in words):
            typed = words
        return [self._name(leaf, value) for value in typed]

    def _name(self, leaf: Leaf, value: str) -> str:
        if name := self._known(leaf.field, value):
            return name
        near = self._list(leaf.field).holding(value)
        if len(near) == 1:
            self._note_completed(replace(leaf, value=value), near[0])
            return near[0]
        some = near or self._list(leaf.field).names
        shown = ", ".join(map(_shown, some[: Parsing.MOST_NAMES_SHOWN]))
        more = ", …" if len(some) > Parsing.MOST_NAMES_SHOWN else ""
        self._note(
            f"{leaf.field}-unknown",
            f"No {leaf.field} of this archive is named {_shown(value)}. "
            + (f"There are: {shown}{more}." if shown else "It has none."),
            _shown(f"{leaf.name}:{value}"),
        )
        return value

    def _note(self, code: str, message: str, part: str = "") -> None:
        self.notices.append(Notice(code, message, part))


def _run(text: str, tokens: Sequence[Token], field: Field, *, quoted: bool) -> Atom:
    """One atom of all tokens: typed as one thing, so COVID-19 after a minus is a phrase."""
    surface = text[tokens[0].start : tokens[-1].end]
    words = tuple(token.term for token in tokens)
    return Atom(words, quoted or len(words) > 1, field, surface)


def _word(text: str, token: Token, compound: Compound) -> Atom:
    surface = text[token.start : token.end]
    function_word = is_stop(token.term)  # WHO and IT are none
    capitals = "" if function_word else acronym(surface)
    stop = compound.alone and function_word
    return Atom((token.term,), False, "any", surface, stop, compound, capitals)


def _last_leaf(node: Node) -> Leaf | None:
    """The leaf that a part ends with, if no bracket closes behind it."""
    if isinstance(node, Leaf):
        return node
    if isinstance(node, Side):
        return None
    return _last_leaf(node.part if isinstance(node, (Without, Must)) else node.parts[-1])


def _with_last(node: Node, leaf: Leaf) -> Node:
    """A part with another leaf at its end."""
    if isinstance(node, (Leaf, Side)):
        return leaf
    if isinstance(node, (Without, Must)):
        return replace(node, part=_with_last(node.part, leaf))
    return replace(node, parts=(*node.parts[:-1], _with_last(node.parts[-1], leaf)))


def _shown(text: str) -> str:
    return text if len(text) <= Parsing.SHOWN_CHARS else f"{text[: Parsing.SHOWN_CHARS]}…"
