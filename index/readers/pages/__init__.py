"""A saved web page as a tree: what the page says of itself, which part is the article, and its text."""
