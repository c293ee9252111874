"""Shows answers: the web page, the JSON API and the command line."""
