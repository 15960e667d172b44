"""Innovation points: models, ranking, explanation."""
