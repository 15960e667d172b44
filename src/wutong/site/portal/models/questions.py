"""Questions to companies: a fact nobody knows, asked, answered with evidence, taken over or sent back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import StoredFile, User, Zone
from wutong.site.portal.enums import QuestionState
from wutong.site.registry.models import Company, Fact


class QuestionQuerySet(models.QuerySet):
    """Questions, as far as a person may see them."""

    def visible_to(self, user) -> QuestionQuerySet:
        """Return the questions to the companies the person may see."""
        return self.filter(company__in=Company.objects.all().visible_to(user))


class Question(models.Model):
    """One fact asked of one company; `code` and `period` as in the catalogue."""

    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="questions", verbose_name=_("企业"))
    code = models.CharField(max_length=48)
    period = models.CharField(_("期间"), max_length=10, blank=True)
    fact = models.CharField(_("询问的数据"), max_length=120)
    why = models.CharField(_("用途"), max_length=400, blank=True)
    state = models.CharField(_("状态"), max_length=9, choices=QuestionState, default=QuestionState.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("询问人"))
    asked_at = models.DateTimeField(_("询问时间"), default=timezone.now)
    value = models.CharField(_("回答"), max_length=400, blank=True)  # as the catalogue stores it
    source = models.CharField(_("依据"), max_length=200, blank=True)
    evidence = models.ForeignKey(StoredFile, models.PROTECT, null=True, verbose_name=_("佐证文件"))
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("回答人"))
    answered_at = models.DateTimeField(_("回答时间"), null=True)
    note = models.CharField(_("退回说明"), max_length=200, blank=True)
    recorded = models.ForeignKey(Fact, models.PROTECT, null=True, related_name="+", verbose_name=_("事实"))

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(QuestionQuerySet))

    class Meta:
        verbose_name = _("企业询问")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("company", "code", "period"), condition=Q(state__in=("open", "answered")), name="portal_asked_once"),
        )

    def __str__(self) -> str:
        return f"{self.company} · {self.fact}"
