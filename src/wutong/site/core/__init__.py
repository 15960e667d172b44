"""Zones, people, roles, approvals, audit, files, code lists: what every other app stands on."""
