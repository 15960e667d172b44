"""陪伴式服务: what the zone did for a company, from first contact to today."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import User, Zone
from wutong.site.portraits.enums import ServiceKind
from wutong.site.registry.models import Company


class ServiceQuerySet(models.QuerySet):
    """Services, as far as a person may see them."""

    def visible_to(self, user) -> ServiceQuerySet:
        """Return the services of the companies the person may see."""
        return self.filter(company__in=Company.objects.all().visible_to(user))

    def standing(self) -> ServiceQuerySet:
        """Return those nobody took back."""
        return self.filter(withdrawn_at=None)


class Service(models.Model):
    """One service on one day; a wrong one is taken back, never changed."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="services", verbose_name=_("企业"))
    day = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=10, choices=ServiceKind)
    text = models.CharField(_("内容"), max_length=400)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ServiceQuerySet))

    class Meta:
        verbose_name = _("陪伴式服务")
        ordering = ("day", "pk")
        indexes = (models.Index(fields=("company", "day"), name="portraits_service_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
