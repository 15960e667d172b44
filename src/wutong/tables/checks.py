"""Cross-field checks of the catalogue, in FEEL, on whole columns.

A check that names yearly facts is run for every accounting year with figures: 上年 and 前年 are read relative to
it, so that a file of three years has three results. Unknown inputs decide nothing (Kleene).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from wutong.errors import Diagnostic, Place, WutongError
from wutong.feel import ast
from wutong.feel.parser import parse_expression
from wutong.tables.catalogue import RELATIVE_YEARS, Catalogue, Check
from wutong.tables.cells import fault
from wutong.tables.sheet import SheetData
from wutong.values import Unit, convert

TODAY = "评估日"
_COMPARE = {"=": pc.equal, "!=": pc.not_equal, "<": pc.less, "<=": pc.less_equal, ">": pc.greater,
            ">=": pc.greater_equal}
_ARITHMETIC = {"+": pc.add_checked, "-": pc.subtract_checked, "*": pc.multiply_checked}
_LOGIC = {"and": pc.and_kleene, "or": pc.or_kleene}
_DECIMAL = pa.decimal128(25, 6)


@dataclass(frozen=True, slots=True)
class _Value:
    data: Any
    unit: Unit | None = None
    literal: Decimal | None = None


class _MissingError(Exception):
    """A check names a column that the input does not have."""


def run_checks(companies: SheetData, catalogue: Catalogue, on: date | None) -> list[Diagnostic]:
    """Run every check of the catalogue; failures are added to the rows. Returns notes on checks not run.

    Raises T213 if a check uses a form that cannot be evaluated on columns, F1xx if it is not FEEL.
    """
    notes = []
    for check in catalogue.checks:
        tree = parse_check(check, catalogue)
        if TODAY in set(_names(tree)) and on is None:
            notes.append(Diagnostic.of("T157", companies.place, "note", check=check.zh))
            continue
        for year in _years(tree, companies, catalogue):
            _run(check, tree, companies, catalogue, year, on)
    return notes


def parse_check(check: Check, catalogue: Catalogue) -> ast.Node:
    """Return the syntax tree of a check, its names being those of the catalogue."""
    yearly = [p + f.zh for f in catalogue.yearly for p in RELATIVE_YEARS]
    names = [*(f.zh for f in catalogue.facts), *yearly, TODAY]
    return parse_expression(check.when, names=names, profile="policy", place=Place(clause=check.id, line=check.line))


def _names(tree: ast.Node) -> Iterator[str]:
    if isinstance(tree, ast.Name):
        yield tree.name
    for part in _parts(tree):
        yield from _names(part)


def _parts(tree: ast.Node) -> list[ast.Node]:
    if isinstance(tree, ast.Binary):
        return [tree.left, tree.right]
    if isinstance(tree, ast.Between):
        return [tree.value, tree.low, tree.high]
    if isinstance(tree, ast.Negate):
        return [tree.operand]
    return list(tree.arguments) if isinstance(tree, ast.Call) else []


def _years(tree: ast.Node, companies: SheetData, catalogue: Catalogue) -> list[int]:
    """Return the assessment years for which a yearly check has any figures; [0] for one without yearly facts."""
    years: set[int] = set()
    relative = False
    for name in _names(tree):
        found = catalogue.resolve(name, 0)
        if found is not None and found[0].yearly:
            relative = True
            back = -int(found[1].rpartition("_")[2])
            years |= {c.year + back for c in companies.columns if c.year and c.fact.code == found[0].code}
    return sorted(years) if relative else [0]


def _run(check: Check, tree: ast.Node, companies: SheetData, catalogue: Catalogue, year: int, on: date | None) -> None:
    columns = _Columns(companies, catalogue, year, on, check)
    try:
        result = columns.value(tree).data
    except _MissingError:
        return
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, AttributeError):
        raise WutongError.of("T213", Place(file="catalogue.yaml", line=check.line), name=check.id) from None
    cells = [c for code in check.cells for c in columns.used if c.rpartition("_")[0] == code or c == code]
    for position in pc.indices_nonzero(pc.invert(result)).to_pylist():
        row = companies.rows[position]
        for cell in cells:
            column = companies.column(cell)
            visible = column if column is not None and column.header else None
            value = companies.values[cell][position]
            companies.add(row, visible, fault("T158", value, check.severity, check=check.zh))


class _Columns:
    """Evaluates a check on all rows at once; remembers the columns used."""

    def __init__(self, companies: SheetData, catalogue: Catalogue, year: int, on: date | None, check: Check) -> None:
        self.companies, self.catalogue, self.year, self.on, self.check = companies, catalogue, year, on, check
        self.used: list[str] = []

    def unsupported(self) -> WutongError:
        return WutongError.of("T213", Place(file="catalogue.yaml", line=self.check.line), name=self.check.id)

    def value(self, tree: ast.Node) -> _Value:
        match tree:
            case ast.Name(name):
                return self.name(name)
            case ast.Literal(Decimal() as number, unit):
                return _Value(pa.scalar(number, _DECIMAL), Unit.parse(unit) if unit else None, number)
            case ast.Literal(value, _):
                return _Value(pa.scalar(value))
            case ast.Negate(operand):
                inner = self.value(operand)
                return _Value(pc.negate(inner.data), inner.unit)
            case ast.Binary(op, left, right):
                return self.binary(op, left, right)
            case ast.Between(value, low, high):
                return _Value(pc.and_kleene(self.binary(">=", value, low).data, self.binary("<=", value, high).data))
            case ast.Call(ast.Name("not"), (argument,)):
                return _Value(pc.invert(self.value(argument).data))
            case _:
                raise self.unsupported()

    def name(self, name: str) -> _Value:
        if name == TODAY:
            return _Value(pa.scalar(self.on, pa.date32()))
        found = self.catalogue.resolve(name, self.year)
        if found is None or found[1] not in self.companies.values:
            raise _MissingError
        fact, column = found
        self.used.append(column)
        data = pa.array(self.companies.values[column], fact.arrow)
        return _Value(data.cast(_DECIMAL) if fact.type in ("number", "integer") else data, fact.unit)

    def binary(self, op: str, left: ast.Node, right: ast.Node) -> _Value:
        one, other = self.value(left), self.value(right)
        if op in _LOGIC:
            return _Value(_LOGIC[op](one.data, other.data))
        if op == "*":
            return _Value(pc.multiply_checked(one.data, other.data).cast(_DECIMAL), one.unit or other.unit)
        one, other = self.agreed(one, other.unit), self.agreed(other, one.unit)
        if one.unit != other.unit and one.literal is None and other.literal is None:
            raise self.unsupported()
        if op in _COMPARE:
            return _Value(_COMPARE[op](one.data, other.data))
        if op not in _ARITHMETIC:
            raise self.unsupported()
        result = _ARITHMETIC[op](one.data, other.data)
        return _Value(result.cast(_DECIMAL) if pa.types.is_decimal(result.type) else result, one.unit or other.unit)

    def agreed(self, value: _Value, unit: Unit | None) -> _Value:
        """Convert a literal to the unit it meets; plain literals take that unit."""
        if value.literal is None or unit is None or value.unit is None:
            return value
        return _Value(pa.scalar(convert(value.literal, value.unit, unit), _DECIMAL), unit, value.literal)
