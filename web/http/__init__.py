"""The app: what each address answers, and how errors leave it."""
