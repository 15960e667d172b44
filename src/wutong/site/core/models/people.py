"""People, what they may do, and the passwords they had."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

import rules
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wutong.site.core.enums import ADMINISTRATORS, STAFF, Role
from wutong.site.core.models.zones import Organisation, Zone
from wutong.site.core.text import pinyin_key


class UserManager(BaseUserManager):
    """Makes users; only ``domain.users`` calls it."""

    def create_user(self, username: str, password: str | None = None, **fields) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person. There is no superuser: what a person may do follows from the roles granted."""

    username = models.CharField(_("用户名"), max_length=64, unique=True)
    name = models.CharField(_("姓名"), max_length=64)
    name_pinyin = models.CharField(max_length=255, editable=False, db_index=True)
    email = models.EmailField(_("邮箱"), blank=True)
    phone = models.CharField(_("手机号"), max_length=20, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("机构"))
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(default=timezone.now)
    session_key = models.CharField(max_length=40, blank=True, editable=False)
    date_joined = models.DateTimeField(_("创建时间"), default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    # The zone of the present request; set by middleware, so that every predicate speaks of one zone.
    zone: Zone | None = None

    class Meta:
        verbose_name = _("用户")
        ordering = ("name_pinyin",)

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）"

    def save(self, *args, **kwargs) -> None:
        self.name_pinyin = pinyin_key(self.name)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def enter(self, zone: Zone | None) -> None:
        """Act in `zone` from now on (None: in no zone)."""
        self.zone = zone
        self.__dict__.pop("roles", None)

    @cached_property
    def grants(self) -> list[RoleGrant]:
        """The roles now in force, in every zone."""
        return list(self.role_grants.filter(revoked_at=None).select_related("zone"))

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles in force here: those of the installation and those of the present zone."""
        zone = self.zone.pk if self.zone else None
        return frozenset(Role(g.role) for g in self.grants if g.zone_id in (None, zone))

    @cached_property
    def zones(self) -> list[Zone]:
        """The zones in which the person holds a role."""
        return sorted({g.zone for g in self.grants if g.zone and g.zone.is_active}, key=lambda z: z.code)

    @property
    def is_staff_member(self) -> bool:
        """True for administrators and people of a zone's office, who need a second factor."""
        return any(g.role in STAFF for g in self.grants)

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Return the answer of the predicate registered in some ``rules.py``."""
        return self.is_active and rules.has_perm(permission, self, obj)

    def has_module_perms(self, _label: str) -> bool:
        return self.is_active

    def password_due(self, days: int | None, now: datetime) -> bool:
        """Return whether the password must be changed before anything else."""
        return self.must_change_password or (days is not None and now - self.password_changed_at > timedelta(days=days))


class RoleGrant(models.Model):
    """One role of one person, in one zone or (administrators) in the installation; ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="role_grants", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name=_("园区"))
    granted_at = models.DateTimeField(_("授予时间"), default=timezone.now)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审批人"))
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("角色授予")
        ordering = ("user", "role")
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(revoked_at=None, role__in=sorted(ADMINISTRATORS)),
                name="core_one_admin_role"),
            models.UniqueConstraint(
                fields=("user", "role", "zone"), condition=Q(revoked_at=None), name="core_grant_once"),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ADMINISTRATORS), zone=None)
                | (~Q(role__in=sorted(ADMINISTRATORS)) & Q(zone__isnull=False)),
                name="core_grant_place"),
        )

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.zone or ''}".strip()


class PasswordRecord(models.Model):
    """A password once used, as its hash: the last ones may not come back."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_records")
    encoded = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"
