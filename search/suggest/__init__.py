"""Completions of what is being typed, and corrections of what found little."""
