"""A portrait as plain data: what is known of one company, where it stands, and where every figure comes from.

Texts are in the language the portrait was made in; amounts are exact `Decimal` in 元, dates are dates. None is
unknown, never zero and never "no". `portrait.html`, `portrait.word` and JSON only print this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from wutong.errors import Lang
from wutong.report.model import Range

Value = Decimal | int | str | bool | date | None
Tone = Literal["good", "plain", "warn"]
Ends = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the portrait was made from, so that an auditor can make it again."""

    run: str
    on: date
    snapshot: str
    engine: str
    points_run: str = ""
    """Id of the points run; empty where the points were computed for the portrait."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One fact with its source; `text` says unknown where `value` is None."""

    label: str
    value: Value
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A short mark with the reason it was given for."""

    text: str
    reason: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Cell:
    """A yearly fact in one year; `growth` in % over the year before, None where that cannot be said."""

    year: int
    value: Decimal | None
    text: str
    growth: Decimal | None
    source: str


@dataclass(frozen=True, slots=True)
class Series:
    """A yearly fact over the years, oldest first."""

    code: str
    label: str
    unit: str
    cells: tuple[Cell, ...]

    @property
    def known(self) -> bool:
        """Whether any year is known."""
        return any(c.value is not None for c in self.cells)


@dataclass(frozen=True, slots=True)
class Axis:
    """A top node of the point model: the share of full points reached, and that of the peers' median, in %."""

    label: str
    low: Decimal
    high: Decimal
    peers: Decimal | None
    points: str
    weight: str


@dataclass(frozen=True, slots=True)
class PointLine:
    """One indicator: value → points → weight → what it adds; `versus` against the peers' median."""

    label: str
    value: str
    points: str
    weight: str
    added: Decimal
    versus: Decimal | None
    next: str
    known: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """An indicator that costs points, and what a company can do about it."""

    label: str
    lost: Decimal
    advice: str
    next: str


@dataclass(frozen=True, slots=True)
class Band:
    """Where a rank may lie when weights are drawn anew: 90 % of the draws, and the worst and best of them."""

    low: int
    high: int
    best: int
    worst: int


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one company under one model; `score` is None where there is none, and `reasons` say why."""

    model: str
    version: str
    banner: str
    score: Ends | None
    text: str
    full: Decimal
    grade: str
    coverage: Decimal
    rank: str
    peer_group: str
    peer_place: str
    reference: Decimal | None
    band: Band | None
    axes: tuple[Axis, ...]
    lines: tuple[PointLine, ...]
    rest: Decimal
    """What the floors of geometric nodes and rounding add: ``score[0] = Σ line.added + rest``."""
    losses: tuple[Loss, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy and where the company stands with it."""

    name: str
    standing: str
    word: str
    reason: str
    benefit: Range | None
    amount: str
    basis: str
    draft: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows about one subject; `note` says whether they are all there are."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    total: str = ""

    @property
    def labelled(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The rows with the head beside each cell, for small screens."""
        return tuple(tuple(zip(self.heads, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Event:
    """A dated fact."""

    day: date
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A fact nobody has given, and what it would decide."""

    fact: str
    policies: tuple[str, ...]
    points: Decimal
    """Points of the total that are open because of it."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything about one company on one day."""

    lang: Lang
    code: str
    name: str
    demo: bool
    marks: tuple[str, ...]
    """What must stand on every page: invented data, a demo model, draft policies."""
    stamp: Stamp
    identity: tuple[Figure, ...]
    tags: tuple[Tag, ...]
    points: Points | None
    series: tuple[Series, ...]
    policies: tuple[PolicyLine, ...]
    expected: Range | None
    expected_text: str
    received: Sheet
    raised: Sheet
    records: tuple[Sheet, ...]
    expiring: tuple[Event, ...]
    timeline: tuple[Event, ...]
    questions: tuple[Question, ...]
    sources: tuple[str, ...]
    """Every source the figures name, in order of appearance."""

    def count(self, standing: str) -> int:
        """Return how many policies the company stands so with."""
        return sum(p.standing == standing for p in self.policies)
