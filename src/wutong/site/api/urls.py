"""Addresses of the API and of its tokens."""

from __future__ import annotations

from django.urls import path

from wutong.site.api.v1.api import api
from wutong.site.api.views import tokens

app_name = "api"
urlpatterns = [
    path("tokens/", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/new", tokens.TokenNew.as_view(), name="token_new"),
    path("tokens/<int:pk>/", tokens.TokenPage.as_view(), name="token"),
    path("tokens/<int:pk>/revoke", tokens.TokenRevoke.as_view(), name="token_revoke"),
    path("v1/", api.urls),
]
