"""Addresses of policies."""

from __future__ import annotations

from django.urls import path

from wutong.site.policies.views import backtest, centre, drafts, editor, matches, near

app_name = "policies"
urlpatterns = [
    path("", centre.PolicyList.as_view(), name="policies"),
    path("matches/", matches.MatchList.as_view(), name="matches"),
    path("matches/<int:pk>/", matches.MatchDetail.as_view(), name="match"),
    path("companies/<str:uscc>/", matches.CompanyMatches.as_view(), name="company"),
    path("near/<int:pk>/", near.NearMatch.as_view(), name="near_match"),
    path("near/<str:pack>/<str:policy>/", near.NearList.as_view(), name="near"),
    path("backtest/<str:pack>/<str:policy>/", backtest.Backtest.as_view(), name="backtest"),
    path("drafts/", drafts.Drafts.as_view(), name="drafts"),
    path("drafts/new/<str:pack>/<str:policy>/<str:version>/", drafts.DraftNew.as_view(), name="draft_new"),
    path("drafts/adopted/<int:pk>/retire", drafts.Retire.as_view(), name="retire"),
    path("drafts/<int:pk>/", drafts.DraftPage.as_view(), name="draft"),
    path("drafts/<int:pk>/edit/<str:part>/", editor.Editor.as_view(), name="draft_edit"),
    path("drafts/<int:pk>/file.<str:kind>", drafts.DraftFile.as_view(), name="draft_file"),
    path("drafts/<int:pk>/upload", drafts.DraftUpload.as_view(), name="draft_upload"),
    path("drafts/<int:pk>/cases", drafts.DraftCases.as_view(), name="draft_cases"),
    path("drafts/<int:pk>/backtest", backtest.DraftBacktest.as_view(), name="draft_backtest"),
    path("drafts/<int:pk>/propose", drafts.DraftPropose.as_view(), name="draft_propose"),
    path("drafts/<int:pk>/discard", drafts.DraftDiscard.as_view(), name="draft_discard"),
    path("drafts/<int:pk>/return", drafts.DraftReturn.as_view(), name="draft_return"),
    path("<str:pack>/<str:policy>/", centre.PolicyPage.as_view(), name="policy"),
    path("<str:pack>/<str:policy>/<str:version>/", centre.PolicyPage.as_view(), name="version"),
    path("<str:pack>/<str:policy>/<str:old>/<str:new>/", centre.PolicyDiff.as_view(), name="diff"),
]
