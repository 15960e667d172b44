"""Migrations of points."""
