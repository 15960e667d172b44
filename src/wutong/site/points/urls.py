"""Addresses of points."""

from __future__ import annotations

from django.urls import path

from wutong.site.points.views import compare, lists, models, scores, weights

app_name = "points"
urlpatterns = [
    path("", models.ModelList.as_view(), name="models"),
    path("compare/", compare.Choose.as_view(), name="compare"),
    path("compare/<int:left>/<int:right>/", compare.Comparison.as_view(), name="comparison"),
    path("compare/<int:left>/<int:right>/<str:uscc>/", compare.ChangeDetail.as_view(), name="change"),
    path("lists/", lists.TopLists.as_view(), name="lists"),
    path("lists/new", lists.NewList.as_view(), name="list_new"),
    path("lists/<int:pk>/", lists.TopListPage.as_view(), name="list"),
    path("lists/<int:pk>/edit", lists.EditList.as_view(), name="list_edit"),
    path("lists/<int:pk>/remove", lists.RemoveList.as_view(), name="list_remove"),
    path("scores/<int:pk>/", scores.ScoreDetail.as_view(), name="score"),
    path("<str:model>/ranking/", scores.Ranking.as_view(), name="ranking"),
    path("weights/<int:pk>/", weights.WeightsPage.as_view(), name="weights"),
    path("<str:model>/<str:version>/import/", weights.ImportWeights.as_view(), name="weights_import"),
    path("<str:model>/<str:version>/<str:kind>.xlsx", weights.Sheet.as_view(), name="sheet"),
    path("<str:model>/<str:version>/", models.ModelPage.as_view(), name="model"),
]
