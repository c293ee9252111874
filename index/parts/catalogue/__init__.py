"""The catalogue, one SQLite file: every document and passage as they were read."""
