"""Everything that writes a generation or checks one, a module for each verb."""
