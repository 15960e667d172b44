"""How often somebody may ask: a counter per key and minute, in the cache of each serving process.

With several processes the true bound is at most that many times higher; nginx in front bounds them together.
"""

from __future__ import annotations

from django.core.cache import cache

MINUTE = 60


def spent(key: str, at_most: int) -> bool:
    """Count one request; tell whether more than `at_most` came within a minute."""
    name = f"limit:{key}"
    cache.add(name, 0, MINUTE)
    try:
        return cache.incr(name) > at_most
    except ValueError:  # the minute ended between the two lines
        return False
