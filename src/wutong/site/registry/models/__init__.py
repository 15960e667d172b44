"""Tables of the registry."""

from wutong.site.registry.models.companies import Company
from wutong.site.registry.models.facts import Fact, ListRow

__all__ = ["Company", "Fact", "ListRow"]
