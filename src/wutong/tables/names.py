"""Comparing names as people type them in headers and sheet tabs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOISE = re.compile(r"[\s*＊★:：_]+")


@lru_cache(maxsize=16384)
def fold_name(text: str) -> str:
    r"""Return `text` for comparison: half-width, lower case, without blanks, stars, colons and underscores.

    >>> fold_name(" 高新技术产品（服务）收入＊\n")
    '高新技术产品(服务)收入'
    """
    kept = text.replace("㎡", "平方米").replace("m²", "平方米")
    return _NOISE.sub("", unicodedata.normalize("NFKC", kept)).casefold()
