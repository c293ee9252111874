"""What a person typed, as a tree. Never a syntax error: what cannot be read is plain words.

    word            any plain word may match; more and rarer ones rank higher
    "some words"    must occur, in this order; every style of double quote, in any pairing
    -word  -"..."   must not occur; the minus opens a word, so COVID-19 is not an exclusion
    a OR b          alternatives: one of them is enough (also |); AND is noise
    title:word      must occur in the title (also title:"...")
    source:  lang:  tag:  date:2026-01..2026-02      filters; one field's values are alternatives

Reading has three steps. `search.syntax` cuts the text into pieces. Then each piece finds its role:
wanted words, unwanted words, a filter or an operator (`_Reader`); whatever makes no sense in its
role becomes wanted words, with a notice that says so. Last, the wanted parts become groups of
alternatives (`_Grower`). Single quotes are no quotes: headlines put them around names and
apostrophes look the same, and a phrase demands more than such a reader meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from index.analysis import Token, is_stop, script, tokenize
from index.compounds import ALONE, Company, acronym, typed_as_one
from index.errors import RequestError
from search.config import SearchConfig
from search.filters import Filters
from search.models import Notice
from search.syntax import FILTER_FIELDS, Dates, Piece, language_code, pieces, split_values

__all__ = ["Atom", "Filters", "Group", "Query", "parse_query"]

Field = Literal["any", "title"]
_HINT = 'Type a word, a "phrase", or a filter such as lang:ur.'
_SHOWN_CHARS = 40
_NOTICES_PER_CODE = 3


@dataclass(frozen=True)
class Atom:
    """One thing to look for: a word, or a run of words.

    `words` are the tokens' exact terms. `phrase` asks for them in this order and in these very
    forms; a single word that is no phrase may match by its stem. `surface` is the spelling as
    typed, without quotes and operators. `stop` says that ranking should pass over it.
    """

    words: tuple[str, ...]
    phrase: bool
    field: Field
    surface: str
    stop: bool = False
    company: Company = ALONE
    acronym: str = ""
    ambiguous: bool = False

    @property
    def plain(self) -> bool:
        """Whether it may be read otherwise: a single word, anywhere in a document."""
        single = not self.phrase and self.field == "any" and len(self.words) == 1
        return single and self.company.alone and not self.ambiguous


@dataclass(frozen=True)
class Group:
    """Alternatives joined by OR, usually one."""

    alternatives: tuple[Atom, ...]

    @property
    def required(self) -> bool:
        """Whether a document must match: a phrase or `title:` among the alternatives asks so."""
        return any(atom.phrase or atom.field != "any" for atom in self.alternatives)

    @property
    def stop(self) -> bool:
        """Whether only stop words are in it."""
        return all(atom.stop for atom in self.alternatives)


@dataclass(frozen=True)
class Query:
    """A query as understood.

    `text` is what was typed, `plain` its wanted words in their original spelling, for the semantic
    arm. `language` goes by the script of the wanted words: `ur`, `en` or `und`.
    """

    text: str
    groups: tuple[Group, ...] = ()
    excluded: tuple[Atom, ...] = ()
    filters: Filters = field(default_factory=Filters)
    notices: tuple[Notice, ...] = ()
    language: str = "und"
    plain: str = ""

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """All wanted atoms in the order typed."""
        return tuple(atom for group in self.groups for atom in group.alternatives)

    @property
    def browsing(self) -> bool:
        """Nothing is looked for by words: what is shown is whatever the filters leave."""
        return not self.groups


def parse_query(text: str, config: SearchConfig, *, filtered: bool = False) -> Query:
    """Read a query. `filtered`: the request has filters of its own, so no words means browsing.

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
    reader = _Reader()
    parts = reader.read(text)
    grower = _Grower(config.max_query_words)
    for part in parts:
        grower.add(part)
    notices = [*reader.notices, *grower.notices]
    browsable = filtered or reader.filters() != Filters()
    if not grower.groups and not browsable:
        if not grower.excluded:
            problem = "has no word in it" if text else "is empty"
            raise RequestError(f"The query {problem}.", parameter="q", hint=_HINT)
        notices.append(
            Notice(
                "only-exclusions",
                "Only words to leave out were given: add a word to look for, or a filter.",
            )
        )
    return Query(
        text=text,
        groups=_flag_stop_words(grower.groups),
        excluded=tuple(grower.excluded),
        filters=reader.filters(),
        notices=_once(notices),
        language=_language(grower.groups),
        plain=" ".join(grower.plain),
    )


@dataclass(frozen=True)
class _Part:
    """A piece in its role.

    `joined` says that it is an alternative to the wanted part before it, `whole` that the part
    after it is one to this: all its words are then one group.
    """

    role: Literal["wanted", "unwanted", "filter", "or", "and"]
    text: str = ""
    tokens: tuple[Token, ...] = ()
    phrase: bool = False
    field: Field = "any"
    joined: bool = False
    whole: bool = False


class _Reader:
    """Gives each piece of a query its role, and gathers filters and notices on the way."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self._values: dict[str, list[str]] = {"lang": [], "source": [], "tag": []}
        self._dates = Dates()

    def read(self, text: str) -> list[_Part]:
        """The parts of a query: wanted and unwanted words, in the order typed."""
        found, unbalanced = pieces(text)
        if unbalanced:
            self._note("quote-unbalanced", "A quotation mark has no partner and was ignored.")
        parts = [part for piece in found for part in self._roles(piece)]
        silent = ("filter", "or", "and")
        return self._join([part for part in parts if part.tokens or part.role in silent])

    def filters(self) -> Filters:
        """All filters read so far."""
        return Filters(
            languages=tuple(self._values["lang"]),
            sources=tuple(self._values["source"]),
            tags=tuple(self._values["tag"]),
            date_from=self._dates.first,
            date_to=self._dates.last,
        )

    def _roles(self, piece: Piece) -> list[_Part]:
        if piece.operator:
            return [_Part(piece.operator, piece.value, tuple(tokenize(piece.value)))]
        if piece.grouped:
            self._note("brackets-ignored", "Brackets do not group words here; they were ignored.")
        if piece.field == "title" and piece.value:
            return [self._words(piece, field="title")]
        if piece.field in FILTER_FIELDS and piece.value:
            return [self._filter(piece)]
        if piece.name:
            return self._not_a_field(piece)
        return [self._words(piece)]

    def _words(self, piece: Piece, field: Field = "any") -> _Part:
        role: Literal["wanted", "unwanted"] = "unwanted" if piece.negated else "wanted"
        return _Part(role, piece.value, tuple(tokenize(piece.value)), piece.quoted, field)

    def _not_a_field(self, piece: Piece) -> list[_Part]:
        shown = _shown(piece.name)
        if piece.field:
            message = f"{shown}: needs its value right after the colon; taken as a plain word."
            self._note("field-empty", message)
        else:
            message = f"{shown}: is not a field of the search; taken as plain words."
            self._note("field-unknown", message)
        role: Literal["wanted", "unwanted"] = "unwanted" if piece.negated else "wanted"
        if not piece.quoted:
            whole = f"{piece.name}:{piece.value}"
            return [_Part(role, whole, tuple(tokenize(whole)))]
        return [_Part(role, piece.name, tuple(tokenize(piece.name))), self._words(piece)]

    def _filter(self, piece: Piece) -> _Part:
        """Take a filter in, or give its value back as words and say why."""
        if piece.negated:
            self._note(
                "filter-not-excludable",
                f"{piece.field}: cannot be excluded; {_shown(piece.value)} taken as plain words.",
            )
        elif piece.field == "date":
            problem = self._dates.narrow(piece.value)
            if not problem:
                return _Part("filter", "date")
            self._note(problem, f"{_shown(piece.value)} {_DATE_PROBLEMS[problem]}")
        elif values := self._filter_values(piece):
            known = self._values[piece.field]
            known.extend(value for value in values if value not in known)
            return _Part("filter", piece.field)
        return _Part("wanted", piece.value, tuple(tokenize(piece.value)), piece.quoted)

    def _filter_values(self, piece: Piece) -> list[str]:
        values = [piece.value] if piece.quoted else split_values(piece.value)
        if piece.field != "lang":
            return values
        codes = [language_code(value) for value in values]
        if all(codes):
            return codes
        self._note(
            "language-unknown",
            f"{_shown(piece.value)} is not a language of this index (ur, en); "
            "taken as plain words.",
        )
        return []

    def _join(self, parts: Iterable[_Part]) -> list[_Part]:
        """Resolve operators: OR joins its wanted neighbours; at an end it is a word like others."""
        joined: list[_Part] = []
        operators: list[_Part] = []
        for part in parts:
            if part.role in ("or", "and"):
                operators.append(part)
                continue
            if not joined:
                joined.extend(self._words_after_all(operators))
            elif self._joins(joined[-1], operators, part):
                joined[-1] = replace(joined[-1], whole=True)
                part = replace(part, joined=True)
            joined.append(part)
            operators = []
        joined.extend(self._words_after_all(operators))
        return [part for part in joined if part.role != "filter"]

    def _words_after_all(self, operators: Sequence[_Part]) -> list[_Part]:
        """Operators without a word on both sides."""
        if any(operator.role == "or" and operator.tokens for operator in operators):
            self._note("or-ignored", "OR needs a word on each side; it was searched as a word.")
        return [replace(operator, role="wanted") for operator in operators[:1]]

    def _joins(self, before: _Part, operators: Sequence[_Part], after: _Part) -> bool:
        if not any(operator.role == "or" for operator in operators):
            return False
        if before.role == after.role == "wanted":
            return True
        if not (before.role == after.role == "filter" and before.text == after.text != "date"):
            self._note("or-ignored", "OR joins words and phrases only; it was ignored elsewhere.")
        return False

    def _note(self, code: str, message: str) -> None:
        self.notices.append(Notice(code, message))


_DATE_PROBLEMS = {
    "date-invalid": "is not a date (2026, 2026-01 or 2026-01-31); taken as plain words.",
    "date-reversed": "ends before it begins; taken as plain words.",
    "date-conflict": "shares no day with the other date: filter; taken as plain words.",
}


class _Grower:
    """Grows the tree from its parts, within the limit of words."""

    def __init__(self, max_words: int) -> None:
        self.groups: list[Group] = []
        self.excluded: list[Atom] = []
        self.plain: list[str] = []
        self.notices: list[Notice] = []
        self._max_words = max_words
        self._room = max_words

    def add(self, part: _Part) -> None:
        """Add wanted or unwanted words; what is beyond the limit is left out and noted."""
        tokens = part.tokens[: self._room]
        if len(tokens) < len(part.tokens):
            self._note_limit()
            if part.role == "unwanted":  # A part of an exclusion would leave out more than asked.
                tokens = ()
        self._room -= len(tokens)
        if not tokens:
            return
        if part.role == "unwanted":
            self.excluded.append(_run(part, tokens))
            return
        cut = tokens[-1].end if len(tokens) < len(part.tokens) else len(part.text)
        self.plain.append(" ".join(part.text[:cut].split()))
        if part.phrase or part.field != "any":
            atoms: tuple[Atom, ...] = (_run(part, tokens),)
        else:
            company = typed_as_one(part.text, tokens)
            atoms = tuple(_word(part, *each) for each in zip(tokens, company, strict=True))
        if part.joined:
            self.groups[-1] = Group(self.groups[-1].alternatives + atoms)
        elif part.whole:
            self.groups.append(Group(atoms))
        else:
            self.groups.extend(Group((atom,)) for atom in atoms)

    def _note_limit(self) -> None:
        self.notices.append(
            Notice(
                "too-many-words",
                f"Only the first {self._max_words} words were searched; the rest was ignored.",
            )
        )


def _run(part: _Part, tokens: Sequence[Token]) -> Atom:
    """One atom of all tokens: typed as one thing, so COVID-19 after a minus is a phrase."""
    surface = part.text[tokens[0].start : tokens[-1].end]
    words = tuple(token.term for token in tokens)
    return Atom(words, part.phrase or len(words) > 1, part.field, surface)


def _word(part: _Part, token: Token, company: Company) -> Atom:
    surface = part.text[token.start : token.end]
    function_word = is_stop(token.term)  # WHO and IT are none
    capitals = "" if function_word else acronym(surface)
    stop = company.alone and function_word
    return Atom((token.term,), False, part.field, surface, stop, company, capitals)


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
            for word in atom.words:
                letters[script(word)] += sum(letter.isalpha() for letter in word)
    best = max(letters, key=lambda name: letters[name])
    return best if letters[best] and best != "other" else "und"


def _once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Each notice once, and no flood of one sort."""
    kept: list[Notice] = []
    for notice in dict.fromkeys(notices):
        if sum(other.code == notice.code for other in kept) < _NOTICES_PER_CODE:
            kept.append(notice)
    return tuple(kept)


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
