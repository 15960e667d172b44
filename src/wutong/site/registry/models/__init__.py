"""Tables of the registry."""

from wutong.site.registry.models.companies import Company
from wutong.site.registry.models.desk import Merge, SavedView, Tag
from wutong.site.registry.models.facts import Fact, ListRow

__all__ = ["Company", "Fact", "ListRow", "Merge", "SavedView", "Tag"]
