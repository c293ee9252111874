"""The file behind an article: off unless a folder is named, nothing outside it, nothing that runs."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import Path

import containers
import newsroom
import pytest
from flask.testing import FlaskClient

from index.config import IndexConfig
from index.operations.build import rebuild
from search.live import LiveEngine
from web.http.app import create_app
from web.settings import Settings, WebConfig

PAGES = ["Roads are flooded in Karachi.", "The budget gives health more.", "Polio drive in Quetta."]


def message(title: str) -> bytes:
    mail = containers.mail(title, "The report is attached.")
    report = containers.pdf([f"Page of the {title}.", PAGES[0]])
    mail.add_attachment(report, maintype="application", subtype="pdf", filename="report.pdf")
    return mail.as_bytes()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder with a PDF, a page and a ZIP, and its index."""
    folder = tmp_path_factory.mktemp("originals")
    news = folder / "news"
    news.mkdir()
    (news / "report.pdf").write_bytes(containers.pdf(PAGES))
    (news / "story.html").write_text(
        "<html><title>Snow</title><p>Snow in Murree.<script>x()</script>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("in/mango.txt", "Mango harvest\n\nMangoes are cheap this year.")
    (news / "pack.zip").write_bytes(packed.getvalue())
    (news / "press.eml").write_bytes(message("Report of the hydrants"))
    sent = [message(title) for title in ("Report of the snow", "Report of the mangoes")]
    (news / "all.mbox").write_bytes(
        b"".join(b"From a@b.example Mon Sep 01 10:00:00 2025\n" + each + b"\n" for each in sent)
    )
    rebuild([news], IndexConfig(data_dir=folder / "index"), encoder=newsroom.Bilingual())
    return news, folder / "index"


def client(archive: tuple[Path, Path], *folders: Path) -> FlaskClient:
    settings = Settings(
        index=IndexConfig(data_dir=archive[1]), web=WebConfig(originals=tuple(folders))
    )
    engine = LiveEngine(settings.index, encoder=newsroom.Bilingual())
    return create_app(settings, engine).test_client()


def test_off_unless_a_folder_is_named(archive) -> None:
    browser = client(archive)
    assert browser.get("/documents/report.pdf/original").status_code == 404
    assert "/original" not in browser.get("/documents/report.pdf").text


def test_a_pdf_opens_at_the_page_of_the_search(archive) -> None:
    browser = client(archive, archive[0])
    page = browser.get("/documents/report.pdf?q=polio&mode=keyword").text
    assert 'href="/documents/report.pdf/original#page=3"' in page
    sent = browser.get("/documents/report.pdf/original")
    assert sent.data == (archive[0] / "report.pdf").read_bytes()
    assert sent.content_type == "application/pdf"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" not in sent.headers.get("Content-Disposition", "")


def test_a_list_of_results_names_the_page(archive) -> None:
    browser = client(archive)
    found = browser.get("/api/v1/search?q=polio&mode=keyword").get_json()["hits"]
    assert [(hit["id"], hit["snippet"]["page"]) for hit in found] == [("report.pdf", 3)]
    listed = browser.get("/?q=polio&mode=keyword&ui=ur").text
    assert '<bdi class="leaf" lang="ur">صفحہ 3</bdi>' in listed
    (snow,) = browser.get("/api/v1/search?q=murree&mode=keyword").get_json()["hits"]
    assert snow["snippet"]["page"] == 0
    assert "leaf" not in browser.get("/?q=murree&mode=keyword").text


def test_each_page_is_named_where_it_begins(archive) -> None:
    page = client(archive).get("/documents/report.pdf?q=polio&mode=keyword").text
    names = re.findall(r'class="label leaf"><bdi lang="en">(Page \d)</bdi>', page)
    assert names == ["Page 2", "Page 3"]  # all of the first is the headline
    assert page.index("Page 3") < page.index("<mark") < page.index("drive in Quetta")
    linked = client(archive, archive[0]).get("/documents/report.pdf?ui=ur").text
    assert '<a href="/documents/report.pdf/original#page=2">صفحہ 2</a>' in linked
    assert "leaf" not in client(archive).get("/documents/story.html").text


@pytest.mark.parametrize(
    ("attached", "title"),
    [
        ("press.eml/report.pdf", "Report of the hydrants"),
        ("all.mbox/2/report.pdf", "Report of the mangoes"),
    ],
)
def test_a_message_and_what_is_attached_lead_to_each_other(archive, attached, title) -> None:
    browser = client(archive)
    page = browser.get(f"/documents/{attached}").text
    assert "Attached to:" in page
    back = re.search(rf'href="(/documents/[^"]*)">{title}</a>', page)
    opened = browser.get(html.unescape(back[1])).text
    assert f"<title>{title} – Talash</title>" in opened
    assert "Attached to:" not in opened
    listed = opened[opened.index('id="attachments"') :]
    assert f'href="/documents/{attached}"' in listed


def test_a_web_page_is_saved_and_never_run(archive) -> None:
    sent = client(archive, archive[0]).get("/documents/story.html/original")
    assert sent.data.startswith(b"<html>")
    assert sent.content_type == "application/octet-stream"
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("raw", "shown_as"),
    [
        (b"\x89PNG\r\n\x1a\n scanned", "image/png"),
        (b"\xff\xd8\xff\xe0 scanned", "image/jpeg"),
        (b"<svg onload='x()'>", "application/octet-stream"),
        (b"II*\x00 scanned", "application/octet-stream"),  # TIFF, which few browsers show
    ],
)
def test_a_picture_is_shown_by_what_it_is_whatever_it_is_called(
    archive, tmp_path: Path, raw: bytes, shown_as: str
) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "page.txt").write_text("Scanned page\n\nPolio drive in Quetta.", encoding="utf-8")
    data = tmp_path / "index"
    rebuild([news], IndexConfig(data_dir=data), encoder=newsroom.Bilingual())
    (news / "page.txt").write_bytes(raw)
    sent = client((news, data), news).get("/documents/page.txt/original")
    assert sent.data == raw
    assert sent.content_type == shown_as
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    saved = sent.headers.get("Content-Disposition", "").startswith("attachment")
    assert saved == (shown_as == "application/octet-stream")


def test_a_packed_file_is_taken_out_of_its_archive(archive) -> None:
    sent = client(archive, archive[0]).get("/documents/pack.zip/in/mango.txt/original")
    assert sent.data.startswith(b"Mango harvest")
    assert "mango.txt" in sent.headers["Content-Disposition"]


def test_files_outside_the_folders_are_not_served(archive, tmp_path: Path) -> None:
    browser = client(archive, tmp_path)
    answer = browser.get("/documents/report.pdf/original")
    assert answer.status_code == 404
    assert "no folder that may be shown" in answer.text


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "news").mkdir()
    (tmp_path / "secret" / "plans.txt").write_text("Plans\n\nOf the desk.")
    (tmp_path / "news" / "plans.txt").symlink_to(tmp_path / "secret" / "plans.txt")
    data = tmp_path / "index"
    rebuild([tmp_path / "news"], IndexConfig(data_dir=data), encoder=newsroom.Bilingual())
    browser = client((tmp_path / "news", data), tmp_path / "news")
    assert browser.get("/documents/plans.txt").status_code == 200
    assert browser.get("/documents/plans.txt/original").status_code == 404


def test_what_is_gone_is_said(archive, tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text("Headline\n\nA body of text.")
    data = tmp_path / "index"
    rebuild([news], IndexConfig(data_dir=data), encoder=newsroom.Bilingual())
    (news / "a.txt").unlink()
    answer = client((news, data), news).get("/documents/a.txt/original")
    assert answer.status_code == 404
    assert "not there any more" in answer.text
