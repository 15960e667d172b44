"""A back-test as a document: conclusion first, drafts side by side, who gains and loses, costs, overlaps, companies."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from wutong.policy.reform_model import Change, Reform
from wutong.report.document import Column, Document, Grid
from wutong.report.format import money
from wutong.report.model import Range
from wutong.report.plain import plain
from wutong.report.texts import Words

_YUAN = Decimal(1)
_BY = {"sector": ("行业", "Sector"), "size": ("规模", "Size"), "age": ("成立年限", "Age")}


def document(found: Reform, words: Words, run: str, *, demo: bool) -> Document:
    """Return a back-test as a document."""
    text = _Text(words)
    facts = [
        (text("评估日", "Assessed on"), found.on.isoformat()),
        (text("数据", "Data"), run),
        (text("企业", "Companies"), f"{found.companies:,}"),
        *((d.name, words["sep"].join(d.changes) or text("草案文件", "draft files"))
          for d in found.drafts),
    ]
    grids = [_people(found, text), _costs(found, text), _groups(found, text), _overlaps(found, text), _moves(found, text), _companies(found, text)]
    return Document(text("政策试算", "Back-test of drafts"), lead(found, words), found.on, tuple(facts), tuple(grids),
                    tuple(_notes(found, text)), demo)


class _Text:
    """Picks the language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.words.lang == "zh" else en

    def policy(self, change: Change) -> str:
        """Return the name of a policy."""
        return self.words.name(change.policy.zh, change.policy.en)


def lead(found: Reform, words: Words) -> str:
    """Return the conclusion in one sentence per changed policy."""
    text, said = _Text(words), []
    for c in found.changes:
        line = text(
            f"{c.draft}：{text.policy(c)}新增符合 {c.gains} 家，不再符合 {c.loses} 家，转为待定 {c.unknown} 家",
            f"{c.draft}: {text.policy(c)}: {c.gains} gain, {c.loses} lose, {c.unknown} become undecided",
        )
        if c.cost_before.expected is not None and c.cost_after.expected is not None and c.policy.benefits:
            change = c.cost_after.expected - c.cost_before.expected
            size = money(abs(change), words, rough=True)
            line += text(f"，预期成本{'增加' if change >= 0 else '减少'} {size}",
                         f", expected cost {'up' if change >= 0 else 'down'} {size}")
        said.append(line)
    return words["sep"].join(said) + text("。", ".")


def _people(found: Reform, text: _Text) -> Grid:
    columns = (
        *_who(text), Column(text("现符合", "Eligible now"), "count", 10),
        Column(text("方案符合", "Under draft"), "count", 10), Column(text("新增", "Gain"), "count", 8),
        Column(text("失去", "Lose"), "count", 8), Column(text("转待定", "Undecided"), "count", 8),
        Column(text("金额升", "Paid more"), "count", 8), Column(text("金额降", "Paid less"), "count", 8),
    )
    rows = [
        (c.draft, text.policy(c), c.before["eligible"], c.after["eligible"], c.gains, c.loses, c.unknown, c.more, c.less)
        for c in found.changes
    ]
    return Grid(text("谁得谁失", "Who gains, who loses"), columns, rows,
                text("金额升、金额降按确定金额计。", "Paid more and paid less count the sure amount."))


def _costs(found: Reform, text: _Text) -> Grid:
    columns = (
        *_who(text), Column(text("现成本", "Cost now"), "money", 20), Column(text("方案成本", "Cost of draft"), "money", 20),
        Column(text("现预期", "Expected now"), "money", 18), Column(text("方案预期", "Expected under draft"), "money", 18),
        Column(text("± 标准差", "± deviation"), "money", 14),
    )
    rows = [
        (c.draft, text.policy(c), *(Range(x.low, x.high) for x in (c.cost_before, c.cost_after)),
         *(_rounded(x) for x in (c.cost_before.expected, c.cost_after.expected, c.cost_after.deviation)))
        for c in found.changes if c.policy.benefits
    ]
    return Grid(text("成本", "Cost"), columns, rows,
                text("成本为确定金额至可能金额；一项政策内的就高不重复和合计上限已计入。",
                     "From the sure to the possible amount; groups and limits inside a policy are in."))


def _who(text: _Text) -> tuple[Column, Column]:
    return Column(text("方案", "Draft"), width=12), Column(text("政策", "Policy"), width=32)


def _rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_YUAN)


def _groups(found: Reform, text: _Text) -> Grid:
    columns = (
        *_who(text), Column(text("分类", "By"), width=10),
        Column(text("类别", "Group"), width=28), Column(text("企业", "Companies"), "count", 10),
        Column(text("新增", "Gain"), "count", 8), Column(text("失去", "Lose"), "count", 8),
        Column(text("转待定", "Undecided"), "count", 8), Column(text("确定金额变化", "Change of sure amount"), "signed", 20),
    )
    rows = [
        (c.draft, text.policy(c), text(*_BY[s.by]), s.label, s.companies, s.gains, s.loses, s.unknown, s.low)
        for c in found.changes for s in c.shares if s.gains or s.loses or s.unknown or s.low
    ]
    return Grid(text("按行业、规模、年限", "By sector, size and age"), columns, rows)


def _overlaps(found: Reform, text: _Text) -> Grid:
    columns = (
        *_who(text),
        Column(text("同时符合的政策", "Also eligible for"), width=32), Column(text("企业", "Companies"), "count", 10),
        Column(text("该政策确定金额", "Its sure amount"), "money", 18),
        Column(text("同一事项", "Same matter"), width=20),
    )
    rows = [
        (c.draft, text.policy(c), text.words.name(o.policy.zh, o.policy.en), o.companies, o.low,
         text.words["comma"].join(o.same_matter))
        for c in found.changes for o in c.overlaps
    ]
    return Grid(text("新增企业与其他政策的重叠", "Overlap of those who gain"), columns, rows)


def _moves(found: Reform, text: _Text) -> Grid:
    columns = (
        *_who(text), Column(text("由", "From"), width=12),
        Column(text("变为", "To"), width=12), Column(text("企业", "Companies"), "count", 10),
    )
    rows = [(c.draft, text.policy(c), text.words[a], text.words[b], n) for c in found.changes for (a, b), n in c.moves.items()]
    return Grid(text("结论变化", "Verdicts that change"), columns, rows)


def _companies(found: Reform, text: _Text) -> Grid:
    columns = (
        Column(text("企业", "Company"), width=36), Column(text("统一社会信用代码", "Credit code"), width=22),
        *_who(text), Column(text("现在", "Now"), width=12),
        Column(text("方案", "Under draft"), width=12), Column(text("现金额", "Amount now"), "money", 18),
        Column(text("方案金额", "Amount under draft"), "money", 18),
    )
    rows = [
        (m.name, m.company, c.draft, text.policy(c), text.words[m.before], text.words[m.after],
         Range(m.low_before, m.high_before), Range(m.low_after, m.high_after))
        for c in found.changes for m in c.moved
    ]
    return Grid(text("有变化的企业", "Companies for which something changes"), columns, rows)


def _notes(found: Reform, text: _Text) -> list[str]:
    notes = [text(
        "确定：数据已经决定的金额；可能：缺失数据任意补齐时的最大金额。",
        "Sure: what the data settle. Possible: the most if missing data turn out best.",
    )]
    m = found.method
    if m is not None:
        notes.append(text(
            f"预期：{m.uncertain} 家企业缺数据，按同行业同规模已知企业随机借值补齐（热卡插补），{m.draws} 次取平均，种子“{m.seed}”可重放；"
            f"未说明填全的清单按已列为全，未列任何一行的借用同类企业的清单；待人工认定的按 {m.manual} 计入。"
            + (f"本次抽取 {m.sampled} 家推算。" if m.sampled < m.uncertain else ""),
            f"Expected: {m.uncertain} companies lack data. What they lack is taken at random from companies of the same sector and "
            f"size (hot deck), mean of {m.draws} draws, seed '{m.seed}', replayable. A list nobody calls whole counts as whole; an "
            f"empty one takes the rows of a company of its kind. Open manual clauses count {m.manual}."
            + (f" Estimated from a sample of {m.sampled}." if m.sampled < m.uncertain else ""),
        ))
    return notes


def data(found: Reform) -> dict[str, Any]:
    """Return a back-test as plain data for scripts; amounts stay exact, as text."""
    kept = [f.name for f in fields(Change) if f.name not in {"draft", "policy", "moves", "overlaps"}]
    return {"on": str(found.on), "companies": found.companies, "method": plain(found.method), "drafts": [
        {"draft": d.name, "changes": list(d.changes), "policies": [
            {"policy": c.policy.key, "version": c.policy.version, **{n: plain(getattr(c, n)) for n in kept},
             "moves": [{"from": a, "to": b, "companies": n} for (a, b), n in c.moves.items()],
             "overlaps": [{"policy": o.policy.key, "companies": o.companies, "low": str(o.low),
                           "same_matter": list(o.same_matter)} for o in c.overlaps]}
            for c in found.changes if c.draft == d.name]}
        for d in found.drafts]}
