"""Newest first holds what answers: are the first hits of a list by date on the subject?

    python benchmarks/newest_first.py --data DIR

Asks queries of one or two words (English, Urdu, Roman Urdu), newest first, and judges the first three
hits by the words in them: a hit is on the subject if it holds, in either script, a word of every group
that `SUBJECTS` names for its query. `about it` is stricter: a word of every group stands in the title
or at least twice in the text. `found` is the share of the articles about it that the list holds.
Queries of which the archive holds no article, by the same judgement, are left out. The first row of
sums is everything that the list by relevance holds, by date.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.encoders.registry import open_encoder
from index.opened import OpenIndex
from index.text.analysis import terms
from index.text.normalize import normalize
from search.config import SearchConfig
from search.engine import SearchEngine
from search.models import SearchRequest, Sort

FIRST = 3
WINDOW = 10_000

SUBJECTS = """
polio: polio پولیو
پولیو: polio پولیو
dengue fever: dengue ڈینگی
ڈینگی: dengue ڈینگی
wheat: wheat گندم
گندم: wheat گندم
wheat price: wheat flour گندم آٹا آٹے + price* rate* cost* rs قیمت* نرخ*
gold price: gold سونا سونے گولڈ + price* rate* rs قیمت* نرخ*
سونے کی قیمت: gold سونا سونے گولڈ + price* rate* rs قیمت* نرخ*
petrol price: petrol fuel petroleum پٹرول پیٹرول پٹرولیم پیٹرولیم + price* rate* rs قیمت* نرخ*
پٹرول: petrol petroleum پٹرول پیٹرول پٹرولیم پیٹرولیم
cricket: cricket* t20* odi* کرکٹ* ٹی20
کرکٹ: cricket* t20* odi* کرکٹ*
hockey: hockey ہاکی
ہاکی: hockey ہاکی
football: football* soccer fifa فٹبال* فٹ
tennis: tennis atp wta wimbledon ٹینس
earthquake: earthquake* quake* tremor* seismic زلزلہ زلزلے زلزلوں
زلزلہ: earthquake* quake* tremor* seismic زلزلہ زلزلے زلزلوں
floods: flood* سیلاب*
سیلاب: flood* سیلاب*
smog: smog سموگ اسموگ
drought: drought* قحط خشک
water crisis: water پانی + crisis crises shortage* scarcity بحران قلت کمی
پانی کا بحران: water پانی + crisis crises shortage* scarcity بحران قلت کمی
climate change: climate* موسمیاتی ماحولیاتی + change* changing تبدیلی تبدیلیوں
موسمیاتی تبدیلی: climate* موسمیاتی + change* changing تبدیلی تبدیلیوں
supreme court: supreme سپریم + court* کورٹ
سپریم کورٹ: supreme سپریم + court* کورٹ
election: election* poll* vote* انتخاب* الیکشن*
انتخابات: election* poll* vote* انتخاب* الیکشن*
budget: budget* بجٹ
بجٹ: budget* بجٹ
inflation: inflation* مہنگائی افراط
مہنگائی: inflation* price* مہنگائی افراط قیمت*
imf loan: imf آئی + loan* tranche* programme* program* bailout* facility قرض* پروگرام قسط
afghan refugees: afghan* افغان* + refugee* migrant* deport* repatriat* مہاجر* پناہ*
افغان مہاجرین: afghan* افغان* + refugee* migrant* deport* repatriat* مہاجر* پناہ*
load shedding: load* outage* لوڈ* + shedding outage* loadshedding شیڈنگ لوڈشیڈنگ
solar energy: solar سولر شمسی
بجلی: electric* power بجلی
gas: gas گیس lng
train accident: train* railway* ٹرین* ریل* + accident* crash* derail* collision حادث* تصادم پٹری
ٹریفک حادثہ: traffic road* ٹریفک سڑک* گاڑی + accident* crash* collision حادث* تصادم
suicide attack: suicide خودکش خود + attack* blast* bomb* حملہ حملے حملوں دھماک*
دھماکہ: blast* explosion* bomb* دھماک*
kashmir: kashmir* کشمیر*
کشمیر: kashmir* کشمیر*
gaza: gaza* غزہ
غزہ: gaza* غزہ
ukraine war: ukrain* یوکرین* + war* invasion جنگ* حملہ حملے
saudi arabia: saudi* سعودی
hajj: hajj حج
university: universit* یونیورسٹی* جامعہ
tax: tax* ٹیکس*
cotton crop: cotton کپاس + crop* harvest* فصل* کاشت پیداوار
mango: mango* آم
cancer: cancer* کینسر سرطان
hepatitis: hepatitis ہیپاٹائٹس یرقان
drone: drone* ڈرون*
bitcoin: bitcoin* crypto* بٹ کرپٹو*
selab: flood* سیلاب*
zalzala: earthquake* quake* زلزلہ زلزلے زلزلوں
mehngai: inflation* price* مہنگائی قیمت*
bijli: electric* power بجلی
adalat: court* عدالت*
"""
"""Each query, and the words of either script that show its subject; groups are joined by `+`, and a
star stands for any ending."""


Group = tuple[frozenset[str], tuple[str, ...]]
"""Whole words, and beginnings of words."""


@dataclass(frozen=True)
class Subject:
    """A query, and its groups of words."""

    query: str
    groups: tuple[Group, ...]

    @classmethod
    def read(cls, line: str) -> Subject:
        """One line of `SUBJECTS`."""
        query, _, shown = line.partition(":")
        groups = []
        for group in shown.split("+"):
            words = [normalize(word) for word in group.split()]
            starts = tuple(word.rstrip("*") for word in words if word.endswith("*"))
            groups.append((frozenset(word for word in words if not word.endswith("*")), starts))
        return cls(query.strip(), tuple(groups))

    def judge(self, title: list[str], body: list[str]) -> tuple[bool, bool]:
        """Whether an article, by its words, is on the subject, and whether it is about it."""
        held = [
            (
                sum(_is_one(word, group) for word in title),
                sum(_is_one(word, group) for word in body),
            )
            for group in self.groups
        ]
        return all(t + b for t, b in held), all(t or b > 1 for t, b in held)


def _is_one(word: str, group: Group) -> bool:
    whole, starts = group
    return word in whole or word.startswith(starts)


def subjects() -> list[Subject]:
    """Every query with its judgement."""
    return [Subject.read(line) for line in SUBJECTS.strip().splitlines()]


@dataclass(frozen=True)
class Row:
    """Of the hits shown how many are on the subject and about it, and what share of all is found."""

    shown: int
    on: int
    about: int
    found: float
    listed: int


def listed(engine: SearchEngine, query: str, sort: Sort) -> list[str]:
    """Ids of everything a list holds, in its order."""
    return [name for name, _ in engine.top(SearchRequest(query, sort=sort, size=WINDOW))]


def row(names: list[str], judged: dict[str, tuple[bool, bool]]) -> Row:
    first = names[:FIRST]
    about = {name for name, (_, is_about) in judged.items() if is_about}
    return Row(
        shown=len(first),
        on=sum(judged[name][0] for name in first),
        about=sum(judged[name][1] for name in first),
        found=len(about & set(names)) / max(1, len(about)),
        listed=len(names),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--each", action="store_true", help="a row for each query")
    options = parser.parse_args()
    index = OpenIndex.open_current(options.data)
    config = SearchConfig(window=WINDOW, max_page_size=WINDOW)
    engine = SearchEngine(index, open_encoder("bundled"), config)
    documents = [document for _, document in index.catalogue.iter_documents()]
    dates = {document.id: document.date or date.min for document in documents}
    words = {each.id: (terms(each.title), terms(each.body)) for each in documents}
    table = Table("query", "list", "listed", "on subject", "about it", "found", box=None)
    rows: dict[str, list[Row]] = {"by date, all related": [], "by date": []}
    for subject in subjects():
        judged = {name: subject.judge(title, body) for name, (title, body) in words.items()}
        if not any(on for on, _ in judged.values()):
            continue
        ranked = listed(engine, subject.query, Sort.RELEVANCE)
        before = sorted(ranked, key=dates.__getitem__, reverse=True)
        for name, names in zip(
            rows, (before, listed(engine, subject.query, Sort.NEWEST)), strict=True
        ):
            rows[name].append(row(names, judged))
        if options.each:
            add(table, subject.query, "by date", rows["by date"][-1:])
    for name, found in rows.items():
        add(table, f"{len(found)} queries", name, found)
    Console(width=120).print(table)


def add(table: Table, query: str, name: str, rows: list[Row]) -> None:
    shown = sum(each.shown for each in rows)
    on, about = sum(each.on for each in rows), sum(each.about for each in rows)
    table.add_row(
        query,
        name,
        f"{sum(each.listed for each in rows) / len(rows):.0f}",
        f"{on} of {shown} ({on / max(1, shown):.1%})",
        f"{about} ({about / max(1, shown):.1%})",
        f"{sum(each.found for each in rows) / len(rows):.2f}",
    )


if __name__ == "__main__":
    main()
