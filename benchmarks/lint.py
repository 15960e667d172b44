"""How much processor time linting takes: tables of growing size (time per rule must stay flat), a crowded table, and the packs that ship.

No peer checks tables with units and open ends exactly, so the ratio is to the same table of a tenth of the size.
"""

from __future__ import annotations

import sys
from datetime import date
from time import process_time

from wutong.ir.policy.check import check_policy
from wutong.packs.loader import parse_policy
from wutong.policy.evaluate import shipped_catalogue
from wutong.policy.lint import lint
from wutong.policy.lint.finding import Scribe
from wutong.policy.lint.tables import table_findings

ON = date(2026, 11, 25)
HEAD = """
policy: made
pack: bench
version: "1"
name: {zh: 基准}
kind: qualification
status: official
in_force: {from: 2020-01-01}
sources: {s: {doc_no: 基准, clause: 一, grade: V}}
conditions: [{code: yes, zh: 恒成立, when: 1 = 1, source: s}]
tables:
- {code: t, zh: 表, hit: %s, source: s, inputs: [上年职工总数, 上年营业收入], output: {type: number}, default: 0, rules: [
%s]}
"""


def table(count: int, hit: str) -> str:
    """Return a table of `count` rules in two inputs: rules partition staff × revenue."""
    side = int(count**0.5)
    rows = [f"['[{i}..{i + 1})', '[{j}万元..{j + 1}万元)', {(i + j) % 9}]" for i in range(side) for j in range(side)]
    return HEAD % (hit, ",\n".join(rows))


def measured(count: int, hit: str) -> tuple[float, float]:
    """Return seconds to read and type the table, and to sweep it."""
    policy = parse_policy(table(count, hit), "bench.yaml")
    start = process_time()
    checked = check_policy(policy, shipped_catalogue(), ON)
    typed = process_time()
    assert list(table_findings(checked, Scribe(policy, {}))) == []
    return typed - start, process_time() - typed


def main() -> None:
    """Print the figures."""
    start = process_time()
    found = lint(["national", "qingdao"], ON)
    print(f"packs that ship: {len(found)} policies, {sum(len(x.findings) for x in found)} findings in {process_time() - start:.1f} s")
    for hit in ("UNIQUE", "FIRST"):
        small, large = measured(1_000, hit), measured(10_000, hit)
        ratio = large[1] / max(small[1], 1e-9) / 10
        print(f"{hit}: 10,000 rules x 2 inputs typed in {large[0]:.1f} s, swept in {large[1]:.2f} s; "
              f"time per rule {ratio:.1f} x that of 1,000 rules")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
