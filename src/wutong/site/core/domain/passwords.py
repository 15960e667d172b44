"""Password rules as profiles: level-3 等保 wants composition and change, OWASP ASVS 5.0 forbids both."""

from __future__ import annotations

import string
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wutong.site.core.models import User


@dataclass(frozen=True, slots=True)
class Profile:
    """What a password must be; None or 0: not asked for."""

    length: int
    classes: int
    remembered: int
    days: int | None


PROFILES = {
    # GB/T 22239-2019 8.1.4.1 asks for complexity and periodic change; figures as assessors usually want them.
    "mlps3": Profile(length=10, classes=3, remembered=5, days=90),
    # OWASP ASVS 5.0 6.2.1, 6.2.5, 6.2.10: long, no composition rules, no periodic change.
    "asvs": Profile(length=15, classes=0, remembered=0, days=None),
}


def profile() -> Profile:
    """Return the profile in force."""
    return PROFILES[settings.PASSWORD_PROFILE]


def classes(password: str) -> int:
    """Return how many of the four kinds of character occur: upper, lower, digit, other.

    >>> classes("Abc-1"), classes("密码abc")
    (4, 2)
    """
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    found = sum(any(c in kind for c in password) for kind in kinds)
    return found + any(all(c not in kind for kind in kinds) for c in password)


class ProfileValidator:
    """Holds a new password to the profile in force; registered in ``AUTH_PASSWORD_VALIDATORS``."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with every reason why the password will not do."""
        rules = profile()
        faults = []
        if len(password) < rules.length:
            faults.append(_("口令至少 %(n)d 位。") % {"n": rules.length})
        if classes(password) < rules.classes:
            faults.append(_("口令须含大写字母、小写字母、数字、其他符号中的至少 %(n)d 类。") % {"n": rules.classes})
        if user is not None and user.pk and _used(password, user, rules.remembered):
            faults.append(_("不能使用最近 %(n)d 次用过的口令。") % {"n": rules.remembered})
        if faults:
            raise ValidationError(faults)

    def get_help_text(self) -> str:
        """Return the rules as one sentence."""
        rules = profile()
        if not rules.classes:
            return _("至少 %(n)d 位，建议用容易记住的一句话。") % {"n": rules.length}
        return _("至少 %(n)d 位，含大写字母、小写字母、数字、其他符号中的至少 %(k)d 类；%(days)d 天更换一次，不得与最近 %(last)d 次相同。") % {
            "n": rules.length, "k": rules.classes, "days": rules.days, "last": rules.remembered}


def _used(password: str, user: User, remembered: int) -> bool:
    if not remembered:
        return False
    encoded = [record.encoded for record in user.password_records.all()[:remembered]]
    return any(check_password(password, one) for one in encoded)
