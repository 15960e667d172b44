"""Rules as typed plans: `dmn` for decision models, `policy` for policies over all completions of missing data."""
