"""Addresses of policies."""

from __future__ import annotations

from django.urls import path

from wutong.site.policies.views import backtest, centre, matches

app_name = "policies"
urlpatterns = [
    path("", centre.PolicyList.as_view(), name="policies"),
    path("matches/", matches.MatchList.as_view(), name="matches"),
    path("matches/<int:pk>/", matches.MatchDetail.as_view(), name="match"),
    path("companies/<str:uscc>/", matches.CompanyMatches.as_view(), name="company"),
    path("backtest/<str:pack>/<str:policy>/", backtest.Backtest.as_view(), name="backtest"),
    path("<str:pack>/<str:policy>/", centre.PolicyPage.as_view(), name="policy"),
    path("<str:pack>/<str:policy>/<str:version>/", centre.PolicyPage.as_view(), name="version"),
    path("<str:pack>/<str:policy>/<str:old>/<str:new>/", centre.PolicyDiff.as_view(), name="diff"),
]
