"""Texts of errors, one YAML file for each area."""
