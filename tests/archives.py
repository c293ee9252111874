"""Archives for tests: the sample archive of the project, and generated ones of any size.

Everything here is built with the tiny test encoder (`encoder="test"`), which is deterministic and
knows no meaning: texts that share words, or parts of words, lie close.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from index.config import IndexConfig
from index.documents import Document, Skipped
from index.encoders.hashed import HashEncoder
from index.opened import OpenIndex
from index.operations.build import BuildReport, rebuild_from
from search.config import SearchConfig
from search.engine import SearchEngine

SEEDS = Path(__file__).resolve().parents[1] / "seeds"

_URDU = """
بارش سیلاب موسم دریا پانی شہر سڑک پولیس عدالت حکومت وزیر بجٹ قیمت منڈی گندم کسان فصل آم برآمد
بندرگاہ جہاز ریلوے ٹرین مسافر ہسپتال ڈاکٹر مریض ڈینگی پولیو ویکسین اسکول طلبہ استاد امتحان کتاب
کتابیں میلہ مشاعرہ شاعر غزل کرکٹ ہاکی ٹیم فائنل کھلاڑی گیند چاند دوربین سورج بجلی شمسی لاہور کراچی
پشاور کوئٹہ ملتان سیالکوٹ حیدرآباد گلگت ہنزہ زلزلہ دھند آلودگی جنگل چیتا سمندر ماہی گیر عید بازار
کپڑے سونا ڈالر روپیہ بینک شہری شہریوں حملہ حملوں ملاقات ملاقاتیں کے لیے میں سے اور ہے نے کی
"""
_ENGLISH = """
rain flood weather river water city road police court government minister budget price market wheat
farmer harvest mango export port ship railway train passenger hospital doctor patient dengue polio
vaccine school student teacher exam book books fair poetry poet verse cricket hockey team final
player ball moon telescope sun power solar Lahore Karachi Peshawar Quetta Multan Sialkot Hyderabad
Gilgit Hunza earthquake smog pollution forest leopard sea fishermen Eid bazaar cloth gold dollar
rupee bank citizen citizens attack attacks meeting meetings the of and in for is at to
"""
URDU, ENGLISH = _URDU.split(), _ENGLISH.split()
SOURCES = {"ur": ("شہر نامہ", "صبحِ نو"), "en": ("City Ledger", "Daybreak Post")}


def text(dice: random.Random, lang: str, words: int) -> str:
    """Words of one language, the first of its list the most frequent, in sentences."""
    vocabulary, stop = (URDU, "۔") if lang == "ur" else (ENGLISH, ".")
    chosen = [vocabulary[int(len(vocabulary) * dice.random() ** 2)] for _ in range(words)]
    ends = {at for at in range(words) if at % 9 == 8} | {words - 1}
    return " ".join(word + stop if at in ends else word for at, word in enumerate(chosen))


def article(dice: random.Random, number: int, mark: str = "") -> Document:
    """One generated article; `mark` is a word that stands in its title and body."""
    lang = "ur" if number % 2 else "en"
    title = text(dice, lang, dice.randint(3, 9)).rstrip("۔.")
    body = text(dice, lang, dice.randint(12, 90))
    return Document(
        id=f"{lang}/{mark}{number:04}",
        title=f"{title} {mark}".strip(),
        body=f"{mark} {body}".strip(),
        lang=lang,
        date=date(2026, 1, 1) + timedelta(days=number % 200) if number % 5 else None,
        source=SOURCES[lang][number // 2 % 2],
        tags=(("موسم", "کھیل") if lang == "ur" else ("weather", "sport"))[
            number % 3 : number % 3 + 1
        ],
    )


def articles(count: int, seed: int = 1, mark: str = "") -> list[Document]:
    """The same articles for the same arguments, half of them Urdu."""
    dice = random.Random(seed)
    return [article(dice, number, mark) for number in range(count)]


def config(data_dir: Path, **changes: object) -> IndexConfig:
    """Settings of an index with the test encoder."""
    return IndexConfig(**{"data_dir": data_dir, "encoder": "test", **changes})


def build(items: Iterable[Document | Skipped], data_dir: Path) -> BuildReport:
    """Build an index of documents with the test encoder."""
    return rebuild_from(items, config(data_dir))


def shared(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """A data directory for the whole session, to be read only: the first worker of pytest-xdist
    that needs it builds it, the others wait."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    data = root / name
    with FileLock(root / f"{name}.lock"):
        if not (data / "CURRENT").exists():
            build(data)
    return data


def kept(
    config: pytest.Config,
    factory: pytest.TempPathFactory,
    name: str,
    build: Callable[[Path], object],
) -> Path:
    """As `shared`, kept in pytest's cache for the runs to come, and one of a kind: `name` ends in what
    it was made with, and another of that kind goes."""
    cache = getattr(config, "cache", None)  # none with `-p no:cacheprovider`
    if cache is None:
        return shared(factory, name, build)
    root = cache.mkdir("talash")
    with FileLock(root / "lock"):
        if not (root / name).exists():
            for old in root.glob(f"{name.rpartition('-')[0]}-*"):
                shutil.rmtree(old)
            made = Path(tempfile.mkdtemp(dir=root)) / name
            build(made)
            made.rename(root / name)
            made.parent.rmdir()
    return root / name


def documents(index: OpenIndex) -> dict[str, Document]:
    """The articles of an open index by id."""
    return {each.id: each for _, each in index.catalogue.iter_documents()}


def open_engine(
    data_dir: Path, search: SearchConfig | None = None, *, floor: float | None = None
) -> SearchEngine:
    """An engine over the current generation of an index that `build` made.

    To the test encoder all letters are alike, so the floor fitted to generated articles is high and
    holds most of them back; a `floor` in its place lets the semantic arm answer.
    """
    index = OpenIndex.open_current(data_dir)
    if floor is not None:
        index = replace(index, relevance=replace(index.relevance, floor=floor))
    return SearchEngine(index, HashEncoder(), search or SearchConfig())
