"""Reading model files: YAML in, :class:`PointModel` out, every fault with file and clause, all at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any, cast

from wutong.errors import Place, WutongError
from wutong.packs.loader import assemble, known_packs, load_file, pack_files
from wutong.packs.model import Policy
from wutong.packs.text import load_yaml, read_text
from wutong.points.file import TOP, ModelFile
from wutong.points.lint import check_model
from wutong.points.model import ANY, Extra, Gate, Grade, Group, Indicator, Minimum, Node, PointModel, Ranking
from wutong.points.normalisers import read_normaliser

AGGREGATIONS = ("sum", "arithmetic", "geometric", "harmonic", "power", "minimum", "maximum", "mpi", "copeland")
STATUSES = ("official", "demo", "draft", "needs_official_weights")
HUNDRED = Decimal(100)


def parse_model(text: str, file: str, folder: Path | None = None) -> PointModel:
    """Read one model from its text; the rules it borrows are looked for in `folder`/rules before its pack.

    Raises:
        WutongError: P1xx, S1xx, all faults of the file together.
    """
    raw = load_yaml(text, file)
    if not isinstance(raw, Mapping):
        raise WutongError.of("P104", Place(file=file), section="model")
    borrowed = _borrowed(raw, file, folder)
    base = None if borrowed is None else load_file(borrowed)
    if base is not None:
        raw = {**raw, "sources": {**_as_entries(base), **(raw.get("sources") or {})}}
    f = ModelFile(raw, file)
    for key in sorted(str(k) for k in set(raw) - TOP):
        f.fault("P103", None, key=key, known="、".join(sorted(TOP)))
    for key in ("model", "pack", "version", "name", "in_force", "root"):
        if not raw.get(key):
            f.fault("P105", None, key=key)
    for key in ("in_force", "root", "name"):
        if raw.get(key) and not isinstance(raw[key], Mapping):
            f.fault("P121", None, key=key)
    f.told()
    model = replace(_assemble(f, text, base), borrowed=borrowed)
    check_model(f, model)
    f.told()
    return model


def _borrowed(raw: Mapping[str, Any], file: str, folder: Path | None) -> Path | None:
    """Return the policy file whose parameters, lets, tables and sources the model uses. Raises S123."""
    if not raw.get("rules"):
        return None
    name, _, version = str(raw["rules"]).partition("@")
    beside = [] if folder is None else sorted((folder / "rules").glob("*.yaml"))
    known = [p for p in (*beside, *pack_files(str(raw.get("pack")))) if p.name == f"{name}-{version}.yaml"]
    if not known:
        raise WutongError.of("S123", Place(file=file), rules=raw["rules"])
    return known[0]


def _as_entries(policy: Policy) -> dict[str, dict[str, Any]]:
    return {k: {n: getattr(s, n) for n in ("doc_no", "clause", "grade", "url", "title", "note", "checked_on")}
            for k, s in policy.sources.items()}


def _joined(own: Policy, base: Policy | None) -> Policy:
    if base is None:
        return own
    return replace(own, parameters=(*base.parameters, *own.parameters), lets=(*base.lets, *own.lets),
                   tables=(*base.tables, *own.tables))


def _assemble(f: ModelFile, text: str, base: Policy | None) -> PointModel:
    raw, name = f.raw, f.raw["name"]
    force = raw["in_force"]
    root = _tree(f, raw["root"], ())
    banner = raw.get("banner") or {}
    f.told()
    return PointModel(
        id=str(raw["model"]), pack=str(raw["pack"]), version=str(raw["version"]),
        zh=str(name.get("zh", "")), en=str(name.get("en") or ""),
        status=cast("Any", f.one_of(raw.get("status", "draft"), STATUSES, "status")),
        start=f.date(force.get("from"), "in_force"), end=f.date(force.get("to"), "in_force"),
        issuer=str(raw.get("issuer") or ""),
        rules=(rules := _joined(assemble(f, text), base)), sources=rules.sources,
        root=cast("Node", root),
        stages=_groups(f, "stages"), sectors=_groups(f, "sectors"),
        gates=_gates(f), coverage=f.weight(raw.get("coverage", 0), "coverage")["*"] or 0,
        bonus=_extra(f, "bonus"), deductions=_extra(f, "deductions"),
        grades=_grades(f), minima=_minima(f), ranking=_ranking(f),
        places=int(f.one_of(str(raw.get("places", 2)), ("0", "1", "2"), "places")),
        banner=str(banner.get("zh", "") if isinstance(banner, Mapping) else banner),
        banner_en=str(banner.get("en", "") if isinstance(banner, Mapping) else ""),
        note=str(raw.get("note") or ""), file=f.file, sha256=hashlib.sha256((text + (base.sha256 if base else "")).encode()).hexdigest(),
        provenance={str(k): str(v) for k, v in (raw.get("provenance") or {}).items()},
    )


def _tree(f: ModelFile, entry: Any, path: tuple[int, ...]) -> Node | Indicator:
    """Read a node and all below it; YAML aliases can make a tree contain itself."""
    empty = Node("?", "?", "sum", (), HUNDRED)
    if id(entry) in path:
        f.fault("S104", str(entry.get("code")), circle=str(entry.get("code")))
        return empty
    if isinstance(entry, Mapping) and "children" in entry:
        return _node(f, entry, (*path, id(entry)))
    if isinstance(entry, Mapping) and not path:
        f.fault("S110", str(entry.get("code")))
        return empty
    return read_indicator(f, entry, len(path)) or empty


def _node(f: ModelFile, entry: Mapping[str, Any], path: tuple[int, ...]) -> Node:
    code = str(entry.get("code") or "?")
    f.part("node", entry, code, ("code", "zh", "aggregate", "children"))
    kind = f.one_of(entry.get("aggregate"), AGGREGATIONS, code)
    children = tuple(_tree(f, c, path) for c in f.items(code, entry["children"]))
    if not children:
        f.fault("S110", code)
    cap = None if entry.get("cap") is None else f.points(entry["cap"], code)
    if kind == "sum":
        children = tuple(_with_maximum(c) for c in children)
    return Node(
        code, str(entry.get("zh", "")), cast("Any", kind), children, _node_max(kind, children, cap),
        en=str(entry.get("en") or ""),
        weight=f.weight(entry["weight"], code) if "weight" in entry else None,
        floor=f.points(entry.get("floor", 0), code), power=f.number(entry.get("power", 1), code), cap=cap,
        source=f.cited(entry, f.raw.get("sources") or {}, code, needed=False),
    )


def _with_maximum(child: Node | Indicator) -> Node | Indicator:
    """In a sum a weight is the most points of the child: 10 % stands for 10.00 points."""
    if not isinstance(child, Indicator) or child.weight is None:
        return child
    return replace(child, max=Decimal(child.weight.get(ANY) or 0) / HUNDRED)


def _node_max(kind: str, children: tuple[Node | Indicator, ...], cap: Decimal | None) -> Decimal:
    """A sum reaches the sum of its children, or its cap; every other aggregation stays within them."""
    tops = [c.max for c in children] or [HUNDRED]
    top = sum(tops, Decimal(0)) if kind == "sum" else HUNDRED if kind == "copeland" else max(tops)
    return top if cap is None else min(cap, top)


def read_indicator(f: ModelFile, entry: Any, number: int) -> Indicator | None:
    """Read an indicator; None and faults where it cannot be read."""
    clause = str(entry.get("code") or number) if isinstance(entry, Mapping) else str(number)
    e = f.part("indicator", entry, clause, ("code", "zh"))
    if e is None:
        return None
    normaliser, top = read_normaliser(f, e, clause)
    advice = e.get("advice") or {}
    return Indicator(
        clause, str(e["zh"]), str(e.get("value", e.get("points", ""))), normaliser, top,
        en=str(e.get("en") or ""), unit=None if e.get("unit") is None else str(e["unit"]),
        direction=cast("Any", f.one_of(e.get("direction", "higher"), ("higher", "lower"), clause)),
        missing=cast("Any", f.one_of(e.get("missing", "interval"), ("interval", "zero", "floor", "gate"), clause)),
        floor=f.points(e.get("floor", 0), clause),
        weight=f.weight(e["weight"], clause) if "weight" in e else None,
        actionable=cast("Any", f.one_of(e.get("actionable", "no"), ("yes", "slow", "no"), clause)),
        effort=int(f.number(e.get("effort", 1), clause)),
        evidence=cast("Any", f.one_of(e.get("evidence", "self"), ("register", "self"), clause)),
        advice=str(advice.get("zh", "") if isinstance(advice, Mapping) else advice),
        advice_en=str(advice.get("en", "") if isinstance(advice, Mapping) else ""),
        source=f.cited(e, f.raw.get("sources") or {}, clause, needed=False), note=str(e.get("note") or ""),
    )


def _groups(f: ModelFile, key: str) -> tuple[Group, ...]:
    entries = [f.part("group", e, f"{key}[{n}]", ("code", "zh", "when")) for n, e in enumerate(f.items(key), 1)]
    return tuple(
        Group(str(e["code"]), str(e["zh"]), _text(e["when"]), str(e.get("en") or ""), e.get("source"))
        for e in entries if e
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _gates(f: ModelFile) -> tuple[Gate, ...]:
    made = []
    for number, entry in enumerate(f.items("gates"), 1):
        clause = f"gates[{number}]"
        e = f.part("gate", entry, clause, ("code", "zh", "when"))
        if e is None:
            continue
        unknown = f.one_of(e.get("unknown", "pass"), ("pass", "block"), clause)
        made.append(Gate(str(e["code"]), str(e["zh"]), _text(e["when"]), str(e.get("en") or ""),
                         cast("Any", unknown), f.cited(e, f.raw.get("sources") or {}, clause, needed=False)))
    return tuple(made)


def _extra(f: ModelFile, key: str) -> Extra:
    entry = f.raw.get(key)
    if entry is None:
        return Extra()
    e = f.part("extra", entry, key, ("items",))
    if e is None:
        return Extra()
    found = [read_indicator(f, item, n) for n, item in enumerate(f.items(key, e["items"]), 1)]
    return Extra(None if e.get("cap") is None else f.points(e["cap"], key), tuple(i for i in found if i))


def _grades(f: ModelFile) -> tuple[Grade, ...]:
    entries = [f.part("grade", e, f"grades[{n}]", ("code", "zh")) for n, e in enumerate(f.items("grades"), 1)]
    return tuple(
        Grade(str(e["code"]), str(e["zh"]), f.points(e.get("from", 0), "grades"), str(e.get("en") or ""))
        for e in entries if e
    )


def _minima(f: ModelFile) -> tuple[Minimum, ...]:
    entries = [f.part("minimum", e, f"minima[{n}]", ("node", "points")) for n, e in enumerate(f.items("minima"), 1)]
    return tuple(Minimum(str(e["node"]), f.points(e["points"], "minima")) for e in entries if e)


def _ranking(f: ModelFile) -> Ranking:
    e = f.part("ranking", f.raw.get("ranking") or {}, "ranking", ())
    cut = f.one_of((e or {}).get("cut", "include"), ("include", "exclude"), "ranking")
    return Ranking(cast("Any", cut))


def load_model(path: Path) -> PointModel:
    """Read one model file.

    Raises:
        WutongError: P1xx, S1xx, all faults of the file together.
    """
    return parse_model(read_text(path), path.name, path.parent)


def model_files(pack: str | Path | None = None) -> list[Path]:
    """Return the model files of a pack (default: of all that ship): those in its folder ``points``."""
    root = Path(str(resources.files("wutong.packs")))
    folders = [root / name for name in known_packs()] if pack is None else [
        Path(pack) if Path(pack).is_dir() else root / str(pack)
    ]
    return sorted(p for d in folders for p in (d / "points").glob("*.yaml") if not p.name.endswith(".cases.yaml"))


def find_model(text: str, on: date | None = None) -> PointModel:
    """Return the model that :func:`find_file` finds. Raises S120, S121, and P1xx, S1xx for a faulty file."""
    return load_model(find_file(text, on))


def find_file(text: str, on: date | None = None) -> Path:
    """Return the file of the model meant: a path, an id, or ``id@version``; several versions are chosen by date.

    Raises:
        WutongError: S120 no such model, S121 several versions and no date that decides.
    """
    if text.endswith((".yaml", ".yml")):
        return Path(text)
    name, _, version = text.partition("@")
    files = model_files()
    named = [p for p in files if p.name.startswith(name)]
    known = {p: load_model(p) for p in named or files}
    found = {p: m for p, m in known.items() if name in (m.id, m.key, m.zh) and version in ("", m.version)}
    if len(found) > 1 and on is not None:
        found = {p: m for p, m in found.items() if m.in_force(on)}
    if not found:
        ids = sorted({load_model(p).id for p in files})
        raise WutongError.of("S120", name=text, known="、".join(ids))
    if len(found) > 1:
        raise WutongError.of("S121", name=text, known="、".join(f"{m.id}@{m.version}" for m in found.values()))
    return next(iter(found))
