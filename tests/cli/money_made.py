"""A small zone with two grants of its own, for the commands about money."""

from __future__ import annotations

from pathlib import Path

GRANT = """
policy: {policy}
pack: ours
version: "1"
name: {{zh: {zh}}}
kind: grant
status: official
in_force: {{from: 2020-01-01, to: null}}
sources: {{s: {{doc_no: 测试, clause: 第一条, grade: V}}}}
conditions:
  - {{code: c, zh: 条件, when: {when}, source: s}}
benefits:
  - {{code: b, zh: {zh}, amount: {amount}, source: s, pays_for: 创新}}
"""
HEADS = "统一社会信用代码,企业名称,2025年营业收入(元),2025年职工总数"
ROWS = ["91370200MA0DEM0132,甲有限公司,1000,100", "91370200MA0DEM021W,乙有限公司,1000,5", "91370200MA0DEM030T,丙有限公司,0,5"]
ON = ("--on", "2026-11-01")


def zone(folder: Path) -> tuple[Path, str]:
    """Write the pack and the table of companies; return the table and the name of the pack."""
    pack = folder / "ours"
    pack.mkdir()
    made = {"sales": ("营收奖", "上年营业收入 > 0元", "10万元"), "staff": ("用工奖", "上年职工总数 >= 10人", "6万元")}
    for policy, (zh, when, amount) in made.items():
        (pack / f"{policy}.yaml").write_text(GRANT.format(policy=policy, zh=zh, when=when, amount=amount), "utf-8")
    table = folder / "zone.csv"
    table.write_text("\n".join([HEADS, *ROWS]) + "\n", "utf-8")
    return table, str(pack)
