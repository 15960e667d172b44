"""Portraits: one company as data, page, Word file and PDF, every figure with its source."""

from wutong.portrait.data import Zone
from wutong.portrait.model import Portrait
from wutong.portrait.open import open_zone

__all__ = ["Portrait", "Zone", "open_zone"]
