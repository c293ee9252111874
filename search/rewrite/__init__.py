"""What a query is searched by in the place of patterns and phrases, by what one archive holds."""
