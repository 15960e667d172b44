"""Carrying a policy between YAML, Excel and DMN without loss; the submodules name one form each."""
