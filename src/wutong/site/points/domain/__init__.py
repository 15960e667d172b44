"""What points ask of the domain; nothing is written here."""
