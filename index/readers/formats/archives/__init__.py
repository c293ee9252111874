"""Files packed in others."""
