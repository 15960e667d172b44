"""On which line of a policy file each clause stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import yaml

_SECTIONS = ("parameters", "let", "tables", "conditions", "benefits", "figures")
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def clause_lines(text: str) -> dict[str, int]:
    r"""Return the line of every clause of a policy file, counted from 1; nothing for text that is no mapping.

    A clause is ``code`` of an entry, ``code #3`` for the third rule of a table, ``sources.id``, or a top key.

    >>> clause_lines("policy: a\nlet:\n- {code: x, zh: X, expr: 1}\nsources: {s: {}}")
    {'policy': 1, 'let': 2, 'x': 3, 'sources': 4, 'sources.s': 4}
    """
    root = yaml.compose(text, Loader=_Loader)  # the loader has already read this text
    if not isinstance(root, yaml.MappingNode):
        return {}
    found: dict[str, int] = {}
    for key, value in root.value:
        found.setdefault(str(key.value), _line(key))
        if key.value in _SECTIONS and isinstance(value, yaml.SequenceNode):
            found |= {k: v for entry in value.value for k, v in _entry(entry) if k not in found}
        elif key.value == "sources" and isinstance(value, yaml.MappingNode):
            found |= {f"sources.{k.value}": _line(k) for k, _ in value.value}
    return found


def _entry(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if not isinstance(node, yaml.MappingNode):
        return
    pairs = {str(k.value): v for k, v in node.value}
    code = pairs.get("code")
    if not isinstance(code, yaml.ScalarNode):
        return
    yield str(code.value), _line(node)
    rules = pairs.get("rules")
    if isinstance(rules, yaml.SequenceNode):
        for number, rule in enumerate(rules.value, 1):
            yield f"{code.value} #{number}", _line(rule)


def _line(node: yaml.Node) -> int:
    return cast("int", node.start_mark.line) + 1
