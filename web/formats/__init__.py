"""Other people's formats: Atom, OpenSearch, CSV and JSON Lines."""
