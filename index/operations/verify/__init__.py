"""Whether an index is what its manifest says, and its parts what they follow from."""
