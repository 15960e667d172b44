"""YAML as packs write it: decimals stay text, only true and false are truth values, no key twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import yaml

from wutong.errors import Diagnostic, Place, WutongError

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser where the wheel has it: six times faster, same results."""


class _Loader(_Base):  # type: ignore[misc, valid-type]
    """Safe YAML whose decimals stay text, so that 0.1 is never a binary float."""


def _no_float(loader: yaml.SafeLoader, node: yaml.Node) -> str:
    return loader.construct_scalar(cast("yaml.ScalarNode", node))


def _mapping(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise WutongError.of("P102", Place(line=key_node.start_mark.line + 1), key=key)
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep)


_BOOL = "tag:yaml.org,2002:bool"
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != _BOOL]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# YAML 1.1 reads "on" and "no" as truth values; only true and false are, as in YAML 1.2
_Loader.add_implicit_resolver(_BOOL, re.compile("^(?:true|false)$"), list("tf"))
_Loader.add_constructor("tag:yaml.org,2002:float", _no_float)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


_LARGEST = 5_000_000
"""Values a file with aliases may stand for; a few aliases of aliases stand for billions."""


def _size(value: Any, known: dict[int, int]) -> int:
    """Return how many values a tree has with aliases written out, each counted once; RecursionError for one in itself.

    >>> one = ["x"] * 10
    >>> two = [one] * 10
    >>> _size([two] * 10, {})
    1111
    """
    if not isinstance(value, list | dict):
        return 1
    if id(value) not in known:
        parts = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(value)]


def _bounded(found: Any) -> Any:
    """Return what was read. Raises P101 where aliases of aliases stand for billions of values."""
    if _size(found, {}) > _LARGEST:
        raise WutongError.of("P101", reason="aliases")
    return found


def load_yaml(text: str, file: str) -> Any:
    """Parse YAML text, decimals kept as text.

    Raises:
        WutongError: P101 not YAML, P102 a key twice.
    """
    try:
        return _bounded(yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except RecursionError:
        raise WutongError.of("P101", Place(file=file), reason="nesting") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise WutongError.of("P101", Place(file=file, line=line), reason=error.problem or "") from None
    except (
        yaml.YAMLError,
        ValueError,
        TypeError,
    ) as error:  # a 13th month, a list as a key, a control character
        raise WutongError.of("P101", Place(file=file), reason=str(error).splitlines()[0]) from None
    except WutongError as error:
        placed = (Diagnostic(d.code, d.place.merged(file=file), d.values) for d in error.diagnostics)
        raise WutongError(*placed) from None


def read_text(path: Path) -> str:
    """Return the text of a file. Raises P101 if it is not UTF-8."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise WutongError.of("P101", Place(file=path.name), reason="UTF-8") from None
