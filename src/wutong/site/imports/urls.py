"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from wutong.site.imports.views import batches, steps

app_name = "imports"
urlpatterns = [
    path("", batches.ImportList.as_view(), name="imports"),
    path("new", steps.ImportNew.as_view(), name="import_new"),
    path("policy", steps.ImportPolicyPage.as_view(), name="policy"),
    path("<int:pk>/", batches.ImportDetail.as_view(), name="import"),
    path("<int:pk>/lines", batches.ImportLines.as_view(), name="import_lines"),
    path("<int:pk>/progress", batches.ImportProgress.as_view(), name="import_progress"),
    path("<int:pk>/headers", steps.ImportHeaders.as_view(), name="import_headers"),
    path("<int:pk>/propose", steps.ImportPropose.as_view(), name="import_propose"),
    path("<int:pk>/return", steps.ImportReturn.as_view(), name="import_return"),
    path("<int:pk>/undo", steps.ImportUndo.as_view(), name="import_undo"),
    path("<int:pk>/resume", steps.ImportResume.as_view(), name="import_resume"),
    path("<int:pk>/drop", steps.ImportDrop.as_view(), name="import_drop"),
]
