"""Tokens: what a program shows instead of a password. Only their hash is kept."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Organisation, User, Zone


class TokenQuerySet(models.QuerySet):
    """Tokens, as far as a person may see them."""

    def visible_to(self, user) -> TokenQuerySet:
        """Return the own ones, and those of the own organisation."""
        own = self.filter(holder=user)
        return own | self.filter(organisation=user.organisation_id) if user.organisation_id else own


class Token(models.Model):
    """A token of an organisation in a zone; it may read what its holder may read, as long as the holder may."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, verbose_name=_("机构"))
    holder = models.ForeignKey(User, models.PROTECT, related_name="tokens", verbose_name=_("持有人"))
    name = models.CharField(_("用途"), max_length=80)
    prefix = models.CharField(_("前缀"), max_length=8, unique=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the whole token: 256 bits of chance need no slow hash
    made_at = models.DateTimeField(_("创建时间"), default=timezone.now)
    until = models.DateField(_("有效期至"))
    used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(TokenQuerySet))

    class Meta:
        verbose_name = _("接口令牌")
        ordering = ("-made_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name}（{self.prefix}…）"

    @property
    def holds(self) -> bool:
        """Whether it opens anything today."""
        return self.revoked_at is None and timezone.localdate() <= self.until and self.holder.is_active
