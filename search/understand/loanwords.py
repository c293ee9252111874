"""Whether two Urdu words spell one English word: میسج and میسیج are both message.

Urdu writes the vowels of English words as it hears them, or not at all, so their spellings differ by just
the letters that tell two Urdu words apart.
"""

from __future__ import annotations

from functools import lru_cache

from index.parts.lexicon.bilingual import BilingualLexicon
from index.sound.phonetic_keys import skeletons
from index.sound.transliteration import SpellingModel, fold_latin
from search.config import CacheSizes, SpellingMatching


def spell_one_loan(one: str, other: str) -> bool:
    """Whether one of two normalized Urdu words is known to be an English word that both spell."""
    return any(_spells(other, loan) for loan in _loans(one)) or any(
        _spells(one, loan) for loan in _loans(other)
    )


@lru_cache(maxsize=CacheSizes.WORDS)
def _loans(word: str) -> tuple[str, ...]:
    """The usual English words that translate an Urdu word, and that it spells. The rare ones are names, whose
    vowels tell them apart."""
    bilingual = BilingualLexicon.load()
    return tuple(
        each.word
        for each in bilingual.meanings(word, "ur").found
        if each.share >= SpellingMatching.LOAN_SHARE
        and bilingual.frequency(each.word, "en") >= SpellingMatching.LOAN_USUAL
        and _spells(word, each.word)
    )


@lru_cache(maxsize=CacheSizes.WORDS)
def _spells(word: str, english: str) -> bool:
    latin = fold_latin(english)
    if skeletons(word, latin=False).isdisjoint(skeletons(latin, latin=True)):
        return False
    model = SpellingModel.load()
    logs = model.log_likelihood(latin, [word], "english").tolist()
    (chance,) = model.match_probabilities([latin], logs, "english")
    return chance >= SpellingMatching.LOAN_SPELLED
