"""Policies compiled to SQL over all completions of the missing data."""
