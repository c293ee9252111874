"""Mail that was passed on: the message in it is the article, with its own sender, day and subject."""

from __future__ import annotations

from datetime import date

import pytest

from index.documents import SAME_PAGE, Document

H = "تھر میں بارش سے کئی گاؤں زیر آب"
P = "محکمہ موسمیات کے مطابق تھر کے ریگستان میں گزشتہ روز تیز بارش ہوئی جس سے کئی گاؤں زیر آب آگئے اور لوگوں نے نقل مکانی شروع کر دی ہے۔"
Q = "ضلعی انتظامیہ نے بتایا کہ امدادی کیمپ قائم کر دیے گئے ہیں اور متاثرین کو خوراک اور خیمے فراہم کیے جا رہے ہیں جبکہ سڑکیں بھی کھولی جا رہی ہیں۔"
TEXT = f"{P}\n\n{Q}"
DESK = "روزنامہ مثال <desk@misal.example>"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


GMAIL = f"From: {DESK}\nDate: Tue, Mar 5, 2024 at 10:00 AM\nSubject: {H}\nTo: A. Khan <khan@a.example>, A Second\n Reader <x@y.example>\n\n\n{TEXT}"
PLAIN = {
    "Gmail": f"---------- Forwarded message ---------\n{GMAIL}",
    "in Urdu": f"---------- فارورڈ کردہ پیغام ---------\nمنجانب: {DESK}\nتاریخ: منگل، 5 مارچ، 2024 کو 10:00 AM بجے\nموضوع: {H}\nبنام: <a@b.example>\n\n{TEXT}",
    "Outlook": f"-----Original Message-----\nFrom: روزنامہ مثال [mailto:desk@misal.example]\nSent: Tuesday, March 5, 2024 10:00 AM\nTo: A. Khan; B. Ali\nSubject: RE: {H}\n\n{TEXT}",
    "a newer Outlook": f"________________________________\nFrom: {DESK}\nSent: 05 March 2024 10:00\nTo: A. Khan\nSubject: {H}\n\n{TEXT}",
    "Outlook in Urdu": f"________________________________\nاز: {DESK}\nارسال کردہ: منگل، 5 مارچ، 2024\nبنام: A. Khan\nموضوع: {H}\n\n{TEXT}",
    "Thunderbird": f"-------- Forwarded Message --------\nSubject: \t{H}\nDate: \tTue, 5 Mar 2024 10:00:00 +0500\nFrom: \t{DESK}\nTo: \tkhan@a.example\n\n\n{TEXT}",
    "quoted": quoted(f"---------- Forwarded message ---------\n{GMAIL}"),
    "Apple": "Begin forwarded message:\n\n" + quoted(f"From: {DESK}\nSubject: {H}\nDate: 5 March 2024 at 10:00:00 AM GMT+5\nTo: A. Khan\n\n{TEXT}"),
    "in bold": f"---------- Forwarded message ---------\n*From:* {DESK}\n*Date:* 5 March 2024\n*Subject:* {H}\n\n{TEXT}",
    "twice": f"---------- Forwarded message ---------\nFrom: B <b@b.example>\nDate: Wed, Mar 6, 2024 at 10:00 AM\nSubject: Fwd: {H}\nTo: <c@c.example>\n\n---------- Forwarded message ---------\n{GMAIL}",
}  # fmt: skip
MARKUP = {
    "Gmail": f'<div dir="ltr"><br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: <strong>روزنامہ مثال</strong> <span>&lt;<a href="mailto:desk@misal.example">desk@misal.example</a>&gt;</span><br>Date: Tue, Mar 5, 2024 at 10:00 AM<br>Subject: {H}<br>To: &lt;khan@a.example&gt;<br></div><br><br><p>{P}</p><p>{Q}</p></div></div>',
    "Outlook": f"<div><p><b>From:</b> روزنامہ مثال &lt;desk@misal.example&gt;<br><b>Sent:</b> Tuesday, March 5, 2024 10:00 AM<br><b>To:</b> A. Khan<br><b>Subject:</b> {H}</p></div><p>{P}</p><p>{Q}</p>",
    "Thunderbird": f"<div>-------- Forwarded Message --------<table><tr><th>Subject: </th><td>{H}</td></tr><tr><th>Date: </th><td>Tue, 5 Mar 2024 10:00:00 +0500</td></tr><tr><th>From: </th><td>روزنامہ مثال &lt;desk@misal.example&gt;</td></tr></table><br><p>{P}</p><p>{Q}</p></div>",
}  # fmt: skip


def message(text: str, kind: str = "plain", subject: str = f"Fwd: {H}") -> bytes:
    head = f"From: A. Khan <khan@a.example>\nTo: b@b.example\nSubject: {subject}\nDate: Fri, 08 Mar 2024 10:00:00 +0500\n"
    how = f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}{how}\n{text}\n".encode()


@pytest.mark.parametrize("above", ["", "FYI\n\nRegards,\nKhan\n\n"], ids=["bare", "with a word"])
@pytest.mark.parametrize("program", PLAIN)
def test_what_was_passed_on_is_the_article(one, program: str, above: str) -> None:
    doc = one("a.eml", message(f"{above}{PLAIN[program]}"))
    assert (doc.title, doc.body) == (H, TEXT)
    assert (doc.date, doc.source) == (date(2024, 3, 5), "روزنامہ مثال")
    assert "desk@misal.example" in doc.extra["author"]
    if above:
        assert doc.extra["forwarded with"] == "FYI\n\nRegards,\nKhan"


@pytest.mark.parametrize("program", MARKUP)
def test_so_it_is_in_html(one, program: str) -> None:
    doc = one("a.eml", message(MARKUP[program], "html"))
    assert (doc.title, doc.body, doc.date) == (H, TEXT, date(2024, 3, 5))
    assert doc.extra["forwarded by"] == '"A. Khan" <khan@a.example>'


def test_who_passed_it_on_and_as_what_is_kept(one) -> None:
    doc = one("a.eml", message(PLAIN["Gmail"], subject="ضرور پڑھیں"))
    assert doc.title == H
    assert doc.extra["forwarded as"] == "ضرور پڑھیں"
    assert doc.extra["forwarded on"].startswith("Fri, 08 Mar 2024")


def test_a_day_that_is_not_said_is_that_of_the_message_around(one) -> None:
    text = PLAIN["Gmail"].replace("Tue, Mar 5, 2024 at 10:00 AM", "yesterday")
    assert one("a.eml", message(text)).date == date(2024, 3, 8)


def test_an_answer_and_what_it_answers_are_two_articles(read) -> None:
    answer = f"اس خبر پر ایک وضاحت ضروری ہے کیونکہ اس میں کئی باتیں درست نہیں۔ {Q}\n\n{Q}"
    text = f"{answer}\n\nOn Tue, 5 Mar 2024 at 10:00, {DESK} wrote:\n\n{quoted(TEXT)}\n"
    first, second = read("a.eml", message(text, subject=f"Re: {H}"))
    assert (first.title, first.body, first.date, first.source) == (H, answer, date(2024, 3, 8), "A. Khan")  # fmt: skip
    assert (second.title, second.body, second.date, second.source) == (H, TEXT, date(2024, 3, 5), "روزنامہ مثال")  # fmt: skip
    assert first.extra[SAME_PAGE] == [second.id]


@pytest.mark.parametrize(
    "text",
    [
        f"From: the first day of the rains\n\n{TEXT}",
        f"{P}\n\nموضوع: بارش\n\n{Q}",
        f"Original message of the minister:\n\n{TEXT}",
        f"{P}\n\n---------- Forwarded message ---------",
    ],
)
def test_other_mail_is_whole(one, text: str) -> None:
    doc = one("a.eml", message(text))
    assert (doc.date, doc.source) == (date(2024, 3, 8), "A. Khan")
    assert P in doc.body
    assert "forwarded by" not in doc.extra


def test_a_message_passed_on_a_thousand_times(read) -> None:
    head = "---------- Forwarded message ---------\nFrom: d@misal.example\nDate: Tue, 5 Mar 2024\nSubject: Rain\n\n"
    raw = "From: a@b.example\nSubject: Fwd\n\n" + f"{head}تھر میں بارش ہوئی۔\n\n" * 5_000
    (doc,) = (each for each in read("a.eml", raw) if isinstance(each, Document))
    assert (doc.title, doc.date) == ("Rain", date(2024, 3, 5))
