"""Writes of points: top lists."""
