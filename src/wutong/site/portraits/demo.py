"""Services for some companies of the demo zone, invented like the companies."""

from __future__ import annotations

from datetime import timedelta

from wutong.site.core.demo import Place
from wutong.site.portraits.domain.services import record_service
from wutong.site.portraits.enums import ServiceKind
from wutong.site.registry.models import Company

ORDER = 10
FIRST = 12
"""So many companies have a story to tell."""
STORY = (
    (610, ServiceKind.CONTACT, "创业大赛路演后首次接触，留下联系方式"), (540, ServiceKind.VISIT, "走访企业，了解中试和检验检测需求"),
    (455, ServiceKind.SPACE, "协助选定孵化载体，办理入驻"), (300, ServiceKind.TUTORING, "研发费用归集辅导"),
    (190, ServiceKind.POLICY, "推送并解读科技型中小企业评价通知"), (95, ServiceKind.MATCHMAKING, "与本地三甲医院对接临床合作"),
    (20, ServiceKind.MILESTONE, "首台样机通过型式检验"),
)


def seed(place: Place) -> None:
    """Tell the story from first contact to today."""
    officer = place.people["zone_officer"]
    for company in Company.objects.filter(zone=place.zone, uscc__contains="DEM").order_by("uscc")[:FIRST]:
        for days, kind, text in STORY:
            day = place.today - timedelta(days=days)
            if company.registered_on is None or day >= company.registered_on:
                record_service(actor=officer, company=company, day=day, kind=kind, text=text)
