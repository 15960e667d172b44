"""Addresses of portraits."""

from __future__ import annotations

from django.urls import path

from wutong.site.portraits.views import portraits, services

app_name = "portraits"
urlpatterns = [
    path("", portraits.Portraits.as_view(), name="portraits"),
    path("mine/", portraits.Mine.as_view(), name="mine"),
    path("services/<int:pk>/withdraw/", services.ServiceWithdraw.as_view(), name="service_withdraw"),
    path("<str:uscc>/", portraits.PortraitPage.as_view(), name="portrait"),
    path("<str:uscc>/services/new/", services.ServiceNew.as_view(), name="service_new"),
    path("<str:uscc>/<str:kind>/", portraits.PortraitFile.as_view(), name="file"),
]
