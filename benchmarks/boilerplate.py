"""How well the article is told from the page around it: F1 on words, beside three known extractors.

    uv pip install newspaper4k readability-lxml
    python benchmarks/boilerplate.py [--show LAYOUT] [--times 3]

Sixty pages are made of the sample archive, thirty in each language: every article once, in one of twelve
layouts as newsrooms, aggregators and web archives serve them or browsers save them (an old table with line
breaks, a live blog, an AMP page, a Wayback copy, one file with its pictures inside, ...). What is right is
known, for we put it there: paragraphs, subheads, points, tables and standfirst; navigation, related
headlines, credits, captions, forms, readers' comments and the headline itself are not part of it.

An extractor that is not installed is left out of the table. Pages a second are of one process.
"""

from __future__ import annotations

import argparse
import html
import itertools
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from index.documents import Document
from index.readers import ReaderConfig, read_paths
from index.readers.content import Content
from index.readers.formats.html_files import read_html

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
_WORD = re.compile(r"\w+")


@dataclass
class Words:
    """What the frame of a newsroom's page says, in one language."""

    nav: tuple[str, ...]
    related: str
    also: str
    share: tuple[str, ...]
    subheads: tuple[str, ...]
    points: tuple[str, ...]
    table: tuple[tuple[str, str], ...]
    caption: str
    credit: str
    subscribe: str
    promo: str
    comments: str
    form: str
    reader: tuple[str, ...]
    footer: str
    desk: str
    author: str
    summary: str
    live: str
    cookies: str
    ad: str


FRAME = {
    "en": Words(
        nav=("Home", "Pakistan", "World", "Business", "Sport", "Opinion", "Weather", "E-paper"),
        related="Related stories",
        also="Also read",
        share=("Facebook", "WhatsApp", "Copy link"),
        subheads=("What the residents say", "Where the money comes from", "What happens next"),
        points=("Work begins after the rains", "Two wards come first", "The fee stays as it was"),
        table=(("Ward", "Share"), ("Old city", "40 per cent"), ("Canal side", "25 per cent")),
        caption="A file picture of the place on a quiet morning",
        credit="Photo: Example Images",
        subscribe="Sign up for our morning newsletter",
        promo="Get our stories first: join the channel on your phone and never miss an update again.",
        comments="Comments",
        form="Leave a Reply",
        reader=(
            "Well said, but who will pay for it when the next budget comes and the one after that?",
            "I have lived here for thirty years and never saw anybody from the council in our street.",
        ),
        footer="© 2026 Example Media. All rights reserved. Terms of use. Privacy.",
        desk="Web Desk",
        author="The writer covers local affairs and can be reached at the newsroom.",
        summary="Summary",
        live="Live reporting",
        cookies="We use cookies to improve your experience on this site. Accept all",
        ad="Advertisement",
    ),
    "ur": Words(
        nav=("صفحہ اول", "پاکستان", "دنیا", "کاروبار", "کھیل", "کالم", "موسم", "ای پیپر"),
        related="متعلقہ خبریں",
        also="یہ بھی پڑھیں",
        share=("فیس بک", "واٹس ایپ", "لنک کاپی کریں"),
        subheads=("رہائشی کیا کہتے ہیں", "رقم کہاں سے آئے گی", "آگے کیا ہو گا"),
        points=("کام بارشوں کے بعد شروع ہو گا", "پہلے دو محلوں کی باری ہے", "فیس وہی رہے گی"),
        table=(("محلہ", "حصہ"), ("پرانا شہر", "۴۰ فیصد"), ("نہر کنارے", "۲۵ فیصد")),
        caption="ایک پرسکون صبح اس جگہ کا منظر، فائل تصویر",
        credit="فوٹو: مثال امیجز",
        subscribe="ہمارا صبح کا نیوز لیٹر حاصل کریں",
        promo="خبریں سب سے پہلے: اپنے فون پر ہمارا چینل جوائن کریں اور کوئی خبر نہ چھوڑیں۔",
        comments="تبصرے",
        form="تبصرہ کریں",
        reader=(
            "بات تو ٹھیک ہے مگر اگلے بجٹ میں اس کے پیسے کون دے گا اور اس سے اگلے میں کون؟",
            "میں تیس برس سے یہاں رہتا ہوں اور ہماری گلی میں کبھی بلدیہ کا کوئی آدمی نہیں آیا۔",
        ),
        footer="© 2026 مثال میڈیا۔ جملہ حقوق محفوظ ہیں۔ شرائط۔ رازداری۔",
        desk="ویب ڈیسک",
        author="مصنف مقامی امور پر لکھتے ہیں اور ان سے اخبار کے پتے پر رابطہ کیا جا سکتا ہے۔",
        summary="خلاصہ",
        live="لائیو کوریج",
        cookies="یہ ویب سائٹ کوکیز استعمال کرتی ہے تاکہ آپ کا تجربہ بہتر ہو۔ قبول کریں",
        ad="اشتہار",
    ),
}


@dataclass
class Story:
    """An article of the sample archive, and the pieces of a page that is being made of it."""

    lang: str
    title: str
    date: str
    source: str
    paragraphs: list[str]
    others: list[str]
    right: list[str] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """What the frame says in its language."""
        return FRAME[self.lang]

    def kept(self, text: str) -> str:
        """Count a piece as part of the article; returns it as HTML."""
        self.right.append(text)
        return html.escape(text, quote=False)

    def p(self, attributes: str = "") -> list[str]:
        """Its paragraphs."""
        return [f"<p{attributes}>{self.kept(text)}</p>" for text in self.paragraphs]

    def nav(self, tag: str = "nav") -> str:
        """A menu."""
        links = "".join(f'<li><a href="/{i}">{w}</a></li>' for i, w in enumerate(self.words.nav))
        return f'<{tag} class="menu"><ul>{links}</ul></{tag}>'

    def links(self, count: int, tag: str = "li") -> str:
        """Headlines of other articles."""
        return "".join(
            f'<{tag}><a href="/n/{i}">{t}</a></{tag}>' for i, t in enumerate(self.others[:count])
        )

    def head(self, meta: str = "") -> str:
        """The start of a page, up to its body."""
        direction = "rtl" if self.lang == "ur" else "ltr"
        return (
            f'<!DOCTYPE html><html lang="{self.lang}" dir="{direction}"><head><meta charset="utf-8">'
            f"<title>{self.title} - {self.source}</title>{meta}</head><body>"
        )

    def meta(self) -> str:
        """What it says to social networks."""
        return (
            f'<meta property="og:title" content="{html.escape(self.title)} | {self.source}">'
            f'<meta property="og:site_name" content="{self.source}">'
            f'<meta property="article:published_time" content="{self.date}T09:00:00+05:00">'
        )

    def share(self) -> str:
        """Buttons to pass it on."""
        return f'<div class="share-bar">{"".join(f"<button>{w}</button><a href=#>{w}</a> " for w in self.words.share)}</div>'


def blog(s: Story) -> str:
    w, p = s.words, s.p()
    return (
        f'{s.head(s.meta())}<header>{s.nav()}</header><main><article class="post"><h1>{s.title}</h1>'
        f'<div class="entry-meta">{w.desk} <time datetime="{s.date}">{s.date}</time></div>{s.share()}'
        f'<div class="entry-content">{"".join(p)}</div><div class="tags"><a href=#>{w.nav[1]}</a></div></article>'
        f'<aside class="sidebar"><h3>{w.related}</h3><ul>{s.links(9)}</ul></aside></main><footer>{w.footer}</footer></body></html>'
    )


def divs(s: Story) -> str:
    w, p = s.words, s.p()
    half = len(p) // 2
    points = "".join(f"<li>{s.kept(point)}</li>" for point in w.points)
    rows = "".join(f"<tr><td>{s.kept(a)}</td><td>{s.kept(b)}</td></tr>" for a, b in w.table)
    return (
        f'{s.head()}<div id="top">{s.nav("div")}</div><div class="detail"><h1>{s.title}</h1>{"".join(p[:half])}'
        f"<h2>{s.kept(w.subheads[0])}</h2>{''.join(p[half:])}<ul>{points}</ul><h3>{s.kept(w.subheads[1])}</h3>"
        f'<table>{rows}</table></div><div class="bottom"><div>{w.footer}</div></div></body></html>'
    )


def table(s: Story) -> str:
    text = "<br><br>".join(s.kept(p) for p in s.paragraphs)
    return (
        f"{s.head()}<table width=760><tr><td colspan=2>{s.nav()}</td></tr><tr><td width=160><font size=2>"
        f"{s.links(8, 'p')}</font></td><td><font size=5>{s.title}</font><br><br>{text}</td></tr>"
        f"<tr><td colspan=2><small>{s.words.footer}</small></td></tr></table></body></html>"
    )


def hashed(s: Story) -> str:
    w, p = s.words, s.p(' class="bbc-1y32vyc" dir="auto"')
    blocks = [f'<div class="bbc-19j92fr">{x}</div>' for x in p]
    figure = f'<figure class="bbc-3edg7g"><img src="a.jpg" alt="x"><p>{w.credit}</p><figcaption>{w.caption}</figcaption></figure>'
    related = f'<section class="bbc-2if3v"><h2 class="bbc-4d2">{w.related}</h2><ul>{s.links(4)}</ul></section>'
    promo = f'<section class="bbc-9xkd2"><strong>{w.subscribe}</strong><p>{w.promo}</p></section>'
    blocks.insert(1, figure)
    blocks.insert(3, related + promo)
    return (
        f'{s.head(s.meta())}<header>{s.nav()}</header><div><main role="main"><h1 class="bbc-1pfktyq">{s.title}</h1>'
        f'<div class="bbc-19j92fr"><ul><li>{w.desk}</li></ul></div>{"".join(blocks)}</main>'
        f"<section><h2>{w.nav[1]}</h2><ul>{s.links(10)}</ul></section></div><footer><p>{w.footer}</p></footer></body></html>"
    )


def live(s: Story) -> str:
    w = s.words
    points = "".join(f"<li>{s.kept(point)}</li>" for point in w.points)
    heads = itertools.cycle(w.subheads)
    entries = "".join(
        f'<li id="s{i}"><time>{9 + i}:30</time><h3>{s.kept(next(heads))}</h3><p>{s.kept(p)}</p>{s.share()}</li>'
        for i, p in enumerate(s.paragraphs)
    )
    s.right += [w.summary, w.live]
    return (
        f'{s.head(s.meta())}<header>{s.nav()}</header><div class="live"><h1>{s.title}</h1><h2>{w.summary}</h2><ul>{points}</ul>'
        f'<h2>{w.live}</h2><ol class="posts">{entries}</ol></div><div class="rail"><ul>{s.links(8)}</ul></div><footer>{w.footer}</footer></body></html>'
    )


def portal(s: Story) -> str:
    w, p = s.words, s.p()
    p.insert(1, f'<div class="related-box"><h4>{w.related}</h4><ul>{s.links(3)}</ul></div>')
    p.insert(3, f'<p><strong>{w.also}: <a href="/x">{s.others[5]}</a></strong></p>')
    p.insert(4, f'<div class="ad-slot">{w.ad}</div>')
    return (
        f'{s.head(s.meta())}{s.nav("div")}<div class="container"><div class="story-wrap"><h1 class="headline">{s.title}</h1>'
        f'<h2 class="standfirst">{s.kept(w.points[0])}</h2><p class="byline">{w.desk} | {s.date}</p>{s.share()}'
        f'<div class="story-text">{"".join(p)}</div>{s.share()}<div class="also"><h3>{w.related}</h3>{s.links(6, "p")}</div></div></div>'
        f'<div id="foot"><p>{w.footer}</p></div></body></html>'
    )


def feature(s: Story) -> str:
    w = s.words
    body = "".join(
        f"<section><h2>{s.kept(head)}</h2><p>{s.kept(p)}</p></section>"
        for head, p in zip(itertools.cycle(w.subheads), s.paragraphs, strict=False)
    )
    quote = s.kept(w.points[1])
    return (
        f'{s.head(s.meta())}{s.nav()}<article><header><h1>{s.title}</h1><p class="lede">{s.kept(w.points[2])}</p></header>'
        f"<figure><img src=a.jpg><figcaption>{w.caption} <span>{w.credit}</span></figcaption></figure>{body}"
        f'<blockquote>{quote}</blockquote><div class="author-bio"><img src=b.jpg><p>{w.author}</p></div></article>'
        f'<div class="newsletter"><h3>{w.subscribe}</h3><form><input name=e></form></div><footer>{w.footer}</footer></body></html>'
    )


def amp(s: Story) -> str:
    w, p = s.words, s.p()
    p.insert(
        2,
        f'<amp-ad width=300 height=250></amp-ad><amp-img src=a.jpg></amp-img><p class="caption">{w.caption}</p>',
    )
    return (
        s.head(s.meta() + '<link rel="canonical" href="https://example.org/story">').replace(
            "<html", "<html amp"
        )
        + f'<amp-sidebar id=m>{s.nav("div")}</amp-sidebar><div class="amp-wrapper"><h1>{s.title}</h1><div class="dt">{s.date}</div>'
        f'<div class="content_amp">{"".join(p)}</div><amp-list><h4>{w.related}</h4>{s.links(5, "div")}</amp-list></div>'
        f"<amp-consent>{w.cookies}</amp-consent></body></html>"
    )


def wayback(s: Story) -> str:
    w, p = s.words, s.p(' dir="auto"')
    address = "https://web.archive.org/web/20150312054501/http://www.example.org/story.shtml"
    toolbar = (
        f'<div id="wm-ipp-base"><div id="wm-ipp"><p>The Wayback Machine - {address}</p><div>24 captures<br>12 Mar 2015 - 3 Feb 2023'
        "</div><table><tr><td>Feb</td><td>MAR</td><td>Apr</td></tr></table></div></div><!-- END WAYBACK TOOLBAR INSERT -->"
    )
    return (
        f'{s.head()}<!-- BEGIN WAYBACK TOOLBAR INSERT -->{toolbar}<div class="g-container">{s.nav("div")}<div class="bodytext"><h1>{s.title}</h1>'
        f'<span class="date">{s.date}</span>{"".join(f"<div>{x}</div>" for x in p)}</div><div class="hyper"><h3>{w.related}</h3><ul>{s.links(7)}</ul></div></div>'
        f"<!-- FILE ARCHIVED ON 05:45:01 Mar 12, 2015 --></body></html>"
    )


def comments(s: Story) -> str:
    w, p = s.words, s.p()
    said = "".join(
        f'<li class="comment"><cite>R{i}</cite><p>{r}</p></li>' for i, r in enumerate(w.reader * 2)
    )
    picture = f'<img src="data:image/png;base64,{"iVBORw0KGgo" * 4000}">'
    return (
        f'{s.head(s.meta())}<!-- saved from url=(0024)https://example.org/ --><style>p{{}}</style>{s.nav("div")}<div class="post-single"><h1>{s.title}</h1>{picture}'
        f'<div class="post-body">{"".join(p)}</div></div><div id="comments"><h3>{w.comments}</h3><ol>{said}</ol>'
        f'<h3>{w.form}</h3><form><textarea></textarea><button>{w.share[0]}</button></form></div><div class="foot">{w.footer}</div></body></html>'
    )


def short(s: Story) -> str:
    w = s.words
    s.paragraphs = s.paragraphs[:2]
    p = s.p()
    rail = "".join(
        f'<div class="card"><h3><a href=/{i}>{t}</a></h3><p>{t}</p></div>'
        for i, t in enumerate(s.others[:14])
    )
    return (
        f'{s.head(s.meta())}<div class="cookie-banner"><p>{w.cookies}</p></div><header>{s.nav()}</header><div class="row"><div class="col-8"><h1>{s.title}</h1>'
        f'{"".join(p)}</div><div class="col-4"><h4>{w.nav[6]}</h4>{rail}</div></div><footer>{w.footer}</footer></body></html>'
    )


def gallery(s: Story) -> str:
    w, p = s.words, s.p()
    figure = f"<figure><img src=a.jpg><figcaption>{w.caption}<br>{w.credit}</figcaption></figure>"
    body = "".join(f"{x}{figure if i % 2 else ''}" for i, x in enumerate(p))
    return (
        f'{s.head(s.meta())}{s.nav("div")}<div role="article"><h1>{s.title}</h1><div itemprop="articleBody">{body}</div>'
        f'<div class="subscribe"><p>{w.promo}</p></div></div><div class="most-read"><h2>{w.related}</h2><ol>{s.links(10)}</ol></div><p>{w.footer}</p></body></html>'
    )


LAYOUTS: tuple[Callable[[Story], str], ...] = (
    blog, divs, table, hashed, live, portal, feature, amp, wayback, comments, short, gallery,
)  # fmt: skip


def pages() -> Iterator[tuple[str, Story, str]]:
    """Layout, story and page, sixty of them; the story knows what is right."""
    for shift, lang in ((0, "en"), (6, "ur")):
        documents = [d for d in read_paths([SEEDS / lang]) if isinstance(d, Document)]
        for place, document in enumerate(documents):
            others = [d.title for d in documents[place + 1 :] + documents[:place]]
            paragraphs = [line for line in document.body.split("\n") if len(line) > 60]
            story = Story(
                lang, document.title, str(document.date), document.source, paragraphs, others
            )
            layout = LAYOUTS[(place + shift) % len(LAYOUTS)]
            yield layout.__name__, story, layout(story)


Extractor = Callable[[str], str]


def extractors() -> dict[str, Extractor]:
    """Ours, and those of the others that are installed."""
    found: dict[str, Extractor] = {"talash": _talash}
    import trafilatura

    found["trafilatura"] = lambda page: trafilatura.extract(page, include_comments=False) or ""
    with suppress(ImportError):
        newspaper = import_module("newspaper")

        def by_newspaper(page: str) -> str:
            article = newspaper.Article("https://example.org/story", fetch_images=False)
            article.download(input_html=page)
            article.parse()
            return str(article.text)

        found["newspaper4k"] = by_newspaper
    with suppress(ImportError):
        readable, lxml = import_module("readability").Document, import_module("lxml.html")
        found["readability-lxml"] = lambda page: str(
            lxml.fromstring(readable(page).summary()).text_content()
        )
    return found


def _talash(page: str) -> str:
    from index.readers.fields import understand
    from index.readers.records import Record

    for record in read_html(Content.of_bytes("page.html", page.encode()), ReaderConfig()):
        if isinstance(record, Record):
            return understand(record, "page.html", ReaderConfig())[0].body
    return ""


def f1(found: str, right: str) -> float:
    """The harmonic mean of precision and recall of words, each as often as it is there."""
    have, want = Counter(_WORD.findall(found)), Counter(_WORD.findall(right))
    both = sum((have & want).values())
    return 2 * both / (sum(have.values()) + sum(want.values())) if both else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--show", help="print what each extractor makes of a layout")
    parser.add_argument("--times", type=int, default=1)
    arguments = parser.parse_args()
    console = Console()
    made = list(pages())
    results: dict[str, dict[tuple[str, str], list[float]]] = {}
    speed = {}
    for name, extract in extractors().items():
        extract(made[0][2])
        start = time.perf_counter()
        for _ in range(arguments.times):
            texts = [extract(page) for _, _, page in made]
        speed[name] = arguments.times * len(made) / (time.perf_counter() - start)
        scores = results.setdefault(name, {})
        for (layout, story, _), text in zip(made, texts, strict=True):
            scores.setdefault((layout, story.lang), []).append(f1(text, "\n".join(story.right)))
            if layout == arguments.show:
                console.rule(f"{name} {story.lang} {scores[layout, story.lang][-1]:.3f}")
                console.print(text, markup=False)
    _print(console, results, speed)


def _print(
    console: Console,
    results: dict[str, dict[tuple[str, str], list[float]]],
    speed: dict[str, float],
) -> None:
    shown = Table("layout", *results, title="F1 on words, mean of a layout")
    for layout in (each.__name__ for each in LAYOUTS):
        for lang in ("en", "ur"):
            shown.add_row(
                f"{layout} {lang}", *(_mean(scores, layout, lang) for scores in results.values())
            )
    for lang in ("en", "ur"):
        shown.add_row(f"all {lang}", *(_mean(scores, "", lang) for scores in results.values()))
    shown.add_row("pages a second", *(f"{speed[name]:.1f}" for name in results))
    console.print(shown)


def _mean(scores: dict[tuple[str, str], list[float]], layout: str, lang: str) -> str:
    values = [
        v
        for (name, spoken), many in scores.items()
        for v in many
        if layout in ("", name) and spoken == lang
    ]
    return f"{sum(values) / len(values):.3f}" if values else ""


if __name__ == "__main__":
    main()
