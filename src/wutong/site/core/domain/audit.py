"""Writing the audit chain; every write of the site goes through `writes`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from wutong.errors import WutongError
from wutong.site.core.context import present_address
from wutong.site.core.models import AuditEvent, AuditHead, AuditSeal, User, Zone

P = ParamSpec("P")
T = TypeVar("T")

# SM3 (GB/T 32905-2016) where OpenSSL has it, else SHA-256; the row says which.
ALGORITHM = "sm3" if "sm3" in hashlib.algorithms_available else "sha256"
RETENTION_AT_LEAST = timedelta(days=180)  # Cybersecurity Law art. 23(3): six months

_frames: ContextVar[tuple[_Frame, ...]] = ContextVar("audit_frames", default=())
WRITES: dict[str, Callable[..., Any]] = {}


@dataclass(slots=True)
class _Frame:
    action: str
    events: int = 0


def writes(action: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make a domain function atomic and hold it to exactly one audit event of its own, named `action`.

    A function that leaves none or two raises RuntimeError and its transaction is undone. Functions called inside
    that are decorated themselves leave their own events.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            frame = _Frame(action)
            token = _frames.set((*_frames.get(), frame))
            try:
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    if frame.events != 1:
                        raise RuntimeError(f"{function.__qualname__} left {frame.events} audit events, not 1")
                    return result
            finally:
                _frames.reset(token)

        if action in WRITES:
            raise RuntimeError(f"two domain functions are named {action}")
        WRITES[action] = run
        return run

    return decorate


def record(actor: User | None, target: models.Model | None = None, *, zone: Zone | None = None, **detail: Any) -> AuditEvent:
    """Append the one event of the running domain function: who, on what, with which details.

    `zone` defaults to that of the target, then to the actor's present one. Personal data do not belong into details.
    """
    if not _frames.get():
        raise RuntimeError("record() is called inside a function decorated with writes() only")
    frame = _frames.get()[-1]
    frame.events += 1
    place = zone or getattr(target, "zone", None) or (target if isinstance(target, Zone) else None) or getattr(actor, "zone", None)
    return _append(
        at=timezone.now(), actor=actor.pk if actor else None, actor_name=str(actor) if actor else "",
        address=present_address.get(), zone=place.code if place else "", action=frame.action,
        object_type=target._meta.label if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        object_text=str(target)[:200] if target is not None else "", detail=plain(detail),
    )


def _append(**fields: Any) -> AuditEvent:
    # The head is locked to the end of the transaction: links are made one after the other.
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(id=head.sequence + 1, previous=head.hash, algorithm=ALGORITHM, **fields)
    event.hash = link(event)
    event.save()
    head.sequence, head.hash = event.id, event.hash
    head.save()
    return event


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it: dates, decimals and ids as text.

    >>> plain({"on": date(2026, 11, 1), "ids": (1, 2)})
    {'on': '2026-11-01', 'ids': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def link(event: AuditEvent) -> str:
    """Return the hash of a row: over everything in it, the hash of the row before included."""
    content = [
        event.id, event.at.astimezone(UTC).isoformat(timespec="microseconds"), event.actor, event.actor_name,
        event.address, event.zone, event.action, event.object_type, event.object_id, event.object_text, event.detail,
        event.algorithm, event.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new(event.algorithm, text.encode("utf-8")).hexdigest()


@writes("audit.seal")
def seal_day(*, actor: User | None, day: date, folder: Path | None = None) -> AuditSeal:
    """Seal the chain up to the end of `day` and write the seal to a file that should be kept elsewhere.

    Sealing a day again returns the seal that is there. Raises WutongError W121 for a day without events before it.
    """
    end = timezone.make_aware(datetime(day.year, day.month, day.day)) + timedelta(days=1)  # noqa: DTZ001 - made aware here
    last = AuditEvent.objects.filter(at__lt=end).order_by("-id").first()
    if last is None:
        raise WutongError.of("W121", day=day.isoformat())
    seal, _made = AuditSeal.objects.get_or_create(
        day=day, defaults={"last": last.id, "hash": last.hash, "algorithm": last.algorithm})
    event = record(actor, None, day=day, last=seal.last, hash=seal.hash)
    target = folder or settings.DATA / "seals"
    target.mkdir(parents=True, exist_ok=True)
    content = {"day": day.isoformat(), "last": seal.last, "hash": seal.hash, "algorithm": seal.algorithm}
    (target / f"{day.isoformat()}.json").write_text(json.dumps({**content, "sealed_by": event.id}) + "\n", "utf-8")
    return seal


@writes("audit.prune")
def prune(*, actor: User | None, keep: timedelta) -> int:
    """Remove events older than `keep` up to a seal, so that the rest still verifies; return how many.

    Raises WutongError W122 for less than 180 days, W123 if no seal is that old.
    """
    if keep < RETENTION_AT_LEAST:
        raise WutongError.of("W122", days=keep.days)
    before = timezone.now() - keep
    seal = AuditSeal.objects.filter(day__lt=timezone.localdate(before)).order_by("-day").first()
    if seal is None:
        raise WutongError.of("W123", day=timezone.localdate(before).isoformat())
    old = models.QuerySet(AuditEvent).filter(id__lte=seal.last)
    count, _each = old.delete()
    record(actor, None, count=count, upto=seal.last, hash=seal.hash)
    return count
