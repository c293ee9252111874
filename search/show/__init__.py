"""What is shown of a document: snippets, marks, reasons."""
