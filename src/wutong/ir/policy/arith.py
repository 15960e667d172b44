"""Interval arithmetic as SQL, exact in decimals; see :mod:`wutong.ir.policy.values`.

An unbounded end is NULL, and SQL arithmetic carries NULL along, so that sums need no case for infinity.
"""

from __future__ import annotations

from decimal import Decimal

from wutong.errors import WutongError
from wutong.ir.policy.values import NARROW, WIDE, Interval
from wutong.sql.nodes import Expr, Lit, case, cast, lit, op
from wutong.sql.types import DECIMAL
from wutong.values.units import EXACT

MOST_DIGITS = 28
"""A figure with more digits is a slip of the pen; Python's decimals would round it."""


def digits_of(value: Decimal) -> tuple[int, int]:
    """Return digits and scale that hold `value` exactly.

    >>> digits_of(Decimal("0.30")), digits_of(Decimal("2E+8")), digits_of(Decimal(0))
    ((1, 1), (9, 0), (1, 0))
    """
    _, digits, said = value.normalize().as_tuple()
    exponent = int(said)
    scale = max(-exponent, 0)
    return max(len(digits) + max(exponent, 0), scale, 1), scale


def constant(value: Decimal) -> Interval:
    """Return an exactly known number. Raises WutongError F543 for one that no engine's DECIMAL holds.

    >>> constant(Decimal("1e40"))
    Traceback (most recent call last):
    ...
    wutong.errors.WutongError: [F543] ...
    """
    if len(value.as_tuple().digits) > MOST_DIGITS or not -WIDE < value.adjusted() < WIDE:
        raise WutongError.of("F543", value=f"{value:.6g}", digits=MOST_DIGITS)
    digits, scale = digits_of(value)
    if digits > WIDE:
        raise WutongError.of("F543", value=f"{value:.6g}", digits=MOST_DIGITS)
    node = lit(value.quantize(Decimal(1).scaleb(-scale), context=EXACT), DECIMAL(digits, scale))
    return Interval(node, node, digits, scale, node, value, value)


def unknown(
    low: Decimal | None, high: Decimal | None, digits: int, scale: int, *, three: bool = False
) -> Interval:
    """Return a number nothing is known of but its domain."""
    null = lit(None, DECIMAL(digits, scale))
    return known_or_missing(null, low, high, digits, scale, three=three)


def known_or_missing(
    column: Expr, low: Decimal | None, high: Decimal | None, digits: int, scale: int, *, three: bool = False
) -> Interval:
    """Return the number in `column`: itself where known, its domain where NULL (or plainly NULL when `three`)."""
    if three:
        return Interval(column, column, digits, scale, column, low, high)
    lo = column if low is None else op("coalesce", column, constant(low).lo or column)
    hi = column if high is None else op("coalesce", column, constant(high).hi or column)
    if low is not None and low == high:
        hi = lo
    return Interval(lo, hi, digits, scale, column, low, high)


def _widened(node: Expr, digits: int, scale: int, need: int) -> Expr:
    if need <= NARROW or digits > NARROW or (isinstance(node, Lit) and digits > NARROW):
        return node
    return cast(node, DECIMAL(max(digits, NARROW + 1), scale))


def _tried(node: Expr, scale: int) -> Expr:
    """Return `node`, NULL beyond 38 digits; the cast names the limit for engines whose numbers have none."""
    return op("try", cast(node, DECIMAL(WIDE, min(scale, WIDE))))


def _both(name: str, x: Expr | None, y: Expr | None) -> Expr | None:
    return None if x is None or y is None else op(name, x, y)


def _total(x: Decimal | None, y: Decimal | None) -> Decimal | None:
    return None if x is None or y is None else x + y


def add(a: Interval, b: Interval) -> Interval:
    """Return a + b."""
    scale = max(a.scale, b.scale)
    need = max(a.digits - a.scale, b.digits - b.scale) + 1 + scale
    digits = min(need, WIDE)

    def plus(x: Expr | None, y: Expr | None) -> Expr | None:
        if x is None or y is None:
            return None
        node = op("add", _widened(x, a.digits, a.scale, need), y)
        return _tried(node, scale) if need > WIDE else node

    lo = plus(a.lo, b.lo)
    hi = lo if a.exact and b.exact else plus(a.hi, b.hi)
    plain = lo if a.exact and b.exact else None
    if plain is None and (a.const is not None or b.const is not None):
        plain = plus(a.plain, b.plain)
    return Interval(lo, hi, digits, scale, plain, _total(a.low, b.low), _total(a.high, b.high))


def negate(a: Interval) -> Interval:
    """Return -a."""
    if a.const is not None:
        return constant(-a.const)
    lo = None if a.hi is None else op("neg", a.hi)
    hi = lo if a.exact else None if a.lo is None else op("neg", a.lo)
    plain = None if a.plain is None else op("neg", a.plain)
    return Interval(
        lo,
        hi,
        a.digits,
        a.scale,
        plain,
        None if a.high is None else -a.high,
        None if a.low is None else -a.low,
    )


def subtract(a: Interval, b: Interval) -> Interval:
    """Return a - b."""
    if a.const is not None and b.const is not None:
        return constant(a.const - b.const)
    return add(a, negate(b))


def _product(a: Interval, b: Interval, x: Expr | None, y: Expr | None) -> Expr | None:
    if x is None or y is None:
        return None
    need = a.digits + b.digits
    wide = _widened(x, a.digits, a.scale, need)
    node = op("mul", wide, y)
    return _tried(node, a.scale + b.scale) if need > WIDE else node


def _scaled(a: Interval, factor: Interval) -> Interval:
    """Return a × a constant."""
    value = factor.const or Decimal(0)
    lo, hi, plain = (_product(a, factor, x, factor.lo) for x in (a.lo, a.hi, a.plain))
    low, high = (None if v is None else v * value for v in (a.low, a.high))
    if value < 0:
        lo, hi, low, high = hi, lo, high, low
    if a.exact:
        hi = lo
    return Interval(lo, hi, min(a.digits + factor.digits, WIDE), a.scale + factor.scale, plain, low, high)


def multiply(a: Interval, b: Interval) -> Interval:
    """Return a × b."""
    if a.const is not None and b.const is not None:
        return constant(a.const * b.const)
    if b.const is not None:
        return constant(Decimal(0)) if b.const == 0 else a if b.const == 1 else _scaled(a, b)
    if a.const is not None:
        return multiply(b, a)
    digits, scale = min(a.digits + b.digits, WIDE), a.scale + b.scale
    if a.exact and b.exact:
        node = _product(a, b, a.lo, b.lo)
        low = Decimal(0) if a.nonneg and b.nonneg else None
        return Interval(node, node, digits, scale, node, low)
    if a.nonneg and b.nonneg:
        high = None if a.high is None or b.high is None else a.high * b.high
        return Interval(
            _product(a, b, a.lo, b.lo), _product(a, b, a.hi, b.hi), digits, scale, None, Decimal(0), high
        )
    return _signed(a, b, digits, scale)


def _signed(a: Interval, b: Interval, digits: int, scale: int) -> Interval:
    ends = (a.lo, a.hi, b.lo, b.hi)
    if None in ends:
        return Interval(None, None, digits, scale)
    products = [_product(a, b, x, y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
    known = op("and", *(op("is_not_null", e) for e in ends if e is not None))
    parts = [p for p in products if p is not None]
    null = lit(None, DECIMAL(digits, min(scale, digits)))
    return Interval(
        case([(known, op("least", *parts))], null),
        case([(known, op("greatest", *parts))], null),
        digits,
        scale,
    )


def _narrower(values: list[Decimal | None], pick: str) -> Decimal | None:
    known = [v for v in values if v is not None]
    if pick == "any_min":
        return min(known) if known else None
    if pick == "any_max":
        return max(known) if known else None
    if len(known) < len(values):
        return None
    return min(known) if pick == "all_min" else max(known)


def _complete(parts: list[Expr | None], name: str, null: Expr) -> Expr | None:
    """Least or greatest of all parts; unbounded as soon as one part is."""
    known = [p for p in parts if p is not None]
    if len(known) < len(parts):
        return None
    missing = op("or", *(op("is_null", p) for p in known))
    return case([(missing, null)], op(name, *known))


def _partial(parts: list[Expr | None], name: str) -> Expr | None:
    known = [p for p in parts if p is not None]
    return op(name, *known) if len(known) > 1 else known[0] if known else None


def best_of(items: list[Interval], *, three: bool = False) -> Interval:
    """Return the greatest of `items`: known parts bound it from below though others are missing.

    With `three`, plain three-valued logic, one missing part leaves all unknown.
    """
    scale = max(i.scale for i in items)
    digits = min(max(i.digits - i.scale for i in items) + scale, WIDE)
    null = lit(None, DECIMAL(digits, scale))
    if three:
        node = _complete([i.lo for i in items], "greatest", null)
        return Interval(
            node,
            node,
            digits,
            scale,
            node,
            _narrower([i.low for i in items], "any_max"),
            _narrower([i.high for i in items], "all_max"),
        )
    bounded = all(i.high is not None for i in items)
    highs = [i.hi for i in items]
    hi = _partial(highs, "greatest") if bounded else _complete(highs, "greatest", null)
    return Interval(
        _partial([i.lo for i in items], "greatest"),
        hi,
        digits,
        scale,
        None,
        _narrower([i.low for i in items], "any_max"),
        _narrower([i.high for i in items], "all_max"),
    )


def least_of(items: list[Interval], *, three: bool = False) -> Interval:
    """Return the least of `items`."""
    return negate(best_of([negate(i) for i in items], three=three))


def choose(condition: Expr, yes: Interval, no: Interval, *, three: bool = False) -> Interval:
    """Return ``if condition then yes else no``; an unknown condition leaves both possible (NULL when `three`)."""
    scale = max(yes.scale, no.scale)
    digits = min(max(yes.digits - yes.scale, no.digits - no.scale) + scale, WIDE)
    null = lit(None, DECIMAL(digits, scale))
    low = _narrower([yes.low, no.low], "all_min")
    high = _narrower([yes.high, no.high], "all_max")

    def pick(x: Expr | None, y: Expr | None, merge: str) -> Expr:
        a, b = x or null, y or null
        if three or x is None or y is None:
            return case([(condition, a), (op("not", condition), b)], null)
        if yes.const is not None and no.const is not None:
            a_wins = (yes.const <= no.const) == (merge == "least")
            return case([(op("not", condition), b)], a) if a_wins else case([(condition, a)], b)
        holes = [op("is_null", end) for end in (a, b) if not isinstance(end, Lit)]
        either = case([(op("or", *holes) if len(holes) > 1 else holes[0], null)], op(merge, a, b))
        return case([(condition, a), (op("not", condition), b)], either)

    lo = pick(yes.lo, no.lo, "least")
    if three:
        return Interval(lo, lo, digits, scale, lo, low, high)
    return Interval(lo, pick(yes.hi, no.hi, "greatest"), digits, scale, None, low, high)
