"""One call of every write of policies, and of the zone's own policy files."""

from __future__ import annotations

from wutong.site.core.domain.approvals import decide_approval
from wutong.site.policies.domain.adoption import (
    adopt_draft,
    propose_draft,
    propose_retiring,
    request_adoption,
    return_draft,
)
from wutong.site.policies.domain.drafts import change_draft, create_draft, discard_draft
from wutong.site.policies.models import PolicyDraft
from wutong.site.runs.domain.policies import adopt_policy, retire_policy
from wutong.site.runs.models import ZonePolicy


def _officer(w):
    return w.here.people["zone_officer"]


def _lead(w):
    return w.here.people["zone_lead"]


def proposed(w) -> PolicyDraft:
    """Return the draft with its adoption asked for."""
    return propose_draft(actor=_officer(w), draft=w.here.policy_draft, reason="经办公会同意")


def adopted(w) -> ZonePolicy:
    """Return the draft's text as the zone's policy."""
    return adopt_policy(actor=_lead(w), zone=w.here.zone, text=w.here.policy_draft.text, cases=w.here.policy_draft.cases)


def _refused(w) -> PolicyDraft:
    draft = proposed(w)
    decide_approval(actor=_lead(w), approval=draft.approval, approve=False)
    return draft


CASES = {
    "policies.draft": lambda w: create_draft(
        actor=_officer(w), zone=w.here.zone, pack="national", policy="tsme", version="115-2017", reason="试"),
    "policies.change_draft": lambda w: change_draft(actor=_officer(w), draft=w.here.policy_draft, seen=1, cases=""),
    "policies.discard_draft": lambda w: discard_draft(actor=_officer(w), draft=w.here.policy_draft),
    "policies.propose_draft": lambda w: request_adoption(actor=_officer(w), draft=w.here.policy_draft, reason="同意"),
    "policies.return_draft": lambda w: return_draft(actor=_officer(w), draft=_refused(w)),
    "policies.adopt_draft": lambda w: adopt_draft(actor=_lead(w), draft=proposed(w)),
    "policies.adopt": adopted,
    "policies.propose_retiring": lambda w: propose_retiring(actor=_officer(w), policy=adopted(w), reason="恢复原政策"),
    "policies.retire": lambda w: retire_policy(actor=_lead(w), policy=adopted(w)),
}
