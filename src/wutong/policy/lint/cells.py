"""What a cell of a decision table covers, as a shape over literals, units and parameters resolved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.ir.policy.lowering import Lowering
from wutong.ir.policy.values import Day, Number, Options, Text, Truth, Value
from wutong.policy.lint.axes import NumberAxis, Spans, TextAxis, shared, united, without


class UndecidedError(Exception):
    """A cell whose shape cannot be told, as one that names a fact; carries its text."""


@dataclass(frozen=True, slots=True)
class Span:
    """An interval; None is an open end."""

    low: Decimal | None
    low_in: bool
    high: Decimal | None
    high_in: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """Some texts."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """All, any or none of several shapes; all of none is everything."""

    kind: Literal["all", "any", "none"]
    parts: tuple[Shape, ...]


Shape = Span | Texts | Joined
ANYTHING = Joined("all", ())
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(slots=True)
class CellReader:
    """Reads the cells of one column; `value` is the input they test."""

    lowering: Lowering
    value: Value

    def cell(self, tests: ast.UnaryTests) -> Shape:
        """Return the shape of a cell. Raises UndecidedError."""
        whole = Joined("any", tuple(self._test(t) for t in tests.tests))
        return Joined("none", (whole,)) if tests.negated else whole

    def _test(self, node: ast.Node) -> Shape:
        match node:
            case ast.AnyTest():
                return ANYTHING
            case ast.UnaryTest(operator, right):
                return self._compared(operator, right)
            case ast.Range(low, high, low_in, high_in):
                start = None if low is None else self._figure(low)
                return Span(start, low_in, None if high is None else self._figure(high), high_in)
            case ast.Binary(operator, left, right):
                return self._binary(operator, left, right, node)
            case ast.Call(ast.Name("not"), (inner,)):
                return Joined("none", (self._test(inner),))
            case ast.In(ast.Name("?"), tests):
                return Joined("any", tuple(self._test(t) for t in tests))
        return self._compared("=", node)

    def _binary(self, operator: str, left: ast.Node, right: ast.Node, node: ast.Node) -> Shape:
        if operator in ("and", "or"):
            return Joined("all" if operator == "and" else "any", (self._test(left), self._test(right)))
        if operator in _MIRROR and left == ast.Name("?"):
            return self._compared(operator, right)
        if operator in _MIRROR and right == ast.Name("?"):
            return self._compared(_MIRROR[operator], left)
        return self._compared("=", node)

    def _compared(self, operator: str, node: ast.Node) -> Shape:
        right = self._lowered(node)
        if isinstance(right, Options):
            return Joined("any", tuple(self._equal(item, node) for item in right.items))
        if operator in ("=", "!="):
            same = self._equal(right, node)
            return same if operator == "=" else Joined("none", (same,))
        figure = self._figure(node)
        inside = operator.endswith("=")
        if operator[0] == "<":
            return Span(None, False, figure, inside)
        return Span(figure, inside, None, False)

    def _equal(self, right: Value, node: ast.Node) -> Shape:
        if isinstance(right, Text) and right.const is not None:
            return Texts((right.const,))
        if isinstance(right, Truth) and right.const is not None:
            return Texts((str(right.const).lower(),))
        figure = self._constant(right, node)
        return Span(figure, True, figure, True)

    def _lowered(self, node: ast.Node) -> Value:
        try:
            return self.lowering.lower(node)
        except WutongError:
            raise UndecidedError from None

    def _figure(self, node: ast.Node) -> Decimal:
        return self._constant(self._lowered(node), node)

    def _constant(self, right: Value, node: ast.Node) -> Decimal:
        if isinstance(right, Day) and isinstance(right.const, date):
            return Decimal(right.const.toordinal())
        if isinstance(self.value, Number) and isinstance(right, Number) and right.const is not None:
            figure = self.lowering.aligned(self.value, right, node)[1].const
            if figure is not None:
                return figure
        raise UndecidedError


def figures(shape: Shape) -> Iterator[Decimal]:
    """Yield the figures of a shape."""
    if isinstance(shape, Span):
        yield from (x for x in (shape.low, shape.high) if x is not None)
    elif isinstance(shape, Joined):
        for part in shape.parts:
            yield from figures(part)


def texts(shape: Shape) -> Iterator[str]:
    """Yield the texts of a shape."""
    if isinstance(shape, Texts):
        yield from shape.values
    elif isinstance(shape, Joined):
        for part in shape.parts:
            yield from texts(part)


def on_axis(shape: Shape, axis: NumberAxis | TextAxis) -> Spans:
    """Return the steps of the axis that a shape covers."""
    if isinstance(shape, Joined):
        parts = [on_axis(p, axis) for p in shape.parts]
        if shape.kind == "all":
            covered: Spans = united([(0, axis.size - 1)])
            for part in parts:
                covered = shared(covered, part)
            return covered
        joined = united(s for part in parts for s in part)
        return joined if shape.kind == "any" else without(joined, axis.size)
    if isinstance(shape, Texts):
        return axis.among(shape.values) if isinstance(axis, TextAxis) else ()
    if isinstance(axis, NumberAxis):
        return axis.between(shape.low, shape.low_in, shape.high, shape.high_in)
    return ()
