"""A decision table as boxes on its axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

from wutong.feel import ast
from wutong.ir.policy.check import Checked
from wutong.ir.policy.order import ParsedTable
from wutong.ir.policy.values import Day, Number, Text, Truth, Value
from wutong.packs.model import Table
from wutong.policy.lint.axes import NumberAxis, Spans, TextAxis
from wutong.policy.lint.cells import CellReader, Shape, UndecidedError, figures, on_axis, texts
from wutong.policy.lint.geometry import Boxes, Region, TooManyError
from wutong.tables.catalogue import Fact

_MOST_BOXES = 200_000


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose cells are all understood: its axes, the boxes, the rules that cover nothing at all."""

    table: Table
    axes: tuple[NumberAxis | TextAxis, ...]
    boxes: Boxes
    empty: tuple[int, ...]
    open_rules: tuple[int, ...]
    """Rules of dashes only: they also take companies whose inputs are missing."""

    @property
    def whole(self) -> Region:
        """The whole space."""
        return tuple((0, axis.size - 1) for axis in self.axes)

    def text(self, region: Region) -> str:
        """Return a region for people; inputs that do not matter are left out.

        Raises IndexError for a region of another table.
        """
        parts = [axis.text(span) for axis, span in zip(self.axes, region, strict=True) if span != (0, axis.size - 1)]
        return ", ".join(parts) or ", ".join(f"{axis.name} = *" for axis in self.axes)


def grid_of(checked: Checked, parsed: ParsedTable) -> Grid:
    """Return a table as boxes.

    Raises:
        UndecidedError: a cell compares with something that is not a constant.
        TooManyError: the cells of several alternatives multiply into too many boxes.
    """
    columns: list[list[Spans]] = []
    axes: list[NumberAxis | TextAxis] = []
    for number, node in enumerate(parsed.inputs):
        shapes, axis = _column(checked, parsed, number, node)
        axes.append(axis)
        known = {shape: on_axis(shape, axis) for shape in set(shapes)}
        columns.append([known[shape] for shape in shapes])
    regions: list[tuple[int, Region]] = []
    empty = []
    for rule, spans in enumerate(zip(*columns, strict=True)):
        if not all(spans):
            empty.append(rule)
        regions += [(rule, region) for region in product(*spans)]
        if len(regions) > _MOST_BOXES:
            raise TooManyError
    dashes = tuple(n for n, (tests, _) in enumerate(parsed.rules) if all(_dash(t) for t in tests))
    return Grid(parsed.source, tuple(axes), Boxes.of(regions, len(axes)), tuple(empty), dashes)


def _dash(tests: ast.UnaryTests) -> bool:
    return not tests.negated and any(isinstance(t, ast.AnyTest) for t in tests.tests)


def _column(checked: Checked, parsed: ParsedTable, number: int, node: ast.Node) -> tuple[list[Shape], NumberAxis | TextAxis]:
    text = parsed.source.inputs[number]
    lowering = checked.context.lowering(text, parsed.source.code)
    value = lowering.lower(node)
    reader = CellReader(lowering, value)
    known: dict[ast.UnaryTests, Shape] = {}
    shapes = []
    for tests, _ in parsed.rules:
        cell = tests[number]
        if cell not in known:
            known[cell] = reader.cell(cell)
        shapes.append(known[cell])
    return shapes, _axis(shown_name(text), value, list(known.values()), _fact(checked, node))


def shown_name(text: str) -> str:
    """Return an input without the wrapper that only turns a ratio into %.

    >>> shown_name("percent(科技人员占比)"), shown_name("percent(a) + percent(b)")
    ('科技人员占比', 'percent(a) + percent(b)')
    """
    inner = text.removeprefix("percent(").removesuffix(")")
    whole = len(text) - len(inner) == len("percent()")
    return inner if whole and ")" not in inner.split("(", 1)[0] else text


def _fact(checked: Checked, node: ast.Node) -> Fact | None:
    plan = checked.context.plan
    found = plan.catalogue.resolve(node.name, plan.on.year) if isinstance(node, ast.Name) else None
    return None if found is None else found[0]


def _axis(name: str, value: Value, shapes: Sequence[Shape], fact: Fact | None) -> NumberAxis | TextAxis:
    if isinstance(value, Truth):
        return TextAxis(name, ("true", "false"), others=False)
    if isinstance(value, Text):
        said = sorted({t for shape in shapes for t in texts(shape)})
        return TextAxis(name, value.values or tuple(said), others=not value.values)
    cuts = {f for shape in shapes for f in figures(shape)}
    if isinstance(value, Day):
        low, high = (_ordinal(x) for x in (fact.min, fact.max)) if fact is not None else (None, None)
        return NumberAxis.of(name, cuts, "", days=True, low=low, high=high)
    if not isinstance(value, Number):
        raise UndecidedError
    low, high = domain(value)
    return NumberAxis.of(name, cuts, str(value.unit or ""), whole=_whole(value, fact), low=low, high=high)


def _ordinal(day: object) -> Decimal | None:
    return Decimal(day.toordinal()) if isinstance(day, date) else None


def _whole(value: Number, fact: Fact | None) -> bool:
    return fact.type == "integer" if fact is not None else value.den is None and value.num.scale == 0


def domain(value: Number) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the greatest value a number may have; a quotient of non-negative figures has no sign."""
    if value.den is None:
        return value.num.low, value.num.high
    return Decimal(0) if value.num.nonneg and value.den.nonneg else None, None
