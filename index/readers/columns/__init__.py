"""What the columns and objects of data are called, where they are nested, how texts are kept in trees, and data
that is written carelessly."""
