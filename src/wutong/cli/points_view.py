"""What the commands about points print, for people and as JSON."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from rich.text import Text

from wutong.cli.screen import Screen
from wutong.errors import Diagnostic, Place
from wutong.points.change import Change, Comparison
from wutong.points.compile import NONE
from wutong.points.explain import Explanation, Line
from wutong.points.model import Indicator, Node, PointModel
from wutong.points.recourse import Plan
from wutong.points.run import PointRun
from wutong.points.score import Result
from wutong.points.text import Words, plain, points_range, reason_texts, signed, step_text, value_text
from wutong.points.tree import half_up

_STATUS = {"official": ("官方", "official"), "demo": ("示范", "demo"), "draft": ("草案", "draft"),
           "needs_official_weights": ("缺官方权重", "needs official weights")}
_SHOWN = 20


def models(view: Screen, found: list[PointModel]) -> None:
    """Print the models that ship."""
    if view.as_json:
        view.json({"ok": True, "models": [
            {"model": m.key, "version": m.version, "zh": m.zh, "en": m.en, "status": m.status, "from": m.start,
             "to": m.end, "indicators": len(m.indicators), "max": m.root.max, "sha256": m.sha256} for m in found]})
        return
    words = Words(view.lang)
    heads = [view.text(*t) for t in (("模型", "Model"), ("名称", "Name"), ("版本", "Version"), ("状态", "Status"),
                                     ("施行", "In force"), ("指标", "Indicators"), ("满分", "Most"))]
    view.table(heads, [
        (m.key, words.name(m), m.version, view.text(*_STATUS[m.status]), f"{m.start or '…'} – {m.end or '…'}",
         str(len(m.indicators)), "—" if m.empty else plain(m.root.max)) for m in found
    ], right=(5, 6))


def banner(view: Screen, model: PointModel) -> None:
    """Print the label of a model; it stands on every result."""
    if model.banner and not view.as_json:
        view.out.print(Text(Words(view.lang).of(model.banner, model.banner_en), style="black on yellow"))


def model(view: Screen, found: PointModel) -> None:
    """Print one model."""
    if view.as_json:
        view.json({"ok": True, "model": found.key, "version": found.version, "zh": found.zh, "status": found.status,
                   "banner": found.banner, "provenance": dict(found.provenance), "empty": list(found.empty),
                   "profiles": [p.key for p in found.profiles], "tree": _tree_json(found, found.root),
                   "gates": [{"code": g.code, "zh": g.zh, "when": g.when} for g in found.gates]})
        return
    words = Words(view.lang)
    banner(view, found)
    view.say(f"{words.name(found)}（{found.key}@{found.version}）{view.text(*_STATUS[found.status])}",
             f"{words.name(found)} ({found.key}@{found.version}) {view.text(*_STATUS[found.status])}")
    if found.note:
        view.say(found.note, found.note)
    rows: list[tuple[str, ...]] = []
    _tree_rows(found, found.root, 0, words, rows)
    for kind, items in (("加分", found.bonus.items), ("扣分", found.deductions.items)):
        rows += [(f"{kind} {words.name(i)}", f"≤{plain(i.max)}", "", _how(i, words), _cited(found, i)) for i in items]
    heads = [view.text(*t) for t in (("指标", "Indicator"), ("满分", "Most"), ("权重%", "Weight %"), ("计分", "Points"), ("出处", "Source"))]
    view.table(heads, rows, right=(1,))
    for gate in found.gates:
        view.say(f"门槛：{gate.zh}", f"Gate: {words.name(gate)}")


def _tree_rows(found: PointModel, node: Node | Indicator, depth: int, words: Words, rows: list[tuple[str, ...]]) -> None:
    weights = [found.weight(node, p) for p in found.profiles] if node.weight is not None else []
    shown = sorted({"—" if w is None else plain(Decimal(w) / 100) for w in weights})
    how = _how(node, words) if isinstance(node, Indicator) else node.aggregate
    rows.append(("　" * depth + words.name(node), plain(node.max), "/".join(shown), how, _cited(found, node)))
    if isinstance(node, Node):
        for child in node.children:
            _tree_rows(found, child, depth + 1, words, rows)


def _how(indicator: Indicator, words: Words) -> str:
    steps = indicator.normaliser.steps
    if not steps:
        return indicator.normaliser.kind
    return "，".join(f"{step_text(indicator, s, words)} {plain(s.points)}" for s in steps)


def _cited(found: PointModel, item: Node | Indicator) -> str:
    source = found.sources.get(item.source or "")
    return "" if source is None else f"{source.doc_no} {source.clause}（{source.grade}）"


def _tree_json(found: PointModel, node: Node | Indicator) -> dict[str, Any]:
    made: dict[str, Any] = {"code": node.code, "zh": node.zh, "max": node.max, "weight": dict(node.weight or {}), "source": node.source}
    if isinstance(node, Indicator):
        return made | {"value": node.value, "normaliser": node.normaliser.kind,
                       "steps": [[s.cut, s.points] for s in node.normaliser.steps], "missing": node.missing}
    return made | {"aggregate": node.aggregate, "children": [_tree_json(found, c) for c in node.children]}


def scored(view: Screen, result: Result, run_id: str, out: Path, top: int, line: tuple[list[str], list[str]] | None,
           bands: pa.Table | None = None) -> None:
    """Print the summary of a run; every rank with the band it keeps under noisy weights and completed gaps."""
    model_, words, rows = result.model, Words(view.lang), result.table.to_pylist()
    ranked = sorted((r for r in rows if r["status"] != NONE), key=lambda r: (r["rank"], r["company"]))
    none = [r for r in rows if r["status"] == NONE]
    ranges = sum(r["status"] == 1 for r in rows)
    notes = [*result.diagnostics, *_ties(result, line, top, {r["company"]: r["name"] for r in rows})]
    if view.as_json:
        view.json({"ok": True, "out": str(out), "run": run_id, "model": model_.key, "banner": model_.banner,
                   "companies": len(rows), "scored": len(ranked), "ranges": ranges, "without_score": len(none),
                   "selected": None if line is None else line[0], "tied": None if line is None else line[1],
                   "findings": [d.as_dict() for d in notes]})
        return
    banner(view, model_)
    sure = {r["company"]: f"{r['rank_low']}–{r['rank_high']}" for r in (bands.to_pylist() if bands is not None else ())}
    heads = [words[k] for k in ("rank", "company", "band", "points", "grade", "peer_rank")]
    heads.insert(1, view.text("90% 名次区间", "90 % band"))
    view.table(heads, [
        (str(r["rank"]), sure.get(r["company"], ""), r["name"] or r["company"], f"{r['rank_best']}–{r['rank_worst']}", points_range(r["score_lo"], r["score_hi"]),
         "" if r["grade_lo"] is None else words.name(model_.grades[r["grade_lo"]]),
         "" if r["peers"] is None else f"{r['peer_rank']}/{r['peers']}") for r in ranked[: top or 10]
    ], right=(0, 4))
    view.say(f"\n{len(rows):,} 家企业 · 有得分 {len(ranked):,}（其中区间 {ranges:,}）· 没有得分 {len(none):,} · 评估日 {result.on}",
             f"\n{len(rows):,} companies · scored {len(ranked):,} ({ranges:,} as a range) · no score {len(none):,} · on {result.on}")
    view.diagnostics(notes, to_out=True, limit=_SHOWN)
    view.say(f"运行编号 {run_id} · 打开 {out / 'ranking.xlsx'}", f"Run {run_id} · open {out / 'ranking.xlsx'}")


def _ties(result: Result, line: tuple[list[str], list[str]] | None, top: int, names: dict[str, str]) -> list[Diagnostic]:
    if line is None or not line[1]:
        return []
    shown = "、".join(names[c] or c for c in line[1][:5])
    place = Place(policy=result.model.key)
    return [Diagnostic.of("S315", place, severity="warning", places=top, count=len(line[1]), names=shown, rule=result.model.ranking.cut)]


def explained(
    view: Screen, found: Explanation, run: PointRun, gain: Decimal | None, plan: Plan | None, change: Change | None
) -> None:
    """Print why a company has its points."""
    if view.as_json:
        view.json({"ok": True, "run": run.id, **explanation_json(found), "plan": _plan_json(gain, plan), "change": _change_json(change)})
        return
    words = Words(view.lang)
    banner(view, found.model)
    view.say(f"{found.name}（{found.company}）", f"{found.name} ({found.company})")
    if found.status == NONE:
        row = run.row(found.company)
        view.say(f"没有得分：{'；'.join(reason_texts(found.model, row, words))}", f"No score: {'; '.join(reason_texts(found.model, row, words))}")
        return
    _head(view, found, words)
    heads = [words[k] for k in ("indicator", "value", "points", "weight", "added", "versus", "next")]
    view.table(heads, [_line(found.model, x, words) for x in found.lines if x.added or x.next or not x.known], right=(2, 3, 4, 5))
    _losses(view, found, words)
    _plan(view, gain, plan, words)
    _change(view, found, change, words)


def _head(view: Screen, found: Explanation, words: Words) -> None:
    grade = "" if found.grade[0] is None else f" · {words.name(found.grade[0])}"
    view.say(f"{found.model.zh} {points_range(*found.score)} 分{grade} · 数据覆盖 {plain(found.coverage)}%",
             f"{words.name(found.model)} {points_range(*found.score)} points{grade} · coverage {plain(found.coverage)}%")
    p = found.position
    if p is None:
        return
    band = view.text(f"第 {p.rank} 名（区间 {p.best}–{p.worst}）", f"place {p.rank} (band {p.best}–{p.worst})")
    peers = "" if p.peer_rank is None else view.text(f"，同类 {p.peers} 家中第 {p.peer_rank}", f", {p.peer_rank} of {p.peers} peers")
    ahead = "" if p.ahead_of is None else view.text(f"，不低于其中 {p.ahead_of}%", f", not behind {p.ahead_of} % of them")
    view.say(band + peers + ahead + "\n", band + peers + ahead + "\n")


def _line(model: PointModel, line: Line, words: Words) -> tuple[str, ...]:
    extra = "bonus" if line.indicator in model.bonus.items else "deduction" if line.indicator in model.deductions.items else ""
    share = words[extra] if extra else plain(half_up(line.share * 100))
    step = "" if line.next is None else f"{step_text(line.indicator, line.next.step, words)} {signed(line.next.total)}"
    return (words.name(line.indicator), value_text(line.indicator, *line.value, words), f"{points_range(*line.points)}/{plain(line.indicator.max)}",
            share, f"{half_up(line.added)}", signed(line.versus), step)


def _losses(view: Screen, found: Explanation, words: Words) -> None:
    view.say("\n失分最多：", "\nWhat costs most:")
    for line in found.losses:
        i = line.indicator
        advice = words.of(i.advice, i.advice_en)
        text = f"{words.name(i)} {signed(-line.lost)}" + (f"：{advice}" if advice else "")
        view.say(f"  · {text}", f"  · {text}")
    for line in found.questions[:4]:
        more = view.text("补齐数据最多可再得", "data may still add")
        view.say(f"  ? {words.name(line.indicator)}：{more} {half_up(line.open)} 分", f"  ? {words.name(line.indicator)}: {more} {half_up(line.open)}")


def _plan(view: Screen, gain: Decimal | None, plan: Plan | None, words: Words) -> None:
    if gain is None:
        return
    if plan is None:
        view.say(f"\n企业自身可做的事合起来也达不到 +{gain} 分。", f"\nNothing the company can do adds up to +{gain} points.")
        return
    view.say(f"\n提高 {gain} 分，最省力的办法（难度合计 {plan.effort}）：", f"\nThe cheapest way to +{gain} points (effort {plan.effort}):")
    for move in plan.moves:
        advice = words.of(move.indicator.advice, move.indicator.advice_en)
        slow = view.text("（见效慢）", " (slow)") if move.indicator.actionable == "slow" else ""
        text = f"{words.name(move.indicator)} → {step_text(move.indicator, move.step, words)}{slow}" + (f"：{advice}" if advice else "")
        view.say(f"  · {text}", f"  · {text}")


def _change(view: Screen, found: Explanation, change: Change | None, words: Words) -> None:
    if change is None:
        return
    parts = [(("数据", "data"), change.data), (("模型", "model"), change.model), (("其他企业", "cohort"), change.cohort)]
    text = "，".join(f"{words.of(*name)} {signed(x)}" for name, x in parts)
    view.say(f"\n比上次 {change.then} → {change.now}（名次 {change.ranks[0]} → {change.ranks[1]}）：{text}",
             f"\nSince then {change.then} → {change.now} (rank {change.ranks[0]} → {change.ranks[1]}): {text}")
    known = {i.code: i for i in found.model.indicators}
    for code, part in change.by_indicator[:6]:
        name = words.name(known[code]) if code in known else code
        view.say(f"  · {name} {signed(part)}", f"  · {name} {signed(part)}")


def explanation_json(found: Explanation) -> dict[str, Any]:
    """Return an explanation as JSON-ready data."""
    p = found.position
    return {
        "model": found.model.key, "banner": found.model.banner, "company": found.company, "name": found.name,
        "score": list(found.score), "status": found.status, "pass": found.passed, "coverage": found.coverage,
        "grade": [None if g is None else g.code for g in found.grade], "profile": None if found.profile is None else found.profile.key,
        "base": found.base, "rounding": found.rounding, "reference": found.reference_key, "reference_score": found.reference_score,
        "failed": [g.code for g in found.failed], "unknown": [g.code for g in found.unknown], "reasons": list(found.reasons),
        "position": None if p is None else {"rank": p.rank, "best": p.best, "worst": p.worst, "peer_rank": p.peer_rank,
                                            "peers": p.peers, "ahead_of": p.ahead_of},
        "lines": [{"code": x.indicator.code, "zh": x.indicator.zh, "value": list(x.value), "points": list(x.points),
                   "max": x.indicator.max, "share": x.share, "added": x.added, "versus": x.versus, "reference": x.reference,
                   "lost": x.lost, "open": x.open,
                   "next": None if x.next is None else {"cut": x.next.step.cut, "points": x.next.points, "total": x.next.total}}
                  for x in found.lines],
        "losses": [x.indicator.code for x in found.losses],
    }


def _plan_json(gain: Decimal | None, plan: Plan | None) -> dict[str, Any] | None:
    if gain is None:
        return None
    if plan is None:
        return {"gain": gain, "possible": False}
    return {"gain": gain, "possible": True, "effort": plan.effort,
            "moves": [{"code": m.indicator.code, "to": m.step.cut, "effort": m.effort} for m in plan.moves]}


def _change_json(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {"then": change.then, "now": change.now, "data": change.data, "model": change.model, "cohort": change.cohort,
            "ranks": list(change.ranks), "by_indicator": [list(x) for x in change.by_indicator]}


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def compared(view: Screen, left: PointRun, right: PointRun, found: Comparison) -> None:
    """Print how two rankings differ."""
    if view.as_json:
        view.json({"ok": True, "left": left.id, "right": right.id, "companies": found.companies, "only_left": found.only_left,
                   "only_right": found.only_right, "kendall": found.kendall, "spearman": found.spearman,
                   "mean_shift": found.mean_shift, "largest_shift": found.largest_shift,
                   "movers": [list(m) for m in found.movers]})
        return
    for run in (left, right):
        banner(view, run.model)
        view.say(f"{run.model.zh}@{run.model.version} · {run.on} · {run.id}", f"{run.model.en or run.model.id}@{run.model.version} · {run.on} · {run.id}")
    view.say(f"共同计分 {found.companies} 家（另有左 {found.only_left}、右 {found.only_right}）；名次平均变动 {found.mean_shift:.1f}，"
             f"最大 {found.largest_shift}；Kendall τ {_figure(found.kendall)}，Spearman ρ {_figure(found.spearman)}\n",
             f"{found.companies} companies in both (left only {found.only_left}, right only {found.only_right}); mean shift "
             f"{found.mean_shift:.1f}, largest {found.largest_shift}; Kendall tau {_figure(found.kendall)}, Spearman rho {_figure(found.spearman)}\n")
    heads = [view.text(*t) for t in (("企业", "Company"), ("名次", "Rank"), ("得分", "Score"))]
    view.table(heads, [(name or code, f"{a} → {b}", f"{plain(x)} → {plain(y)}") for code, name, a, b, x, y in found.movers])
