"""What surrounds every request: who is let in, how often, what is logged and measured."""
