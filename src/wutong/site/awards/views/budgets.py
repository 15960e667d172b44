"""Budgets: all of them, a new one, another amount."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DecimalField, F, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wutong.site.awards.domain.budgets import change_budget, create_budget
from wutong.site.awards.interfaces.forms import AmountForm, BudgetForm
from wutong.site.awards.models import Budget
from wutong.site.awards.views.lists import yuan
from wutong.site.core.interfaces.cells import Column
from wutong.site.core.views.pages import Action, FormPage, ListPage

MONEY = DecimalField(max_digits=18, decimal_places=2)


class Budgets(ListPage):
    """The budgets of the zone and what is left of them."""

    permission = "awards.view_lists"
    title = _("资金预算")
    default_sort = "-year"
    empty = _("还没有预算。名单要有预算才能决定。")
    columns = (
        Column("year", _("年度"), kind="code", sort="year"), Column("name", _("名称"), sort="name"),
        Column("amount", _("预算"), kind="money", unit=_("万元"), places=2, sort="amount", value=lambda b: yuan(b.amount)),
        Column("taken", _("已锁定和已付"), kind="money", unit=_("万元"), places=2, sort="taken", value=lambda b: yuan(b.taken)),
        Column("rest", _("剩余"), kind="money", unit=_("万元"), places=2, value=lambda b: yuan(b.amount - b.taken)),
    )

    def queryset(self):
        taken = Coalesce(Sum(F("payments__amount") - F("payments__returned"), output_field=MONEY), Decimal(0), output_field=MONEY)
        return Budget.objects.all().visible_to(self.request.user).annotate(taken=taken)

    def row_href(self, row) -> str:
        return reverse("awards:budget", args=[row.pk]) if self.request.user.has_perm("awards.decide") else ""

    def actions(self):
        return (Action(_("新建预算"), reverse("awards:budget_new"), "awards.decide", tone="primary"),)


class BudgetNew(FormPage):
    """Create a budget."""

    permission = "awards.decide"
    form_class = BudgetForm
    title = _("新建预算")
    submit = _("保存")

    def prepare(self):
        self.back = reverse("awards:budgets")

    def perform(self, form) -> str:
        create_budget(actor=self.request.user, zone=self.request.user.zone, **form.cleaned_data)
        return self.back


class BudgetChange(FormPage):
    """Raise or lower a budget."""

    permission = "awards.decide"
    form_class = AmountForm
    title = _("修改预算")
    submit = _("保存")

    def prepare(self):
        self.budget = get_object_or_404(Budget.objects.all().visible_to(self.request.user), pk=self.kwargs["pk"])
        self.back, self.intro = reverse("awards:budgets"), str(self.budget)

    def initial(self):
        return {"amount": self.budget.amount}

    def perform(self, form) -> str:
        change_budget(actor=self.request.user, budget=self.budget, amount=form.cleaned_data["amount"])
        return self.back
