"""The `talash` command and what it prints."""
