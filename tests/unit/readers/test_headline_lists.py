"""A list of headlines is no article; other texts of short lines are."""

from __future__ import annotations

import textwrap

import pytest

from index.readers.noise.headlines import headlines_alone

URDU = """تھر میں بارش سے کئی گاؤں زیر آب
وزیراعظم کی چین کے صدر سے ملاقات
کراچی میں پانی کی قلت شدید ہوگئی
سپریم کورٹ نے درخواست مسترد کر دی
ڈالر کی قیمت میں مزید اضافہ
پی ایس ایل کا شیڈول کب جاری ہوگا؟ تاریخ سامنے آگئی
لاہور میں سموگ کی شدت برقرار
گندم سستی ہونے کا امکان
پولیو مہم کا آغاز آج سے ہوگا
طلبہ یونینز کی بحالی کا مطالبہ
بجلی کے نرخ بڑھانے کی منظوری
افغان سرحد پر تجارت بحال"""
ENGLISH = """Rain floods several Thar villages
PM meets Chinese president in Beijing
Karachi water shortage worsens
Supreme Court rejects plea of St. Mary school
Dollar rises further against rupee
PSL schedule announced
Smog persists in Lahore
Wheat prices likely to fall
Polio drive begins today
Students demand unions be restored
Power tariff hike approved
Trade resumes at Afghan border"""


@pytest.mark.parametrize("text", [URDU, ENGLISH], ids=["ur", "en"])
@pytest.mark.parametrize(
    "written",
    [
        lambda lines: "\n".join(lines),
        lambda lines: "\n\n".join(lines),
        lambda lines: "\n".join(f"• {line}" for line in lines),
        lambda lines: "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)),
        lambda lines: "Today 7 January 2026\n\n" + "\n".join(lines),
        lambda lines: "\n\n".join(f"خاص خبر:\n{line}" for line in lines),
        lambda lines: "\n\n".join(f"بڑی خبر؛\n{line}" for line in lines),
    ],
    ids=["lines", "paragraphs", "bullets", "numbers", "head", "kickers", "kickers of Urdu"],
)
def test_a_list_of_headlines_is_no_article(read, text: str, written) -> None:
    (skipped,) = read("a.txt", written(text.split("\n")))
    assert "a list of 1" in skipped.reason


def test_headlines_that_speak_or_go_on_are_some_among_many(read) -> None:
    lines = URDU.split("\n")
    lines[3] = "ہم مذاکرات کے لیے تیار ہیں، وزیر خارجہ"
    lines[7] = "کوئی بھی قانون سے بالاتر نہیں ہے"
    (skipped,) = read("a.txt", "\n".join(lines))
    assert "a list of 12 headlines" in skipped.reason


def test_headlines_of_two_lines_each(read) -> None:
    lines = (textwrap.fill(line, 22) for line in URDU.split("\n"))
    (skipped,) = read("a.txt", "\n\n".join(lines))
    assert "a list of 12 headlines" in skipped.reason


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.md", lambda lines: "# Today\n\n" + "\n".join(f"- [{line}](https://a.example/)" for line in lines)),
        ("a.html", lambda lines: "<html><body><h1>Today</h1>" + "".join(f"<p>{line}</p>" for line in lines)),
    ],
)  # fmt: skip
def test_in_other_formats(read, name: str, written) -> None:
    (skipped,) = read(name, written(ENGLISH.split("\n")))
    assert "headlines" in skipped.reason


LINKS = "".join(f"<li><a href='/news/{i}'>{line}</a></li>" for i, line in enumerate(URDU.split("\n")))  # fmt: skip
CARDS = "".join(f"<article><a href='/news/{i}'><img src=x></a><h3><a href='/news/{i}'>{line}</a></h3><span>2 گھنٹے پہلے</span></article>" for i, line in enumerate(URDU.split("\n")))  # fmt: skip
TOLD = "محکمہ موسمیات کے مطابق تھر کے ریگستان میں گزشتہ روز تیز بارش ہوئی جس سے کئی گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی کی۔"
TEASERS = "".join(f"<article><h2><a href='/news/{i}'>{line}</a></h2><p>{TOLD} {i}</p></article>" for i, line in enumerate(URDU.split("\n")))  # fmt: skip
MENU = "<nav><a href=/p>پاکستان</a> <a href=/d>دنیا</a> <a href=/k>کھیل</a></nav>"


@pytest.mark.parametrize(
    "main",
    [
        f"<h1>پاکستان</h1><ul>{LINKS}</ul>",
        f"<h1>پاکستان</h1>{LINKS.replace('li>', 'p>')}",
        f"<main><h1>پاکستان کی تازہ ترین خبریں</h1>{CARDS}</main>",
        f"<main>{CARDS}</main>",
        f"<h1>پاکستان</h1>{TEASERS}",
        f"<h1>پاکستان</h1>{TEASERS.replace('<article', '<div class=post').replace('article>', 'div>')}",
    ],
    ids=["list", "paragraphs", "cards", "front page", "teasers", "posts"],
)
def test_a_section_page_is_no_article(read, main: str) -> None:
    (skipped,) = read("a.html", f"<html><title>پاکستان - مثال</title><body>{MENU}{main}</body></html>")  # fmt: skip
    assert "a list of 12 headlines" in skipped.reason


@pytest.mark.parametrize(
    ("head", "below"),
    [
        ("<meta property='og:type' content='article'>", ""),
        ("<script type='application/ld+json'>{'@type': 'NewsArticle'}</script>".replace("'", '"'), ""),
        ("", "<p>5 مارچ 2024</p>"),
        ("", f"<p>{TOLD}</p>"),
        ("", f"<p>{TOLD}</p>{TEASERS}"),
    ],
    ids=["type", "data", "day", "a short text", "a short text above teasers"],
)  # fmt: skip
def test_an_article_with_links_below_is_one(one, head: str, below: str) -> None:
    title = "وادی نیلم میں برفانی تودہ گر گیا"
    page = f"<html><head><title>{title}</title>{head}</head><body>{MENU}<h1>{title}</h1>{below}<ul>{LINKS}</ul></body></html>"
    doc = one("a.html", page)
    assert doc.title == title
    assert not any(line in doc.body for line in URDU.split("\n"))


VERSE = """لب پہ آتی ہے دعا بن کے تمنا میری
زندگی شمع کی صورت ہو خدایا میری
دور دنیا کا مرے دم سے اندھیرا ہو جائے
ہر جگہ میرے چمکنے سے اجالا ہو جائے
ہو مرے دم سے یوں ہی میرے وطن کی زینت
جس طرح پھول سے ہوتی ہے چمن کی زینت
زندگی ہو مری پروانے کی صورت یا رب
علم کی شمع سے ہو مجھ کو محبت یا رب
ہو مرا کام غریبوں کی حمایت کرنا
دردمندوں سے ضعیفوں سے محبت کرنا
مرے اللہ برائی سے بچانا مجھ کو
نیک جو راہ ہو اس رہ پہ چلانا مجھ کو"""
POEM = """I wandered lonely as a cloud
That floats on high o'er vales and hills
When all at once I saw a crowd
A host of golden daffodils
Beside the lake beneath the trees
Fluttering and dancing in the breeze
Continuous as the stars that shine
And twinkle on the milky way
They stretched in never-ending line
Along the margin of a bay
Ten thousand saw I at a glance
Tossing their heads in sprightly dance"""
UNRHYMED = """رات کے پچھلے پہر کی خاموشی
دور کہیں ایک ریل گاڑی گزرتی ہے
میں کھڑکی سے لگا سوچتا ہوں
وہ شہر جہاں ہم ملے تھے
اب کسی نقشے پر نہیں ملتا
گلیوں میں دھوپ سوئی ہوئی ہے
اور پرانی حویلی کے دروازے پر
ایک زنگ آلود تالا لٹک رہا ہے
بچپن کی کوئی آواز
سیڑھیوں سے اتر کر
میرے کمرے تک آتی ہے
پھر لوٹ جاتی ہے"""
OF_THINGS = """نیا شہر پرانی دیواریں
بارش میں بھیگتا اسٹیشن
چائے کی پیالی سے اٹھتی بھاپ
اجنبی چہروں کا ہجوم
گمشدہ خطوں کی الماری
کہرے میں لپٹا پل
بس کی آخری نشست پر
سویا ہوا ایک مزدور
دیوار پر مدھم اشتہار
ٹوٹی ہوئی چپل کا نشان
خواب کا کرایہ نامہ
اور صبح کی پہلی اذان"""
ADDRESSED = """اے مرے دیس کے لوگو
کب تلک خواب بیچو گے
کھیت سوکھے پڑے ہیں
نہریں ریت سے بھر گئیں
حاکموں نے محل بنا لیے
قلم بکنے لگے بازاروں میں
منصفوں کی زبان گنگ ہوئی
چوک پر بھوک ناچتی ہے
کوئی منصور نہیں اٹھتا
کوئی سقراط نہیں پیتا زہر
صبح کا ستارہ بجھ گیا
اندھیرا گہرا ہو رہا ہے"""
FREE_VERSE = """The fog comes in from the harbour
over the roofs of the fishing town
a woman closes her shutters
counting the boats that are home
Two of them missing
the lamp burns all night
In the morning the gulls return
white letters on grey paper
nobody reads them aloud
The sea has nothing to add
only its long slow grammar"""
OF_SHORT_SENTENCES = """Old houses remember rain
Wooden stairs keep a thousand footsteps
Dust settles on the harmonium
Grandmother folds the afternoon into squares
Sparrows argue under the eaves
Light walks slowly across the floor
Someone left a letter unfinished
Ink dries faster than grief
The mango tree flowered twice
Nothing was ever thrown away
Doors open to other doors"""
IN_LATIN_LETTERS = """Raat ke pichle pehar ki khamoshi
Door kahin ek rail gari guzarti hai
Main khirki se laga sochta hun
Wo shehar jahan hum mile thay
Ab kisi naqshe par nahin milta
Galiyon mein dhoop soi hui hai
Aur purani haveli ke darwaze par
Ek zang aalood tala latak raha hai
Bachpan ki koi awaz
Seerhiyon se utar kar
Mere kamre tak aati hai
Phir laut jati hai"""
PROSE = """زیتون کے تیل کے بارے میں یہ سمجھا جاتا ہے کہ یہ تیل قدرتی طور پر کولیسٹرول سے
پاک ہوتا ہے اور زیتون کا تیل انسانی صحت کے لیے کولیسٹرول والے تیل سے بہتر ہوتا ہے
ماہرین کے مطابق زیتون کے تیل کا استعمال کولیسٹرول کو ختم کر سکتا ہے اور صحت
بہتر ہوتی ہے اسی وجہ سے لوگ زیتون کا تیل استعمال کرتے ہیں اور ماہرین کے مطابق
زیتون کے تیل کی قدرتی خوشبو استعمال سے پہلے پرکھی جاتی ہے تاکہ تیل خالص ہوتا
ہے یا نہیں اس کا ماہرین کو علم ہو سکتا ہے کہ استعمال ہونے والا تیل قدرتی ہے
کولیسٹرول کے مریضوں کے لیے زیتون کا تیل ماہرین کے مطابق بہتر سمجھا جاتا ہے
تیل کی قدرتی رنگت سے بھی ماہرین پہچان لیتے ہیں کہ زیتون خالص ہوتا ہے یا نہیں
لوگ زیتون کا تیل کھانے میں استعمال کرتے ہیں اور صحت بہتر ہوتی ہے یہی سمجھا جاتا
ہے مگر ماہرین کے مطابق زیتون کے تیل کا زیادہ استعمال قدرتی طور پر بہتر نہیں ہوتا
اور کولیسٹرول کے مریض زیتون کا تیل ماہرین کے مشورے سے استعمال کرتے ہیں"""


@pytest.mark.parametrize(
    "text",
    [
        VERSE,
        VERSE.replace("\n", "\n\n"),
        POEM,
        UNRHYMED,
        OF_THINGS,
        ADDRESSED,
        FREE_VERSE,
        OF_SHORT_SENTENCES,
        IN_LATIN_LETTERS,
        PROSE,
        "\n".join(f"آٹا {number} کلو کا تھیلا {number * 130} روپے میں" for number in range(1, 15)),
        "\n".join(f"{name}: {name} ٹیم کے نئے کھلاڑی" for name in ["بابر", "رضوان", "شاہین", "شاداب", "حارث", "نسیم", "فخر", "امام", "صائم", "عباس", "عامر"]),
        "\n".join(["بابر اعظم کپتان", "محمد رضوان وکٹ کیپر", "شاہین شاہ آفریدی", "شاداب خان آل راؤنڈر"] * 4),
        "\n".join(f"{line}۔" for line in URDU.split("\n")),
        "\n".join([*URDU.split("\n"), "محکمہ موسمیات کے مطابق تھر میں بارش ہوئی۔ امدادی کیمپ قائم کیے گئے ہیں۔" * 8]),
        "\n".join(URDU.split("\n")[:8]),
    ],
    ids=["verse", "verse of paragraphs", "poem", "unrhymed", "of things", "addressed", "free verse", "short sentences", "Roman Urdu", "prose", "prices", "values", "squad", "sentences", "a story below", "few"],
)  # fmt: skip
def test_other_texts_of_short_lines_are_articles(one, text: str) -> None:
    assert headlines_alone(text) == 0
    assert one("a.txt", f"نئی خبر یہاں\n\n{text}").body
