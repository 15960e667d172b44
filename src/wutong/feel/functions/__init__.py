"""The built-in functions of FEEL (DMN 1.5, 10.3.4), one file per family."""

from __future__ import annotations

from wutong.feel.functions import contexts, lists, numbers, policy, ranges, texts, times
from wutong.feel.functions.registry import BUILTINS

__all__ = ["BUILTINS", "contexts", "lists", "numbers", "policy", "ranges", "texts", "times"]
