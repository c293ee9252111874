"""The table of what surrounds an article on a web page and comes along when it is saved as text.

Every rule matches a whole line, folded by `fold_line`; a sentence of prose that merely contains
such words never matches. Each row carries the reason and an example, and a test runs them all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from index.readers.dates import fold


class Action(Enum):
    """What a matching line means for itself and its neighbours."""

    LINE = "the line goes, wherever it stands"
    GROUP = "the line goes beside other noise: alone it may be a heading of the article"
    HEAD = "the line goes near the top"
    SECTION = "the line goes near the top, above a headline"
    EDGE = "the line goes near the top or below the last prose"
    BYLINE = "the line goes near the top if it is a name, which is the author's"
    FOOT = "the line goes below the last prose"
    CAPTION = "the line goes: it says what a picture shows, and is kept as that"
    ADDRESS = "as the first line, or told to be one at an edge, the line goes, and is the article's address"
    SOURCE = "below the last prose or near the top the line goes, and names the source"
    LIST = "the line goes with the list of other articles below it"
    NEXT = "the line goes with the one headline below it"
    TAIL = "the line and all below it goes"
    ARTICLE = "all below goes if an article's footer stands above, or it is the smaller part"
    FORM = "all below goes if no prose is among it; else the line alone"


@dataclass(frozen=True)
class Rule:
    """One kind of noise. `pattern` must match the whole folded line."""

    name: str
    action: Action
    pattern: re.Pattern[str]
    reason: str
    example: str


_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ORNAMENT = "*_#>»›«|•٭·●▪■◆►▶➤→←-–—[]()\ufe0f👉🔗📌 \t"


def fold_line(line: str) -> str:
    """Fold what does not matter when lines are compared: case, digits, keyboards, ornaments."""
    line = _ZERO_WIDTH.sub("", fold(line).replace("：", ":").replace("ڑہ", "ڑھ"))
    return " ".join(line.split()).strip(_ORNAMENT)


_DESK = (
    r"(?:ویب ڈیسک|نیوز ڈیسک|انٹرنیشنل ڈیسک|سپورٹس ڈیسک|اسپورٹس ڈیسک|ڈیجیٹل ڈیسک|مانیٹرنگ ڈیسک"
    r"|سٹاف رپورٹر|اسٹاف رپورٹر|نامہ نگار|نمائندہ خصوصی|خصوصی رپورٹ|ہمارے نمائندے سے"
    r"|کامرس رپورٹر|کامرس ڈیسک|نیوز رپورٹر|خبر نگار|وقائع نگار|شوبز ڈیسک|مانیٹرنگ رپورٹ|مانیٹرنگ سیل|نیوز ایجنسی|بیورو رپورٹ"
    r"|(?:web|news|international|sports|digital|monitoring) desk|staff report(?:er)?|our correspondent"
    r"|by (?:our |the )?(?:staff reporter|correspondent|news desk|web desk|newspaper staff))"
)
_STAMP = r"(?:مورخہ|بتاریخ|شائع(?: ہوا| ہوئی| شدہ)?(?! ک)|تاریخ اشاعت|اشاعت کی تاریخ|تاریخ|(?:آخری )?وقت اشاعت|(?:آخری )?(?:اپ ڈیٹ|اپڈیٹ)(?: ہوا)?|اشاعت|published(?: on| at)?|posted(?: on| at)?|(?:last )?(?:updated|modified)(?: on| at)?|publish date|first published(?: on)?|date)"  # fmt: skip
_CLOCK = r"(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:am|pm|pst|pkt|gmt))*"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?|پیر|منگل|بدھ|جمعرات|جمعہ|جمعۃ المبارک|ہفتہ|اتوار)"  # fmt: skip
_ZONE = r"(?:am|pm|pst|pkt|gmt|utc|ist|bst|est)"
_READING = r"(?:(?:پڑھنے کا وقت ?:? ?)?\d{1,2} منٹ|\d{1,2} ?min(?:ute)?s?(?: read)?)"
_AGO = r"(?:about )?(?:\d{1,2}|ایک|دو|تین|an?|one|two) (?:منٹ|گھنٹ[ہےوں]{1,3}|دن|ہفت[ہےوں]{1,3}|minutes?|hours?|days?|weeks?|mins?|hrs?) (?:پہلے|قبل|ago)"  # fmt: skip
BYLINE = re.compile(
    rf"(?<!\w)(?:(?P<told>{_DESK}|{_STAMP}|{_CLOCK}|{_WEEKDAY}|{_ZONE}|{_READING}|{_AGO}|(?:صفحہ(?: نمبر)?|page) \d+|کو شائع (?:کیا|ہوئی|ہوا|کی))"
    r"|ء|ھ|صبح|شام|رات|دوپہر|بجے|بجکر|وقت|بوقت)(?!\w)|ء|[\W_]"
)
"""The pieces of a byline beside its date and its name; `told` are those that say that it is one."""

PUBLISHER = re.compile(
    r"(?P<publisher>\w[^:،,؟۔]{1,40}?) نے|in (?P<paper>\w[\w .'’-]{1,40})"
    r"|(?P<daily>(?:روزنامہ|(?:the )?daily) \w[\w .'’-]{1,40})"
)
AUTHOR = re.compile(
    r"(?:by|از|تحریر|رپورٹ) (?P<author>[^\W\d][\w .'’-]{2,40}?)(?: (?:on|at))?|(?P<name>[^\W\d]+(?: [^\W\d]+){1,3})"
)
"""What is left of a byline when date and pieces are taken out: who published it, or who wrote it."""

_AGENCY = r"(?:reuters|afp|ap|app|epa|pa media|getty images|inp|nni|online|xinhua|anadolu|اے ایف پی|رائٹرز|اے پی پی|اے پی|ای پی اے|این این آئی|گیٹی امیجز|اناطولیہ|آن لائن)"  # fmt: skip
_CREDIT_EN = r"(?:(?:image|photo(?:graph)?|picture|video|screen ?(?:shot|grab))s? ?(?:copyright|credits?|source|courtesy|by)\b ?:?|(?:file )?(?:photo(?:graph)?s?|pics?|pix|image|picture|screen ?(?:shot|grab)) ?(?:[:|/–—-]|via\b|courtesy)) ?.{2,80}"  # fmt: skip
_CREDIT_UR = r"(?:(?:تصویر|تصاویر|فوٹو|ویڈیو) ?(?:کا|کے|کی) ?(?:کاپی ?رائٹ|ذریعہ|ماخذ|کریڈٹ)|(?:فائل |تمام )?(?:فوٹو|تصویر|تصاویر|سکرین شاٹ|اسکرین شاٹ|سکرین گریب|اسکرین گریب|ویڈیو گریب) ?(?:[:|/–—-]|بشکریہ|بہ شکریہ)) ?[^۔؟]{0,80}"  # fmt: skip
_CREDIT_LONE = rf"(?:(?:file|stock|representative) (?:photo|image|picture)|screen ?(?:shot|grab)|فائل (?:فوٹو|تصویر)|فوٹو فائل|علامتی تصویر|[اسکرین]{{5,6}} (?:شاٹ|گریب)|(?:[^\s۔]+ ){{1,2}}فوٹو|{_AGENCY}(?: ?[/|,،–—-] ?(?:{_AGENCY}|file(?: photo)?|فائل))*(?: ?/ ?[^/.۔؟]{{2,40}})?|(?:فوٹو|تصویر|photo|image) {_AGENCY}|{_AGENCY} (?:photo|image|فوٹو))"  # fmt: skip

_PLATFORM = r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|pinterest|instagram|youtube|tiktok|reddit|email|e-mail|messenger|print|copy link|فیس بک|ٹویٹر|ٹوئٹر|ایکس|واٹس ایپ|انسٹاگرام|یوٹیوب|ٹیلی گرام|ای میل|پرنٹ)"  # fmt: skip
_ALSO_EN = r"(?:also read|read also|read more|read next|must read|recommended read(?:ing)?|more to read|see also|also see|also watch|watch also|related story|related news)"  # fmt: skip
_ALSO_UR = r"(?:(?:یہ|اسے|اس کو|ان کو)? ?(?:بھی|مزید|ضرور) (?:پڑھیں|پڑھیے|پڑھیئے|پڑھئے|دیکھیں|دیکھیے)|متعلقہ خبر)"  # fmt: skip
_RELATED = r"(?:متعلقہ (?:مضامین|خبریں|تحریریں|پوسٹس|مواد|عنوانات)|مزید (?:خبریں|متعلقہ خبریں)|تازہ ترین(?: خبریں)?|مقبول(?: ترین)? خبریں|سب سے زیادہ (?:پڑھی|دیکھی|شیئر) ?(?:جانے|کی جانے) والی.{0,20}|دیگر خبریں|اسی بارے میں|اہم خبریں|related(?: (?:articles?|posts?|stories|news|content|topics|reads))?|more (?:news|stories|from this section)|you (?:may|might) also (?:like|be interested in)|recommended(?: for you| stories)?|most (?:read|popular|viewed)|trending(?: now| news)?|latest (?:news|stories)|editor'?s picks?|editors’ picks?)"  # fmt: skip
_SECTION = r"(?:breaking(?: news)?|exclusive|بریکنگ(?: نیوز)?|فوری خبر|home|news|latest|pakistan|world|national|international|business|economy|sports?|cricket|entertainment|showbiz|technology|tech|science|health|opinion|editorial|columns?|blogs?|features?|lifestyle|culture|education|metro|city|karachi|lahore|islamabad|asia|south asia|ہوم|صفحہ اول|سرورق|خبریں|پاکستان|دنیا|بین الاقوامی|قومی|کاروبار|معیشت|کھیل|کرکٹ|شوبز|انٹرٹینمنٹ|تفریح|ٹیکنالوجی|سائنس|صحت|کالم|کالمز|بلاگ|بلاگز|اداریہ|ادب|تعلیم|دلچسپ و عجیب|جرائم|موسم|علاقائی)"  # fmt: skip


def _rule(name: str, action: Action, pattern: str, reason: str, example: str) -> Rule:
    return Rule(name, action, re.compile(pattern), reason, example)


RULES: tuple[Rule, ...] = (
    _rule("comment-form", Action.TAIL,
          r"your email address will not be published.{0,80}|آپ کا ای ?میل (?:ایڈریس|پتہ) شائع نہیں کیا جائے گا.{0,80}",
          "The form under an article: below it there is only the page's frame.",
          "Your email address will not be published. Required fields are marked *"),
    _rule("comment-heading", Action.FORM,
          r"(?:leave|post|write|add|submit) (?:a |your )?(?:comment|reply)s?(?: cancel reply)?|"
          r"(?:اپنا )?(?:تبصرہ|جواب) (?:کریں|لکھیں|دیں|بھیجیں)",
          "Heads the comment form.", "Leave a Comment"),
    _rule("comments", Action.FOOT, r"(?:no )?comments?:?(?: \(?\d+\)?)?|\d+ comments?|تبصرے:?",
          "Counts the readers' comments.", "Comments (3)"),
    _rule("next-article", Action.ARTICLE, r"پڑھیں ?:",
          "On aggregator pages another whole article follows this heading.", "پڑھیں:"),
    _rule("related-list", Action.LIST, rf"{_RELATED} ?:?",
          "Heads a list of other articles' headlines.", "متعلقہ مضامین"),
    _rule("also-read-heading", Action.NEXT, rf"(?:{_ALSO_EN}|{_ALSO_UR}) ?[:|–—-]?",
          "Introduces the headline of another article on the next line.", "یہ بھی پڑھیں:"),
    _rule("also-read", Action.LINE, rf"(?:{_ALSO_EN}|{_ALSO_UR}|پڑھیں) ?(?::|\||[–—-] ?) ?[^۔؟]{{3,220}}[۔؟]?",
          "Another article's headline inside this one.", "مزید پڑھیں: نئے پل کا افتتاح"),
    _rule("address", Action.ADDRESS,
          r"(?P<label>(?:(?:source|original|article|page) (?:url|link|article)|url|link|source|original|لنک|ربط|ذریعہ|ماخذ) ?: ?)?(?:https?://|www\.)\S+",
          "The page that a text was taken from.", "https://www.example.org/news/1"),
    _rule("source", Action.SOURCE,
          r"(?:ذریعہ|ماخذ|بشکریہ|source|courtesy) ?: ?(?P<source>[^۔؟!]{2,80})",
          "Names the newsroom the page was taken from.", "ذریعہ: روزنامہ مثال"),
    _rule("keywords", Action.FOOT,
          r"(?:کلیدی (?:لفظ|الفاظ)|مطلوبہ الفاظ|ٹیگز?|عنوانات|key ?words?|tags?|topics|filed under|tagged(?: with)?|posted in) ?: ?.+",
          "Keyword stuffing: it would rank the article for words it does not use.",
          "کلیدی لفظ: بارش کراچی محکمہ موسمیات"),
    _rule("spacer", Action.FOOT, r"[\W_]{1,40}", "A lone mark between article and frame.", "."),
    _rule("copyright", Action.FOOT,
          r"(?:©|\(?c\) ?\d{4}|copyright (?:©|\(?c\)|\d{4})).{0,160}|.{0,80}all rights reserved.{0,40}|(?:جملہ|تمام) حقوق .{0,60}محفوظ.{0,20}",
          "The page's own footer.", "© 2026 Daily Example. All rights reserved."),
    _rule("share", Action.LINE,
          rf"share this(?: (?:article|post|story|news|page|on|with|via)\b.{{0,40}})? ?:?|share (?:it )?(?:on|via) {_PLATFORM}\b.{{0,40}}|share ?:|click to (?:share|print|email|tweet)\b.{{0,60}}|"
          rf"(?:اس |یہ )?(?:خبر|مضمون|تحریر|پوسٹ)? ?(?:کو )?(?:{_PLATFORM} پر )?(?:شیئر|شئیر|شیر|ٹویٹ) (?:کریں|کیجیے|کیجئے) ?:?",
          "Buttons to pass the page on.", "اس خبر کو شیئر کریں"),
    _rule("share-button", Action.GROUP, rf"share|tweet|pin it|like this ?:?|loading(?:\.\.\.|…)?|شیئر|ٹویٹ|(?:{_PLATFORM}[ |,،]*)+",
          "A button's caption; alone it can be a heading.", "WhatsApp"),
    _rule("follow", Action.LINE,
          r"(?:follow|join|find|like) us (?:on|at)\b.{0,100}|(?:join|follow) our \w+ (?:channel|group|page|community)\b.{0,40}|follow us|follow (?:.{1,40} )?on (?:facebook|twitter|x|whatsapp|instagram|youtube|google news)\b.{0,60}|"
          r"(?:[^۔؟]{2,40} کے لی?[ےئ]+ )?(?:ہمیں|ہم کو) .{0,60}(?:فالو|لائک|جوائن) (?:کریں|کیجیے|کیجئے).{0,40}|"
          r"(?:[^۔؟]{2,40} کے لی?[ےئ]+ )?(?:ہمارا|ہمارے) (?:واٹس ایپ|یوٹیوب|ٹیلی گرام).{0,60}(?:جوائن|سبسکرائب|فالو) (?:کریں|کیجیے|کیجئے).{0,20}",
          "Advertises the newsroom's channels.", "Follow us on Facebook and X"),
    _rule("subscribe", Action.LINE,
          r"subscribe|(?:subscribe|sign up)\b.{0,60}\b(?:newsletters?|channel|updates|alerts|notifications|inbox|youtube)\b[^,،]{0,60}|"
          r".{0,40}سبسکرائب (?:کریں|کیجیے|کیجئے).{0,40}|.{0,100}(?:سبسکرائب|فالو|جوائن) کرنے کے ?لی?[ےئ]+ .{0,40}(?:کلک|ٹیپ) کریں|"
          rf"[^۔؟]{{2,40}} اب {_PLATFORM} پر(?: بھی)?|(?:get|follow|join) .{{2,60}} (?:on|in) (?:whatsapp|telegram|youtube)\b.{{0,60}}",
          "Advertises the newsletter.", "Subscribe to our newsletter for daily updates"),
    _rule("cookies", Action.LINE,
          r"(?:we use cookies|(?:this|our) (?:web ?)?site uses cookies|by continuing to (?:browse|use) (?:this|our|the) (?:web ?)?site).{0,200}|accept (?:all )?cookies",
          "The cookie notice.", "We use cookies to improve your experience."),
    _rule("advertisement", Action.LINE,
          r"advertise?ments?|ad|ads|sponsored(?: content)?|story continues below(?: this ad(?:vertisement)?)?|اشتہار(?:ات)?",
          "Marks the place of an advertisement.", "ADVERTISEMENT"),
    _rule("caption", Action.CAPTION,
          r"[،,]? ?(?:(?:تصویر|ویڈیو)(?: کا)? کیپشن|تصویر کا عنوان|(?:image|media|photo|video) caption|caption ?:|کیپشن ?:) ?:? ?(?P<caption>.{2,280})",
          "Says what a picture shows; without the picture it is no sentence of the text.",
          "Image caption The new pier at low tide"),
    _rule("photo-credit", Action.LINE,
          rf"[،,]? ?(?:{_CREDIT_EN}|{_CREDIT_UR})(?: image caption .*)?",
          "Names who took the picture.", "تصویر کے کاپی رائٹ Example Images"),
    _rule("photo-credit-alone", Action.EDGE, _CREDIT_LONE,
          "The same in a word or two, at the head or the foot.", "فائل فوٹو"),
    _rule("skip-link", Action.LINE,
          r"(?:skip|jump) to (?:main |the )?(?:content|navigation|article)|skip (?:advert|ad|.{2,40} and continue reading.{0,40})|end of (?:.{2,40}|advert)(?:,? skip.{0,40})|end of [^a-z]{2,60}|"
          r"مواد پر جائیں|(?:اہم )?خبروں? پر جائیں|.{2,60}نظر ?انداز کریں.{0,60}آگے بڑھیں.{0,40}|.{2,60} کا اختتام",
          "Leads readers of the page past its frame.", "مواد پر جائیں"),
    _rule("player", Action.LINE,
          r"\d(?:\.\d{1,2})?x|(?:this is a modal|(?:beginning|end) of dialog) window\b.{0,80}|(?:escape will|press escape to) (?:cancel|close).{0,60}",
          "What the player of a recording says of itself.", "1.5x"),
    _rule("script", Action.LINE,
          r"(?=.*[;)}]\Z)[^۔؟\"“”]*(?:\bwindow\.|\bdocument\.|\bfunction ?\(|\.push ?\(|\bgoogletag\b)[^۔؟]*[;)}]",
          "A program of the page that was taken for its text.", "(ads=window.ads||[]).push({});"),
    _rule("ago", Action.HEAD,
          rf"{_AGO}|{_READING}",
          "How long ago it was published when it was saved, or how long it takes to read.", "4 گھنٹے پہلے"),
    _rule("clock", Action.LINE, rf"{_CLOCK}(?: ?{_ZONE})*|\d{{1,2}} ?(?:am|pm)|(?:صبح|دن|شام|رات|دوپہر) {_CLOCK}(?: بجے)?",
          "The hour of an entry; without a word it tells nothing.", "10:30 PKT"),
    _rule("byline", Action.BYLINE,
          r"(?:(?:تحریر|رپورٹ|مصنفہ?|ازقلم|از قلم|از|انٹرویو|ترجمہ|تجزیہ|نامہ نگار|رپورٹر|by|میزبان|پروڈیوسرز?|ویڈیو|عہدہ|author|written by|reported by|report by|reporter) ?: ?|(?:مصنفہ?|عہدہ|author|role) ?[,،] ?|"
          r"by |از قلم |تحریر و تحقیق )(?P<author>[^:۔؟!\d]{3,60}?)\.?|"
          r"(?P<correspondent>[^۔؟:\d]{2,40}?)[،,]? (?:بی بی سی اردو ڈاٹ کام|بی بی سی (?:اردو|نیوز)|نامہ نگار|نمائندہ خصوصی)(?:[،,] ?[^،۔]{2,25}){0,2}",
          "A byline with a name.", "تحریر: مثال احمد"),
    _rule("section", Action.SECTION, rf"{_SECTION}(?: ?[>»›/|] ?[^>»›/|۔؟]{{2,60}}){{0,4}}",
          "The part of the newspaper that it stood in, and the way there.", "Home > News > Pakistan"),
    _rule("desk", Action.HEAD, _DESK, "A byline without a name.", "ویب ڈیسک"),
)  # fmt: skip
