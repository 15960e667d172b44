"""From the dialect-neutral tree to SQL text, through sqlglot (nothing else in Wutong imports it).

>>> q = select({"id": col("id"), "ok": op("ge", col("staff"), lit(5, BIGINT))}, "t")
>>> to_sql(q)
'SELECT "id" AS "id", "staff" >= CAST(5 AS BIGINT) AS "ok" FROM "t"'
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlglot import exp

from wutong.errors import WutongError
from wutong.sql.dialect import DUCKDB, Dialect
from wutong.sql.nodes import (
    Case,
    Cast,
    Col,
    Expr,
    Field,
    Join,
    Lambda,
    Lit,
    Op,
    Select,
    Struct,
    Values,
    case,
    cast,
    col,
    field,
    join,
    lam,
    lit,
    op,
    select,
    struct,
    values,
)
from wutong.sql.postgres import POSTGRES
from wutong.sql.primitives import wrap
from wutong.sql.spark import SPARK
from wutong.sql.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    INTEGER,
    LIST,
    STRUCT,
    TIME,
    TIMESTAMP,
    UBIGINT,
    UTINYINT,
    VARCHAR,
    SqlType,
)

__all__ = [
    "BIGINT", "BOOLEAN", "DATE", "DECIMAL", "DOUBLE", "INTEGER", "LIST", "STRUCT", "TIME", "TIMESTAMP", "UBIGINT",
    "UTINYINT", "VARCHAR", "Expr", "Select", "SqlType", "case", "cast", "col", "field", "join", "lam", "lit", "op",
    "select", "struct", "to_sql", "values",
]


DIALECTS: dict[str, Dialect] = {d.name: d for d in (DUCKDB, POSTGRES, SPARK)}


def to_sql(node: Expr | Select | Values, dialect: str = "duckdb", pretty: bool = False) -> str:
    """Return the SQL text of `node` in `dialect`; the same tree always gives the same text.

    Raises:
        WutongError: F401 when the dialect is not supported, F402 when it lacks a primitive.
    """
    if dialect not in DIALECTS:
        raise WutongError.of("F401", dialect=dialect)
    printer = _Printer(DIALECTS[dialect])
    tree = printer.query(node) if isinstance(node, Select | Values) else printer.expr(node)
    return tree.sql(dialect=dialect, pretty=pretty, identify=True, copy=False, comments=False)


def _ident(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _numeral(value: float | Decimal) -> exp.Expression:
    text = format(value, "f") if isinstance(value, Decimal) else repr(value)
    # beyond 38 digits no engine reads a decimal literal exactly; a quoted text is read as the nearest DOUBLE
    if isinstance(value, float) or sum(c.isdigit() for c in text) > 37:
        return exp.Literal.string(str(value))
    number = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=number) if text.startswith("-") else number


class _Printer:
    """One walk over one tree for one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def expr(self, node: Expr) -> exp.Expression:
        match node:
            case Col(name, table):
                return exp.column(_ident(name), table=None if table is None else _ident(table))
            case Lit():
                return self._literal(node)
            case Op(name, args):
                return self.dialect.maker(name)(*(self.expr(a) for a in args))
            case Case(whens, default):
                ifs = [exp.If(this=self.expr(c), true=self.expr(v)) for c, v in whens]
                return exp.Case(ifs=ifs, default=self.expr(default))
            case Cast(arg, kind, try_):
                return self._cast(arg, kind, try_)
            case Lambda(parameters, body):
                return exp.Lambda(this=self.expr(body), expressions=[_ident(p) for p in parameters])
            case Struct(parts):
                return self._struct([(n, self.expr(v)) for n, v in parts])
            case Field(base, name):
                return self._field(wrap(self.expr(base)), name)
        raise TypeError(f"not an SQL expression: {node!r}")

    def _type(self, kind: SqlType) -> exp.DataType:
        if kind.name in self.dialect.types:
            return exp.DataType.build(self.dialect.types[kind.name])
        if kind.name == "LIST" and kind.of is not None:
            return exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[self._type(kind.of)], nested=True)
        if kind.name == "STRUCT":
            parts = [exp.ColumnDef(this=_ident(n), kind=self._type(t)) for n, t in kind.fields]
            return exp.DataType(this=exp.DataType.Type.STRUCT, expressions=parts, nested=True)
        sizes = [exp.DataTypeParam(this=exp.Literal.number(n)) for n in kind.numbers]
        return exp.DataType(this=exp.DataType.Type[kind.name], expressions=sizes)

    def _literal(self, node: Lit) -> exp.Expression:
        value, kind = node.value, node.type
        if isinstance(value, bool):
            return exp.Boolean(this=value)
        if value is None:
            return exp.cast(exp.Null(), self._type(kind))
        if isinstance(value, str):
            text = self.dialect.literal(value)
            return text if kind == VARCHAR else exp.cast(text, self._type(kind))
        if isinstance(value, int | float | Decimal):
            return exp.cast(_numeral(value), self._type(kind))
        spelled = value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
        return exp.cast(exp.Literal.string(spelled), self._type(kind))

    def _cast(self, arg: Expr, kind: SqlType, try_: bool) -> exp.Expression:
        if isinstance(arg, Lit) and arg.value is None:
            return self._literal(Lit(None, kind))
        value = self.expr(arg)
        made = self.dialect.try_cast(value, self._type(kind)) if try_ else exp.Cast(this=value, to=self._type(kind))
        return self.dialect.text(made) if kind == VARCHAR else made

    def _struct(self, parts: list[tuple[str, exp.Expression]]) -> exp.Expression:
        if self.dialect.loose:
            flat = [x for n, v in parts for x in (exp.Literal.string(n), v)]
            return exp.Anonymous(this="jsonb_build_object", expressions=flat)
        return exp.Struct(expressions=[exp.PropertyEQ(this=_ident(n), expression=v) for n, v in parts])

    def _field(self, base: exp.Expression, name: str) -> exp.Expression:
        if not self.dialect.loose:
            return exp.Dot(this=base, expression=_ident(name))
        entry = exp.Anonymous(this="jsonb_extract_path", expressions=[base, exp.Literal.string(name)])
        return exp.Anonymous(this="NULLIF", expressions=[entry, exp.cast(exp.Literal.string("null"), "JSONB")])

    def query(self, node: Select | Values) -> exp.Query:
        if isinstance(node, Values):
            return self._values(node)
        every = node.source if node.joins else None
        made = exp.Select(expressions=[self._output(n, e, every) for n, e in node.columns])
        if node.source is not None:
            made = made.from_(exp.Table(this=_ident(node.source)), copy=False)
        for part in node.joins:
            made = made.join(self._join(part), copy=False)
        if node.where is not None:
            made = made.where(self.expr(node.where), copy=False)
        if node.group_by:
            made = made.group_by(*(self.expr(e) for e in node.group_by), copy=False)
        if node.order_by:
            made = made.order_by(*(exp.Ordered(this=self.expr(e)) for e in node.order_by), copy=False)
        for name, query in node.with_:
            made = made.with_(_ident(name), as_=self._part(query), copy=False)
        return made

    def _part(self, node: Select | Values) -> exp.Query:
        made = self.query(node)
        return made.offset(0, copy=False) if self.dialect.barrier and isinstance(made, exp.Select) else made

    def _output(self, name: str, value: Expr | None, table: str | None) -> exp.Expression:
        if value is None:
            owner = None if table is None else _ident(table)
            return exp.column(exp.Star() if name == "*" else _ident(name), table=owner)
        return exp.Alias(this=self.expr(value), alias=_ident(name))

    def _join(self, part: Join) -> exp.Join:
        on = None if part.on is None else self.expr(part.on)
        side, kind = ("LEFT", None) if part.kind == "LEFT" else (None, part.kind)
        return exp.Join(this=exp.Table(this=_ident(part.source)), side=side, kind=kind, on=on)

    def _values(self, node: Values) -> exp.Query:
        rows = [exp.Tuple(expressions=[self.expr(e) for e in row]) for row in node.rows]
        alias = exp.TableAlias(this=_ident("v"), columns=[_ident(c) for c in node.columns])
        return exp.Select(expressions=[exp.Star()]).from_(exp.Values(expressions=rows, alias=alias), copy=False)
