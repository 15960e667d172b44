"""Lists that come from files instead of tables, for list pages."""

from __future__ import annotations

from typing import Any


class Rows(list):
    """A list that orders itself by names of attributes, as a queryset does; ``pk`` keeps the order as it is.

    >>> class Row:
    ...     def __init__(self, name): self.name = name
    >>> [r.name for r in Rows([Row("a"), Row(None), Row("b")]).order_by("-name", "pk")]
    ['b', 'a', None]
    """

    def order_by(self, *names: str) -> Rows:
        """Return the rows ordered by `names`, the first one first; ``-`` before a name reverses. Unknown comes last."""
        rows = Rows(self)
        for name in reversed([n for n in names if n.lstrip("-") != "pk"]):
            key = name.lstrip("-")
            known = [r for r in rows if getattr(r, key) is not None]
            known.sort(key=lambda row: _plain(getattr(row, key)), reverse=name.startswith("-"))
            rows = Rows([*known, *(r for r in rows if getattr(r, key) is None)])
        return rows


def _plain(value: Any) -> Any:
    return str(value) if hasattr(value, "_proxy____cast") else value
