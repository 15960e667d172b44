"""Migrations of portraits."""
