"""Names made of letters and numbers, in all their spellings: PTI, پی ٹی آئی; T20, ٹی 20, ٹی ٹوئنٹی; F-16;
K-Electric, کے الیکٹرک; A R Rahman.

What such a name may be in the other script is worked out letter by letter, and kept if the archive has
it. A Latin word is an acronym if it was typed in capitals, if the archive mostly writes it so, or if
nothing else is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from index import budget
from index.opened import OpenIndex
from index.parts.lexicon.bilingual import BilingualLexicon
from index.text.analysis import Script, is_stop, script, stem
from index.text.compounds import CURRENCIES, Compound, Run
from index.text.spoken_letters import LETTER_NAMES, NUMBER_WORDS, letters_of, number_of
from search.config import AcronymMatching, SearchConfig
from search.query.query import Atom, Group

_Words = Callable[[str], Sequence[str]]
_Options = Sequence[tuple[str, ...]]


class _Part(NamedTuple):
    """A word of the query: the Latin letters or the figures that it says, or itself."""

    atom: Atom
    value: str
    kind: Literal["letters", "number", "word", ""]


class Acronyms:
    """Finds the other spellings of acronyms and numbers, by what one index holds. Safe under threads."""

    def __init__(self, index: OpenIndex, config: SearchConfig, others: _Words) -> None:
        """`others`: the words of the other script that a normalized word may stand for."""
        self._keyword = index.keyword
        self._lexicon = index.lexicon
        self._config = config
        self._others = others

    def named(self, groups: Sequence[Group]) -> list[Group]:
        """The groups with the compound of what spells a name, and its spellings in the archive."""
        found = list(groups)
        parts = [self._part(group) for group in groups]
        at = 0
        while at < len(parts):
            end = at + 1
            stretches = list(_stretches(parts, at))
            for turn, (first, last) in enumerate(stretches):
                longer = [parts[a:b] for a, b in stretches[turn + 1 :] if b > last]
                if atoms := self._name(parts[first:last], longer):
                    found[first:last] = [Group((atom,)) for atom in atoms]
                    end = last
                    break
            at = end
        return found

    def _part(self, group: Group) -> _Part:
        """What a word of the query may be in a name."""
        atom = group.alternatives[0]
        several = len(group.alternatives) > 1 or len(atom.words) != 1
        if several or atom.phrase or atom.loose or atom.field != "any":
            return _Part(atom, "", "")
        (word,) = atom.words
        letters = letters_of(word)
        if len(letters) > 1 and not _spells(word, letters):
            letters = ""  # بیٹی is a daughter, not B and T
        if letters or self._is_acronym(word, atom):
            return _Part(atom, letters or word, "letters")
        number = number_of(word)
        return _Part(atom, number or word, "number" if number else "word")

    def _is_acronym(self, word: str, atom: Atom) -> bool:
        if not (word.isascii() and word.isalpha() and 1 < len(word) <= AcronymMatching.LONGEST):
            return False
        if word in CURRENCIES:
            return False
        row = self._lexicon.row(word)
        if atom.acronym:
            return True
        if row >= 0:
            capitals = self._keyword.posting(word.upper()).df
            if not capitals:
                return False
            # Function words are not posted by their stems: IN of a headline is no acronym.
            often = max(self._keyword.posting(stem(word)).df, int(self._lexicon.frequencies[row]))
            return capitals >= self._config.acronym_mostly * often
        return (
            not BilingualLexicon.load().meanings(word, "en").found
            and len(word) >= AcronymMatching.SHORTEST_UNKNOWN
        )

    def _name(self, parts: Sequence[_Part], longer: Sequence[Sequence[_Part]]) -> list[Atom]:
        """The words of a name with its spellings; nothing if the archive has none. `longer` are names that
        begin with it: initials and a word may be one, and are found by either."""
        typed = tuple(part.atom.words[0] for part in parts)
        runs = self._held(parts)
        acronym = all(part.kind == "letters" for part in parts)
        if runs <= {typed} and not (acronym and typed in runs):
            spelled = acronym and len(parts) >= AcronymMatching.SPELLED_OUT
            return [_letter(part.atom) for part in parts] if spelled else []
        runs.update(*map(self._held, longer))
        same = tuple(Run(words, _shown(words)) for words in sorted(runs - {typed}))
        first = parts[0].atom
        if len(parts) == 1:
            return [replace(first, compound=first.compound._replace(same=same, letters=True))]
        run = Run(typed, " ".join(part.atom.surface for part in parts))
        compound = Compound((run,), alone=False, same=same)
        return [_in(part.atom, compound) if part.kind != "word" else part.atom for part in parts]

    def _held(self, parts: Sequence[_Part]) -> set[tuple[str, ...]]:
        """The words in a row that the archive has for a name, in either script."""
        budget.check()
        typed = [(part.atom.words[0],) for part in parts]
        ways = self._ways(parts) if self._config.names else [typed]
        return {run for options in ways for run in self._standing(options)}

    def _ways(self, parts: Sequence[_Part]) -> Iterator[_Options]:
        """What the name may be in either script: for each of its words there what it may be."""
        letters = "".join(part.value for part in parts if part.kind == "letters")
        others = [part for part in parts if part.kind != "letters"]
        names = [LETTER_NAMES[letter] for letter in letters]
        in_latin: list[_Options] = [[(letters,)]] if letters else [[]]
        in_urdu: list[_Options] = [names]
        if len(letters) > 1:
            in_urdu.append([tuple(self._joined(letters))])
            if others:  # A. R. Rahman
                in_latin.append([(letter,) for letter in letters])
        latin = [self._written(part, "en") for part in others]
        urdu = [self._written(part, "ur") for part in others]
        first = parts[0].atom.words[0]
        numbered = bool(others) and all(part.kind == "number" for part in others)
        if numbered and parts[0].value == first and len(first) > 1:  # spoken as a word: کوپ 28
            spoken = [word for word in self._others(first) if not letters_of(word)]
            in_urdu.append([tuple(spoken[: AcronymMatching.MOST_WORDS])])
        yield from ([*way, *latin] for way in in_latin)
        yield from ([*way, *urdu] for way in in_urdu)

    def _written(self, part: _Part, kind: Script) -> tuple[str, ...]:
        """The words of a script that a word or a number of a name may be."""
        if part.kind == "number":
            return (part.value, *(NUMBER_WORDS.get(part.value, ()) if kind == "ur" else ()))
        (word,) = part.atom.words
        return (
            (word,)
            if script(word) == kind
            else tuple(self._others(word)[: AcronymMatching.MOST_WORDS])
        )

    def _joined(self, spelled: str) -> Iterator[str]:
        """The letters' usual names written as one word, if the archive has it."""
        word = "".join(LETTER_NAMES[letter][0] for letter in spelled)
        if self._lexicon.row(word) >= 0:
            yield word

    def _standing(self, options: _Options) -> Iterator[tuple[str, ...]]:
        """Of all ways to choose a word for each place those that stand in a row in the archive."""
        runs: list[tuple[str, ...]] = [()]
        for choices in options:
            runs = [
                (*run, word)
                for run in runs
                for word in choices
                if self._lexicon.row(word) >= 0 and (not run or self._follows(run[-1], word))
            ][: AcronymMatching.MOST_RUNS]
        yield from (run for run in runs if run and self._documents(run))

    def _documents(self, run: Sequence[str]) -> int:
        return self._keyword.posting(stem(" ".join(run))).df

    def _follows(self, word: str, other: str) -> bool:
        """Whether one word may follow another: of pairs of Urdu words the archive knows it."""
        if script(word) != "ur" or script(other) != "ur":
            return True
        return self._lexicon.pair_count(self._lexicon.row(word), self._lexicon.row(other)) > 0


def _spells(word: str, letters: str) -> bool:
    """Whether an Urdu word that names letters means nothing else, as far as is known."""
    meanings = BilingualLexicon.load().meanings(word, "ur").found
    return not meanings or letters in (each.word for each in meanings)


def _stretches(parts: Sequence[_Part], at: int) -> Iterator[tuple[int, int]]:
    """The stretches of a query that may be a name and begin at a word, those to be preferred first: letters
    with a number behind them, letters, and initials with the word behind them (اے آر رحمان, but پی ٹی آئی
    of پی ٹی آئی احتجاج); or a word and the number it was typed with.

    کے is a K among others and before a name, but at an end without one it is the postposition.
    """
    first, last = at, at
    while last < len(parts) and parts[last].kind == "letters":
        if len(parts[last].value) > 1 and last > first:
            break  # an acronym of its own
        last += 1
        if len(parts[last - 1].value) > 1:
            break
    if first == last:
        if parts[at].kind == "word" and at + 1 < len(parts) and _typed_with(parts[at + 1]):
            yield at, at + 2
        return
    begins, ends = first, last
    behind = parts[last] if last < len(parts) else None
    if behind and behind.kind == "number":
        yield first, last + 1
    while first < last and _passed_over(parts[first]):
        first += 1
    while last > first and _passed_over(parts[last - 1]):
        last -= 1
    if sum(len(part.value) for part in parts[first:last]) > 1:
        yield first, last
    article = ends - begins == 1 and parts[begins].atom.words == ("a",)
    initials = sum(len(part.value) for part in parts[begins:ends]) <= AcronymMatching.MOST_INITIALS
    named = initials and not (article and not _typed_with(parts[begins]))
    if named and behind and behind.kind == "word" and not _passed_over(behind):
        yield begins, ends + 1


def _typed_with(part: _Part) -> bool:
    """Whether a number, or a letter, was typed together with another word: COP28, A-team."""
    return part.kind in ("number", "letters") and not part.atom.compound.alone


def _passed_over(part: _Part) -> bool:
    return part.atom.compound.alone and is_stop(part.atom.words[0])


def _letter(atom: Atom) -> Atom:
    return replace(atom, compound=atom.compound._replace(letters=True))


def _in(atom: Atom, compound: Compound) -> Atom:
    return replace(
        atom, compound=compound._replace(joined=atom.compound.joined), stop=False, acronym=""
    )


def _shown(words: Sequence[str]) -> str:
    """A name as a reader knows it: with capitals, all of them in what may be letters."""
    return " ".join(
        word.upper() if at == 0 or len(word) == 1 else word.capitalize()
        for at, word in enumerate(words)
    )
