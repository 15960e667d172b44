"""Addresses of the registry."""

from __future__ import annotations

from django.urls import path

from wutong.site.registry.views import companies, desk

app_name = "registry"
urlpatterns = [
    path("", companies.CompanyList.as_view(), name="companies"),
    path("new", companies.CompanyNew.as_view(), name="company_new"),
    path("tag", desk.CompaniesTag.as_view(), name="companies_tag"),
    path("views/new", desk.ViewSave.as_view(), name="view_save"),
    path("views/<int:pk>/remove", desk.ViewRemove.as_view(), name="view_remove"),
    path("duplicates", desk.Duplicates.as_view(), name="duplicates"),
    path("merges", desk.MergeList.as_view(), name="merges"),
    path("merges/<int:pk>/undo", desk.MergeUndo.as_view(), name="merge_undo"),
    path("merge/<str:kept>/<str:gone>", desk.CompanyMerge.as_view(), name="company_merge"),
    path("<str:uscc>/", companies.CompanyDetail.as_view(), name="company"),
    path("<str:uscc>/history", companies.CompanyHistory.as_view(), name="company_history"),
    path("<str:uscc>/missing", companies.CompanyMissing.as_view(), name="company_missing"),
    path("<str:uscc>/edit", companies.CompanyEdit.as_view(), name="company_edit"),
]
