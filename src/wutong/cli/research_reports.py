"""Tables that the research commands write and print, in the language of the screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wutong.cli.screen import screen
from wutong.composite.aggregate import aggregate
from wutong.composite.effects import main_effects, removals
from wutong.composite.relate import correlations, cronbach, flagged, principal_components, with_ancestors
from wutong.composite.sheets import Sheet
from wutong.composite.statistics import statistics
from wutong.errors import WutongError
from wutong.points.research import Audit
from wutong.points.research import audit as audit_run
from wutong.tables import Catalogue

if TYPE_CHECKING:
    from wutong.cli.research_source import Source
    from wutong.composite.framework import Framework
    from wutong.composite.gaming import Bunching
    from wutong.composite.recipe import Chain, Recipe
    from wutong.composite.relate import Kind
    from wutong.composite.table import Table


def text(zh: str, en: str) -> str:
    """Return the text in the language in use."""
    return screen().text(zh, en)


def heads(*pairs: tuple[str, str]) -> list[str]:
    """Return headers in the language in use."""
    return [text(*pair) for pair in pairs]


UNIT, NAME = ("单位", "Unit"), ("名称", "Name")
CODE, RANK, SCORE = ("指标", "Code"), ("名次", "Rank"), ("得分", "Score")


def _name(table: Table, unit: str) -> str:
    return table.names.get(unit, unit)


def results(chain: Chain) -> Sheet:
    """Return scores of all aggregates, best first."""
    table, tree = chain.result, chain.tree
    codes = [c for level in range(tree.levels, 1, -1) for c in tree.at(level)]
    scores, placed = table.column(tree.index), chain.ranks().column(tree.index)
    order = np.lexsort((np.array(table.units), -np.nan_to_num(scores, nan=-math.inf)))
    rows = [(table.units[i], _name(table, table.units[i]), _place(placed[i]), *(float(table.column(c)[i]) for c in codes))
            for i in order]
    return Sheet(text("结果", "Results"), [*heads(UNIT, NAME, RANK), *codes], rows)


def ranks(chain: Chain) -> Sheet:
    """Return the ranks of every column."""
    placed = chain.ranks()
    rows = [(u, *(_place(v) for v in row)) for u, row in zip(placed.units, placed.values, strict=True)]
    return Sheet(text("名次", "Ranks"), [text(*UNIT), *placed.codes], rows)


def _place(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


def step(chain: Chain, name: str) -> Sheet:
    """Return what one step did."""
    if name == "screen":
        return _screening(chain)
    if name == "treat":
        return _treatments(chain)
    names = list(chain.stages)
    before, after = chain.stages[names[-2]], chain.stages[name]
    if before.units != after.units or before.codes != after.codes:
        before = chain.study.table.pick(after.codes)
    rows = [(c, int(np.isnan(before.column(c)).sum()), int(np.isnan(after.column(c)).sum())) for c in after.codes]
    return Sheet(text("补缺", "Imputation"), heads(CODE, ("原缺失", "Missing before"), ("仍缺失", "Missing after")), rows)


def _screening(chain: Chain) -> Sheet:
    found, table = chain.screening, chain.study.table
    if found is None:
        raise AssertionError("a screened chain has its screening")
    rows = [(u, _name(table, u), m, z, float(a), float(nz), bool(k)) for u, m, z, a, nz, k in zip(
        table.units, found.missing, found.zero, found.available, found.nonzero, found.kept, strict=True)]
    note = text(f"保留 {int(found.kept.sum())} / {len(rows)}", f"{int(found.kept.sum())} of {len(rows)} kept")
    return Sheet(text("筛选", "Screening"), heads(UNIT, NAME, ("缺失", "Missing"), ("零值", "Zeros"), ("完整度", "Available"),
                                             ("非零比例", "Non-zero"), ("保留", "Kept")), rows, note)


def _treatments(chain: Chain) -> Sheet:
    rows = [(t.code, t.how, t.points, *map(float, t.before), *map(float, t.after), t.passed) for t in chain.treatments]
    return Sheet(text("离群值处理", "Treatment"), heads(
        CODE, ("方法", "Method"), ("缩尾点数", "Points"), ("原偏度", "Skewness before"), ("原峰度", "Kurtosis before"),
        ("后偏度", "Skewness after"), ("后峰度", "Kurtosis after"), ("通过", "Passes")), rows)


def analysis(source: Source, recipe: Recipe, kind: Kind) -> list[Sheet]:
    """Return statistics, correlations, flagged pairs, alpha and components."""
    table, tree, ways = source.normalised(recipe)
    whole = aggregate(table, tree, ways)
    pairs = [(c.first, c.second, c.value, c.p, c.units) for c in correlations(table, tree.indicators, kind=kind)]
    up = [(c.first, c.second, c.value, c.p, c.units) for c in with_ancestors(whole, tree, kind)]
    twin = [(c.first, c.second, c.value) for c in flagged(table, tree, 2, 0.9, -0.4, kind)]
    columns = heads(("甲", "First"), ("乙", "Second"), ("相关系数", "Correlation"), ("p", "p"), ("单位数", "Units"))
    return [
        _statistics(source.study.table), Sheet(text("指标相关", "Indicators"), columns, pairs),
        Sheet(text("与上级相关", "With parents"), columns, up),
        Sheet(text("需留意的相关", "Flagged pairs"), columns[:3], twin,
              text("同组内高于 0.9（重复计算）或低于 -0.4（互相抵消）", "in one group over 0.9 (double counting) or under -0.4")),
        _consistency(whole, tree),
    ]


def _statistics(table: Table) -> Sheet:
    rows = [(s.code, s.minimum, s.maximum, s.mean, s.median, s.sd, s.skew, s.kurtosis, s.share_available, s.share_nonzero,
             s.share_unique, s.outliers, _flags(s)) for s in statistics(table)]
    return Sheet(text("统计", "Statistics"), heads(
        CODE, ("最小", "Min"), ("最大", "Max"), ("均值", "Mean"), ("中位数", "Median"), ("标准差", "SD"), ("偏度", "Skewness"),
        ("峰度", "Kurtosis"), ("完整度", "Available"), ("非零", "Non-zero"), ("唯一", "Unique"), ("离群点", "Outliers"),
        ("提示", "Flags")), rows)


def _flags(found: Any) -> str:
    flags = ((found.few_available, ("缺失多", "gaps")), (found.few_nonzero, ("零多", "zeros")),
             (found.few_unique, ("重复多", "few values")), (found.shape_outliers, ("离群", "outliers")),
             (found.constant, ("常数", "constant")))
    return text("、", ", ").join(text(*words) for wrong, words in flags if wrong)


def _consistency(whole: Table, tree: Framework) -> Sheet:
    """Return Cronbach's alpha and the share of the first component for each group; blank where they do not exist."""
    rows: list[Sequence[Any]] = []
    for level in range(2, tree.levels + 1):
        for group in tree.at(level):
            part = whole.pick([n.code for n in tree.children[group]])
            try:
                found = principal_components(part) if len(part.codes) > 1 else None
            except WutongError as error:
                rows.append((group, len(part.codes), cronbach(part), None, None, error.diagnostics[0].text(screen().lang)))
                continue
            rows.append((group, len(part.codes), cronbach(part), float(found.explained[0]) if found else None,
                         found.kaiser if found else None, ""))
    return Sheet(text("组内一致性", "Consistency"), heads(
        ("组", "Group"), ("成员", "Members"), ("Cronbach α", "Cronbach alpha"), ("第一主成分", "First component"),
        ("特征值>1", "Eigenvalues > 1"), ("说明", "Note")), rows)


def effects(whole: Table, tree: Framework, level: int) -> Sheet:
    """Return nominal weights beside main effects."""
    rows = [(e.code, tree.by_code[e.code].name, e.weight, e.main, e.importance, e.ratio, e.linear)
            for e in main_effects(whole, tree, level)]
    return Sheet(text("权重与影响", "Weights and effects"), heads(
        CODE, NAME, ("名义权重", "Weight"), ("主效应 Si", "Main effect Si"), ("影响份额", "Share of effects"),
        ("份额/权重", "Share / weight"), ("线性 R²", "Linear R²")), rows,
        text("份额/权重为 1 表示影响与权重相符", "a share / weight of 1 is as the weights intend"))


def removal(source: Source, recipe: Recipe, level: int) -> list[Sheet]:
    """Return the mean rank shift without each node, and every unit's ranks."""
    table, tree, ways = source.normalised(recipe)
    found = removals(table, tree, level, ways)
    summary = [(r.code, tree.by_code[r.code].name, r.mean_shift, r.largest_shift, _name(table, r.largest_unit)) for r in found]
    units = [(u, _name(table, u), *(_place(r.ranks[i]) for r in found)) for i, u in enumerate(table.units)]
    return [
        Sheet(text("逐项去除", "Removal"), heads(CODE, NAME, ("平均名次变动", "Mean rank shift"), ("最大变动", "Largest"),
                                             ("变动最大的单位", "Unit")), summary),
        Sheet(text("去除后的名次", "Ranks without"), [*heads(UNIT, NAME), *(r.code for r in found)], units),
    ]


def audit(source: Source, recipe: Recipe, width: float) -> list[Sheet]:
    """Return the audit of a points run, or what can be said of a table."""
    if source.run is None:
        whole, tree = source.aggregated(recipe)
        constant = [(s.code,) for s in statistics(source.study.table) if s.constant]
        return [effects(whole, tree, 1), _statistics(source.study.table),
                Sheet(text("常数指标", "Constant indicators"), heads(CODE), constant)]
    companies = source.run.snapshot().read("companies").select(["company", "name"]).to_pylist()
    names = {row["company"]: row["name"] or "" for row in companies}
    found = audit_run(source.run, Catalogue.load(), width)
    return [
        _bunched(found.bunching, found.adjusted), _listed(text("门槛上方名单", "Just above"), found.just_above, names),
        _listed(text("触及分母下限", "At the floor"), found.floors, names), _jumped(found, names), _bare(found),
        Sheet(text("常数指标", "Constant indicators"), heads(CODE), [(c,) for c in found.constant]),
        Sheet(text("权重与影响", "Weights and effects"), heads(
            CODE, ("名义权重", "Weight"), ("主效应 Si", "Main effect Si"), ("影响份额", "Share of effects"),
            ("份额/权重", "Share / weight")), [(e.code, e.weight, e.main, e.importance, e.ratio) for e in found.effects]),
    ]


def _bunched(tests: Sequence[Bunching], adjusted: Sequence[float]) -> Sheet:
    rows = [(t.code, t.cut, t.below, t.above, t.p, a, t.suspicious and a < 0.05) for t, a in zip(tests, adjusted, strict=True)]
    return Sheet(text("门槛堆积", "Bunching"), heads(
        CODE, ("门槛", "Cut"), ("下方", "Below"), ("上方", "Above"), ("p", "p"), ("校正 p", "Adjusted p"), ("可疑", "Suspicious")), rows,
        text("窗口内上方多于下方的精确二项检验，Holm 校正", "exact binomial test of above against below in the window, Holm"))


def _listed(title: str, found: dict[str, tuple[str, ...]], names: Any) -> Sheet:
    rows = [(where, code, names.get(code, "")) for where, codes in found.items() for code in codes]
    return Sheet(title, heads(("位置", "Where"), ("代码", "Company"), NAME), rows)


def _jumped(found: Audit, names: Any) -> Sheet:
    rows = [(company, names.get(company, ""), j.code, j.before, j.after, j.score) for company, j in found.jumps]
    return Sheet(text("年度跳变", "Jumps"), heads(("代码", "Company"), NAME, ("事实", "Fact"), ("上年", "Before"), ("本年", "After"),
                                               ("稳健 z", "Robust z")), rows)


def _bare(found: Audit) -> Sheet:
    total = sum(map(len, found.unverified.values()))
    rows = [(column, len(companies)) for column, companies in found.unverified.items()]
    return Sheet(text("无来源数据", "Without a source"), heads(("事实", "Fact"), ("企业数", "Companies")), rows,
                 text(f"{found.checked_cells} 个单元格中 {total} 个没有来源", f"{total} of {found.checked_cells} cells have no source"))
