"""Links between articles: tellings of one story, and copies of a text."""
