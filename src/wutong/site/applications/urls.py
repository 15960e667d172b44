"""Addresses of applications."""

from __future__ import annotations

from django.urls import path

from wutong.site.applications.views import pages

app_name = "applications"
urlpatterns = [
    path("", pages.Applications.as_view(), name="applications"),
    path("mine/", pages.Mine.as_view(), name="mine"),
    path("start", pages.Start.as_view(), name="start"),
    path("claims", pages.Claims.as_view(), name="claims"),
    path("<int:pk>/", pages.ApplicationPage.as_view(), name="application"),
    path("<int:pk>/attach", pages.Attach.as_view(), name="attach"),
    path("<int:pk>/submit", pages.Submit.as_view(), name="submit"),
    path("<int:pk>/return", pages.Return.as_view(), name="return"),
    path("<int:pk>/propose", pages.Propose.as_view(), name="propose"),
    path("<int:pk>/withdraw", pages.Withdraw.as_view(), name="withdraw"),
]
