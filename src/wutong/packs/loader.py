"""Reading policy files: YAML in, :class:`Policy` out, every fault with file, clause and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import yaml

from wutong.errors import Diagnostic, Place, WutongError
from wutong.packs.model import Benefit, Condition, Dated, Kind, Let, Parameter, Policy, Source, Table, Tree

_TOP = {
    "policy", "pack", "version", "name", "kind", "status", "in_force", "issuer", "window", "sources", "parameters",
    "let", "tables", "conditions", "decide", "outputs", "benefits", "note", "supersedes",
}
_KEYS = {
    "sources": {"doc_no", "clause", "url", "grade", "checked_on", "title", "note", "effective_from", "effective_to",
                "supersedes", "checked_by"},
    "parameters": {"code", "zh", "en", "value", "values", "unit", "source", "note"},
    "let": {"code", "zh", "en", "expr", "unit", "source", "note"},
    "tables": {"code", "zh", "en", "hit", "inputs", "output", "default", "source", "rules", "note"},
    "conditions": {"code", "zh", "en", "when", "manual", "source", "note"},
    "benefits": {"code", "zh", "en", "amount", "when", "source", "once", "cap", "group", "kind", "note"},
}
_KINDS = {"qualification", "tax", "grant", "class", "veto"}
_GRADES = {"V", "S", "M", "C"}


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


def load_yaml(text: str, file: str) -> Any:
    """Parse YAML text, decimals kept as text.

    Raises:
        WutongError: P101 not YAML, P102 a key twice.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise WutongError.of("P101", Place(file=file, line=line), reason=error.problem or "") from None
    except WutongError as error:
        raise WutongError(*(Diagnostic(d.code, d.place.merged(file=file), d.values) for d in error.diagnostics)) from None


class _File:
    """One policy file being read; collects faults so that all are told at once."""

    def __init__(self, raw: Mapping[str, Any], file: str) -> None:
        self.raw = raw
        self.file = file
        self.faults: list[Diagnostic] = []

    def fault(self, code: str, clause: str | None = None, **values: Any) -> None:
        policy = str(self.raw.get("policy", ""))
        self.faults.append(Diagnostic.of(code, Place(file=self.file, policy=policy or None, clause=clause), **values))

    def keys(self, section: str, entry: Mapping[str, Any], clause: str) -> None:
        for key in sorted(set(entry) - _KEYS[section]):
            self.fault("P103", clause, key=key, known="、".join(sorted(_KEYS[section])))

    def entries(self, section: str, required: tuple[str, ...]) -> list[Mapping[str, Any]]:
        found = []
        for index, entry in enumerate(self.raw.get(section) or [], start=1):
            if not isinstance(entry, Mapping):
                self.fault("P104", f"{section}[{index}]", section=section)
                continue
            clause = str(entry.get("code", f"{section}[{index}]"))
            self.keys(section, entry, clause)
            missing = [k for k in required if entry.get(k) in (None, "")]
            for key in missing:
                self.fault("P105", clause, key=key)
            if not missing:
                found.append(entry)
        return found

    def cited(self, entry: Mapping[str, Any], sources: Mapping[str, Source], clause: str, needed: bool) -> str | None:
        cited = entry.get("source")
        if cited is None:
            if needed:
                self.fault("P106", clause)
            return None
        if str(cited) not in sources:
            self.fault("P107", clause, source=cited, known="、".join(sources))
        return str(cited)


def _date(value: Any, file: _File, clause: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        file.fault("P108", clause, value=value)
        return None


def _scalar(value: Any) -> Decimal | str | bool | None:
    if value is None or isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value)


def _sources(file: _File) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for key, entry in (file.raw.get("sources") or {}).items():
        clause = f"sources.{key}"
        file.keys("sources", entry, clause)
        for need in ("doc_no", "clause", "grade"):
            if entry.get(need) in (None, ""):
                file.fault("P105", clause, key=need)
        if entry.get("grade") not in _GRADES:
            file.fault("P109", clause, grade=entry.get("grade"))
        found[str(key)] = Source(
            id=str(key), doc_no=str(entry.get("doc_no", "")), clause=str(entry.get("clause", "")),
            grade=str(entry.get("grade", "")), url=str(entry.get("url") or ""), title=str(entry.get("title") or ""),
            note=str(entry.get("note") or ""), checked_on=_date(entry.get("checked_on"), file, clause),
        )
    return found


def _parameters(file: _File, sources: Mapping[str, Source]) -> tuple[Parameter, ...]:
    made = []
    for entry in file.entries("parameters", ("code", "zh")):
        code = str(entry["code"])
        history = entry.get("values") or [{"value": entry.get("value"), "source": entry.get("source")}]
        values = []
        for item in history:
            cited = file.cited({"source": item.get("source", entry.get("source"))}, sources, code, needed=True)
            values.append(Dated(_scalar(item.get("value")), _date(item.get("from"), file, code),
                                _date(item.get("to"), file, code), cited or ""))
        unit = entry.get("unit")
        made.append(Parameter(code, str(entry["zh"]), None if unit is None else str(unit), tuple(values),
                              str(entry.get("en") or "")))
    return tuple(made)


def _text(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _table(file: _File, entry: Mapping[str, Any], source: str | None) -> Table:
    code, inputs = str(entry["code"]), [str(i) for i in entry["inputs"]]
    output = entry.get("output") or {}
    rules = []
    for number, rule in enumerate(entry["rules"], start=1):
        if not isinstance(rule, list) or len(rule) != len(inputs) + 1:
            size = len(rule) if isinstance(rule, list) else 1
            file.fault("P110", f"{code} #{number}", need=len(inputs) + 1, got=size)
            continue
        rules.append(tuple(_text(cell) for cell in rule))
    default = entry.get("default")
    return Table(
        code=code, zh=str(entry["zh"]), hit=str(entry.get("hit", "UNIQUE")).upper(), inputs=tuple(inputs),
        output_type=str(output.get("type", "number")), unit=output.get("unit"),
        values=tuple(str(v) for v in output.get("values") or ()), default=None if default is None else _text(default),
        rules=tuple(rules), source=source, en=str(entry.get("en") or ""),
    )


def _tables(file: _File, sources: Mapping[str, Source]) -> tuple[Table, ...]:
    entries = file.entries("tables", ("code", "zh", "inputs", "rules"))
    return tuple(_table(file, e, file.cited(e, sources, str(e["code"]), needed=True)) for e in entries)


def _conditions(file: _File, sources: Mapping[str, Source]) -> tuple[Condition, ...]:
    made = []
    for entry in file.entries("conditions", ("code", "zh")):
        code, manual = str(entry["code"]), bool(entry.get("manual", False))
        when = entry.get("when")
        if when is None and not manual:
            file.fault("P111", code)
        made.append(Condition(
            code, str(entry["zh"]), None if when is None else _text(when),
            file.cited(entry, sources, code, needed=True), str(entry.get("en") or ""), manual,
            str(entry.get("note") or ""),
        ))
    if len(made) > 64:
        file.fault("P112", None, count=len(made))
    return tuple(made)


def _benefits(file: _File, sources: Mapping[str, Source]) -> tuple[Benefit, ...]:
    made = []
    for e in file.entries("benefits", ("code", "zh", "amount")):
        code = str(e["code"])
        made.append(Benefit(
            code, str(e["zh"]), str(e["amount"]), None if e.get("when") is None else _text(e["when"]),
            file.cited(e, sources, code, needed=True), str(e.get("en") or ""), str(e.get("kind") or "grant"),
            bool(e.get("once", False)), None if e.get("cap") is None else str(e["cap"]),
            None if e.get("group") is None else str(e["group"]), str(e.get("note") or ""),
        ))
    return tuple(made)


def _check_tree(file: _File, tree: Any, codes: set[str], where: str = "decide") -> None:
    if isinstance(tree, str):
        if tree not in codes:
            file.fault("P113", where, condition=tree, known="、".join(sorted(codes)))
    elif isinstance(tree, Mapping) and len(tree) == 1 and next(iter(tree)) in {"all", "any", "not"}:
        key, value = next(iter(tree.items()))
        for part in [value] if key == "not" else value or []:
            _check_tree(file, part, codes, f"{where}.{key}")
        if key != "not" and not value:
            file.fault("P114", where)
    else:
        file.fault("P114", where)


def _unique(file: _File, policy: Policy) -> None:
    seen: dict[str, str] = {}
    named: list[Parameter | Let | Table] = [*policy.parameters, *policy.lets, *policy.tables]
    coded: list[Condition | Benefit] = [*policy.conditions, *policy.benefits]
    for code, zh in [(n.code, n.zh) for n in named] + [(c.code, "") for c in coded]:
        for name in {code, zh} - {""}:
            if name in seen:
                file.fault("P115", code, name=name, other=seen[name])
            seen[name] = code


def _graded(file: _File, policy: Policy) -> None:
    """An official policy may not rest on a figure from memory or on an empty one."""
    if policy.status == "draft":
        return
    used = {d.source for p in policy.parameters for d in p.values}
    citing: list[Condition | Table | Benefit] = [*policy.conditions, *policy.tables, *policy.benefits]
    used |= {x.source for x in citing if x.source and not getattr(x, "manual", False)}
    for key in sorted(used):
        if key in policy.sources and policy.sources[key].grade == "M":
            file.fault("P116", key)
    for parameter in policy.parameters:
        if any(d.value is None for d in parameter.values):
            file.fault("P117", parameter.code)


def parse_policy(text: str, file: str) -> Policy:
    """Read one policy file from its text.

    Raises:
        WutongError: P1xx, all faults of the file together.
    """
    raw = load_yaml(text, file)
    if not isinstance(raw, Mapping):
        raise WutongError.of("P104", Place(file=file), section="policy")
    f = _File(raw, file)
    for key in sorted(str(k) for k in set(raw) - _TOP):
        f.fault("P103", None, key=key, known="、".join(sorted(_TOP)))
    for key in ("policy", "pack", "version", "name", "kind", "in_force", "conditions"):
        if not raw.get(key):
            f.fault("P105", None, key=key)
    if f.faults:
        raise WutongError(*f.faults)
    policy = _assemble(f, text)
    codes = {c.code for c in policy.conditions}
    _check_tree(f, policy.decide, codes)
    _unique(f, policy)
    _graded(f, policy)
    if f.faults:
        raise WutongError(*f.faults)
    return policy


def _assemble(f: _File, text: str) -> Policy:
    raw, sources = f.raw, _sources(f)
    name, force, window = raw["name"], raw["in_force"], raw.get("window")
    if raw["kind"] not in _KINDS:
        f.fault("P118", "kind", kind=raw["kind"], known="、".join(sorted(_KINDS)))
    conditions = _conditions(f, sources)
    lets = tuple(
        Let(str(e["code"]), str(e["zh"]), str(e["expr"]), str(e.get("en") or ""), e.get("unit"),
            f.cited(e, sources, str(e["code"]), needed=False))
        for e in f.entries("let", ("code", "zh", "expr"))
    )
    return Policy(
        id=str(raw["policy"]), pack=str(raw["pack"]), version=str(raw["version"]),
        zh=str(name["zh"] if isinstance(name, Mapping) else name),
        en=str(name.get("en", "") if isinstance(name, Mapping) else ""), kind=cast("Kind", raw["kind"]),
        status=str(raw.get("status", "draft")), start=_date(force.get("from"), f, "in_force"),
        end=_date(force.get("to"), f, "in_force"), issuer=str(raw.get("issuer") or ""), sources=sources,
        parameters=_parameters(f, sources), lets=lets, tables=_tables(f, sources), conditions=conditions,
        decide=cast("Tree", raw.get("decide") or {"all": [c.code for c in conditions]}),
        outputs=tuple(str(o) for o in raw.get("outputs") or ()), benefits=_benefits(f, sources),
        window=(_date(window.get("from"), f, "window"), _date(window.get("to"), f, "window")) if window else None,
        note=str(raw.get("note") or ""), file=f.file, sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def load_file(path: Path) -> Policy:
    """Read one policy file."""
    return parse_policy(path.read_text("utf-8"), path.name)


def pack_files(pack: str | Path) -> list[Path]:
    """Return the policy files of a pack: a name that ships with Wutong, or a folder.

    Raises:
        WutongError: P119 if there is no such pack.
    """
    folder = Path(pack) if "/" in str(pack) or Path(pack).is_dir() else Path(str(resources.files("wutong.packs"))) / pack
    if not folder.is_dir():
        raise WutongError.of("P119", Place(pack=str(pack)), known="、".join(known_packs()))
    return sorted(p for p in folder.glob("*.yaml") if not p.name.endswith(".cases.yaml"))


def known_packs() -> list[str]:
    """Return the names of the packs that ship with Wutong."""
    root = Path(str(resources.files("wutong.packs")))
    return sorted(p.name for p in root.iterdir() if p.is_dir() and any(p.glob("*.yaml")))


def load_packs(packs: Iterable[str | Path] | None = None) -> list[Policy]:
    """Read every policy version of the named packs (default: all that ship), sorted by key and first day.

    Raises:
        WutongError: P1xx for faulty files; P120 where two versions of one policy are in force at once.
    """
    policies = [load_file(p) for pack in (packs or known_packs()) for p in pack_files(pack)]
    policies.sort(key=lambda p: (p.key, p.start or date.min, p.version))
    for left, right in pairwise(policies):
        if left.key == right.key and (left.end is None or right.start is None or right.start <= left.end):
            raise WutongError.of("P120", Place(file=right.file, policy=right.key), other=left.file)
    return policies


def choose(policies: Iterable[Policy], on: date) -> list[Policy]:
    """Return the versions in force on `on`."""
    return [p for p in policies if p.in_force(on)]
