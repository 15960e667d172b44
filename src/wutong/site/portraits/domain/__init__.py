"""Writes of portraits."""
