"""Floor 3: point models: indicators → points → weights → score, rank and reasons. See ``docs/formats/points.md``."""
