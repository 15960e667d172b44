"""What policies ask of the domain; nothing is written here."""
