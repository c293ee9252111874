"""What a page says of its article: headline, day, author, newsroom, address, tags.

Pages say it several times over, to search engines (JSON-LD), to social networks (og:), to browsers (title)
and to people (h1, a line below it), and no one of them is right everywhere: og:title carries the site's
name, on some sites it is the site's name and the same on all pages; h1 is the logo on others. So they are
weighed: names of the site go, and what shares no word with the article is not its headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from index.errors import InputError
from index.readers.columns.loose_json import loads
from index.readers.dates import find_date, fold, parse_date
from index.readers.noise.rules import BYLINE, fold_line
from index.readers.noise.site_names import MAX_WORDS, SEPARATOR, is_host, parted
from index.readers.pages.addresses import joined, parts_of
from index.readers.pages.markup import original_address
from index.readers.pages.pruning import text_of
from index.readers.plain_text import has_words, one_line

_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|Story)$")
_DAYS = ("datePublished", "dateCreated", "uploadDate")
_DATED_TYPE = re.compile(r"(?:WebPage|VideoObject|Gallery|Episode)$")
_MAX_JSON = 2_000_000
_MAX_NODES = 2000
_MAX_TITLE = 500
_MIN_WORDS = 15  # of an article, below which a headline may share none of them
_MAX_SECTION_WORDS = 3  # of a heading such as "Latest news"
_PROSE_LINE = 60
_MIN_SHARED = 0.3
_FIRST_LINES = 6  # of the article, among which an old page has its headline
_WORD = re.compile(r"\w{3,}")
_DATE_NAMES = re.compile(r"date|time|publish|posted|stamp|byline|meta", re.I)
_UPDATED = re.compile(r"updat|modif|اپ ?ڈیٹ|ترمیم", re.I)
_MAX_DATE_LINE = 160
_MAX_BESIDE = 60  # of other words beside a day: names, a section, a place
_HEADLINE_NAMES = re.compile(
    r"headline|(?:^|[\s_-])(?:entry|post|article|story|news|page)[_-]?(?:title|heading)|^title$",
    re.I,
)
_META_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "article:published", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "parsely-pub-date", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created", "date", "originalpublicationdate",
    "cxenseparse:recs:publishtime", "displaydate", "article.published",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a page says, as text; what it does not say is empty."""

    title: str
    date: str
    date_above: str
    """A day that stands above the headline: on most pages the day on which the page was looked at."""
    source: str
    url: str
    author: str
    tags: Any
    description: str
    body: str


class Meta:
    """The head of a page: meta elements by name, and the JSON-LD of its article."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        self.values: dict[str, list[str]] = {}
        for node in tree.iter("meta"):
            name = node.get("property") or node.get("name") or node.get("itemprop") or ""
            content = one_line(node.get("content") or "")
            if name and content:
                self.values.setdefault(name.lower(), []).append(content)
        self.article, self.other = _json_ld(tree)

    @property
    def is_article(self) -> bool:
        """Whether the page says that it is one."""
        kind = self.first("og:type").lower()
        return bool(self.article) or kind.startswith(("article", "video"))

    def first(self, *names: str) -> str:
        """The first value of the first of these names that has one."""
        return next((self.values[name][0] for name in names if name in self.values), "")

    def ld(self, *names: str) -> str:
        """A text of the JSON-LD article; of an object its name."""
        return next((text for name in names if (text := _ld_text(self.article.get(name)))), "")


def facts_of(tree: Any, meta: Meta, body: str, above: Iterable[str], saved_from: str) -> Facts:
    """Weigh what a page says. `body` is its article, `above` the lines around headline and byline."""
    url = _address(tree, meta, saved_from)
    title, site = _headline(tree, meta, url, body)
    published, date_above = _published(tree, meta, title, list(above))
    host = parts_of(url).netloc.removeprefix("www.").removeprefix("amp.")
    return Facts(
        title=title,
        date=published,
        date_above=date_above,
        source=site or host,
        url=url,
        author=_author(tree, meta),
        tags=meta.values.get("article:tag")
        or meta.first("news_keywords", "keywords")
        or _ld_tags(meta.article.get("keywords")),
        description=meta.ld("description") or meta.first("og:description", "description"),
        body=meta.ld("articleBody"),
    )


def _json_ld(tree: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The article among the JSON-LD of a page, and what else on it has a day; empty objects for none."""
    other: Mapping[str, Any] = {}
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > _MAX_JSON:
            continue
        try:
            data = loads(text.strip().removeprefix("<!--").removesuffix("-->"))
        except InputError:
            continue
        for item in _objects(data):
            kinds = item.get("@type")
            for kind in kinds if isinstance(kinds, list) else [kinds]:
                if isinstance(kind, str) and (
                    _ARTICLE_TYPE.search(kind) or kind == "LiveBlogPosting"
                ):
                    return item, other
                if isinstance(kind, str) and _DATED_TYPE.search(kind):
                    other = other or item
    return {}, other


def _objects(data: Any) -> Iterator[Mapping[str, Any]]:
    """All objects of a JSON value, outer before inner, without recursion."""
    queue = [data]
    for count, item in enumerate(queue):
        if count > _MAX_NODES:
            return
        if isinstance(item, Mapping):
            yield item
            queue.extend(v for v in item.values() if isinstance(v, (Mapping, list)))
        elif isinstance(item, list):
            queue.extend(v for v in item if isinstance(v, (Mapping, list)))


def _ld_text(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("@id") or ""
    return value.strip() if isinstance(value, str) else ""


def _ld_tags(value: Any) -> Any:
    return value if isinstance(value, str) else [v for v in value or () if isinstance(v, str)]


def _headline(tree: Any, meta: Meta, url: str, body: str) -> tuple[str, str]:
    """The headline without the site's name, and that name."""
    given = [meta.ld("headline"), meta.first("og:title"), meta.first("twitter:title")]
    shown = [text_of(node) for node in tree.iter("h1")][:8]
    tab = next((text_of(node) for node in tree.iter("title")), "")
    named = [text_of(node) for node in tree.iter("h2", "h3", "p", "div", "span", "td", "font")
             if _HEADLINE_NAMES.search(node.get("class") or node.get("itemprop") or "")][:4]  # fmt: skip
    all_given = [one_line(text)[:_MAX_TITLE] for text in (*given, *shown, tab, *named)]
    site = meta.first("og:site_name") or meta.ld("publisher") or meta.first("application-name")
    lines = [line for line in body[:2000].split("\n")[:_FIRST_LINES] if len(line) <= _MAX_TITLE]
    site = site or _shared_end([*all_given, *lines], url)
    bare = [_without_site(text, site, [*all_given, *lines]) for text in all_given]
    words = _words_of_prose(body)
    candidates = [text for text in bare if has_words(text) and not _is_site(text, site)]
    if not candidates:
        return "", site
    counts = dict.fromkeys(candidates, 0.0)
    for place, text in enumerate(candidates):
        alike = sum(_is_alike(text, other) for other in candidates)
        counts[text] = max(counts[text], alike + 3 * _shared(text, words) - place / 100)
    best = max(candidates, key=lambda text: counts[text])
    if len(words) < _MIN_WORDS or _shared(best, words) or len(best.split()) > MAX_WORDS:
        return best, site
    # It shares no word with the article: what all pages of the site or section are called, perhaps.
    below = (
        text_of(node) for node in tree.iter("h2", "h3") if best not in shown or _is_short(best)
    )
    heading = next((text for text in below if _shared(text, words) >= _MIN_SHARED), "")
    return heading or (best if best in shown else ""), site


def _is_short(text: str) -> bool:
    return len(text.split()) <= _MAX_SECTION_WORDS


def _words_of_prose(body: str) -> set[str]:
    """The words of an article without its headings, which may be the headline itself."""
    prose = "\n".join(line for line in body.split("\n") if len(line) >= _PROSE_LINE)
    return set(_WORD.findall(fold(prose or body)))


def _shared(text: str, words: set[str]) -> float:
    """The share of a headline's words that are in the article, counted up to a half."""
    own = set(_WORD.findall(fold(text)))
    return min(len(own & words) / len(own), 0.5) if own else 0.0


def _is_alike(one: str, other: str) -> bool:
    return fold_line(one) == fold_line(other)


def _shared_end(titles: list[str], url: str) -> str:
    """The site's name where it is only told by what a title has more than another, or by the host."""
    for text in titles:
        for rest, end in parted(text):
            if any(_is_alike(rest, other) for other in titles if other):
                return SEPARATOR.split(end)[-1] if text.endswith(end) else end
            if is_host(end, url):
                return end
    return ""


def _without_site(text: str, site: str, titles: list[str]) -> str:
    """Take the site's name, and what follows it, off a title."""
    for _ in range(3):
        for rest, end in parted(text):
            if has_words(rest) and (
                _is_site(end, site)
                or any(_is_alike(rest, other) for other in titles if other != text)
            ):
                text = rest
                break
        else:
            break
    return text


def _is_site(text: str, site: str) -> bool:
    """Whether a text is the site's name, or that with little else (`BBC News اردو`)."""
    own, name = fold_line(text), fold_line(site)
    if not name or not own:
        return False
    return (
        own == name or (own in name and len(own) > 3) or (name in own and len(own) < len(name) + 12)
    )


def _published(tree: Any, meta: Meta, title: str, lines: list[str]) -> tuple[str, str]:
    """The day of publication as it is written, that of an update only where there is no other; and where
    neither is said, the day that stands above the headline."""
    for written in (
        meta.ld(*_DAYS),
        meta.first(*_META_DATES),
        *_marked(tree),
    ):
        if written and (find_date(fold(written))[0] or parse_date(written)):
            return written, ""
    heading, over = _heading(tree, title)
    top, below = (lines, []) if heading is None else _parted(lines, title, text_of(heading))
    named = list(_named_for_dates(tree))
    if found := _visible(
        [*_timed(tree, over), *below, *(text_of(n) for n in named if n not in over)]
    ):
        return found, ""
    others = (_ld_text(meta.other.get(name)) for name in _DAYS)
    updated = meta.ld("dateModified") or meta.first("article:modified_time", "last-modified")
    if found := next(filter(None, others), "") or updated:
        return found, ""
    nearest = [*reversed(top), *(text_of(node) for node in named if node in over)]
    return "", _visible([*nearest, *(text_of(node) for node in over if node.tag == "time")])


def _heading(tree: Any, title: str) -> tuple[Any, set[Any]]:
    """The element that shows the headline, and all that stand before it; None and none where no element does."""
    before: list[Any] = []
    for node in tree.iter("*"):
        shows = node.tag != "title" and title and _is_alike(node.text or "", title)
        if node.tag == "h1" or shows:
            return node, set(before) - set(node.iterancestors())
        before.append(node)
    return None, set()


def _parted(lines: list[str], *headlines: str) -> tuple[list[str], list[str]]:
    """The lines above the headline, and those below it."""
    alike = (any(_is_alike(line, each) for each in headlines if each) for line in lines)
    place = next((place for place, is_headline in enumerate(alike) if is_headline), -1)
    return lines[: max(place, 0)], lines[place + 1 :]


def _marked(tree: Any) -> Iterator[str]:
    """Days in attributes of elements that are marked as those of publication."""
    for node in tree.iter("span", "time", "div", "p", "abbr", "link"):
        marks = f"{node.get('itemprop') or ''} {node.get('class') or ''}".split()
        if "datePublished" in marks or (node.tag == "abbr" and "published" in marks):
            yield node.get("content") or node.get("datetime") or node.get("title") or ""


def _visible(lines: Iterable[str]) -> str:
    """The first day in lines that hold little else; one of an update where there is no other."""
    later = ""
    for written in lines:
        folded = fold_line(written[: 4 * _MAX_DATE_LINE])
        day, rest = find_date(folded)
        other = BYLINE.sub(" ", rest).strip()
        if day is None or len(other) > _MAX_BESIDE or written.rstrip()[-1:] in "۔؟":
            continue
        if not _UPDATED.search(folded[: max(folded.find(str(day.year)), 0)]):
            return f"{day:%Y-%m-%d}" if day.year >= 1000 else ""
        later = later or f"{day:%Y-%m-%d}"
    return later


def _timed(tree: Any, over: set[Any]) -> Iterator[str]:
    """What the first element for a time says that does not stand above the headline."""
    for node in tree.iter("time"):
        names = f"{node.get('class') or ''} {node.get('itemprop') or ''}"
        if not _UPDATED.search(names) and node not in over:
            yield node.get("datetime") or text_of(node)
            return


def _named_for_dates(tree: Any) -> Iterator[Any]:
    found = 0
    for node in tree.iter("span", "div", "p", "small", "td", "li", "b", "font", "i", "em"):
        names = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('itemprop') or ''}"
        if _DATE_NAMES.search(names) and len(text_of(node)) <= _MAX_DATE_LINE:
            yield node
            found += 1
            if found >= 10:
                return


def _address(tree: Any, meta: Meta, saved_from: str) -> str:
    """The page's own address, out of an archive's if need be."""
    links = [
        n.get("href") or ""
        for n in tree.iter("link")
        if (n.get("rel") or "").lower() == "canonical"
    ]
    bases = [n.get("href") or "" for n in tree.iter("base")]
    copied = [base for base in bases if original_address(base) != base.strip()]
    told = (*links, meta.first("og:url"), meta.ld("url", "mainEntityOfPage"), saved_from, *copied)
    for found in told:
        url = original_address(joined(saved_from, found) if saved_from else found)
        if url.lower().startswith(("http://", "https://")) and parts_of(url).netloc:
            return url
    return next((u for u in links if u.startswith("//")), "")


def _author(tree: Any, meta: Meta) -> str:
    """Who wrote it; an address is nobody."""
    authors = meta.article.get("author")
    names = [_ld_text(a) for a in authors] if isinstance(authors, list) else [_ld_text(authors)]
    found = "، ".join(n for n in names if n) or meta.first(
        "author", "article:author", "dc.creator", "parsely-author"
    )
    if not found:
        for node in tree.iter("a", "span"):
            if node.get("rel") == "author" or "author" in (
                node.get("itemprop") or "",
                node.get("class") or "",
            ):
                found = text_of(node)
                break
    return found if has_words(found) and len(found) <= 120 and "://" not in found else ""
