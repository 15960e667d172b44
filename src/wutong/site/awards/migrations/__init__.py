"""Migrations of awards."""
