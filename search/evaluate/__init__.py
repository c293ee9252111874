"""How well searches answer a test set, and whether a difference is more than luck."""
