"""The keyword index: postings, their BM25F scores, words in a row."""
