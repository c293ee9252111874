"""What is offered to somebody who types: titles, names, phrases and words."""
