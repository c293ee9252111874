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
    FOOT = "the line goes below the last prose"
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
_ORNAMENT = "*_#>»›«|•·●▪■◆►▶➤→←-–—[]()\ufe0f👉🔗📌 \t"
_SPACES = re.compile(r"\s+")


def fold_line(line: str) -> str:
    """Fold what does not matter when lines are compared: case, digits, keyboards, ornaments."""
    line = _ZERO_WIDTH.sub("", fold(line).replace("：", ":").replace("ڑہ", "ڑھ"))
    return _SPACES.sub(" ", line).strip(_ORNAMENT)


_DESK = (
    r"(?:ویب ڈیسک|نیوز ڈیسک|انٹرنیشنل ڈیسک|سپورٹس ڈیسک|اسپورٹس ڈیسک|ڈیجیٹل ڈیسک|مانیٹرنگ ڈیسک"
    r"|سٹاف رپورٹر|اسٹاف رپورٹر|نامہ نگار|نمائندہ خصوصی|خصوصی رپورٹ|ہمارے نمائندے سے"
    r"|(?:web|news|international|sports|digital|monitoring) desk|staff report(?:er)?|our correspondent"
    r"|by (?:our |the )?(?:staff reporter|correspondent|news desk|web desk|newspaper staff))"
)
_STAMP = r"(?:شائع(?: ہوا)?|تاریخ اشاعت|اپ ڈیٹ|اپڈیٹ|آخری اپ ڈیٹ|published(?: on)?|posted(?: on)?|(?:last )?updated(?: on)?|publish date)"  # fmt: skip
_CLOCK = r"(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:am|pm|pst|pkt|gmt))*"
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?|پیر|منگل|بدھ|جمعرات|جمعہ|جمعۃ المبارک|ہفتہ|اتوار)"  # fmt: skip
BYLINE = re.compile(rf"(?:{_DESK}|{_STAMP}|{_CLOCK}|{_WEEKDAY}|ء|صبح|شام|رات|دوپہر|[\s:|,،./–—-])*")
"""What may be left of a byline when its date is taken out."""

_PLATFORM = r"(?:facebook|twitter|x|whatsapp|linkedin|telegram|pinterest|instagram|youtube|tiktok|reddit|email|e-mail|messenger|print|copy link|فیس بک|ٹویٹر|ٹوئٹر|ایکس|واٹس ایپ|انسٹاگرام|یوٹیوب|ٹیلی گرام|ای میل|پرنٹ)"  # fmt: skip
_ALSO_EN = r"(?:also read|read also|read more|read next|must read|recommended read(?:ing)?|more to read|see also|also see|also watch|watch also|related story|related news)"  # fmt: skip
_ALSO_UR = r"(?:(?:یہ|اسے|اس کو|ان کو)? ?(?:بھی|مزید|ضرور) (?:پڑھیں|پڑھیے|پڑھیئے|پڑھئے|دیکھیں|دیکھیے)|متعلقہ خبر)"  # fmt: skip
_RELATED = r"(?:متعلقہ (?:مضامین|خبریں|تحریریں|پوسٹس|مواد|عنوانات)|مزید (?:خبریں|متعلقہ خبریں)|تازہ ترین خبریں|مقبول خبریں|اہم خبریں|related (?:articles?|posts?|stories|news|content|topics|reads)|more (?:news|stories|from this section)|you (?:may|might) also (?:like|be interested in)|recommended(?: for you| stories)?|most (?:read|popular|viewed)|trending(?: now| news)?|latest (?:news|stories)|editor'?s picks?|editors’ picks?)"  # fmt: skip


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
          r"(?:follow|join|find|like) us (?:on|at)\b.{0,100}|follow us|follow (?:.{1,40} )?on (?:facebook|twitter|x|whatsapp|instagram|youtube|google news)\b.{0,60}|"
          r"(?:ہمیں|ہم کو) .{0,60}(?:فالو|لائک|جوائن) (?:کریں|کیجیے|کیجئے).{0,40}|"
          r"(?:ہمارا|ہمارے) (?:واٹس ایپ|یوٹیوب|ٹیلی گرام).{0,60}(?:جوائن|سبسکرائب|فالو) (?:کریں|کیجیے|کیجئے).{0,20}",
          "Advertises the newsroom's channels.", "Follow us on Facebook and X"),
    _rule("subscribe", Action.LINE,
          r"subscribe|(?:subscribe|sign up)\b.{0,60}\b(?:newsletters?|channel|updates|alerts|notifications|inbox|youtube)\b[^,،]{0,60}|"
          r".{0,40}سبسکرائب (?:کریں|کیجیے|کیجئے).{0,40}",
          "Advertises the newsletter.", "Subscribe to our newsletter for daily updates"),
    _rule("cookies", Action.LINE,
          r"(?:we use cookies|(?:this|our) (?:web ?)?site uses cookies|by continuing to (?:browse|use) (?:this|our|the) (?:web ?)?site).{0,200}|accept (?:all )?cookies",
          "The cookie notice.", "We use cookies to improve your experience."),
    _rule("advertisement", Action.LINE,
          r"advertise?ments?|ad|ads|sponsored(?: content)?|story continues below(?: this ad(?:vertisement)?)?|اشتہار(?:ات)?",
          "Marks the place of an advertisement.", "ADVERTISEMENT"),
    _rule("desk", Action.HEAD, _DESK, "A byline without a name.", "ویب ڈیسک"),
)  # fmt: skip
