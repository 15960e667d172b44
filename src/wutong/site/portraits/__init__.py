"""Portraits of companies in the browser, and the services a company was given."""
