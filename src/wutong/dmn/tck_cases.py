"""The cases of the DMN Technology Compatibility Kit: what is asked of a model and what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from wutong.errors import Place, WutongError
from wutong.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time
from wutong.feel.values import number


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected result; `error` means the engine must give null."""

    name: str
    value: Any
    error: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; `kind` is decision, bkm or decisionService, the latter two with an `invocable`."""

    id: str
    inputs: Mapping[str, Any]
    expected: tuple[Expected, ...]
    kind: str = "decision"
    invocable: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of one file and the model they are about."""

    path: Path
    model: Path
    cases: tuple[Case, ...]


def load_cases(folder: Path | str) -> list[CaseFile]:
    """Read every ``*-test-*.xml`` under a folder; raises WutongError F201 for a broken file."""
    files = sorted(Path(folder).rglob("*-test-*.xml"))
    return [_case_file(path) for path in files]


def _case_file(path: Path) -> CaseFile:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except (OSError, etree.XMLSyntaxError) as error:
        raise WutongError.of("F201", Place(file=str(path)), reason=str(error)) from error
    name = next((n.text or "" for n in _all(root, "modelName")), "").strip()
    return CaseFile(path, path.parent / name, tuple(_case(n) for n in _all(root, "testCase")))


def _all(node: Any, tag: str) -> list[Any]:
    return [child for child in node if etree.QName(child).localname == tag]


def _case(node: Any) -> Case:
    expected = [
        Expected(n.get("name"), next((_value(e) for e in _all(n, "expected")), None), n.get("errorResult") == "true")
        for n in _all(node, "resultNode")
    ]
    inputs = {n.get("name"): _value(n) for n in _all(node, "inputNode")}
    return Case(node.get("id", ""), inputs, tuple(expected), node.get("type", "decision"), node.get("invocableName"))


def _value(node: Any) -> Any:
    for child in node:
        match etree.QName(child).localname:
            case "value":
                return _simple(child)
            case "list":
                return [_value(item) for item in _all(child, "item")]
    components = _all(node, "component")
    return {c.get("name"): _value(c) for c in components} if components else None


def _simple(node: Any) -> Any:
    instance = "{http://www.w3.org/2001/XMLSchema-instance}"
    if node.get(f"{instance}nil") == "true":
        return None
    kind = (node.get(f"{instance}type") or "string").rpartition(":")[2]
    text = node.text or ""
    return text if kind == "string" else _READERS.get(kind, str)(text.strip())


_READERS: dict[str, Any] = {
    "decimal": lambda t: number(Decimal(t)), "double": lambda t: number(Decimal(t)),
    "integer": lambda t: number(Decimal(t)), "boolean": lambda t: t in ("true", "1"), "date": parse_date,
    "time": parse_time, "dateTime": parse_date_time, "duration": parse_duration,
}
