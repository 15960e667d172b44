"""Decision tables on DuckDB: every hit policy against the reference interpreter, and the join of large tables."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wutong.dmn.model import Decision, DecisionTable, Input, Model, Rule, TableInput, TableOutput
from wutong.dmn.tck import InterpreterEngine
from wutong.ir.dmn import tables
from wutong.ir.dmn.engine import SqlEngine, Target

from .conftest import cases_of, plain

ROWS = [{"n": n, "s": s} for n, s in product([None, 0, 5, 10, 11], [None, "a", "b", "c"])]
POLICIES = [
    ("UNIQUE", None), ("FIRST", None), ("ANY", None), ("PRIORITY", None), ("RULE ORDER", None), ("OUTPUT ORDER", None),
    ("COLLECT", None), ("COLLECT", "SUM"), ("COLLECT", "MIN"), ("COLLECT", "MAX"), ("COLLECT", "COUNT"),
]


def model_with(table: DecisionTable) -> Model:
    """Return a model of one table over a number and a text."""
    inputs = (Input("n", "n", "number"), Input("s", "s", "string"))
    return Model("t", inputs=inputs, decisions=(Decision("d", "d", None, table, ("n", "s")),))


def table_of(rules: list[tuple[str, str, str]], policy: str, aggregation: Any = None, **more: Any) -> DecisionTable:
    """Return a table with the inputs n and s and one output."""
    output = TableOutput(values=more.get("values", "30, 20, 10"), default=more.get("default"))
    return DecisionTable((TableInput("n"), TableInput("s")), (output,),
                         tuple(Rule((a, b), (c,)) for a, b, c in rules), policy, aggregation)  # type: ignore[arg-type]


def answers(engine: Any, table: DecisionTable, rows: list[dict[str, Any]]) -> list[Any]:
    """Return the plain answers of an engine."""
    return [plain(f["d"]) for f in engine.run(model_with(table), cases_of(rows, "d"))]


RULES = [(">= 5", '"a", "b"', "10"), ("[5..10]", "-", "20"), ("-", 'not("b")', "30"), ("< 0", "-", "10"),
         (">= 10", '"b"', "10")]


@pytest.mark.parametrize("lift", [False, True])
@pytest.mark.parametrize("default", [None, "99"])
@pytest.mark.parametrize(("policy", "aggregation"), POLICIES)
def test_hit_policies_agree_with_the_interpreter(
    policy: str, aggregation: str | None, default: str | None, lift: bool
) -> None:
    table = table_of(RULES, policy, aggregation, default=default)
    engine = SqlEngine(lift=lift, fold=False)
    assert answers(engine, table, ROWS) == answers(InterpreterEngine(), table, ROWS)
    assert engine.tally.pushed == len(ROWS)


@pytest.mark.parametrize(("policy", "aggregation", "expected"), [
    ("FIRST", None, [None, 30.0, 30.0]), ("UNIQUE", None, [None, 30.0, None]), ("ANY", None, [None, 30.0, None]),
    ("PRIORITY", None, [None, 30.0, 10.0]), ("RULE ORDER", None, [None, [30.0], [30.0, 10.0]]),
    ("OUTPUT ORDER", None, [None, [30.0], [10.0, 30.0]]), ("COLLECT", "SUM", [None, 30.0, 40.0]),
    ("COLLECT", "MIN", [None, 30.0, 10.0]), ("COLLECT", "MAX", [None, 30.0, 30.0]), ("COLLECT", "COUNT", [None, 1.0, 2.0]),
])
def test_hit_policies_by_hand(policy: str, aggregation: str | None, expected: list[Any]) -> None:
    table = table_of([("< 10", "-", "30"), ("< 5", "-", "10")], policy, aggregation, values="10, 20, 30")
    rows = [{"n": 10, "s": "x"}, {"n": 7, "s": "x"}, {"n": 1, "s": "x"}]
    assert answers(SqlEngine(fold=False), table, rows) == expected


def test_4_a_null_input_falls_to_the_catch_all_rule() -> None:
    table = table_of([(">= 5", "-", "10"), ("-", "-", "20")], "FIRST")
    assert answers(SqlEngine(fold=False), table, [{"n": None, "s": "a"}, {"n": 7, "s": "a"}]) == [20.0, 10.0]


def test_5_not_of_a_null_does_not_match() -> None:
    table = table_of([("not(>= 5)", "-", "10")], "FIRST")
    assert answers(SqlEngine(fold=False), table, [{"n": None, "s": "a"}, {"n": 1, "s": "a"}]) == [None, 10.0]


def test_30_any_agrees_and_unique_is_broken() -> None:
    same = [(">= 5", "-", "10"), (">= 7", "-", "10")]
    assert answers(SqlEngine(fold=False), table_of(same, "ANY"), [{"n": 8, "s": "a"}]) == [10.0]
    assert answers(SqlEngine(fold=False), table_of(same, "UNIQUE"), [{"n": 8, "s": "a"}]) == [None]


def test_31_a_null_output_makes_the_sum_null() -> None:
    table = table_of([(">= 5", "-", "null"), ("-", "-", "10")], "COLLECT", "SUM")
    assert answers(SqlEngine(fold=False), table, [{"n": 8, "s": "a"}, {"n": 1, "s": "a"}]) == [None, 10.0]


def test_several_outputs_are_columns_of_their_own() -> None:
    table = DecisionTable((TableInput("n"), TableInput("s")), (TableOutput("x"), TableOutput("y")),
                          (Rule((">= 5", "-"), ("1", '"big"')), Rule(("-", '"a"'), ("2", '"small"'))), "FIRST")
    found = answers(SqlEngine(fold=False), table, [{"n": 8, "s": "a"}, {"n": 1, "s": "a"}, {"n": 1, "s": "b"}])
    assert found == [{"x": 1.0, "y": "big"}, {"x": 2.0, "y": "small"}, None]


# ---- large tables ----

def big_rules(size: int) -> list[tuple[str, str, str]]:
    """Return overlapping constant rules: equality on the text, half-open ranges on the number, free cells."""
    texts = ['"a"', '"b", "c"', "-", '"d"']
    spans = ["[{0}..{1})", ">= {0}", "< {1}", "({0}..{1}]", "-", "{0}"]
    return [(spans[n % len(spans)].format(n % 97, n % 97 + 3), texts[n % len(texts)], str(n)) for n in range(size)]


BIG_ROWS = [{"n": n, "s": s} for n, s in product([None, -1, 0, 3, 3.5, 50, 96, 99, 200], [None, "a", "b", "c", "d", "x"])]


@pytest.mark.parametrize("policy", ["FIRST", "UNIQUE", "ANY"])
@pytest.mark.parametrize("default", [None, "-1"])
def test_the_join_gives_what_the_case_gives(policy: str, default: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = big_rules(130)[3:] if policy == "FIRST" else [(f"{n}", '"a"', str(n // 2)) for n in range(120)] + [
        ("5", '"a"', "2"), ("7", '"a"', "99")]
    table = table_of(rules, policy, default=default)
    rows = BIG_ROWS + [{"n": n, "s": "a"} for n in (4, 5, 6, 7, 119, 120)]
    engine = SqlEngine(fold=False)
    joined = answers(engine, table, rows)
    model, cases = model_with(table), cases_of(rows, "d")
    assert "JOIN" in engine.compile(model, [Target("d")], cases).sql(engine.backend)
    monkeypatch.setattr(tables, "JOIN_FROM", 10**9)
    assert "JOIN" not in engine.compile(model, [Target("d")], cases).sql(engine.backend)
    assert joined == answers(engine, table, rows)
    assert joined == answers(InterpreterEngine(), table, rows)


def test_large_tables_with_other_cells_stay_a_case() -> None:
    table = table_of([*big_rules(120), ("not(5)", "-", "7")], "FIRST")
    engine = SqlEngine(fold=False)
    sql = engine.compile(model_with(table), [Target("d")], cases_of(BIG_ROWS, "d")).sql(engine.backend)
    assert "JOIN" not in sql
    assert answers(engine, table, BIG_ROWS) == answers(InterpreterEngine(), table, BIG_ROWS)


def test_a_decision_may_read_the_output_of_a_large_table() -> None:
    from wutong.dmn.model import LiteralExpression
    base = model_with(table_of(big_rules(120)[3:], "FIRST"))
    after = Decision("e", "e", None, LiteralExpression("d * 2 + n"), ("d", "n"))
    model = Model("t", inputs=base.inputs, decisions=(*base.decisions, after))
    cases = cases_of(BIG_ROWS, "e")
    found = [plain(f["e"]) for f in SqlEngine(fold=False).run(model, cases)]
    assert found == [plain(f["e"]) for f in InterpreterEngine().run(model, cases)]


CELLS = st.sampled_from(["-", "< 5", ">= 5", "[0..10]", "(0..10)", "5", "0, 5", "not(5)", "not(< 3, > 7)", "null"])
TEXTS = st.sampled_from(["-", '"a"', '"a", "b"', 'not("c")', "null", '? = "b"'])
OUTPUTS = st.sampled_from(["10", "20", "30", "null"])


@settings(max_examples=25)
@given(rules=st.lists(st.tuples(CELLS, TEXTS, OUTPUTS), min_size=1, max_size=5), policy=st.sampled_from(POLICIES))
def test_random_tables_agree_with_the_interpreter(
    rules: list[tuple[str, str, str]], policy: tuple[str, str | None]
) -> None:
    if policy[1] in ("SUM", "MIN", "MAX") and not {r[2] for r in rules} - {"null"}:
        rules = [*rules, ("-", "-", "10")]
    table = table_of(rules, *policy)
    assert answers(SqlEngine(fold=False), table, ROWS) == answers(InterpreterEngine(), table, ROWS)


def test_numbers_of_the_model_reach_sql_as_written() -> None:
    table = table_of([("0.1", "-", "0.30000000000000004")], "FIRST")
    found = SqlEngine(fold=False).run(model_with(table), cases_of([{"n": Decimal("0.1"), "s": None}], "d"))
    assert plain(found[0]["d"]) == 0.30000000000000004
