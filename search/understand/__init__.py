"""What the words of a query mean: their spellings, Roman Urdu, translations, names."""
