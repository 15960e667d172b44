"""Filters of policies."""
