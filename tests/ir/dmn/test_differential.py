"""Random expressions over random rows: the statement on DuckDB against the reference interpreter."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.dmn.tck import InterpreterEngine, agrees
from wutong.ir.dmn.engine import SqlEngine

from .conftest import cases_of, model_of

NUMBERS = st.sampled_from(["a", "b", "0", "1", "2.5", "-3", "null"])
NUMERIC = st.recursive(NUMBERS, lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    inner.map(lambda x: f"abs({x})"),
    st.tuples(st.sampled_from(["min", "max", "sum"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    st.tuples(inner, inner).map(lambda t: f"modulo({t[0]}, {t[1]})"),
), max_leaves=5)
COMPARED = st.one_of(
    st.tuples(NUMERIC, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), NUMERIC).map(" ".join),
    st.tuples(NUMERIC, NUMBERS, NUMBERS).map(lambda t: f"{t[0]} between {t[1]} and {t[2]}"),
    st.tuples(NUMERIC, NUMERIC).map(lambda t: f"{t[0]} in ({t[1]}, > 1, [0..2])"),
    st.sampled_from(["c", "true", "null", "a = null", 's = "x"', 's in ("x", "y")', 'starts with(s, "x")']),
)
LOGICAL = st.recursive(COMPARED.map(lambda x: f"({x})"), lambda inner: st.one_of(
    st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    inner.map(lambda x: f"not({x})"),
    inner.map(lambda x: f"(some q in [1, a] satisfies {x} and q > 1)"),
), max_leaves=4)
CHOSEN = st.tuples(LOGICAL, NUMERIC, NUMERIC).map(lambda t: f"if {t[0]} then {t[1]} else {t[2]}")
LISTED = st.tuples(LOGICAL, NUMERIC).map(lambda t: f"[a, b, {t[1]}][item > 0 or {t[0]}]")

ROWS: list[dict[str, Any]] = [
    {"a": a, "b": b, "c": c, "s": s}
    for a, b, c, s in [(1, 2, True, "x"), (None, 2, False, None), (0, 0, None, "y"), (-3, None, True, "xy"), (7, -2, None, "")]
]
KINDS = {"a": "number", "b": "number", "c": "boolean", "s": "string"}


@settings(max_examples=60)
@given(text=st.one_of(NUMERIC, LOGICAL, CHOSEN, LISTED), lift=st.booleans())
def test_the_database_and_the_interpreter_agree(text: str, lift: bool) -> None:
    model, cases = model_of({"answer": text}, KINDS), cases_of(ROWS, "answer")
    engine = SqlEngine(lift=lift, fold=False)
    found = engine.run(model, cases)
    expected = InterpreterEngine().run(model, cases)
    for mine, theirs, row in zip(found, expected, ROWS, strict=True):
        assert agrees(theirs["answer"], mine["answer"]), (text, row, mine, theirs)
