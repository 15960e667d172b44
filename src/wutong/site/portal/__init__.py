"""Portals: the public page of a zone, the company's own pages, questions to companies, consents, the bank's page."""
