"""Setting up, changing and removing top lists: every step leaves one event."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.points.models import TopList
from wutong.site.runs.domain.queries.packs import models_of


@writes("toplist.create")
def create_list(*, actor: User | None, zone: Zone, **definition: Any) -> TopList:
    """Set up a list. Raises WutongError W551 for a name that is taken, W552, W553 for a model or stage there is not."""
    made = TopList(zone=zone, made_by=actor, **definition)
    _save(made)
    record(actor, made, **definition)
    return made


@writes("toplist.change")
def change_list(*, actor: User, top: TopList, **definition: Any) -> TopList:
    """Change what a list is of; the event keeps what it was. Raises W551, W552, W553 as for a new one."""
    before = {name: getattr(top, name) for name in definition}
    for name, value in definition.items():
        setattr(top, name, value)
    _save(top)
    record(actor, top, before=before, after=definition)
    return top


@writes("toplist.remove")
def remove_list(*, actor: User, top: TopList) -> None:
    """Remove a list; the event keeps its definition. Runs and scores stay."""
    record(actor, top, name=top.name, model=top.model, places=top.places, stage=top.stage, sector=top.sector, ties=top.ties)
    top.delete()


def _save(top: TopList) -> None:
    versions = [m for m in models_of(top.zone) if m.id == top.model and not m.empty]
    if not versions:
        raise WutongError.of("W552", model=top.model)
    stages = {s.zh for m in versions for s in m.stages}
    if top.stage and top.stage not in stages:
        raise WutongError.of("W553", stage=top.stage, known="、".join(sorted(stages)) or "—")
    try:
        with transaction.atomic():
            top.save()
    except IntegrityError:
        raise WutongError.of("W551", name=top.name) from None
