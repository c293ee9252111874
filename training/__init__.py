"""How the weights of this package were learned; nothing here runs when Talash runs."""
