"""What format a file is."""
