"""Answers queries over an index. Imports `index`, never `web`."""
