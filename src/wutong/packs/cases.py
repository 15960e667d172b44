"""Made-up companies written as YAML: case files, and the tables they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression
from wutong.packs.loader import load_file
from wutong.packs.model import Policy
from wutong.packs.text import load_yaml, read_text
from wutong.tables import Catalogue, Child, Fact
from wutong.values.units import Unit, convert


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
    return load_file(tested_file(path)), read_cases(path)


def cases_file(path: Path) -> Path:
    """Return where the golden cases of a policy file stand, whether there are any or not.

    >>> cases_file(Path("tsme-115-2017.yaml")).name
    'tsme-115-2017.cases.yaml'
    """
    return path.with_name(f"{path.stem}.cases.yaml")


def tested_file(path: Path) -> Path:
    """Return the file that a case file tests. Raises P130 when it is missing."""
    tested = path.with_name(path.name.replace(".cases.yaml", ".yaml"))
    if not tested.is_file():
        raise WutongError.of("P130", Place(file=path.name), policy=tested.name)
    return tested


def read_cases(path: Path) -> list[Case]:
    """Read a case file. Raises P131 for a case without name, date or expectation."""
    raw = load_yaml(read_text(path), path.name)
    entries = raw.get("cases") if isinstance(raw, Mapping) else None
    if not isinstance(entries, list) or not isinstance(raw.get("base") or {}, Mapping):
        raise WutongError.of("P131", Place(file=path.name, clause="cases"))
    cases = []
    for number, entry in enumerate(entries, start=1):
        if not _well_formed(entry):
            raise WutongError.of("P131", Place(file=path.name, clause=f"cases[{number}]"))
        cases.append(
            Case(str(entry["name"]), entry["on"], _merged(raw.get("base") or {}, entry), entry["expect"])
        )
    return cases


def _well_formed(entry: Any) -> bool:
    if not isinstance(entry, Mapping) or not entry.get("name") or not isinstance(entry.get("on"), date):
        return False
    facts, expect = entry.get("with") or {}, entry.get("expect")
    return isinstance(facts, Mapping) and isinstance(expect, Mapping) and bool(expect)


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


def figure(text: str, unit: Unit | str | None) -> Decimal:
    """Return a figure written with or without its unit, in `unit`.

    >>> figure("-1.5万元", "元")
    Decimal('-15000')

    Raises:
        WutongError: F1xx not an expression, V1xx units of different kinds.
        ValueError: an expression that is not a figure.
    """
    node = parse_expression(text, profile="policy")
    sign = 1
    if isinstance(node, ast.Negate):
        sign, node = -1, node.operand
    if not isinstance(node, ast.Literal) or not isinstance(node.value, Decimal):
        raise ValueError(text)  # noqa: TRY004 - the caller places it as a faulty value
    value = node.value * sign
    return convert(value, node.unit, unit) if node.unit is not None and unit else value


def _number(fact: Fact, text: str) -> Decimal:
    value = figure(text, fact.unit)
    return value.quantize(Decimal(1).scaleb(-fact.scale)) if fact.type == "number" else value


def case_tables(cases: Sequence[Case], catalogue: Catalogue, file: str = "") -> dict[str, pa.Table]:
    """Return cases as the tables of a snapshot, one company each, named ``case0000`` and on.

    Raises:
        WutongError: P132 for a value that does not fit its fact, P133 for an unknown fact.
    """
    tables = _Tables(catalogue)
    for number, case in enumerate(cases):
        tables.add(f"case{number:04d}", case, Place(file=file, clause=case.name))
    return tables.arrow()


class _Tables:
    """The rows of the company table and of the child tables while cases are added."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.types: dict[str, pa.DataType] = {"company": pa.string(), "name": pa.string()}
        self.rows: list[dict[str, Any]] = []
        self.children: dict[str, tuple[Child, list[dict[str, Any]]]] = {}

    def add(self, company: str, case: Case, place: Place) -> None:
        row: dict[str, Any] = {"company": company, "name": case.name}
        for name, value in case.facts.items():
            child = self.catalogue.child(name)
            if child is None:
                row |= self._cells(name, value, place)
            else:
                _, target = self.children.setdefault(child.code, (child, []))
                target += [_child_row(child, company, item, place) for item in value or []]
        self.rows.append(row)

    def _cells(self, name: str, value: Any, place: Place) -> dict[str, Any]:
        fact = self.catalogue.fact(name)
        if fact is None or fact.yearly != isinstance(value, Mapping):
            raise WutongError.of("P133", place, name=name)
        dated = (
            {f"{fact.code}_{year}": item for year, item in value.items()}
            if fact.yearly
            else {fact.code: value}
        )
        self.types |= dict.fromkeys(dated, fact.arrow)
        return {column: stored_value(fact, item, place) for column, item in dated.items()}

    def arrow(self) -> dict[str, pa.Table]:
        rows = [{name: row.get(name) for name in self.types} for row in self.rows]
        tables = {"companies": pa.Table.from_pylist(rows, schema=pa.schema(list(self.types.items())))}
        for code, (child, items) in self.children.items():
            fields = [("company", pa.string()), *((c.code, c.arrow) for c in child.columns)]
            tables[code] = pa.Table.from_pylist(items, schema=pa.schema(fields))
        return tables


def _child_row(child: Child, company: str, item: Any, place: Place) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise WutongError.of("P133", place, name=f"{child.zh}: {item}")
    row: dict[str, Any] = {"company": company} | dict.fromkeys(c.code for c in child.columns)
    for key, cell in item.items():
        column = child.column(key)
        if column is None:
            raise WutongError.of("P133", place, name=f"{child.zh}.{key}")
        row[column.code] = stored_value(column, cell, place)
    return row
