"""Questions about people."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from wutong.site.core.models import Organisation, RoleGrant, User


def people() -> QuerySet[User]:
    """Return everybody, with roles and organisation, for the administrators' pages."""
    return User.objects.select_related("organisation").prefetch_related("role_grants__zone")


def grants_of(user: User) -> QuerySet[RoleGrant]:
    """Return every role a person has or had, those in force first."""
    return user.role_grants.select_related("zone", "granted_by").order_by("revoked_at", "-granted_at")


def organisations_for_users() -> QuerySet[Organisation]:
    """Return the organisations of all zones: administrators stand outside of zones."""
    with scopes_disabled():
        return Organisation.objects.filter(is_active=True).select_related("zone")


def is_locked(user: User) -> bool:
    """Return whether wrong passwords have locked the account."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    return AccessAttempt.objects.filter(
        username=user.username, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since).exists()
