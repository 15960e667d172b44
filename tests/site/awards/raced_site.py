"""A site of its own on a real SQLite file: awards that several processes want paid from one budget."""

# ruff: noqa: E402, T201 - models want a site that stands; it answers on its output

from __future__ import annotations

import sys
import time
from decimal import Decimal

import django

django.setup()

from django.core.management import call_command
from django.db import transaction
from django_scopes import scope

from wutong.errors import WutongError
from wutong.site.awards.domain import budgets
from wutong.site.awards.domain.lists import Claim, list_from_claims
from wutong.site.awards.enums import ListState
from wutong.site.awards.models import Award, AwardList, Budget, Payment
from wutong.site.core.domain.users import create_user
from wutong.site.core.domain.zones import create_zone
from wutong.site.core.models import User, Zone
from wutong.site.registry.domain.companies import create_company


def prepare(count: int, amount: int) -> None:
    """Make a zone with a budget of 100 and a list of `count` awards."""
    call_command("migrate", interactive=False, verbosity=0)
    user, _password = create_user(actor=None, username="officer", name="经办")
    zone = create_zone(actor=None, code="z", name="园")
    with scope(zone=zone):
        company = create_company(actor=user, zone=zone, uscc="91350100M000100Y43", name="企业")
        budget = budgets.create_budget(actor=user, zone=zone, year=2026, name="资金", amount=Decimal(100))
        claims = [Claim(company, "p", "p", f"b{n}", "b", "2026", Decimal(amount), "") for n in range(count)]
        list_from_claims(actor=user, zone=zone, title="名单", claims=claims, budget=budget)


def take(number: int) -> str:
    """Reserve the money of one award; return how it ended."""
    award = Award.objects.order_by("pk")[number]
    try:
        budgets.reserve(actor=User.objects.get(), budget=Budget.objects.get(), awards=[award])
    except WutongError as error:
        return error.code
    return "taken"


def pay(seconds: float) -> str:
    """Pay the list, staying `seconds` inside the transaction before it ends."""
    real = budgets.record

    def slow(*args, **more):
        found = real(*args, **more)
        print("inside", flush=True)
        time.sleep(seconds)
        return found

    budgets.record = slow
    budgets.mark_paid(actor=User.objects.get(), award_list=AwardList.objects.get())
    return "paid"


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]), int(sys.argv[3]))
        sys.exit()
    with scope(zone=Zone.objects.get()):
        if sys.argv[1] == "take":
            print(take(int(sys.argv[2])))
        elif sys.argv[1] == "decide":
            with transaction.atomic():
                budgets.reserve(actor=User.objects.get(), budget=Budget.objects.get(), awards=list(Award.objects.all()))
                AwardList.objects.update(state=ListState.DECIDED)
        elif sys.argv[1] == "pay":
            print(pay(float(sys.argv[2])))
        print(f"{Budget.objects.get().used:.2f}", sorted(Payment.objects.values_list("state", flat=True)))
