"""Addresses of dashboards."""

from __future__ import annotations

from django.urls import path

from wutong.site.dashboards.views import zone

app_name = "dashboards"
urlpatterns = [
    path("", zone.Overview.as_view(), name="overview"),
    path("screen/", zone.Screen.as_view(), name="screen"),
]
