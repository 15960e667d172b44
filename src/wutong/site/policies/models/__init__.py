"""Tables of policies."""

from wutong.site.policies.models.drafts import PolicyDraft

__all__ = ["PolicyDraft"]
