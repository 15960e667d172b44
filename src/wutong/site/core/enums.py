"""Closed lists of core, with their groups and labels, so that no string lists stand elsewhere."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person does. The first three are 三员: disjoint, one person holds at most one and nothing else."""

    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")
    ZONE_OFFICER = "zone_officer", _("园区经办")
    ZONE_LEAD = "zone_lead", _("园区审批")
    ZONE_VIEWER = "zone_viewer", _("园区查看")
    COMPANY_USER = "company_user", _("企业用户")
    JUDGE = "judge", _("评审专家")
    BANK = "bank", _("金融机构")


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
ZONE_STAFF = frozenset({Role.ZONE_OFFICER, Role.ZONE_LEAD, Role.ZONE_VIEWER})
STAFF = ADMINISTRATORS | ZONE_STAFF
OUTSIDE = frozenset({Role.COMPANY_USER, Role.JUDGE, Role.BANK})


class OrganisationKind(TextChoices):
    """What an organisation is to the zone."""

    OFFICE = "office", _("管理机构")
    COMPANY = "company", _("企业")
    BANK = "bank", _("金融机构")
    AGENCY = "agency", _("服务机构")


class ApprovalState(TextChoices):
    """Where a request stands."""

    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("已同意")
    REJECTED = "rejected", _("已驳回")
    WITHDRAWN = "withdrawn", _("已撤回")


class FieldClass(TextChoices):
    """How far a datum may travel."""

    PUBLIC = "public", _("公开")
    INTERNAL = "internal", _("内部")
    SENSITIVE = "sensitive", _("敏感")
    PERSONAL = "personal", _("个人")
