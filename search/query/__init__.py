"""What was typed: its syntax, its words, and the conditions a document must meet."""
