"""Questions about runs and their results."""
