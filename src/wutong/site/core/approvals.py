"""Matters of core that need a second person; loaded when the site starts."""

from wutong.site.core.domain import roles

__all__ = ["roles"]
