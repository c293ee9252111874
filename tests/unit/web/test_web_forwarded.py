"""Who asks: what proxies say of it, and what is the machine itself."""

from __future__ import annotations

import pytest
from desk import Desk
from hypothesis import given
from hypothesis import strategies as st

from web.http.app import create_app
from web.middleware import forwarded, limits, security
from web.middleware.limits import client_key
from web.settings import Settings, WebConfig

FAR = {"REMOTE_ADDR": "203.0.113.7"}
PROBED = ("/healthz", "/readyz", "/metrics")


def serving(**web):
    return create_app(Settings(web=WebConfig(**web)), Desk()).test_client()


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5678", "203.0.113.7"),
        (" 203.0.113.7:0 ", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:DB8:0::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
        ("", ""),
        ("unknown", ""),
        ("_hidden", ""),
        ("localhost", ""),
        ("203.0.113.7:http", ""),
        ("203.0.113.7:80:80", ""),
        ("203.0.113", ""),
        ("203.0.113.999", ""),
        ("[2001:db8::1", ""),
        ("[2001:db8::1]x", ""),
        ("2001:db8::1]:443", ""),
        ("[203.0.113.7]", "203.0.113.7"),
        ("1.2.3.4, 5.6.7.8", ""),
    ],
)
def test_an_address_is_read_without_its_port(entry, found):
    assert forwarded.address(entry) == found


@given(st.text() | st.from_regex(r"\[?[0-9a-f:.]{1,12}\]?(:\d+)?", fullmatch=True))
def test_whatever_is_there_is_an_address_or_nothing(entry):
    found = forwarded.address(entry)
    assert found == forwarded.address(found)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("198.51.100.1:1111", "198.51.100.1:2222", True),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2:ffff::9", True),
        ("[2001:db8:1:2::1]:443", "[2001:db8:1:3::1]:443", False),
        ("198.51.100.1", "198.51.100.2", False),
        ("::ffff:198.51.100.1", "198.51.100.1:80", True),
        ("unknown", "x'; --", True),  # both are the proxy itself
        ('"[2001:db8:1:2::1]:443"', "2001:db8:1:2::1", True),
    ],
)
def test_a_client_is_the_same_by_every_port_and_garbage_is_nobody(first, second, same):
    client = serving(proxies=1, rate_limit=1, rate_burst=1)
    asked = [client.get("/", headers={"X-Forwarded-For": each}) for each in (first, second)]
    assert [each.status_code for each in asked] == [200, 429 if same else 200]


def test_a_client_with_a_port_is_told_as_its_address(caplog):
    caplog.set_level("INFO", "talash.access")
    client = serving(proxies=1, log_clients="full")
    client.get("/", headers={"X-Forwarded-For": "[2001:db8::1]:443"})
    assert "client=2001:db8::1" in caplog.text


def test_a_forwarded_scheme_is_one_of_the_web():
    client = serving(proxies=1)
    for scheme, shown in (("https", "https"), ("javascript", "http"), ("HTTPS://x", "http")):
        feed = client.get("/feed.atom?q=police", headers={"X-Forwarded-Proto": scheme})
        assert f'href="{shown}://localhost/feed.atom' in feed.get_data(as_text=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "[::1]:8000", "talash", "10.0.0.1"]
)
def test_the_machine_itself_is_told_of_health_whatever_host_it_names(host):
    """`localhost` and nothing are the other end of a Unix socket."""
    client = serving(hosts=("archive.example",), proxies=1, metrics=True)
    for peer in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "localhost", ""):
        sent = {"headers": {"Host": host}, "environ_base": {"REMOTE_ADDR": peer}}
        assert [client.get(address, **sent).status_code for address in PROBED] == [200] * len(
            PROBED
        )
        assert client.get("/", **sent).status_code == 400


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via",
               "X-Forwarded-Host", "X-Forwarded-Prefix"],
)  # fmt: skip
@pytest.mark.parametrize("proxies", [0, 1])
def test_what_is_sent_on_by_a_proxy_is_not_the_machine_itself(header, proxies):
    client = serving(hosts=("archive.example",), proxies=proxies, metrics=True)
    headers = {header: "127.0.0.1", "Host": "archive.example"}
    assert client.get("/metrics", headers=headers).status_code == 404
    assert client.get("/healthz", headers=headers).status_code == 200
    assert client.get("/healthz", headers=headers | {"Host": "talash"}).status_code == 400


def test_others_are_held_to_the_hosts_everywhere():
    client = serving(hosts=("archive.example",), metrics=True)
    for address in (*PROBED, "/"):
        answer = client.get(address, headers={"Host": "talash"}, environ_base=FAR)
        assert answer.status_code == 400


def test_probes_are_outside_the_limit():
    client = serving(proxies=1, rate_limit=1, rate_burst=1, metrics=True)
    assert [client.get("/").status_code for _ in range(2)] == [200, 429]
    for address in PROBED:
        assert {client.get(address).status_code for _ in range(5)} == {200}


def test_every_endpoint_that_is_free_or_open_is_one():
    app = create_app(Settings(), Desk())
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {*limits.FREE, *security.OPEN, *security.PROBES} <= known


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_a_network_of_64_bits_is_one_client(address, other):
    if address.ipv4_mapped is None:
        neighbour = type(address)(int(address) >> 64 << 64 | other)
        if neighbour.ipv4_mapped is None:
            assert client_key(str(address)) == client_key(str(neighbour))
