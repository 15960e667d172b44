"""One company in the terminal: what its page says, conclusion first."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wutong.report import format as fmt
from wutong.report import summary
from wutong.report.markup import cite
from wutong.report.model import (
    BenefitLine,
    CompanyView,
    ConditionResult,
    PolicyView,
    Range,
    RunView,
    ScoreLine,
    VerdictView,
)
from wutong.report.texts import STANDINGS, Words

STYLES = {
    "eligible": "bold green", "near": "bold yellow", "manual": "bold blue", "unknown": "bold",
    "ineligible": "bold red", "none": "dim",
}
_TRUTH = {True: ("true", "green"), False: ("false", "red"), None: ("open", "bold"), "manual": ("by_hand", "blue")}
_BAR = 20


def explain(view: RunView, company: CompanyView, policy: PolicyView | None, console: Console, words: Words) -> None:
    """Print everything about one company, or only one policy of it."""
    console.print(_heading(view, company, words))
    chosen = [(p, v) for p in view.policies if (v := company.verdicts.get(p.key))
              and (policy is None or p.key == policy.key)]
    chosen.sort(key=lambda pv: STANDINGS.index(summary.standing(pv[1])))
    if not chosen:
        console.print(words["no_policies"])
    if policy is None and chosen:
        console.print(_overview(chosen, words))
    for stated, verdict in chosen:
        console.print(_policy(stated, verdict, words))
    if policy is None and company.combination:
        console.print(Text(words["combination"], style="bold"))
        console.print(_benefits(company.combination, words))
        console.print(f"{words['money_total']}: {fmt.money_range(company.total, words)}\n")


def _heading(view: RunView, company: CompanyView, words: Words) -> RenderableType:
    lines = [Text(company.name, style="bold"), Text(f"{words['identity']} {company.code} · {words['on']} {view.on}")]
    if view.demo:
        lines.insert(0, Text(words["demo_banner"], style="black on yellow"))
    return Group(*lines, "")


def _table(*heads: str, right: tuple[int, ...] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for at, head in enumerate(heads):
        table.add_column(head, justify="right" if at in right else "left", overflow="fold")
    return table


def _overview(chosen: list[tuple[PolicyView, VerdictView]], words: Words) -> RenderableType:
    table = _table(words["conclusion"], words["policy"], words["reason"], words["headline"], words["benefit"], right=(3, 4))
    for policy, verdict in chosen:
        standing = summary.standing(verdict)
        table.add_row(
            Text(words[standing], style=STYLES[standing]), Text(words.name(policy.name_zh, policy.name_en)),
            Text(summary.reason(policy, verdict, words)), summary.headline(verdict, words),
            fmt.money_range(verdict.benefit, words) if standing not in {"near", "ineligible"} else "",
        )
    return Group(table, "")


def _policy(policy: PolicyView, verdict: VerdictView, words: Words) -> RenderableType:
    standing = summary.standing(verdict)
    head = Text.assemble(
        (words[standing], STYLES[standing]), "  ", (words.name(policy.name_zh, policy.name_en), "bold"),
        (f"  {policy.key} {policy.version}", "dim"), (f"  {words['draft']}" if policy.status == "draft" else "", "yellow"),
    )
    parts: list[RenderableType] = [Text(summary.reason(policy, verdict, words))]
    if logic := summary.logic(policy, words):
        parts.append(Text(f"{words['logic']}: {logic}", style="dim"))
    parts.append(_conditions(policy, verdict, words))
    if verdict.missing:
        parts.append(_missing(policy, verdict, words))
    if verdict.scores:
        parts.append(_scores(verdict.scores, words))
    if verdict.benefits:
        parts.append(_benefits(verdict.benefits, words))
    return Group(head, Padding(Group(*parts), (0, 0, 1, 2)))


def _conditions(policy: PolicyView, verdict: VerdictView, words: Words) -> RenderableType:
    table = _table(words["result"], words["condition"], words["company_value"], words["threshold"], words["gap"],
                   words["basis"])
    stated = {c.code: (i, c) for i, c in enumerate(policy.conditions, 1)}
    for result in verdict.conditions:
        number, condition = stated.get(result.code, (0, None))
        title = words.name(condition.zh, condition.en) if condition else result.code
        source = cite(policy.sources.get(condition.source)) if condition else ""
        _condition_rows(table, result, f"{number}.\u00a0{title}", source, words)
    return table


def _condition_rows(table: Table, result: ConditionResult, title: str, source: str, words: Words) -> None:
    key, style = _TRUTH[result.truth]
    mark = Text(words[key], style=style, no_wrap=True)
    if not result.measures:
        table.add_row(mark, Text(title), "", "", "", Text(source, style="dim"))
    for at, m in enumerate(result.measures):
        value = fmt.between(m.value_lo, m.value_hi, m.unit, words)
        table.add_row(
            mark if at == 0 else "", Text(title) if at == 0 else "",
            Text.assemble((f"{fmt.left_side(m.left)} ", "dim"), (value, style if result.truth is False else "")),
            Text(fmt.threshold(m, words)), Text(fmt.gap(m.gap, m.unit, m.op, words), style="red"),
            Text(source if at == 0 else "", style="dim"),
        )


def _missing(policy: PolicyView, verdict: VerdictView, words: Words) -> RenderableType:
    numbers = {c.code: str(i) for i, c in enumerate(policy.conditions, 1)}
    table = _table(words["missing"], words["would_decide"])
    for name, codes in summary.would_decide(verdict):
        which = words["comma"].join(numbers[c] for c in codes if c in numbers)
        table.add_row(Text(name), f"{words['condition']} {which}" if which else words["conclusion"])
    return table


def _scores(lines: tuple[ScoreLine, ...], words: Words) -> RenderableType:
    table = _table(words["figures"], "", "", right=(2,))
    for line in lines:
        text = fmt.between(line.low, line.high, summary.unit_text(line.unit, words), words)
        full = f" / {fmt.plain(line.full)}" if line.full else ""
        table.add_row(Text(line.zh, style="bold" if line.total else ""), _bar(line), text + full)
    return table


def _bar(line: ScoreLine) -> Text:
    if not line.full or line.full <= 0:
        return Text("")
    low = min(max(int(_BAR * (line.low or 0) / line.full), 0), _BAR)
    high = _BAR if line.high is None else min(max(int(_BAR * line.high / line.full), low), _BAR)
    return Text.assemble(("█" * low, "green"), ("▒" * (high - low), "green"), ("·" * (_BAR - high), "dim"))


def _benefits(lines: tuple[BenefitLine, ...], words: Words) -> RenderableType:
    table = _table(words["benefits"], words["amount"], words["rules"], words["result"], right=(1,))
    for x in lines:
        rules = [words.get(x.kind)] if x.kind != "grant" else []
        rules += [words["once"]] if x.once else []
        rules += [f"{words['group']} {x.group}"] if x.group else []
        rules += [f"{words['cap']} {fmt.money(x.cap, words)}"] if x.cap is not None else []
        verdict = words["counted"] if x.counted else f"{words['not_counted']} {x.why_not}".strip()
        table.add_row(Text(x.zh), fmt.money_range(Range(x.low, x.high), words), Text(words["comma"].join(rules)),
                      Text(verdict, style="" if x.counted else "dim"))
    return table
