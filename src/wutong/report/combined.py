"""Best combinations as a document: what each company gets, why each benefit counts or not, what pays twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from wutong.packs.model import Policy
from wutong.policy.amounts import Combined
from wutong.policy.combine import Combination
from wutong.policy.double import Doubled
from wutong.report.document import Cell, Column, Document, Grid
from wutong.report.format import money_range
from wutong.report.model import Range
from wutong.report.plain import plain
from wutong.report.summary import add
from wutong.report.texts import Words

_WHY = {
    "": ("计入", "Counted"), "quota": ("额度不是到手资金，不计入", "A quota is not money in hand"),
    "group": ("同组就高不重复，已选：{}", "Exclusive with what was chosen: {}"),
    "ceiling": ("受合计上限限制：{}", "Cut by the limit {}"), "nothing": ("金额为零", "Worth nothing"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The combinations of some companies, and the pairs that pay twice."""

    on: date
    run: str
    demo: bool
    policies: Mapping[str, Policy]
    companies: Sequence[tuple[str, str]]
    """Code and name, in the order of `combinations`."""
    combinations: Sequence[Combination]
    doubled: Sequence[Doubled]
    one_per_matter: bool


def answer_of(
    combined: Combined, codes: Sequence[str], names: Mapping[str, str], policies: Sequence[Policy], pairs: Sequence[Doubled],
    **about: Any,
) -> Answer:
    """Return the combinations of every company of a result that gets or may get something."""
    kept = [(n, combined.company(n)) for n in range(len(codes))]
    kept = [(n, c) for n, c in kept if c.lines]
    return Answer(policies={p.key: p for p in policies}, companies=[(codes[n], names.get(codes[n], "")) for n, _ in kept],
                  combinations=[c for _, c in kept], doubled=pairs, **about)


class Explained(Protocol):
    """What says why it counts or not: `Counted`, `BenefitLine`."""

    @property
    def why(self) -> str:
        """Return the code of the reason, empty when it counts in full."""

    @property
    def against(self) -> tuple[str, ...]:
        """Return the names of what was chosen instead, or of the ceiling."""


def reason(line: Explained, words: Words, named: Mapping[str, str] | None = None) -> str:
    """Return why a benefit counts, or why not; `named` gives other names for what it lost against."""
    text = _WHY[line.why][0 if words.lang == "zh" else 1]
    against = [(named or {}).get(name, name) for name in line.against]
    return text.format(words["comma"].join(against)) if "{}" in text else text


def document(answer: Answer, words: Words) -> Document:
    """Return the combinations as a document."""
    text = words.name

    total = money_range(add(Range(c.low, c.high) for c in answer.combinations), words, rough=True)
    doubled = [d for d in answer.doubled if d.possible and not d.exclusive]
    lead = text(
        f"{len(answer.companies)} 家企业的最优合法组合合计 {total}；同一事项可能重复资助的政策对 {len(doubled)} 组。",
        f"The best legal combinations of {len(answer.companies)} companies come to {total}; "
        f"{len(doubled)} pairs of benefits may pay for one matter twice.")
    rule = text("同一事项只计一项（--no-double）", "one benefit per matter (--no-double)") if answer.one_per_matter else text(
        "按政策写明的互斥组和合计上限；同一事项只提示、不排除", "exclusive groups and limits as stated; the same matter is told, not barred")
    facts = ((text("评估日", "Assessed on"), answer.on.isoformat()), (text("数据", "Data"), answer.run), (text("规则", "Rule"), rule))
    note = text("组合取确定合计最大者，其次可能合计最大者；区间下限为最优确定合计，上限为最优可能合计。",
                "The choice has the greatest sure total, then the greatest possible one. The range runs from the best sure total "
                "to the best possible one.")
    grids = (_companies(answer, words), _reasons(answer, words), _matters(answer, words))
    return Document(text("最优合法组合", "Best legal combination"), lead, answer.on, facts, grids, (note,), answer.demo)


def _who(words: Words) -> tuple[Column, Column]:
    text = words.name
    return Column(text("企业", "Company"), width=36), Column(text("统一社会信用代码", "Credit code"), width=22)


def _companies(answer: Answer, words: Words) -> Grid:
    text = words.name
    rows = [(name, code, Range(c.low, c.high)) for (code, name), c in zip(answer.companies, answer.combinations, strict=True)]
    return Grid(text("每家企业", "Companies"), (*_who(words), Column(text("最优组合", "Best combination"), "money", 20)), rows)


def _policy(answer: Answer, key: str, words: Words) -> str:
    return words.name(answer.policies[key].zh, answer.policies[key].en)


def _reasons(answer: Answer, words: Words) -> Grid:
    text = words.name
    rows: list[tuple[Cell, ...]] = [
        (name, code, _policy(answer, x.line.policy, words), words.name(x.line.benefit.zh, x.line.benefit.en),
         Range(x.line.low, x.line.high), words["counted" if x.counted else "not_counted"], reason(x, words), x.paid)
        for (code, name), c in zip(answer.companies, answer.combinations, strict=True) for x in c.lines
    ]
    return Grid(text("逐项理由", "Reasons"), (
        *_who(words), Column(text("政策", "Policy"), width=32), Column(text("奖补", "Benefit"), width=28),
        Column(text("金额", "Amount"), "money", 20), Column(text("计入", "Counted"), width=10),
        Column(text("理由", "Reason"), width=44), Column(text("确定计入", "Surely counted"), "money", 18)), rows)


def _matters(answer: Answer, words: Words) -> Grid:
    text = words.name
    rows: list[tuple[Cell, ...]] = [
        (d.matter, *(f"{_policy(answer, line.policy, words)} · {line.benefit.zh}" for line in (d.first, d.second)),
         words["yes" if d.exclusive else "no"], d.companies, d.possible, d.amount)
        for d in answer.doubled
    ]
    return Grid(text("同一事项", "Same matter"), (
        Column(text("事项", "Matter"), width=20), Column(text("政策甲", "First"), width=32),
        Column(text("政策乙", "Second"), width=32), Column(text("互斥", "Exclusive"), width=10),
        Column(text("确定重复", "Surely both"), "count", 10), Column(text("可能重复", "Perhaps both"), "count", 10),
        Column(text("确定重复金额", "Surely paid twice"), "money", 18)), rows)


def data(answer: Answer) -> dict[str, Any]:
    """Return the combinations as plain data."""
    return {
        "on": str(answer.on), "run": answer.run, "one_per_matter": answer.one_per_matter,
        "companies": [
            {"company": code, "name": name, "low": str(c.low), "high": None if c.high is None else str(c.high),
             "lines": [{"policy": x.line.policy, "benefit": x.line.benefit.code, "zh": x.line.benefit.zh,
                        "low": plain(x.line.low), "high": plain(x.line.high), "counted": x.counted, "why": x.why,
                        "against": list(x.against), "paid": plain(x.paid)} for x in c.lines]}
            for (code, name), c in zip(answer.companies, answer.combinations, strict=True)],
        "same_matter": [
            {"matter": d.matter, "first": [d.first.policy, d.first.benefit.code], "second": [d.second.policy, d.second.benefit.code],
             "exclusive": d.exclusive, "companies": d.companies, "possible": d.possible, "amount": str(d.amount)}
            for d in answer.doubled],
    }
