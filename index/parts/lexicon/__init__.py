"""The words of an archive: frequencies, neighbours, translations. And the lexicon shipped with Talash."""
