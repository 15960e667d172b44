"""Chinese text helpers: sorting by pinyin, initials for search."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=20_000)
def pinyin_key(text: str, limit: int = 255) -> str:
    """Return the key by which Chinese names sort: full pinyin without tones, lower case.

    Both databases sort Chinese by code point; a stored key sorts alike on both.

    >>> sorted(["中兴", "重庆长安", "阿里", "波司登"], key=pinyin_key)
    ['阿里', '波司登', '重庆长安', '中兴']
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionaries take a while

    return " ".join(lazy_pinyin(text)).lower()[:limit]


def initials(text: str) -> str:
    """Return the first letters of the syllables, as people type them into a search box.

    >>> initials("青岛梧桐科技")
    'qdwtkj'
    """
    return "".join(part[0] for part in pinyin_key(text).split() if part)
