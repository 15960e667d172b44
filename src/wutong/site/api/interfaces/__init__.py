"""Forms of the API."""
