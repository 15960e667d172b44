"""Peers of the engine for 科技型中小企业: hand-written SQL, numpy, zen-engine, each as its user would write it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from data import ON

if TYPE_CHECKING:
    from collections.abc import Callable

    from wutong.tables.snapshot import Snapshot

SQL = Path(__file__).parent / "sql"
CONDITIONS = 14


def hand_sql(name: str, snapshot: Snapshot) -> str:
    """Return one of the hand-written statements over the files of a snapshot."""
    places: dict[str, Any] = {table: snapshot.path(table).as_posix() for table in snapshot.tables}
    places["failed"] = " | ".join(f"(coalesce(NOT c{i}, false)::BIGINT << {i})" for i in range(CONDITIONS))
    places["unknown"] = " | ".join(f"((c{i} IS NULL)::BIGINT << {i})" for i in range(CONDITIONS))
    return (SQL / f"tsme_{name}.sql").read_text("utf-8").format_map(places)


def run_sql(statement: str) -> pa.Table:
    """Run a hand-written statement in a fresh connection and return its result."""
    with duckdb.connect() as connection:
        return connection.execute(statement, {"on": ON}).to_arrow_table()


def flat(snapshot: Snapshot) -> pa.Table:
    """Return one row per company with child tables already counted: what the peers without joins are given.

    Counting is not timed for them; a user would have it done by a database beforehand.
    """
    places = {table: snapshot.path(table).as_posix() for table in snapshot.tables}
    query = """
        SELECT c.company, resident, product_barred, on_abnormal_list, on_violation_list, staff_2025, st_staff_2025,
            revenue_2025, assets_2025, rd_cost_2025, total_cost_2025, ip_complete,
            coalesce(one, 0) AS one, coalesce(two, 0) AS two, direct
        FROM '{companies}' c
        LEFT JOIN (SELECT company, count(*) FILTER (kind = 'I类') AS one, count(*) FILTER (kind = 'II类') AS two
                   FROM '{ip}' WHERE main_product AND granted_on <= $on AND valid_until >= $on GROUP BY company)
            USING (company)
        LEFT JOIN (SELECT company, true AS direct FROM '{certificates}'
                   WHERE type = '高新技术企业' AND issued_on <= $on AND valid_until >= $on) USING (company)
        ORDER BY company"""
    with duckdb.connect() as connection:
        return connection.execute(query.format_map(places), {"on": ON}).to_arrow_table()


def numpy_version(table: pa.Table) -> np.ndarray:
    """Return verdicts (1, 0, 2 unknown) with doubles and masks, as an analyst would write it in numpy."""
    def number(name: str) -> np.ndarray:
        return pc.fill_null(table[name].cast(pa.float64()), np.nan).to_numpy()

    def truth(name: str) -> np.ndarray:
        return pc.fill_null(table[name].cast(pa.float64()), np.nan).to_numpy()

    with np.errstate(invalid="ignore", divide="ignore"):
        staff, revenue, research = number("staff_2025"), number("revenue_2025"), number("rd_cost_2025")
        ratio_staff = number("st_staff_2025") / staff
        points_staff = np.select([ratio_staff >= step / 100 for step in (30, 25, 20, 15, 10)], [20, 16, 12, 8, 4], 0.0)
        points_a = np.select([research / revenue >= s / 100 for s in (6, 5, 4, 3, 2)], [50, 40, 30, 20, 10], 0.0)
        points_b = np.select(
            [research / number("total_cost_2025") >= s / 100 for s in (30, 25, 20, 15, 10)], [50, 40, 30, 20, 10], 0.0)
        two = number("two")
        points_ip = np.select([number("one") >= 1, two >= 4], [30, 24], two * 6)
        low = points_staff + np.maximum(points_a, points_b) + points_ip
        gaps = [np.isnan(ratio_staff), np.isnan(research) | np.isnan(revenue), truth("ip_complete") != 1]
        high = low + gaps[0] * 20 + gaps[1] * 50 + gaps[2] * 30
        hard = [staff <= 500, revenue <= 2e8, number("assets_2025") <= 2e8]
        flags = [truth("resident") == 1, truth("product_barred") == 0, truth("on_abnormal_list") == 0,
                 truth("on_violation_list") == 0]
        direct = truth("direct") == 1
        yes = np.logical_and.reduce([*hard, *flags]) & ((low >= 60) & (points_staff > 0) | direct)
        no = np.logical_or.reduce([
            staff > 500, revenue > 2e8, number("assets_2025") > 2e8, truth("resident") == 0,
            truth("product_barred") == 1, truth("on_abnormal_list") == 1, truth("on_violation_list") == 1,
        ]) | ((high < 60) & ~direct)
    return np.where(yes, 1, np.where(no, 0, 2)).astype(np.uint8)


def _steps(field: str, tiers: list[tuple[str, int]], output: str) -> dict[str, Any]:
    rules = [{"_id": f"{output}{i}", "i": test, "o": str(points)} for i, (test, points) in enumerate(tiers)]
    return {
        "type": "decisionTableNode", "id": output, "name": output,
        "content": {
            "hitPolicy": "first", "passThrough": True,
            "inputs": [{"id": "i", "name": field, "field": field}],
            "outputs": [{"id": "o", "name": output, "field": output}],
            "rules": rules,
        },
    }


def zen_model() -> dict[str, Any]:
    """Return the policy as a zen-engine decision: four tables, then two expressions. It has no unknown."""
    def tiers(bounds: tuple[float, ...], points: tuple[int, ...]) -> list[tuple[str, int]]:
        return [*((f">= {b}", p) for b, p in zip(bounds, points, strict=True)), ("", 0)]

    research = (50, 40, 30, 20, 10)
    tables = [
        _steps("st_staff_2025 / staff_2025", tiers((0.3, 0.25, 0.2, 0.15, 0.1), (20, 16, 12, 8, 4)), "staff"),
        _steps("rd_cost_2025 / revenue_2025", tiers((0.06, 0.05, 0.04, 0.03, 0.02), research), "rd_a"),
        _steps("rd_cost_2025 / total_cost_2025", tiers((0.3, 0.25, 0.2, 0.15, 0.1), research), "rd_b"),
        _steps("one >= 1 ? 5 : two", tiers((5, 4, 3, 2, 1), (30, 24, 18, 12, 6)), "ip"),
    ]
    expressions = [
        {"id": "score", "key": "score", "value": "staff + max([rd_a, rd_b]) + ip"},
        {"id": "ok", "key": "eligible", "value": (
            "resident and not product_barred and not on_abnormal_list and not on_violation_list and staff_2025 <= 500 "
            "and revenue_2025 <= 200000000 and assets_2025 <= 200000000 "
            "and ($.score >= 60 and staff > 0 or direct)")},
    ]
    last = {"type": "expressionNode", "id": "end", "name": "end",
            "content": {"expressions": expressions, "passThrough": True}}
    chain = [{"type": "inputNode", "id": "in", "name": "in"}, *tables, last, {"type": "outputNode", "id": "out", "name": "out"}]
    edges = [{"id": f"e{i}", "type": "edge", "sourceId": a["id"], "targetId": b["id"]}
             for i, (a, b) in enumerate(pairwise(chain))]
    return {"contentType": "application/vnd.gorules.decision", "nodes": chain, "edges": edges}


def zen_decider() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return a function that decides one company with zen-engine."""
    import zen

    decision = zen.ZenEngine().create_decision(zen_model())
    return lambda company: decision.evaluate(company)["result"]


def zen_rows(table: pa.Table, rows: int) -> list[dict[str, Any]]:
    """Return complete rows as zen-engine wants them: floats, no nulls (it raises on arithmetic with null)."""
    plain = [name for name in table.column_names if name != "direct"]
    complete = table.filter(pc.is_valid(pc.binary_join_element_wise(
        *(table[name].cast(pa.string()) for name in plain), "")))
    return [
        {k: float(v) if k.endswith("_2025") else v for k, v in row.items()} | {"direct": bool(row["direct"])}
        for row in complete.slice(0, rows).to_pylist()
    ]


STAFF = ((0.3, 20), (0.25, 16), (0.2, 12), (0.15, 8), (0.1, 4))
SALES = ((0.06, 50), (0.05, 40), (0.04, 30), (0.03, 20), (0.02, 10))
COSTS = ((0.3, 50), (0.25, 40), (0.2, 30), (0.15, 20), (0.1, 10))


def bkflow_decider() -> Callable[[dict[str, Any]], bool]:
    """Return a function that decides one company with bkflow-feel; raises ImportError where it is not installed.

    Its grammar has neither tables nor ``if`` nor sums of three, so steps and sums are walked in Python; each
    expression is parsed once, which its public call does not do.
    """
    from bkflow_feel import parser, transformer

    def parsed(text: str) -> Any:
        return transformer.transform(parser.parse(text))

    def steps(text: str, bounds: tuple[tuple[float, int], ...]) -> Callable[[dict[str, Any]], int]:
        tests = [(parsed(f"{text} >= {bound}"), points) for bound, points in bounds]
        return lambda c: next((points for test, points in tests if test.evaluate(c)), 0)

    staff, sales, costs = (steps(f"{a} / {b}", bounds) for a, b, bounds in (
        ("st_staff_2025", "staff_2025", STAFF), ("rd_cost_2025", "revenue_2025", SALES),
        ("rd_cost_2025", "total_cost_2025", COSTS)))
    rights = steps("rights", ((5, 30), (4, 24), (3, 18), (2, 12), (1, 6)))
    hard = [parsed(f"{name} <= {bound}") for name, bound in (
        ("staff_2025", 500.0), ("revenue_2025", 200_000_000.0), ("assets_2025", 200_000_000.0))]

    def decide(company: dict[str, Any]) -> bool:
        c = {**company, "rights": 5 if company["one"] >= 1 else company["two"]}
        people = staff(c)
        enough = people > 0 and people + max(sales(c), costs(c)) + rights(c) >= 60
        clean = c["resident"] and not (c["product_barred"] or c["on_abnormal_list"] or c["on_violation_list"])
        return bool(clean and all(test.evaluate(c) for test in hard) and (enough or c["direct"]))
    return decide


def openfisca_simulation() -> Callable[[pa.Table], np.ndarray]:
    """Return a function that decides a table with OpenFisca-core; raises ImportError where it is not installed.

    It computes in 32-bit floats and knows no missing value: nulls become 0 or false, its default.
    """
    from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables

    company = entities.build_entity("company", "companies", "company", is_person=True)
    names = ("staff_2025", "st_staff_2025", "revenue_2025", "assets_2025", "rd_cost_2025", "total_cost_2025", "one", "two",
             "resident", "product_barred", "on_abnormal_list", "on_violation_list", "direct")
    shape = {"value_type": float, "entity": company, "definition_period": periods.DateUnit.YEAR}

    def eligible(rows: Any, period: Any, _parameters: Any) -> np.ndarray:
        v = {name: rows(name, period) for name in names}
        with np.errstate(invalid="ignore", divide="ignore"):
            people, sales, costs = (
                np.select([v[a] / v[b] >= bound for bound, _ in steps], [p for _, p in steps], 0) for a, b, steps in (
                    ("st_staff_2025", "staff_2025", STAFF), ("rd_cost_2025", "revenue_2025", SALES),
                    ("rd_cost_2025", "total_cost_2025", COSTS)))
        rights = np.where(v["one"] >= 1, 30, np.select([v["two"] >= 4], [24], v["two"] * 6))
        small = (v["staff_2025"] <= 500) & (v["revenue_2025"] <= 2e8) & (v["assets_2025"] <= 2e8)
        barred = (v["product_barred"] + v["on_abnormal_list"] + v["on_violation_list"]) > 0
        enough = (people > 0) & (people + np.maximum(sales, costs) + rights >= 60)
        return (v["resident"] == 1) & ~barred & small & (enough | (v["direct"] == 1))

    system = taxbenefitsystems.TaxBenefitSystem([company])
    for name in names:
        system.add_variable(type(name, (variables.Variable,), shape))
    system.add_variable(type("eligible", (variables.Variable,), {**shape, "value_type": bool, "formula": eligible}))

    def simulate(table: pa.Table) -> np.ndarray:
        builder = simulations.SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("company", np.arange(table.num_rows))
        simulation = builder.build(system)
        for name in names:
            simulation.set_input(name, "2025", pc.fill_null(table[name].cast(pa.float64()), 0).to_numpy())
        return simulation.calculate("eligible", "2025")
    return simulate
