"""Personal data as it is shown to people who need not know it (PIPL articles 6, 51; GB/T 35273-2020 §6.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wutong.site.core.enums import FieldClass


def mask_phone(text: str) -> str:
    """Keep the first three and last four digits.

    >>> mask_phone("13812345678"), mask_phone("123")
    ('138****5678', '***')
    """
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) > 7 else "*" * len(text)


def mask_id_card(text: str) -> str:
    """Keep the region's first two digits and the last two.

    >>> mask_id_card("370212199001011234")
    '37**************34'
    """
    return f"{text[:2]}{'*' * (len(text) - 4)}{text[-2:]}" if len(text) > 8 else "*" * len(text)


def mask_account(text: str) -> str:
    """Keep the last four digits of a bank account.

    >>> mask_account("6222020200012345678")
    '***************5678'
    """
    return f"{'*' * (len(text) - 4)}{text[-4:]}" if len(text) > 8 else "*" * len(text)


def mask_name(text: str) -> str:
    """Keep the family name's first character.

    >>> mask_name("欧阳小明"), mask_name("")
    ('欧***', '')
    """
    return f"{text[:1]}{'*' * (len(text) - 1)}"


def mask_email(text: str) -> str:
    """Keep the first letter and the host.

    >>> mask_email("wang@example.com")
    'w***@example.com'
    """
    name, at, host = text.partition("@")
    return f"{name[:1]}***{at}{host}" if at else "*" * len(text)


@dataclass(frozen=True, slots=True)
class MaskedField:
    """A model field that is shown masked; `reveal` is the permission to see it whole, with a reason."""

    kind: FieldClass
    mask: Callable[[str], str]
    reveal: str


_FIELDS: dict[str, MaskedField] = {}


def register(label: str, mask: Callable[[str], str], *, reveal: str, kind: FieldClass = FieldClass.PERSONAL) -> None:
    """Register ``app.Model.field``; templates then show it through ``masked``, exports through `masked_value`."""
    _FIELDS[label.lower()] = MaskedField(kind, mask, reveal)


def field_of(obj: object, name: str) -> MaskedField | None:
    """Return the registration of a field of a model instance, None if it is shown to all who see the object."""
    meta = getattr(obj, "_meta", None)
    return _FIELDS.get(f"{meta.label_lower}.{name}".lower()) if meta else None


def masked_value(obj: object, name: str) -> str:
    """Return the field's value as it may be shown: masked if registered, else as it is."""
    value = getattr(obj, name)
    field = field_of(obj, name)
    return field.mask(str(value)) if field and value else ("" if value is None else str(value))
