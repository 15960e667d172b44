"""Awards: lists for publicity, objections, decisions, budgets, payments, clawback."""
