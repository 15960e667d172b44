"""Official weights for models that ship without: proposed from a filled sheet, counting once another person agreed."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from wutong.errors import WutongError
from wutong.points.model import PointModel
from wutong.site.core.domain.approvals import ApprovalKind, register, request_approval
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import Approval, StoredFile, User, Zone
from wutong.site.runs.domain.queries.packs import point_models
from wutong.site.runs.models import ZoneModel

SHOWN = 12  # letters of a hash that tell two files apart


def needs_weights(model: PointModel) -> bool:
    """Tell whether a version ships without weights; only such a one can be completed."""
    return any((m.id, m.version) == (model.id, model.version) and m.empty for m in point_models())


@writes("weights.propose")
def propose_weights(*, actor: User, zone: Zone, text: str, made: PointModel, file: StoredFile, reason: str) -> ZoneModel:
    """Keep a completed model and ask another person to adopt it. Raises WutongError W554 for a model that has weights."""
    if not needs_weights(made):
        raise WutongError.of("W554", model=f"{made.id}@{made.version}")
    origin = made.provenance
    weights = ZoneModel.objects.create(
        zone=zone, model=made.id, version=made.version, text=text, sha256=made.sha256, document=origin["document"],
        clause=origin["clause"], url=origin["url"], entered_by=origin["by"], entered_on=date.fromisoformat(origin["on"]), file=file)
    weights.approval = request_approval(
        actor=actor, kind="points.weights", reason=reason, payload={"weights": weights.pk}, zone=zone,
        title=_t("官方权重：%(model)s，%(document)s（%(digest)s）") % {
            "model": made.zh, "document": weights.document, "digest": made.sha256[:SHOWN]})
    weights.save(update_fields=["approval"])
    record(actor, weights, model=made.id, version=made.version, sha256=made.sha256, document=weights.document)
    return weights


@writes("weights.adopt")
def adopt_weights(*, actor: User, weights: ZoneModel) -> ZoneModel:
    """Make a completed model the one the zone's runs use; the one before stays on record as replaced."""
    now = timezone.now()
    counting = ZoneModel.objects.filter(zone=weights.zone, model=weights.model, version=weights.version, replaced_at=None)
    counting.exclude(adopted_at=None).exclude(pk=weights.pk).update(replaced_at=now)
    weights.adopted_by, weights.adopted_at = actor, now
    weights.save(update_fields=["adopted_by", "adopted_at"])
    record(actor, weights, model=weights.model, version=weights.version, sha256=weights.sha256)
    return weights


def _agreed(approval: Approval) -> None:
    adopt_weights(actor=approval.decided_by, weights=ZoneModel.objects.get(pk=approval.payload["weights"]))


register(ApprovalKind("points.weights", _("官方权重"), "points.decide_weights", _agreed))
