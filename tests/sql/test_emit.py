"""The SQL tree printed and run on DuckDB."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wutong.backends.duckdb import DuckDBBackend
from wutong.errors import WutongError
from wutong.sql.emit import (
    BIGINT,
    BOOLEAN,
    DATE,
    DECIMAL,
    DOUBLE,
    LIST,
    STRUCT,
    UBIGINT,
    VARCHAR,
    Expr,
    SqlType,
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
    to_sql,
    values,
)

BACKEND = DuckDBBackend()


def value(node: Expr) -> Any:
    """Run an expression."""
    return BACKEND.query(to_sql(select({"x": node}, None)), {}).to_pylist()[0]["x"]


@pytest.mark.parametrize("name", ["Age", "a b", "企业", "1a", "a;b", 'a"', "", "x" * 64])
def test_only_generated_ids_are_identifiers(name: str) -> None:
    with pytest.raises(ValueError, match="not a generated SQL id"):
        col(name)
    with pytest.raises(ValueError, match="not a generated SQL id"):
        select({name: lit(1)}, None)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_survives_as_a_literal(text: str) -> None:
    assert value(lit(text)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_decimals_are_exact(number: Decimal) -> None:
    assert value(lit(number)) == number


@pytest.mark.parametrize("constant", [
    True, False, 5, -5, 2.5, date(2024, 2, 29), datetime(2024, 2, 29, 1, 2, 3), time(1, 2, 3), "x", Decimal("-0.10"),
])
def test_literals_keep_their_value(constant: Any) -> None:
    assert value(lit(constant)) == constant


@pytest.mark.parametrize("kind", [
    BIGINT, BOOLEAN, DATE, DOUBLE, VARCHAR, DECIMAL(18, 2), LIST(DOUBLE), STRUCT({"a": LIST(DATE)}),
])
def test_null_of_every_type(kind: SqlType) -> None:
    assert value(cast(lit(None, VARCHAR), kind)) is None


def test_a_decimal_type_that_no_engine_has() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        DECIMAL(39, 2)


@given(st.recursive(
    st.integers(-5, 5),
    lambda inner: st.tuples(st.sampled_from(["add", "sub", "mul"]), inner, inner), max_leaves=12,
))
def test_brackets_keep_the_shape_of_the_tree(tree: Any) -> None:
    def build(node: Any) -> Expr:
        return lit(node) if isinstance(node, int) else op(node[0], build(node[1]), build(node[2]))

    def compute(node: Any) -> int:
        if isinstance(node, int):
            return node
        a, b = compute(node[1]), compute(node[2])
        return {"add": a + b, "sub": a - b, "mul": a * b}[node[0]]

    assert value(build(tree)) == compute(tree)


NULL = lit(None, BIGINT)


@pytest.mark.parametrize(("node", "expected"), [
    (op("div", lit(1), lit(0)), None), (op("mod", lit(-5), lit(3)), 1.0), (op("ln", lit(0.0)), None),
    (op("pow", lit(10.0), lit(400.0)), None), (op("sqrt", lit(-1.0)), None), (op("exp", lit(1000.0)), None),
    (op("is_same", NULL, lit(3)), False), (op("is_distinct", NULL, NULL), False), (op("eq", NULL, NULL), None),
    (op("whole_floor_div", lit(-7), lit(2)), -4), (op("whole_floor_mod", lit(-7), lit(2)), 1),
    (op("whole_div", lit(-7), lit(2)), -3), (op("and"), True), (op("or"), False),
    (op("list_sum", op("list", NULL, lit(1))), None), (op("list_all", op("list", lit(None, BOOLEAN), lit(False))), False),
    (op("list_any", op("list", lit(None, BOOLEAN), lit(False))), None),
    (op("index", op("list", lit(1), lit(2)), lit(-1)), 2), (op("index", op("list", lit(1)), lit(5)), None),
    (op("add_months", lit(date(2024, 1, 31)), lit(1)), date(2024, 2, 29)),
    (op("add_months", lit(date(2024, 1, 31)), lit(10**12)), None),
    (op("make_date", lit(2024), lit(2), lit(30)), None), (cast(lit("x"), DATE, try_=True), None),
    (op("try", op("add", lit(2**63 - 1), lit(1))), None), (op("round", lit(2.5), lit(0)), 3.0),
    (op("round_even", lit(2.5), lit(0)), 2.0), (op("bit_count", lit(5, UBIGINT)), 2),
    (op("months_between", lit(date(2024, 1, 15)), lit(date(2024, 3, 14))), 1),
    (op("days_between", lit(date(2024, 2, 28)), lit(date(2024, 3, 1))), 2),
    (op("list_filter", op("list", lit(3), lit(1)), lam(["x"], op("gt", col("x"), lit(2)))), [3]),
    (field(struct({"a": lit(1), "b": lit("x")}), "b"), "x"), (case([(lit(False), lit(1))], lit(2)), 2),
    (case([], lit(2)), 2), (op("join_text", op("list", lit("a"), lit(None, VARCHAR), lit("b")), lit("-")), "a-b"),
    (op("zone_offset", lit("Europe/Paris"), lit(datetime(2024, 7, 1))), 7200),
    (op("zone_offset", lit("No/Where"), lit(datetime(2024, 7, 1))), None),
    (op("list_modes", op("list", lit(3), lit(1), lit(3), lit(1), lit(2))), [1, 3]),
])
def test_primitives(node: Expr, expected: Any) -> None:
    assert value(node) == expected


def test_ctes_joins_groups_and_order() -> None:
    query = select(
        {"a": col("a", "t"), "s": op("filter", op("sum", col("b", "u")), op("gt", col("b", "u"), lit(1)))}, "t",
        with_=[("t", values(["a"], [[lit(1)], [lit(2)]])), ("u", values(["a", "b"], [[lit(1), lit(5)], [lit(1), lit(0)]]))],
        joins=[join("u", op("eq", col("a", "t"), col("a", "u")))], group_by=[col("a", "t")], order_by=[col("a", "t")],
        where=op("is_not_null", col("a", "t")),
    )
    assert BACKEND.query(to_sql(query), {}).to_pylist() == [{"a": 1, "s": 5}, {"a": 2, "s": None}]


def test_the_same_tree_prints_the_same_text() -> None:
    query = select({"*": None, "b": op("add", col("a"), lit(1))}, "t")
    assert to_sql(query) == to_sql(query) == 'SELECT *, "a" + CAST(1 AS BIGINT) AS "b" FROM "t"'


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(WutongError) as caught:
        to_sql(lit(1), dialect="oracle")
    assert caught.value.code == "F401"
