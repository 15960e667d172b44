"""Lists from draft to payment: publicity, objections, four eyes, budgets that hold, money that leaves once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from site_axe import faults

from wutong.errors import WutongError
from wutong.site.awards.domain.budgets import change_budget, claw_back, mark_paid, reserve
from wutong.site.awards.domain.decisions import propose_decision
from wutong.site.awards.domain.lists import (
    Claim,
    answer_objection,
    file_objection,
    list_from_claims,
    publish_list,
)
from wutong.site.awards.domain.queries.files import file_of
from wutong.site.awards.enums import AwardState, ListState, PaymentState
from wutong.site.awards.models import AwardList, Budget, Payment
from wutong.site.core.domain.approvals import decide_approval


def officer(world):
    return world.here.people["zone_officer"]


def lead(world):
    return world.here.people["zone_lead"]


def over(world, found: AwardList) -> AwardList:
    """Return a list as it is after its publicity."""
    AwardList.objects.filter(pk=found.pk).update(until=timezone.localdate() - timedelta(days=1))
    return AwardList.objects.get(pk=found.pk)


def decided(world, found: AwardList) -> AwardList:
    """Take a list through the request and another person's agreement."""
    asked = propose_decision(actor=officer(world), award_list=over(world, found), reason="公示期满")
    decide_approval(actor=lead(world), approval=asked.approval, approve=True)
    return AwardList.objects.get(pk=found.pk)


def claims(world, amounts: dict[str, int]) -> list[Claim]:
    return [Claim(c, "p.a", "政策", b, "奖", "2026", Decimal(n), "") for c in world.here.companies[:1] for b, n in amounts.items()]


def test_a_list_is_decided_by_another_person_after_its_publicity(world, in_zone):
    found = world.here.award_list
    with pytest.raises(WutongError, match="W736"):
        propose_decision(actor=officer(world), award_list=found, reason="早了")
    asked = propose_decision(actor=officer(world), award_list=over(world, found), reason="公示期满")
    with pytest.raises(WutongError, match="W133"):
        decide_approval(actor=officer(world), approval=asked.approval, approve=True)
    decide_approval(actor=lead(world), approval=asked.approval, approve=True)
    after = AwardList.objects.get(pk=found.pk)
    assert (after.state, len(after.batch)) == (ListState.DECIDED, 12)
    states = dict(after.awards.values_list("company__uscc", "state"))
    # the objection to the other company is open, so its award is held
    assert states == {world.here.company.uscc: AwardState.CONFIRMED, world.here.foreign.uscc: AwardState.HELD}
    assert world.here.budget.used == 30_000 + 50_000


def test_an_objection_upheld_changes_or_withdraws(world, in_zone):
    objection = world.here.objection
    with pytest.raises(WutongError, match="R334"):
        answer_objection(actor=officer(world), objection=objection, upheld=True, amount=Decimal(60_000), answer="更高")
    answer_objection(actor=officer(world), objection=objection, upheld=True, amount=Decimal(20_000), answer="部分属实")
    other = file_objection(actor=world.here.people["company_user"], award=world.here.award, text="不要")
    with pytest.raises(WutongError, match="W734"):
        file_objection(actor=officer(world), award=world.here.award, text="又一条")
    answer_objection(actor=officer(world), objection=other, upheld=True, amount=None, answer="同意")
    after = decided(world, world.here.award_list)
    assert dict(after.awards.values_list("company__uscc", "amount")) == {
        world.here.company.uscc: Decimal(0), world.here.foreign.uscc: Decimal(20_000)}
    assert list(Payment.objects.filter(award__award_list=after).values_list("amount", flat=True)) == [Decimal(20_000)]
    with pytest.raises(WutongError, match="W735"):
        answer_objection(actor=officer(world), objection=other, upheld=False, amount=None, answer="晚了")


def test_a_later_rejected_objection_does_not_undo_an_upheld_one(world, in_zone):
    answer_objection(actor=officer(world), objection=world.here.objection, upheld=True, amount=None, answer="属实，不予支持")
    again = file_objection(actor=officer(world), award=world.here.objection.award, text="另一条")
    answer_objection(actor=officer(world), objection=again, upheld=False, amount=None, answer="不属实")
    after = decided(world, world.here.award_list)
    assert after.awards.get(company=world.here.foreign).state == AwardState.WITHDRAWN
    assert not Payment.objects.filter(award__award_list=after, award__company=world.here.foreign).exists()


def test_a_budget_that_does_not_suffice_stops_the_decision_whole(world, in_zone):
    make = {"actor": officer(world), "zone": world.here.zone, "title": "大", "budget": world.here.budget}
    found = publish_list(actor=officer(world), award_list=list_from_claims(**make, claims=claims(world, {"x": 100_000, "y": 70_001})))
    asked = propose_decision(actor=officer(world), award_list=over(world, found), reason="期满")
    with pytest.raises(WutongError, match="W723"):
        decide_approval(actor=lead(world), approval=asked.approval, approve=True)
    assert AwardList.objects.get(pk=found.pk).state == ListState.PENDING
    assert set(found.awards.values_list("state", flat=True)) == {AwardState.LISTED}
    with pytest.raises(WutongError, match="W722"):
        change_budget(actor=lead(world), budget=world.here.budget, amount=Decimal(29_999))
    change_budget(actor=lead(world), budget=world.here.budget, amount=Decimal(200_001))
    decide_approval(actor=lead(world), approval=asked.approval, approve=True)
    assert Budget.objects.get(pk=world.here.budget.pk).left == 0


def test_what_one_list_paid_no_other_pays_again(world, in_zone):
    make = {"actor": officer(world), "zone": world.here.zone, "title": "再来", "budget": world.here.budget}
    # the same company, policy, benefit and year as the list that is paid
    again = Claim(world.here.company, "qingdao.htz-qualified", "科技企业培育奖励", "b0", "入库奖励", "2026", Decimal(30_000), "")
    after = decided(world, publish_list(actor=officer(world), award_list=list_from_claims(**make, claims=[again])))
    assert list(after.awards.values_list("state", flat=True)) == [AwardState.PAID_BEFORE]
    assert Payment.objects.filter(award__award_list=after).count() == 0
    assert world.here.budget.used == 30_000


@pytest.mark.parametrize(("first", "then"), [("application", "b1"), ("b1", "application")])
@pytest.mark.parametrize(("year", "paid"), [("2026", True), ("once", True), ("2025", False)])
def test_an_application_and_an_automatic_grant_of_one_policy_are_not_both_paid(world, in_zone, first, then, year, paid):
    make = {"actor": officer(world), "zone": world.here.zone, "budget": world.here.budget}
    here, other = world.here.companies[:2]
    one, two = [Claim(here, "p.a", "政策", first, "奖", "2026", Decimal(7_000), "")], [
        Claim(c, "p.a", "政策", then, "奖", year, Decimal(7_000), "") for c in (here, other)]
    decided(world, publish_list(actor=officer(world), award_list=list_from_claims(**make, title="先付", claims=one)))
    used = world.here.budget.used
    after = decided(world, publish_list(actor=officer(world), award_list=list_from_claims(**make, title="后来", claims=two)))
    assert {a.company_id: (a.state, a.note) for a in after.awards.all()} == {
        here.pk: (AwardState.PAID_BEFORE, "同一政策已经另一途径兑现：先付") if paid else (AwardState.CONFIRMED, ""),
        other.pk: (AwardState.CONFIRMED, ""),
    }
    assert world.here.budget.used == used + (7_000 if paid else 14_000)


def test_a_key_that_another_list_took_since_is_a_coded_refusal_and_takes_nothing(world, in_zone):
    make = {"actor": officer(world), "zone": world.here.zone, "title": "同时", "budget": world.here.budget}
    first, second = (list_from_claims(**make, claims=claims(world, more)) for more in ({"x": 10_000}, {"y": 5_000, "x": 10_000}))
    reserve(actor=lead(world), budget=world.here.budget, awards=list(first.awards.all()))
    used = world.here.budget.used
    # both decisions have looked before either reserved, so the second one still wants the key
    with pytest.raises(WutongError, match="W726"):
        reserve(actor=lead(world), budget=world.here.budget, awards=list(second.awards.all()))
    assert world.here.budget.used == used
    assert not Payment.objects.filter(award__award_list=second).exists()
    after = decided(world, publish_list(actor=officer(world), award_list=second))
    assert dict(after.awards.values_list("benefit", "state")) == {"x": AwardState.PAID_BEFORE, "y": AwardState.CONFIRMED}


def test_the_payment_file_is_the_same_every_time_and_payment_counts_once(world, in_zone):
    after = decided(world, world.here.award_list)
    first = file_of(after, "csv")
    assert first == file_of(after, "csv")
    lines = first.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert world.here.award.key in lines[1]
    sheets = load_workbook(io.BytesIO(file_of(after, "payments.xlsx")))
    assert file_of(after, "payments.xlsx") == file_of(after, "payments.xlsx")
    header, paid = [tuple(r) for r in sheets["付款"].iter_rows(values_only=True) if r[0] in ("序号", 1)]
    assert list(header) == lines[0].split(",")
    assert ["" if v is None else str(v) for v in paid[:7]] == lines[1].split(",")[:7]
    assert Decimal(str(paid[7])) == Decimal(lines[1].split(",")[7])
    mark_paid(actor=lead(world), award_list=after)
    with pytest.raises(WutongError, match="W724"):
        mark_paid(actor=lead(world), award_list=after)
    assert file_of(AwardList.objects.get(pk=after.pk), "csv") == first
    payment = Payment.objects.get(award__award_list=after)
    assert payment.state == PaymentState.PAID
    with pytest.raises(WutongError, match="W725"):
        claw_back(actor=lead(world), payment=payment, amount=Decimal(50_001), reason="多了")
    claw_back(actor=lead(world), payment=payment, amount=Decimal(50_000), reason="迁出")
    assert world.here.budget.used == 30_000


def test_a_rehearsal_goes_the_same_way_and_takes_no_money(world, in_zone):
    after = decided(world, world.here.letter.award_list)
    assert after.state == ListState.DECIDED
    assert Payment.objects.filter(award__award_list=after).count() == 0
    with pytest.raises(WutongError, match="W724"):
        mark_paid(actor=lead(world), award_list=after)


def test_the_public_reads_what_is_published_and_nothing_else(world, client):
    page = client.get(reverse("awards:public_lists", args=[world.here.zone.code])).content.decode()
    assert world.here.award_list.title in page
    assert world.here.draft.title not in page
    assert client.get(reverse("awards:public_list", args=[world.here.zone.code, world.here.draft.pk])).status_code == 404
    assert client.get(reverse("awards:public_list", args=[world.there.zone.code, world.here.award_list.pk])).status_code == 404
    shown = client.get(reverse("awards:public_list", args=[world.here.zone.code, world.here.award_list.pk])).content.decode()
    assert world.here.company.name in shown
    assert world.here.objection.text not in shown


def test_a_company_sees_its_own_awards_once_they_are_published(world, as_role):
    page = as_role("company_user").get(reverse("awards:mine")).content.decode()
    assert page.count("提出异议</a>") == 2
    assert as_role("company_user").get(reverse("awards:object", args=[world.here.award_list.awards.get(company=world.here.foreign).pk])).status_code == 404
    mine = as_role("company_user").get(reverse("awards:object", args=[world.here.draft.awards.get().pk]))
    assert mine.status_code == 404
    letter = as_role("company_user").get(reverse("awards:letter", args=[world.here.letter.pk, "pdf"]))
    assert letter.content[:5] == b"%PDF-"


@pytest.fixture
def raced(tmp_path):
    """Run the script on a site of its own; returns a process."""
    environment = {**os.environ, "WUTONG_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "wutong.site.config.settings"}
    environment.pop("WUTONG_DATABASE_URL", None)

    def run(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("raced_site.py")), *words], env=environment, text=True, stdout=subprocess.PIPE)

    return run


def said(process: subprocess.Popen[str]) -> list[str]:
    """Return what a process said."""
    out, _err = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.splitlines()


def test_processes_at_once_never_overdraw_a_budget(raced):
    said(raced("prepare", "4", "60"))
    ends = [said(p) for p in [raced("take", str(n)) for n in range(4)]]
    assert sorted(lines[0] for lines in ends) == ["W723", "W723", "W723", "taken"]
    assert said(raced("look"))[0].startswith("60.00 ")


def test_a_payment_killed_in_the_middle_is_made_whole_and_once(raced):
    said(raced("prepare", "3", "20"))
    said(raced("decide"))
    killed = raced("pay", "60")
    assert killed.stdout.readline() == "inside\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert said(raced("look")) == ["60.00 ['reserved', 'reserved', 'reserved']"]
    assert said(raced("pay", "0")) == ["inside", "paid", "60.00 ['paid', 'paid', 'paid']"]


@pytest.mark.browser
def test_awards_in_the_browser(live_world, browse):
    place = live_world.here
    for role, address, name in (
        ("zone_officer", reverse("awards:lists"), "lists"), ("zone_lead", reverse("awards:list", args=[place.award_list.pk]), "list"),
        ("zone_officer", reverse("awards:list_new"), "list-new"), ("anonymous", reverse("awards:public_list", args=[place.zone.code, place.award_list.pk]), "public"),
        ("company_user", reverse("awards:mine"), "mine"), ("zone_lead", reverse("awards:budgets"), "budgets"),
    ):
        page = browse(role, address, shot=f"awards-{name}")
        assert faults(page) == [], address
    browse("anonymous", reverse("awards:public_list", args=[place.zone.code, place.award_list.pk]), width=390, shot="awards-public")
