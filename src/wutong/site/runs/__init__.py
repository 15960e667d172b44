"""Runs: snapshots of the registry decided by the engine, and what came out."""
