"""A child process for parsers of untrusted files."""
