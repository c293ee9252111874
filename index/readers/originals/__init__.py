"""From an article back to its file."""
