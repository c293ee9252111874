"""What a word, a sentence, a passage and a language are: the rules for text, shared with queries."""
