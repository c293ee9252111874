"""What the columns and objects of data are called, where they are nested, and how texts are kept in trees."""
