"""Matters of points that need a second person; loaded when the site starts."""

from wutong.site.points.domain import weights

__all__ = ["weights"]
