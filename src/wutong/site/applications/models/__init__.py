"""Tables of applications."""

from wutong.site.applications.models.applications import Application, Attachment

__all__ = ["Application", "Attachment"]
