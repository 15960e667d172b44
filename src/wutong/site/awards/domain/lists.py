"""Lists: made from a run or from claims, published, objected to, given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.awards.enums import AwardState, ListState
from wutong.site.awards.models import Award, AwardList, Budget, Objection
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.registry.models import Company
from wutong.site.runs.models import Run

if TYPE_CHECKING:
    from wutong.policy.autogrant import GrantList

DAYS = 7
"""Days a list is public at least."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a company was granted on application; `origin` names it."""

    company: Company
    policy: str
    policy_name: str
    benefit: str
    benefit_name: str
    year: str
    amount: Decimal
    origin: str


def found_in(run: Run, policies: Sequence[str], *, rehearsal: bool) -> GrantList:
    """Return what companies get without applying, after a finished run. The slow part; call it outside a transaction.

    Raises WutongError R330, R331 for a policy that cannot be granted so.
    """
    from wutong.policy.autogrant import grant_list  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.evaluate import evaluate  # noqa: PLC0415 - the same
    from wutong.report.opened import open_any  # noqa: PLC0415 - the same

    opened = open_any(run.folder)
    results = evaluate(opened.tables, opened.policies, opened.on)
    names = dict(zip(*(opened.companies.column(n).to_pylist() for n in ("company", "name")), strict=True))
    return grant_list(results, names, run.number, policies=policies, rehearsal=rehearsal)


@writes("awards.list")
def create_list(*, actor: User, zone: Zone, title: str, run: Run, found: GrantList, budget: Budget | None) -> AwardList:
    """Keep what `found_in` found as a draft. Raises WutongError W731 for an empty list."""
    if not found.grants:
        raise WutongError.of("W731")
    made = AwardList.objects.create(
        zone=zone, title=title.strip(), run=run, on=found.on, rehearsal=found.rehearsal, budget=budget, digest=found.id,
        undecided=found.open, refused={k: list(v) for k, v in found.refused.items()}, created_by=actor)
    companies = {c.uscc: c for c in Company.objects.filter(zone=zone, uscc__in={g.company for g in found.grants})}
    _keep(made, (
        Award(company=companies[g.company], key=g.key, policy=g.policy, policy_name=found.policies[g.policy], benefit=g.benefit,
              benefit_name=g.zh, year=g.year, listed=g.amount, amount=g.amount)
        for g in found.grants))
    record(actor, made, digest=made.digest, run=run.number, awards=len(found.grants), rehearsal=made.rehearsal)
    return made


@writes("awards.list_of_claims")
def list_from_claims(*, actor: User, zone: Zone, title: str, claims: Sequence[Claim], budget: Budget | None) -> AwardList:
    """Make a draft of what was granted on application. Raises WutongError W731 for an empty list."""
    from wutong.policy.autogrant import payment_key  # noqa: PLC0415 - the engine loads slowly

    if not claims:
        raise WutongError.of("W731")
    made = AwardList.objects.create(zone=zone, title=title.strip(), on=timezone.localdate(), budget=budget, created_by=actor)
    _keep(made, (
        Award(company=c.company, key=payment_key(c.company.uscc, c.policy, c.benefit, c.year), policy=c.policy,
              policy_name=c.policy_name, benefit=c.benefit, benefit_name=c.benefit_name, year=c.year, listed=c.amount,
              amount=c.amount, origin=c.origin)
        for c in claims))
    from wutong.site.awards.domain.queries.grants import as_grants  # noqa: PLC0415 - it reads what was just written

    made.digest = as_grants(made).id
    made.save(update_fields=["digest"])
    record(actor, made, digest=made.digest, awards=len(claims))
    return made


def _keep(made: AwardList, awards: Iterable[Award]) -> None:
    rows = list(awards)
    for award in rows:
        award.zone, award.award_list = made.zone, made
    Award.objects.bulk_create(rows, batch_size=500)


@writes("awards.publish")
def publish_list(*, actor: User, award_list: AwardList, on: date | None = None) -> AwardList:
    """Publish a draft from today (or since `on`, where it hangs already) for seven days. Raises WutongError W732."""
    fresh = locked(award_list, ListState.DRAFT)
    fresh.published_on = on or timezone.localdate()
    fresh.until = fresh.published_on + timedelta(days=DAYS - 1)
    fresh.state = ListState.PUBLIC
    fresh.save(update_fields=["published_on", "until", "state"])
    record(actor, fresh, digest=fresh.digest, until=fresh.until.isoformat())
    return fresh


@writes("awards.cancel")
def cancel_list(*, actor: User, award_list: AwardList, reason: str) -> AwardList:
    """Give up a list nobody has decided. Raises WutongError W732."""
    fresh = locked(award_list, ListState.DRAFT, ListState.PUBLIC)
    fresh.state, fresh.reason = ListState.CANCELLED, reason.strip()
    fresh.save(update_fields=["state", "reason"])
    record(actor, fresh, reason=fresh.reason)
    return fresh


@writes("awards.object")
def file_objection(*, actor: User, award: Award, text: str) -> Objection:
    """File an objection while the list is public. Raises WutongError W733 outside that time, W734 for a second open one."""
    if not award.award_list.is_open:
        raise WutongError.of("W733")
    if Objection.objects.filter(award=award, upheld=None).exists():
        raise WutongError.of("W734")
    objection = Objection.objects.create(zone=award.zone, award=award, text=text.strip(), filed_by=actor)
    record(actor, objection, award=award.key)
    return objection


@writes("awards.answer")
def answer_objection(*, actor: User, objection: Objection, upheld: bool, amount: Decimal | None, answer: str) -> Objection:
    """Uphold an objection (perhaps with a lower amount) or reject it, with an answer.

    Raises WutongError W735 if it is answered or the list decided, R334 for an amount above the published one.
    """
    fresh = Objection.objects.select_for_update().select_related("award__award_list").get(pk=objection.pk)
    award = fresh.award
    if fresh.upheld is not None or award.award_list.state != ListState.PUBLIC:
        raise WutongError.of("W735")
    if amount is not None and amount > award.listed:
        raise WutongError.of("R334", amount=amount, listed=award.listed)
    fresh.upheld, fresh.amount, fresh.answer = upheld, amount if upheld else None, answer.strip()
    fresh.answered_by, fresh.answered_at = actor, timezone.now()
    fresh.save()
    record(actor, fresh, award=award.key, upheld=upheld, amount=None if amount is None else str(amount))
    return fresh


def locked(award_list: AwardList, *states: ListState) -> AwardList:
    """Return the list as it is now, locked. Raises WutongError W732 if it is in no such state."""
    fresh = AwardList.objects.select_for_update().get(pk=award_list.pk)
    if fresh.state not in states:
        raise WutongError.of("W732", state=fresh.get_state_display())
    return fresh


def judge(awards: Iterable[Award], objections: Mapping[int, Objection]) -> None:
    """Change the awards as the engine's rule says; an open objection holds its award, an amount of 0 is no award."""
    from wutong.errors import Place  # noqa: PLC0415 - beside what needs it
    from wutong.policy import autogrant  # noqa: PLC0415 - the engine loads slowly
    from wutong.site.awards.domain.queries.grants import as_grant  # noqa: PLC0415 - it loads the engine

    for award in awards:
        filed = objections.get(award.pk)
        objection = None if filed is None else autogrant.Objection(
            award.company.uscc, award.policy, filed.text, filed.upheld, filed.amount or None, Place())
        found = autogrant.judged(as_grant(award), objection)
        award.state, award.amount, award.note = AwardState(found.state), found.amount, found.note
