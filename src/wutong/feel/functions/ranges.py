"""Range functions: Allen's relations between points and ranges (DMN 1.5, Table 78), and ``range``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeAlias

from wutong.errors import WutongError
from wutong.feel import ast
from wutong.feel.compare import both, either, equal, in_range, less
from wutong.feel.functions.registry import BUILTINS, builtin
from wutong.feel.parser import parse_expression
from wutong.feel.temporal import parse_at
from wutong.feel.values import RangeValue, invoke

_Truth: TypeAlias = bool | None


def _is(value: Any) -> bool:
    return isinstance(value, RangeValue)



@builtin("before(a: any, b: any)")
def _before(a: Any, b: Any) -> _Truth:
    end, end_closed = (a.high, a.high_closed) if _is(a) else (a, True)
    start, start_closed = (b.low, b.low_closed) if _is(b) else (b, True)
    return either(less(end, start), both(not (end_closed and start_closed), equal(end, start)))


@builtin("after(a: any, b: any)")
def _after(a: Any, b: Any) -> _Truth:
    return _before(b, a)


@builtin("meets(range1: range, range2: range)")
def _meets(a: RangeValue, b: RangeValue) -> _Truth:
    return both(a.high_closed and b.low_closed, equal(a.high, b.low))


@builtin("met by(range1: range, range2: range)")
def _met_by(a: RangeValue, b: RangeValue) -> _Truth:
    return _meets(b, a)


def _reaches(a: RangeValue, b: RangeValue) -> _Truth:
    """The end of `a` lies at or after the start of `b`."""
    return either(less(b.low, a.high), both(a.high_closed and b.low_closed, equal(a.high, b.low)))


@builtin("overlaps(range1: range, range2: range)")
def _overlaps(a: RangeValue, b: RangeValue) -> _Truth:
    return both(_reaches(a, b), _reaches(b, a))


@builtin("overlaps before(range1: range, range2: range)")
def _overlaps_before(a: RangeValue, b: RangeValue) -> _Truth:
    starts = either(less(a.low, b.low), both(a.low_closed and not b.low_closed, equal(a.low, b.low)))
    ends = either(less(a.high, b.high), both(not a.high_closed or b.high_closed, equal(a.high, b.high)))
    return both(starts, _reaches(a, b), ends)


@builtin("overlaps after(range1: range, range2: range)")
def _overlaps_after(a: RangeValue, b: RangeValue) -> _Truth:
    return _overlaps_before(b, a)


def _starts_within(a: RangeValue, b: RangeValue) -> _Truth:
    return either(less(b.low, a.low), both(not a.low_closed or b.low_closed, equal(a.low, b.low)))


def _ends_within(a: RangeValue, b: RangeValue) -> _Truth:
    return either(less(a.high, b.high), both(not a.high_closed or b.high_closed, equal(a.high, b.high)))


@builtin("finishes(a: any, b: range)")
def _finishes(a: Any, b: RangeValue) -> _Truth:
    if not _is(a):
        return both(b.high_closed, equal(a, b.high))
    return both(equal(a.high, b.high), a.high_closed == b.high_closed, _starts_within(a, b))


@builtin("finished by(a: range, b: any)")
def _finished_by(a: RangeValue, b: Any) -> _Truth:
    return _finishes(b, a)


@builtin("includes(a: range, b: any)")
def _includes(a: RangeValue, b: Any) -> _Truth:
    return both(_starts_within(b, a), _ends_within(b, a)) if _is(b) else in_range(b, a)


@builtin("during(a: any, b: range)")
def _during(a: Any, b: RangeValue) -> _Truth:
    return _includes(b, a)


@builtin("starts(a: any, b: range)")
def _starts(a: Any, b: RangeValue) -> _Truth:
    if not _is(a):
        return both(b.low_closed, equal(a, b.low))
    return both(equal(a.low, b.low), a.low_closed == b.low_closed, _ends_within(a, b))


@builtin("started by(a: range, b: any)")
def _started_by(a: RangeValue, b: Any) -> _Truth:
    return _starts(b, a)


@builtin("coincides(a: any, b: any)")
def _coincides(a: Any, b: Any) -> _Truth:
    return equal(a, b) if a is not None and b is not None else None


@builtin("range(from: string)")
def _range(text: str) -> RangeValue | None:
    """Read a range of literals, such as ``"[1..10)"`` (DMN 1.5, 10.3.4.1)."""
    try:
        tree = parse_expression(text)
    except WutongError:
        return None
    if not isinstance(tree, ast.Range) or tree.low is None or tree.high is None:
        return None
    low, high = _constant(tree.low), _constant(tree.high)
    null = ast.Literal(None)
    if (low is None and tree.low != null) or (high is None and tree.high != null):
        return None
    if low is None and high is None:
        return None
    if low is not None and high is not None and (less(high, low) is not False):
        return None
    return RangeValue(low, high, tree.low_closed, tree.high_closed)


def _constant(node: ast.Node) -> Any:
    match node:
        case ast.Literal(value):
            return value
        case ast.Negate(ast.Literal(Decimal() as value)):
            return -value
        case ast.AtLiteral(text):
            return parse_at(text)
        case ast.Call(ast.Name(name), (ast.Literal(str() as text),)) if name in _CONSTRUCTORS:
            return invoke(BUILTINS[name], [text])
    return None


_CONSTRUCTORS = ("date", "time", "date and time", "duration")
