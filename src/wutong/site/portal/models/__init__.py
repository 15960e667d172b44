"""Tables of the portals."""

from wutong.site.portal.models.consents import Consent
from wutong.site.portal.models.questions import Question

__all__ = ["Consent", "Question"]
