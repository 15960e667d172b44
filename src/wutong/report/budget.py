"""An allocation as a document: what is spent on whom, which limits bind, what more money would buy, how the draw went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from wutong.packs.model import Policy
from wutong.policy.budget import WHOLE, Allocation, Used
from wutong.policy.combine import yuan
from wutong.policy.plan import Priority
from wutong.report.document import Cell, Column, Document, Grid
from wutong.report.format import money
from wutong.report.texts import Words

_STATES = {
    "funded": ("资助", "Funded"), "drawn": ("资助（抽签）", "Funded (drawn)"), "lost": ("未中签", "Not drawn"),
    "out": ("未列入", "Not funded"),
}
_KINDS = {"first_time": ("首次获支持", "First-time awards"), "points": ("分数合计", "Points"), "awards": ("资助项数", "Awards"),
          "amount": ("支出金额", "Amount spent")}


def title_of(priority: Priority, words: Words) -> str:
    """Return the name of a priority."""
    return _KINDS[priority.kind][0 if words.lang == "zh" else 1] if priority.kind in _KINDS else priority.name


def value_of(priority: Priority, value: int) -> Cell:
    """Return what a priority reached."""
    if priority.kind == "amount":
        return yuan(value)
    plain_sum = priority.kind == "points" or (priority.kind == "by" and not priority.below and not priority.at_least)
    return Decimal(value).scaleb(-2) if plain_sum else value


def document(found: Allocation, policies: Mapping[str, Policy], words: Words, run: str, *, demo: bool) -> Document:
    """Return an allocation as a document."""
    text = _either(words)
    drawn = any(f.state == "lost" for f in found.claims)
    facts = (
        (text("评估日", "Assessed on"), found.on.isoformat()), (text("数据", "Data"), run),
        (text("抽签", "Draw"), text("需要", "needed") if drawn else text("不需要", "not needed")),
        (text("种子", "Seed"), found.plan.seed or text("（空）", "(empty)")),
    )
    grids = (_reached(found, words), _limits(found.limits, words), _curve(found, words), _listed(found, policies, words))
    return Document(found.plan.name, _lead(found, words), found.on, facts, grids, _notes(found, words), demo)


def _either(words: Words) -> Callable[[str, str], str]:
    return lambda zh, en: zh if words.lang == "zh" else en


def _lead(found: Allocation, words: Words) -> str:
    """Return the conclusion in one sentence."""
    paid = [f for f in found.claims if f.paid]
    companies = len({f.claim.company for f in paid})
    whole, spent, left = (money(yuan(n), words) for n in (found.budget, found.spent, found.budget - found.spent))
    return _either(words)(
        f"预算 {whole}，资助 {companies} 家企业 {len(paid)} 项，支出 {spent}，结余 {left}；申请共 {len(found.claims)} 项。",
        f"Of {whole}, {spent} go to {len(paid)} awards for {companies} companies, {left} remain; "
        f"there are {len(found.claims)} claims.")


def _reached(found: Allocation, words: Words) -> Grid:
    """Return what each priority reached."""
    text = _either(words)
    columns = (Column(text("优先级", "Priority"), width=28), Column(text("达到", "Reached"), "count", 18))
    pairs = zip(found.plan.priorities, found.values, strict=True)
    rows = [(f"{n}. {title_of(p, words)}", _said(value_of(p, v), words)) for n, (p, v) in enumerate(pairs, 1)]
    return Grid(text("优先级", "Priorities"), columns, rows)


def _curve(found: Allocation, words: Words) -> Grid:
    """Return what budgets around the one asked would buy."""
    text = _either(words)
    columns = (
        Column(text("预算", "Budget"), "money", 18), Column(text("支出", "Spent"), "money", 18),
        Column(text("项数", "Awards"), "count", 10), Column(text("项数变化", "Change"), "signed", 10),
        *(Column(title_of(p, words), "money" if p.kind == "amount" else "count", 18) for p in found.plan.priorities))
    return Grid(text("多给一步买到什么", "What more money would buy"), columns, _steps(found, words),
                text("每一步都重新求最优。", "Every step is optimised anew."))


def _listed(found: Allocation, policies: Mapping[str, Policy], words: Words) -> Grid:
    """Return every claim with its outcome, the funded first."""
    text = _either(words)
    columns = (
        Column(text("企业", "Company"), width=36), Column(text("统一社会信用代码", "Credit code"), width=22),
        Column(text("政策", "Policy"), width=32), Column(text("金额", "Amount"), "money", 16),
        Column(text("结果", "Result"), width=14), Column(text("首次", "First time"), width=8),
        Column(text("签号（前16位）", "Ticket (first 16)"), width=20))
    rows = [(f.claim.name, f.claim.company, words.name(policies[f.claim.policy].zh, policies[f.claim.policy].en),
             yuan(f.claim.amount), text(*_STATES[f.state]), words["yes" if f.claim.first_time else "no"], f.ticket[:16])
            for f in sorted(found.claims, key=lambda f: (not f.paid, f.claim.company, f.claim.policy))]
    return Grid(text("名单", "List"), columns, rows)


def _notes(found: Allocation, words: Words) -> tuple[str, ...]:
    """Return the rules of the allocation, and what was unknown."""
    text = _either(words)
    rules = text(
        "只有结论为“符合”且金额确定的申请参加；依次取各优先级的最优，前一级不因后一级让步。完全相同的申请按签号由小到大；"
        "签号为“种子:统一社会信用代码”的 SHA-256，任何人可复算。",
        "Only eligible claims with sure amounts take part. Priorities are optimised one after the other; an earlier one never "
        "yields to a later one. Equal claims are served by ticket, smallest first; a ticket is the SHA-256 of 'seed:credit "
        "code', which anyone can compute.")
    return (rules, *(text(f"“{name}”有 {n} 项申请未知，按不符合或 0 计。", f"{name} is unknown for {n} claims, taken as not fitting or 0.")
                     for name, n in found.unknown.items()))


def _steps(found: Allocation, words: Words) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    before: int | None = None
    for step in found.curve:
        if not step.feasible:
            none = "限额无法满足" if words.lang == "zh" else "limits cannot hold"
            rows.append((yuan(step.budget), none, 0, "", *("" for _ in found.plan.priorities)))
            before = None
            continue
        values = (value_of(p, v) for p, v in zip(found.plan.priorities, step.values, strict=True))
        rows.append((yuan(step.budget), yuan(step.spent), step.awards, "" if before is None else step.awards - before, *values))
        before = step.awards
    return rows


def _said(value: Cell, words: Words) -> str:
    if isinstance(value, Decimal) and value == value.to_integral_value() and value >= 10_000:
        return money(value, words)
    return f"{value:,}" if isinstance(value, int | Decimal) else str(value)


def _limits(limits: tuple[Used, ...], words: Words) -> Grid:
    text = _either(words)

    def amount(used: Used, value: int | None) -> str:
        if value is None:
            return "—"
        return money(yuan(value), words) if used.money else f"{value:,}"

    columns = (Column(text("限额", "Limit"), width=32), Column(text("至少", "At least"), "count", 16),
               Column(text("至多", "At most"), "count", 16), Column(text("实际", "Reached"), "count", 16),
               Column(text("用满", "Binding"), width=8))
    def name(used: Used) -> str:
        return text(WHOLE, "Whole budget") if used.name == WHOLE else used.name.removesuffix(" #")

    rows = [(name(u) + ("" if u.money else text("（项）", " (awards)")), amount(u, u.low), amount(u, u.high),
             amount(u, u.value), words["yes" if u.binding else "no"]) for u in limits]
    return Grid(text("限额", "Limits"), columns, rows)


def data(found: Allocation) -> dict[str, Any]:
    """Return an allocation as plain data; amounts in 元 as text."""
    return {
        "plan": found.plan.name, "on": str(found.on), "budget": str(yuan(found.budget)), "spent": str(yuan(found.spent)),
        "seed": found.plan.seed, "priorities": [
            {"name": p.name, "value": str(value_of(p, v))} for p, v in zip(found.plan.priorities, found.values, strict=True)],
        "limits": [{"name": u.name, "low": _yuan(u, u.low), "high": _yuan(u, u.high), "value": _yuan(u, u.value),
                    "binding": u.binding} for u in found.limits],
        "curve": [{"budget": str(yuan(s.budget)), "feasible": s.feasible, "spent": str(yuan(s.spent)), "awards": s.awards,
                   "values": [str(value_of(p, v)) for p, v in zip(found.plan.priorities, s.values, strict=False)]}
                  for s in found.curve],
        "claims": [{"company": f.claim.company, "name": f.claim.name, "policy": f.claim.policy,
                    "amount": str(yuan(f.claim.amount)), "state": f.state, "first_time": f.claim.first_time,
                    "ticket": f.ticket} for f in found.claims],
        "unknown": dict(found.unknown),
    }


def _yuan(used: Used, value: int | None) -> str | int | None:
    return str(yuan(value)) if used.money and value is not None else value
