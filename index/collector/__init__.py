"""News that arrives by itself: an opt-in collector of feeds, sitemaps and section pages.

    config      what may be set
    addresses   one spelling for each address, and which may be asked at all
    http        one request: its address checked, its size and time bounded
    state       what is followed, what was fetched, what is due: one SQLite file
    discovery   the articles that a feed, a sitemap or a section page names
    articles    a page made into an article, and an article into a file
    collect     the rounds: what is due, host by host, then the index

Articles are written as files into a folder, one each, and the index is brought in step with that
folder: whatever happens to the index, `talash index rebuild` makes it anew from them.
"""
