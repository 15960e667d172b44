"""Matters of awards that need a second person; loaded when the site starts."""

from wutong.site.awards.domain import decisions

__all__ = ["decisions"]
