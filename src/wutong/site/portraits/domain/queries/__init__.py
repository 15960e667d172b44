"""Questions about portraits."""
