"""Lowering a rule: the state while one expression becomes typed SQL, and who lowers which kind of node.

Handlers register themselves with :func:`handles`; :mod:`wutong.ir.policy.expr` knows them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, TypeVar

from wutong.errors import Place, WutongError
from wutong.feel import ast
from wutong.ir.policy import units
from wutong.ir.policy.compare import DENIED, MIRROR, SQL_NAMES, compare_numbers
from wutong.ir.policy.plan import Lookup
from wutong.ir.policy.values import Day, Interval, Number, Options, Plain, Rows, Text, Truth, Value
from wutong.sql.nodes import Expr, op
from wutong.tables.catalogue import Child


class Names(Protocol):
    """What a rule may name."""

    three: bool
    on: date

    def value(self, name: str, /) -> Value | None:
        """Return what `name` stands for, or None."""

    def similar(self, name: str, /) -> list[str]:
        """Return names close to a misspelt one."""

    def aggregate(self, function: str, rows: Rows, /) -> Value:
        """Return an aggregate over child rows."""

    def rows_scope(self, child: Child, variable: str | None, /) -> Names:
        """Return the scope inside a filter over a child table."""

    def bind(self, node: Expr, /) -> Expr:
        """Give a value its own column, so that it is computed once."""

    def lookup(self, wanted: Lookup, /) -> str:
        """Join a large table; return the id of its columns."""

    def compared(self, truth: Expr, sides: tuple[Number, Number] | None, /) -> None:
        """Hear of a comparison: its truth and, of numbers, both sides."""


@dataclass(slots=True)
class Comparison:
    """One comparison met while lowering a condition, kept for its explanation."""

    left: Value
    operator: str
    right: Value
    left_node: ast.Node
    right_node: ast.Node


@dataclass(slots=True)
class Lowering:
    """Lowers one expression; `met` collects its comparisons when a list is given, `denied` inside a not(…)."""

    names: Names
    place: Place
    text: str = ""
    met: list[Comparison] | None = None
    input: Value | None = None
    input_node: ast.Node = field(default_factory=lambda: ast.Name("?"))
    denied: bool = False

    def fail(self, code: str, node: ast.Node, **values: object) -> WutongError:
        """Return the error of `code` at `node`."""
        place = self.place.merged(expression=self.text or None, offset=node.span.start + 1)
        return WutongError.of(code, place, **values)

    def lower(self, node: ast.Node) -> Value:
        """Return the typed value of `node`.

        Raises:
            WutongError: F5xx, with the character where the fault stands.
        """
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise self.fail("F501", node, construct=type(node).__name__)
        return handler(self, node)

    def number(self, node: ast.Node) -> Number:
        """Lower `node` and insist on a number."""
        value = self.lower(node)
        if isinstance(value, Number):
            return value
        if isinstance(value, Rows):
            raise self.fail("F502", node)
        raise self.fail("F503", node, need="数", got=kind_of(value))

    def truth(self, node: ast.Node) -> Truth:
        """Lower `node` and insist on a truth value."""
        value = self.lower(node)
        if isinstance(value, Truth):
            return value
        raise self.fail("F503", node, need="是非", got=kind_of(value))

    def day(self, node: ast.Node) -> Day:
        """Lower `node` and insist on a date."""
        value = self.lower(node)
        if isinstance(value, Day):
            return value
        raise self.fail("F503", node, need="日期", got=kind_of(value))

    def compare(self, left: Value, operator: str, right: Value, at: ast.Node) -> Truth:
        """Return ``left operator right``."""
        if isinstance(left, Number) and isinstance(right, Number):
            left, right = self.aligned(left, right, at)
            found = compare_numbers(left, operator, right)
            self.names.compared(found.expr, (left, right))
            return found
        if not isinstance(left, Plain) or not isinstance(right, Plain) or type(left) is not type(right):
            raise self.fail("F504", at, left=kind_of(left), right=kind_of(right))
        if isinstance(left, Text) and isinstance(right, Text):
            self._spelled(left, right, at)
        if operator not in ("=", "!=") and not isinstance(left, Day):
            raise self.fail("F505", at, operator=operator, got=kind_of(left))
        node = op(SQL_NAMES[operator], left.expr, right.expr)
        if isinstance(left, Day):
            self.names.compared(node, None)
        return Truth(node)

    def _spelled(self, left: Text, right: Text, at: ast.Node) -> None:
        """A text that its code list cannot hold would make a condition that never holds."""
        for one, other in ((left, right), (right, left)):
            if one.values and other.const is not None and other.const not in one.values:
                raise self.fail("F506", at, text=other.const, known="、".join(one.values))

    def held(self, value: Interval) -> Interval:
        """Give the ends columns of their own, for operations that mention them more than once."""
        if value.const is not None:
            return value
        lo = None if value.lo is None else self.names.bind(value.lo)
        hi = lo if value.exact else None if value.hi is None else self.names.bind(value.hi)
        plain = lo if value.exact else value.plain
        return Interval(lo, hi, value.digits, value.scale, plain, value.low, value.high)

    def aligned(self, left: Number, right: Number, at: ast.Node) -> tuple[Number, Number]:
        """Bring both to one unit; only literals convert by themselves."""
        try:
            return units.align(left, right)
        except units.UnitMismatchError as clash:
            raise self.clashed(clash, at) from None

    def clashed(self, clash: units.UnitMismatchError, node: ast.Node) -> WutongError:
        """Return the error of two units that may not meet."""
        return self.fail(clash.code, node, left=clash.left, right=clash.right)

    def note(self, left: Value, operator: str, right: Value, a: ast.Node, b: ast.Node) -> None:
        """Keep a comparison for the explanation, the company's figure on the left."""
        if self.met is None:
            return
        constant_left = isinstance(left, Number | Text | Day) and left.const is not None
        if constant_left and isinstance(right, Number | Text | Day) and right.const is None:
            left, right, a, b, operator = right, left, b, a, MIRROR[operator]
        if isinstance(left, Number) and isinstance(right, Number):
            left, right = self.aligned(left, right, a)
        self.met.append(Comparison(left, DENIED[operator] if self.denied else operator, right, a, b))


N = TypeVar("N", bound=ast.Node)
_HANDLERS: dict[type[ast.Node], Callable[[Lowering, Any], Value]] = {}


def handles(kind: type[N]) -> Callable[[Callable[[Lowering, N], Value]], Callable[[Lowering, N], Value]]:
    """Make the decorated function the one that lowers nodes of `kind`."""

    def register(body: Callable[[Lowering, N], Value]) -> Callable[[Lowering, N], Value]:
        _HANDLERS[kind] = body
        return body

    return register


def kind_of(value: Value) -> str:
    """Return the Chinese name of a value's type.

    >>> kind_of(Options(()))
    '列表'
    """
    return {Number: "数", Truth: "是非", Text: "文本", Day: "日期", Options: "列表", Rows: "子表行"}[
        type(value)
    ]
