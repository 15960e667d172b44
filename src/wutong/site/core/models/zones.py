"""Zones and organisations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.enums import OrganisationKind
from wutong.site.core.text import pinyin_key


class Zone(models.Model):
    """One high-tech zone; several live in one installation and never see each other."""

    code = models.SlugField(_("代码"), max_length=32, unique=True)
    name = models.CharField(_("名称"), max_length=64, unique=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("园区")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """An office, company, bank or agency whose people sign in."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    kind = models.CharField(_("类别"), max_length=16, choices=OrganisationKind)
    name = models.CharField(_("名称"), max_length=128)
    name_pinyin = models.CharField(max_length=255, editable=False, db_index=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("机构")
        ordering = ("name_pinyin",)
        constraints = (models.UniqueConstraint(fields=("zone", "name"), name="core_org_name"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.name_pinyin = pinyin_key(self.name)
        super().save(*args, **kwargs)
