"""Matters of applications that need a second person; loaded when the site starts."""

from wutong.site.applications.domain import applications

__all__ = ["applications"]
