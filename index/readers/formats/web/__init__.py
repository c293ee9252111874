"""Web pages as archives and browsers keep them."""
