"""Addresses of awards."""

from __future__ import annotations

from django.urls import path

from wutong.site.awards.views import budgets, companies, lists, public

app_name = "awards"
urlpatterns = [
    path("", lists.Lists.as_view(), name="lists"),
    path("new", lists.ListNew.as_view(), name="list_new"),
    path("mine/", companies.Mine.as_view(), name="mine"),
    path("budgets/", budgets.Budgets.as_view(), name="budgets"),
    path("budgets/new", budgets.BudgetNew.as_view(), name="budget_new"),
    path("budgets/<int:pk>/", budgets.BudgetChange.as_view(), name="budget"),
    path("public/<slug:zone>/", public.PublicLists.as_view(), name="public_lists"),
    path("public/<slug:zone>/<int:pk>/", public.PublicList.as_view(), name="public_list"),
    path("objections/<int:pk>/", companies.Answer.as_view(), name="answer"),
    path("payments/<int:pk>/return", companies.ClawBack.as_view(), name="claw_back"),
    path("items/<int:pk>/object", companies.Object.as_view(), name="object"),
    path("items/<int:pk>/letter.<str:kind>", companies.LetterFile.as_view(), name="letter"),
    path("<int:pk>/", lists.ListDetail.as_view(), name="list"),
    path("<int:pk>/publish", lists.Publish.as_view(), name="publish"),
    path("<int:pk>/cancel", lists.Cancel.as_view(), name="cancel"),
    path("<int:pk>/propose", lists.Propose.as_view(), name="propose"),
    path("<int:pk>/return", lists.ReturnList.as_view(), name="return"),
    path("<int:pk>/paid", lists.Paid.as_view(), name="paid"),
    path("<int:pk>/list.<str:kind>", lists.ListFile.as_view(), name="file"),
]
