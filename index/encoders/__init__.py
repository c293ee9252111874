"""Encoders: texts in, unit vectors out. One module a kind, opened by the name in the settings."""
