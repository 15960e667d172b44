"""How long a regular expression may run: Python's matcher backtracks, so some patterns take exponential time.

A pattern with a repetition inside a repetition, as ``(a+)+$``, may need 2ⁿ steps on a text of n characters, one with
k repetitions in a row nᵏ. Neither is found out by running it; both are read off the pattern (Davis et al., "The
impact of regular expression denial of service in practice", ESEC/FSE 2018). DuckDB's RE2 has no such patterns.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from wutong.errors import WutongError

_parser: Any = re._parser  # type: ignore[attr-defined] # noqa: SLF001 - the only public door, sre_parse, is deprecated
#: Steps a match may take.
MAX_STEPS = 20_000_000
_FEW = 10


def bounded(pattern: re.Pattern[str], text: str) -> re.Pattern[str]:
    """Return `pattern` if it surely ends soon on `text`. Raises WutongError F304.

    >>> bounded(re.compile("(a+)+$"), "a" * 40)
    Traceback (most recent call last):
    ...
    wutong.errors.WutongError: [F304] ...
    """
    repeats, nested = _shape(pattern.pattern, pattern.flags)
    size = len(text) + 1
    steps = 2 ** min(size, 64) if nested else size ** (repeats + 1)
    if steps > MAX_STEPS and (nested or repeats > 1):
        raise WutongError.of("F304", pattern=pattern.pattern[:60], length=len(text))
    return pattern


@lru_cache(maxsize=512)
def _shape(pattern: str, flags: int) -> tuple[int, bool]:
    return _walk(_parser.parse(pattern, flags & ~re.DEBUG))


def _walk(items: Any) -> tuple[int, bool]:
    """Return how many open repetitions stand in a row, and whether one stands inside another."""
    repeats, nested = 0, False
    for name, argument in items:
        many, deep = _item(str(name), argument)
        repeats, nested = repeats + many, nested or deep
    return repeats, nested


def _item(name: str, argument: Any) -> tuple[int, bool]:
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, body = argument
        inner, deep = _walk(body)
        if int(high) < _FEW:  # written out: so many copies of the body in a row
            return inner * int(high) + (1 < int(high) != int(low)), deep
        return inner + 1, deep or inner > 0 or _ambiguous(body)
    if name == "SUBPATTERN":
        return _walk(argument[-1])
    if name == "BRANCH":
        walked = [_walk(branch) for branch in argument[1]]
        return max(many for many, _ in walked), any(deep for _, deep in walked)
    return 0, False


def _ambiguous(items: Any) -> bool:
    """Tell whether a repeated body can match one text in two ways: options, or branches that start alike."""
    for name, argument in items:
        if str(name) in ("MAX_REPEAT", "MIN_REPEAT") and int(argument[0]) != int(argument[1]):
            return True
        if str(name) == "SUBPATTERN" and _ambiguous(argument[-1]):
            return True
        if str(name) == "BRANCH":
            starts = [branch[0] if len(branch) else None for branch in argument[1]]
            plain = [start[1] for start in starts if start is not None and str(start[0]) == "LITERAL"]
            if len(set(plain)) < len(starts):
                return True
    return False
