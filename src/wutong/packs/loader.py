"""Reading policy files: YAML in, :class:`Policy` out, every fault with file, clause and line."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from wutong.errors import Place, WutongError
from wutong.packs.file import PolicyFile
from wutong.packs.model import (
    Benefit,
    Condition,
    Dated,
    Kind,
    Let,
    Limit,
    Named,
    Parameter,
    Policy,
    Source,
    Table,
    Tree,
)
from wutong.packs.text import load_yaml, read_text

_KINDS = {"qualification", "tax", "grant", "class", "veto"}
_GRADES = {"V", "S", "M", "C"}


def _scalar(value: Any) -> Decimal | str | bool | None:
    if value is None or isinstance(value, bool):
        return value
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return figure if figure.is_finite() else str(value)


def _sources(file: PolicyFile) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for key, entry in (file.raw.get("sources") or {}).items():
        clause = f"sources.{key}"
        if not file.checked("sources", entry, clause, ("doc_no", "clause", "grade")):
            continue
        if entry.get("grade") not in _GRADES:
            file.fault("P109", clause, grade=entry.get("grade"))
        found[str(key)] = Source(
            id=str(key),
            doc_no=str(entry.get("doc_no", "")),
            clause=str(entry.get("clause", "")),
            grade=str(entry.get("grade", "")),
            url=str(entry.get("url") or ""),
            title=str(entry.get("title") or ""),
            note=str(entry.get("note") or ""),
            checked_on=file.date(entry.get("checked_on"), clause),
        )
    return found


def _parameters(file: PolicyFile, sources: Mapping[str, Source]) -> tuple[Parameter, ...]:
    made = []
    for entry in file.entries("parameters", ("code", "zh")):
        code, unit = str(entry["code"]), entry.get("unit")
        made.append(Parameter(code, str(entry["zh"]), None if unit is None else str(unit),
                              _history(file, entry, code, sources), str(entry.get("en") or "")))
    return tuple(made)


def _history(file: PolicyFile, entry: Mapping[str, Any], code: str, sources: Mapping[str, Source]) -> tuple[Dated, ...]:
    """Return the values of a parameter, each with its dates in force."""
    values = []
    for item in entry.get("values") or [{"value": entry.get("value"), "source": entry.get("source")}]:
        if not isinstance(item, Mapping):
            file.fault("P121", code, key="values")
            continue
        cited = file.cited({"source": item.get("source", entry.get("source"))}, sources, code, needed=True)
        values.append(Dated(_scalar(item.get("value")), file.date(item.get("from"), code), file.date(item.get("to"), code),
                            cited or ""))
    return tuple(values)


def _text(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _table(file: PolicyFile, entry: Mapping[str, Any], source: str | None) -> Table:
    code, inputs = str(entry["code"]), [str(i) for i in entry["inputs"]]
    output = entry.get("output") or {}
    if not isinstance(output.get("values") or [], list):
        file.fault("P121", code, key="output.values")
        output = {}
    rules = []
    for number, rule in enumerate(entry["rules"], start=1):
        if not isinstance(rule, list) or len(rule) != len(inputs) + 1:
            size = len(rule) if isinstance(rule, list) else 1
            file.fault("P110", f"{code} #{number}", need=len(inputs) + 1, got=size)
            continue
        rules.append(tuple(_text(cell) for cell in rule))
    default = entry.get("default")
    return Table(
        code=code,
        zh=str(entry["zh"]),
        hit=str(entry.get("hit", "UNIQUE")).upper(),
        inputs=tuple(inputs),
        output_type=str(output.get("type", "number")),
        unit=output.get("unit"),
        values=tuple(str(v) for v in output.get("values") or ()),
        default=None if default is None else _text(default),
        rules=tuple(rules),
        source=source,
        en=str(entry.get("en") or ""),
    )


def _tables(file: PolicyFile, sources: Mapping[str, Source]) -> tuple[Table, ...]:
    entries = file.entries("tables", ("code", "zh", "inputs", "rules"))
    return tuple(_table(file, e, file.cited(e, sources, str(e["code"]), needed=True)) for e in entries)


def _conditions(file: PolicyFile, sources: Mapping[str, Source]) -> tuple[Condition, ...]:
    made = []
    for entry in file.entries("conditions", ("code", "zh")):
        code, manual = str(entry["code"]), bool(entry.get("manual", False))
        when = entry.get("when")
        if when is None and not manual:
            file.fault("P111", code)
        made.append(
            Condition(
                code,
                str(entry["zh"]),
                None if when is None else _text(when),
                file.cited(entry, sources, code, needed=True),
                str(entry.get("en") or ""),
                manual,
                str(entry.get("note") or ""),
            )
        )
    if len(made) > 63:
        file.fault("P112", None, count=len(made))
    return tuple(made)


def _benefits(file: PolicyFile, sources: Mapping[str, Source]) -> tuple[Benefit, ...]:
    made = []
    for e in file.entries("benefits", ("code", "zh", "amount")):
        code = str(e["code"])
        made.append(
            Benefit(
                code,
                str(e["zh"]),
                str(e["amount"]),
                None if e.get("when") is None else _text(e["when"]),
                file.cited(e, sources, code, needed=True),
                str(e.get("en") or ""),
                str(e.get("kind") or "grant"),
                bool(e.get("once", False)),
                None if e.get("cap") is None else str(e["cap"]),
                _names(e.get("group")),
                str(e.get("note") or ""),
                _names(e.get("pays_for")),
            )
        )
    return tuple(made)


def _names(value: Any) -> tuple[str, ...]:
    """Return one name or a list of names as names.

    >>> _names("a"), _names(["a", "b"]), _names(None)
    (('a',), ('a', 'b'), ())
    """
    if value is None:
        return ()
    return tuple(str(item) for item in (value if isinstance(value, list) else [value]))


def _limits(file: PolicyFile, sources: Mapping[str, Source], codes: Collection[str]) -> tuple[Limit, ...]:
    made: list[Limit] = []
    for e in file.entries("limits", ("code", "zh", "benefits", "amount")):
        code, members = str(e["code"]), _names(e["benefits"])
        for name in members:
            if name not in codes:
                file.fault("P160", code, benefit=name, known="、".join(codes))
        for other in made:
            common = set(members) & set(other.benefits)
            if common and common not in (set(members), set(other.benefits)):
                file.fault("P161", code, other=other.code)
        cited = file.cited(e, sources, code, needed=True)
        zh, en, note = str(e["zh"]), str(e.get("en") or ""), str(e.get("note") or "")
        made.append(Limit(code, zh, members, str(e["amount"]), cited, en, note))
    return tuple(made)


def _figures(file: PolicyFile) -> tuple[Named, ...]:
    return tuple(
        Named(str(e["code"]), str(e["zh"]), _names(e["at"]), str(e.get("en") or ""), str(e.get("note") or ""))
        for e in file.entries("figures", ("code", "zh", "at"))
    )


def _check_tree(file: PolicyFile, tree: Any, codes: set[str], where: str = "decide") -> None:
    if isinstance(tree, str):
        if tree not in codes:
            file.fault("P113", where, condition=tree, known="、".join(sorted(codes)))
    elif isinstance(tree, Mapping) and len(tree) == 1 and next(iter(tree)) in {"all", "any", "not"}:
        key, value = next(iter(tree.items()))
        parts = [value] if key == "not" else value
        if not isinstance(parts, list) or not parts:
            file.fault("P114", where)
            return
        for part in parts:
            _check_tree(file, part, codes, f"{where}.{key}")
    else:
        file.fault("P114", where)


def _unique(file: PolicyFile, policy: Policy) -> None:
    seen: dict[str, str] = {}
    named: list[Parameter | Let | Table | Named] = [*policy.parameters, *policy.lets, *policy.tables, *policy.figures]
    coded: list[Condition | Benefit] = [*policy.conditions, *policy.benefits]
    for code, zh in [(n.code, n.zh) for n in named] + [(c.code, "") for c in coded]:
        for name in {code, zh} - {""}:
            if name in seen:
                file.fault("P115", code, name=name, other=seen[name])
            seen[name] = code


def _graded(file: PolicyFile, policy: Policy) -> None:
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
    f = PolicyFile(raw, file)
    f.top()
    policy = assemble(f, text)
    codes = {c.code for c in policy.conditions}
    _check_tree(f, policy.decide, codes)
    _unique(f, policy)
    _graded(f, policy)
    f.told()
    return policy


def _lets(file: PolicyFile, sources: Mapping[str, Source]) -> tuple[Let, ...]:
    return tuple(
        Let(str(e["code"]), str(e["zh"]), str(e["expr"]), str(e.get("en") or ""), e.get("unit"),
            file.cited(e, sources, str(e["code"]), needed=False))
        for e in file.entries("let", ("code", "zh", "expr"))
    )


def assemble(f: PolicyFile, text: str) -> Policy:
    """Return what a file with the keys of a policy says; its faults gather in `f`."""
    raw, sources = f.raw, _sources(f)
    benefits = _benefits(f, sources)
    name, force, window = raw["name"], raw["in_force"], raw.get("window")
    if raw["kind"] not in _KINDS:
        f.fault("P118", "kind", kind=raw["kind"], known="、".join(sorted(_KINDS)))
    conditions, lets = _conditions(f, sources), _lets(f, sources)
    return Policy(
        id=str(raw["policy"]),
        pack=str(raw["pack"]),
        version=str(raw["version"]),
        zh=str(name["zh"] if isinstance(name, Mapping) else name),
        en=str(name.get("en", "") if isinstance(name, Mapping) else ""),
        kind=cast("Kind", raw["kind"]),
        status=str(raw.get("status", "draft")),
        start=f.date(force.get("from"), "in_force"),
        end=f.date(force.get("to"), "in_force"),
        issuer=str(raw.get("issuer") or ""),
        sources=sources,
        parameters=_parameters(f, sources),
        lets=lets,
        tables=_tables(f, sources),
        conditions=conditions,
        decide=cast("Tree", raw.get("decide") or {"all": [c.code for c in conditions]}),
        outputs=tuple(str(o) for o in raw.get("outputs") or ()),
        benefits=benefits,
        limits=_limits(f, sources, [b.code for b in benefits]),
        figures=_figures(f),
        window=(f.date(window.get("from"), "window"), f.date(window.get("to"), "window")) if window else None,
        note=str(raw.get("note") or ""),
        file=f.file,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def load_file(path: Path) -> Policy:
    """Read one policy file.

    Raises:
        WutongError: P1xx, all faults of the file together.
    """
    return parse_policy(read_text(path), path.name)


def pack_files(pack: str | Path) -> list[Path]:
    """Return the policy files of a pack: a name that ships with Wutong, or a folder.

    Raises:
        WutongError: P119 if there is no such pack.
    """
    folder = (
        Path(pack)
        if "/" in str(pack) or Path(pack).is_dir()
        else Path(str(resources.files("wutong.packs"))) / pack
    )
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
