"""Tables of awards."""

from wutong.site.awards.models.lists import Award, AwardList, Objection
from wutong.site.awards.models.money import Budget, Payment

__all__ = ["Award", "AwardList", "Budget", "Objection", "Payment"]
