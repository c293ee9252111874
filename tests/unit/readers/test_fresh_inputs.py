"""Files as strangers have them, written before they were ever read: what a person would say they are."""

from __future__ import annotations

import json
from datetime import date

import pytest

from index.documents import Document

P = "محکمہ موسمیات کے مطابق تھر کے ریگستان میں گزشتہ روز تیز بارش ہوئی جس سے کئی گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی شروع کر دی ہے۔"
Q = "ضلعی انتظامیہ نے بتایا کہ امدادی کیمپ قائم کر دیے گئے ہیں اور متاثرین کو خوراک اور خیمے فراہم کیے جا رہے ہیں جبکہ سڑکیں بھی کھولی جا رہی ہیں۔"
H = "تھر میں بارش سے کئی گاؤں زیر آب"
E1 = "The provincial government said on Tuesday that two hundred schools would be built in the districts that the floods had reached last summer."
E2 = "Teachers welcomed the plan but asked for the salaries of three months that are still outstanding, and said they would wait until Friday."
EH = "Two hundred schools to be built"
DAY = date(2024, 3, 5)
UR, EN = (H, f"{P}\n\n{Q}", DAY), (EH, f"{E1}\n\n{E2}", DAY)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


SCRAPED = {
    "camel case and paragraphs": ("a.json", _json([{"link": "https://a.example/1", "headLine": H, "pubdate": "05 مارچ 2024", "articlesBody": [P, Q]}]), UR),
    "a long form of the day": ("a.csv", f'URL,Headline,Description,Publication Date,Author(s)\nhttps://a.example/1,{EH},"{E1}\n\n{E2}","Tue, Mar 5, 2024, 10:00 AM",A. Khan\n', EN),
    "fields in fields": ("a.json", _json({"count": 1, "results": [{"webTitle": EH, "webPublicationDate": "2024-03-05T10:00:00Z", "fields": {"bodyText": f"{E1}\n\n{E2}", "trailText": "x"}}]}), EN),
    "docs of a response": ("a.json", _json({"response": {"docs": [{"headline": {"main": EH}, "abstract": E1, "pub_date": "2024-03-05T10:00:00+0000", "lead_paragraph": f"{E1}\n\n{E2}"}]}}), EN),
    "as Python prints a day": ("a.jsonl", f"{{'title': '{H}', 'text': ['{P}', '{Q}'], 'date': datetime.datetime(2024, 3, 5, 10, 0)}}\n", UR),
    "as Python prints a day of a zone": ("a.jsonl", f"{{'title': '{H}', 'text': ['{P}', '{Q}'], 'date': datetime.datetime(2024, 3, 5, 10, 0, tzinfo=datetime.timezone.utc), '_id': ObjectId('5f1d')}}\n", UR),
    "as pandas prints a day": ("a.jsonl", f"{{'title': '{H}', 'text': ['{P}', '{Q}'], 'date': Timestamp('2024-03-05 10:00:00')}}\n", UR),
    "results of a news service": ("a.json", _json({"articles": {"results": [{"uri": "77", "lang": "urd", "dateTimePub": "2024-03-05T10:00:00Z", "title": H, "body": f"{P}\n\n{Q}"}]}}), UR),
    "an index of pandas, and Unix time": ("a.csv", f'Unnamed: 0,title,content,category,time\n0,{H},"{P}\n\n{Q}",موسم,1709640000\n', UR),
    "posts of a database": ("a.json", _json({"posts": [{"post_title": H, "post_content": f"<!-- wp:paragraph --><p>{P}</p><!-- /wp:paragraph --><p>{Q}</p>", "post_date": "2024-03-05 10:00:00"}]}), UR),
    "an object for the day": ("a.json", _json({"title": H, "paragraphs": [{"text": P}, {"text": Q}], "publish": {"date": "2024-03-05", "by": "x"}}), UR),
    "days with two digits": ("a.csv", f"id;title;text;date\n1;{EH};{E1}<br><br>{E2};05-03-24\n2;x;{E2};31-03-24\n", EN),
}  # fmt: skip
PAGES = {
    "names of a theme": (f"<title>صبح نو | {H}</title><div id=top><span>منگل 28 نومبر 2026</span></div><div class=story><h2 class=story__title>{H}</h2><span class=story__time>شائع 05 مارچ 2024 10:30am</span><div class=story__content><p>{P}</p><p>{Q}</p></div></div><div class=cmt><p>تبصرے</p></div>", UR),
    "a page builder": (f"<title>{EH}</title><meta property=article:published_time content=2024-03-05T10:00:00+05:00><div class=elementor-widget-theme-post-content><p>{E1}</p><p>{E2}</p><p><strong>Also Read: </strong><a href=/x>Another story of the day</a></p></div>", EN),
    "a table of 1999": (f"<body><table width=100%><tr><td><img src=logo.gif></td></tr><tr><td width=20%><a href=a>Home</a><br><a href=b>Sports</a></td><td><font size=5>{EH}</font><p><font size=2>March 05, 2024</font><p>{E1}<p>{E2}</td></tr></table>", EN),
    "a report with its data": (f"<title>{H} - مثال اردو</title><script type=application/ld+json>{_json({'@type': 'ReportageNewsArticle', 'headline': H, 'datePublished': '2024-03-05T10:00:00Z'})}</script><main><h1>{H}</h1><figure><img><figcaption>تصویر کا ذریعہ Getty</figcaption></figure><p>{P}</p><p>{Q}</p><section><h2>اسی بارے میں</h2><ul><li><a href=/2>دوسری خبر</a></li></ul></section></main>", UR),
    "a day of the moon": (f"<h1>{H}</h1><p>اشاعت کی تاریخ: ۲۴ شعبان ۱۴۴۵ھ</p><p>{P}</p><p>{Q}</p>", UR),
    "a live blog": (f"<article class=liveblog><h1>Floods: live updates</h1><div class=entry><time datetime=2024-03-05T10:00>10:00</time><h3>{EH}</h3><p>{E1}</p></div><div class=entry><time datetime=2024-03-05T11:00>11:00</time><h3>Army called</h3><p>{E2}</p></div></article>",
                    ("Floods: live updates", f"{EH}\n\n{E1}\n\nArmy called\n\n{E2}", DAY)),
}  # fmt: skip
DUMPED = {
    "a post with its resources": ("a.json", _json([{"id": 12, "date": "2024-03-05T10:00:00", "title": {"rendered": EH}, "content": {"rendered": f'<p>{E1}</p>[gallery ids="1,2"]<p>{E2}</p>'}, "author": 3, "tags": [7, 8], "_embedded": {"author": [{"id": 3, "name": "A. Khan"}], "wp:term": [[{"id": 5, "name": "Weather"}], [{"id": 7, "name": "Thar"}]]}}]), EN),
    "an archive of short messages": ("a.json", "window.YTD.tweets.part0 = " + _json([{"tweet": {"id_str": "17", "full_text": f"{H}\n\n{P}\n\n{Q}", "created_at": "Tue Mar 05 10:00:00 +0000 2024"}}]), UR),
    "posts in a list of one": ("a.json", json.dumps([{"timestamp": 1709640000, "data": [{"post": f"{H}\n\n{P}\n\n{Q}".encode().decode("latin-1")}]}]), UR),
    "typed blocks in the state of a page": ("a.json", _json({"props": {"pageProps": {"article": {"title": H, "body": [{"type": "p", "text": P}, {"type": "p", "text": Q}], "publishDate": "2024-03-05"}}}}), UR),
    "elements of a content": ("a.json", _json({"headlines": {"basic": H}, "content_elements": [{"type": "text", "content": f"<p>{P}</p>"}, {"type": "image", "caption": "x"}, {"type": "text", "content": f"<p>{Q}</p>"}], "display_date": "2024-03-05T10:00:00Z"}), UR),
    "a day of .NET": ("a.json", _json({"news": [{"newsTitle": H, "newsDetail": f"<p>{P}</p><p>{Q}</p>", "newsDate": "/Date(1709640000000)/"}]}), UR),
    "a chat": ("a.txt", f"04/03/2024, 10:00 - Messages are encrypted.\n05/03/2024, 10:01 - مثال نیوز: *{H}*\n{P}\n\n{Q}\n25/03/2024, 11:00 - مثال نیوز: *{EH}*\n{E1}\n26/03/2024, 11:05 - مثال نیوز: <Media omitted>\n", UR),
    "a backup of a blog": ("a.xml", f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><title>مثال</title><entry><id>s</id><category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#settings'/><title>x</title><content type='text'>y</content></entry><entry><id>p</id><published>2024-03-05T10:00:00Z</published><category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#post'/><title>{H}</title><content type='html'>&lt;p&gt;{P}&lt;/p&gt;&lt;p&gt;{Q}&lt;/p&gt;</content></entry></feed>", UR),
    "news of an agency": ("a.xml", f"<?xml version='1.0'?><newsItem xmlns='http://iptc.org/std/nar/2006-10-01/' guid='urn:x:1'><itemMeta><versionCreated>2024-03-05T10:00:00Z</versionCreated></itemMeta><contentMeta><headline>{H}</headline></contentMeta><contentSet><inlineXML><html xmlns='http://www.w3.org/1999/xhtml'><body><p>{P}</p><p>{Q}</p></body></html></inlineXML></contentSet></newsItem>", UR),
    "a day that is said twice": ("a.xml", f"<?xml version='1.0'?><TEI xmlns='http://www.tei-c.org/ns/1.0'><teiHeader><fileDesc><titleStmt><title>{H}</title></titleStmt><publicationStmt><date when='2024-03-05'>5 March</date></publicationStmt></fileDesc></teiHeader><text><body><p>{P}</p><p>{Q}</p></body></text></TEI>", UR),
    "a day without signs": ("a.html", f"<html><meta name=pubdate content=20240305><h1>{H}</h1><p>{P}</p><p>{Q}</p></html>", UR),
    "a page to print": ("a.html", f"<html><title>مثال نیوز</title><body><b>{H}</b><br>مورخہ 5 مارچ 2024<br><br>{P}<br><br>{Q}<br><br>Source URL: https://a.example/1</body></html>", UR),
    "a headline in the middle": ("a.html", f"<html><title>{H}</title><body><center><font size=6>{H}</font></center><font>5 مارچ 2024<br><br>{P}<br><br>{Q}</font><hr><a href=/>Home</a></body></html>", UR),
}  # fmt: skip
TEXTS = {
    "a newspaper below": ("a.txt", f"{H}\n\n{P}\n\n{Q}\n\nروزنامہ صبح نو، 5 مارچ 2024ء", UR),
    "a cry above": ("a.txt", f"BREAKING NEWS\n\n{EH}\n\nBy A. Khan | Published March 5, 2024 | Updated March 7, 2024\n\n{E1}\n\n{E2}", EN),
    "a cry in Urdu": ("a.txt", f"بریکنگ نیوز\n{H}\n\nویب ڈیسک 5 مارچ 2024\n\n{P}\n\n{Q}", UR),
    "two calendars": ("a.txt", f"تاریخ: ۲۴ شعبان المعظم ۱۴۴۵ھ بمطابق ۵ مارچ ۲۰۲۴ء\n\n{H}\n\n{P}\n\n{Q}", UR),
    "UTF-16": ("a.txt", f"{H}\n\n5 مارچ 2024\n\n{P}\n\n{Q}".encode("utf-16"), UR),
    "mojibake": ("a.txt", f"{H}\n\n5 مارچ 2024\n\n{P}\n\n{Q}".encode().decode("latin-1").encode(), UR),
    "a bad byte": ("a.txt", f"{H}\n\n5 مارچ 2024\n\n{P}\n\n".encode() + b"\xff" + Q.encode(), (H, f"{P}\n\n\ufffd{Q}", DAY)),
    "a day that is the subject": ("a.txt", f"یوم پاکستان\n\n23 مارچ 1940ء کو لاہور میں قرارداد منظور ہوئی۔ {P}", ("یوم پاکستان", f"23 مارچ 1940ء کو لاہور میں قرارداد منظور ہوئی۔ {P}", None)),
    "a feed with short years": ("a.xml", f"<?xml version='1.0'?><rss version='2.0'><channel><title>صبح نو</title><item><title><![CDATA[{H}]]></title><pubDate>Tue, 05 Mar 24 10:00:00 +0500</pubDate><description><![CDATA[<p>{P}</p><p>{Q}</p>]]></description></item></channel></rss>", UR),
    "a mail passed on": ("a.eml", f"From: d@a.example\nSubject: Fwd: RE: {EH}\nDate: Tue, 05 Mar 24 10:00:00 +0500\nContent-Type: text/plain\n\n{E1}\n\n{E2}\n", EN),
    "a mail in HTML": ("a.eml", f"From: d@a.example\nSubject: {H}\nDate: Tue, 05 Mar 24 10:00 PKT\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>{P}</p><p>{Q}</p>", UR),
    "a mailing list of Urdu": ("a.eml", f"From: d@a.example\nSubject: {H}\nDate: 5 مارچ 2024\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{P}\n\n{Q}", UR),
}  # fmt: skip
INPUTS = (
    SCRAPED
    | {name: ("a.html", f"<html>{page}", right) for name, (page, right) in PAGES.items()}
    | TEXTS
    | DUMPED
)


@pytest.mark.parametrize("name", INPUTS)
def test_it_is_what_a_person_would_say(read, name: str) -> None:
    file, content, right = INPUTS[name]
    doc = next(item for item in read(file, content) if isinstance(item, Document))
    assert (doc.title, doc.body, doc.date) == right


def test_resources_beside_a_post_name_its_author_and_tags(one) -> None:
    doc = one(*DUMPED["a post with its resources"][:2])
    assert (doc.extra["author"], doc.tags) == ("A. Khan", ("Weather", "Thar"))


@pytest.mark.parametrize(
    ("given", "author"),
    [
        ({"authors": ["احمد خان", "علی"]}, "احمد خان، علی"),
        ({"author": {"name": "احمد خان", "id": 4}}, "احمد خان"),
        ({"credits": {"by": [{"name": "احمد خان"}]}}, "احمد خان"),
        ({"رپورٹر": "احمد خان"}, "احمد خان"),
        ({"byline": "احمد خان"}, "احمد خان"),
    ],
)
def test_who_wrote_it_is_found_under_one_name(one, given: dict[str, object], author: str) -> None:
    assert one("a.json", _json({"title": H, "text": P, **given})).extra["author"] == author


def test_the_messages_of_a_chat_and_what_is_none(read) -> None:
    first, second, *notes = read(*DUMPED["a chat"][:2])
    assert (first.source, second.title, second.body, second.date) == ("مثال نیوز", EH, E1, date(2024, 3, 25))  # fmt: skip
    assert ["2 lines" in note.reason for note in notes] == [True]


def test_the_languages_of_elements(read) -> None:
    urdu, english = read("a.xml", f"<?xml version='1.0'?><articles><article id='1'><title xml:lang='ur'>{H}</title><title xml:lang='en'>{EH}</title><body xml:lang='ur'>{P}</body><body xml:lang='en'>{E1}</body></article></articles>")  # fmt: skip
    assert (urdu.title, urdu.body, urdu.lang) == (H, P, "ur")
    assert (english.title, english.body, english.lang) == (EH, E1, "en")


def test_fields_by_language_in_fields(read) -> None:
    urdu, english = read("a.json", _json({"items": [{"sys": {"id": "x"}, "fields": {"title": {"ur-PK": H, "en-US": EH}, "body": {"ur-PK": P, "en-US": E1}}}]}))  # fmt: skip
    assert (urdu.body, english.body) == (P, E1)
