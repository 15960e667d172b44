"""The way of an application: begun, handed in, sent back, proposed, decided by another person, withdrawn."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.applications.enums import ApplicationState
from wutong.site.applications.models import Application, Attachment
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, StoredFile, User
from wutong.site.policies.domain.queries.reasons import policy_of, reasons_of
from wutong.site.runs.models import Match

EDITED = (ApplicationState.DRAFT, ApplicationState.RETURNED)


@writes("application.start")
def start_application(*, actor: User, match: Match) -> Application:
    """Begin an application under the policy of a match. Raises WutongError W771 if one is open already."""
    try:
        with transaction.atomic():
            made = Application.objects.create(
                zone=match.zone, company=match.company, policy=match.policy, policy_name=match.policy_name,
                version=policy_of(match).version, run=match.run, clauses=_clauses(match), started_by=actor)
    except IntegrityError:
        raise WutongError.of("W771", name=match.policy_name) from None
    record(actor, made, policy=made.policy, run=match.run.number)
    return made


@writes("application.attach")
def attach(*, actor: User, application: Application, file: StoredFile, shows: str) -> Attachment:
    """Put a file beside an application that is being filled in. Raises WutongError W772."""
    fresh = _in(application, *EDITED)
    made = Attachment.objects.create(zone=fresh.zone, application=fresh, file=file, shows=shows.strip())
    record(actor, made, sha256=file.sha256)
    return made


@writes("application.submit")
def submit(*, actor: User, application: Application, statement: str) -> Application:
    """Hand an application in, with the clauses as the last run has them. Raises WutongError W772."""
    fresh = _in(application, *EDITED)
    match = Match.objects.filter(company=fresh.company, policy=fresh.policy, run__state="done").select_related(
        "run__zone", "company").order_by("-run__ended_at", "-run_id").first()
    if match is not None:
        fresh.run, fresh.clauses = match.run, _clauses(match)
    fresh.statement, fresh.note, fresh.submitted_at = statement.strip(), "", timezone.now()
    fresh.state = ApplicationState.SUBMITTED
    fresh.save()
    record(actor, fresh, run=fresh.run.number, files=fresh.attachments.count())
    return fresh


@writes("application.return")
def return_application(*, actor: User, application: Application, note: str) -> Application:
    """Send an application back with what is to be mended; also after a decision that was refused. Raises W772."""
    fresh = _in(application, ApplicationState.SUBMITTED, ApplicationState.PROPOSED)
    if fresh.state == ApplicationState.PROPOSED and fresh.approval and fresh.approval.state == ApprovalState.PENDING:
        raise WutongError.of("W772", state=fresh.get_state_display())
    fresh.state, fresh.note = ApplicationState.RETURNED, note.strip()
    fresh.save()
    record(actor, fresh, note=fresh.note)
    return fresh


@writes("application.propose")
def propose(*, actor: User, application: Application, grant: bool, amount: Decimal | None, note: str) -> Application:
    """Propose to grant or refuse; another person decides. A title is granted without an amount. Raises WutongError W772."""
    fresh = _in(application, ApplicationState.SUBMITTED)
    fresh.amount, fresh.note, fresh.state = amount if grant else None, note.strip(), ApplicationState.PROPOSED
    word = _t("通过") if grant else _t("不通过")
    fresh.approval = request_approval(
        actor=actor, kind="application.decide", title=_t("申报%(word)s：%(name)s") % {"word": word, "name": fresh}, reason=note,
        payload={"application": fresh.pk, "grant": grant, "amount": str(fresh.amount or "")}, zone=fresh.zone)
    fresh.save()
    record(actor, fresh, grant=grant, amount=str(fresh.amount or ""))
    return fresh


@writes("application.decide")
def decide(*, actor: User, application: Application, grant: bool) -> Application:
    """Decide as proposed. Raises WutongError W772."""
    fresh = _in(application, ApplicationState.PROPOSED)
    fresh.state, fresh.decided_at = ApplicationState.APPROVED if grant else ApplicationState.REJECTED, timezone.now()
    fresh.save()
    record(actor, fresh, grant=grant, amount=str(fresh.amount or ""))
    return fresh


@writes("application.withdraw")
def withdraw(*, actor: User, application: Application) -> Application:
    """Take an application back before it is proposed. Raises WutongError W772."""
    fresh = _in(application, ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED)
    fresh.state = ApplicationState.WITHDRAWN
    fresh.save()
    record(actor, fresh)
    return fresh


def _clauses(match: Match) -> list[dict[str, str]]:
    return [asdict(reason) for reason in reasons_of(match, policy_of(match))]


def _in(application: Application, *states: ApplicationState) -> Application:
    fresh = Application.objects.select_for_update(of=("self",)).select_related("approval", "run", "company", "zone").get(pk=application.pk)
    if fresh.state not in states:
        raise WutongError.of("W772", state=fresh.get_state_display())
    return fresh


def _agreed(approval: Approval) -> None:
    asked = approval.payload
    decide(actor=approval.decided_by, application=Application.objects.get(pk=asked["application"]), grant=asked["grant"])


register(ApprovalKind("application.decide", _("申报决定"), "applications.decide", _agreed, ("applications:application", "application")))
