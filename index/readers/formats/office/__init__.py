"""Word, OpenDocument, rich text, spreadsheets and books."""
