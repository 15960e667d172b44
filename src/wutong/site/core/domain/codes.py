"""Code lists."""

from __future__ import annotations

from wutong.errors import WutongError
from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import CodeItem, CodeList, User


@writes("codes.list")
def put_list(*, actor: User | None, code: str, name: str) -> CodeList:
    """Create a code list, or rename it."""
    made, new = CodeList.objects.update_or_create(code=code, defaults={"name": name})
    record(actor, made, new=new, name=name)
    return made


@writes("codes.item")
def put_item(
    *, actor: User | None, of: CodeList, code: str, zh: str, en: str = "", position: int = 0, is_active: bool = True,
) -> CodeItem:
    """Add a term or change it; a code is never reused for another meaning. Raises WutongError W153 without a name."""
    if not code.strip() or not zh.strip():
        raise WutongError.of("W153")
    fields = {"zh": zh, "en": en, "position": position, "is_active": is_active}
    item, new = CodeItem.objects.update_or_create(list=of, code=code, defaults=fields)
    record(actor, item, new=new, list=of.code, **fields)
    return item
