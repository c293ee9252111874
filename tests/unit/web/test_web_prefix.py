"""An archive under a path of its host: every address it names is right, however requests come in."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit

import pytest
from desk import Desk

from index.errors import ConfigError
from web.http.app import create_app
from web.settings import Settings, WebConfig, load
from web.ui.preferences import way_back

ROOT = "/archive"
PAGES = ["/", "/?q=police&lang=ur", "/?q=" + quote("پولیس"), "/documents/en/0-0.html?q=police",
         "/settings", "/nowhere", "/?q=police&page=x", "/?q=police&ui=ur"]  # fmt: skip
HEADER = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Prefix": ROOT}


class Links(HTMLParser):
    """Every address in a page that a browser follows or asks for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        names = ("href", "src", "action", "data-suggest")
        self.found += [value for name, value in attrs if name in names and value]


def serving(**web):
    web = {"rate_limit": 0} | web
    return create_app(Settings(web=WebConfig(**web)), Desk()).test_client()


SERVED = {
    "setting, taken off on the way": (lambda: serving(prefix=ROOT), "", {}),
    "setting, left in": (lambda: serving(prefix=ROOT), ROOT, {}),
    "public address": (lambda: serving(public_url="https://news.example/archive/"), "", {}),
    "header, taken off on the way": (lambda: serving(proxies=1), "", HEADER),
    "header, left in": (lambda: serving(proxies=1), ROOT, HEADER),
    "header with a slash": (
        lambda: serving(proxies=1),
        "",
        HEADER | {"X-Forwarded-Prefix": ROOT + "/"},
    ),
}


@pytest.fixture(params=SERVED.values(), ids=SERVED)
def get(request):
    make, before, headers = request.param
    client = make()
    return lambda path: client.get(before + path, headers=headers)


def test_it_answers_without_its_last_slash():
    client = serving(prefix=ROOT)
    assert client.get(ROOT).data == client.get(ROOT + "/").data
    assert client.get(ROOT + "x").status_code == 404


@pytest.mark.long
@pytest.mark.parametrize("address", PAGES)
def test_every_link_of_a_page_is_under_it_and_leads_somewhere(get, address):
    page = get(address).get_data(as_text=True)
    found = [urljoin(f"http://localhost{ROOT}/", each) for each in Links(page).found]
    ours = [each for each in found if each.startswith("http://localhost/")]
    assert ours
    for each in ours:
        path = urlsplit(each).path
        assert path.startswith(ROOT + "/"), each
        assert (
            get(quote(path.removeprefix(ROOT), safe="/%")).status_code != 404 or "nowhere" in each
        )


def test_what_files_name_is_under_it(get):
    style = get("/static/type.css")
    assert style.status_code == 200
    for name in re.findall(r'url\("([^"]+)"\)', style.get_data(as_text=True)):
        assert not name.startswith("/")  # beside the file, wherever that is
        assert get(f"/static/{name}").status_code == 200


def test_feeds_and_descriptions_name_it(get):
    feed = get("/feed.atom?q=police").get_data(as_text=True)
    plugin = get("/opensearch.xml").get_data(as_text=True)
    addresses = re.findall(r'(?:href|template)="(https?://(?:localhost|news)[^"]*)"', feed + plugin)
    addresses += re.findall(r"<Image[^>]*>([^<]+)", plugin)
    assert len(addresses) > 6
    for each in addresses:
        assert urlsplit(unescape(each)).path.startswith(ROOT + "/"), each
    assert f"{ROOT}/feed.atom?q=police" in feed
    assert get("/api/v1/openapi.json").get_json()["servers"] == [{"url": ROOT}]


def test_answers_of_two_places_have_two_tags():
    client = serving(proxies=1)
    address = "/feed.atom?q=police"
    tags = {client.get(address, headers=each).headers["ETag"] for each in ({}, HEADER)}
    assert len(tags) == 2


@pytest.mark.parametrize(("root", "path"), [("", "/"), (ROOT, ROOT)])
def test_the_cookie_is_of_this_archive_alone(root, path):
    client = serving(prefix=root)
    answer = client.post(f"{root}/settings", data={"face": "naskh", "back": f"{root}/?q=police"})
    assert answer.headers["Location"] == f"{root}/?q=police"
    assert f"; Path={path}" in answer.headers["Set-Cookie"]
    assert 'data-face="naskh"' in client.get(f"{root}/").get_data(as_text=True)


@pytest.mark.parametrize(
    "address",
    ["/", "/archive", "/archivex/", "/other/", "//evil.example/archive/", "/archive/../other/",
     "/archive/%2e%2e/other", "/archive/.%2E/", "/archive/..\\other", "/archive/x/../../other"],
)  # fmt: skip
def test_the_way_back_stays_under_it(address):
    assert way_back(address, "/archive/") == "/archive/"
    answer = serving(prefix=ROOT).post("/settings", data={"back": address})
    assert answer.headers["Location"] == "/archive/"


@pytest.mark.parametrize("address", ["/archive/?q=..", "/archive/documents/a..b", "/archive/"])
def test_the_way_back_leads_where_it_should(address):
    assert way_back(address, "/archive/") == address


def links_of(client, **headers):
    page = client.get("/", headers=headers).get_data(as_text=True)
    return {each.split("/")[1] for each in Links(page).found if each.startswith("/")}


@pytest.mark.parametrize(
    "prefix",
    ["//evil.example", "https://evil.example", "javascript:alert(1)", "/a b", '/"><script>',
     "/../x", "/a/..", "/a//b", "archive", "/\\evil.example", "/a?b", "/a#b"],
)  # fmt: skip
def test_a_forwarded_prefix_that_is_no_path_is_not_believed(prefix):
    page = serving(proxies=1).get("/", headers={"X-Forwarded-Prefix": prefix})
    assert page.get_data() == serving().get("/").get_data()


def test_a_forwarded_prefix_counts_only_behind_our_proxies_and_less_than_the_setting():
    forged = {"X-Forwarded-Prefix": "/elsewhere"}
    assert "elsewhere" not in links_of(serving(), **forged)
    assert links_of(serving(proxies=1), **forged) == {"elsewhere"}
    assert links_of(serving(proxies=1, prefix=ROOT), **forged) == {"archive"}


def test_addresses_of_ours_win_over_a_prefix_of_the_same_name():
    """Behind a proxy that took it off, `/documents/x` is a document and not `/x`."""
    client = serving(proxies=1)
    headers = {"X-Forwarded-Prefix": "/documents"}
    answer = client.get("/documents/en/0-0.html", headers=headers)
    assert answer.status_code == 200
    for each in ("/documents", "/api/news", "/settings", "/healthz"):
        with pytest.raises(ConfigError, match="prefix"):
            serving(prefix=each)


@pytest.mark.parametrize("given", ["/archive", "/archive/", "/a/b.c_d~e-1", "/"])
def test_a_prefix_may_end_in_a_slash(given):
    web = load(environ={"TALASH_WEB_PREFIX": given}).web
    assert web.path == given.rstrip("/")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"PREFIX": "archive"}, "/archive"),
        ({"PREFIX": "/a b"}, "/archive"),
        ({"PREFIX": "/a/../b"}, "/archive"),
        ({"PREFIX": "//a"}, "/archive"),
        ({"PREFIX": "/a", "PUBLIC_URL": "https://x.example/b/"}, "in both"),
        ({"PREFIX": "/a", "PUBLIC_URL": "https://x.example"}, "in both"),
        ({"PUBLIC_URL": "https://x.example/a%20b/"}, "/archive"),
    ],
)
def test_prefixes_that_cannot_be_are_refused_at_the_start(given, named):
    with pytest.raises(ConfigError) as caught:
        load(environ={f"TALASH_WEB_{name}": value for name, value in given.items()})
    assert named in str(caught.value)
