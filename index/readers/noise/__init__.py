"""What surrounds an article on a web page, and how it is cut off."""
