"""What a company that fails one condition of a policy could change, as the engine searches it over the run's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import caches

from wutong.site.runs.models import Match

if TYPE_CHECKING:
    from wutong.packs import Policy
    from wutong.policy.nearmiss import NearMiss


def _key(match: Match) -> str:
    return f"near:{match.run.place.hex}:{match.pk}"


def known(match: Match) -> NearMiss | None:
    """Return the answer for a match if it was searched before: a run never changes, so it stays true."""
    found: NearMiss | None = caches["shared"].get(_key(match))
    return found


def cheapest(match: Match) -> tuple[NearMiss, Policy]:
    """Return what a company lacks and the cheapest ways to mend it, with the policy as the run used it.

    The search takes from a third of a second to some fifteen; its answer is kept for all processes.
    """
    from wutong.policy.facts import read_company  # noqa: PLC0415 - the engine loads slowly
    from wutong.policy.nearmiss import near_miss  # noqa: PLC0415 - the engine loads slowly
    from wutong.report.asked import asked_run  # noqa: PLC0415 - the engine loads slowly

    about = asked_run(match.run.folder)
    policy = next(p for p in about.policies if p.key == match.policy.replace("/", ".", 1))
    found = known(match)
    if found is None:
        found = near_miss(read_company(about.tables, match.company.uscc), policy, about.on, mode=about.mode)
        caches["shared"].set(_key(match), found, None)
    return found, policy
