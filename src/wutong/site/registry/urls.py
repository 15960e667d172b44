"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from wutong.site.registry.views import companies

app_name = "registry"
urlpatterns = [
    path("", companies.CompanyList.as_view(), name="companies"),
    path("new", companies.CompanyNew.as_view(), name="company_new"),
    path("<str:uscc>/", companies.CompanyDetail.as_view(), name="company"),
    path("<str:uscc>/edit", companies.CompanyEdit.as_view(), name="company_edit"),
]
