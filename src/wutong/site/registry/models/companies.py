"""Companies."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Zone
from wutong.site.core.text import initials, pinyin_key
from wutong.site.registry.enums import CompanyState


class CompanyQuerySet(models.QuerySet):
    """Companies, as far as a person may see them."""

    def visible_to(self, user) -> CompanyQuerySet:
        """Return all companies of the zone for its staff, the own one for a company's user, none for others."""
        from wutong.site.core.rules import is_company_user, is_zone_staff  # noqa: PLC0415 - models come before rules

        if is_zone_staff(user):
            return self.filter(zone=user.zone)
        if is_company_user(user) and user.organisation and user.organisation.uscc:
            return self.filter(zone=user.zone, uscc=user.organisation.uscc)
        return self.none()

    def in_care(self, moment=None) -> CompanyQuerySet:
        """Return the companies in the zone's care, now or as known at `moment`."""
        if moment is None:
            return self.filter(known_until=None)
        return self.filter(created_at__lte=moment).filter(models.Q(known_until=None) | models.Q(known_until__gt=moment))


class Company(models.Model):
    """A legal person in the zone; figures about it are `Fact` rows, only what identifies it stands here."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    name = models.CharField(_("企业名称"), max_length=128)
    name_pinyin = models.CharField(max_length=255, editable=False)
    name_initials = models.CharField(max_length=64, editable=False)
    sector = models.CharField(_("行业"), max_length=80, blank=True)
    registered_on = models.DateField(_("注册日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=CompanyState, default=CompanyState.ACTIVE)
    origin = models.CharField(max_length=40, blank=True)  # what entered it in bulk, such as an import's batch
    created_at = models.DateTimeField(_("录入时间"), default=timezone.now)
    known_until = models.DateTimeField(null=True, editable=False)  # since when it is not in the zone's care

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(CompanyQuerySet))

    class Meta:
        verbose_name = _("企业")
        ordering = ("name_pinyin",)
        constraints = (models.UniqueConstraint(fields=("zone", "uscc"), name="registry_uscc"),)
        indexes = (
            models.Index(fields=("zone", "name_pinyin", "id"), name="registry_company_name"),
            models.Index(fields=("zone", "sector"), name="registry_company_sector"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        self.index_name()
        self.known_until = None if self.state == CompanyState.ACTIVE else self.known_until or timezone.now()
        super().save(*args, **kwargs)

    def index_name(self) -> None:
        """Fill what sorting and searching need; call it before ``bulk_create``, which calls no ``save``."""
        self.name_pinyin, self.name_initials = pinyin_key(self.name), initials(self.name)[:64]
