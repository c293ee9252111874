"""What a generation is made of, one module or folder a part: its files, how they are made and read."""
