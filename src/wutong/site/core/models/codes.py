"""Code lists that officers keep: sectors, tags, kinds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeList(models.Model):
    """A closed list of terms."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=80)

    class Meta:
        verbose_name = _("代码表")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CodeItem(models.Model):
    """One term: its code stays, its names may be mended, it is switched off rather than removed."""

    list = models.ForeignKey(CodeList, models.CASCADE, related_name="items")
    code = models.CharField(_("代码"), max_length=40)
    zh = models.CharField(_("中文名"), max_length=120)
    en = models.CharField(_("英文名"), max_length=120, blank=True)
    position = models.PositiveIntegerField(_("次序"), default=0)
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("代码项")
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("list", "code"), name="core_code_once"),)

    def __str__(self) -> str:
        return self.zh
