"""Which documents answer, in which order, and how many: both arms, their fusion, the counts."""
