"""Answers to questions in the terminal: conclusion first, then figures, then what was assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wutong.cli.screen import Screen
from wutong.packs.model import Policy
from wutong.policy.decides import Settling
from wutong.policy.facts import Company, fact_of
from wutong.policy.levers import Effort
from wutong.policy.near import NearCount
from wutong.policy.nearmiss import Change, NearMiss, Way
from wutong.policy.registry import Question
from wutong.policy.timeline import Expiry, Timeline
from wutong.policy.whatif import WhatIf
from wutong.report import format as fmt
from wutong.report.explain import STYLES
from wutong.report.model import Range
from wutong.report.texts import Words
from wutong.tables import Catalogue

_SHOWN = 30
_TRUTH = {True: ("✓ 符合", "✓ met", "green"), False: ("✗ 不符合", "✗ not met", "red"), None: ("? 未知", "? unknown", "bold")}


def _verdict(view: Screen, code: str) -> Text:
    if code == "not_in_force":
        return Text(view.text("未施行", "Not in force"), style="dim")
    return Text(Words(view.lang)[code], style=STYLES[code])


def _name(view: Screen, policy: Policy) -> str:
    return Words(view.lang).name(policy.zh, policy.en)


def _title(view: Screen, policy: Policy, code: str) -> dict[str, str]:
    words = Words(view.lang)
    return {c.code: words.name(c.zh, c.en) for c in policy.conditions} | {"": code}


def _heading(view: Screen, company: Company, policy: Policy, verdict: str) -> None:
    view.out.print(Text.assemble((company.name, "bold"), " · ", _name(view, policy), " · ", _verdict(view, verdict)))


def _table(view: Screen, heads: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()) -> None:
    """Print a table indented under its heading."""
    table = Table(box=None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0))
    for at, head in enumerate(heads):
        table.add_column(head, justify="right" if at in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(c) if isinstance(c, str) else c for c in row))  # type: ignore[arg-type]
    view.out.print(Padding(table, (0, 0, 0, 2)))


# near miss


def near_miss(view: Screen, company: Company, policy: Policy, answer: NearMiss) -> None:
    """Print what one company lacks under one policy and the cheapest ways."""
    _heading(view, company, policy, answer.verdict)
    if answer.outcome == "not_needed":
        from wutong.errors import Diagnostic  # noqa: PLC0415 - only here

        word = Words(view.lang)[answer.verdict]
        view.diagnostics([Diagnostic.of("Q110", severity="note", company=company.name, policy=_name(view, policy), verdict=word)],
                         to_out=True)
        return
    _gaps(view, policy, answer)
    _ways(view, policy, answer)
    view.say("", "")


def _gaps(view: Screen, policy: Policy, answer: NearMiss) -> None:
    words, titles = Words(view.lang), _title(view, policy, "")
    rows: list[list[object]] = []
    for g in answer.gaps:
        fixed = g.condition in answer.fixed
        can = Text(view.text("企业无法改变", "fixed") if fixed else view.text("可改变", "can change"), style="red" if fixed else "green")
        figure = "" if g.value is None else f"{fmt.left_side(g.left)} {fmt.scalar(g.value, g.unit, words)}"
        wanted = "" if g.threshold is None else f"{fmt.operator(g.operator, words)} {fmt.scalar(g.threshold, g.unit, words)}"
        rows.append([titles[g.condition], figure, wanted, Text(fmt.gap(g.gap, g.unit, g.operator, words), style="red"), can])
    heads = [words["condition"], words["company_value"], words["threshold"], words["gap"], view.text("能否改变", "Changeable")]
    _table(view, heads, rows)


def _ways(view: Screen, policy: Policy, answer: NearMiss) -> None:
    titles = _title(view, policy, "")
    if answer.outcome == "fixed":
        named = "、".join(titles[c] for c in answer.fixed)
        view.say(f"  改变不了：{named}，取决于企业自己改不了的事实（如成立时间、规模、名录）。日期问题请看 wutong timeline。",
                 f"  No change helps: {named} rests on facts the company cannot change. For dates see wutong timeline.")
        return
    if answer.outcome == "none":
        view.say("  在合理范围内，三项以内的改变都不够；可以多改几项，或改变尚未列入成本假设的事项。",
                 "  No set of at most three plausible changes is enough.")
    if answer.outcome == "open":
        left = "、".join(titles[c] for c in answer.open)
        view.say(f"  缺口可以补上，但还有未知：{left}。请先看 wutong decides。",
                 f"  The failure can be mended, but this stays unknown: {left}. See wutong decides first.")
    best, singles = answer.best, [w for w in answer.ways if len(w.changes) == 1]
    if best is not None:
        view.say(f"  最省的做法（假设成本 {_cost(best, view)}）→ {_verdict(view, best.verdict)}",
                 f"  The cheapest way (assumed cost {_cost(best, view)}) → {_verdict(view, best.verdict)}")
        _table(view, ["", view.text("做什么", "Change"), view.text("改多少", "By"), view.text("从 → 到", "From → to")], _changes(view, best))
    others = [w for w in singles if w != best]
    if others:
        view.say("  只改一项也够的其他做法", "  Other ways of one change")
        _table(view, ["", "", "", "", view.text("假设成本", "Assumed cost")],
               [[*row, _cost(w, view)] for w in others for row in _changes(view, w)], (4,))
    if not answer.complete:
        view.say("  （三项组合太多，只查了最省的一部分。）", "  (Too many sets of three: the cheapest part of them was searched.)")


def _cost(way: Way, view: Screen) -> str:
    return fmt.money(way.cost, Words(view.lang))


def _changes(view: Screen, way: Way) -> list[list[object]]:
    return [[Text("+", style="green"), view.text(c.zh, c.en), _amount(view, c), _moves(view, c)] for c in way.changes]


def _amount(view: Screen, change: Change) -> str:
    return fmt.scalar(change.amount, change.unit, Words(view.lang)) if change.unit else ""


def _moves(view: Screen, change: Change) -> str:
    words = Words(view.lang)
    if change.row:
        return words["comma"].join(f"{k}={fmt.scalar(v, '', words)}" for k, v in change.row if v is not True) if change.row else ""
    unit = change.unit
    parts = [f"{name} {fmt.scalar(a, unit, words)} → {fmt.scalar(b, unit, words)}" for name, a, b in change.figures]
    return words["sep"].join(parts)


def assumptions(view: Screen, effort: Effort, on: date) -> None:
    """Print what near misses rest on."""
    view.out.print(Text(view.text(
        f"成本取自 {effort.file}，是假设，不是官方数字，只用来排先后；每条做法都用同一套规则重新判定过，任何一项再少一步就不符合。"
        f"{on.year - 1} 年的数字若已定局，就是下一年度要达到的目标。",
        f"Costs are from {effort.file}: assumptions, not official; they only order the ways. Every way was decided by the same "
        f"rules; one step less of any part and it fails. Where {on.year - 1} is closed, read it as the target of the next year.",
    ), style="dim"), soft_wrap=True)


def near_registry(view: Screen, policies: Sequence[Policy], found: Sequence[NearCount]) -> None:
    """Print how many companies are one condition away from each policy."""
    words = Words(view.lang)
    rows = []
    for policy, near in zip(policies, found, strict=True):
        titles = _title(view, policy, "")
        most = sorted(near.conditions, key=lambda c: -c[1])[:3]
        rows.append([_name(view, policy), f"{near.companies:,}", words["sep"].join(f"{titles[c]} {n:,}" for c, n in most)])
    view.table([words["policy"], view.text("只差一项的企业", "One condition away"), view.text("差在哪一项（前三）", "Which (top 3)")], rows, (1,))
    view.say("加 --company 看一家企业要改什么；写明政策可列出企业。", "Add --company for what one company would have to change; name a policy to list companies.")


def near_rows(view: Screen, policy: Policy, rows: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
    """Print the companies one condition away from a policy."""
    words, titles = Words(view.lang), _title(view, policy, "")
    view.say("", "")
    shown = [[code, name, words["sep"].join(titles[c] for c in codes)] for code, name, codes in rows[:_SHOWN]]
    view.table([words["identity"], words["company"], view.text("只差（任一）", "Lacks (any of)")], shown)
    if len(rows) > _SHOWN:
        view.say(f"… 另有 {len(rows) - _SHOWN} 家，用 --json 取全部", f"… {len(rows) - _SHOWN} more; --json gives all")


# what decides


def _item(view: Screen, item: str, policies: Sequence[Policy]) -> str:
    from wutong.backends.at_hand import shipped_catalogue  # noqa: PLC0415 - only here
    from wutong.policy.facts import said  # noqa: PLC0415

    if item.startswith("manual:"):
        words = Words(view.lang)
        named = {c.code: words.name(c.zh, c.en) for p in policies for c in p.conditions}
        return view.text("人工认定：", "A person's finding: ") + named.get(item[7:], item[7:])
    catalogue = shipped_catalogue()
    if view.lang == "en":
        child = catalogue.child(item[:-1]) if item.endswith(".") else None
        if child is not None:
            return f"the whole list: {child.en or child.zh}"
        found = fact_of(catalogue, item)
        if found is not None and found[0].en:
            return f"{found[0].en}, {found[1]}" if found[1] else str(found[0].en)
    name = said(catalogue, item)
    return f"{name}（填全）" if item.endswith(".") else name


def settling(view: Screen, company: Company, policy: Policy, answer: Settling) -> None:
    """Print what would settle one open verdict."""
    _heading(view, company, policy, answer.verdict)
    if not answer.missing:
        from wutong.errors import Diagnostic  # noqa: PLC0415 - only here

        word = Words(view.lang)[answer.verdict]
        view.diagnostics([Diagnostic.of("Q111", severity="note", company=company.name, policy=_name(view, policy), verdict=word)],
                         to_out=True)
        return
    comma = Words(view.lang)["comma"]

    def listed(items: Sequence[str]) -> str:
        return comma.join(_item(view, i, [policy]) for i in items)

    view.say(f"  缺 {len(answer.missing)} 项：{listed(answer.missing)}", f"  {len(answer.missing)} missing: {listed(answer.missing)}")
    if answer.will:
        view.say("  补齐下列任一组，不论数值多少都能判定", "  Any one of these settles it, whatever the answers")
        _table(view, ["", ""], [[Text(f"{n}.", style="bold"), listed(s)] for n, s in enumerate(answer.will, 1)])
    if answer.could:
        view.say("  单独一项，视数值可能直接判定", "  One alone could settle it, depending on the answer")
        _table(view, ["", ""], [[_item(view, i, [policy]), Text(" / ").join([_verdict(view, v) for v in verdicts])] for i, verdicts in answer.could])
    if not answer.complete:
        view.say("  （缺的太多，没有查完；列出的都已验证。）", "  (Too much is missing to search it all; what is listed was verified.)")
    view.say("", "")


def questions(view: Screen, open_: int, ranked: Sequence[Question], order: Sequence[Question], policies: Sequence[Policy]) -> None:
    """Print which fact to ask for first over a registry."""
    view.say(f"未判定的结论 {open_:,} 个。按这个顺序问，判定得最快：", f"{open_:,} open verdicts. Asking in this order settles them fastest:")
    _table(view, ["", view.text("问什么", "Ask for"), view.text("新判定", "Settles"), view.text("累计", "In all"), view.text("累计占比", "Share")], [
        [str(n), _item(view, q.item, policies), f"{q.gained:,}", f"{q.total:,}", f"{q.total / max(open_, 1):.0%}"]
        for n, q in enumerate(order, 1)], (0, 2, 3, 4))
    view.say("\n只问一项时：", "\nAsking for one alone:")
    _table(view, [view.text("问什么", "Ask for"), view.text("必能判定", "Settles for sure"), view.text("可能判定", "Could settle"),
                  view.text("涉及未判定", "Open verdicts that lack it")],
           [[_item(view, q.item, policies), f"{q.alone:,}", f"{q.could:,}", f"{q.companies:,}"] for q in ranked[:12]], (1, 2, 3))


# what if


def what_if(view: Screen, company: Company, found: WhatIf, catalogue: Catalogue) -> None:
    """Print what a change makes of every policy."""
    words = Words(view.lang)
    view.out.print(Text.assemble((company.name, "bold"), f" · {view.text('假如', 'what if')}"))
    rows = [[what, _fact(a, what, catalogue, words), "→", _fact(b, what, catalogue, words)] for what, a, b in found.facts]
    for child, cells in found.added:
        known = catalogue.child(child)
        text = words["comma"].join(f"{c.zh}={fmt.scalar(v, '', words)}" for k, v in cells if known and (c := known.column(k)))
        rows.append([view.text("新增", "new row: ") + (known.zh if known else child), "", "+", text])
    _table(view, ["", view.text("现在", "Now"), "", view.text("假如", "Then")], rows)
    for check in found.broken:
        view.out.print(Text(view.text(f"  ！数据自相矛盾：{check}", f"  ! The figures contradict each other: {check}"), style="yellow"))
    different = [d for d in found.policies if not d.same]
    if not different:
        view.say("\n没有一项政策的结论、条件或金额改变。", "\nNo verdict, condition or amount changes.")
        return
    view.say("", "")
    for d in different:
        view.out.print(Text.assemble((words.name(d.zh, d.en), "bold"), "  ", _verdict(view, d.before), " → ", _verdict(view, d.after)))
        _turned(view, d.turned)
        if d.money_before != d.money_after:
            a, b = (fmt.money_range(Range(*m), words) for m in (d.money_before, d.money_after))
            view.say(f"  收益 {a} → {b}", f"  Benefit {a} → {b}")
    a, b = (fmt.money_range(Range(*m), words) for m in (found.money_before, found.money_after))
    same = view.text("不变", "unchanged")
    view.say(f"\n可得资金合计 {a} → {b if a != b else same}", f"\nMoney within reach {a} → {b if a != b else same}")


def _fact(value: Any, what: str, catalogue: Catalogue, words: Words) -> str:
    fact = catalogue.fact(what.partition("年")[2]) or catalogue.fact(what)
    unit = str(fact.unit or "") if fact is not None else ""
    return fmt.scalar(Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value, unit, words)


def _turned(view: Screen, turned: Sequence[Any]) -> None:
    words, at = Words(view.lang), 0 if view.lang == "zh" else 1
    rows: list[list[object]] = []
    for t in turned:
        marks = [Text(_TRUTH[x][at], style=_TRUTH[x][2]) for x in (t.before, t.after)]
        figures = words["sep"].join(
            f"{fmt.left_side(left)} {fmt.scalar(a, unit, words)} → {fmt.scalar(b, unit, words)}" for left, a, b, unit in t.figures)
        rows.append([words.name(t.zh, t.en), marks[0], "→", marks[1], figures])
    if rows:
        _table(view, ["", "", "", "", ""], rows)


# timeline


def timeline(view: Screen, name: str, found: Sequence[Timeline], on: date, until: date, *, carry: bool) -> None:
    """Print the stretches of every policy."""
    words, at = Words(view.lang), 0 if view.lang == "zh" else 1
    view.out.print(Text.assemble((name, "bold"), f" · {on} – {until}"))
    for line in found:
        view.out.print(Text(words.name(line.zh, line.en), style="bold"))
        rows: list[list[object]] = []
        for s in line.stretches:
            reasons = [f"{words.name(t.zh, t.en)} {_TRUTH[t.before][at]} → {_TRUTH[t.after][at]}" for t in s.turns]
            why = words["sep"].join([*reasons[:3], *s.causes[:3]])
            rows.append([f"{s.start} – {s.end}", _verdict(view, s.verdict), s.version, Text(why, style="dim")])
        _table(view, [view.text("期间", "Period"), words["conclusion"], words["version"], view.text("为什么改变", "Why it changes")], rows)
        for start, end in line.windows:
            view.say(f"  申报期 {start} – {end}", f"  Application window {start} – {end}")
    view.out.print(Text(_carried(view, on, carry=carry), style="dim"), soft_wrap=True)


def _carried(view: Screen, on: date, *, carry: bool) -> str:
    if carry:
        return view.text(f"以 {on} 已知的事实推算；新年度沿用最近一年的数字（--carry），实际数字出来后请重新评估。",
                         f"From the facts known on {on}; figures of new years are those of the last one (--carry).")
    return view.text(f"以 {on} 已知的事实推算；{on.year + 1}-01-01 起“上年”换成新的一年，尚未填报的按未知。加 --carry 沿用最近一年的数字。",
                     f"From the facts known on {on}; from {on.year + 1}-01-01 “last year” is a new year, unknown until filed. "
                     "--carry keeps the figures of the last one.")


def expiring(
    view: Screen, verdicts: Sequence[Expiry], rows: Sequence[Expiry], called: Mapping[str, str], on: date, until: date
) -> None:
    """Print what ends in the months to come."""
    words = Words(view.lang)
    view.say(f"{on} – {until} 将不再符合的 {len(verdicts)} 项", f"{on} – {until}: {len(verdicts)} verdicts that end")
    shown = [[str(e.day), called[e.company], e.what, _verdict(view, e.then), words["sep"].join(e.conditions[:2])] for e in verdicts[:_SHOWN]]
    _table(view, [view.text("日期", "Date"), words["company"], words["policy"], view.text("此后", "Then"), words["reason"]], shown)
    view.say(f"\n将到期的证书、权利 {len(rows)} 件", f"\n{len(rows)} certificates and rights that end")
    listed = [[str(e.day), called.get(e.company, e.company), e.what] for e in rows[:_SHOWN]]
    _table(view, [view.text("到期日", "Until"), words["company"], view.text("证书、权利", "What")], listed)
    if max(len(verdicts), len(rows)) > _SHOWN:
        view.say(f"… 各列前 {_SHOWN} 条，用 --json 取全部", f"… the first {_SHOWN} of each; --json gives all")
    view.out.print(Text(_carried(view, on, carry=True), style="dim"), soft_wrap=True)
