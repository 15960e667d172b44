"""Forms and filters of awards."""
