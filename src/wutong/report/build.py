"""From results to the run as the report reads it: reasons, gaps, near misses, what is missing, money."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from wutong.errors import WutongError
from wutong.ir.policy.compile import Compiled, CompiledCondition, Measured, Shown
from wutong.packs.model import Benefit, Policy
from wutong.policy.amounts import Combined, amounts_of
from wutong.policy.combine import Combination
from wutong.policy.evaluate import VERDICTS, Results
from wutong.policy.gaps import decided, gap_of
from wutong.report.labels import Labels, can_change
from wutong.report.model import (
    BenefitLine,
    CompanyView,
    ConditionResult,
    Measure,
    NearMiss,
    Range,
    ScoreLine,
    Truth,
    Verdict,
    VerdictView,
)
from wutong.values.numbers import parse_quantity
from wutong.values.units import convert

Rows = Mapping[str, Sequence[Any]]


class Builder:
    """Fills the views of all companies from the columns of the results."""

    def __init__(self, results: Results, labels: Labels) -> None:
        wide = results.wide
        self.results = results
        self.labels = labels
        self.companies: list[str] = wide.column("company").to_pylist()
        self.columns: Rows = {name: wide.column(name).to_pylist() for name in wide.column_names}
        self.changeable = {
            c.prefix: {x.code for x in c.conditions if can_change(x.uses, labels.catalogue)} for c in results.policies
        }
        self.combined = Combined.of(amounts_of(results))
        self.each = {c.prefix: Combined.of(amounts_of(results, [c])) for c in results.policies}
        self.marks = {c.prefix: pass_marks(c) for c in results.policies}

    def company(self, index: int) -> CompanyView:
        """Return everything decided about one company."""
        code = self.companies[index]
        combination = self.combined.company(index)
        verdicts = {f"{c.policy.pack}/{c.policy.id}": self.verdict(c, index) for c in self.results.policies}
        return CompanyView(
            code=code, name=self.labels.name(code), nature=self.labels.nature(code), facts=self.labels.facts(code),
            verdicts=verdicts, combination=tuple(money_lines(combination)),
            total=Range(combination.low, combination.high),
        )

    def verdict(self, compiled: Compiled, index: int) -> VerdictView:
        """Return one policy decided for one company."""
        policy, prefix, columns = compiled.policy, compiled.prefix, self.columns
        verdict: Verdict = VERDICTS[columns[f"{prefix}_verdict"][index]]  # type: ignore[assignment]
        failed, unknown = columns[f"{prefix}_failed"][index], columns[f"{prefix}_unknown"][index]
        results = tuple(
            self.condition(policy, n, c, failed >> n & 1, unknown >> n & 1, index)
            for n, c in enumerate(compiled.conditions)
        )
        combination = self.each[prefix].company(index)
        scores, outcome = self.outputs(compiled, index)
        missing: tuple[str, ...] = ()
        if verdict in ("unknown", "manual"):
            missing = tuple(dict.fromkeys(m for r in results if r.truth is None for m in r.missing))
        return VerdictView(
            verdict=verdict, conditions=results, score=Range(scores[0].low, scores[0].high) if scores else None,
            benefit=Range(combination.low, combination.high) if compiled.benefits else None,
            near_miss=near_miss(policy, results, self.changeable[prefix]) if verdict == "ineligible" else None, missing=missing,
            benefits=tuple(money_lines(combination)), scores=scores, outcome=outcome,
        )

    def condition(self, policy: Policy, number: int, compiled: CompiledCondition, failed: int, unknown: int,
                  index: int) -> ConditionResult:
        """Return what one condition gave, with its figures."""
        manual = policy.conditions[number].manual
        truth: Truth = False if failed else ("manual" if manual else None) if unknown else True
        measures = tuple(self.measure(m, index, truth) for m in compiled.measures)
        missing = self.labels.missing(compiled.uses, self.companies[index]) if truth is None else ()
        return ConditionResult(compiled.code, truth, measures, missing)

    def measure(self, measured: Measured, index: int, truth: Truth) -> Measure:
        """Return one comparison with the company's value in it."""
        low, high = self.ends(measured.value, index)
        threshold = self.ends(measured.threshold, index)
        gap = None
        wanted = threshold[0]
        if truth is False and isinstance(low, Decimal) and low == high and isinstance(wanted, Decimal):
            gap = gap_of(low, measured.operator, wanted) if threshold[0] == threshold[1] else None
        return Measure(measured.left, low, high, measured.operator, wanted if wanted == threshold[1] else None,
                       measured.value.unit, gap)

    def ends(self, shown: Shown, index: int) -> tuple[Any, Any]:
        """Return the two ends a pair of columns shows."""
        low = self.columns[shown.low][index]
        return (low, low) if shown.low == shown.high else (low, self.columns[shown.high][index])

    def outputs(self, compiled: Compiled, index: int) -> tuple[tuple[ScoreLine, ...], str]:
        """Return the figures a policy shows, and its text result."""
        lines, texts = [], []
        for number, (name, zh, shown) in enumerate(compiled.outputs):
            low, high = self.ends(shown, index)
            if shown.kind != "number":
                texts.append("" if low is None else str(low))
                continue
            value = compiled.lets.get(name)
            full = getattr(getattr(value, "num", None), "high", None) if getattr(value, "den", None) is None else None
            mark = self.marks[compiled.prefix].get(zh)
            lines.append(ScoreLine(name, zh, low, high, full, shown.unit, number == 0,
                                   None if mark is None else self.columns[mark][index]))
        return tuple(lines), "、".join(t for t in texts if t)


def pass_marks(compiled: Compiled) -> dict[str, str]:
    """Return for each quantity a condition holds above a mark the column of that mark."""
    measures = [m for c in compiled.conditions for m in c.measures]
    return {m.left: m.threshold.low for m in measures if m.operator in (">", ">=") and m.threshold.kind == "number"}


def near_miss(policy: Policy, results: Sequence[ConditionResult], changeable: Container[str]) -> NearMiss | None:
    """Return the one failed condition that alone stands in the way, if the company can change it itself."""
    truths = {r.code: None if r.truth == "manual" else r.truth for r in results}
    found = []
    for condition, result in zip(policy.conditions, results, strict=True):
        open_to_change = result.truth is False and not condition.manual and result.code in changeable
        if open_to_change and decided(policy.decide, {**truths, result.code: True}) is True:
            found.append(result)
    if len(found) != 1:
        return None
    gaps = [m for m in found[0].measures if m.gap is not None]
    best = min(gaps, key=lambda m: abs(m.gap or Decimal(0))) if gaps else None
    return NearMiss(found[0].code, best.gap if best else None, best.unit if best else "")


def money_lines(combination: Combination) -> list[BenefitLine]:
    """Return a combination as the report shows it."""
    return [
        BenefitLine(
            c.line.benefit.code, c.line.benefit.zh, c.line.low, c.line.high, c.counted, c.why_not,
            c.line.benefit.kind, c.line.benefit.group, cap_of(c.line.benefit), c.line.benefit.once,
            c.line.policy.replace(".", "/", 1), c.why, c.against,
        )
        for c in combination.lines
    ]


@cache
def cap_of(benefit: Benefit) -> Decimal | None:
    """Return a cap in 元 where it is a plain amount; a computed cap is already in the amount."""
    if benefit.cap is None:
        return None
    try:
        written = parse_quantity(benefit.cap)
        return convert(written.value, written.unit, "元") if written.unit is not None else None
    except WutongError:
        return None
