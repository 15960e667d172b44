"""Writes of the API's tokens."""
