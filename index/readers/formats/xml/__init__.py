"""Feeds, exports, sitemaps and corpora in XML."""
