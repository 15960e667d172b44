"""The open API: tokens of organisations, version 1."""
