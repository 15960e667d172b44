"""How people keep order among companies: tags, saved views, merged duplicates."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.models import User, Zone
from wutong.site.registry.models.companies import Company


class Tag(models.Model):
    """A word people of the zone put on companies."""

    zone = models.ForeignKey(Zone, models.PROTECT)
    name = models.CharField(_("标签"), max_length=24)
    companies = models.ManyToManyField(Company, related_name="tags")

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("标签")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("zone", "name"), name="registry_tag_name"),)

    def __str__(self) -> str:
        return self.name


class ViewQuerySet(models.QuerySet):
    """Saved views, as far as a person may see them."""

    def visible_to(self, user) -> ViewQuerySet:
        """Return the own ones and those shared in the zone."""
        return self.filter(Q(owner=user) | Q(is_shared=True), zone=user.zone)


class SavedView(models.Model):
    """A filter and sort order of the list of companies, under a name."""

    zone = models.ForeignKey(Zone, models.PROTECT)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(max_length=500)
    is_shared = models.BooleanField(_("园区内共享"), default=False)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(ViewQuerySet))

    class Meta:
        verbose_name = _("视图")
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("zone", "owner", "name"), name="registry_view"),)

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """Two entries of one company made one; it can be undone as long as it stands."""

    zone = models.ForeignKey(Zone, models.PROTECT)
    kept = models.ForeignKey(Company, models.PROTECT, related_name="merges", verbose_name=_("保留"))
    gone = models.ForeignKey(Company, models.PROTECT, related_name="merged_into", verbose_name=_("并入"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("时间"), default=timezone.now)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = ScopedManager(zone="zone")

    class Meta:
        verbose_name = _("合并")
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("gone",), condition=Q(undone_at=None), name="registry_merged_once"),)

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"

    @property
    def origin(self) -> str:
        """What the kept company's statements remember of where they come from."""
        return f"merge:{self.pk}"
