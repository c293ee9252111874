"""The grammar of queries: from lexemes to a syntax tree, by recursive descent.

    query      = { alternatives }                      side by side: each on its own
    alternatives = conjunction { OR conjunction }
    conjunction  = part { AND part }
    part       = { NOT | - | ! | + } ( word | "phrase" | field:value | field:( query ) | ( query ) )

NOT binds tightest, then AND, then OR, then standing side by side, as with Google: `a b OR c` is
`a (b OR c)`. Every query has a tree: an operator without its parts is a word, a bracket without its
partner is left out, and both are said (`Oddity`). `written` gives a tree back as a query, so that what
was understood can be read: `parse(written(parse(text)))` is `parse(text)`.

A parser generator was weighed (lark, pyparsing): its grammar would be shorter, but every recovery
from what people really type would have to be written around it, and those are most of this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Literal, TypeAlias

from search.config import Parsing
from search.query.syntax import Lexeme, Oddity, lexemes


@dataclass(frozen=True)
class Leaf:
    """A word, a phrase, or a field with its value, as typed.

    `name` is the field's name as typed and `field` the field that it stands for; both are empty for
    none, `field` also for a name that is no field. `suffix` is `~` or `~2`. `start` is the place in the
    query, `joined` says that a value stands right behind its name.
    """

    value: str
    quoted: bool = False
    name: str = ""
    field: str = ""
    suffix: str = ""
    joined: bool = True
    start: int = dataclass_field(default=0, compare=False)


@dataclass(frozen=True)
class Side:
    """Parts side by side, each on its own; `bracketed` ones stand in parentheses."""

    parts: tuple[Node, ...]
    bracketed: bool = False


@dataclass(frozen=True)
class Every:
    """Parts that must all hold: AND."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """Parts of which one is enough: OR."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Without:
    """What must not hold: NOT, or a minus."""

    part: Node


@dataclass(frozen=True)
class Must:
    """What must hold: a plus."""

    part: Node


Node: TypeAlias = "Leaf | Side | Every | Either | Without | Must"

_OPERANDS = ("word", "quoted", "range", "field", "open", "not", "must")
"""Kinds that a part may begin with."""


def parse(text: str) -> tuple[Side, list[Oddity]]:
    """The syntax tree of a query, and the marks in it that were not obeyed."""
    found, odd = lexemes(text)
    return _Parser(_settled(found, odd), odd).query(), odd


def written(node: Node) -> str:
    """A tree as a query that is read as this tree."""
    if isinstance(node, Leaf):
        value = f'"{node.value}"' if node.quoted else node.value
        name = f"{node.name}:" if node.name else ""
        return f"{name}{'' if node.joined else ' '}{value}{node.suffix}".rstrip()
    if isinstance(node, Without):
        return f"NOT {_bound(node.part)}"
    if isinstance(node, Must):
        return f"+{_bound(node.part)}"
    if isinstance(node, Side):
        text = " ".join(written(part) for part in node.parts)
        return _bracketed(text) if node.bracketed else text
    if isinstance(node, Every):
        return " AND ".join(_bound(part) for part in node.parts)
    return " OR ".join(
        _bracketed(written(part)) if isinstance(part, Either) else written(part)
        for part in node.parts
    )


def _bound(part: Node) -> str:
    """A part as it stands beside an operator that binds tighter than AND and OR in it."""
    return _bracketed(written(part)) if isinstance(part, (Every, Either)) else written(part)


def _bracketed(text: str) -> str:
    """In brackets, of which the last is not taken for one of the word before it: f(x."""
    return f"({text} )" if "(" in text.rsplit(" ", 1)[-1] else f"({text})"


def leaves_of(node: Node) -> Iterator[Leaf]:
    """The leaves of a tree, in the order typed."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, (Without, Must)):
        yield from leaves_of(node.part)
    else:
        for part in node.parts:
            yield from leaves_of(part)


def _settled(found: Sequence[Lexeme], odd: list[Oddity]) -> list[Lexeme]:
    """Lexemes of which every operator has its parts; one that has none is a word like others.

    A quotation mark without a partner goes together with the sign or the field that it belongs to.
    """
    kept: list[Lexeme] = []
    for lexeme, following in zip(found, _following(found), strict=True):
        before = kept[-1].kind if kept else ""
        if lexeme.kind == "lone":
            while kept and kept[-1].kind in ("not", "must", "field") and lexeme.joined:
                dropped = kept.pop()
                odd.append(Oddity("dropped-with-quote", dropped.value))
                if dropped.kind == "field" and not dropped.field:
                    kept.append(replace(dropped, kind="word"))
                    break
        elif lexeme.kind in ("and", "or"):
            if before in ("", "open", "and", "or", "not", "must") or following not in _OPERANDS:
                _demote(lexeme, following, kept, odd)
            else:
                kept.append(lexeme)
        elif lexeme.kind in ("not", "must") and following not in _OPERANDS:
            _demote(lexeme, following, kept, odd)
        else:
            kept.append(lexeme)
    return kept


def _following(found: Sequence[Lexeme]) -> list[str]:
    """The kind of lexeme behind each one, marks without a partner passed over."""
    kinds, kind = [], ""
    for lexeme in reversed(found):
        kinds.append(kind)
        kind = kind if lexeme.kind == "lone" else lexeme.kind
    return kinds[::-1]


def _demote(lexeme: Lexeme, following: str, kept: list[Lexeme], odd: list[Oddity]) -> None:
    """An operator without its parts: a word, unless another one stands in its place."""
    odd.append(Oddity("operator-alone", lexeme.value))
    while kept and kept[-1].kind in ("not", "must"):
        kept.pop()
    word = lexeme.value.strip("() ")
    if word.isalpha() and following not in ("and", "or"):
        # In small letters it is a word wherever it stands.
        kept.append(replace(lexeme, kind="word", value=word.lower()))


class _Parser:
    """Recursive descent over settled lexemes, one method for each line of the grammar."""

    def __init__(self, found: Sequence[Lexeme], odd: list[Oddity]) -> None:
        self._lexemes = found
        self._odd = odd
        self._at = 0
        self._depth = 0
        self._field = ("", "")

    def query(self) -> Side:
        parts: list[Node] = []
        while self._kind():
            parts.extend(self._side().parts)
            if self._kind() == "close":
                self._odd.append(Oddity("bracket-unbalanced", ")"))
                self._at += 1
        return Side(tuple(parts))

    def _side(self) -> Side:
        """Parts up to a closing bracket or the end."""
        parts: list[Node] = []
        while self._kind() not in ("close", ""):
            part = self._joined("or", Either)
            if part is not None:
                parts.append(part)
        return Side(tuple(parts))

    def _joined(
        self, operator: Literal["or", "and"], kind: type[Either] | type[Every]
    ) -> Node | None:
        """Parts joined by one operator; a single one as it is."""
        parts = [self._below(operator)]
        while self._kind() == operator:
            self._at += 1
            parts.append(self._below(operator))
        known = tuple(part for part in parts if part is not None)
        if len(known) > 1:
            return kind(known)
        return known[0] if known else None

    def _below(self, operator: Literal["or", "and"]) -> Node | None:
        return self._joined("and", Every) if operator == "or" else self._part()

    def _part(self) -> Node | None:
        """A word, a phrase, a field or a group, behind any number of signs."""
        without = must = False
        while self._kind() in ("not", "must"):
            if self._kind() == "not":
                without = not without
            else:
                must = True
            self._at += 1
        part = self._operand()
        if part is None:
            return None
        # A group of one part is that part: -(-a) is a, +(-a) is -a, -(+a) is -a.
        if isinstance(part, Without):
            return part.part if without else part
        inner = part.part if isinstance(part, Must) else part
        if without:
            return Without(inner)
        return Must(inner) if must else part

    def _operand(self) -> Node | None:
        kind = self._kind()
        if kind == "open":
            return self._group()
        if kind not in ("word", "quoted", "field", "range"):
            return None  # An empty group, whose brackets are all there was.
        lexeme = self._lexemes[self._at]
        self._at += 1
        if kind == "field":
            return self._named(lexeme)
        return self._leaf(lexeme, *self._field)

    def _leaf(self, lexeme: Lexeme, name: str, field: str) -> Leaf:
        quoted = lexeme.kind == "quoted"
        return Leaf(lexeme.value, quoted, name, field, lexeme.suffix, start=lexeme.start)

    def _named(self, name: Lexeme) -> Node | None:
        """What a field's name is followed by; its value must stand right behind the colon."""
        value = self._lexemes[self._at] if self._kind() else None
        if value is None or not value.joined or value.kind not in _VALUES:
            return self._bare_name(name)
        if value.kind == "open":
            outer, self._field = self._field, (name.value, name.field)
            group = self._names() if name.field in _NAMED else None
            group = group or self._group()
            self._field = outer
            if group is None:
                return self._bare_name(name)
            if any(leaf.name == name.value for leaf in leaves_of(group)):
                return group
            # Every part has a field of its own: the name is a part like them.
            parts = group.parts if isinstance(group, Side) else (group,)
            return Side((self._bare_name(name), *parts), bracketed=True)
        self._at += 1
        return replace(self._leaf(value, name.value, name.field), start=name.start)

    def _bare_name(self, name: Lexeme) -> Leaf:
        return Leaf("", name=name.value, field=name.field, joined=False, start=name.start)

    def _names(self) -> Node | None:
        """Names in brackets, which may be several words each: `source:(City Ledger OR Dawn)`.

        None for a group of anything but words, quotes and OR.
        """
        kinds = [
            lexeme.kind for lexeme in self._lexemes[self._at + 1 : self._at + Parsing.MOST_NAMES]
        ]
        count = kinds.index("close") if "close" in kinds else len(kinds)
        inside = self._lexemes[self._at + 1 : self._at + 1 + count]
        if not inside or not {each.kind for each in inside} <= {"word", "quoted", "or"}:
            return None
        leaves: list[Leaf] = []
        apart = True
        for lexeme in inside:
            if lexeme.kind == "or":
                apart = True
                continue
            leaf = self._leaf(lexeme, *self._field)
            if apart or leaf.quoted or leaves[-1].quoted:
                leaves.append(leaf)
            else:
                leaves[-1] = replace(leaves[-1], value=f"{leaves[-1].value} {leaf.value}")
            apart = lexeme.ended
        self._at += count + 1
        if self._kind() == "close":
            self._at += 1
        else:
            self._odd.append(Oddity("bracket-unbalanced", "("))
        if len(leaves) == 1:
            return leaves[0]
        return Side((Either(tuple(leaves)),), bracketed=True)

    def _group(self) -> Node | None:
        """What stands in brackets; without its closing one, up to the end."""
        self._at += 1
        if self._depth >= Parsing.MOST_DEPTH:
            self._odd.append(Oddity("brackets-too-deep", "("))
            while self._kind() in ("open", "not", "must"):
                self._at += 1
            return self._operand()
        self._depth += 1
        side = self._side()
        self._depth -= 1
        if self._kind() == "close":
            self._at += 1
        else:
            self._odd.append(Oddity("bracket-unbalanced", "("))
        if len(side.parts) < 2:
            return side.parts[0] if side.parts else None
        return replace(side, bracketed=True)

    def _kind(self) -> str:
        return self._lexemes[self._at].kind if self._at < len(self._lexemes) else ""


_NAMED = ("source", "tag")
_VALUES = ("word", "quoted", "range", "open")
