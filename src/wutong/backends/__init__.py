"""Where statements run: one protocol, each engine in its own file, none knows another."""
