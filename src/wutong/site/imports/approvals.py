"""Matters of imports that need a second person; loaded when the site starts."""

from wutong.site.imports.domain import batches

__all__ = ["batches"]
