"""The OpenSearch 1.1 description: how a browser searches here from its address bar."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from web.formats.xml import child, serialize

_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"


def describe(root: str, icon: str) -> bytes:
    """The description for the archive whose start page is at `root`."""
    made = Element("OpenSearchDescription", {"xmlns": _NAMESPACE})
    child(made, "ShortName", "Talash")
    child(made, "Description", "Urdu and English news in one search: تلاش")
    for language in ("ur", "en"):
        child(made, "Language", language)
    child(made, "InputEncoding", "UTF-8")
    child(made, "OutputEncoding", "UTF-8")
    child(made, "Image", icon, width="16", height="16", type="image/svg+xml")
    for kind, rel, path in (
        ("text/html", "results", "?q={searchTerms}"),
        ("application/atom+xml", "results", "feed.atom?q={searchTerms}"),
        ("application/x-suggestions+json", "suggestions", "suggestions.json?q={searchTerms}"),
        ("application/opensearchdescription+xml", "self", "opensearch.xml"),
    ):
        child(made, "Url", type=kind, rel=rel, method="get", template=root + path)
    return serialize(made)
