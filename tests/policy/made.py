"""Small policies and companies for the tests of the policy engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wutong.packs.loader import parse_policy
from wutong.packs.model import Policy
from wutong.policy.evaluate import VERDICTS, Mode, compile_block, default_backend, shipped_catalogue
from wutong.policy.golden import Case, case_tables, with_outputs

ON = date(2026, 11, 1)
HEAD = """
policy: made
pack: tests
version: "1"
name: {zh: 自拟政策}
kind: qualification
status: official
in_force: {from: 2020-01-01, to: null}
sources: {s: {doc_no: 测试, clause: 第一条, grade: V}}
"""


def policy(body: str) -> Policy:
    """Return a policy from the sections that differ; without conditions one that always holds."""
    if "conditions:" not in body:
        body += "\nconditions: [{code: yes, zh: 恒成立, when: 1 = 1, source: s}]\n"
    return parse_policy(HEAD + body, "made.yaml")


def run(made: Policy, companies: Sequence[dict[str, Any]], mode: Mode = "interval", *, explain: bool = False,
        expect: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the raw result row of each company, with `verdict` spelled out and expected values under their names."""
    cases = [Case(f"c{i}", ON, facts, dict.fromkeys(expect)) for i, facts in enumerate(companies)]
    tables = case_tables(cases, shipped_catalogue())
    columns = {n: {f.name: str(f.type) for f in t.schema} for n, t in tables.items()}
    block = compile_block([with_outputs(made, cases)], columns, ON, mode=mode, explain=explain)
    rows = sorted(default_backend().query(block.sql, tables).to_pylist(), key=lambda r: r["company"])
    for row in rows:
        row["verdict"] = VERDICTS[row["p00_verdict"]]
        for name, zh, shown in block.policies[0].outputs:
            row[name] = row[zh] = (row[shown.low], row[shown.high]) if shown.kind == "number" else row[shown.low]
    return rows


def values(body: str, name: str, companies: Sequence[dict[str, Any]], mode: Mode = "interval") -> list[Any]:
    """Return what one let or table is worth for each company."""
    return [row[name] for row in run(policy(body), companies, mode, expect=[name])]


def verdicts(when: str, companies: Sequence[dict[str, Any]], mode: Mode = "interval", extra: str = "") -> list[str]:
    """Return the verdict of one condition for each company."""
    body = f"{extra}\nconditions:\n  - {{code: c, zh: 条件, source: s, when: '{when}'}}\n"
    return [row["verdict"] for row in run(policy(body), companies, mode)]
