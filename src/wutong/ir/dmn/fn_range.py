"""Range functions (Allen's relations, DMN 1.5 table 78) and reading a range from its text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.feel.interp import evaluate
from wutong.feel.parser import parse_expression
from wutong.ir.dmn.operators import compare, equal, scalar
from wutong.ir.dmn.scope import Scope
from wutong.ir.dmn.signatures import Variant, one
from wutong.ir.dmn.values import (
    Interval,
    NotCompilableError,
    NullResultError,
    Value,
    and_,
    truth,
)
from wutong.sql.emit import Expr, lit

if TYPE_CHECKING:
    from wutong.ir.dmn.lower import Lowering

Relation = Callable[[Interval, Interval], Expr]


def _bounds(value: Value) -> Interval:
    if isinstance(value, Interval):
        return value
    return Interval(value, value)


def _end(value: Value | None) -> Value:
    if value is None:
        raise NullResultError
    return value


def _less(a: Value | None, b: Value | None, closed: bool) -> Expr:
    """A < b, or a = b if `closed`."""
    return compare("<=" if closed else "<", _end(a), _end(b))


def _same(a: Value | None, b: Value | None) -> Expr:
    return equal(_end(a), _end(b))


def _before(a: Interval, b: Interval) -> Expr:
    return _less(a.high, b.low, not (a.high_closed and b.low_closed))


def _meets(a: Interval, b: Interval) -> Expr:
    return and_(lit(a.high_closed and b.low_closed), _same(a.high, b.low))


def _overlaps(a: Interval, b: Interval) -> Expr:
    return and_(_less(b.low, a.high, b.low_closed and a.high_closed),
                _less(a.low, b.high, a.low_closed and b.high_closed))


def _overlaps_before(a: Interval, b: Interval) -> Expr:
    return and_(_less(a.low, b.low, a.low_closed and not b.low_closed),
                _less(b.low, a.high, a.high_closed and b.low_closed),
                _less(a.high, b.high, b.high_closed or not a.high_closed))


def _overlaps_after(a: Interval, b: Interval) -> Expr:
    return and_(_less(b.low, a.low, b.low_closed or not a.low_closed),
                _less(a.low, b.high, a.low_closed and b.high_closed),
                _less(b.high, a.high, a.high_closed and not b.high_closed))


def _finishes(a: Interval, b: Interval) -> Expr:
    return and_(lit(a.high_closed == b.high_closed), _same(a.high, b.high),
                _less(b.low, a.low, b.low_closed or not a.low_closed))


def _starts(a: Interval, b: Interval) -> Expr:
    return and_(lit(a.low_closed == b.low_closed), _same(a.low, b.low),
                _less(a.high, b.high, b.high_closed or not a.high_closed))


def _includes(a: Interval, b: Interval) -> Expr:
    return and_(_less(a.low, b.low, a.low_closed or not b.low_closed),
                _less(b.high, a.high, a.high_closed or not b.high_closed))


def _coincides(a: Interval, b: Interval) -> Expr:
    return and_(lit((a.low_closed, a.high_closed) == (b.low_closed, b.high_closed)), _same(a.low, b.low),
                _same(a.high, b.high))


def _relation(relation: Relation, swapped: bool = False) -> Callable[[Lowering, Value, Value], Value]:
    def make(lowering: Lowering, first: Value, second: Value) -> Value:
        a, b = _bounds(first), _bounds(second)
        return truth(lowering.plan.bind(relation(b, a) if swapped else relation(a, b)))
    return make


_CONSTRUCTORS = {"date", "time", "date and time", "duration"}


def _range(lowering: Lowering, source: Value) -> Value:
    item = scalar(source, "string")
    if not isinstance(item.const, str):
        raise NotCompilableError("F418", what="range")
    try:
        tree = parse_expression(item.const.strip(), names=())
    except WutongError as fault:
        raise NullResultError from fault
    if not isinstance(tree, ast.Range) or not (_literal(tree.low) and _literal(tree.high)):
        raise NullResultError
    # the text is fixed, so the interpreter can say now whether it is a range at all (types agree, ends in order)
    if evaluate(ast.Call(ast.Name("range"), (ast.Literal(item.const),))) is None:
        raise NullResultError
    return lowering.lower(tree, Scope())


def _literal(node: ast.Node | None) -> bool:
    match node:
        case ast.Literal(value=value):
            return value is not None
        case ast.AtLiteral():
            return True
        case ast.Negate(operand=operand):
            return _literal(operand)
        case ast.Call(function=ast.Name(name), arguments=arguments):
            return name in _CONSTRUCTORS and all(isinstance(a, ast.Literal) for a in arguments)
    return False


_RELATIONS: dict[str, tuple[Relation, bool]] = {
    "before": (_before, False), "after": (_before, True), "meets": (_meets, False), "met by": (_meets, True),
    "overlaps": (_overlaps, False), "overlaps before": (_overlaps_before, False),
    "overlaps after": (_overlaps_after, False), "finishes": (_finishes, False), "finished by": (_finishes, True),
    "includes": (_includes, False), "during": (_includes, True), "starts": (_starts, False),
    "started by": (_starts, True), "coincides": (_coincides, False),
}

FUNCTIONS: dict[str, tuple[Variant, ...]] = {
    "range": one(_range, "from"),
    **{name: (*one(_relation(r, s), "range1", "range2"), *one(_relation(r, s), "point", "range"),
              *one(_relation(r, s), "range", "point"), *one(_relation(r, s), "point1", "point2"))
       for name, (r, s) in _RELATIONS.items()},
}
