"""PDF, and the text in pictures."""
