"""Golden cases: what a policy must say about made-up companies, written as YAML beside the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from wutong.backends.protocol import Backend
from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression
from wutong.ir.policy.compile import Compiled, Shown
from wutong.packs.loader import load_file, load_yaml
from wutong.packs.model import Let, Parameter, Policy, Table
from wutong.policy.benefits import Line, combine
from wutong.policy.evaluate import VERDICTS, Mode, compile_block, default_backend, shipped_catalogue
from wutong.tables import Catalogue, Fact
from wutong.values.units import convert


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expectation of one case, and what came out."""

    file: str
    case: str
    item: str
    expected: object
    got: object

    @property
    def ok(self) -> bool:
        """Whether they are equal."""
        return self.expected == self.got


@dataclass(frozen=True, slots=True)
class Case:
    """One made-up company on one day."""

    name: str
    on: date
    facts: dict[str, Any]
    expect: dict[str, Any]


def _merged(base: Mapping[str, Any], case: Mapping[str, Any]) -> dict[str, Any]:
    facts = {k: dict(v) if isinstance(v, Mapping) else v for k, v in base.items()}
    for name, value in (case.get("with") or {}).items():
        if isinstance(value, Mapping) and isinstance(facts.get(name), dict):
            facts[name] = {**facts[name], **value}
        else:
            facts[name] = value
    for name in case.get("without") or []:
        facts.pop(name, None)
    return facts


def load_cases(path: Path) -> tuple[Policy, list[Case]]:
    """Read a case file and the policy beside it.

    Raises:
        WutongError: P130 when the policy file is missing, P131 for a case without name, date or expectation.
    """
    policy_file = path.with_name(path.name.replace(".cases.yaml", ".yaml"))
    if not policy_file.is_file():
        raise WutongError.of("P130", Place(file=path.name), policy=policy_file.name)
    raw = load_yaml(path.read_text("utf-8"), path.name)
    cases = []
    for number, entry in enumerate(raw.get("cases") or [], start=1):
        if not entry.get("name") or not entry.get("on") or not entry.get("expect"):
            raise WutongError.of("P131", Place(file=path.name, clause=f"cases[{number}]"))
        cases.append(Case(str(entry["name"]), entry["on"], _merged(raw.get("base") or {}, entry), entry["expect"]))
    return load_file(policy_file), cases


def stored_value(fact: Fact, value: Any, place: Place) -> Any:
    """Return a value of a case as the snapshot stores it: numbers in the unit of the catalogue.

    Raises:
        WutongError: P132 when it does not fit the fact.
    """
    if value is None:
        return None
    try:
        if fact.type in ("number", "integer"):
            number = _number(fact, str(value))
            return number if fact.type == "number" else int(number)
        if fact.type == "date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
    except (ValueError, ArithmeticError, WutongError):
        raise WutongError.of("P132", place, fact=fact.zh, value=value) from None
    if (fact.type == "boolean") != isinstance(value, bool):
        raise WutongError.of("P132", place, fact=fact.zh, value=value)
    if fact.values and str(value) not in fact.values:
        raise WutongError.of("P132", place, fact=fact.zh, value=value)
    return value if isinstance(value, bool) else str(value)


def _number(fact: Fact, text: str) -> Decimal:
    node = parse_expression(text, profile="policy")
    sign = 1
    if isinstance(node, ast.Negate):
        sign, node = -1, node.operand
    if not isinstance(node, ast.Literal) or not isinstance(node.value, Decimal):
        raise ValueError(text)  # noqa: TRY004 - the caller places it as a faulty value
    value = node.value * sign
    if node.unit is not None and fact.unit is not None:
        value = convert(value, node.unit, fact.unit)
    return value.quantize(Decimal(1).scaleb(-fact.scale)) if fact.type == "number" else value


def case_tables(cases: Sequence[Case], catalogue: Catalogue, file: str = "") -> dict[str, pa.Table]:
    """Return cases as the tables of a snapshot, one company each, named ``case0000`` and on."""
    rows: list[dict[str, Any]] = []
    children: dict[str, list[dict[str, Any]]] = {}
    types: dict[str, pa.DataType] = {"company": pa.string(), "name": pa.string()}
    for number, case in enumerate(cases):
        company = f"case{number:04d}"
        row: dict[str, Any] = {"company": company, "name": case.name}
        for name, value in case.facts.items():
            _place_fact(catalogue, name, value, row, children, types, company, Place(file=file, clause=case.name))
        rows.append(row)
    schema = pa.schema(list(types.items()))
    tables = {"companies": pa.Table.from_pylist([{k: r.get(k) for k in types} for r in rows], schema=schema)}
    for code, items in children.items():
        child = catalogue.child(code)
        assert child is not None  # noqa: S101 - found by that name just before
        fields = [("company", pa.string()), *((c.code, c.arrow) for c in child.columns)]
        tables[code] = pa.Table.from_pylist(items, schema=pa.schema(fields))
    return tables


def _place_fact(  # noqa: PLR0913, PLR0917 - one cell and the tables it may go to
    catalogue: Catalogue, name: str, value: Any, row: dict[str, Any], children: dict[str, list[dict[str, Any]]],
    types: dict[str, pa.DataType], company: str, place: Place,
) -> None:
    child = catalogue.child(name)
    if child is not None:
        target = children.setdefault(child.code, [])
        for item in value or []:
            cells: dict[str, Any] = {"company": company}
            for key, cell in item.items():
                column = child.column(key)
                if column is None:
                    raise WutongError.of("P133", place, name=f"{name}.{key}")
                cells[column.code] = stored_value(column, cell, place)
            target.append({"company": company} | {c.code: cells.get(c.code) for c in child.columns})
        return
    fact = catalogue.fact(name)
    if fact is None or fact.yearly != isinstance(value, Mapping):
        raise WutongError.of("P133", place, name=name)
    for year, item in value.items() if fact.yearly else [(None, value)]:
        column_id = fact.code if year is None else f"{fact.code}_{year}"
        types[column_id] = fact.arrow
        row[column_id] = stored_value(fact, item, place)


def run_cases(path: Path, mode: Mode = "interval", backend: Backend | None = None,
              catalogue: Catalogue | None = None) -> list[Outcome]:
    """Run every case of a file; one outcome per expectation.

    Raises:
        WutongError: F5xx for faulty rules, P13x for faulty cases.
    """
    policy, cases = load_cases(path)
    known = catalogue or shipped_catalogue()
    engine = backend or default_backend()
    outcomes: list[Outcome] = []
    for on in sorted({c.on for c in cases}):
        group = [c for c in cases if c.on == on]
        if not policy.in_force(on):
            outcomes += [Outcome(path.name, c.name, k, v, "not_in_force") for c in group for k, v in c.expect.items()]
            continue
        tables = case_tables(group, known, path.name)
        columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
        block = compile_block([with_outputs(policy, group)], columns, on, mode=mode, catalogue=known)
        rows = {r["company"]: r for r in engine.query(block.sql, tables).to_pylist()}
        for number, case in enumerate(group):
            row = rows[f"case{number:04d}"]
            for item, value in case.expect.items():
                outcomes.append(compared(path.name, case, item, value, row, block.policies[0]))
    return outcomes


def with_outputs(policy: Policy, cases: Sequence[Case]) -> Policy:
    """Return the policy with every let and table that a case expects among its outputs."""
    named: list[Parameter | Let | Table] = [*policy.parameters, *policy.lets, *policy.tables]
    local = {n for x in named for n in (x.code, x.zh)}
    asked = {i for c in cases for i in c.expect if i in local}
    return replace(policy, outputs=tuple(dict.fromkeys((*policy.outputs, *sorted(asked)))))


def compared(file: str, case: Case, item: str, expected: Any, row: Mapping[str, Any], compiled: Compiled) -> Outcome:
    """Return one expectation beside what came out.

    Raises:
        WutongError: P134 when nothing of that name comes out of the policy.
    """
    prefix, policy = compiled.prefix, compiled.policy
    if item == "verdict":
        return Outcome(file, case.name, item, expected, VERDICTS[row[f"{prefix}_verdict"]])
    for number, condition in enumerate(policy.conditions):
        if item in (condition.code, condition.zh):
            failed = row[f"{prefix}_failed"] >> number & 1
            open_ = row[f"{prefix}_unknown"] >> number & 1
            truth = False if failed else ("manual" if condition.manual else None) if open_ else True
            return Outcome(file, case.name, item, expected, truth)
    for number, benefit in enumerate(policy.benefits):
        if item in (benefit.code, benefit.zh):
            got = [row[f"{prefix}_b{number}_lo"], row[f"{prefix}_b{number}_hi"]]
            return Outcome(file, case.name, item, _range(expected, "元"), got)
    if item == "合计":
        lines = [Line(policy.key, b, row[f"{prefix}_b{n}_lo"], row[f"{prefix}_b{n}_hi"]) for n, b in enumerate(policy.benefits)]
        return Outcome(file, case.name, item, _range(expected, "元"), list(combine(lines)[1:]))
    for name, zh, shown in compiled.outputs:
        if item in (name, zh):
            return Outcome(file, case.name, item, _expected(expected, shown), _got(row, shown))
    raise WutongError.of("P134", Place(file=file, clause=case.name), name=item)


def _expected(value: Any, shown: Shown) -> Any:
    return _range(value, shown.unit) if shown.kind == "number" else value


def _got(row: Mapping[str, Any], shown: Shown) -> Any:
    if shown.kind == "number":
        return [None if v is None else Decimal(v).normalize() + 0 for v in (row[shown.low], row[shown.high])]
    return row[shown.low]


def _range(value: Any, unit: str) -> list[Decimal | None]:
    ends = value if isinstance(value, list) else [value, value]
    return [None if e is None else _amount(e, unit) for e in ends]


def _amount(value: Any, unit: str) -> Decimal:
    node = parse_expression(str(value), profile="policy")
    sign = 1
    if isinstance(node, ast.Negate):
        sign, node = -1, node.operand
    assert isinstance(node, ast.Literal)  # noqa: S101 - an expectation is a figure
    assert isinstance(node.value, Decimal)  # noqa: S101
    number = node.value * sign
    return convert(number, node.unit, unit) if node.unit is not None and unit else number
