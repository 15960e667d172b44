"""Drafts of policies: begin, change, discard."""

from __future__ import annotations

from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.policies.enums import DraftState
from wutong.site.policies.models import PolicyDraft
from wutong.site.runs.domain.queries.packs import file_text


@writes("policies.draft")
def create_draft(*, actor: User, zone: Zone, pack: str, policy: str, version: str, reason: str) -> PolicyDraft:
    """Begin a draft from a version as the zone has it. Raises WutongError W791 for a version that is not there."""
    from wutong.policy.edit.document import document, to_yaml  # noqa: PLC0415 - the engine loads slowly

    found = file_text(zone, pack, policy, version)
    if found is None:
        raise WutongError.of("W791", policy=f"{pack}/{policy}", version=version)
    file, text, cases = found
    said = document(text, file)
    base = to_yaml(said)
    draft = PolicyDraft.objects.create(
        zone=zone, pack=pack, policy=policy, name=said["name"]["zh"], file=file, base_version=version, version=version,
        base=base, text=base, cases=cases, reason=reason, created_by=actor, authors=[actor.pk])
    record(actor, draft, pack=pack, policy=policy, version=version, reason=reason)
    return draft


def base_text(zone: Zone, pack: str, policy: str, version: str) -> str:
    """Return a version as the zone has it now, in normal form, "" if there is none."""
    from wutong.policy.edit.document import document, to_yaml  # noqa: PLC0415 - the engine loads slowly

    found = file_text(zone, pack, policy, version)
    return to_yaml(document(found[1], found[0])) if found else ""


@writes("policies.change_draft")
def change_draft(*, actor: User, draft: PolicyDraft, seen: int, text: str | None = None, cases: str | None = None) -> PolicyDraft:
    """Save a new text or new golden cases; `seen` is the revision the person changed.

    Raises WutongError W792 for a draft that is not open, W793 if a colleague saved in between, W794 if the file is of
    another policy, P101, P108, P122 for a text that is no policy file, W795 for one that is too long.
    """
    fresh = locked(draft, DraftState.EDITING)
    if fresh.revision != seen:
        raise WutongError.of("W793", name=fresh.name)
    if text is not None:
        _take_text(fresh, text)
    if cases is not None:
        fresh.cases = cases.replace("\r\n", "\n")
    _short(fresh)
    fresh.revision, fresh.changed_at = fresh.revision + 1, timezone.now()
    fresh.authors = sorted({*fresh.authors, actor.pk})
    fresh.save()
    record(actor, fresh, revision=fresh.revision, version=fresh.version)
    return fresh


MOST = 2_000_000
"""Characters of a policy file; the largest that ships has 40,000."""


def _short(draft: PolicyDraft) -> None:
    if max(len(draft.text), len(draft.cases)) > MOST:
        raise WutongError.of("W795", most=MOST)


def _take_text(draft: PolicyDraft, text: str) -> None:
    from wutong.policy.edit.document import document, to_yaml  # noqa: PLC0415 - the engine loads slowly

    said = document(text, draft.file)
    if (said.get("pack"), said.get("policy")) != (draft.pack, draft.policy):
        raise WutongError.of("W794", found=f"{said.get('pack')}/{said.get('policy')}", needed=f"{draft.pack}/{draft.policy}")
    draft.text, draft.version = to_yaml(said), said.get("version", "")[:40]
    draft.name = said.get("name", {}).get("zh", "")[:120] or draft.name


@writes("policies.discard_draft")
def discard_draft(*, actor: User, draft: PolicyDraft) -> PolicyDraft:
    """Give a draft up; it stays to be read. Raises WutongError W792."""
    fresh = locked(draft, DraftState.EDITING)
    fresh.state = DraftState.DISCARDED
    fresh.save(update_fields=["state"])
    record(actor, fresh)
    return fresh


def locked(draft: PolicyDraft, *states: DraftState) -> PolicyDraft:
    """Return the draft read again under lock. Raises W792 unless it is in one of `states`."""
    fresh = PolicyDraft.objects.select_for_update().get(pk=draft.pk)
    if fresh.state not in states:
        raise WutongError.of("W792", state=fresh.get_state_display())
    return fresh

