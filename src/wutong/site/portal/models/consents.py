"""A company's consent that an organisation may read its portrait: for a purpose, until a day, ended at will."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import Organisation, User, Zone
from wutong.site.registry.models import Company


class ConsentQuerySet(models.QuerySet):
    """Consents, as far as a person may see them."""

    def visible_to(self, user) -> ConsentQuerySet:
        """Return those of the companies the person may see, and for a bank those given to it."""
        of_companies = Q(company__in=Company.objects.all().visible_to(user))
        given = Q(organisation=user.organisation_id) if user.organisation_id else Q(pk=None)
        return self.filter(of_companies | given)

    def in_force(self) -> ConsentQuerySet:
        """Return those that hold today."""
        today = timezone.localdate()
        return self.filter(withdrawn_at=None, since__lte=today, until__gte=today)


class Consent(models.Model):
    """What one company allows one organisation."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="consents", verbose_name=_("企业"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="consents", verbose_name=_("被授权机构"))
    purpose = models.CharField(_("用途"), max_length=200)
    since = models.DateField(_("开始"), default=timezone.localdate)
    until = models.DateField(_("截止"))
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("授权人"))
    granted_at = models.DateTimeField(_("授权时间"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ConsentQuerySet))

    class Meta:
        verbose_name = _("数据授权")
        ordering = ("-granted_at", "-pk")

    def __str__(self) -> str:
        return f"{self.company} → {self.organisation}"

    @property
    def holds(self) -> bool:
        """Whether it is in force today."""
        return self.withdrawn_at is None and self.since <= timezone.localdate() <= self.until
