"""The encoder that comes with Talash: read from its package, converted once per machine."""
