"""Tables of imports."""

from wutong.site.imports.models.batches import HeaderMemory, ImportBatch, ImportLine, ImportPolicy

__all__ = ["HeaderMemory", "ImportBatch", "ImportLine", "ImportPolicy"]
