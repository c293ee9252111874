"""Limits, request log, figures, token and readiness of the service."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from urllib.parse import quote

import pytest
from desk import Desk

from index.errors import ConfigError, EncoderError, IndexStartingError, SearchTimeoutError
from web.http.app import create_app
from web.middleware import logs, security
from web.middleware.limits import Buckets, client_key, rate_of
from web.settings import Settings, WebConfig

TOKEN = "kuchh-bhi-magar-lamba-0123"
FAR = {"REMOTE_ADDR": "203.0.113.7"}
GUARDED = [
    "/",
    "/api/v1/search?q=police",
    "/feed.atom?q=police",
    "/export.csv?q=police",
    "/settings",
]


def serving(engine: Desk | None = None, **web):
    return create_app(Settings(web=WebConfig(**web)), engine or Desk()).test_client()


def secret(token: str = TOKEN):
    from pydantic import SecretStr

    return SecretStr(token)


def test_a_bucket_gives_a_burst_then_its_rate_and_refusals_cost_nothing() -> None:
    now = [0.0]
    buckets = Buckets(60, 3, lambda: now[0], max_clients=2)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(1)
    assert buckets.take("a") == pytest.approx(1)
    assert buckets.take("b") == 0
    now[0] = 1.0
    assert buckets.take("a") == 0
    for client in "cdef":
        buckets.take(client)
    assert len(buckets) == 2


def test_clients_are_addresses_or_networks() -> None:
    assert client_key("2001:db8:1:2::5") == client_key("2001:db8:1:2:ffff::9")
    assert client_key("2001:db8:1:2::5") != client_key("2001:db8:1:3::5")
    assert client_key("::ffff:203.0.113.7") == "203.0.113.7"
    assert len(client_key("x" * 1000)) == 64


def test_without_a_word_only_servers_that_others_reach_limit() -> None:
    assert rate_of(WebConfig()) == 0
    assert rate_of(WebConfig(host=("0.0.0.0",))) == rate_of(WebConfig(proxies=1)) > 0
    assert rate_of(WebConfig(host=("0.0.0.0",), rate_limit=0)) == 0
    assert rate_of(WebConfig(rate_limit=7)) == 7


def test_who_asks_too_often_gets_a_problem_and_others_do_not() -> None:
    client = serving(rate_limit=1, rate_burst=2)
    address = "/api/v1/search?q=" + quote("پولیس")
    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]
    refused = client.get(address)
    body = refused.get_json()
    assert refused.mimetype == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert (body["code"], body["status"]) == ("rate-limited", 429)
    assert body["id"] == refused.headers["X-Request-Id"]
    assert client.get("/").status_code == 429
    assert client.get("/healthz").status_code == client.get("/static/talash.css").status_code == 200
    assert client.get(address, environ_base=FAR).status_code == 200


def test_a_forwarded_address_counts_only_behind_our_proxies() -> None:
    headers = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(3)]
    direct = serving(rate_limit=1, rate_burst=1)
    assert [direct.get("/", headers=each).status_code for each in headers] == [200, 429, 429]
    behind = serving(rate_limit=1, rate_burst=1, proxies=1)
    assert [behind.get("/", headers=each).status_code for each in headers] == [200, 200, 200]
    forged = {"X-Forwarded-For": "192.0.2.9, 198.51.100.1"}  # the last word is the proxy's
    assert behind.get("/", headers=forged).status_code == 429


@pytest.mark.parametrize("address", GUARDED)
def test_the_token_guards_pages_feeds_and_api(address) -> None:
    client = serving(token=secret())
    basic = b64encode(f"x:{TOKEN}".encode()).decode()
    for given in ({}, {"Authorization": "Bearer falsch"}, {"Authorization": "Basic !!"}):
        refused = client.get(address, headers=given)
        assert refused.status_code == 401
        assert "Bearer" in refused.headers["WWW-Authenticate"]
        assert TOKEN not in refused.text
    for right in (f"Bearer {TOKEN}", f"Basic {basic}"):
        assert client.get(address, headers={"Authorization": right}).status_code == 200
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_a_token_that_can_be_guessed_is_refused_and_never_printed() -> None:
    with pytest.raises(ConfigError) as caught:
        serving(token=secret("kurz"))
    assert "kurz" not in str(caught.value)
    assert TOKEN not in repr(Settings(web=WebConfig(token=secret())))


def test_figures_are_for_this_machine_or_who_has_the_token() -> None:
    assert serving().get("/metrics").status_code == 404
    near = serving(metrics=True)
    assert near.get("/metrics").status_code == 200
    assert near.get("/metrics", environ_base=FAR).status_code == 404
    assert near.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"}).status_code == 404
    far = serving(metrics=True, token=secret())
    assert far.get("/metrics", environ_base=FAR).status_code == 401
    held = {"Authorization": f"Bearer {TOKEN}"}
    assert far.get("/metrics", environ_base=FAR, headers=held).status_code == 200


def test_figures_count_and_hold_no_text() -> None:
    from prometheus_client.parser import text_string_to_metric_families as parse

    engine = Desk()
    client = serving(engine, metrics=True)
    client.get("/api/v1/search?q=" + quote("پولیس"))
    engine.failure = SearchTimeoutError("slow")
    assert client.get("/?q=rain").status_code == 503
    engine.failure = EncoderError("none")
    client.open("/api/v1/search", method="FROBNICATE")
    text = client.get("/metrics").text
    samples = {
        (each.name, *sorted(each.labels.values())): each.value
        for family in parse(text)
        for each in family.samples
    }
    assert samples["talash_requests_total", "200", "GET", "api.search"] == 1
    assert samples["talash_refusals_total", "search-timeout"] == 1
    assert samples["talash_search_stage_seconds_count", "keyword"] == 1
    assert samples[("talash_encoder_up",)] == samples[("talash_ready",)] == 0
    assert "FROBNICATE" not in text
    assert "پولیس" not in text


@pytest.mark.parametrize("queries", [False, True])
def test_a_line_for_each_request(caplog, queries) -> None:
    client = serving(log_queries=queries, log_clients="short")
    caplog.set_level(logging.INFO, "talash.access")
    answer = client.get("/api/v1/search?q=" + quote("پولیس\u202e\n"), environ_base=FAR)
    (record,) = [each for each in caplog.records if each.name == "talash.access"]
    line = json.loads(logs.JsonLines().format(record))
    assert line["id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/v1/search", 200)
    assert 0 < line["stages"]["keyword"] < line["stages"]["total"]
    assert line["generation"] == Desk().served
    assert line["client"] == "203.0.113.0/24"
    assert ("query" in line) is queries
    text = record.getMessage()
    assert ("پولیس" in text) is queries
    assert "\n" not in text
    assert "\u202e" not in text


def test_an_id_is_taken_from_our_proxy_only() -> None:
    given = {"X-Request-Id": "abc-1"}
    assert serving(proxies=1).get("/healthz", headers=given).headers["X-Request-Id"] == "abc-1"
    for client, header in ((serving(), "abc-1"), (serving(proxies=1), "a b")):
        found = client.get("/healthz", headers={"X-Request-Id": header}).headers["X-Request-Id"]
        assert len(found) == 12


def test_starting_is_told_from_broken_and_slow_from_wrong() -> None:
    engine = Desk(failure=IndexStartingError("opening"))
    client = serving(engine)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "index-starting")
    assert int(answer.headers["Retry-After"]) > 0
    engine.failure = SearchTimeoutError("slow")
    answer = client.get("/api/v1/search?q=rain")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "search-timeout")


def test_every_kind_of_response_is_guarded() -> None:
    client = serving(rate_limit=1, rate_burst=9)
    tag = client.get("/api/v1/search?q=police").headers["ETag"]
    answers = [
        client.get("/"),
        client.get("/api/v1/search?q=police", headers={"If-None-Match": tag}),
        client.get("/feed.atom?q=police"),
        client.get("/static/talash.css"),
        client.get("/nowhere"),
        client.get("/api/v1/search"),
        *(client.get("/") for _ in range(6)),
        serving(token=secret()).get("/"),
        serving(metrics=True).get("/metrics"),
    ]
    assert {each.status_code for each in answers} == {200, 304, 400, 401, 404, 429}
    for answer in answers:
        for name, value in security.HEADERS.items():
            assert answer.headers[name] == value, (answer.status_code, name)
        assert answer.headers["X-Request-Id"]
