"""Tables of the API."""

from wutong.site.api.models.tokens import Token

__all__ = ["Token"]
