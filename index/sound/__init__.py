"""Words by their sound: how Urdu is written in Latin letters, and which words sound alike."""
