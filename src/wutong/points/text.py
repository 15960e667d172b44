"""Points in words: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from wutong.errors import Lang
from wutong.points.compile import REASONS
from wutong.points.model import Indicator, PointModel, Step
from wutong.points.tree import half_up

_TEXTS = {
    "rank": ("名次", "Rank"), "company": ("企业", "Company"), "code": ("统一社会信用代码", "Credit code"),
    "band": ("缺数据名次", "Places open"), "proven": ("得分（已证实）", "Score (proven)"), "most": ("最高可能", "At most"),
    "grade": ("等级", "Grade"), "stage": ("阶段", "Stage"), "sector": ("行业", "Sector"),
    "peer_rank": ("同类名次", "Among peers"), "coverage": ("数据覆盖%", "Coverage %"), "undecided": ("待定", "not decided"),
    "why": ("没有得分的原因", "Why there is no score"), "parent": ("上级", "Parent"), "indicator": ("指标", "Indicator"),
    "source": ("出处", "Source"), "value": ("数值", "Value"), "points": ("得分", "Points"), "weight": ("权重%", "Weight %"),
    "added": ("计入总分", "In the total"), "versus": ("比同类中位", "Versus median"), "next": ("下一档", "Next step"),
    "unknown": ("未知", "unknown"), "r_coverage": ("已知数据的权重不足", "Too little of the weight is known"),
    "r_missing": ("缺少必须有的数据", "Data that must be known are missing"), "r_stage": ("不属于任何阶段或行业", "No stage or sector fits"),
    "bonus": ("加分", "bonus"), "deduction": ("扣分", "deduction"), "yes": ("是", "yes"), "no": ("否", "no"), "not_met": ("不满足", "not met"), "gate_open": ("尚无数据判断", "not known"),
}


class Named(Protocol):
    """Anything with a name in two languages."""

    @property
    def zh(self) -> str:
        """The Chinese name."""

    @property
    def en(self) -> str:
        """The English name, empty if there is none."""


class Words:
    """Texts of one language.

    >>> Words("en")["rank"], Words("zh").of("甲", "A")
    ('Rank', '甲')
    """

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __getitem__(self, key: str) -> str:
        return self.of(*_TEXTS[key])

    def of(self, zh: str, en: str) -> str:
        """Return the text of the language; Chinese where there is no English."""
        return zh if self.lang == "zh" or not en else en

    def name(self, item: Named) -> str:
        """Return the name of something."""
        return self.of(item.zh, item.en)


def points_range(lo: Decimal | None, hi: Decimal | None) -> str:
    """Return points as text, both ends where they differ.

    >>> points_range(Decimal("1.00"), Decimal("2.50")), points_range(None, None)
    ('1–2.5', '—')
    """
    if lo is None or hi is None:
        return "—"
    return plain(lo) if lo == hi else f"{plain(lo)}–{plain(hi)}"


def plain(number: Decimal) -> str:
    """Return a number without trailing zeros, with commas.

    >>> plain(Decimal("1234567.500000")), plain(Decimal("10"))
    ('1,234,567.5', '10')
    """
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(number: Decimal) -> str:
    """Return points with their sign, to hundredths.

    >>> signed(Decimal("2.345")), signed(Decimal("-1"))
    ('+2.35', '-1.00')
    """
    return f"{half_up(number):+}"


def quantity(indicator: Indicator, number: Decimal, words: Words) -> str:
    """Return a value of an indicator with its unit; large money in 万元."""
    if indicator.normaliser.kind == "flag":
        return words["yes"] if number else words["no"]
    label = next((s.label for s in indicator.normaliser.steps if s.label and s.cut == number), "")
    if label:
        return label
    if indicator.unit == "元" and abs(number) >= 10_000:
        return f"{plain(half_up(number / 10_000))}万元"
    return f"{plain(half_up(number))}{indicator.unit or ''}"


def value_text(indicator: Indicator, lo: Decimal | None, hi: Decimal | None, words: Words) -> str:
    """Return what is known of a value."""
    if lo is not None and lo == hi:
        return quantity(indicator, lo, words)
    ends = ["…" if e is None else quantity(indicator, e, words) for e in (lo, hi)]
    return words["unknown"] if ends == ["…", "…"] else f"{words['unknown']}（{ends[0]}–{ends[1]}）"


def step_text(indicator: Indicator, step: Step, words: Words) -> str:
    """Return a cut-point as a company reads it."""
    if indicator.normaliser.kind == "flag":
        return words["yes"] if step.cut else words["no"]
    if step.label:
        return step.label
    sign = "≤" if indicator.direction == "lower" else ">" if indicator.normaliser.strict else "≥"
    return f"{sign} {quantity(indicator, step.cut, words)}"


def reason_texts(model: PointModel, row: Mapping[str, Any], words: Words) -> list[str]:
    """Return why a company has no score, in words."""
    failed, unknown, gates = row["gates_failed"], row["gates_unknown"], model.gates
    texts = [f"{words.name(g)}：{words['not_met']}" for n, g in enumerate(gates) if failed >> n & 1]
    texts += [
        f"{words.name(g)}：{words['gate_open']}" for n, g in enumerate(gates) if unknown >> n & 1 and g.unknown == "block"
    ]
    return texts + [words[f"r_{r}"] for n, r in enumerate(REASONS) if failed >> (len(gates) + n) & 1]
