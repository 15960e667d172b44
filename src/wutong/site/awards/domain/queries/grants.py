"""A list as the engine's own, so that its documents and files are the engine's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wutong.site.awards.models import Award, AwardList

if TYPE_CHECKING:
    from wutong.policy.autogrant import Grant, GrantList


def as_grant(award: Award) -> Grant:
    """Return an award as `wutong.policy.autogrant` has it."""
    from wutong.policy.autogrant import Grant  # noqa: PLC0415 - the engine loads slowly

    return Grant(award.key, award.company.uscc, award.company.name, award.policy, award.benefit, award.benefit_name, award.year,
                 award.amount, award.state, award.note)


def as_grants(award_list: AwardList) -> GrantList:
    """Return the list as `wutong.policy.autogrant` has it, in its order."""
    from wutong.policy.autogrant import GrantList  # noqa: PLC0415 - the engine loads slowly

    awards = list(award_list.awards.select_related("company"))
    grants = [as_grant(a) for a in awards]
    return GrantList(
        award_list.on, award_list.run.number if award_list.run else "", award_list.rehearsal,
        tuple(sorted(grants, key=lambda g: (g.policy, g.company, g.benefit))), {a.policy: a.policy_name for a in awards},
        {k: tuple(v) for k, v in award_list.refused.items()}, award_list.undecided)
