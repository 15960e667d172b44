"""Tables of core."""

from wutong.site.core.models.approvals import Approval
from wutong.site.core.models.audit import AuditEvent, AuditHead, AuditSeal
from wutong.site.core.models.codes import CodeItem, CodeList
from wutong.site.core.models.files import StoredFile
from wutong.site.core.models.people import PasswordRecord, RoleGrant, User
from wutong.site.core.models.zones import Organisation, Zone

__all__ = [
    "Approval", "AuditEvent", "AuditHead", "AuditSeal", "CodeItem", "CodeList", "Organisation", "PasswordRecord",
    "RoleGrant", "StoredFile", "User", "Zone",
]
