"""Figures of a whole zone, each with the moment of its data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from wutong.site.awards.enums import PaymentState
from wutong.site.awards.models import Budget, Payment
from wutong.site.core.models import User
from wutong.site.runs.domain.queries.latest import latest
from wutong.site.runs.enums import Outcome, RunKind
from wutong.site.runs.home import FRESH
from wutong.site.runs.models import Match, Run, Score

TOP, BIN = 10, 10
"""Rows of a ranking; points in a column of the histogram."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Names with their figures, and since when they are known; `known` is None where nothing was computed yet."""

    names: tuple[str, ...]
    values: tuple[Any, ...]
    known: datetime | None

    @property
    def stale(self) -> bool:
        """Whether the data are too old to act on."""
        return self.known is not None and timezone.now() - self.known > FRESH

    @property
    def pairs(self) -> list[tuple[str, Any]]:
        """The names with their figures."""
        return list(zip(self.names, self.values, strict=True))


def _known(run: Run | None) -> datetime | None:
    return run.snapshot.known if run and run.snapshot else None


def _figures(rows: Sequence[tuple[str, Any]], known: datetime | None) -> Figures:
    return Figures(tuple(n for n, _v in rows), tuple(v for _n, v in rows), known)


def sectors() -> Figures:
    """Return the companies by sector, as of the last run's snapshot."""
    run = latest(RunKind.POLICIES) or latest(RunKind.POINTS)
    return _figures([tuple(pair) for pair in run.snapshot.figures.get("sectors", [])] if run else [], _known(run))


def distribution(user: User) -> tuple[str, Figures]:
    """Return the name of the last point model and how many companies have which score, in steps of ten points."""
    run = latest(RunKind.POINTS)
    scores = Score.objects.of(run).visible_to(user).exclude(low=None).values_list("low", flat=True)
    bins = Counter(int(s // BIN) * BIN for s in scores)
    steps = range(min(bins), max(bins) + BIN, BIN) if bins else ()
    return (run.model_name if run else ""), _figures([(f"{n}–{n + BIN}", bins[n]) for n in steps], _known(run))


def groups(user: User) -> Figures:
    """Return the companies by peer group (stage and sector) of the last points run, the largest first."""
    run = latest(RunKind.POINTS)
    rows = Score.objects.of(run).visible_to(user).exclude(group="").order_by().values_list("group").annotate(n=Count("pk")).order_by("-n", "group")
    return _figures(list(rows[:TOP]), _known(run))


def policies(user: User) -> Figures:
    """Return, by policy, (met, one step away, unknown), those most companies meet first."""
    run = latest(RunKind.POLICIES)
    wanted = {name: Count("pk", filter=Q(outcome=o)) for name, o in (("met", Outcome.ELIGIBLE), ("near", Outcome.NEAR), ("open", Outcome.UNKNOWN))}
    rows = Match.objects.of(run).visible_to(user).order_by().values("policy_name").annotate(**wanted).order_by("-met", "policy_name")
    return _figures([(r["policy_name"], (r["met"], r["near"], r["open"])) for r in rows[:TOP]], _known(run))


def money(user: User) -> Figures:
    """Return, by policy, the sure money of companies that meet it, in 万元, the most first."""
    run = latest(RunKind.POLICIES)
    rows = (Match.objects.of(run).visible_to(user).filter(outcome=Outcome.ELIGIBLE, benefit_low__gt=0).order_by()
            .values("policy_name").annotate(total=Sum("benefit_low")).order_by("-total", "policy_name"))
    return _figures([(r["policy_name"], (r["total"] / 10_000).quantize(Decimal("0.01"))) for r in rows[:TOP]], _known(run))


def asked_first(user: User) -> Figures:
    """Return the missing facts that keep most verdicts open."""
    run = latest(RunKind.POLICIES)
    found: Counter[str] = Counter()
    for missing in Match.objects.of(run).visible_to(user).filter(outcome=Outcome.UNKNOWN).values_list("missing", flat=True):
        found.update(missing)
    return _figures(found.most_common(TOP), _known(run))


def totals(user: User) -> dict[str, Any]:
    """Return single figures: companies, verdicts met, open ones, expiring rights, money reserved and paid, budgets."""
    run = latest(RunKind.POLICIES)
    counts = run.counts if run else {}
    paid = Payment.objects.all().visible_to(user).aggregate(
        reserved=Sum("amount", filter=Q(state=PaymentState.RESERVED)), paid=Sum("amount", filter=~Q(state=PaymentState.RESERVED)),
        back=Sum("returned"))
    return {
        "companies": run.snapshot.companies if run else None, "expiring": run.snapshot.figures.get("expiring") if run else None,
        "met": counts.get(Outcome.ELIGIBLE), "near": counts.get(Outcome.NEAR), "open": counts.get(Outcome.UNKNOWN),
        "reserved": (paid["reserved"] or 0) / 10_000, "paid": ((paid["paid"] or 0) - (paid["back"] or 0)) / 10_000,
        "budget": (Budget.objects.all().visible_to(user).aggregate(n=Sum("amount"))["n"] or 0) / 10_000,
        "known": _known(run), "on": run.on if run else None, "run": run,
    }
