"""Questions about companies and facts."""
