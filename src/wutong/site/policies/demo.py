"""A draft for the demo zone: one award raised, to be tried, checked and proposed."""

from __future__ import annotations

from wutong.site.core.demo import Place
from wutong.site.policies.domain.drafts import change_draft, create_draft

ORDER = 60


def seed(place: Place) -> None:
    """Begin a draft that raises the first award of 高企 from 30 to 35万元; its golden cases still expect the old figure."""
    officer = place.people["zone_officer"]
    draft = create_draft(
        actor=officer, zone=place.zone, pack="qingdao", policy="htz-qualified", version="2024",
        reason="演示：试算首次认定奖励提高到35万元的影响")
    text = draft.text.replace("zh: 首次认定高企奖励, unit: 万元, value: '30'", "zh: 首次认定高企奖励, unit: 万元, value: '35'")
    change_draft(actor=officer, draft=draft, seen=draft.revision, text=text)
