"""One spelling for each address of an article, and which addresses may be asked at all."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import unquote, urljoin, urlsplit

from courlan import extract_domain, normalize_url

from index.errors import CollectError, ConfigError

MAX_URL = 2048
_OF_AN_ARTICLE = re.compile(r"\d|[^\W_]+-[^\W_]+-[^\W_]+")
"""What addresses of articles have and sections have not: a number, or words of a headline."""
_PORTS = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def normalize(url: str, base: str = "") -> str:
    """An address as it is compared and stored: absolute, without fragment and tracking parameters.

    Returns "" for what is no address on the web (another scheme, a password in it, too long).
    """
    try:
        joined = urljoin(base, url.strip())
        parts = urlsplit(joined)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            return ""
        _ = parts.port  # raises ValueError for one that is none
        normal = normalize_url(parts._replace(path=parts.path or "/", fragment=""))
    except ValueError:
        return ""
    return normal if len(normal) <= MAX_URL else ""


def host_of(url: str) -> str:
    """Host and port of an address: what one server is known by."""
    return urlsplit(url).netloc.lower()


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one registered domain (`ur.example.org`, `www.example.org`), or of
    one host where that is no name."""
    if host_of(one) == host_of(other):
        return True
    domain = extract_domain(one) or ""
    return "." in domain and domain == extract_domain(other)


def is_front_of(url: str, article: str) -> bool:
    """Whether an address is the front page or a section around that of an article: where newspapers lead
    from what they took down. A shorter address of the article itself (`/news/1/amp`, `/news/1`) is none."""
    front, asked = urlsplit(url), urlsplit(article)
    path, below = front.path.rstrip("/"), asked.path.rstrip("/")
    if front.query or not same_site(url, article):
        return False
    if path == below:
        return not path and bool(asked.query)
    return below.startswith(f"{path}/") and not _OF_AN_ARTICLE.search(unquote(path))


class Reachable:
    """The addresses of the network that may be connected to.

    Raises ConfigError if one of `allowed` is no address or network.
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed: list[Network] = []
        for name in allowed:
            try:
                self._allowed.append(ipaddress.ip_network(name, strict=False))
            except ValueError:
                raise ConfigError(
                    f"collect.allow: {name!r} is no address or network.",
                    hint="Write it as 10.1.0.0/16 or 192.168.1.20.",
                ) from None

    def address_of(self, url: str) -> str:
        """An address that the host of a URL resolves to and that may be asked.

        It is connected to by this very address, so that a name which resolves differently a moment later
        leads nowhere else. Raises CollectError when there is none.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or _PORTS[parts.scheme]
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise CollectError(f"{host} has no address: {error}.") from None
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            if self._may_be_asked(ipaddress.ip_address(address.partition("%")[0])):
                return address
        raise CollectError(
            f"{host} is {addresses[0]}, an address of a private network.",
            hint="If it is meant, name it in the setting [collect] allow.",
        )

    def _may_be_asked(self, address: Address) -> bool:
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if any(address in network for network in self._allowed):
            return True
        # 64:ff9b::/96 and 2002::/16 lead to IPv4 addresses that are not looked at here.
        translated = isinstance(address, ipaddress.IPv6Address) and (
            address.sixtofour is not None or address in ipaddress.ip_network("64:ff9b::/96")
        )
        return address.is_global and not address.is_multicast and not translated
