"""Applications: filled in with what is known, decided by two people, paid through a list; nobody sees another's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from site_axe import faults

from wutong.errors import WutongError
from wutong.site.applications.domain import applications as work
from wutong.site.applications.domain.queries.claims import approved_claims
from wutong.site.applications.enums import ApplicationState
from wutong.site.applications.models import Application
from wutong.site.awards.models import Award
from wutong.site.core.domain.approvals import decide_approval
from wutong.site.policies.domain.queries.reasons import policy_of, reasons_of
from wutong.site.runs.models import Match


def granted(world, amount: int | None) -> Application:
    """Take the application that is handed in through both people's hands."""
    asked = work.propose(
        actor=world.here.people["zone_officer"], application=world.here.submitted, grant=True,
        amount=None if amount is None else Decimal(amount), note="材料齐全")
    decide_approval(actor=world.here.people["zone_lead"], approval=asked.approval, approve=True)
    return Application.objects.get(pk=asked.pk)


def test_an_application_keeps_the_clauses_the_run_found(world, in_zone):
    found = world.here.submitted
    match = Match.objects.get(run=world.here.run, company=world.here.company, policy=found.policy)
    assert [c["clause"] for c in found.clauses] == [r.clause for r in reasons_of(match, policy_of(match))]
    assert found.run == world.here.run
    with pytest.raises(WutongError, match="W771"):
        work.start_application(actor=world.here.people["company_user"], match=match)


def test_two_people_decide_and_the_money_goes_through_a_list_once(world, in_zone):
    officer = world.here.people["zone_officer"]
    asked = work.propose(actor=officer, application=world.here.submitted, grant=True, amount=Decimal(12_000), note="符合")
    with pytest.raises(WutongError, match="W133"):
        decide_approval(actor=officer, approval=asked.approval, approve=True)
    assert approved_claims(officer) == []
    decide_approval(actor=world.here.people["zone_lead"], approval=asked.approval, approve=True)
    claims = approved_claims(officer)
    assert [(c.company, c.amount, c.origin) for c in claims] == [(world.here.company, Decimal(12_000), f"application:{asked.pk}")]


def test_the_list_of_granted_applications_is_made_once(world, as_role):
    granted(world, 12_000)
    client = as_role("zone_officer")
    answer = client.post(reverse("applications:claims"), {"title": "申报兑现", "budget": world.here.budget.pk})
    assert answer.status_code == 302
    assert Award.objects.get(origin=f"application:{world.here.submitted.pk}").amount == 12_000
    again = client.post(reverse("applications:claims"), {"title": "再来", "budget": world.here.budget.pk})
    assert again.status_code == 422
    assert "W731" in again.content.decode()


def test_a_title_is_granted_without_money(world, in_zone):
    found = granted(world, None)
    assert (found.state, found.amount) == (ApplicationState.APPROVED, None)
    assert approved_claims(world.here.people["zone_officer"]) == []


def test_what_is_sent_back_is_handed_in_again(world, in_zone):
    user, officer = world.here.people["company_user"], world.here.people["zone_officer"]
    back = work.return_application(actor=officer, application=world.here.submitted, note="请附审计报告")
    assert (back.state, back.note) == (ApplicationState.RETURNED, "请附审计报告")
    again = work.submit(actor=user, application=back, statement="已补")
    assert (again.state, again.note) == (ApplicationState.SUBMITTED, "")
    asked = work.propose(actor=officer, application=again, grant=False, amount=None, note="不符合")
    with pytest.raises(WutongError, match="W772"):
        work.return_application(actor=officer, application=asked, note="x")
    with pytest.raises(WutongError, match="W772"):
        work.withdraw(actor=user, application=asked)
    decide_approval(actor=world.here.people["zone_lead"], approval=asked.approval, approve=False)
    assert work.return_application(actor=officer, application=asked, note="再看").state == ApplicationState.RETURNED


def test_an_officer_sees_an_application_when_it_is_handed_in(world, as_role):
    page = as_role("zone_officer").get(reverse("applications:applications")).content.decode()
    assert world.here.submitted.policy_name in page
    assert as_role("zone_officer").get(reverse("applications:application", args=[world.here.application.pk])).status_code == 404
    assert as_role("company_user").get(reverse("applications:application", args=[world.here.application.pk])).status_code == 200


def test_a_company_applies_through_the_pages(world, as_role):
    client, pk = as_role("company_user"), world.here.application.pk
    upload = SimpleUploadedFile("材料.csv", "企业名称\n甲\n".encode(), "text/csv")
    assert client.post(reverse("applications:attach", args=[pk]), {"file": upload, "shows": "名单"}).status_code == 302
    assert client.post(reverse("applications:submit", args=[pk]), {"statement": "请予支持"}).status_code == 422
    assert client.post(reverse("applications:submit", args=[pk]), {"statement": "请予支持", "true": "on"}).status_code == 302
    page = as_role("zone_officer").get(reverse("applications:application", args=[pk])).content.decode()
    assert "材料.csv" in page
    assert "请予支持" in page


@pytest.mark.browser
def test_applications_in_the_browser(live_world, browse):
    place = live_world.here
    for role, address, name in (
        ("zone_officer", reverse("applications:applications"), "list"), ("zone_officer", reverse("applications:application", args=[place.submitted.pk]), "page"),
        ("zone_officer", reverse("applications:propose", args=[place.submitted.pk]), "propose"), ("company_user", reverse("applications:start"), "start"),
        ("company_user", reverse("applications:mine"), "mine"),
    ):
        page = browse(role, address, shot=f"apply-{name}")
        assert faults(page) == [], address
    browse("company_user", reverse("applications:application", args=[place.application.pk]), width=390, shot="apply-page")
