"""Adopting a draft: proposed by one person, agreed to by another who did not work on it."""

from __future__ import annotations

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.enums import ApprovalState
from wutong.site.core.models import Approval, User
from wutong.site.policies.domain.drafts import base_text, locked
from wutong.site.policies.domain.queries.review import faults_of, wrong_cases
from wutong.site.policies.enums import DraftState
from wutong.site.policies.models import PolicyDraft
from wutong.site.runs.domain.policies import adopt_policy, fitting, retire_policy
from wutong.site.runs.models import ZonePolicy


def propose_draft(*, actor: User, draft: PolicyDraft, reason: str) -> PolicyDraft:
    """Check a draft, then ask for its adoption.

    Raises WutongError W796 for a draft with faults, W797 where golden cases come out otherwise, W783 if the base was
    changed meanwhile, P120 if two versions would be in force at once, W792, W793.
    """
    if faults := faults_of(draft):  # slow, so before the transaction; the revision holds what was checked
        raise WutongError.of("W796", count=len(faults))
    if wrong := wrong_cases(draft):
        raise WutongError.of("W797", count=len(wrong))
    fitting(draft.zone, draft.text)
    return request_adoption(actor=actor, draft=draft, reason=reason)


@writes("policies.propose_draft")
def request_adoption(*, actor: User, draft: PolicyDraft, reason: str) -> PolicyDraft:
    """Ask for the adoption of a checked draft. Raises WutongError W783, W792, W793 if it was saved after the check."""
    fresh = locked(draft, DraftState.EDITING)
    if fresh.revision != draft.revision:
        raise WutongError.of("W793", name=fresh.name)
    _on_present_base(fresh)
    fresh.approval = request_approval(
        actor=actor, kind="policies.adopt", title=_t("采用政策：%(name)s（%(version)s）") % {"name": fresh.name, "version": fresh.version},
        reason=reason, payload={"draft": fresh.pk, "revision": fresh.revision}, zone=fresh.zone)
    fresh.state = DraftState.PROPOSED
    fresh.save(update_fields=["approval", "state"])
    record(actor, fresh, approval=fresh.approval.pk, revision=fresh.revision)
    return fresh


def _on_present_base(draft: PolicyDraft) -> None:
    """Refuse (W783) a draft whose base is no longer what the zone has: adopting it would undo what came between."""
    if base_text(draft.zone, draft.pack, draft.policy, draft.base_version) != draft.base:
        raise WutongError.of("W783", name=draft.name, version=draft.base_version)


@writes("policies.return_draft")
def return_draft(*, actor: User, draft: PolicyDraft) -> PolicyDraft:
    """Take a draft back to its authors after its request was refused or withdrawn. Raises WutongError W792."""
    fresh = locked(draft, DraftState.PROPOSED)
    if fresh.approval is None or fresh.approval.state in (ApprovalState.PENDING, ApprovalState.APPROVED):
        raise WutongError.of("W792", state=fresh.get_state_display())
    fresh.state = DraftState.EDITING
    fresh.save(update_fields=["state"])
    record(actor, fresh, approval=fresh.approval.pk)
    return fresh


@writes("policies.adopt_draft")
def adopt_draft(*, actor: User, draft: PolicyDraft) -> ZonePolicy:
    """Make a proposed draft the zone's policy. Raises WutongError W783, W792, W798 for one of its authors, P120."""
    fresh = locked(draft, DraftState.PROPOSED)
    if actor.pk in fresh.authors:
        raise WutongError.of("W798")
    _on_present_base(fresh)
    policy = adopt_policy(actor=actor, zone=fresh.zone, text=fresh.text, cases=fresh.cases)
    fresh.state = DraftState.ADOPTED
    fresh.save(update_fields=["state"])
    record(actor, fresh, revision=fresh.revision, sha256=policy.sha256)
    return policy


@writes("policies.propose_retiring")
def propose_retiring(*, actor: User, policy: ZonePolicy, reason: str) -> Approval:
    """Ask to go back from the zone's own file to the one that ships. Raises WutongError W131 if that is asked already."""
    found = request_approval(
        actor=actor, kind="policies.retire", title=_t("停用园区政策：%(policy)s") % {"policy": policy}, reason=reason,
        payload={"policy": policy.pk}, zone=policy.zone)
    record(actor, policy, approval=found.pk)
    return found


def _adopted(approval: Approval) -> None:
    adopt_draft(actor=approval.decided_by, draft=PolicyDraft.objects.get(pk=approval.payload["draft"]))


def _retired(approval: Approval) -> None:
    retire_policy(actor=approval.decided_by, policy=ZonePolicy.objects.get(pk=approval.payload["policy"]))


register(ApprovalKind("policies.adopt", _("采用政策"), "policies.adopt", _adopted, ("policies:draft", "draft")))
register(ApprovalKind("policies.retire", _("停用园区政策"), "policies.adopt", _retired))
