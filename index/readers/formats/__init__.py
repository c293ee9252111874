"""One module a file format: a file in, raw records out."""
