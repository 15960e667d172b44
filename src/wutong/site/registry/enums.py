"""Closed lists of the registry."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CompanyState(TextChoices):
    """Whether a company is in the zone's care."""

    ACTIVE = "active", _("在册")
    LEFT = "left", _("迁出")
    CLOSED = "closed", _("注销")
    MERGED = "merged", _("已并入")
    WITHDRAWN = "undone", _("已撤销录入")


class SourceRank(IntegerChoices):
    """How far a source is believed where sources disagree: the smaller number counts, the others stay readable."""

    OFFICIAL = 10, _("政府部门登记")
    AUDITED = 20, _("审计或鉴证报告")
    DECLARED = 30, _("企业填报")
    PUBLIC = 40, _("公开信息")
    OTHER = 50, _("其他")
