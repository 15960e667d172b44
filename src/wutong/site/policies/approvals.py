"""Matters of policies that need a second person; loaded when the site starts."""

from wutong.site.policies.domain import adoption

__all__ = ["adoption"]
