"""What a back-test says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wutong.packs.model import Policy


@dataclass(frozen=True, slots=True)
class Draft:
    """One proposal: the policies it changes or adds, by key, and its changes in words."""

    name: str
    policies: Mapping[str, Policy]
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What a policy costs, in 元: surely, at most (None: no known bound), and as expected."""

    low: Decimal
    high: Decimal | None
    open: int
    """Companies whose amount has no known bound."""
    expected: Decimal | None = None
    deviation: Decimal | None = None
    """Standard deviation of the expected cost over the draws, and over the sample if one was taken."""


@dataclass(frozen=True, slots=True)
class Share:
    """One group of companies, as a sector: how many there are, who gains, loses, becomes unknown."""

    by: str
    label: str
    companies: int
    gains: int
    loses: int
    unknown: int
    low: Decimal
    """Change of the sure amount, 元."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another policy that those who gain are eligible for already."""

    policy: Policy
    companies: int
    low: Decimal
    same_matter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """One company for which something changes; amounts in 元, an open end is None."""

    company: str
    name: str
    before: str
    after: str
    low_before: Decimal
    high_before: Decimal | None
    low_after: Decimal
    high_after: Decimal | None


@dataclass(frozen=True, slots=True)
class Change:
    """One policy under one draft."""

    draft: str
    policy: Policy
    new: bool
    """A policy that is not in force today."""
    before: Mapping[str, int]
    after: Mapping[str, int]
    moves: Mapping[tuple[str, str], int]
    gains: int
    loses: int
    unknown: int
    more: int
    """Companies whose sure amount rises."""
    less: int
    cost_before: Cost
    cost_after: Cost
    shares: tuple[Share, ...]
    overlaps: tuple[Overlap, ...]
    moved: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class Method:
    """How the expectation was computed."""

    seed: str
    draws: int
    uncertain: int
    """Companies with something open under either version."""
    sampled: int
    manual: Decimal
    """The share of open manual clauses taken as met."""


@dataclass(frozen=True, slots=True)
class Reform:
    """All drafts beside what is in force."""

    on: date
    companies: int
    drafts: tuple[Draft, ...]
    changes: tuple[Change, ...]
    method: Method | None
