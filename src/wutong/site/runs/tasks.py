"""Runs in the background."""

from __future__ import annotations

from django_scopes import scope
from django_tasks import task

from wutong.site.core.models import Zone


@task()
def work(zone_id: int, run_id: int) -> str:
    """Carry out a run; a run that is not waiting any more is left alone."""
    from wutong.site.runs.domain.work import carry_out  # noqa: PLC0415 - the domain enqueues this task

    zone = Zone.objects.get(pk=zone_id)
    with scope(zone=zone):
        return carry_out(run_id)
