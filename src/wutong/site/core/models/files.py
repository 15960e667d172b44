"""Files people hand in: kept outside the static tree, under random names."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from wutong.site.core.enums import OUTSIDE, FieldClass
from wutong.site.core.models.zones import Organisation, Zone


class FileQuerySet(models.QuerySet):
    """Files, as far as a person may see them."""

    def visible_to(self, user) -> FileQuerySet:
        """Return all files of the zone for its staff, the own organisation's for people from outside."""
        if user.roles & OUTSIDE and not user.has_perm("core.view_files"):
            return self.filter(organisation=user.organisation_id) if user.organisation_id else self.none()
        return self.all() if user.has_perm("core.view_files") else self.none()


class StoredFile(models.Model):
    """One file: what it is by its content, its hash, whose it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, verbose_name=_("园区"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("机构"))
    name = models.CharField(_("文件名"), max_length=200)
    kind = models.CharField(_("类型"), max_length=8)
    size = models.BigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    sensitivity = models.CharField(_("密级"), max_length=10, choices=FieldClass, default=FieldClass.INTERNAL)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"), default=timezone.now)

    objects = ScopedManager(zone="zone", _manager_class=models.Manager.from_queryset(FileQuerySet))

    class Meta:
        verbose_name = _("文件")
        ordering = ("-uploaded_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the content lies below the files folder: two letters, then the id; never the user's own name."""
        return f"{self.id.hex[:2]}/{self.id.hex}"
