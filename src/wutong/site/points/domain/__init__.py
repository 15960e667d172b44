"""Writes of points: top lists, official weights."""
