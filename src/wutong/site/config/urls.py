"""Addresses: signing in (allauth, only the pages in use), then each app under its prefix."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path
from django.views.i18n import set_language

from wutong.site.config.apps import urlpatterns as of_apps

urlpatterns = [
    path("language", set_language, name="set_language"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/factors/", factors.index, name="mfa_index"),
    path("account/factors/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("account/factors/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("account/factors/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factors/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/factors/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/factors/recovery/generate/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/factors/recovery/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    *of_apps(),
]

handler400 = "wutong.site.core.views.errors.bad_request"
handler403 = "wutong.site.core.views.errors.forbidden"
handler404 = "wutong.site.core.views.errors.not_found"
handler500 = "wutong.site.core.views.errors.server_error"
