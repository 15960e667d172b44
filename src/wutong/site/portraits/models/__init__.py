"""Tables of portraits."""

from wutong.site.portraits.models.services import Service

__all__ = ["Service"]
