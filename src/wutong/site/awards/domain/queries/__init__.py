"""Questions about awards."""
