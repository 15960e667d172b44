"""Migrations of portals."""
