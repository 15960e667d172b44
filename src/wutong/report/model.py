"""The run as the report reads it: plain data, no engine, no file.

The evaluation fills a `RunView`; workbook, pages and terminal only read it. Counts per verdict and money
totals are not in it: `wutong.report.summary` computes them from the verdicts, so they cannot disagree.

Amounts are exact `Decimal` in 元. In a `Range`, None is an open end: nothing is known on that side.
What exists once per run is a frozen dataclass; what exists per company × policy × condition is a named
tuple, because a zone of 600 companies has more than 100,000 of them and tuples build several times faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from wutong.errors import Diagnostic

Verdict = Literal["eligible", "ineligible", "unknown", "manual"]
Truth = bool | Literal["manual"] | None
Value = Decimal | int | date | str | bool | None
Decide = str | tuple[Literal["all", "any", "not"], tuple["Decide", ...]]
"""A tree over condition codes: ``("all", ("c1", ("any", ("c2", "c3"))))``."""


class Range(NamedTuple):
    """All values a quantity may take given what is known; equal ends = exact, None = open end."""

    low: Decimal | None
    high: Decimal | None


class Measure(NamedTuple):
    """One comparison inside a condition: ``left op threshold`` with the company's own value in it."""

    left: str
    """What is compared, as the rule names it: 上年职工总数."""
    value_lo: Value
    value_hi: Value
    op: str
    """One of ``= != < <= > >= in between``; anything else is shown as written."""
    threshold: Value
    unit: str
    """The unit of value, threshold and gap; money is 元; empty for text, dates and truth values."""
    gap: Decimal | None = None
    """How far a known value is from the threshold, always positive; None when met or not decidable."""


class ConditionResult(NamedTuple):
    """What one condition gave for one company."""

    code: str
    truth: Truth
    """True met, False not met, None not decidable from the data, "manual" a person must find."""
    measures: tuple[Measure, ...] = ()
    missing: tuple[str, ...] = ()
    """Chinese names of the facts whose absence keeps `truth` open."""


class NearMiss(NamedTuple):
    """The single changeable condition that stands between the company and the policy."""

    condition: str
    gap: Decimal | None
    unit: str


class BenefitLine(NamedTuple):
    """One benefit for one company, before and after the rules of adding up."""

    code: str
    zh: str
    low: Decimal | None
    high: Decimal | None
    counted: bool = True
    """False when a cap, a once-only rule, a group or its kind keeps it out of the total."""
    why_not: str = ""
    """Chinese reason when not counted: 同组就高不重复, 已享受过, 额度不是现金 …"""
    kind: str = "grant"
    """grant | tax_saving | quota."""
    group: str = ""
    cap: Decimal | None = None
    once: bool = False
    policy: str = ""
    """Key of the policy it comes from."""
    why: str = ""
    """The code of `why_not`: quota, group, ceiling, nothing."""
    against: tuple[str, ...] = ()
    """Names of the benefits chosen instead, or of the ceiling."""


class ScoreLine(NamedTuple):
    """One score of a point table: what was reached, out of how much."""

    code: str
    zh: str
    low: Decimal | None
    high: Decimal | None
    full: Decimal | None = None
    unit: str = "分"
    total: bool = False
    """True for the sum the policy decides on."""
    pass_at: Decimal | None = None
    """The pass mark, drawn as a line across the bar."""


class VerdictView(NamedTuple):
    """One policy decided for one company."""

    verdict: Verdict
    conditions: tuple[ConditionResult, ...]
    """In the order of `PolicyView.conditions`."""
    score: Range | None = None
    benefit: Range | None = None
    """What counts in money after caps, once-only and groups; None when the policy pays nothing."""
    near_miss: NearMiss | None = None
    missing: tuple[str, ...] = ()
    """Chinese names of missing facts that could still change the verdict."""
    benefits: tuple[BenefitLine, ...] = ()
    scores: tuple[ScoreLine, ...] = ()
    outcome: str = ""
    """The text a policy gives, as 小型 of a size class."""


class FactView(NamedTuple):
    """One key fact of a company, ready to read."""

    label: str
    text: str
    """The value as text; empty when missing. Numbers may be plain digits, the page groups them."""
    unit: str = ""
    period: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source of a rule. Grade: V seen in the original, S seen second-hand, M from memory, C contested."""

    doc_no: str
    clause: str = ""
    url: str = ""
    grade: str = ""
    checked_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ConditionView:
    """One condition as the policy states it."""

    code: str
    zh: str
    en: str = ""
    text: str = ""
    """The rule as written in FEEL; empty for a manual one."""
    source: str = ""
    """Id in `PolicyView.sources`."""
    manual: bool = False
    changeable: bool = False
    """True when the company can change it by its own action."""


@dataclass(frozen=True, slots=True)
class TableView:
    """A decision table as the policy states it; `rules` hold one text per input, then the output."""

    code: str
    zh: str
    hit: str
    inputs: tuple[str, ...]
    output: str
    rules: tuple[tuple[str, ...], ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A dated figure of the policy as it stands on the date of assessment."""

    code: str
    zh: str
    value: Value
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class BenefitView:
    """A benefit as the policy states it."""

    code: str
    zh: str
    amount: str
    """The amount as written: 30万元, or an expression."""
    when: str = ""
    source: str = ""
    kind: str = "grant"
    group: str = ""
    cap: Decimal | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One policy version as decided on the date of the run."""

    pack: str
    id: str
    version: str
    name_zh: str
    name_en: str = ""
    kind: str = "qualification"
    """qualification | tax | grant | class | veto."""
    status: str = "official"
    """official | draft."""
    issuer: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None
    window_from: date | None = None
    window_to: date | None = None
    sources: Mapping[str, SourceView] = field(default_factory=dict)
    conditions: tuple[ConditionView, ...] = ()
    decide: Decide = ("all", ())
    """`("all", ())` means every condition."""
    tables: tuple[TableView, ...] = ()
    parameters: tuple[ParameterView, ...] = ()
    benefits: tuple[BenefitView, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    """What a derived quantity, a table or a parameter is called in English, by its Chinese name."""

    @property
    def key(self) -> str:
        """The key of this policy in `CompanyView.verdicts`, unique in a run: ``pack/id``."""
        return f"{self.pack}/{self.id}"


@dataclass(frozen=True, slots=True)
class CompanyView:
    """One company with everything decided about it."""

    code: str
    """统一社会信用代码, 18 characters; also the page's file name."""
    name: str
    nature: Literal["real", "demo", ""] = ""
    """real: a real company; demo: invented; empty: the input does not say."""
    facts: tuple[FactView, ...] = ()
    verdicts: Mapping[str, VerdictView] = field(default_factory=dict)
    """By `PolicyView.key`. A policy absent here was not decided for this company."""
    combination: tuple[BenefitLine, ...] = ()
    """Best combination of benefits over all policies: the lines that count, and those that lost out."""
    total: Range | None = None
    """Money of the best combination, 元."""


@dataclass(frozen=True, slots=True)
class PackView:
    """A pack used by the run."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run: the date, what was used, what was decided."""

    run_id: str
    on: date
    mode: str
    engine_version: str
    snapshot_hash: str
    demo: bool
    packs: tuple[PackView, ...]
    policies: tuple[PolicyView, ...]
    companies: tuple[CompanyView, ...]
    """Sorted by code."""
    diagnostics: tuple[Diagnostic, ...] = ()
    zone: str = ""
    """Name of the zone for the title; empty when unknown."""
