"""In each zone a draft that raises one award, and the golden cases with it."""

from __future__ import annotations

from types import SimpleNamespace

from wutong.site.policies.domain.drafts import change_draft, create_draft
from wutong.site.runs.domain.policies import adopt_policy
from wutong.site.runs.domain.queries.packs import file_text

ARGS = {"pack": "qingdao", "policy": "htz-qualified", "version": "2024"}
CASES = (("b2_first: 300000", "b2_first: 350000"), ("合计: 310000", "合计: 360000"))


def raised(draft) -> dict[str, str]:
    """Return the text and cases of a draft with a first award of 35万元 instead of 30万元."""
    cases = draft.cases
    for old, new in CASES:
        assert old in cases
        cases = cases.replace(old, new)
    old, new = "zh: 首次认定高企奖励, unit: 万元, value: '30'", "zh: 首次认定高企奖励, unit: 万元, value: '35'"
    assert old in draft.text
    return {"text": draft.text.replace(old, new), "cases": cases}


def build(place) -> None:
    """Add ``place.policy_draft``, changed once by the officer, and ``place.own_policy``, a shipped text the zone adopted."""
    officer = place.people["zone_officer"]
    officer.enter(place.zone)
    draft = create_draft(actor=officer, zone=place.zone, reason="提高首次认定奖励", **ARGS)
    place.policy_draft = change_draft(actor=officer, draft=draft, seen=0, **raised(draft))
    _file, text, cases = file_text(place.zone, "qingdao", "lanbei", "2021")
    place.own_policy = adopt_policy(actor=place.people["zone_lead"], zone=place.zone, text=text, cases=cases)


def build_installation(world) -> None:
    """Add ``world.draft_part`` and ``world.draft_kind`` as addresses name them."""
    world.draft_part, world.draft_kind, world.draft_policy = "parameters", "xlsx", SimpleNamespace(**ARGS)
