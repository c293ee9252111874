"""Keeps the archive: reading, normalizing, encoding and storing documents. Imports nothing above it."""
