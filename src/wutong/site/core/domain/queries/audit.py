"""Verifying the audit chain."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from wutong.site.core.domain.audit import link
from wutong.site.core.models import AuditEvent, AuditHead, AuditSeal

REASONS = {
    "missing": _("缺少这一条"), "altered": _("内容与哈希不符"), "unlinked": _("与前一条不相连"),
    "head": _("与链尾记录不符"), "seal": _("与当日封存不符"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: how many rows are sound, and the first that is not, with the reason as a code."""

    checked: int
    bad: int | None = None
    reason: str = ""  # missing | altered | unlinked | head | seal

    @property
    def text(self) -> str:
        """The reason in words."""
        return str(REASONS[self.reason]) if self.reason else ""

    @property
    def sound(self) -> bool:
        """True if nothing is wrong."""
        return self.bad is None


def verify() -> Verdict:
    """Walk the whole chain and name the first row that is missing, altered or not linked to the one before."""
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    seals = {seal.last: seal for seal in AuditSeal.objects.all()}
    expected: int | None = None
    previous, count = "", 0
    for event in AuditEvent.objects.order_by("id").iterator(chunk_size=2000):
        if expected is None:
            expected, previous = _start(event, seals)
        reason = _fault(event, expected, previous, seals)
        if reason:
            return Verdict(count, expected if reason == "missing" else event.id, reason)
        previous, count, expected = event.hash, count + 1, event.id + 1
    last = (expected or 1) - 1
    if head.sequence != last:
        return Verdict(count, last + 1, "missing")
    return Verdict(count) if head.hash == previous else Verdict(count, last, "head")


def _start(first: AuditEvent, seals: dict[int, AuditSeal]) -> tuple[int, str]:
    """Return the number and hash the oldest row must link to: the very start, or a seal older rows were pruned to."""
    seal = seals.get(first.id - 1)
    return (first.id, seal.hash) if seal else (1, "")


def _fault(event: AuditEvent, expected: int, previous: str, seals: dict[int, AuditSeal]) -> str:
    if event.id != expected:
        return "missing"
    if event.previous != previous:
        return "unlinked"
    if link(event) != event.hash:
        return "altered"
    seal = seals.get(event.id)
    return "seal" if seal and seal.hash != event.hash else ""
