"""What the pages show: links, charts, paragraphs, citations, the reader's settings."""
