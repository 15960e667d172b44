"""Addresses of the portals."""

from __future__ import annotations

from django.urls import path

from wutong.site.portal.views import companies, public, questions

app_name = "portal"
urlpatterns = [
    path("z/<slug:zone>/", public.ZonePage.as_view(), name="zone"),
    path("portal/", companies.Home.as_view(), name="home"),
    path("portal/looked/", companies.Looked.as_view(), name="looked"),
    path("portal/consents/", companies.Consents.as_view(), name="consents"),
    path("portal/consents/new", companies.ConsentNew.as_view(), name="consent_new"),
    path("portal/consents/<int:pk>/", companies.ConsentPage.as_view(), name="consent"),
    path("portal/consents/<int:pk>/end", companies.ConsentEnd.as_view(), name="consent_end"),
    path("portal/asked/", questions.Asked.as_view(), name="asked"),
    path("portal/asked/<int:pk>/", questions.Answer.as_view(), name="answer"),
    path("portal/bank/", companies.Bank.as_view(), name="bank"),
    path("portal/bank/<str:uscc>/", companies.BankCompany.as_view(), name="bank_company"),
    path("questions/", questions.Questions.as_view(), name="questions"),
    path("questions/ask/<str:uscc>/", questions.Ask.as_view(), name="ask"),
    path("questions/<int:pk>/", questions.Judge.as_view(), name="judge"),
    path("questions/<int:pk>/cancel", questions.CancelQuestion.as_view(), name="question_cancel"),
]
