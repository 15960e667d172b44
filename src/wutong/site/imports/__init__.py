"""Workbooks into the registry: read apart, looked at, agreed to, written in parts, taken back whole."""
