"""Questions about a whole zone."""
