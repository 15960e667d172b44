"""What the API answers with. Amounts and figures are text, so that no digit is lost; null is unknown."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema


class Fault(Schema):
    """What is wrong and what to do."""

    code: str
    zh: str
    en: str


class ZoneOut(Schema):
    """A zone and the runs that count now."""

    code: str
    name: str
    demo: bool
    policies_run: str | None
    points_run: str | None


class CompanyOut(Schema):
    """What identifies a company."""

    uscc: str
    name: str
    sector: str
    registered_on: date | None
    state: str


class CompanyPage(Schema):
    """A page of companies."""

    count: int
    page: int
    pages: int
    items: list[CompanyOut]


class FactOut(Schema):
    """One value with its source: what is known now."""

    code: str
    name: str
    period: str
    value: str
    unit: str
    source: str
    valid_from: date | None
    known_from: datetime


class MatchOut(Schema):
    """How a company stands to a policy, after the last run."""

    run: str
    on: date
    policy: str
    name: str
    outcome: str
    reason: str
    missing: list[str]
    benefit_low: str | None
    benefit_high: str | None


class ReasonOut(Schema):
    """One comparison of one clause."""

    clause: str
    truth: str
    measure: str
    value: str
    threshold: str
    gap: str
    missing: str
    source: str


class ScoreOut(Schema):
    """The points of a company by one model; two ends where data are missing."""

    run: str
    on: date
    model: str
    name: str
    banner: str
    low: str | None
    high: str | None
    rank: int | None
    best: int | None
    worst: int | None
    grade: str


class PolicyOut(Schema):
    """A version of a policy."""

    key: str
    version: str
    name: str
    status: str
    kind: str
    issuer: str
    in_force_from: date | None
    in_force_to: date | None


class RunOut(Schema):
    """A finished run."""

    number: str
    kind: str
    on: date
    snapshot: str | None
    engine: str
    ended_at: datetime | None
