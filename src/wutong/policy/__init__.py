"""Policies over a snapshot: eligibility with reasons, near misses, benefits, golden cases."""

from wutong.policy.evaluate import Results, evaluate

__all__ = ["Results", "evaluate"]
