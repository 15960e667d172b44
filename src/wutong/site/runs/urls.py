"""Addresses of runs."""

from __future__ import annotations

from django.urls import path

from wutong.site.runs.views import runs

app_name = "runs"
urlpatterns = [
    path("", runs.RunList.as_view(), name="runs"),
    path("policies", runs.StartPolicies.as_view(), name="start_policies"),
    path("points", runs.StartPoints.as_view(), name="start_points"),
    path("<int:pk>/", runs.RunDetail.as_view(), name="run"),
    path("<int:pk>/progress", runs.Progress.as_view(), name="progress"),
    path("<int:pk>/cancel", runs.Cancel.as_view(), name="cancel"),
    path("<int:pk>/verdicts", runs.MatchChanges.as_view(), name="policies_changes"),
    path("<int:pk>/scores", runs.ScoreChanges.as_view(), name="points_changes"),
    path("<int:pk>/files/<str:name>", runs.Download.as_view(), name="file"),
]
