"""Between the values of cases and the columns of a query, both ways.

Contexts travel field by field, temporal values as ISO text (the only form that keeps years beyond 9999 and zones).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from wutong.feel import temporal as texts
from wutong.feel.values import DateTime, Time
from wutong.feel.values import kind as kind_of_python
from wutong.feel.values import number as as_number
from wutong.ir.dmn import temporal
from wutong.ir.dmn.lists import map_rows
from wutong.ir.dmn.plan import Plan
from wutong.ir.dmn.types import ANY, LAMBDA, MICROS, MONTHS, NULL_TYPE, SCALARS, FeelType, context_of, list_of
from wutong.ir.dmn.values import (
    Context,
    Either,
    Items,
    NotCompilableError,
    Rows,
    Scalar,
    Value,
    exclusive,
    from_data,
    join,
    no_data,
    presence,
    type_of,
    unify,
)
from wutong.sql.emit import BIGINT, DOUBLE, Expr, SqlType, case, col, field, lam, lit, op, struct

_ARROW = {"number": pa.float64(), "boolean": pa.bool_()}
_TEXTUAL = frozenset(SCALARS) - {"number", "boolean", "string", "null"}
_READ: dict[str, Callable[[str], Any]] = {
    "date": texts.parse_date, "time": texts.parse_time, "date and time": texts.parse_date_time,
    MONTHS.kind: texts.parse_duration, MICROS.kind: texts.parse_duration,
}
Decoder = Callable[[Mapping[str, Any]], Any]


# ---- in ------------------------------------------------------------------------------------------------------


def infer(value: Any) -> FeelType:
    """Return the type of a case's value; items of different types make a list of their union."""
    kind = kind_of_python(value)
    if kind == "list":
        return list_of(join([infer(v) for v in value]))
    if kind == "context":
        return context_of({k: infer(v) for k, v in value.items()})
    clock = value.time if isinstance(value, DateTime) else value
    return FeelType(kind, zoned=isinstance(clock, Time) and not (clock.offset is None and clock.zone is None))


def concrete(declared: FeelType | None, seen: FeelType) -> FeelType:
    """Return a declared type with its open parts taken from the data."""
    if declared is None or declared.kind == "any":
        return seen
    if declared.kind == "list":
        item = seen.of if seen.kind == "list" and seen.of else seen
        return list_of(concrete(declared.of, item))
    if declared.kind == "context":
        known = dict(seen.fields)
        return context_of({n: concrete(t, known.get(n, NULL_TYPE)) for n, t in declared.fields})
    return FeelType(declared.kind, zoned=seen.zoned)


def fitted(value: Any, kind: FeelType) -> Any:
    """Return a value as plain data of `kind`, None where it does not conform."""
    if kind.kind == "list":
        items = value if isinstance(value, list) else [] if value is None else [value]
        return None if value is None else [fitted(v, kind.of or ANY) for v in items]
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None:
        return None
    if kind.kind == "context":
        if not isinstance(value, dict):
            return None
        return {f"f{n}": fitted(value.get(name), t) for n, (name, t) in enumerate(kind.fields)}
    if kind.kind == "union":
        return _tagged(value, kind)
    if kind_of_python(value) != kind.kind:
        return None
    if kind.kind == "number":
        return float(value)
    return value if kind.kind in ("boolean", "string") else str(value)


def _tagged(value: Any, kind: FeelType) -> dict[str, Any] | None:
    """Return a value as the member of a union it fits."""
    own = infer(value)
    for n, (name, member) in enumerate(kind.fields):
        if unify([own, member]) == member:
            return {"t": n, name: fitted(value, member)}
    return None


def arrow_type(kind: FeelType) -> pa.DataType:
    """Return the Arrow type that carries `kind`.

    Raises:
        NotCompilableError: F424 when the items have different types.
    """
    if kind.kind == "list":
        return pa.list_(arrow_type(kind.of or NULL_TYPE))
    if kind.kind == "context":
        return pa.struct([(f"f{n}", arrow_type(t)) for n, (_, t) in enumerate(kind.fields)])
    if kind.kind == "union":
        return pa.struct([("t", pa.int64()), *((n, arrow_type(t)) for n, t in kind.fields)])
    if kind.kind not in SCALARS:
        raise NotCompilableError("F424", kind=str(kind))
    return _ARROW.get(kind.kind, pa.string())


def column(kind: SqlType, items: Sequence[Any]) -> pa.Array:
    """Return constants as one Arrow column; numbers as doubles, as everywhere in dmn mode."""
    if kind == DOUBLE:
        return pa.array([None if v is None else float(v) for v in items], pa.float64())
    return pa.array(items, {"BIGINT": pa.int64(), "BOOLEAN": pa.bool_()}.get(kind.name, pa.string()))


def columns(name: str, kind: FeelType, cases: Sequence[Any]) -> dict[str, pa.Array]:
    """Return the columns of one input over all cases; a context takes one column per field and one for presence."""
    if kind.kind != "context":
        return {name: pa.array([fitted(v, kind) for v in cases], arrow_type(kind))}
    made = {name: pa.array([isinstance(v, dict) for v in cases], pa.bool_())}
    for n, (key, part) in enumerate(kind.fields):
        made |= columns(f"{name}_{n}", part, [v.get(key) if isinstance(v, dict) else None for v in cases])
    return made


def input_value(plan: Plan, name: str, kind: FeelType) -> Value:
    """Return the value read from the columns that `columns` makes."""
    if kind.kind == "context":
        entries = tuple((k, input_value(plan, f"{name}_{n}", t)) for n, (k, t) in enumerate(kind.fields))
        return Context(entries, col(name))
    carried = _carried(kind)
    value = from_data(col(name), carried)
    return value if carried == kind else _revived(plan, value, kind)


def _carried(kind: FeelType) -> FeelType:
    if kind.kind in _TEXTUAL:
        return FeelType("string")
    if kind.kind == "list":
        return list_of(_carried(kind.of or NULL_TYPE))
    return FeelType(kind.kind, fields=tuple((n, _carried(t)) for n, t in kind.fields)) if kind.fields else kind


def _revived(plan: Plan, value: Value, kind: FeelType) -> Value:
    match value:
        case Scalar(sql=sql) if kind.kind in _TEXTUAL:
            made = _PARSERS[kind.kind](plan, sql)
            return made if kind.zoned or not isinstance(made, Scalar) else Scalar(made.kind, made.sql)
        case Either(options):
            return Either(tuple((c, _revived(plan, v, t)) for (c, v), (_, t) in zip(options, kind.fields, strict=True)))
        case Rows() if kind.of is not None:
            of = kind.of
            return map_rows(plan, value, lambda item: _revived(plan, item, of))
        case Context(entries=entries, present=present):
            types = dict(kind.fields)
            return Context(tuple((k, _revived(plan, v, types[k])) for k, v in entries), present)
    return value


_PARSERS: dict[str, Callable[[Plan, Expr], Value]] = {
    "date": temporal.parse_date, "time": temporal.parse_time, "date and time": temporal.parse_datetime,
    MONTHS.kind: temporal.parse_months, MICROS.kind: temporal.parse_micros,
}


# ---- out -----------------------------------------------------------------------------------------------------


def output(plan: Plan, value: Value, columns_: dict[str, Expr]) -> Decoder:
    """Add the columns of a value to `columns_` and return what rebuilds it from a row.

    Raises:
        NotCompilableError: F412 when the value is no data (functions, ranges).
    """
    def add(sql: Expr) -> str:
        name = plan.fresh("o")
        columns_[name] = plan.bind(sql)
        return name

    match value:
        case Scalar():
            return _scalar(plan, value, add)
        case Items(items=items):
            there, parts = add(presence(value)), [output(plan, i, columns_) for i in items]
            return lambda row: [part(row) for part in parts] if row[there] else None
        case Context(entries=entries):
            there, named = add(presence(value)), [(k, output(plan, v, columns_)) for k, v in entries]
            return lambda row: {k: part(row) for k, part in named} if row[there] else None
        case Rows():
            return _rows(plan, value, add)
        case Either():
            return _either(plan, value, columns_, add)
    raise NotCompilableError("F412", kind=str(type_of(value)))


def _scalar(plan: Plan, value: Scalar, add: Callable[[Expr], str]) -> Decoder:
    if value.kind == "null":
        return lambda _: None
    sql = temporal.scalar_text(plan, value).sql if value.kind in _TEXTUAL else value.sql
    name, read = add(sql), _reader(FeelType(value.kind))
    return lambda row: read(row[name])


def _rows(plan: Plan, value: Rows, add: Callable[[Expr], str]) -> Decoder:
    kind = list_of(value.of)
    name, read = add(_spelled(plan, value.sql, kind)), _reader(kind)
    return lambda row: read(row[name])


def _spelled(plan: Plan, sql: Expr, kind: FeelType) -> Expr:
    """Return SQL data of a type with the temporal values in it as texts."""
    if _carried(kind) == kind:
        return sql
    if kind.kind == "list":
        of = kind.of or NULL_TYPE
        name = plan.fresh(LAMBDA)
        return op("list_map", sql, lam([name], _spelled(plan, col(name), of)))
    if kind.kind in ("context", "union"):
        tag = {"t": field(sql, "t")} if kind.kind == "union" else {}
        parts = {f"f{n}": _spelled(plan, field(sql, f"f{n}"), t) for n, (_, t) in enumerate(kind.fields)}
        return case([(op("is_not_null", sql), struct(tag | parts))], no_data(_carried(kind)))
    value = from_data(sql, kind)
    return temporal.scalar_text(plan, value).sql if isinstance(value, Scalar) else sql


def _either(plan: Plan, value: Either, columns_: dict[str, Expr], add: Callable[[Expr], str]) -> Decoder:
    options = exclusive(value.options)
    which = add(case([(c, lit(n, BIGINT)) for n, (c, _) in enumerate(options)], lit(None, BIGINT)))
    parts = [output(plan, v, columns_) for _, v in options]
    return lambda row: None if row[which] is None else parts[row[which]](row)


def _reader(kind: FeelType) -> Callable[[Any], Any]:
    if kind.kind == "list":
        item = _reader(kind.of or NULL_TYPE)
        return lambda data: None if data is None else [item(d) for d in data]
    if kind.kind == "context":
        parts = [(f"f{n}", name, _reader(t)) for n, (name, t) in enumerate(kind.fields)]
        return lambda data: None if data is None else {name: read(data[key]) for key, name, read in parts}
    if kind.kind == "union":
        members = [(name, _reader(t)) for name, t in kind.fields]
        return lambda data: None if data is None else members[data["t"]][1](data[members[data["t"]][0]])
    if kind.kind == "number":
        return lambda data: None if data is None else as_number(Decimal(repr(float(data))))
    if kind.kind in _READ:
        parse = _READ[kind.kind]
        return lambda data: None if data is None else parse(data)
    return lambda data: data


