"""How what is learned follows a change, without deriving all of it anew."""
