"""Reading and validating catalogue files; every fault is told with file and line, all at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import yaml

from wutong.errors import Diagnostic, Place, WutongError
from wutong.tables.catalogue import Catalogue, Check, Child, Fact, FactType, Sensitivity
from wutong.tables.names import fold_name
from wutong.values import Unit

_FACT_KEYS = {"code", "zh", "en", "aliases", "type", "unit", "min", "max", "values", "definition", "source",
              "sensitivity", "changeable"}
_CHILD_KEYS = {"code", "zh", "en", "aliases", "complete", "columns"}
_CHECK_KEYS = {"id", "zh", "when", "cells", "severity"}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,47}")
_RESERVED = {"company", "companies"}


class _Lined(dict[Hashable, Any]):
    """A mapping that knows the line it starts on."""

    line: int = 0


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Safe YAML with lines; decimals stay exact and a key twice is an error."""


def _mapping(loader: Any, node: yaml.MappingNode) -> Iterable[_Lined]:
    mapping = _Lined()
    mapping.line = node.start_mark.line + 1
    yield mapping
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise WutongError.of("T202", Place(line=key_node.start_mark.line + 1), key=key)
        mapping[key] = loader.construct_object(value_node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: Decimal(loader.construct_scalar(node)))


def load_catalogue(path: Path | str | None = None) -> Catalogue:
    """Read and validate a catalogue file. Raises T201–T212."""
    return _packaged() if path is None else _load(Path(path).name, _text(Path(path)))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WutongError.of("T201", Place(file=path.name), reason=str(error)) from None


@cache
def _packaged() -> Catalogue:
    entry = resources.files("wutong.tables") / "catalogue.yaml"
    return _load("catalogue.yaml", entry.read_text("utf-8"))


def _load(file: str, text: str) -> Catalogue:
    try:
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(file=file, line=mark.line + 1 if mark else None)
        raise WutongError.of("T201", place, reason=getattr(error, "problem", str(error))) from None
    except WutongError as error:
        raise WutongError(*(Diagnostic(d.code, d.place.merged(file=file), d.values) for d in error.diagnostics)) from None
    if not isinstance(raw, _Lined):
        raise WutongError.of("T201", Place(file=file, line=1), reason="not a mapping")
    builder = _Builder(file)
    catalogue = builder.build(raw, text)
    if builder.faults:
        raise WutongError(*builder.faults)
    return catalogue


class _Builder:
    """Builds the catalogue, collecting faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Diagnostic] = []

    def fault(self, code: str, line: int | None, **values: Any) -> None:
        self.faults.append(Diagnostic.of(code, Place(file=self.file, line=line), **values))

    def build(self, raw: _Lined, text: str) -> Catalogue:
        self.keys(raw, {"facts", "yearly", "children", "checks"})
        facts = self.facts(raw.get("facts"), False)
        yearly = self.facts(raw.get("yearly"), True)
        children = tuple(c for e in self.entries(raw.get("children")) if (c := self.child(e)) is not None)
        self.unique([*facts, *yearly])
        self.unique_codes([*facts, *yearly, *children])
        boolean = {f.code for f in facts if f.type == "boolean"}
        for child in children:
            if child.complete is not None and child.complete not in boolean:
                self.fault("T210", child.line, name=child.zh, fact=child.complete)
        checks = tuple(k for e in self.entries(raw.get("checks"))
                       if (k := self.check(e, {f.code for f in (*facts, *yearly)})) is not None)
        return Catalogue(facts, yearly, children, checks, text)

    def entries(self, raw: Any) -> list[_Lined]:
        if raw is None:
            return []
        found = [e for e in raw if isinstance(e, _Lined)] if isinstance(raw, list) else []
        if not isinstance(raw, list) or len(found) != len(raw):
            self.fault("T201", None, reason="expected a list of mappings")
        return found

    def keys(self, entry: _Lined, known: set[str]) -> None:
        for key in entry:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1)
                self.fault("T203", entry.line, key=key, known=near[0] if near else "、".join(sorted(known)))

    def required(self, entry: _Lined, names: tuple[str, ...]) -> bool:
        missing = [n for n in names if entry.get(n) in (None, "")]
        for name in missing:
            self.fault("T204", entry.line, key=name)
        return not missing

    def facts(self, raw: Any, yearly: bool) -> tuple[Fact, ...]:
        return tuple(f for e in self.entries(raw) if (f := self.fact(e, yearly)) is not None)

    def fact(self, entry: _Lined, yearly: bool = False) -> Fact | None:
        self.keys(entry, _FACT_KEYS)
        if not self.required(entry, ("code", "zh", "type")):
            return None
        kind = entry["type"]
        if kind not in get_args(FactType):
            self.fault("T205", entry.line, name=entry["zh"], found=kind, known="、".join(get_args(FactType)))
            return None
        sensitivity = entry.get("sensitivity", "internal")
        if sensitivity not in get_args(Sensitivity):
            self.fault("T205", entry.line, name=entry["zh"], found=sensitivity, known="、".join(get_args(Sensitivity)))
        self.code(entry)
        return Fact(
            code=str(entry["code"]), zh=str(entry["zh"]), type=kind, en=entry.get("en"),
            aliases=tuple(map(str, entry.get("aliases") or ())), unit=self.unit(entry),
            min=self.bound(entry, "min"), max=self.bound(entry, "max"), values=self.values(entry),
            definition=entry.get("definition"), source=entry.get("source"), sensitivity=sensitivity,
            changeable=entry.get("changeable") is True, yearly=yearly, line=entry.line,
        )

    def code(self, entry: _Lined) -> None:
        code = str(entry["code"])
        if not _CODE.fullmatch(code) or code in _RESERVED or re.search(r"_\d{4}$", code):
            self.fault("T206", entry.line, found=code)

    def unit(self, entry: _Lined) -> Unit | None:
        text = entry.get("unit")
        if text is None:
            return None
        unit = Unit.find(str(text))
        if unit is None or entry["type"] not in ("number", "integer"):
            self.fault("T207", entry.line, name=entry["zh"], unit=text)
        return unit

    def bound(self, entry: _Lined, key: str) -> Decimal | date | None:
        value = entry.get(key)
        if value is None:
            return None
        if entry["type"] == "date" and isinstance(value, date):
            return value
        numeric = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not numeric or entry["type"] not in ("number", "integer"):
            self.fault("T208", entry.line, name=entry["zh"], key=key, value=value)
            return None
        return Decimal(value)

    def values(self, entry: _Lined) -> tuple[str, ...]:
        values = tuple(map(str, entry.get("values") or ()))
        if (entry["type"] == "code") != bool(values) or len(set(values)) != len(values):
            self.fault("T209", entry.line, name=entry["zh"])
        return values

    def child(self, entry: _Lined) -> Child | None:
        self.keys(entry, _CHILD_KEYS)
        if not self.required(entry, ("code", "zh", "columns")):
            return None
        self.code(entry)
        columns = self.facts(entry["columns"], False)
        self.unique([*columns])
        self.unique_codes(columns)
        return Child(str(entry["code"]), str(entry["zh"]), columns, entry.get("en"),
                     tuple(map(str, entry.get("aliases") or ())), entry.get("complete"), entry.line)

    def check(self, entry: _Lined, codes: set[str]) -> Check | None:
        self.keys(entry, _CHECK_KEYS)
        if not self.required(entry, ("id", "zh", "when", "cells")):
            return None
        severity = entry.get("severity", "error")
        if severity not in ("error", "warning"):
            self.fault("T205", entry.line, name=entry["id"], found=severity, known="error、warning")
        for cell in entry["cells"]:
            if cell not in codes:
                self.fault("T211", entry.line, name=entry["id"], fact=cell)
        return Check(str(entry["id"]), str(entry["zh"]), str(entry["when"]), tuple(map(str, entry["cells"])),
                     severity, entry.line)

    def unique(self, facts: list[Fact]) -> None:
        seen: dict[str, Fact] = {}
        for fact in facts:
            for name in {fold_name(n) for n in fact.names}:
                other = seen.setdefault(name, fact)
                if other.code != fact.code:
                    self.fault("T212", fact.line, name=name, one=other.zh, other=fact.zh)

    def unique_codes(self, items: Iterable[Fact | Child]) -> None:
        seen: dict[str, int | None] = {}
        for item in items:
            if item.code in seen:
                self.fault("T202", item.line, key=item.code)
            seen[item.code] = item.line


def by_folded_name(facts: Iterable[Fact]) -> Mapping[str, Fact]:
    """Return the facts under every folded name a header may use."""
    return {fold_name(name): fact for fact in facts for name in fact.names}
