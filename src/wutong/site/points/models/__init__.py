"""Tables of points."""

from wutong.site.points.models.lists import TopList

__all__ = ["TopList"]
